"""How long a bar is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache, total_ordering
from typing import Final

from rustybt.calendars.times import NANOS_PER_DAY, NANOS_PER_MINUTE, NANOS_PER_SECOND
from rustybt.errors import InvalidArgument


class Unit(Enum):
    """A unit of bar length, by its suffix; the last three are counted on a calendar."""

    MILLISECOND = "ms"
    SECOND = "s"
    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "mo"


_FIXED_NANOS: Final = {
    Unit.MILLISECOND: NANOS_PER_SECOND // 1_000,
    Unit.SECOND: NANOS_PER_SECOND,
    Unit.MINUTE: NANOS_PER_MINUTE,
    Unit.HOUR: 60 * NANOS_PER_MINUTE,
}
#: Only for ordering: a session is longer than any part of a day, a month longer than a week.
_NOMINAL_NANOS: Final = {
    **_FIXED_NANOS,
    Unit.DAY: NANOS_PER_DAY,
    Unit.WEEK: 7 * NANOS_PER_DAY,
    Unit.MONTH: 30 * NANOS_PER_DAY,
}
_SHORTEST: Final = NANOS_PER_SECOND // 10
_ALIASES: Final = {"minute": "1m", "daily": "1d", "1M": "1mo"}
_TEXT: Final = re.compile(r"(\d{1,9})(ms|s|m|h|d|w|mo)")
_HINT: Final = "give 100ms to 59m, 1h to 23h, 1d, 1w, 1mo (1M is a month, 1m a minute)"


@total_ordering
@dataclass(frozen=True, slots=True)
class Resolution:
    """The length of a bar, from 100 milliseconds to a month.

    A fixed length is kept in its largest whole unit, so 60s equals 1m. A day is a session, a week
    and a month are groups of sessions: they have no fixed length and come one at a time.
    Resolutions are ordered by length.

    Raises:
        InvalidArgument: For lengths below 100ms, of 24h and more, or of several calendar units.
    """

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        fixed = _FIXED_NANOS.get(self.unit)
        if fixed is None:
            if self.count != 1:
                raise InvalidArgument(field="resolution", value=str(self), reason=_HINT)
            return
        length = self.count * fixed
        if not _SHORTEST <= length < NANOS_PER_DAY:
            raise InvalidArgument(field="resolution", value=str(self), reason=_HINT)
        unit = next(u for u in reversed(_FIXED_NANOS) if length % _FIXED_NANOS[u] == 0)
        object.__setattr__(self, "count", length // _FIXED_NANOS[unit])
        object.__setattr__(self, "unit", unit)

    @classmethod
    def parse(cls, text: str | Resolution) -> Resolution:
        """Read ``"1m"``, ``"5m"``, ``"1d"``, ``"daily"`` and their like.

        Raises:
            InvalidArgument: When the text is no resolution.
        """
        return text if isinstance(text, Resolution) else _parsed(text)

    @property
    def nanoseconds(self) -> int | None:
        """The fixed length, or ``None`` for a day, a week and a month."""
        fixed = _FIXED_NANOS.get(self.unit)
        return None if fixed is None else self.count * fixed

    @property
    def is_intraday(self) -> bool:
        """Whether a session can hold several bars of this length."""
        return self.unit in _FIXED_NANOS

    def adds_up_to(self, longer: Resolution) -> bool:
        """Whether bars of this length can make bars of another one, or are of it.

        A fixed length has to divide the other one; sessions make weeks and months, weeks nothing.
        """
        if self == longer or self.unit is Unit.DAY:
            return self <= longer
        base, length = self.nanoseconds, longer.nanoseconds
        if base is None or length is None:
            return base is not None
        return length % base == 0

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Resolution):
            return NotImplemented
        return self._nominal() < other._nominal()

    def __str__(self) -> str:
        return f"{self.count}{self.unit.value}"

    def _nominal(self) -> int:
        return self.count * _NOMINAL_NANOS[self.unit]


@lru_cache(maxsize=256)
def _parsed(text: str) -> Resolution:
    found = _TEXT.fullmatch(_ALIASES.get(text, text))
    if found is None:
        raise InvalidArgument(field="resolution", value=text, reason=_HINT)
    return Resolution(int(found[1]), Unit(found[2]))


MINUTE: Final = Resolution(1, Unit.MINUTE)
"""A bar for each minute."""

SESSION: Final = Resolution(1, Unit.DAY)
"""A bar for each session."""
