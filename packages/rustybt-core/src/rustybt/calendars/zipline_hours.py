"""The hours in which zipline runs its clock."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rustybt.calendars.times import NANOS_PER_MINUTE
from rustybt.calendars.trading_calendar import TradingCalendar

#: zipline trades futures from 06:31 to 17:00 New York, in a session from 18:00 to 18:00.
_LATER_OPEN: Final = 750 * NANOS_PER_MINUTE
_EARLIER_CLOSE: Final = 60 * NANOS_PER_MINUTE


@lru_cache(maxsize=32)
def zipline_hours(calendar: TradingCalendar) -> TradingCalendar:
    """The same sessions with the bars that zipline simulates, for clocks of zipline rules.

    Zipline runs through a break as if the market were open, and cuts the sessions of us_futures
    to the day. Every other calendar is returned as it is. What is known about trading, such as
    whether a minute is open, stays with the calendar itself.
    """
    cut = calendar.name == "us_futures"
    if not cut and not calendar.break_starts.any():
        return calendar
    return TradingCalendar(
        name=f"{calendar.name} in the hours of zipline",
        tz=calendar.tz,
        sessions=calendar.sessions,
        opens=calendar.opens + (_LATER_OPEN if cut else 0),
        closes=calendar.closes - (_EARLIER_CLOSE if cut else 0),
        early_close=calendar.early_close,
    )
