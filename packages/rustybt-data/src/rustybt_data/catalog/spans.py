"""Ranges of labels that a caller names by dates or by instants."""

from datetime import date, datetime
from typing import TypeAlias

from rustybt.calendars import get_calendar, to_day, to_ns
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument

Edge: TypeAlias = date | datetime | str | None

_FIRST, _LAST = -(2**62), 2**62


def label_range(start: Edge, end: Edge, resolution: Resolution, calendar: str) -> tuple[int, int]:
    """The first and the last label of a range, both included.

    Args:
        start: For bars of a day and longer, the first session. For shorter ones a date is a
            session, from its open on; an instant is when the first bar begins at the earliest.
            None for the first bar there is.
        end: The last session; a date is a session, up to its close; an instant is when the last
            bar ends at the latest. None for the last bar there is.
        resolution: Length of a bar.
        calendar: Name of the calendar of the sessions.

    Returns:
        Labels: days for bars of a day and longer, ns for others.

    Raises:
        InvalidArgument: The range ends before it begins.
    """
    if resolution.is_intraday:
        first, last = _instants(start, end, resolution, calendar)
    else:
        first = _FIRST if start is None else to_day(start)
        last = _LAST if end is None else to_day(end)
    if first > last:
        raise InvalidArgument(field="end", value=str(end), reason=f"give one from {start} on")
    return first, last


def _instants(start: Edge, end: Edge, resolution: Resolution, calendar: str) -> tuple[int, int]:
    length = resolution.nanoseconds
    assert length is not None, "bars of less than a day have a length"
    first, last = _FIRST, _LAST
    if start is not None and _is_day(start):
        sessions = get_calendar(calendar)
        first = sessions.session_open(sessions.session_index(start, direction="next")) + 1
    elif start is not None:
        first = to_ns(start) + length
    if end is not None and _is_day(end):
        sessions = get_calendar(calendar)
        last = sessions.session_close(sessions.session_index(end, direction="previous"))
    elif end is not None:
        last = to_ns(end)
    return first, last


def _is_day(edge: Edge) -> bool:
    if isinstance(edge, str):
        return len(edge.strip()) <= len("2024-01-02")
    return isinstance(edge, date) and not isinstance(edge, datetime)
