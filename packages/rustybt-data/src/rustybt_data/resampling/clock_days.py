"""The days of a zone as a calendar."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from rustybt.calendars import (
    FIRST_DAY,
    LAST_DAY,
    TradingCalendar,
    always_open,
    from_day,
    to_day,
    to_ns,
)
from rustybt.errors import InvalidArgument


@cache
def clock_days(zone: str = "UTC") -> TradingCalendar:
    """A calendar that never closes, whose sessions run from midnight to midnight of a zone.

    A day on which clocks change is an hour shorter or longer; a day that a zone skipped is no
    session. In UTC this is 24/7.

    Args:
        zone: A name of the IANA data base, such as ``America/New_York``.

    Raises:
        InvalidArgument: There is no such zone.
    """
    if zone == "UTC":
        return always_open()
    try:
        tz = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reason = 'give a zone of the IANA data base, such as "America/New_York"'
        raise InvalidArgument(field="zone", value=zone, reason=reason) from None
    days = np.arange(to_day(FIRST_DAY), to_day(LAST_DAY) + 2)
    midnights = np.array([_midnight(day, tz) for day in days.tolist()])
    real = np.diff(midnights) > 0
    return TradingCalendar(
        name=f"clock {zone}",
        tz=tz,
        sessions=days[:-1][real],
        opens=midnights[:-1][real],
        closes=midnights[1:][real],
    )


def _midnight(day: int, tz: ZoneInfo) -> int:
    on = from_day(day)
    return to_ns(datetime(on.year, on.month, on.day, tzinfo=tz))
