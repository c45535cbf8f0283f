"""The chunk around the present, and the next one, read ahead by a thread."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from rustybt.data.chunks import ALWAYS, Chunk, ChunkLoader, Life, Print
from rustybt.data.schemas import BAR_FIELDS

_FEWEST_ROWS = 64

_USUAL_LOOKBACK = 64
_SHARE_OF_LOOKBACK = 8


class _Ahead(NamedTuple):
    """A chunk that is being read."""

    first: int
    stop: int
    chunk: Future[Chunk]


class ChunkWindow:
    """Moves over the bars of an axis and holds what is near the present.

    A chunk begins with as many rows before the present as the longest look-back that was asked
    for so far, at the start of a session, and is as long as the budget allows. While it is used a
    thread reads the next one, so that memory does not grow with the length of a run.

    Args:
        loader: Reads chunks.
        stop: The bar after the last one with data, or the last that a run needs.
        budget_cells: How many numbers a chunk holds, about; two chunks live at a time.
        source_rows: Rows that a reader delivers for one bar, about.
    """

    def __init__(
        self, loader: ChunkLoader, *, stop: int, budget_cells: int, source_rows: int = 1
    ) -> None:
        self.loader = loader
        self._stop = stop
        self._budget_rows = budget_cells // (len(BAR_FIELDS) * source_rows)
        self._lives: dict[int, Life] = {}
        self._lookback = 1
        self._chunk: Chunk | None = None
        self._earliest: int | None = None
        self._ahead: _Ahead | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._closed = False

    @property
    def sids(self) -> Collection[int]:
        """The assets that were asked for."""
        return self._lives.keys()

    @property
    def earliest(self) -> int | None:
        """The first bar that was read, None where none was."""
        return self._earliest

    def admit(self, lives: Mapping[int, Life]) -> None:
        """Add assets; the present chunk gets their columns when it is next asked for."""
        self._lives.update(lives)

    def life(self, sid: int) -> Life:
        """The life of an asset as it was admitted; unbounded for one that was not."""
        return self._lives.get(sid, ALWAYS)

    def cover(self, bar: int, back: int = 0) -> Chunk:
        """The chunk with the bars ``bar - back`` to `bar` (or from the first bar there is)."""
        first = max(bar - back, 0)
        self._lookback = max(self._lookback, back)
        chunk = self._chunk
        if chunk is None or not chunk.first <= first <= bar < chunk.stop:
            chunk = self._move(bar)
            self._chunk = chunk
            self._earliest = min(
                chunk.first, chunk.first if self._earliest is None else self._earliest
            )
        if len(chunk.lives) < len(self._lives):
            chunk = self._chunk = self._completed(chunk, bar)
        if self._ahead is None and chunk.stop < self._stop and not self._closed:
            self._read_ahead(chunk)
        return chunk

    def held(self, bar: int) -> Chunk | None:
        """The present chunk if it holds a bar."""
        chunk = self._chunk
        return chunk if chunk is not None and chunk.first <= bar < chunk.stop else None

    def earlier(
        self,
        first: int,
        stop: int,
        lives: Mapping[int, Life],
        prior: Mapping[int, Print | None] | None = None,
    ) -> Chunk:
        """The bars ``first <= bar < stop`` of some assets, read beside the present chunk.

        Args:
            first: The first bar.
            stop: The bar after the last.
            lives: Life by sid.
            prior: Last known closes before `first`; what it lacks is searched for.
        """
        self._earliest = first if self._earliest is None else min(first, self._earliest)
        return self.loader.load(first, stop, lives, prior)

    def close(self) -> None:
        """Stop reading ahead, for good; an error of a chunk that nobody asked for is dropped."""
        self._closed = True
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=True)
            self._thread = None
        self._ahead = None

    def _move(self, bar: int) -> Chunk:
        first = self._first(bar)
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.first <= first and bar < ahead.stop:
            return ahead.chunk.result()
        chunk = self._chunk
        prior = None
        if chunk is not None and chunk.first <= first < chunk.stop:
            prior = chunk.prints_before(first)
        return self.loader.load(first, self._end(bar), self._lives, prior)

    def _completed(self, chunk: Chunk, bar: int) -> Chunk:
        """The chunk with the columns of all assets; a shorter one when it grew too large."""
        rows = len(chunk)
        if rows > 2 * self._rows() and rows > 2 * _FEWEST_ROWS and bar + 1 < chunk.stop:
            self._ahead = None
            return self.loader.load(self._first(bar), self._end(bar), self._lives)
        absent = {sid: life for sid, life in self._lives.items() if sid not in chunk}
        return chunk.joined(self.loader.load(chunk.first, chunk.stop, absent))

    def _read_ahead(self, chunk: Chunk) -> None:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="rustybt-chunks")
        first, stop = self._first(chunk.stop), self._end(chunk.stop)
        future = self._thread.submit(
            _next_chunk, self.loader, chunk, first, stop, dict(self._lives)
        )
        self._ahead = _Ahead(first, stop, future)

    def _first(self, bar: int) -> int:
        axis = self.loader.axis
        return axis.session_bounds(axis.session_of(max(bar - self._back(), 0)))[0]

    def _end(self, bar: int) -> int:
        back = self._back()
        fresh = max(self._rows() - back, back, _FEWEST_ROWS)
        return min(bar + fresh, self._stop if bar < self._stop else len(self.loader.axis))

    def _back(self) -> int:
        """Rows before the present: as asked for, or a few, so that most windows find theirs."""
        return max(self._lookback, min(_USUAL_LOOKBACK, self._rows() // _SHARE_OF_LOOKBACK))

    def _rows(self) -> int:
        return self._budget_rows // max(len(self._lives), 1)


def _next_chunk(
    loader: ChunkLoader, chunk: Chunk, first: int, stop: int, lives: Mapping[int, Life]
) -> Chunk:
    prior = chunk.prints_before(first) if first >= chunk.first else None
    return loader.load(first, stop, lives, prior)
