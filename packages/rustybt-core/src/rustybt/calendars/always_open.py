"""The market that never closes."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars.times import NANOS_PER_DAY, to_day
from rustybt.calendars.trading_calendar import TradingCalendar

ALWAYS_OPEN: Final = "24/7"

FIRST_DAY: Final = date(1990, 1, 1)
"""The first of the days that every calendar covers, as far as its market is known."""

LAST_DAY: Final = date(2035, 12, 31)
"""The last of those days.

Fixed days rather than some time around today: a calendar is a function of its name and of the
version of exchange-calendars, so that a run gives the same result whenever it is repeated.
"""


@cache
def always_open() -> TradingCalendar:
    """24/7: sessions are UTC days, their minutes 00:01 to 24:00.

    The label 00:00 belongs to the day that ends then.
    """
    days = np.arange(to_day(FIRST_DAY), to_day(LAST_DAY) + 1)
    return TradingCalendar(
        name=ALWAYS_OPEN,
        tz=ZoneInfo("UTC"),
        sessions=days,
        opens=days * NANOS_PER_DAY,
        closes=(days + 1) * NANOS_PER_DAY,
    )
