"""The loader of bars: values, factors of corporate actions, bars made of minutes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_markets import MINUTES, bundle, dividend, equities, frame, split, weekdays

from rustybt.calendars import to_day
from rustybt.data.actions import (
    Action,
    CashDividend,
    RightsOffering,
    SpinOff,
    StockDividend,
    unexchanged,
)
from rustybt.data.bundle import BundleData
from rustybt.data.eve_closes import EveCloses
from rustybt.data.own_money import OwnMoney
from rustybt.data.rates import ExchangeRates
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.loaders import BarLoader, Loaded, LoadRequest
from rustybt.values import Ratio

# Sessions of January 2024: 1 2 3 4 5, 8 9 10 11 12; row r holds the data of the session before.
CALENDAR = weekdays("2024-01-01", 10)
DAYS = [str(day) for day in CALENDAR.sessions.astype("datetime64[D]")]
COLUMNS = {column.name: column for column in EquityPricing.columns()}


def market(*events: Action, closes: dict[str, list[Any]] | None = None) -> BundleData:
    """Closes by symbol, one for each session; None where there is no bar."""
    closes = closes or {"A": [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]}
    bars = {
        symbol: {day: close for day, close in zip(DAYS, own, strict=False) if close is not None}
        for symbol, own in closes.items()
    }
    return bundle(CALENDAR, equities(closes), daily=frame(bars), events=events)


def load(
    data: BundleData, *names: str, first: int = 1, stop: int = 10, loader: BarLoader | None = None
) -> dict[str, Loaded]:
    sids = np.array(sorted(data.finder.sids), np.int64)
    request = LoadRequest(data, CALENDAR, first, stop, sids)
    found = (loader or BarLoader()).load([COLUMNS[name] for name in names], request)
    return {column.name: loaded for column, loaded in found.items()}


def factors(loaded: Loaded) -> list[tuple[int, int, int, float]]:
    """Asset, first row, last row of data and factor, in order."""
    if loaded.steps is None:
        return []
    return sorted(zip(*(column.tolist() for column in loaded.steps), strict=True))


# ------------------------------------------------------------------ values


def test_a_row_has_the_bar_of_the_session_before() -> None:
    found = load(market(closes={"A": [10.25, None, 12], "B": [None, 1, 2]}), "close", "volume")
    expected = [[10.25, np.nan, 12, np.nan], [np.nan, 1, 2, np.nan]]
    assert np.array_equal(found["close"].values[:, :4], expected, equal_nan=True)
    assert found["volume"].values[:, :4].tolist() == [[100, 0, 100, 0], [0, 100, 100, 0]]


def test_currencies_are_those_of_the_assets() -> None:
    assert load(market(), "currency")["currency"].values.tolist() == [["USD"] * 9]


# ------------------------------------------------------------------ factors, by hand


def test_a_split_multiplies_prices_and_divides_volumes() -> None:
    # 4 January is the session of row 2 (rows begin with 2 January): rows through the eve's data
    found = load(market(split(1, "2024-01-04", "1/4")), "close", "open", "volume")
    assert factors(found["close"]) == [(0, 2, 2, 0.25)]
    assert factors(found["open"]) == [(0, 2, 2, 0.25)]
    assert factors(found["volume"]) == [(0, 2, 2, 4.0)]


def test_a_stock_dividend_is_a_split() -> None:
    # a share becomes 1 + 1/4 shares: 1 / (5/4) = 4/5
    ex = to_day(date(2024, 1, 4))
    gift = StockDividend(sid=1, ex=ex, pay=ex, ratio=Ratio(1, 4))
    found = load(market(gift), "close", "volume")
    assert factors(found["close"]) == [(0, 2, 2, 0.8)]
    assert factors(found["volume"]) == [(0, 2, 2, 1.25)]


def test_a_dividend_is_measured_against_the_close_of_the_eve() -> None:
    # the close of 3 January is 12: 1 - 3 / 12
    found = load(market(dividend(1, "2024-01-04", "3")), "close", "volume")
    assert factors(found["close"]) == [(0, 2, 2, 0.75)]
    assert factors(found["volume"]) == []


def test_an_ex_day_on_a_weekend_counts_from_the_next_session() -> None:
    # the eve of Saturday 6 January is Friday the 5th: 1 - 7 / 14; Monday is row 4
    assert factors(load(market(dividend(1, "2024-01-06", "7")), "close")["close"]) == [
        (0, 4, 4, 0.5)
    ]


def test_dividends_of_a_day_each_find_the_raw_close() -> None:
    # 1 - 3 / 12 and 1 - 6 / 12, beside a split of the same day
    events: list[Action] = [
        dividend(1, "2024-01-04", "3"),
        dividend(1, "2024-01-04", "6"),
        split(1, "2024-01-04", "1/2"),
    ]
    found = load(market(*events), "close")["close"]
    assert factors(found) == [(0, 2, 2, 0.5), (0, 2, 2, 0.5), (0, 2, 2, 0.75)]


def test_a_dividend_as_large_as_the_price_changes_nothing() -> None:
    events: list[Action] = [dividend(1, "2024-01-04", "12"), dividend(1, "2024-01-05", "14")]
    assert factors(load(market(*events), "close")["close"]) == []


def test_a_halted_eve_is_looked_past_but_not_in_ziplines_rules() -> None:
    # no bar on the 3rd: against 11 of the 2nd, halved by the split of the 3rd: 1 - 1.1 / 5.5
    events: list[Action] = [dividend(1, "2024-01-04", "1.1"), split(1, "2024-01-03", "1/2")]
    data = market(*events, closes={"A": [10, 11, None, 13]})
    assert factors(load(data, "close")["close"]) == [(0, 1, 1, 0.5), (0, 2, 2, 0.8)]
    strict = BarLoader(halted_eves=False)
    assert factors(load(data, "close", loader=strict)["close"]) == [(0, 1, 1, 0.5)]


def test_an_action_between_eve_and_ex_day_changes_what_a_dividend_is_measured_against() -> None:
    # Friday's close is 14; on Saturday a split makes 7 of it: on Sunday 1 - 0.7 / 7
    events: list[Action] = [dividend(1, "2024-01-07", "0.7"), split(1, "2024-01-06", "1/2")]
    for halted_eves in (True, False):
        loader = BarLoader(halted_eves=halted_eves)
        found = load(market(*events), "close", loader=loader)["close"]
        assert factors(found) == [(0, 4, 4, 0.5), (0, 4, 4, 0.9)]


def test_a_dividend_in_another_currency_is_exchanged_at_the_rate_of_the_eve() -> None:
    # 2 EUR at 1.50 on the 3rd are 3 USD: 1 - 3 / 12
    ex = to_day(date(2024, 1, 4))
    paid = CashDividend(sid=1, ex=ex, pay=ex, amount=Decimal(2), currency="EUR")
    rates = pl.DataFrame(
        {
            "timestamp": [datetime(2024, 1, day, 9, tzinfo=UTC) for day in (3, 4)],
            "base": ["EUR", "EUR"],
            "quote": ["USD", "USD"],
            "rate": ["1.50", "9"],
        }
    )
    data = replace(market(paid), rates=ExchangeRates.from_frame(rates))
    assert factors(load(data, "close")["close"]) == [(0, 2, 2, 0.75)]
    # a run in one currency takes 2 as it is: 1 - 2 / 12
    (one,) = factors(load(data, "close", loader=BarLoader(one_currency=True))["close"])
    assert one[:3] == (0, 2, 2)
    assert one[3] == pytest.approx(10 / 12, abs=1e-15)


def test_rights_and_spin_offs_keep_their_exact_factors() -> None:
    # rights of the 4th: a new share at 6 for each: (12 + 6) / 2 = 9; 9 / 12
    # spin-off of the 9th: half a child at 3 each: the eve's close is 15; 13.5 / 15
    ex = to_day(date(2024, 1, 4))
    rights = RightsOffering(sid=1, ex=ex, ratio=Ratio(1), price=Decimal(6), expiry=ex)
    gone = to_day(date(2024, 1, 9))
    child = SpinOff(sid=1, effective=gone, child=2, ratio=Ratio(1, 2), child_price=Decimal(3))
    found = load(market(rights, child), "close", "volume")
    assert factors(found["close"]) == [(0, 2, 2, 0.75), (0, 5, 5, 0.9)]
    assert factors(found["volume"]) == []


def test_actions_outside_of_the_rows_and_of_other_assets_do_not_count() -> None:
    events: list[Action] = [
        split(1, "2024-01-02", "1/2"),
        split(1, "2024-01-12", "1/2"),
        split(7, "2024-01-09", "1/2"),
        dividend(7, "2024-01-09", "1"),
    ]
    assert factors(load(market(*events), "close", first=2, stop=9)["close"]) == []


def test_only_what_is_needed_is_read() -> None:
    reads: list[tuple[str, ...]] = []

    class Counted:
        def __init__(self, reader: Any) -> None:
            self._reader = reader

        def __getattr__(self, name: str) -> Any:
            return getattr(self._reader, name)

        def read(self, sids: Any, start: int, stop: int, fields: Any = ()) -> pl.DataFrame:
            reads.append(tuple(fields))
            found: pl.DataFrame = self._reader.read(sids, start, stop, fields)
            return found

    data = market(dividend(1, "2024-01-04", "3"), split(1, "2024-01-05", "1/2"))
    counted = replace(data, daily=Counted(data.daily))
    for names in (["volume"], ["open"], ["currency"], ["open", "close", "currency"]):
        load(counted, *names)
    # a price needs the closes that dividends are measured against; volumes and currencies do not
    assert reads == [("volume",), ("close", "open"), ("close", "open")]


# ------------------------------------------------------------------ factors, against exact ones


def exact(data: BundleData, *, halted_eves: bool, one_currency: bool) -> set[tuple[Any, ...]]:
    """The factors on prices by `rustybt.data`, with the whole look-up of closes written anew."""
    bars = {
        (row["sid"], row["at"]): Decimal(row["close"]).scaleb(-data.daily.price_scale)  # type: ignore[union-attr]
        for row in data.daily.read(data.finder.sids, 0, 10**6).iter_rows(named=True)  # type: ignore[union-attr]
    }
    sessions = CALENDAR.sessions.tolist()

    def newest(sid: int, day: int) -> tuple[int, Decimal] | None:
        before = [session for session in sessions if session < day]
        having = [session for session in before if bars.get((sid, session))]
        if not having or (not halted_eves and having[-1] != before[-1]):
            return None
        return having[-1], bars[sid, having[-1]]

    exchange = unexchanged if one_currency else OwnMoney(data, CALENDAR)
    eves = EveCloses(data.adjustments, newest, exchange)
    rows = sessions[1:]
    found = set()
    for place, sid in enumerate(sorted(data.finder.sids)):
        for number, effect in enumerate(data.adjustments.effects(sid)):
            row = next((row for row, day in enumerate(rows) if day >= effect.day), None)
            factor = effect.factor(eves, exchange, effect.day)
            if row is not None and effect.day > sessions[0] and factor is not None:
                found.add((place, row, number, factor.price.as_fraction()))
    return found


PRICES = st.integers(1, 400).map(lambda cents: cents / 4) | st.none()
EX_DAYS = st.integers(to_day(date(2024, 1, 2)), to_day(date(2024, 1, 13)))
OWNERS = st.integers(1, 2)
SPLITS = st.builds(split, OWNERS, st.sampled_from(DAYS[1:]), st.sampled_from(["1/2", "3/2", "7"]))
DIVIDENDS = st.builds(
    lambda sid, ex, amount: CashDividend(sid=sid, ex=ex, pay=ex, amount=amount),
    OWNERS,
    EX_DAYS,
    st.decimals("0.01", 30, places=2),
)
GIFTS = st.builds(
    lambda sid, ex: StockDividend(sid=sid, ex=ex, pay=ex, ratio=Ratio(1, 5)), OWNERS, EX_DAYS
)
RIGHTS = st.builds(
    lambda sid, ex: RightsOffering(sid=sid, ex=ex, ratio=Ratio(1, 3), price=Decimal(5), expiry=ex),
    OWNERS,
    EX_DAYS,
)


@given(
    st.lists(st.lists(PRICES, min_size=10, max_size=10), min_size=2, max_size=2),
    st.lists(SPLITS | DIVIDENDS | GIFTS | RIGHTS, max_size=8),
    st.booleans(),
)
def test_factors_are_the_exact_ones_to_rounding(
    closes: list[list[float | None]], events: list[Action], halted_eves: bool
) -> None:
    if any(all(close is None for close in own) for own in closes):
        return
    data = market(*events, closes=dict(zip("AB", closes, strict=True)))
    expected = exact(data, halted_eves=halted_eves, one_currency=True)
    loader = BarLoader(one_currency=True, halted_eves=halted_eves)
    found = factors(load(data, "close", loader=loader)["close"])
    assert sorted((asset, since) for asset, since, _, _ in found) == sorted(
        (asset, row) for asset, row, _, factor in expected if factor != 1
    )
    by_row: dict[tuple[int, int], list[list[float]]] = {}
    for asset, row, _, factor in expected:
        if factor != 1:
            by_row.setdefault((asset, row), [[], []])[0].append(float(Fraction(factor)))
    for asset, since, through, number in found:
        assert since == through
        by_row[asset, since][1].append(number)
    for one, other in by_row.values():
        assert sorted(other) == pytest.approx(sorted(one), rel=1e-14)


# ------------------------------------------------------------------ minutes


def minutes(rows: Iterable[tuple[str, tuple[Any, ...]]]) -> BundleData:
    bars = frame({"A": dict(rows)}, intraday=True)
    return bundle(CALENDAR, equities(["A"]), minute=bars)


def test_bars_are_made_of_minutes_where_there_are_no_daily_ones() -> None:
    # sessions last from 14:30 to 14:36 UTC; a bar that ends outside of one does not count
    assert MINUTES == 6
    data = minutes(
        [
            ("2024-01-02 14:31", (10, 12, 9, 11, 100)),
            ("2024-01-02 14:34", (11, 15, 10, 14, 50)),
            ("2024-01-02 14:36", (14, 14, 8, 13, 25)),
            ("2024-01-03 14:32", (20, 21, 19, 20.5, 10)),
        ]
    )
    found = load(data, "open", "high", "low", "close", "volume")
    bar = [found[name].values[0, 1] for name in ("open", "high", "low", "close", "volume")]
    # 2 January: the first open, the highest high, the lowest low, the last close, 100 + 50 + 25
    assert bar == [10, 15, 8, 13, 175]
    assert found["close"].values[0, 2] == 20.5
    assert np.isnan(found["close"].values[0, 3])
    assert found["volume"].values[0, 3] == 0


def test_dividends_over_minutes_find_the_last_close_of_the_eve_or_before() -> None:
    rows = [
        ("2024-01-02 14:31", (10, 10, 10, 10, 100)),
        ("2024-01-02 14:36", (8, 8, 8, 8, 100)),
        ("2024-01-05 14:31", (9, 9, 9, 9, 100)),
    ]
    bars = frame({"A": dict(rows)}, intraday=True)
    # 1 - 2 / 8 against the eve, and 1 - 4 / 8 against the last close before an eve without trade
    events: list[Action] = [dividend(1, "2024-01-03", "2"), dividend(1, "2024-01-05", "4")]
    data = bundle(CALENDAR, equities(["A"]), minute=bars, events=events)
    (first, second) = factors(load(data, "close")["close"])
    assert first == (0, 1, 1, 0.75)
    # the first dividend lies between that close and the eve: 8 x 0.75 = 6; 1 - 4 / 6
    assert second[:3] == (0, 3, 3)
    assert second[3] == pytest.approx(1 / 3, abs=1e-15)


def test_a_bundle_without_bars_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="bundle was 'small'; it has no bars"):
        load(bundle(CALENDAR, equities(["A"])), "close")


def test_parts_of_many_sessions_are_what_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        (f"{day} 14:3{minute}", (minute, minute, minute, minute, 1))
        for day in DAYS
        for minute in (1, 5)
    ]
    data = minutes(rows)
    whole = load(data, "open", "close", "volume")
    monkeypatch.setattr("rustybt.pipeline.loaders.session_bars._ROWS", 12)
    parts = load(data, "open", "close", "volume")
    for name in ("open", "close", "volume"):
        assert np.array_equal(whole[name].values, parts[name].values)
    assert whole["open"].values[0].tolist() == [1.0] * 9
