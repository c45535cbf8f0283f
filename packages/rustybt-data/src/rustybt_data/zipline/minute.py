"""Minute bars of a Zipline bundle: the folder ``minute_equities.bcolz``.

Each asset has a table of its own, ``00/01/000123.bcolz``, whose rows are minutes. A session takes
as many rows as a full one has minutes, from the first of the bundle on: the row of a minute follows
from the session and the minutes since its open. What lies after an early close is no minute. A zero
stands for a price that is missing.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from rustybt.clock.resolution import MINUTE
from rustybt.data.readers import PolarsBarReader
from rustybt.data.schemas import BAR_FIELDS, DEFAULT_SCALE
from rustybt.errors import CorruptData, DataValidationError
from rustybt_data.zipline.bars import Block, frame_of
from rustybt_data.zipline.column import ChunkCache, is_sid
from rustybt_data.zipline.content import content_hash
from rustybt_data.zipline.metadata import MinuteMetadata
from rustybt_data.zipline.table import Table

MINUTES: Final = "minute_equities.bcolz"

_NS_PER_MINUTE: Final = 60_000_000_000
_BLOCK: Final = 2**16


class _Rows(NamedTuple):
    """Some rows, the same in every table.

    Attributes:
        rows: Which ones.
        labels: The label of each.
        open: Whether it is a minute of its session that is wanted.
    """

    rows: range
    labels: npt.NDArray[np.int64]
    open: npt.NDArray[np.bool_]


class BcolzMinuteReader(PolarsBarReader):
    """Zipline's minute bars, read as they are; see `rustybt.data.readers.BarReader`.

    A missing price is null; a minute without anything has no bar.

    Args:
        folder: The folder of the minutes.
        calendar: Name of the calendar of its sessions, in place of what the folder says.
        cache: Where decoded chunks are kept; by default one of its own, of 64 MiB.

    Raises:
        CorruptData: The folder holds no minutes of Zipline's.
        InvalidCalendarName: There is no calendar of the name.
        DataValidationError: Prices cannot be kept exactly.
    """

    resolution = MINUTE
    volume_scale = DEFAULT_SCALE

    def __init__(
        self, folder: Path, *, calendar: str | None = None, cache: ChunkCache | None = None
    ) -> None:
        self._folder = folder
        self._cache = cache or ChunkCache()
        self._metadata = MinuteMetadata.load(folder, calendar=calendar)
        self._paths = _tables(folder)
        self._tables: dict[int, Table] = {}
        market, sessions = self._metadata.calendar, slice(self._metadata.first, None)
        stop = self._metadata.last - self._metadata.first + 1
        self._opens, self._closes = market.opens[sessions][:stop], market.closes[sessions][:stop]
        self.calendar = market.name
        self.price_scale = self._metadata.ratios.scale

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""
        return tuple(self._last_rows)

    def is_empty(self) -> bool:
        """Whether there is no bar at all, as in bundles of daily bars."""
        return not self._paths or not self._last_rows

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Coefficients of bars; see `rustybt.data.readers.BarReader.read`.

        Raises:
            CorruptData: A chunk of a table cannot be read.
            DataValidationError: A table has more minutes than the sessions of the calendar.
        """
        wanted = sorted(set(sids).intersection(self._paths))
        found = self._rows_between(start, stop)
        return frame_of((self._block(sid, found, fields) for sid in wanted), fields)

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` whose volume is above 0, None if there is none."""
        if sid not in self._paths:
            return None
        table = self._table(sid)
        until = min(self._rows_until(before), len(table))
        for stop in range(until, 0, -_BLOCK):
            found = self._rows(range(max(stop - _BLOCK, 0), stop))
            volumes = table["volume"].read(found.rows.start, found.rows.stop)
            traded = (found.open & (found.labels <= before) & (volumes != 0)).nonzero()[0]
            if len(traded):
                return int(found.labels[traded[-1]])
        return None

    def factor(self, sid: int) -> int:
        """What makes a stored price of `sid` a coefficient."""
        return self._metadata.ratios.factor(sid)

    def leave_out(self, sids: Collection[int]) -> None:
        """Show no bars of some assets."""
        if sids:
            self._paths = {sid: path for sid, path in self._paths.items() if sid not in sids}
            self.__dict__.pop("_last_rows", None)

    def fingerprint(self) -> str:
        """Hash of the files of the folder, in hexadecimal."""
        return self._fingerprint

    def hidden(self, sid: int) -> int:
        """Rows of an asset that hold something after the close of their session.

        Zipline never shows them.
        """
        table, rows = self._table(sid), 0
        for first in range(0, len(table), _BLOCK):
            found = self._rows(range(first, min(first + _BLOCK, len(table))))
            rows += int((self._printed(table, found.rows) & ~found.open).sum())
        return rows

    def pauses(self) -> Iterator[int]:
        """Labels between which there are some 65,000 minutes at most."""
        sessions = max(_BLOCK // self._metadata.minutes_per_day, 1)
        for last in range(sessions - 1, len(self._closes), sessions):
            yield int(self._closes[last]) + 1

    @cached_property
    def first_session(self) -> date:  # type: ignore[override] # found when it is asked for
        """Session of the first bar.

        Raises:
            CorruptData: There is no bar at all.
        """
        self._refuse_nothing()
        first = min(self._last_rows.values())
        for sid, last in self._last_rows.items():
            first = min(first, self._first_row(sid, min(first, last)))
        return self._session_of(first)

    @cached_property
    def last_session(self) -> date:  # type: ignore[override] # found when it is asked for
        """Session of the last bar.

        Raises:
            CorruptData: There is no bar at all.
        """
        self._refuse_nothing()
        return self._session_of(max(self._last_rows.values()))

    @cached_property
    def _fingerprint(self) -> str:
        return content_hash(self._folder)

    @cached_property
    def _last_rows(self) -> dict[int, int]:
        """The last row with a bar of each sid that has one."""
        found = {}
        for sid in sorted(self._paths):
            table = self._table(sid)
            for stop in range(len(table), 0, -_BLOCK):
                bars = self._bars_in(table, range(max(stop - _BLOCK, 0), stop))
                if len(bars):
                    found[sid] = int(bars[-1])
                    break
        return found

    def _first_row(self, sid: int, until: int) -> int:
        """The first row ``<= until`` with a bar; `until` where there is none."""
        table = self._table(sid)
        for first in range(0, until, _BLOCK):
            bars = self._bars_in(table, range(first, min(first + _BLOCK, until)))
            if len(bars):
                return int(bars[0])
        return until

    def _bars_in(self, table: Table, rows: range) -> npt.NDArray[np.intp]:
        """Those of some rows that are bars."""
        printed = self._printed(table, rows)
        if printed.any():  # most blocks of an asset that is young are empty
            printed &= self._rows(rows).open
        return printed.nonzero()[0] + rows.start

    def _printed(self, table: Table, rows: range) -> npt.NDArray[np.bool_]:
        parts = [table[name].read(rows.start, rows.stop) != 0 for name in BAR_FIELDS]
        printed: npt.NDArray[np.bool_] = np.logical_or.reduce(parts)
        return printed

    def _table(self, sid: int) -> Table:
        known = self._tables.get(sid)
        if known is not None:
            return known
        table = Table(self._paths[sid], BAR_FIELDS, self._cache)
        room = len(self._opens) * self._metadata.minutes_per_day
        if len(table) > room:
            raise DataValidationError(
                file=str(self._paths[sid]),
                value=f"{len(table)} minutes",
                reason=f"the sessions of {self.calendar} have {room}; name the calendar of the "
                "data, or take the version of exchange-calendars that they were made with",
            )
        self._tables[sid] = table
        return table

    def _block(self, sid: int, found: _Rows, fields: Sequence[str]) -> Block:
        table = self._table(sid)
        stop = min(found.rows.stop, len(table))
        start = min(found.rows.start, stop)
        held = found.open[: stop - start]
        return Block(
            sid=sid,
            labels=found.labels[: stop - start][held],
            columns={name: table[name].read(start, stop)[held] for name in BAR_FIELDS},
            factors={
                name: 10**self.volume_scale
                if name == "volume"
                else self._metadata.ratios.factor(sid)
                for name in fields
            },
        )

    def _rows(self, rows: range) -> _Rows:
        per_day = self._metadata.minutes_per_day
        sessions, minutes = np.divmod(np.arange(rows.start, rows.stop), per_day)
        labels = self._opens[sessions] + (minutes + 1) * _NS_PER_MINUTE
        return _Rows(rows, labels, labels <= self._closes[sessions])

    def _rows_until(self, stop: int) -> int:
        """The end of the rows of all sessions that begin before a label."""
        sessions = int(np.searchsorted(self._opens, stop, side="left"))
        return sessions * self._metadata.minutes_per_day

    def _rows_between(self, start: int, stop: int) -> _Rows:
        """Rows of whole sessions; those with ``start <= label < stop`` are open."""
        ended = int(np.searchsorted(self._closes, start, side="left"))
        after = self._rows_until(stop)
        found = self._rows(range(min(ended * self._metadata.minutes_per_day, after), after))
        inside = (found.labels >= start) & (found.labels < stop)
        return _Rows(found.rows, found.labels, found.open & inside)

    def _session_of(self, row: int) -> date:
        index = self._metadata.first + row // self._metadata.minutes_per_day
        return self._metadata.calendar.session_date(index)

    def _refuse_nothing(self) -> None:
        if self.is_empty():
            raise CorruptData(path=str(self._folder), reason="it holds no bar")


def _tables(folder: Path) -> dict[int, Path]:
    """The folder of each sid.

    Raises:
        CorruptData: A table has a name that is no sid, or two have the same.
    """
    found: dict[int, Path] = {}
    for path in sorted(folder.glob("*/*/*.bcolz")):
        name = path.name.removesuffix(".bcolz")
        if not is_sid(name) or int(name) in found:
            raise CorruptData(path=str(path), reason="its name is no sid of its own")
        found[int(name)] = path
    return dict(sorted(found.items()))
