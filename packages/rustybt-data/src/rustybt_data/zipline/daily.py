"""Daily bars of a Zipline bundle: the table ``daily_equities.bcolz``.

The rows of an asset follow each other, a row per session from its first to its last one. Prices
are whole numbers, 1000 times what they are; ``day`` is seconds since 1970-01-01, ``id`` the sid. A
zero stands for a price that is missing.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from rustybt.calendars import from_day, get_calendar
from rustybt.clock.resolution import SESSION
from rustybt.data.readers import PolarsBarReader
from rustybt.data.schemas import BAR_FIELDS, DEFAULT_SCALE
from rustybt.errors import CorruptData, DataValidationError
from rustybt_data.zipline.bars import Block, frame_of
from rustybt_data.zipline.column import ChunkCache, is_count, is_sid, read_json
from rustybt_data.zipline.content import content_hash
from rustybt_data.zipline.scales import DEFAULT_RATIO, Ratios
from rustybt_data.zipline.table import Table

DAILY: Final = "daily_equities.bcolz"
OLD_CALENDAR: Final = "XNYS"
"""The calendar of tables that name none, as they were written before there were others."""

_SECONDS_PER_DAY: Final = 86_400
_BLOCK: Final = 2**18


class BcolzDailyReader(PolarsBarReader):
    """Zipline's daily bars, read as they are; see `rustybt.data.readers.BarReader`.

    A missing price is null; a session without anything has no bar. Days are those that the table
    says itself.

    Args:
        folder: The folder of the table.
        calendar: Name of the calendar of its sessions, in place of what the table says.
        cache: Where decoded chunks are kept; by default one of its own, of 64 MiB.

    Raises:
        CorruptData: The folder holds no such table.
        InvalidCalendarName: There is no calendar of the name.
    """

    resolution = SESSION
    volume_scale = DEFAULT_SCALE

    def __init__(
        self, folder: Path, *, calendar: str | None = None, cache: ChunkCache | None = None
    ) -> None:
        self._folder = folder
        self._table = Table(folder, (*BAR_FIELDS, "day", "id"), cache or ChunkCache())
        attributes = read_json(folder / "__attrs__")
        self._rows = _rows_by_sid(folder, attributes, len(self._table))
        named = calendar or attributes.get("calendar_name") or OLD_CALENDAR
        self._calendar = get_calendar(str(named))
        self.calendar = self._calendar.name
        self._ratios = Ratios(DEFAULT_RATIO, {}, path=str(folder))
        self.price_scale = self._ratios.scale
        self._seen: set[int] = set()

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""
        return tuple(self._ends)

    def is_empty(self) -> bool:
        """Whether there is no bar at all, as in bundles of minutes."""
        return not self._ends

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Coefficients of bars; see `rustybt.data.readers.BarReader.read`.

        Raises:
            CorruptData: A chunk of the table cannot be read, or rows are not those of their asset.
            DataValidationError: A row is of a day that is no session of the calendar.
        """
        blocks = (
            self._block(sid, rows, fields)
            for sid in sorted(set(sids).intersection(self._rows))
            for rows in [self._rows_between(sid, start, stop)]
            if rows
        )
        return frame_of(blocks, fields)

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` whose volume is above 0, None if there is none."""
        if sid not in self._rows:
            return None
        rows = self._rows_between(sid, -(2**40), before + 1)
        for stop in range(rows.stop, rows.start, -_BLOCK):
            first = max(rows.start, stop - _BLOCK)
            traded = self._table["volume"].read(first, stop).nonzero()[0]
            if len(traded):
                row = first + int(traded[-1])
                return int(self._days(range(row, row + 1))[0])
        return None

    def factor(self, sid: int) -> int:
        """What makes a stored price of `sid` a coefficient."""
        return self._ratios.factor(sid)

    def leave_out(self, sids: Collection[int]) -> None:
        """Show no bars of some assets."""
        if sids:
            self._rows = {sid: rows for sid, rows in self._rows.items() if sid not in sids}
            self.__dict__.pop("_ends", None)

    def fingerprint(self) -> str:
        """Hash of the files of the table, in hexadecimal."""
        return self._fingerprint

    @cached_property
    def first_session(self) -> date:  # type: ignore[override] # found when it is asked for
        """Session of the first bar.

        Raises:
            CorruptData: There is no bar at all.
        """
        self._refuse_nothing()
        return from_day(min(days[0] for days in self._ends.values()))

    @cached_property
    def last_session(self) -> date:  # type: ignore[override] # found when it is asked for
        """Session of the last bar.

        Raises:
            CorruptData: There is no bar at all.
        """
        self._refuse_nothing()
        return from_day(max(days[1] for days in self._ends.values()))

    @cached_property
    def _fingerprint(self) -> str:
        return content_hash(self._folder)

    @cached_property
    def _ends(self) -> dict[int, tuple[int, int]]:
        """Days of the first and the last bar of each sid that has one."""
        found = {}
        for sid, rows in sorted(self._rows.items()):
            first = next(self._printed(rows, forwards=True), None)
            if first is not None:
                last = next(self._printed(rows, forwards=False))
                ends = (self._days(range(row, row + 1))[0] for row in (first, last))
                found[sid] = (int(next(ends)), int(next(ends)))
        return found

    def _printed(self, rows: range, *, forwards: bool) -> Iterator[int]:
        """Outermost rows of each block of rows that holds a bar."""
        blocks = range(rows.start, rows.stop, _BLOCK)
        for first in blocks if forwards else reversed(blocks):
            stop = min(first + _BLOCK, rows.stop)
            parts = [self._table[name].read(first, stop) for name in BAR_FIELDS]
            printed = np.logical_or.reduce([part != 0 for part in parts]).nonzero()[0]
            if len(printed):
                yield first + int(printed[0 if forwards else -1])

    def _block(self, sid: int, rows: range, fields: Sequence[str]) -> Block:
        # Whether a row is a bar shows in all of its fields.
        return Block(
            sid=sid,
            labels=self._days(rows),
            columns={name: self._table[name].read(rows.start, rows.stop) for name in BAR_FIELDS},
            factors={
                name: 10**self.volume_scale if name == "volume" else self._ratios.factor(sid)
                for name in fields
            },
        )

    def _rows_between(self, sid: int, start: int, stop: int) -> range:
        rows = self._rows[sid]
        self._check(sid, rows)
        first, after = np.searchsorted(self._days(rows), (start, stop))
        return range(rows.start + int(first), rows.start + int(after))

    def _days(self, rows: range) -> npt.NDArray[np.int64]:
        seconds = self._table["day"].read(rows.start, rows.stop)
        return seconds.astype(np.int64) // _SECONDS_PER_DAY

    def _check(self, sid: int, rows: range) -> None:
        """Check once that rows are of their asset, in order, and on sessions."""
        if sid in self._seen:
            return
        if (self._table["id"].read(rows.start, rows.stop) != sid).any():
            path = str(self._folder / "id")
            raise CorruptData(path=path, reason=f"rows {rows} are not all those of sid {sid}")
        days = self._days(rows)
        if (np.diff(days) <= 0).any():
            path = str(self._folder / "day")
            raise CorruptData(path=path, reason=f"the days of sid {sid} do not ascend")
        outside = ~np.isin(days, self._calendar.sessions)
        if outside.any():
            raise DataValidationError(
                file=str(self._folder),
                column=f"day of sid {sid}",
                value=str(from_day(int(days[outside][0]))),
                reason=f"it is no session of {self.calendar}; name the calendar of the data",
            )
        self._seen.add(sid)

    def _refuse_nothing(self) -> None:
        if self.is_empty():
            raise CorruptData(path=str(self._folder), reason="it holds no bar")


def _rows_by_sid(folder: Path, attributes: dict[str, Any], length: int) -> dict[int, range]:
    """Which rows belong to which sid.

    Raises:
        CorruptData: The attributes do not say so, or name rows that are not there.
    """
    path = str(folder / "__attrs__")
    firsts, lasts = attributes.get("first_row"), attributes.get("last_row")
    if not isinstance(firsts, dict) or not isinstance(lasts, dict) or firsts.keys() != lasts.keys():
        raise CorruptData(path=path, reason="first_row and last_row do not name the same sids")
    rows = {}
    for name, first in firsts.items():
        last = lasts[name]
        if not (is_count(first) and is_count(last) and is_sid(name)):
            raise CorruptData(path=path, reason=f"rows {first!r} to {last!r} of sid {name!r}")
        if not first <= last < length:
            reason = f"sid {name} has rows {first} to {last} of {length}"
            raise CorruptData(path=path, reason=reason)
        rows[int(name)] = range(first, last + 1)
    return rows
