"""Cancel policies: when all open orders are cancelled without the strategy asking for it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rustybt.clock import EventKind

__all__ = ["CancelPolicy", "EODCancel", "NeverCancel"]


class CancelPolicy(ABC):
    """Base of cancel policies.

    Attributes:
        warn_on_cancel: Whether the engine logs a warning for each order that it cancels.
    """

    warn_on_cancel: bool = False

    @abstractmethod
    def should_cancel(self, event: EventKind) -> bool:
        """Whether all open orders are to be cancelled at this event of the clock."""


class EODCancel(CancelPolicy):
    """Open orders end with the session.

    Args:
        warn_on_cancel: Log a warning for each cancelled order.
    """

    def __init__(self, warn_on_cancel: bool = True) -> None:  # noqa: FBT001, FBT002 - Zipline's
        self.warn_on_cancel = warn_on_cancel

    def should_cancel(self, event: EventKind) -> bool:
        """True at the end of a session."""
        return event == EventKind.SESSION_END

    def __repr__(self) -> str:
        return f"EODCancel(warn_on_cancel={self.warn_on_cancel})"


class NeverCancel(CancelPolicy):
    """Orders stay open until they fill or the strategy cancels them; the default."""

    def should_cancel(self, event: EventKind) -> bool:
        """False."""
        return False

    def __repr__(self) -> str:
        return "NeverCancel()"
