"""Which bar holds an instant: hand-made sessions, and what the axes of a run say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import get_calendar, to_ns
from rustybt.clock import MinuteAxis, Resolution
from rustybt.data.coefficients import MISSING
from rustybt.data.spans import Spans

_MINUTE = 60_000_000_000


def spans(calendar: str, resolution: str, *, intraday: bool = True) -> Spans:
    return Spans.of(get_calendar(calendar), Resolution.parse(resolution), intraday=intraday)


@pytest.mark.parametrize("calendar", ["XNYS", "XHKG", "24/7"])
@pytest.mark.parametrize("resolution", ["1m", "7m", "1h", "5h", "23h"])
def test_ends_are_those_of_the_axis_of_a_run(calendar: str, resolution: str) -> None:
    sessions = get_calendar(calendar)
    first, stop = sessions.session_range("2024-06-20", "2024-12-31")
    minutes = np.concatenate([sessions.minutes(at) for at in range(first, stop)])
    axis = MinuteAxis(sessions, resolution)
    ends = axis.labels(axis.session_bounds(first)[0], axis.session_bounds(stop - 1)[1])
    expected = ends[np.searchsorted(ends, minutes)]
    assert np.array_equal(spans(calendar, resolution).labels_of(minutes), expected)


def test_outside_is_before_the_open_after_the_close_and_in_a_break() -> None:
    # Hong Kong: 01:30 to 04:00 and 05:00 to 08:00 UTC.
    inside = ["01:31", "04:00", "05:01", "08:00"]
    outside = ["01:30", "04:01", "05:00", "08:01"]
    at = np.array([to_ns(f"2024-01-02T{each}:00Z") for each in (*inside, *outside)])
    for resolution in ("1h", "1d", "1mo"):
        labels = spans("XHKG", resolution).labels_of(at)
        assert (labels == MISSING).tolist() == [False] * 4 + [True] * 4
    ticks = spans("XHKG", "1h").labels_of(at, from_begin=True)
    assert (ticks == MISSING).tolist() == [False] * 4 + [False, True, False, True]


def test_beyond_the_calendar_is_outside() -> None:
    at = np.array([to_ns("1901-01-01T12:00:00Z"), to_ns("2090-01-01T12:00:00Z")])
    assert spans("24/7", "1h").labels_of(at).tolist() == [MISSING, MISSING]
    assert spans("24/7", "1d").groups_of(at, np.array([0]))[1].tolist() == [MISSING]


def test_a_bar_of_sessions_is_complete_at_its_last_close() -> None:
    days = np.array([19_726, 19_727])  # 2024-01-04, 2024-01-05: a Friday
    weeks = spans("XNYS", "1w")
    assert weeks.completed_at(days[1:]).tolist() == [to_ns("2024-01-05T21:00:00Z")]
    assert spans("XNYS", "1w", intraday=False).completed_at(days[1:]).tolist() == [19_727]
    assert spans("XNYS", "1w", intraday=False).labels_of(days).tolist() == [19_727, 19_727]


@given(
    st.sampled_from(["XNYS", "XHKG", "24/7"]),
    st.sampled_from(["100ms", "30s", "1m", "1h", "5h", "1d", "1w", "1mo"]),
    st.lists(st.integers(0, 20_000), min_size=1, max_size=200),
    st.booleans(),
)
def test_groups_are_what_the_labels_of_single_rows_say(
    calendar: str, resolution: str, minutes: list[int], from_begin: bool
) -> None:
    begin = to_ns("2024-03-07T00:00:00Z")
    at = begin + np.sort(np.array(minutes)) * _MINUTE
    # A long run of rows takes the way of few bars among many labels.
    at = np.repeat(at, 1 if len(minutes) % 2 else 40)
    runs = np.unique([0, len(at) // 3])
    found = spans(calendar, resolution)
    starts, labels = found.groups_of(at, runs, from_begin=from_begin)
    single = found.labels_of(at, from_begin=from_begin)
    assert np.array_equal(np.repeat(labels, np.diff(starts, append=len(at))), single)
    assert set(runs.tolist()) <= set(starts.tolist())
    inner = np.setdiff1d(starts, runs)
    assert (single[inner] != single[inner - 1]).all(), "a group is no longer than its bar"


@pytest.mark.parametrize(
    ("calendar", "shorter", "end", "longer", "torn"),
    [
        # 09:30 to 10:30 lies in the bars to 10:00 and to 12:00.
        ("24/7", "1h", "2024-01-02T10:30", "2h", True),
        ("24/7", "1h", "2024-01-02T11:00", "2h", False),
        ("24/7", "30m", "2024-01-02T10:30", "2h", False),
        # 23:30 to 00:30 lies in two days, and in one week.
        ("24/7", "1h", "2024-01-03T00:30", "1h", True),
        ("24/7", "1h", "2024-01-03T00:30", "1d", True),
        ("24/7", "1h", "2024-01-03T00:30", "1w", False),
        # An hour of the clock is cut where the session opens (14:30) and closes.
        ("XNYS", "1h", "2024-01-02T15:00", "2h", False),
        ("XNYS", "1h", "2024-01-02T17:00", "2h", True),  # 16:00 to 17:00 over 16:30
        ("XNYS", "1h", "2024-01-02T21:00", "2h", False),
        ("XHKG", "1h", "2024-01-02T04:00", "2h", False),
        ("XHKG", "1h", "2024-01-02T05:30", "2h", False),
    ],
)
def test_bars_that_lie_in_two_bars(
    calendar: str, shorter: str, end: str, longer: str, torn: bool
) -> None:
    found, at = spans(calendar, longer), np.array([to_ns(f"{end}:00Z")])
    length = Resolution.parse(shorter).nanoseconds
    assert length is not None
    assert found.straddling(at, found.labels_of(at), length).tolist() == [torn]
