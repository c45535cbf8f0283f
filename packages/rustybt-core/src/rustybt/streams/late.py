"""What happens to events that come late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from rustybt.calendars.times import NANOS_PER_MICROSECOND
from rustybt.errors import InvalidArgument

LatePolicy = Literal["count", "restate"]
"""What happens to events whose bar was emitted; see `LateRules`."""

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRules:
    """How long bars wait for late events, and what happens to those that come later still.

    Attributes:
        wait: How long after its end a bar waits for what comes late.
        policy: What happens to events whose bar was emitted: ``count`` leaves them out and counts
            them, ``restate`` emits the bar again with the next `Bar.revision`.
        keep: How many emitted bars of a symbol are remembered: repeated trades are known as such
            within them, and only they are restated.
        ahead: How far after the last watermark an event may be. What is further ahead has a wrong
            time and would close every bar before it; it is left out and counted. None trusts all
            times.

    Raises:
        InvalidArgument: A time is negative, or there is no such policy.
    """

    wait: timedelta = timedelta(0)
    policy: LatePolicy = "count"
    keep: int = 2
    ahead: timedelta | None = None

    def __post_init__(self) -> None:
        for name in ("wait", "ahead"):
            span = getattr(self, name)
            if span is not None and span < timedelta(0):
                raise InvalidArgument(field=name, value=span, reason="give no negative time")
        if self.policy not in get_args(LatePolicy):
            known = ", ".join(get_args(LatePolicy))
            raise InvalidArgument(field="policy", value=self.policy, reason=f"give one of {known}")
        if self.keep < 1:
            raise InvalidArgument(field="keep", value=self.keep, reason="give 1 or more")

    @property
    def wait_ns(self) -> int:
        """`wait` in nanoseconds."""
        return nanoseconds(self.wait)

    @property
    def ahead_ns(self) -> int | None:
        """`ahead` in nanoseconds."""
        return None if self.ahead is None else nanoseconds(self.ahead)


def nanoseconds(span: timedelta) -> int:
    """A span of time in nanoseconds."""
    return span // _MICROSECOND * NANOS_PER_MICROSECOND
