"""Trading calendars: exchange sessions and 24/7, as cached tables of integers."""

from rustybt.calendars.always_open import FIRST_DAY, LAST_DAY, always_open
from rustybt.calendars.exchanges import from_exchange_calendar
from rustybt.calendars.registry import (
    calendar_names,
    deregister_calendar,
    get_calendar,
    register_calendar,
    register_calendar_alias,
)
from rustybt.calendars.times import Moment, from_day, from_ns, to_day, to_ns
from rustybt.calendars.trading_calendar import TradingCalendar
from rustybt.calendars.zipline_hours import zipline_hours

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "Moment",
    "TradingCalendar",
    "always_open",
    "calendar_names",
    "deregister_calendar",
    "from_day",
    "from_exchange_calendar",
    "from_ns",
    "get_calendar",
    "register_calendar",
    "register_calendar_alias",
    "to_day",
    "to_ns",
    "zipline_hours",
]
