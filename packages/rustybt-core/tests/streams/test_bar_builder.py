"""Bars of streams, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from stream_events import at, built, minute, shown, trade

from rustybt.calendars import from_ns, get_calendar
from rustybt.errors import InvalidArgument
from rustybt.streams import BarBuilder, LateRules, MarketEvent, Watermark

# ------------------------------------------------------------------ labels


def test_a_bar_holds_what_happened_after_its_start_up_to_its_end() -> None:
    trades = [
        trade("10:00:00", "1"),  # the end of the bar before
        trade("10:00:00.000001", "2"),
        trade("10:00:59.9", "5"),
        trade("10:01:00", "3", "0.5"),  # its own end
        trade("10:01:00.000001", "4"),
    ]
    assert built(BarBuilder("1m"), trades) == [
        "10:00:00 1 1 1 1 1",
        "10:01:00 2 5 2 3 2.5",
        "10:02:00 4 4 4 4 1",
    ]


def test_a_bar_is_emitted_by_the_first_event_after_its_end() -> None:
    builder = BarBuilder("1m")
    assert builder.add(trade("10:00:30", "1")) == []
    assert builder.add(trade("10:01:00", "2")) == []
    (bar,) = builder.add(trade("10:01:00.000001", "3"))
    assert (bar.at, bar.complete, bar.revision) == (at("10:01:00"), True, 0)
    (rest,) = builder.finish()
    assert (rest.at, rest.complete) == (at("10:02:00"), False)


@pytest.mark.parametrize(
    ("resolution", "label"),
    [
        ("100ms", "14:30:12.4"),
        ("1s", "14:30:13"),
        ("5s", "14:30:15"),
        ("1m", "14:31:00"),
        ("7m", "14:35:00"),  # 125 x 7 min = 14:35
        ("15m", "14:45:00"),
        ("4h", "16:00:00"),
        ("9h", "18:00:00"),
    ],
)
def test_bars_around_the_clock_count_from_midnight(resolution: str, label: str) -> None:
    (bar,) = built(BarBuilder(resolution), [trade("14:30:12.345", "1")])
    assert bar.split()[0] == label


def test_the_last_bar_around_the_clock_ends_at_midnight() -> None:
    trades = [trade("18:00:00.5", "1"), trade("00:00:00", "2", day="2024-03-02")]
    builder = BarBuilder("9h")
    assert built(builder, trades) == ["00:00:00 1 2 1 2 2"]


@pytest.mark.parametrize("calendar", [None, "24/7"])
def test_a_day_around_the_clock_ends_at_midnight(calendar: str | None) -> None:
    builder = BarBuilder("1d", calendar=None if calendar is None else get_calendar(calendar))
    trades = [
        trade("00:00:00", "9"),  # still 29 February
        trade("00:00:00.001", "1"),
        trade("00:00:00", "2", day="2024-03-02"),
        trade("00:00:01", "3", day="2024-03-02"),
    ]
    bars = [bar for event in trades for bar in builder.add(event)] + builder.finish()
    assert [(bar.session, bar.close) for bar in bars] == [
        (date(2024, 2, 29), D(9)),
        (date(2024, 3, 1), D(2)),
        (date(2024, 3, 2), D(3)),
    ]


# ------------------------------------------------------------------ sessions


def test_hours_count_from_the_open_and_the_last_is_cut_at_the_close() -> None:
    # New York opens at 14:30 UTC in winter and closes at 21:00.
    trades = [
        trade("14:29:59", "1"),  # before the open
        trade("14:30:00", "2", "0.5"),  # at the very open: the opening trade
        trade("14:30:00.001", "3"),
        trade("15:30:00", "4"),
        trade("15:30:01", "5"),
        trade("20:59:00", "6"),
        trade("21:00:00", "7"),
        trade("21:00:00.001", "8"),  # after the close
    ]
    builder = BarBuilder("1h", calendar=get_calendar("XNYS"))
    assert built(builder, trades) == [
        "15:30:00 2 4 2 4 2.5",
        "16:30:00 5 5 5 5 1",
        "21:00:00 6 7 6 7 2",
    ]
    assert (builder.counts.outside, builder.counts.accepted) == (2, 6)


def test_daylight_saving_moves_the_session_and_its_bars() -> None:
    # 8 March 2024 is winter in New York, 11 March summer: the open moves from 14:30 to 13:30 UTC.
    builder = BarBuilder("1h", calendar=get_calendar("XNYS"))
    trades = [
        trade("14:00:00", "1", day="2024-03-08"),
        trade("15:00:00", "2", day="2024-03-08"),
        trade("14:00:00", "3", day="2024-03-11"),
        trade("15:00:00", "4", day="2024-03-11"),
    ]
    assert built(builder, trades) == [
        "15:30:00 2 2 2 2 1",
        "14:30:00 3 3 3 3 1",
        "15:30:00 4 4 4 4 1",
    ]


def test_a_half_day_ends_early() -> None:
    # 29 November 2024: New York closes at 18:00 UTC.
    builder = BarBuilder("1d", calendar=get_calendar("XNYS"))
    trades = [
        trade("17:59:00", "1", day="2024-11-29"),
        trade("18:00:00", "2", day="2024-11-29"),
        trade("18:00:01", "3", day="2024-11-29"),
    ]
    assert built(builder, trades) == ["18:00:00 1 2 1 2 2"]


def test_bars_begin_again_after_the_break() -> None:
    # Hong Kong: 01:30 to 04:00 and 05:00 to 08:00 UTC.
    trades = [
        trade("03:59:00", "1"),
        trade("04:00:00", "2"),
        trade("04:30:00", "3"),  # in the break
        trade("05:00:00", "4"),  # at its very end: trading goes on
        trade("05:00:01", "5"),
        trade("06:00:00", "6"),
        trade("06:00:01", "7"),
    ]
    builder = BarBuilder("1h", calendar=get_calendar("XHKG"))
    assert built(builder, trades) == [
        "04:00:00 1 2 1 2 2",
        "06:00:00 4 6 4 6 3",
        "07:00:00 7 7 7 7 1",
    ]
    assert builder.counts.outside == 1


def test_a_day_with_a_break_is_one_bar() -> None:
    trades = [trade("03:00:00", "1"), trade("04:30:00", "9"), trade("05:30:00", "2")]
    builder = BarBuilder("1d", calendar=get_calendar("XHKG"))
    assert built(builder, trades) == ["08:00:00 1 2 1 2 2"]


# ------------------------------------------------------------------ order


def test_out_of_order_within_the_wait_makes_the_same_bar() -> None:
    builder = BarBuilder("1m", late=LateRules(wait=timedelta(seconds=2)))
    trades = [
        trade("10:00:10", "5"),
        trade("10:00:05", "3"),  # earlier: it is the open
        trade("10:01:01", "7"),  # the next bar
        trade("10:00:59", "4"),  # 2 s behind: it is the close
        trade("10:00:20", "9"),
    ]
    assert built(builder, trades) == ["10:01:00 3 9 3 4 4", "10:02:00 7 7 7 7 1"]
    assert builder.counts.late == 0


def test_a_bar_waits_exactly_as_long_as_it_is_told() -> None:
    builder = BarBuilder("1m", late=LateRules(wait=timedelta(seconds=2)))
    assert builder.add(trade("10:00:10", "1")) == []
    assert builder.add(trade("10:01:02", "2")) == []
    assert len(builder.add(trade("10:01:02.000001", "3"))) == 1


def test_what_comes_after_its_bar_is_counted_and_told_of() -> None:
    told: list[MarketEvent] = []
    builder = BarBuilder("1m", on_late=told.append)
    late = trade("10:00:30", "9")
    bars = built(builder, [trade("10:00:10", "1"), trade("10:01:10", "2"), late])
    assert bars == ["10:01:00 1 1 1 1 1", "10:02:00 2 2 2 2 1"]
    assert (builder.counts.late, told) == (1, [late])


def test_trades_of_one_time_are_ordered_by_number_then_by_arrival() -> None:
    by_number = [
        trade("10:00:10", "2", sequence=8),
        trade("10:00:10", "1", sequence=7),
        trade("10:00:10", "3", sequence=9),
    ]
    assert built(BarBuilder("1m"), by_number) == ["10:01:00 1 3 1 3 3"]
    by_arrival = [trade("10:00:10", "2"), trade("10:00:10", "1"), trade("10:00:10", "3")]
    assert built(BarBuilder("1m"), by_arrival) == ["10:01:00 2 3 1 3 3"]


def test_repeated_trades_are_dropped_by_id_or_number() -> None:
    builder = BarBuilder("1m")
    trades = [
        trade("10:00:10", "1", id="a"),
        trade("10:00:11", "1", id="b"),
        trade("10:00:10", "1", id="a"),
        trade("10:00:12", "1", sequence=5),
        trade("10:00:12", "1", sequence=5),
        trade("10:00:13", "1"),  # without either they are two trades
        trade("10:00:13", "1"),
        trade("10:00:14", "1", id="a", symbol="BBB"),  # another symbol's trade
    ]
    assert built(builder, trades) == ["10:01:00 1 1 1 1 5", "10:01:00 1 1 1 1 1"]
    assert builder.counts.repeated == 2


def test_what_is_repeated_after_a_reconnection_is_not_late() -> None:
    builder = BarBuilder("1m")
    old = [trade("10:00:10", "1", id="a"), trade("10:00:50", "2", id="b")]
    new = trade("10:01:10", "3", id="c")
    built_bars = built(builder, [*old, new, *old, new])
    assert built_bars == ["10:01:00 1 2 1 2 2", "10:02:00 3 3 3 3 1"]
    assert (builder.counts.repeated, builder.counts.late) == (3, 0)


def test_symbols_are_apart_and_bars_of_one_label_in_order_of_symbols() -> None:
    builder = BarBuilder("1m")
    trades = [
        trade("10:00:10", "1", symbol="BBB"),
        trade("10:00:20", "2", symbol="AAA"),
        trade("10:00:30", "3", symbol="BBB"),
    ]
    for each in trades:
        assert builder.add(each) == []
    bars = builder.advance(at("10:01:00"))
    assert [(bar.symbol, bar.open, bar.close) for bar in bars] == [
        ("AAA", D(2), D(2)),
        ("BBB", D(1), D(3)),
    ]


# ------------------------------------------------------------------ restating


def test_a_late_trade_makes_a_revision_where_it_may() -> None:
    builder = BarBuilder("1m", late=LateRules(policy="restate"))
    builder.add(trade("10:00:10", "1", id="a"))
    (first,) = builder.add(trade("10:01:10", "2", id="b"))
    (second,) = builder.add(trade("10:00:30", "9", "2", id="c"))
    (third,) = builder.add(trade("10:00:05", "4", id="d"))
    assert [(shown(bar), bar.revision) for bar in (first, second, third)] == [
        ("10:01:00 1 1 1 1 1", 0),
        ("10:01:00 1 9 1 9 3", 1),
        ("10:01:00 4 9 1 9 4", 2),
    ]
    assert builder.add(trade("10:00:30", "9", "2", id="c")) == []
    assert (builder.counts.reopened, builder.counts.repeated) == (2, 1)


def test_only_the_newest_bars_are_restated() -> None:
    rules = LateRules(policy="restate", keep=2)
    builder = BarBuilder("1m", late=rules)
    for clock in ("10:00:10", "10:01:10", "10:02:10", "10:03:10"):
        builder.add(trade(clock, "1"))
    assert builder.add(trade("10:00:20", "2")) == []  # 10:01 is forgotten
    assert len(builder.add(trade("10:01:20", "2"))) == 1
    assert (builder.counts.late, builder.counts.reopened) == (1, 1)


def test_a_bar_that_exists_only_because_of_a_late_trade_is_a_revision() -> None:
    builder = BarBuilder("1m", late=LateRules(policy="restate"))
    builder.add(trade("10:02:10", "1"))
    (bar,) = builder.add(trade("10:00:20", "2"))
    assert (shown(bar), bar.revision) == ("10:01:00 2 2 2 2 1", 1)


# ------------------------------------------------------------------ timers


def test_a_watermark_emits_a_bar_of_a_silent_market() -> None:
    builder = BarBuilder("1m", late=LateRules(wait=timedelta(seconds=2)))
    builder.add(trade("10:00:10", "1"))
    assert builder.add(Watermark(at=at("10:01:01.999999"))) == []
    assert [shown(bar) for bar in builder.add(Watermark(at=at("10:01:02")))] == [
        "10:01:00 1 1 1 1 1"
    ]
    assert builder.advance(at("09:00:00")) == [], "time does not go back"


def test_a_time_that_cannot_be_closes_no_bar() -> None:
    rules = LateRules(ahead=timedelta(seconds=5))
    builder = BarBuilder("1m", late=rules)
    builder.advance(at("10:00:00"))
    assert builder.add(trade("10:00:05", "1")) == []
    assert builder.add(trade("10:00:05.000001", "2")) == []
    assert builder.add(trade("23:00:00", "3")) == []
    assert (builder.counts.ahead, builder.counts.accepted) == (2, 1)


def test_empty_bars_are_at_the_last_close_within_sessions() -> None:
    # 1 March 2024 is a Friday; the next session opens on Monday at 14:30 UTC.
    builder = BarBuilder("1h", calendar=get_calendar("XNYS"), empty=True)
    bars = builder.add(trade("18:00:00", "7", "3"))
    assert bars == [], "nothing before the first trade"
    bars = builder.add(trade("16:00:00", "8", day="2024-03-04"))
    assert [f"{from_ns(bar.at):%d} {shown(bar)}" for bar in bars] == [
        "01 18:30:00 7 7 7 7 3",
        "01 19:30:00 7 7 7 7 0",
        "01 20:30:00 7 7 7 7 0",
        "01 21:00:00 7 7 7 7 0",
        "04 15:30:00 7 7 7 7 0",
    ]
    assert [shown(bar) for bar in builder.advance(at("17:30:00", "2024-03-04"))] == [
        "16:30:00 8 8 8 8 1",
        "17:30:00 8 8 8 8 0",
    ]


def test_empty_bars_go_on_after_a_break() -> None:
    builder = BarBuilder("1h", calendar=get_calendar("XHKG"), empty=True)
    builder.add(trade("03:15:00", "5"))
    assert [shown(bar) for bar in builder.advance(at("07:00:00"))] == [
        "03:30:00 5 5 5 5 1",
        "04:00:00 5 5 5 5 0",
        "06:00:00 5 5 5 5 0",
        "07:00:00 5 5 5 5 0",
    ]


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize("resolution", ["1w", "1mo"])
def test_weeks_and_months_are_refused(resolution: str) -> None:
    with pytest.raises(InvalidArgument, match="streams make bars of 100ms to 1d"):
        BarBuilder(resolution)


@pytest.mark.parametrize(("resolution", "of"), [("5m", "2m"), ("1m", "5m"), ("1h", "1d")])
def test_bars_that_do_not_fit_are_refused(resolution: str, of: str) -> None:
    with pytest.raises(InvalidArgument, match=f"give a length that divides {resolution}"):
        BarBuilder(resolution, of=of)


def test_bars_and_trades_are_not_mixed() -> None:
    with pytest.raises(InvalidArgument, match="with of="):
        BarBuilder("1m").add(minute("10:01:00", "1 1 1 1"))
    with pytest.raises(InvalidArgument, match="leave out of="):
        BarBuilder("5m", of="1m").add(trade("10:01:00", "1"))


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"wait": timedelta(-1)}, "give no negative time"),
        ({"ahead": timedelta(-1)}, "give no negative time"),
        ({"policy": "drop"}, "give one of count, restate"),
        ({"keep": 0}, "give 1 or more"),
    ],
)
def test_rules_of_lateness_that_cannot_be_are_refused(
    rules: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        LateRules(**rules)  # type: ignore[arg-type] # wrong on purpose


def test_prices_that_there_are_not_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="give one of trade, mid, bid, ask"):
        BarBuilder("1m", prices="last")  # type: ignore[arg-type] # wrong on purpose
