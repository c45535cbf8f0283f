"""Periods of sessions: the first session of each week, month, quarter and year."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from rustybt.calendars import TradingCalendar
from rustybt.data.coefficients import IntArray
from rustybt.errors import InvalidArgument

_MONDAY: Final = 3  # 1970-01-01 was a Thursday


def _months(days: IntArray) -> IntArray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


_NUMBER: Final[Mapping[str, Callable[[IntArray], IntArray]]] = MappingProxyType(
    {
        "week_start": lambda days: (days + _MONDAY) // 7,
        "month_start": _months,
        "quarter_start": lambda days: _months(days) // 3,
        "year_start": lambda days: _months(days) // 12,
    }
)

FREQUENCIES: Final = tuple(_NUMBER)
"""What `downsample` takes."""


def period_starts(calendar: TradingCalendar, frequency: str) -> IntArray:
    """For each session of a calendar the index of the first one of its week, month and so on.

    Raises:
        InvalidArgument: There is no such frequency.
    """
    if frequency not in _NUMBER:
        raise InvalidArgument(
            field="frequency", value=frequency, reason=f"give one of {', '.join(FREQUENCIES)}"
        )
    numbers = _NUMBER[frequency](calendar.sessions)
    begins = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    return np.repeat(begins, np.diff(begins, append=len(numbers)))
