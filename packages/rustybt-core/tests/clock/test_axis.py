"""Bars of a calendar, by hand for XNYS, XHKG and 24/7."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import from_ns, get_calendar, to_ns
from rustybt.clock import BarAxis, MinuteAxis, Resolution, SessionAxis, StampAxis, axis_of
from rustybt.errors import InvalidArgument, SessionOutOfRange


def at(text: str) -> int:
    return to_ns(datetime.fromisoformat(text).replace(tzinfo=UTC))


def bars_of(axis: BarAxis, day: str) -> list[str]:
    bounds = axis.session_bounds(axis.calendar.session_index(day))
    return [from_ns(label).strftime("%d %H:%M") for label in axis.labels(*bounds).tolist()]


def test_daily_bars_end_at_the_close() -> None:
    axis = SessionAxis(get_calendar("XNYS"))
    assert bars_of(axis, "2020-12-23") == ["23 21:00"]
    assert bars_of(axis, "2020-12-24") == ["24 18:00"]
    session = axis.calendar.session_index("2020-12-24")
    assert axis.session_of(session) == session == axis.index_of(at("2020-12-24T18:00"))


def test_minute_bars_are_the_minutes_of_the_calendar() -> None:
    axis = MinuteAxis(get_calendar("XHKG"))
    calendar = axis.calendar
    first, last = calendar.session_range("2021-02-08", "2021-02-16")
    start, stop = axis.session_bounds(first)[0], axis.session_bounds(last)[1]
    expected = np.concatenate([calendar.minutes(session) for session in range(first, last + 1)])
    assert axis.labels(start, stop).tolist() == expected.tolist()
    assert stop - start == 3 * 330 + 150 + 330


def test_the_last_hour_is_cut_at_the_close() -> None:
    axis = MinuteAxis(get_calendar("XNYS"), "1h")
    assert bars_of(axis, "2020-12-23") == [
        *("23 15:30", "23 16:30", "23 17:30", "23 18:30", "23 19:30", "23 20:30"),
        "23 21:00",
    ]
    assert bars_of(axis, "2020-12-24") == ["24 15:30", "24 16:30", "24 17:30", "24 18:00"]


def test_bars_begin_again_after_the_break() -> None:
    axis = MinuteAxis(get_calendar("XHKG"), "1h")
    morning = ["08 02:30", "08 03:30", "08 04:00"]
    assert bars_of(axis, "2021-02-08") == [*morning, "08 06:00", "08 07:00", "08 08:00"]
    assert bars_of(axis, "2021-02-11") == ["11 02:30", "11 03:30", "11 04:00"]


def test_five_minutes_around_the_clock() -> None:
    axis = MinuteAxis(get_calendar("24/7"), "5m")
    labels = bars_of(axis, "2024-03-09")
    assert (len(labels), labels[0], labels[-1]) == (288, "09 00:05", "10 00:00")


def test_bars_are_numbered_from_the_first_session_on() -> None:
    axis = MinuteAxis(get_calendar("24/7"))
    assert axis.session_bounds(0) == (0, 1_440)
    assert axis.session_bounds(10) == (14_400, 15_840)
    assert len(axis) == 16_801 * 1_440
    assert axis.session_of(14_399) == 9
    assert axis.session_of(14_400) == 10
    assert axis.label(0) == at("1990-01-01T00:01")
    assert axis.labels(5, 5).tolist() == []


AXES: dict[str, Callable[[], BarAxis]] = {
    "session": lambda: SessionAxis(get_calendar("XHKG")),
    "minute": lambda: MinuteAxis(get_calendar("XHKG")),
    "7m": lambda: MinuteAxis(get_calendar("XHKG"), "7m"),
    "stamp": lambda: StampAxis(
        get_calendar("24/7"), [at("2024-03-09T00:00:01"), at("2024-03-11T12:00")], "1s"
    ),
}


@pytest.mark.parametrize("name", AXES)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_label_leads_back_to_its_bar(name: str, share: float) -> None:
    axis = AXES[name]()
    bar = int(share * len(axis))
    label = axis.label(bar)
    assert axis.labels(bar, bar + 1).tolist() == [label]
    assert axis.index_of(label) == bar
    assert axis.index_of(label - 1, direction="next") == bar
    assert axis.index_of(label + 1, direction="previous") == bar
    first, stop = axis.session_bounds(axis.session_of(bar))
    assert first <= bar < stop
    with pytest.raises(InvalidArgument, match="ends then"):
        axis.index_of(label + 1)


@pytest.mark.parametrize("name", AXES)
def test_outside_the_axis_there_is_no_bar(name: str) -> None:
    axis = AXES[name]()
    with pytest.raises(SessionOutOfRange):
        axis.index_of(axis.label(0) - 1, direction="previous")
    with pytest.raises(SessionOutOfRange):
        axis.index_of(axis.label(len(axis) - 1) + 1, direction="next")


def test_data_give_the_bars_below_a_minute() -> None:
    stamps = [at("2024-03-09T00:00:01"), at("2024-03-10T00:00"), at("2024-03-12T10:00")]
    axis = StampAxis(get_calendar("24/7"), stamps, "100ms")
    saturday = axis.calendar.session_index("2024-03-09")
    bounds = [axis.session_bounds(session) for session in range(saturday - 1, saturday + 5)]
    assert bounds == [(0, 0), (0, 2), (2, 2), (2, 2), (2, 3), (3, 3)]
    assert [axis.session_of(bar) - saturday for bar in range(3)] == [0, 0, 3]


def test_data_outside_the_sessions_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"2024-03-08T21:00:01.*XNYS is closed then"):
        StampAxis(get_calendar("XNYS"), [at("2024-03-08T21:00"), at("2024-03-08T21:00:01")], "1s")


@pytest.mark.parametrize("order", [(2, 1), (1, 1)])
def test_data_out_of_order_are_refused(order: tuple[int, int]) -> None:
    first = at("2024-03-08T12:00")
    with pytest.raises(InvalidArgument, match="sort them"):
        StampAxis(get_calendar("24/7"), [first + second for second in order], "1s")


def test_the_resolution_chooses_the_axis() -> None:
    calendar = get_calendar("24/7")
    assert isinstance(axis_of(calendar, "daily"), SessionAxis)
    assert isinstance(axis_of(calendar, "15m"), MinuteAxis)
    stamps = axis_of(calendar, "1s", labels=[at("2024-03-08T12:00")])
    assert isinstance(stamps, StampAxis)
    assert stamps.resolution == Resolution.parse("1s")
    with pytest.raises(InvalidArgument, match="need data"):
        axis_of(calendar, "1s")
    with pytest.raises(InvalidArgument, match="1d or shorter"):
        axis_of(calendar, "1w")


@pytest.mark.parametrize("step", ["30s", "1d"])
def test_minute_bars_last_minutes(step: str) -> None:
    with pytest.raises(InvalidArgument, match="1m to 59m"):
        MinuteAxis(get_calendar("24/7"), step)
