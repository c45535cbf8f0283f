"""Bars before the present chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.data.schemas import BAR_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rustybt.data.chunk_window import ChunkWindow
    from rustybt.data.chunks import Chunk, Life

_FEWEST_ROWS = 64


class Past:
    """Reads what the window of a run has passed, or has begun after, in pieces.

    As many pieces are kept as a chunk of the window may hold: what corporate actions change is
    computed again from the first bar on. What does not fit is read again each time.

    Args:
        window: The bars of the run.
        budget_cells: How many numbers are kept, and how many a piece has, about.
    """

    def __init__(self, window: ChunkWindow, budget_cells: int) -> None:
        self._window = window
        self._budget = budget_cells // len(BAR_FIELDS)
        self._lives: dict[int, Life] = {}
        self._kept: list[Chunk] = []
        self._kept_rows = 0
        self._first: int | None = None

    def admit(self, lives: Mapping[int, Life]) -> None:
        """Add assets; what is kept lacks them, and is dropped."""
        self._lives.update(lives)
        self.clear()
        self._first = None

    def clear(self) -> None:
        """Drop what is kept."""
        self._kept.clear()
        self._kept_rows = 0

    @property
    def first(self) -> int:
        """The first bar that there can be of all assets."""
        if self._first is None:
            self._first = self._window.loader.first_bar(self._lives.values())
        return self._first

    def pieces(self, sids: Iterable[int], first: int, stop: int) -> Iterator[Chunk]:
        """Chunks that together hold the bars ``first <= bar < stop`` of some assets, in order."""
        bar = first
        for chunk in list(self._kept):
            if chunk.first <= bar < min(chunk.stop, stop):
                yield chunk
                bar = chunk.stop
        wanted = {sid: self._lives[sid] for sid in sids}
        prior = None
        while bar < stop:
            keeps = self._has_room(bar)
            lives = self._lives if keeps else wanted
            end = min(bar + max(self._budget // len(lives), _FEWEST_ROWS), stop)
            chunk = self._window.earlier(bar, end, lives, prior)
            if keeps:
                self._kept.append(chunk)
                self._kept_rows += len(chunk)
            yield chunk
            prior, bar = chunk.prints_before(end), end

    def _has_room(self, bar: int) -> bool:
        """Whether a piece that begins with a bar continues what is kept, and fits."""
        begins = self._kept[-1].stop if self._kept else self.first
        return bar == begins and self._kept_rows * len(self._lives) < self._budget
