"""The moment of each session by which something has to be known to be in its row."""

from typing import Final, Literal

import numpy as np

from rustybt.data.coefficients import IntArray
from rustybt.errors import InvalidArgument
from rustybt.pipeline.loaders.base import LoadRequest

KnownBy = Literal["before_open", "previous_close"]
"""What counts is known by `TradingCalendar.before_trading_start` of the session, 45 minutes before
its open, or by the close of the session before."""

_MOMENTS: Final = ("before_open", "previous_close")


def check_known_by(known_by: str) -> None:
    """Make sure that there is such a moment.

    Raises:
        InvalidArgument: There is none.
    """
    if known_by not in _MOMENTS:
        raise InvalidArgument(
            field="known_by", value=known_by, reason=f"give one of {', '.join(_MOMENTS)}"
        )


def moments_of(request: LoadRequest, known_by: str) -> IntArray:
    """The moment of each row, in ns UTC: what is known then, to the nanosecond, is in the row."""
    calendar, rows = request.calendar, range(request.first, request.stop)
    if known_by == "previous_close":
        return np.array([calendar.session_close(row - 1) for row in rows], np.int64)
    return np.array([calendar.before_trading_start(row) for row in rows], np.int64)
