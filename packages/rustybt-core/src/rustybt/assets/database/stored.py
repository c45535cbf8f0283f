"""What an asset database stores: days as midnight UTC in ns since 1970-01-01."""

from datetime import date
from typing import Any, Final

from rustybt.calendars import from_day, to_day

NS_PER_DAY: Final = 86_400_000_000_000

NO_START: Final = 0
"""What Zipline stores for an asset whose start is not known."""

NO_END: Final = 2**63 - 1
"""What Zipline stores for an asset without an end."""

UNKNOWN_COUNTRY: Final = "??"
"""What Zipline stores for an exchange that is only named."""

NO_DAY: Final = -(2**63)
"""What Zipline stores for another day that is not known: pandas writes a missing time so."""

_NO_DAYS: Final = frozenset({NO_END, NO_DAY})


def stored_day(day: Any, *, absent: int | None = None) -> int | None:  # noqa: ANN401
    """Midnight UTC of a day in ns, `absent` where there is none."""
    return absent if day is None else to_day(day) * NS_PER_DAY


def read_start(stored: int | None) -> date | None:
    """The day of a stored start, None where it was not known."""
    return None if stored == NO_START else read_day(stored)


def read_day(stored: int | None) -> date | None:
    """The day of a stored date, None for no date or no end."""
    return None if stored is None or stored in _NO_DAYS else from_day(stored // NS_PER_DAY)
