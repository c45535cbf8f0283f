"""Bars of quotes and of shorter bars, worked out by hand."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from stream_events import at, built, minute, quote, trade

from rustybt.calendars import get_calendar
from rustybt.streams import BarBuilder, LateRules, MarketEvent

# ------------------------------------------------------------------ figures


def test_figures_are_exact_however_long() -> None:
    trades = [
        trade("10:00:01", "0.0000000123", "30000000000000"),
        trade("10:00:02", "0.0000000124", "0.000000000000000001"),
    ]
    assert built(BarBuilder("1m"), trades) == [
        "10:01:00 1.23E-8 1.24E-8 1.23E-8 1.24E-8 30000000000000.000000000000000001"
    ]


def test_quotes_make_bars_of_their_middle_and_trades_their_volume() -> None:
    events: list[MarketEvent] = [
        quote("10:00:01", "1.0000", "1.0003"),  # middle 1.00015
        trade("10:00:02", "5", "7"),
        quote("10:00:03", "0.9998", "1.0000"),  # middle 0.9999
    ]
    builder = BarBuilder("1m", prices="mid")
    assert built(builder, events) == ["10:01:00 1.00015 1.00015 0.9999 0.9999 7"]


@pytest.mark.parametrize(("side", "bar"), [("bid", "1 3 1 3 0"), ("ask", "2 5 2 5 0")])
def test_quotes_make_bars_of_one_side(side: str, bar: str) -> None:
    builder = BarBuilder("1m", prices=side)  # type: ignore[arg-type] # one of the literals
    events = [quote("10:00:01", "1", "2"), quote("10:00:03", "3", "5")]
    assert built(builder, events) == [f"10:01:00 {bar}"]


def test_a_bar_of_trades_has_the_newest_quote() -> None:
    builder = BarBuilder("1m")
    builder.add(quote("10:00:30", "3", "4"))
    builder.add(quote("10:00:20", "1", "2"))
    builder.add(trade("10:00:10", "2.5"))
    (bar,) = builder.advance(at("10:01:00"))
    assert (bar.bid, bar.ask, bar.close) == (D(3), D(4), D("2.5"))


def test_quotes_alone_make_no_bar_of_trades() -> None:
    builder = BarBuilder("1m")
    builder.add(quote("10:00:30", "3", "4"))
    assert builder.advance(at("10:01:00")) == []


# ------------------------------------------------------------------ bars of bars


def test_bars_are_made_of_shorter_bars() -> None:
    minutes = [
        minute("10:01:00", "1 3 1 2", "10"),
        minute("10:02:00", "2 9 2 8", "0.5"),
        minute("10:05:00", "8 8 4 5", "1"),  # the label of the 5 minutes themselves
        minute("10:06:00", "5 6 5 6", "1"),
    ]
    builder = BarBuilder("5m", of="1m")
    assert built(builder, minutes) == ["10:05:00 1 9 1 5 11.5", "10:10:00 5 6 5 6 1"]


def test_of_shorter_bars_the_newest_version_counts() -> None:
    builder = BarBuilder("5m", of="1m")
    bars = built(
        builder,
        [
            minute("10:01:00", "1 2 1 2", "1", complete=False),
            minute("10:01:00", "1 3 1 2", "2"),
            minute("10:01:00", "1 3 1 2", "2"),
            minute("10:02:00", "2 2 2 2", "1"),
        ],
    )
    assert bars == ["10:05:00 1 3 1 2 3"]
    assert (builder.counts.restated, builder.counts.repeated) == (1, 1)


def test_late_shorter_bars_are_restated_or_counted() -> None:
    minutes = [minute("10:01:00", "1 1 1 1"), minute("10:06:00", "2 2 2 2")]
    late, again = minute("10:02:00", "9 9 9 9"), minutes[0]
    counting = BarBuilder("5m", of="1m")
    assert built(counting, [*minutes, late, again])[0] == "10:05:00 1 1 1 1 1"
    assert (counting.counts.late, counting.counts.repeated) == (1, 1)
    restating = BarBuilder("5m", of="1m", late=LateRules(policy="restate"))
    assert built(restating, [*minutes, late, again])[:2] == [
        "10:05:00 1 1 1 1 1",
        "10:05:00 1 9 1 9 2",
    ]


def test_a_session_of_minutes_is_a_day() -> None:
    minutes = [
        minute("14:30:00", "7 7 7 7"),  # the label of a minute before the open
        minute("14:31:00", "1 2 1 2"),
        minute("21:00:00", "3 4 3 4"),
        minute("21:01:00", "9 9 9 9"),
    ]
    builder = BarBuilder("1d", of="1m", calendar=get_calendar("XNYS"))
    assert built(builder, minutes) == ["21:00:00 1 4 1 4 2"]
