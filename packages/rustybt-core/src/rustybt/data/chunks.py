"""A stretch of bars of many assets in memory: dense columns of coefficients."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Self

import numpy as np
import polars as pl

from rustybt.assets import Instrument
from rustybt.calendars import to_day
from rustybt.clock.axis import BarAxis
from rustybt.data.coefficients import (
    MAX_SUM,
    MISSING,
    BoolArray,
    IntArray,
    last_known_rows,
    multiplied,
    present,
)
from rustybt.data.grid import row_grid, sessions_of
from rustybt.data.readers import BarReader, extra_fields_of
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt.errors import ScaleExceeded

_FAR = 2**40  # a day beyond every calendar
_FIRST_SEARCH = 256
_SEARCH_GROWTH = 16


class Life(NamedTuple):
    """First and last session of an asset, in days since 1970-01-01."""

    first: int
    last: int

    @classmethod
    def of(cls, asset: Instrument) -> Self:
        """The life of an asset; unknown ends are far away."""
        return cls(
            -_FAR if asset.start_date is None else to_day(asset.start_date),
            _FAR if asset.end_date is None else to_day(asset.end_date),
        )


ALWAYS = Life(-_FAR, _FAR)
"""The life of an asset of which nothing is known."""

Further = Callable[[int, int, Mapping[int, Life], str], IntArray]
"""``(first, stop, lives, field) -> coefficients``: a line per asset, a column per bar."""


class Print(NamedTuple):
    """A close and the day on whose share scale it stands."""

    close: int
    day: int


class Chunk:
    """Bars ``first <= bar < stop`` of some assets. Immutable but for its caches.

    A row is a bar of the run's axis. What lies outside the life of an asset is missing.

    Attributes:
        first: The bar of row 0.
        stop: The bar after the last row.
        days: Day of each row's session.
        session_starts: First row of each session.
    """

    __slots__ = (
        "_columns",
        "_filled",
        "_further",
        "_places",
        "_traded",
        "days",
        "first",
        "lives",
        "prior",
        "session_starts",
        "stop",
    )

    def __init__(
        self,
        *,
        first: int,
        days: IntArray,
        lives: Mapping[int, Life],
        columns: Mapping[str, IntArray],
        prior: Mapping[int, Print | None],
        further: Further,
    ) -> None:
        self.first = first
        self.stop = first + len(days)
        self.days = days
        self.session_starts = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
        self.lives = lives
        self.prior = prior
        self._columns = dict(columns)
        self._further = further
        self._places = {sid: place for place, sid in enumerate(lives)}
        self._filled: dict[int, tuple[IntArray, IntArray]] = {}
        self._traded: dict[int, IntArray] = {}

    def __contains__(self, sid: int) -> bool:
        return sid in self._places

    def __len__(self) -> int:
        return len(self.days)

    def column(self, sid: int, field: str) -> IntArray:
        """Raw coefficients of a field; a volume is 0 where nothing traded."""
        column: IntArray = self.matrix(field)[self._places[sid]]
        return column

    def filled(self, sid: int) -> tuple[IntArray, IntArray]:
        """The last known raw close as of each row, and the day it was printed.

        Missing before the first close there is and after the asset's last session.
        """
        if sid not in self._filled:
            self._filled[sid] = self._fill(sid)
        return self._filled[sid]

    def traded_rows(self, sid: int) -> IntArray:
        """For each row the newest row up to it with a volume, -1 where there is none."""
        if sid not in self._traded:
            self._traded[sid] = last_known_rows(self.column(sid, "volume") > 0)
        return self._traded[sid]

    def prints_before(self, bar: int) -> dict[int, Print | None]:
        """The last known close of every asset before `bar`, which lies in this chunk."""
        if bar == self.first:
            return dict(self.prior)
        row = bar - self.first - 1
        closes = self._columns["close"][:, : row + 1]
        rows = last_known_rows(present(closes))[:, -1]
        return {
            sid: Print(int(closes[place, rows[place]]), int(self.days[rows[place]]))
            if rows[place] >= 0
            else self.prior.get(sid)
            for sid, place in self._places.items()
        }

    def joined(self, other: "Chunk") -> "Chunk":
        """The same rows with the assets of both."""
        assert (self.first, self.stop) == (other.first, other.stop)
        return Chunk(
            first=self.first,
            days=self.days,
            lives={**self.lives, **other.lives},
            columns={
                field: np.concatenate((self._columns[field], other.matrix(field)))
                for field in BAR_FIELDS
            },
            prior={**self.prior, **other.prior},
            further=self._further,
        )

    def matrix(self, field: str) -> IntArray:
        """Raw coefficients of a field: a line per asset, a column per bar.

        What bars have beside their fields is read when it is first asked for.
        """
        matrix = self._columns.get(field)
        if matrix is None:
            matrix = self._columns[field] = self._further(self.first, self.stop, self.lives, field)
        return matrix

    def _fill(self, sid: int) -> tuple[IntArray, IntArray]:
        closes = self.column(sid, "close")
        rows = last_known_rows(present(closes))
        prior = self.prior.get(sid) or Print(MISSING, int(self.days[0]))
        known = rows >= 0
        filled = np.where(known, closes[rows], prior.close)
        printed = np.where(known, self.days[rows], prior.day)
        filled[self.days > self.lives[sid].last] = MISSING
        return filled, printed


class ChunkLoader:
    """Reads chunks: puts a reader's rows on the bars of an axis, aggregating finer ones.

    Args:
        reader: Where the bars come from.
        axis: The bars of the chunks; as long as the reader's or longer.
        scales: Decimals of the coefficients by field; at least the reader's.
    """

    def __init__(self, reader: BarReader, axis: BarAxis, scales: Mapping[str, int]) -> None:
        self.reader = reader
        self.axis = axis
        own = {**dict.fromkeys(PRICE_FIELDS, reader.price_scale), "volume": reader.volume_scale}
        own.update(extra_fields_of(reader))
        self._widening = {
            field: 10 ** (scales.get(field, scale) - scale) for field, scale in own.items()
        }
        self._intraday = reader.resolution.is_intraday
        self._aggregates = reader.resolution != axis.resolution

    def load(
        self,
        first: int,
        stop: int,
        lives: Mapping[int, Life],
        prior: Mapping[int, Print | None] | None = None,
    ) -> Chunk:
        """The bars ``first <= bar < stop`` of the assets in `lives`.

        Args:
            first: The first bar.
            stop: The bar after the last.
            lives: Life by sid; also the order of the columns.
            prior: Last known closes before `first`; what it lacks is searched for.
        """
        days = self.axis.calendar.sessions[sessions_of(self.axis, first, stop)]
        columns = self._dense(first, stop, list(lives), BAR_FIELDS)
        volumes = columns["volume"]
        volumes[volumes == MISSING] = 0
        _keep_lives(columns, days, lives)
        known = dict(prior or {})
        closes = columns["close"][:, 0]
        unknown = [
            sid
            for place, sid in enumerate(lives)
            if sid not in known
            and closes[place] == MISSING
            and lives[sid].first < days[0] <= lives[sid].last
        ]
        known.update(self._search(first, {sid: lives[sid] for sid in unknown}))
        return Chunk(
            first=first,
            days=days,
            lives=dict(lives),
            columns=columns,
            prior=known,
            further=self.load_field,
        )

    def load_field(self, first: int, stop: int, lives: Mapping[int, Life], field: str) -> IntArray:
        """A column that bars have beside their fields; missing where the reader has none.

        Args:
            first: The first bar.
            stop: The bar after the last.
            lives: Life by sid; also the order of the lines.
            field: Its name.
        """
        sids = list(lives)
        if field not in self._widening:
            return np.full((len(sids), stop - first), MISSING)
        days = self.axis.calendar.sessions[sessions_of(self.axis, first, stop)]
        columns = self._dense(first, stop, sids, (field,))
        _keep_lives(columns, days, lives)
        return columns[field]

    def _dense(
        self, first: int, stop: int, sids: list[int], fields: Sequence[str]
    ) -> dict[str, IntArray]:
        shape = (len(sids), stop - first)
        columns = {field: np.full(shape, MISSING) for field in fields}
        grid = row_grid(self.axis, first, stop, intraday=self._intraday)
        frame = self.reader.read(sids, int(grid.starts[0]) + 1, int(grid.ends[-1]) + 1, fields)
        rows = grid.rows_of(frame["at"].to_numpy())
        if self._aggregates:
            within = frame.with_columns(row=pl.Series(rows)).filter(pl.col("row") >= 0)
            frame = _aggregated(within, fields)
            rows = frame["row"].to_numpy()
        elif (rows < 0).any():
            frame, rows = frame.filter(pl.Series(rows >= 0)), rows[rows >= 0]
        order = np.argsort(np.array(sids))
        places = order[np.searchsorted(np.array(sids)[order], frame["sid"].to_numpy())]
        at = (places, rows)
        for field in fields:
            values = frame[field]
            if values.null_count():
                values = values.fill_null(MISSING)
            columns[field][at] = multiplied(
                values.to_numpy(), self._widening[field], 1, field=field
            )
        return columns

    def _search(self, before: int, lives: Mapping[int, Life]) -> dict[int, Print | None]:
        """Last closes before a bar, looked for in ever longer stretches."""
        found: dict[int, Print | None] = {}
        floor = self.first_bar(lives.values())
        length = _FIRST_SEARCH
        while len(found) < len(lives) and before > floor:
            first = max(before - length, floor)
            open_sids = {sid: life for sid, life in lives.items() if sid not in found}
            stretch = self.load(first, before, open_sids, dict.fromkeys(open_sids))
            prints = stretch.prints_before(before)
            found.update({sid: close for sid, close in prints.items() if close is not None})
            before, length = first, length * _SEARCH_GROWTH
        return {sid: found.get(sid) for sid in lives}

    def first_bar(self, lives: Iterable[Life]) -> int:
        """The first bar that there can be of assets with some lives."""
        calendar = self.axis.calendar
        day = max(
            min((life.first for life in lives), default=_FAR),
            to_day(self.reader.first_session),
        )
        session = int(np.searchsorted(calendar.sessions, day))
        return self.axis.session_bounds(min(session, len(calendar) - 1))[0]


def _keep_lives(columns: Mapping[str, IntArray], days: IntArray, lives: Mapping[int, Life]) -> None:
    """Take out what lies outside the life of an asset."""
    for place, life in enumerate(lives.values()):
        if days[0] < life.first or life.last < days[-1]:
            outside: BoolArray = (days < life.first) | (days > life.last)
            for field, column in columns.items():
                column[place, outside] = 0 if field == "volume" else MISSING


_AGGREGATIONS: Final = {
    "open": pl.col("open").drop_nulls().first(),
    "high": pl.col("high").max(),
    "low": pl.col("low").min(),
    "volume": pl.col("volume").sum(),
}


def _aggregated(frame: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """Bars of longer rows; of a close and of what is no field of a bar, the newest value."""
    newest = {field: pl.col(field).drop_nulls().last() for field in fields}
    how = {field: _AGGREGATIONS.get(field, newest[field]) for field in fields}
    if "volume" in fields and _sums_are_wide(frame["volume"]):
        how["volume"] = pl.col("volume").cast(pl.Int128).sum()
    bars = frame.group_by("row", "sid", maintain_order=True).agg(how.values())
    return bars if bars.schema.get("volume") != pl.Int128 else _narrowed(bars)


def _sums_are_wide(volumes: pl.Series) -> bool:
    """Whether 64 bits might not hold their sums, which would wrap around."""
    widest = volumes.max()
    return isinstance(widest, int) and widest * len(volumes) >= MAX_SUM


def _narrowed(bars: pl.DataFrame) -> pl.DataFrame:
    widest = bars["volume"].max()
    assert isinstance(widest, int)
    if widest >= MAX_SUM:
        raise ScaleExceeded(field="sum of volumes", value=widest, scale=0)
    return bars.with_columns(pl.col("volume").cast(pl.Int64))
