"""What the kernel reads: bars, marks, raw closes. Expected numbers are worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from small_markets import Run, at, bundle, dividend, equities, frame, run, split, weekdays

from rustybt.assets import Asset
from rustybt.clock import axis_of
from rustybt.data.bar_data import BarData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.portal import PolarsDataPortal
from rustybt.errors import InvalidArgument, LookaheadError
from rustybt.values import DecimalArithmetic, FloatArithmetic

CALENDAR = weekdays("2020-01-06", 40)
A, B, C = equities("ABC", C=("2020-01-07", "2020-01-09"))
PRICE = 10**12
AMOUNT = 10**8

DAILY = frame(
    {
        "A": {
            "2020-01-06": (100, 102, 99, 101, 1000),
            "2020-01-07": (101, 103, 100, 102, 2000),
            # no bar on 2020-01-08
            "2020-01-09": (51, 52, 50, 50, 500),
        },
        "B": {"2020-01-06": (5, 5, 5, 5, 0), "2020-01-07": (5, 6, 5, None, 10)},
        "C": dict.fromkeys(("2020-01-06", "2020-01-07", "2020-01-10"), 7),
    }
)
EVENTS = (split(1, "2020-01-09", "1/2"), dividend(1, "2020-01-08", "2.04"))


def daily(**options: Any) -> Run:
    return run(bundle(CALENDAR, [A, B, C], daily=DAILY, events=EVENTS), CALENDAR, **options)


def current_bar(here: Run) -> tuple[Any, ...]:
    data = BarData(here.portal)
    return tuple(data.current(A, field) for field in ("open", "high", "low", "close", "volume"))


def test_the_close_of_the_bar_that_ended_in_kernel_numbers() -> None:
    here = daily()
    here.on("2020-01-06")
    assert here.portal.traded_close(A) == 101 * PRICE
    floats = daily(arithmetic=FloatArithmetic())
    floats.on("2020-01-06")
    assert floats.portal.traded_close(A) == 101.0


@pytest.mark.parametrize(
    ("asset", "day", "why"),
    [
        (A, "2020-01-08", "no row"),
        (B, "2020-01-06", "no volume"),
        (B, "2020-01-07", "no close"),
        (C, "2020-01-06", "before its first session"),
        (C, "2020-01-10", "after its last session"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_no_close_without_a_trade(asset: Asset, day: str, why: str) -> None:
    here = daily()
    here.on(day)
    assert here.portal.traded_close(asset) is None


def test_no_close_between_bars() -> None:
    here = daily()
    here.on("2020-01-06")
    here.before("2020-01-07")
    assert here.portal.traded_close(A) is None


@pytest.mark.parametrize(("rule", "mark"), [("split", 102), ("total", "99.96")])
def test_a_halted_holding_is_marked_at_its_last_price(rule: str, mark: str) -> None:
    # The dividend of 2.04 on a close of 102 is 2 %: 102 x 0.98 = 99.96.
    here = daily(halted_mark=rule)
    here.on("2020-01-08")
    assert here.portal.mark(A) == DecimalArithmetic().price(mark)


@pytest.mark.parametrize(("rule", "mark"), [("split", 51), ("total", "49.98")])
def test_before_the_open_of_a_split_the_mark_is_on_the_new_scale(rule: str, mark: str) -> None:
    here = daily(halted_mark=rule)
    here.on("2020-01-08")
    here.before("2020-01-09")
    assert here.portal.mark(A) == DecimalArithmetic().price(mark)


def test_a_mark_is_the_close_of_a_bar_that_traded_whatever_happened_that_day() -> None:
    here = daily(halted_mark="total")
    here.on("2020-01-09")
    assert here.portal.mark(A) == 50 * PRICE


def test_no_mark_before_the_first_print_and_outside_the_asset_s_life() -> None:
    here = daily()
    marks = []
    for day in ("2020-01-06", "2020-01-07", "2020-01-09", "2020-01-10"):
        here.on(day)
        marks.append(here.portal.mark(C))
    assert marks == [None, 7 * PRICE, 7 * PRICE, None]


def test_a_mark_is_rounded_once_half_even_to_the_kernel_s_scale() -> None:
    events = [split(1, "2020-01-08", "2/3")]
    here = run(bundle(CALENDAR, [A], daily=DAILY.filter(symbol="A"), events=events), CALENDAR)
    here.on("2020-01-08")
    assert here.portal.mark(A) == 102 * PRICE * 2 // 3
    here.on("2020-01-07")
    assert here.portal.mark(A) == 102 * PRICE


def test_the_raw_close_of_an_ended_session() -> None:
    here = daily()
    here.on("2020-01-09")
    sessions = [CALENDAR.session_index(date(2020, 1, day)) for day in (6, 8, 9)]
    assert [here.portal.raw_close(A, session) for session in sessions] == [
        101 * PRICE,
        None,
        50 * PRICE,
    ]


@pytest.mark.parametrize("admitted", [False, True])
def test_outside_its_life_an_asset_has_no_raw_close_whether_held_or_not(admitted: bool) -> None:
    here = daily()
    here.on("2020-01-10")
    if admitted:
        here.portal.admit(C)
    sessions = [CALENDAR.session_index(date(2020, 1, day)) for day in (6, 7, 10)]
    assert [here.portal.raw_close(C, session) for session in sessions] == [None, 7 * PRICE, None]


def test_the_close_of_a_session_that_has_not_ended_is_refused() -> None:
    here = daily()
    here.before("2020-01-07")
    with pytest.raises(LookaheadError, match=r"close of .*A.* on 2020-01-07 was asked for at"):
        here.portal.raw_close(A, CALENDAR.session_index(date(2020, 1, 7)))


@pytest.mark.parametrize(
    ("day", "last"),
    [("2020-01-06", None), ("2020-01-07", "2020-01-07"), ("2020-01-13", "2020-01-07")],
)
def test_when_an_asset_traded_last(day: str, last: str | None) -> None:
    here = daily()
    here.on(day)
    label = here.portal.last_traded(B)
    expected = None if last is None else (date.fromisoformat(last) - date(1970, 1, 1)).days
    assert label == expected


@pytest.mark.parametrize(("halted_eves", "mark"), [(True, "99.96"), (False, "102")])
def test_a_dividend_on_whose_eve_there_was_no_trade(*, halted_eves: bool, mark: str) -> None:
    """It is measured against the 102 of 2020-01-07, or as by zipline not at all."""
    events = [dividend(1, "2020-01-09", "2.04")]  # 2020-01-08 has no bar
    here = run(
        bundle(CALENDAR, [A], daily=DAILY.filter(symbol="A"), events=events),
        CALENDAR,
        halted_mark="total",
        halted_eves=halted_eves,
    )
    here.on("2020-01-08")
    here.before("2020-01-09")
    assert here.portal.mark(A) == Decimal(mark) * PRICE


def test_assets_that_were_not_announced_are_read_when_they_are_asked_for() -> None:
    here = daily()
    here.portal.subscribe([A])
    here.on("2020-01-07")
    assert here.portal.mark(A) == 102 * PRICE
    assert here.portal.mark(C) == 7 * PRICE


MINUTES = frame(
    {
        "A": {
            "2020-01-06 14:31": (10, 11, 9, 10, 5),
            "2020-01-06 14:36": (10, 10, 8, 9, 7),
            "2020-01-07 14:32": (9, 12, 9, 12, 1),
        }
    },
    intraday=True,
)


def test_a_daily_run_over_minutes_aggregates_them() -> None:
    here = run(bundle(CALENDAR, [A], minute=MINUTES), CALENDAR)
    here.on("2020-01-06")
    assert here.portal.traded_close(A) == 9 * PRICE
    assert current_bar(here) == (10, 11, 8, 9, 12)
    assert here.portal.last_traded(A) == (date(2020, 1, 6) - date(1970, 1, 1)).days


def test_a_run_of_longer_bars_aggregates_shorter_ones() -> None:
    here = run(bundle(CALENDAR, [A], minute=MINUTES), CALENDAR, "3m")
    here.bar("2020-01-06 14:33")
    assert here.portal.traded_close(A) == 10 * PRICE
    assert current_bar(here) == (10, 11, 9, 10, 5)


def test_bars_that_do_not_add_up_to_those_of_the_run_are_refused() -> None:
    market = bundle(CALENDAR, [A], minute=MINUTES)
    with pytest.raises(InvalidArgument, match=r"data_frequency was '1m'.*small"):
        run(bundle(CALENDAR, [A], daily=DAILY.filter(symbol="A")), CALENDAR, "1m")
    run(market, CALENDAR, "3m").portal.close()


def test_the_arithmetic_must_hold_the_data() -> None:
    with pytest.raises(InvalidArgument, match=r"price_scale was 4.*8 decimals"):
        daily(arithmetic=DecimalArithmetic(price_scale=4, amount_scale=12))


def test_readers_of_different_scales_meet_at_the_larger_one() -> None:
    fine = pl.DataFrame(
        {
            "timestamp": MINUTES["timestamp"],
            "symbol": "A",
            **dict.fromkeys(("open", "high", "low", "close"), "0.0000000001"),
            "volume": "1",
        }
    )
    market = bundle(CALENDAR, [A], daily=DAILY.filter(symbol="A"), minute=fine)
    here = run(market, CALENDAR, "1m")
    here.bar("2020-01-07 14:33")
    assert here.portal.mark(A) == 100
    assert here.portal.raw_close(A, CALENDAR.session_index(date(2020, 1, 6))) == 101 * PRICE


def test_a_market_without_bars_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"data_frequency was '1d'.*small"):
        run(bundle(CALENDAR, [A]), CALENDAR)


def test_a_moment_within_the_session_sees_the_bars_that_the_run_has_come_to() -> None:
    # Where 08:45 in New York lies inside a session, before_trading_start comes before that bar.
    bars = {f"2020-01-06 14:{minute}": minute for minute in range(31, 37)}
    here = run(bundle(CALENDAR, [A], minute=frame({"A": bars}, intraday=True)), CALENDAR, "1m")
    portal = here.portal
    here.bar("2020-01-06 14:33")
    portal.set_now(at("2020-01-06 14:34"), 0, -1, in_bar=False)
    assert portal.mark(A) == 33 * PRICE
    here.bar("2020-01-06 14:34")
    portal.set_now(at("2020-01-06 14:34"), 0, -1, in_bar=False)
    assert portal.mark(A) == 34 * PRICE
    portal.set_now(at("2020-01-06 14:36"), 0, 4, in_bar=False)
    assert portal.mark(A) == 35 * PRICE


def test_before_the_first_bar_of_all_nothing_is_known() -> None:
    stamps = frame({"A": {"2020-01-06 14:30:00.500": 3}}, intraday=True)
    market = bundle(CALENDAR, [A], minute=None)
    reader = FrameReader(stamps, resolution="100ms", calendar=CALENDAR, sids={"A": 1})
    labels = reader.read([1], 0, 2**62)["at"].to_numpy()
    axis = axis_of(CALENDAR, "100ms", labels)
    portal = PolarsDataPortal(
        replace(market, minute=reader), axis=axis, arithmetic=DecimalArithmetic()
    )
    here = Run(portal)
    here.before("2020-01-06")
    assert portal.mark(A) is None
    assert portal.last_traded(A) is None
    portal.set_now(int(labels[0]), 0, 0, in_bar=True)
    assert portal.mark(A) == 3 * PRICE
