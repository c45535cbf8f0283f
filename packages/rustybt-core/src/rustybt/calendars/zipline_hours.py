"""The hours in which zipline runs its clock."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rustybt.calendars.times import NANOS_PER_MINUTE
from rustybt.calendars.trading_calendar import Int64Array, TradingCalendar

_CUT: Final = "us_futures"

#: zipline trades futures from 06:31 to 17:00 New York, in a session from 18:00 to 18:00.
_LATER_OPEN: Final = 750 * NANOS_PER_MINUTE
_EARLIER_CLOSE: Final = 60 * NANOS_PER_MINUTE


class ZiplineHours(TradingCalendar):
    """The hours of zipline's clock, which knows of the market's own: minutes and open or not.

    Args:
        market: The calendar of the market.
    """

    __slots__ = ("market",)

    def __init__(self, market: TradingCalendar) -> None:
        cut = market.name == _CUT
        super().__init__(
            name=f"{market.name} in the hours of zipline",
            tz=market.tz,
            sessions=market.sessions,
            opens=market.opens + (_LATER_OPEN if cut else 0),
            closes=market.closes - (_EARLIER_CLOSE if cut else 0),
            early_close=market.early_close,
        )
        self.market: Final = market

    def minutes(self, index: int) -> Int64Array:
        """The labels of the market's trading minutes: not all those that the clock runs through."""
        return self.market.minutes(index)

    def is_open_at(self, at: int) -> bool:
        """Whether ``at`` is the label of a trading minute of the market."""
        return self.market.is_open_at(at)


@lru_cache(maxsize=32)
def zipline_hours(calendar: TradingCalendar) -> TradingCalendar:
    """The same sessions with the bars that zipline simulates, for clocks of zipline rules.

    Zipline runs through a break as if the market were open, and cuts the sessions of us_futures
    to the day. Every other calendar is returned as it is.
    """
    if calendar.name != _CUT and not calendar.break_starts.any():
        return calendar
    return ZiplineHours(calendar)
