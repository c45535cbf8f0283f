"""What a clock says."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple, Protocol


class EventKind(IntEnum):
    """The kinds of moments in a session, in their order."""

    SESSION_START = 0
    BEFORE_TRADING_START = 1
    BAR = 2
    SESSION_END = 3


class Event(NamedTuple):
    """A moment at which something may happen.

    Attributes:
        kind: What kind of moment it is.
        at: When, in nanoseconds since 1970-01-01 UTC.
        session: Index of the session in the calendar.
        bar: Number of the bar on the axis, `NO_BAR` for the other kinds.
    """

    kind: EventKind
    at: int
    session: int
    bar: int


NO_BAR: Final = -1
"""`Event.bar` of an event that is no bar."""


class Clock(Protocol):
    """The only source of time below the command line."""

    def __iter__(self) -> Iterator[Event]:
        """The moments, in order."""

    @property
    def start(self) -> int:
        """The moment of the first event, in nanoseconds since 1970-01-01 UTC."""
