"""What is missing of a stream, by the numbers of its messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from rustybt.errors import InvalidArgument
from rustybt.streams.events import Bar, MarketEvent, Quote, Trade, Watermark
from rustybt.streams.reading import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Messages that did not come.

    Attributes:
        channel: What is counted: a symbol, or another name of a series of numbers.
        first: The first number that is missing.
        last: The last number that is missing.
        after: The time of the event before, in ns since 1970-01-01 UTC.
        until: The time of the event that shows the gap.
    """

    channel: str
    first: int
    last: int
    after: int
    until: int

    @property
    def missing(self) -> int:
        """How many messages are missing."""
        return self.last - self.first + 1


Backfill = Callable[[Gap], Awaitable[Iterable[MarketEvent]]]
"""Asks for what a gap left out; the answer may hold more, or less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceCounts:
    """What the numbers of a stream have told.

    Attributes:
        gaps: How often numbers were left out.
        missing: Numbers that have not come, by any way.
        filled: Numbers that came after their gap: late, or by back-filling.
        repeated: Events whose number had come before.
    """

    gaps: int = 0
    missing: int = 0
    filled: int = 0
    repeated: int = 0


class SequenceTracker:
    """Finds gaps and repetitions in series of numbers, each of which counts up by one.

    Args:
        remembered: How many missing numbers of a channel are remembered; those of a gap that is
            wider are counted as missing for good.

    Raises:
        InvalidArgument: `remembered` is negative.
    """

    def __init__(self, *, remembered: int = 100_000) -> None:
        if remembered < 0:
            raise InvalidArgument(field="remembered", value=remembered, reason="give 0 or more")
        self._remembered: Final = remembered
        self._oldest: Final[dict[str, int]] = {}
        self._newest: Final[dict[str, tuple[int, int]]] = {}
        self._missing: Final[dict[str, set[int]]] = {}
        self._gaps = self._absent = self._filled = self._repeated = 0

    @property
    def counts(self) -> SequenceCounts:
        """What the numbers have told so far."""
        return SequenceCounts(
            gaps=self._gaps,
            missing=self._absent,
            filled=self._filled,
            repeated=self._repeated,
        )

    def is_new(self, channel: str, sequence: int) -> bool:
        """Whether a number has not come before; its gap, if it has one, is filled by it.

        A number that is known is counted as repeated.
        """
        newest = self._newest.get(channel)
        if newest is None or sequence > newest[0]:
            return True
        if sequence < self._oldest[channel]:
            self._miss(channel, sequence + 1, self._oldest[channel] - 1)
            self._oldest[channel] = sequence
            return True
        missing = self._missing.get(channel, set())
        if sequence not in missing:
            self._repeated += 1
            return False
        missing.remove(sequence)
        self._filled += 1
        self._absent -= 1
        return True

    def see(self, channel: str, sequence: int, at: int) -> Gap | None:
        """Take the next number of a channel; the gap before it, if there is one.

        Args:
            channel: What is counted.
            sequence: The number; one that is not the highest so far tells of no gap.
            at: The time of its event.
        """
        newest = self._newest.get(channel)
        if newest is not None and sequence <= newest[0]:
            return None
        self._newest[channel] = sequence, at
        self._oldest.setdefault(channel, sequence)
        if newest is None or sequence == newest[0] + 1:
            return None
        gap = Gap(
            channel=channel, first=newest[0] + 1, last=sequence - 1, after=newest[1], until=at
        )
        self._gaps += 1
        self._miss(channel, gap.first, gap.last)
        return gap

    def _miss(self, channel: str, first: int, last: int) -> None:
        """Note that some numbers have not come."""
        self._absent += last - first + 1
        missing = self._missing.setdefault(channel, set())
        if last - first + 1 + len(missing) <= self._remembered:
            missing.update(range(first, last + 1))

    def restart(self, channel: str) -> None:
        """Forget a channel, whose numbers begin anew."""
        self._oldest.pop(channel, None)
        self._newest.pop(channel, None)
        self._missing.pop(channel, None)


async def fill_gaps(
    stream: AsyncIterable[MarketEvent],
    tracker: SequenceTracker,
    *,
    backfill: Backfill | None = None,
) -> AsyncGenerator[MarketEvent]:
    """A stream whose gaps are found, reported and, where somebody can, filled.

    Each symbol is a channel. Events without a number are handed on as they are; one whose number
    has come before is dropped and counted. What fills a gap is yielded before the event that
    showed it, by number.

    Args:
        stream: The stream.
        tracker: Counts, and knows what has come.
        backfill: Called for each gap; None only counts.
    """
    async with reading(stream) as events:
        async for event in events:
            if isinstance(event, Watermark) or event.sequence is None:
                yield event
                continue
            if not tracker.is_new(event.symbol, event.sequence):
                continue
            gap = tracker.see(event.symbol, event.sequence, event.at)
            if gap is not None and backfill is not None:
                for filled in _within(gap, await backfill(gap)):
                    if tracker.is_new(gap.channel, filled.sequence or 0):
                        yield filled
            yield event


def _within(gap: Gap, events: Iterable[MarketEvent]) -> list[Trade | Quote | Bar]:
    """What belongs into a gap, by number."""
    numbered = [
        event
        for event in events
        if not isinstance(event, Watermark)
        and event.symbol == gap.channel
        and event.sequence is not None
        and gap.first <= event.sequence <= gap.last
    ]
    return sorted(numbered, key=lambda event: event.sequence or 0)
