"""One connection that messages come through, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from rustybt.errors import InvalidArgument

Message = str | bytes
"""What a peer says at once."""

LinkPhase = Literal["connecting", "live", "stale", "lost", "closed"]
"""Where a connection is in its life; see `LinkState`."""


class Link(Protocol):
    """A connection, made and subscribed."""

    async def receive(self) -> Message:
        """The next message.

        Raises:
            VendorUnavailable: The connection is lost, also because of `abort`.
        """
        ...

    async def ping(self) -> None:
        """Ask the other side for a sign of life, and return when it has come."""
        ...

    async def close(self) -> None:
        """Say good-bye and let the connection go; closing twice has no effect."""
        ...

    def abort(self) -> None:
        """Let the connection go at once, without waiting for the other side."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """When a connection is taken for dead, and how it is made again.

    The wait before an attempt is `wait_min_s` and a draw from 0 to ``wait_min_s x 2^(n-1)``
    seconds, where n counts the failures since the last message; `wait_max_s` at most.

    Attributes:
        heartbeat_s: After so many seconds of silence the other side is asked for a sign of life.
        timeout_s: After so many seconds without one the connection is dead, and one that cannot be
            made in this time has failed.
        stale_s: After so many seconds without a message a connection is stale, though alive.
        wait_min_s: The shortest wait before the next attempt.
        wait_max_s: The longest wait before the next attempt.
        attempts: Failures in a row after which it is given up; None never gives up.
        seed: Of the draws.

    Raises:
        InvalidArgument: A number is negative, or the timeout is not longer than the heartbeat.
    """

    heartbeat_s: float = 30.0
    timeout_s: float = 60.0
    stale_s: float = 300.0
    wait_min_s: float = 1.0
    wait_max_s: float = 16.0
    attempts: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        lowest = {"heartbeat_s": 0.0, "stale_s": 0.0, "wait_min_s": 0.0, "attempts": 1}
        for name, least in lowest.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise InvalidArgument(field=name, value=value, reason=f"give {least:g} or more")
        if self.timeout_s <= self.heartbeat_s:
            reason = f"give more than the heartbeat of {self.heartbeat_s:g} s"
            raise InvalidArgument(field="timeout_s", value=self.timeout_s, reason=reason)
        if self.wait_max_s < self.wait_min_s:
            reason = f"give the shortest wait of {self.wait_min_s:g} s or more"
            raise InvalidArgument(field="wait_max_s", value=self.wait_max_s, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What is known of a connection at a moment.

    Attributes:
        phase: ``connecting``; ``live``; ``stale``: alive, but no message for a long time; ``lost``:
            a next attempt will come; ``closed``: nothing more will come.
        at: Since when, in ns since 1970-01-01 UTC.
        failures: Attempts and connections that failed since the last message.
        connections: Connections that were made so far.
        wait_s: Seconds until the next attempt, where it is lost.
        reason: Why it was lost, or is stale.
    """

    phase: LinkPhase
    at: int
    failures: int = 0
    connections: int = 0
    wait_s: float = 0.0
    reason: str = ""
