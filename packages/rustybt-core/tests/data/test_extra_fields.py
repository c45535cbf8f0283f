"""Columns beside the fields of bars: quotes, open interest, funding rates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal as D
from math import isnan
from typing import Any

import numpy as np
import polars as pl
import pytest
from futures_markets import CALENDAR, CLOSES, DAYS, VOLUMES, F, G, H, chain, on, rows_of
from hypothesis import given
from hypothesis import strategies as st
from small_markets import Run, bundle, equities, frame, run, split

from rustybt.assets import Equity
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.frames import bundle_of_frame
from rustybt.data.pandas_view import PandasBarData
from rustybt.data.readers import extra_fields_of
from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS
from rustybt.errors import DataValidationError, InvalidArgument, InvalidNumber
from rustybt.values import FloatArithmetic

(A,) = equities("A")

ROWS = [
    # session, close, volume, bid, spread, open interest, funding rate
    (0, "100", "10", "99.5", "1", "700", "0.0001"),
    (1, "102", "20", "101.5", None, None, "-0.000012345678901"),
    (2, None, None, "101", "0.5", "650", None),
    (3, "51", "40", "50.75", "0.25", "640", "0"),
]
NAMES = ["timestamp", "close", "volume", "bid", "spread", "open_interest", "funding_rate"]


def table(rows: Sequence[tuple[Any, ...]] = ROWS, **changed: Any) -> pl.DataFrame:
    """Bars of A on which everything happened at the close; all columns are texts."""
    made = pl.DataFrame(
        [(DAYS[session], *rest) for session, *rest in rows],
        schema={name: pl.Date if name == "timestamp" else pl.String for name in NAMES},
        orient="row",
    )
    prices = [pl.col("close").alias(field) for field in ("open", "high", "low")]
    columns = [pl.lit(value).alias(name) for name, value in changed.items()]
    return made.with_columns(pl.lit("A").alias("symbol"), *prices).with_columns(columns)


def opened(arithmetic: Any = None, events: Sequence[Any] = ()) -> tuple[Run, BarData]:
    made = bundle(CALENDAR, [A], daily=table(), events=events)
    here = run(made, CALENDAR, "1d", arithmetic)
    return here, BarData(here.portal)


# ---------------------------------------------------------------------- present values


@pytest.mark.parametrize(
    ("session", "field", "expected"),
    [
        (0, "bid", "99.50"),
        (0, "spread", "1.00"),
        (0, "open_interest", "700"),
        (0, "funding_rate", "0.0001"),
        (1, "funding_rate", "-0.000012345678901"),
        (1, "open_interest", None),
        (1, "spread", None),
        (2, "bid", "101.00"),
        (2, "open_interest", "650"),
        (2, "funding_rate", None),
        (3, "funding_rate", "0"),
        (4, "bid", None),
    ],
)
def test_the_newest_bar_s_value_or_none(session: int, field: str, expected: str | None) -> None:
    here, data = opened()
    on(here, session)
    for _ in range(2):  # looked up at first, then read out of a column
        found = data.current(A, field)
        assert (None if found is None else str(found)) == expected


def test_a_row_without_a_bar_is_no_bar() -> None:
    here, data = opened()
    on(here, 2)
    assert [data.current(A, field) for field in ("close", "price", "volume")] == [None, 102, 0]
    assert data.is_stale(A)


def test_frames_keep_every_digit() -> None:
    here, data = opened()
    on(here, 1)
    fields = ["funding_rate", "bid", "close"]
    assert data.current(A, fields).rows() == [("A", D("-0.000012345678901"), D("101.5"), D(102))]
    assert data.current([A], "bid") == {A: D("101.5")}


def test_floats() -> None:
    here, data = opened(FloatArithmetic())
    on(here, 1)
    assert data.current(A, "funding_rate") == -0.000012345678901
    assert data.current(A, "open_interest") is None
    zipline = PandasBarData(here.portal)
    assert zipline.current(A, "bid") == 101.5
    assert isnan(zipline.current(A, "spread"))


def test_before_the_open_values_are_those_of_the_last_bar() -> None:
    here, data = opened(events=[split(A.sid, str(DAYS[3]), "1/2")])
    on(here, 2)
    here.before(str(DAYS[3]))
    # Prices stand on the scale of today's shares, counts and rates do not change.
    assert data.current(A, "bid") == D("50.5")
    assert data.current(A, "spread") == D("0.25")
    assert data.current(A, "open_interest") == 650


def test_what_no_bar_has_is_no_field() -> None:
    here = run(bundle(CALENDAR, [A], daily=table().drop("bid")), CALENDAR)
    data = BarData(here.portal)
    on(here, 0)
    for ask in (
        lambda: data.current(A, "bid"),
        lambda: data.current([A], ["close", "bid"]),
        lambda: data.history(A, "bid", 1, "1d"),
    ):
        with pytest.raises(InvalidArgument, match=r"fields was 'bid'; give open.*spread"):
            ask()


# ---------------------------------------------------------------------- windows


def test_windows_adjust_prices_only() -> None:
    here, data = opened(events=[split(A.sid, str(DAYS[3]), "1/2")])
    on(here, 3)
    assert data.history(A, "bid", 4, "1d").to_list() == [
        D("49.75"), D("50.75"), D("50.5"), D("50.75"),
    ]  # fmt: skip
    assert data.history(A, "open_interest", 4, "1d").to_list() == [700, None, 650, 640]
    assert data.history(A, "funding_rate", 3, "1d").to_list() == [
        D("-0.000012345678901"), None, D(0),
    ]  # fmt: skip
    both = data.history(A, ["close", "open_interest"], 2, "1d")
    assert both["open_interest"].to_list() == [650, 640]


def minutes() -> BundleData:
    """Quotes in minutes, a funding rate in the last minute of a session."""
    rows = [
        (f"{DAYS[session]} 14:{minute}", "A", *["10"] * 4, "5", bid, rate)
        for session in range(2)
        for minute, bid, rate in (
            ("31", "9.1", None),
            ("32", "9.2", None),
            ("34", None, None),
            ("36", "9.3", "0.0003"),
        )
    ]
    names = ["timestamp", "symbol", *BAR_FIELDS, "bid", "funding_rate"]
    made = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return bundle(CALENDAR, [A], minute=made.with_columns(pl.col("timestamp").str.to_datetime()))


def test_minutes() -> None:
    here = run(minutes(), CALENDAR, "1m")
    data = BarData(here.portal)
    seen = []
    for minute in ("31", "32", "33", "34", "36"):
        here.bar(f"{DAYS[1]} 14:{minute}")
        seen.append((data.current(A, "bid"), data.current(A, "funding_rate")))
    assert seen == [
        (D("9.1"), None), (D("9.2"), None), (None, None), (None, None), (D("9.3"), D("0.0003")),
    ]  # fmt: skip
    here.bar(f"{DAYS[1]} 14:34")
    assert data.history(A, "bid", 4, "1m").to_list() == [D("9.1"), D("9.2"), None, None]
    # The newest value of longer bars.
    assert data.history(A, "bid", 2, "1d").to_list() == [D("9.3"), D("9.2")]
    assert data.history(A, "bid", 3, "3m").to_list() == [D("9.3"), D("9.2"), None]


def test_a_column_of_the_daily_bars_alone_is_known_when_its_session_has_ended() -> None:
    plain = [(f"{DAYS[session]} 14:31", "A", *["10"] * 4, "5") for session in range(3)]
    names = dict.fromkeys(["timestamp", "symbol", *BAR_FIELDS], pl.String)
    bars = pl.DataFrame(plain, schema=names, orient="row")
    made = bundle(
        CALENDAR,
        [A],
        daily=table(),
        minute=bars.with_columns(pl.col("timestamp").str.to_datetime()),
    )
    here = run(made, CALENDAR, "1m")
    data = BarData(here.portal)
    here.bar(f"{DAYS[2]} 14:31")
    assert data.current(A, "open_interest") is None
    assert data.history(A, "open_interest", 3, "1d").to_list() == [700, None, None]
    here.before(str(DAYS[3]))
    assert data.history(A, "open_interest", 3, "1d").to_list() == [700, None, 650]


def test_longer_bars_have_the_newest_value() -> None:
    here = run(minutes(), CALENDAR, "3m")
    data = BarData(here.portal)
    here.bar(f"{DAYS[1]} 14:33")
    assert data.current(A, "bid") == D("9.2")
    here.bar(f"{DAYS[1]} 14:36")
    assert data.current(A, "bid") == D("9.3")
    assert data.current(A, "funding_rate") == D("0.0003")


# ---------------------------------------------------------------------- rolls


def test_a_chain_rolls_by_open_interest() -> None:
    # F has more volume to its end, but G more contracts that are open from session 1 on.
    interest: Mapping[str, list[int | None]] = {
        "XF20": [500, 400, 300, 200, 100],
        "XG20": [100, 450, 600, None, 600, 600, 500, 400],
        "XH20": [None, 10, 20, 30, 40, 700, None, 800, 900],
    }
    busy = {**VOLUMES, "XF20": [10_000] * 9}
    bars = frame({c.symbol: rows_of(CLOSES[c.symbol], busy[c.symbol]) for c in (F, G, H)})
    opens = [
        interest[symbol][CALENDAR.session_index(day) - CALENDAR.session_index(DAYS[0])]
        for day, symbol in bars.select("timestamp", "symbol").iter_rows()
    ]
    made = bundle(CALENDAR, [F, G, H], daily=bars.with_columns(pl.Series("open_interest", opens)))
    here = run(made, CALENDAR)
    data = BarData(here.portal)
    held: dict[str, list[str | None]] = {}
    for roll in ("volume", "open_interest"):
        held[roll] = []
        for session in range(9):
            on(here, session)
            today = data.current(chain(made, roll=roll), "contract")
            held[roll].append(None if today is None else today.symbol[1])
    assert held == {"volume": [*"FFFFGGHHH"], "open_interest": [*"FFGGGGHHH"]}
    on(here, 4)
    joined = chain(made, roll="open_interest", adjustment="mul")
    assert data.current(joined, "open_interest") == 600
    assert data.history(joined, "open_interest", 5, "1d").to_list() == [500, 400, 600, None, 600]
    # Joined at 101 and 202, the closes of session 1.
    assert data.history(joined, "close", 4, "1d").to_list() == [202, 204, 206, 208]


# ---------------------------------------------------------------------- readers


class Noting(FrameReader):
    """Notes which fields are read."""

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        if not hasattr(self, "asked"):
            self.asked: set[str] = set()
        self.asked.update(fields)
        return super().read(sids, start, stop, fields)


def test_a_run_reads_no_column_that_it_is_not_asked_for() -> None:
    reader = Noting(table(), resolution="1d", calendar=CALENDAR, sids={"A": A.sid})
    made = bundle(CALENDAR, [A], daily=table())
    here = run(replace(made, daily=reader), CALENDAR)
    data = BarData(here.portal)
    on(here, 3)
    data.current(A, "close")
    data.history(A, ["close", "volume"], 3, "1d")
    data.current(A, ["open", "price", "last_traded"])
    assert reader.asked == set(BAR_FIELDS)
    data.current(A, "bid")
    assert reader.asked == {*BAR_FIELDS, "bid"}


def test_a_plain_frame_keeps_known_columns() -> None:
    _, made = bundle_of_frame(table().with_columns(pl.lit("x").alias("note")), calendar=CALENDAR)
    assert made.daily is not None
    assert dict(extra_fields_of(made.daily)) == {
        "bid": 8, "spread": 8, "open_interest": 8, "funding_rate": 15,
    }  # fmt: skip
    plain = table().drop("bid", "spread", "open_interest", "funding_rate")
    _, without = bundle_of_frame(plain, calendar=CALENDAR)
    assert without.daily is not None
    assert dict(extra_fields_of(without.daily)) == {}
    assert without.fingerprint != made.fingerprint
    _, again = bundle_of_frame(plain.with_columns(pl.lit("x").alias("note")), calendar=CALENDAR)
    assert again.fingerprint == without.fingerprint


@pytest.mark.parametrize(
    ("changed", "error", "told"),
    [
        ({"open_interest": "-1"}, DataValidationError, "open_interest.*'-1'.*0 or more"),
        ({"bid": "-0.01"}, DataValidationError, "bid.*0 or more"),
        ({"spread": "-1"}, DataValidationError, "spread.*0 or more"),
        ({"ask": "much"}, InvalidNumber, "ask.*much"),
    ],
)
def test_values_that_cannot_be(changed: dict[str, str], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        bundle_of_frame(table(ROWS, **changed), calendar=CALENDAR)


@given(
    seed=st.integers(0, 10**6),
    path=st.lists(st.integers(0, 11), min_size=1, max_size=6),
    field=st.sampled_from(EXTRA_FIELDS),
)
def test_any_column_is_shown_as_it_was_given(seed: int, path: list[int], field: str) -> None:
    rng = np.random.default_rng(seed)
    assets: list[Equity] = equities("AB")
    given_values: dict[tuple[Any, int], D | None] = {}
    rows = []
    for asset in assets:
        for session in range(12):
            value = D(int(rng.integers(0, 10**6))).scaleb(-int(rng.integers(0, 12)))
            known = None if rng.random() < 0.3 else value
            if session == 0 or rng.random() < 0.8:
                given_values[asset, session] = known
                text = None if known is None else f"{known:f}"
                rows.append((DAYS[session], asset.symbol, *["1"] * 5, text))
    names = ["timestamp", "symbol", *BAR_FIELDS, field]
    types = {name: pl.Date if name == "timestamp" else pl.String for name in names}
    made = bundle(CALENDAR, assets, daily=pl.DataFrame(rows, schema=types, orient="row"))
    here = run(made, CALENDAR, budget_cells=1)
    data = BarData(here.portal)
    for session in path:
        on(here, session)
        for asset in assets:
            assert data.current(asset, field) == given_values.get((asset, session))
            window = data.history(asset, field, session + 1, "1d").to_list()
            assert window == [given_values.get((asset, n)) for n in range(session + 1)]
