"""Columns of a chunk as of today, kept until an adjustment becomes effective."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal, NamedTuple

from rustybt.data.chunk_window import ChunkWindow
from rustybt.data.chunks import Chunk
from rustybt.data.coefficients import IntArray, present, running
from rustybt.data.cursor import Cursor
from rustybt.data.factors import FactorBook
from rustybt.data.grid import sessions_of
from rustybt.data.schemas import EXTRA_FIELDS, EXTRA_PRICES, SID

_UNADJUSTED = frozenset(EXTRA_FIELDS).difference(EXTRA_PRICES)

Labels = Literal["session", "instant"]
"""How rows are labelled: by days since 1970-01-01, or by instants in ns UTC."""


class AdjustedColumn(NamedTuple):
    """Coefficients of one field of one asset as of a day.

    Attributes:
        first: The row of the first value; the last one is the chunk's last.
        version: How many events of the asset had become effective.
        values: The coefficients.
    """

    first: int
    version: int
    values: IntArray


class AdjustedColumns(ABC):
    """Columns of one kind, adjusted to the scale of today's shares.

    A column reaches to the end of its chunk, past the present: whoever hands out a window cuts
    it off at the present.

    Args:
        cursor: Where the run is.
        factors: Corporate actions, and joints of continuous futures.
        scales: Decimals of the coefficients by field.
    """

    labels: Labels = "session"

    def __init__(self, cursor: Cursor, factors: FactorBook, scales: Mapping[str, int]) -> None:
        self._cursor = cursor
        self._factors = factors
        self.scales = scales
        self._kept: dict[tuple[int, str], AdjustedColumn] = {}
        self._chunk: Chunk | None = None

    def column(self, chunk: Chunk, sid: int, field: str, first: int) -> AdjustedColumn:
        """The column from row `first` (or an earlier one) to the end of the chunk."""
        if chunk is not self._chunk:
            self._kept.clear()
            self._chunk = chunk
        today = self._cursor.today
        version = self._factors.version(sid, today)
        kept = self._kept.get((sid, field))
        if kept is not None and kept.first <= first and kept.version == version:
            return kept
        if field == SID:
            values = self._factors.held(sid, chunk.days[first:])
        else:
            values, days = self._raw(chunk, sid, field, first)
            if field not in _UNADJUSTED:
                values = self._factors.adjusted(sid, field, values, days, today, self.scales[field])
        column = AdjustedColumn(first, version, values)
        self._kept[sid, field] = column
        return column

    def version(self, sid: int) -> int:
        """How many events of an asset are effective today: columns of one version agree."""
        return self._factors.version(sid, self._cursor.today)

    def next_event(self, sid: int) -> int | None:
        """The day on which columns of the asset stand on another scale than today's."""
        return self._factors.next_event(sid, self._cursor.today)

    def row_labels(self, chunk: Chunk, first: int, stop: int) -> IntArray:
        """Labels of the rows ``first <= row < stop``."""
        return chunk.days[first:stop]

    @abstractmethod
    def _raw(self, chunk: Chunk, sid: int, field: str, first: int) -> tuple[IntArray, IntArray]:
        """Unadjusted coefficients from row `first` on, and the day each stands on."""


class BarColumns(AdjustedColumns):
    """The bars of a chunk as they are."""

    def __init__(
        self,
        window: ChunkWindow,
        cursor: Cursor,
        factors: FactorBook,
        scales: Mapping[str, int],
    ) -> None:
        super().__init__(cursor, factors, scales)
        self._axis = window.loader.axis
        if self._axis.resolution.is_intraday:
            self.labels = "instant"

    def row_labels(self, chunk: Chunk, first: int, stop: int) -> IntArray:
        """Days of sessions, or the ends of shorter bars."""
        if self.labels == "session":
            return chunk.days[first:stop]
        return self._axis.labels(chunk.first + first, chunk.first + stop)

    def _raw(self, chunk: Chunk, sid: int, field: str, first: int) -> tuple[IntArray, IntArray]:
        if field == "price":
            filled, days = chunk.filled(sid)
            return filled[first:], days[first:]
        return chunk.column(sid, field)[first:], chunk.days[first:]


class SessionSoFarColumns(AdjustedColumns):
    """The daily bar of each row's session, made of the session's bars up to that row."""

    def __init__(
        self,
        daily: ChunkWindow,
        intraday: ChunkWindow,
        cursor: Cursor,
        factors: FactorBook,
        scales: Mapping[str, int],
    ) -> None:
        super().__init__(cursor, factors, scales)
        self._daily = daily
        self._axis = intraday.loader.axis

    def _raw(self, chunk: Chunk, sid: int, field: str, first: int) -> tuple[IntArray, IntArray]:
        bar_field = "close" if field == "price" else field
        values = running(bar_field, chunk.column(sid, bar_field), chunk.session_starts)[first:]
        days = chunk.days[first:]
        return self._filled(chunk, sid, values, first) if field == "price" else (values, days)

    def _filled(
        self, chunk: Chunk, sid: int, closes: IntArray, first: int
    ) -> tuple[IntArray, IntArray]:
        """Closes so far; where there is none, the last daily close before the session."""
        sessions = sessions_of(self._axis, chunk.first + first, chunk.stop)
        oldest = min(int(sessions[0]), self._cursor.session)
        eve = int(sessions[-1]) - 1
        daily = self._daily.cover(eve, eve - oldest + 1)
        filled, printed = daily.filled(sid)
        rows = sessions - 1 - daily.first
        days = chunk.days[first:]
        holes = ~present(closes) & (days <= chunk.lives[sid].last)
        values, days = closes.copy(), days.copy()
        values[holes] = filled[rows[holes]]
        days[holes] = printed[rows[holes]]
        return values, days
