"""What became of events: nothing is dropped without being counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderCounts:
    """What became of the events that a `BarBuilder` was given.

    Attributes:
        accepted: Went into a bar in its turn.
        repeated: Were there already, by the id of the trade or the figures of the bar.
        restated: Bars that replaced one of the same label before it was part of a bar.
        late: Came after their bar was emitted, and were left out.
        reopened: Came after their bar was emitted, and made a revision of it.
        outside: Happened while the market was closed.
        ahead: Were further ahead of the timer than can be, and were left out.
        bars: Bars emitted in their turn, empty ones included.
    """

    accepted: int = 0
    repeated: int = 0
    restated: int = 0
    late: int = 0
    reopened: int = 0
    outside: int = 0
    ahead: int = 0
    bars: int = 0

    @property
    def events(self) -> int:
        """All events that were given."""
        placed = self.accepted + self.repeated + self.restated + self.reopened
        return placed + self.late + self.outside + self.ahead
