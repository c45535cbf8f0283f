"""Windows of history that end at the present."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from rustybt.clock.axis import BarAxis, axis_of
from rustybt.clock.resolution import MINUTE, SESSION, Resolution, Unit
from rustybt.data.adjusted import AdjustedColumns, BarColumns, Labels, SessionSoFarColumns
from rustybt.data.chunk_window import ChunkWindow
from rustybt.data.chunks import Chunk
from rustybt.data.coefficients import MISSING, IntArray, reduced
from rustybt.data.cursor import Cursor
from rustybt.data.factors import FactorBook
from rustybt.data.grid import RowGrid, row_grid
from rustybt.data.schemas import SID
from rustybt.data.spans import period_numbers
from rustybt.errors import (
    HistoryWindowStartsBeforeData,
    IncompatibleHistoryFrequency,
    InvalidArgument,
)

HISTORY_FIELDS = ("open", "high", "low", "close", "volume", "price")
"""What history can be asked for: the fields of a bar, and the last known price."""

CHAIN_FIELDS = (*HISTORY_FIELDS, SID)
"""What it can be asked for of continuous futures: which contract was held, too."""


class Piece(NamedTuple):
    """Consecutive rows of one kind of columns.

    Attributes:
        columns: Where the values are.
        chunk: Whose rows they are.
        first: The first row.
        stop: The row after the last.
    """

    columns: AdjustedColumns
    chunk: Chunk
    first: int
    stop: int


class GroupedWindow:
    """Bars that are longer than those of the run: each made of the rows of one interval.

    Args:
        pieces: The rows.
        grid: The intervals, in the labels of the rows.
        labels: What the rows, and so the long bars, are labelled by.

    Attributes:
        ends: Labels of the long bars.
        labels: What they are.
    """

    def __init__(self, pieces: tuple[Piece, ...], grid: RowGrid, labels: Labels) -> None:
        self.ends = grid.ends
        self.labels: Labels = labels
        self._pieces = pieces
        stamps = [p.columns.row_labels(p.chunk, p.first, p.stop) for p in pieces]
        groups = grid.rows_of(np.concatenate(stamps))
        self._held = groups >= 0
        self._groups = groups[self._held]
        self._starts = np.flatnonzero(np.diff(self._groups, prepend=-1))

    def values(self, sid: int, field: str) -> IntArray:
        """Coefficients of the long bars."""
        rows = np.concatenate([_values(piece, sid, field) for piece in self._pieces])[self._held]
        if field == "price":
            newest = np.searchsorted(self._groups, np.arange(len(self.ends)), side="right") - 1
            return np.where(newest >= 0, rows[newest], MISSING)
        result = np.full(len(self.ends), 0 if field == "volume" else MISSING)
        result[self._groups[self._starts]] = reduced(field, rows, self._starts)
        return result


Window = tuple[Piece, ...] | GroupedWindow


class History:
    """Finds the rows of a window; every row it names lies at or before the present.

    Args:
        cursor: Where the run is.
        bars: The bars of the run.
        sessions: Its sessions: the same window where the run is daily.
        factors: Corporate actions, and joints of continuous futures.
        scales: Decimals of the coefficients by field.
        first_session: First session of the data: no window may begin before it.
        rebuilds_eve: Zipline's daily history before the open: the bar of the session that ended
            last is made of its minutes, even where a daily bar is stored.
    """

    def __init__(
        self,
        cursor: Cursor,
        *,
        bars: ChunkWindow,
        sessions: ChunkWindow,
        factors: FactorBook,
        scales: Mapping[str, int],
        first_session: int,
        rebuilds_eve: bool = False,
    ) -> None:
        self._cursor = cursor
        self._session_window = sessions
        self._axis: BarAxis = bars.loader.axis
        self._calendar = self._axis.calendar
        self._first_session = first_session
        self._rebuilds_eve = rebuilds_eve
        self.bars = BarColumns(bars, cursor, factors, scales)
        self._intraday = self._axis.resolution.is_intraday
        self._session_columns = BarColumns(sessions, cursor, factors, scales)
        self._today_columns = SessionSoFarColumns(sessions, bars, cursor, factors, scales)
        self._first_bar = self._axis.session_bounds(first_session)[0]

    def windows(self, frequency: Resolution) -> Callable[[int], Window]:
        """A function that finds the rows of so many bars of a frequency, up to the present.

        The function raises `HistoryWindowStartsBeforeData` for a window that begins before the
        data do.

        Raises:
            IncompatibleHistoryFrequency: The run's bars are longer.
            InvalidArgument: The run's bars do not add up to the frequency.
        """
        own = self._axis.resolution
        if frequency == own:
            return self._bars_back
        if frequency == SESSION:
            return self._sessions_back
        if frequency < own:
            raise IncompatibleHistoryFrequency(frequency=str(frequency), data_frequency=str(own))
        if not frequency.is_intraday:
            return partial(self._calendar_groups, frequency.unit)
        length, base = frequency.nanoseconds, own.nanoseconds
        assert length is not None
        assert base is not None
        if length % base:
            raise InvalidArgument(
                field="frequency",
                value=str(frequency),
                reason=f"give a multiple of the run's bars of {own}",
            )
        if frequency < MINUTE:
            return partial(self._stamp_groups, length)
        return partial(self._axis_groups, axis_of(self._calendar, frequency))

    # ------------------------------------------------------------------ plain windows

    def _bars_back(self, count: int) -> tuple[Piece, ...]:
        now = self._cursor
        if now.row < count - 1 or now.bar - count + 1 < self._first_bar:
            if now.bar - count + 1 < self._first_bar:
                raise self._too_early(self._axis, self._first_bar + count - 1)
            now.reach(count - 1)
        return (Piece(self.bars, now.chunk, now.row - count + 1, now.row + 1),)

    def _sessions_back(self, count: int) -> tuple[Piece, ...]:
        now = self._cursor
        newest = now.session - 1 if now.between_bars else now.session
        from_bars = not now.between_bars or (
            self._rebuilds_eve and self._axis.session_of(now.bar) == newest
        )
        last = newest - 1 if from_bars else newest
        first = newest - count + 1
        if first < self._first_session:
            raise self._too_early(self._session_window.loader.axis, self._first_session + count - 1)
        pieces: list[Piece] = []
        if first <= last:
            chunk = self._session_window.cover(last, last - first)
            rows = first - chunk.first, last - chunk.first + 1
            pieces.append(Piece(self._session_columns, chunk, *rows))
        if from_bars:
            pieces.append(Piece(self._today_columns, now.chunk, now.row, now.row + 1))
        return tuple(pieces)

    def _too_early(self, axis: BarAxis, bar: int) -> HistoryWindowStartsBeforeData:
        calendar = self._calendar
        enough = bar < len(axis)
        return HistoryWindowStartsBeforeData(
            first_trading_day=calendar.session_date(self._first_session),
            suggested_start_day=(calendar.session_date(axis.session_of(bar)) if enough else None),
        )

    # ------------------------------------------------------------------ longer bars

    def _newest_bar(self) -> int:
        """The newest bar that is visible, which is one with data."""
        bar = self._cursor.bar
        if bar < self._first_bar:
            raise self._too_early(self._axis, self._first_bar)
        return bar

    def _axis_groups(self, axis: BarAxis, count: int) -> GroupedWindow:
        """Bars of a longer axis."""
        bar = self._newest_bar()
        newest = axis.index_of(self._axis.label(bar), direction="next")
        floor = axis.session_bounds(self._first_session)[0]
        if newest - count + 1 < floor:
            raise self._too_early(axis, floor + count - 1)
        grid = row_grid(axis, newest - count + 1, newest + 1, intraday=True)
        first = self._axis.index_of(int(grid.starts[0]) + 1, direction="next")
        return GroupedWindow(self._bars_back(bar - first + 1), grid, "instant")

    def _calendar_groups(self, unit: Unit, count: int) -> GroupedWindow:
        """Weeks from Monday to Sunday, or months, labelled by their last session."""
        newest = self._axis.session_of(self._newest_bar())
        days = self._calendar.sessions
        periods = period_numbers(days, unit)
        lasts = np.append(np.flatnonzero(np.diff(periods)), len(days) - 1)
        group = int(np.searchsorted(lasts, newest))
        if group - count + 1 < 0:
            raise self._too_early(self._session_window.loader.axis, len(days))
        ends = lasts[group - count + 1 : group + 1]
        before = int(lasts[group - count]) if group >= count else -1
        grid = RowGrid(
            np.append(days[before] if before >= 0 else days[0] - 1, days[ends[:-1]]), days[ends]
        )
        sessions = newest - before
        pieces = self._sessions_back(sessions) if self._intraday else self._bars_back(sessions)
        return GroupedWindow(pieces, grid, "session")

    def _stamp_groups(self, length: int, count: int) -> GroupedWindow:
        """Bars below a minute: those in which the data have at least one shorter bar."""
        newest, back = self._newest_bar(), count
        while True:
            back = min(back, newest - self._first_bar + 1)
            labels = self._axis.labels(newest - back + 1, newest + 1)
            ends = np.unique(-(-labels // length) * length)
            every = back == newest - self._first_bar + 1
            if len(ends) > count or (every and len(ends) == count):
                break
            if every:
                raise self._too_early(self._axis, self._first_bar + back)
            back *= 2
        grid = RowGrid(ends[-count:] - length, ends[-count:])
        first = self._axis.index_of(int(grid.starts[0]) + 1, direction="next")
        return GroupedWindow(self._bars_back(newest - first + 1), grid, "instant")


def _values(piece: Piece, sid: int, field: str) -> IntArray:
    column = piece.columns.column(piece.chunk, sid, field, piece.first)
    return column.values[piece.first - column.first : piece.stop - column.first]
