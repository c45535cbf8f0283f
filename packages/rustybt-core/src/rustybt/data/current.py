"""Values of the newest bar, as one kind of number."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

import numpy as np

from rustybt.assets import Asset, Instrument
from rustybt.data.chunks import Chunk
from rustybt.data.coefficients import MISSING
from rustybt.data.cursor import Cursor
from rustybt.data.factors import FactorBook
from rustybt.data.rendering import Rendering
from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, EXTRA_PRICES

NumberT = TypeVar("NumberT")
NumberT_co = TypeVar("NumberT_co", covariant=True)

_FEWEST_READS = 16
"""Reads of a column before it may be turned into numbers as a whole."""

_ROWS_PER_READ = 20
"""Rows of a column that are turned into numbers in the time of a single read: 8 to 40."""

_COUNTS = frozenset({"volume", *EXTRA_FIELDS}).difference(EXTRA_PRICES)
"""Fields that are no prices."""


class Readable(Protocol[NumberT_co]):
    """What values are read from by row."""

    def __getitem__(self, row: int, /) -> NumberT_co | None:
        """The value of a row; an IndexError where there is no such row."""


class _SingleReads(Generic[NumberT]):
    """A column of a chunk of which some values are read.

    Once so many of the rows since the first read were read that the rest of the column will pay
    for itself, it puts a list in its place.

    Args:
        home: Where it lies, by sid.
        sid: Its asset.
        read: The value of a row.
        whole: The values of all rows.
    """

    __slots__ = ("_asks", "_first", "_home", "_read", "_reads", "_sid", "_whole")

    def __init__(
        self,
        home: dict[int, Readable[NumberT]],
        sid: int,
        *,
        read: Callable[[int], NumberT | None],
        whole: Callable[[], Sequence[NumberT | None]],
    ) -> None:
        self._home = home
        self._sid = sid
        self._read = read
        self._whole = whole
        self._reads = 0
        self._asks = _FEWEST_READS
        self._first = -1

    def __getitem__(self, row: int) -> NumberT | None:
        value = self._read(row)
        self._reads += 1
        if self._reads == self._asks:
            self._judge(row)
        elif self._first < 0:
            self._first = row
        return value

    def _judge(self, row: int) -> None:
        if row - self._first < self._reads * _ROWS_PER_READ:
            self._home[self._sid] = self._whole()
        self._asks *= 2


class CurrentValues(Generic[NumberT]):
    """The newest bar's fields and the last known price of every asset.

    A value costs two look-ups: ``values.columns[field][asset.sid][cursor.bar_row]``. Whenever
    that fails with a `KeyError` or an `IndexError`, `value` knows the answer.

    Args:
        cursor: Where the run is.
        factors: Splits and dividends.
        scales: Decimals of the coefficients by field: those of bars and further ones.
        prices: What prices and further numbers are turned into.
        amounts: What volumes are turned into.
        admit: Called with an asset that the chunk does not have.
        splits_only: Whether the last known price is adjusted for splits, not for dividends.
    """

    def __init__(
        self,
        cursor: Cursor,
        factors: FactorBook,
        scales: Mapping[str, int],
        *,
        prices: Rendering[NumberT],
        amounts: Rendering[NumberT],
        admit: Callable[[Instrument], None],
        splits_only: bool = False,
    ) -> None:
        self._cursor = cursor
        self._factors = factors
        self._scales = scales
        extras = [field for field in EXTRA_FIELDS if field in scales]
        self._renderings = dict.fromkeys((*BAR_FIELDS, "price", *extras), prices)
        self._renderings["volume"] = amounts
        self._admit = admit
        self._splits_only = splits_only
        self.columns: dict[str, dict[int, Readable[NumberT]]] = {
            field: {} for field in self._renderings
        }
        cursor.on_new_chunk(self._clear)

    def value(self, asset: Asset, field: str) -> NumberT | None:
        """The present value of a field of the newest bar, or of ``price``.

        Prices stand on the scale of today's shares, also before the open. Prices outside the
        asset's life are missing, volumes 0.
        """
        try:
            return self.columns[field][asset.sid][self._cursor.bar_row]
        except (KeyError, IndexError):
            return self._looked_up(asset, field)

    def values(self, assets: Collection[Asset], field: str) -> list[NumberT | None]:
        """The `value` of each asset: three times as fast as one by one."""
        columns, row = self.columns[field], self._cursor.bar_row
        try:
            return [columns[asset.sid][row] for asset in assets]
        except (KeyError, IndexError):
            return [self.value(asset, field) for asset in assets]

    def _looked_up(self, asset: Asset, field: str) -> NumberT | None:
        cursor = self._cursor
        if asset.sid not in cursor.chunk:
            self._admit(asset)
        chunk = cursor.chunk
        life = chunk.lives[asset.sid]
        if cursor.row < 0 or not life.first <= cursor.today <= life.last:
            return self.absent(field)
        if cursor.between_bars:
            return self._single(chunk, asset, field)
        home = self.columns[field]
        column: Readable[NumberT] = _SingleReads[NumberT](
            home,
            asset.sid,
            read=self._reader(chunk, asset, field),
            whole=partial(self._column, chunk, asset, field),
        )
        home[asset.sid] = column
        return column[cursor.row]

    def last_print(self, instrument: Instrument) -> NumberT | None:
        """The last close of a column as it was printed, whatever has happened since."""
        cursor = self._cursor
        if instrument.sid not in cursor.chunk:
            self._admit(instrument)
        values, _ = cursor.chunk.filled(instrument.sid)
        value = int(values[cursor.row]) if cursor.row >= 0 else MISSING
        rendering = self._renderings["price"]
        if value == MISSING:
            return rendering.missing
        return rendering.single(value, self._scales["price"], 0)

    def absent(self, field: str) -> NumberT | None:
        """The value of a field where there is no bar."""
        rendering = self._renderings[field]
        return rendering.ratio(0, 1, 0) if field == "volume" else rendering.missing

    def _clear(self) -> None:
        for columns in self.columns.values():
            columns.clear()

    def _reader(self, chunk: Chunk, asset: Asset, field: str) -> Callable[[int], NumberT | None]:
        """Reads single rows of a column, each as of its own session."""
        rendering, scale = self._renderings[field], self._scales[field]
        missing, single = rendering.missing, rendering.single
        keep = 0 if field in _COUNTS else asset.price_decimals
        if field == "price":
            return self._price_reader(chunk, asset)
        coefficient = chunk.column(asset.sid, field).item

        def read(row: int) -> NumberT | None:
            value = coefficient(row)
            return missing if value == MISSING else single(value, scale, keep)

        return read

    def _price_reader(self, chunk: Chunk, asset: Asset) -> Callable[[int], NumberT | None]:
        values, days = (column.item for column in chunk.filled(asset.sid))
        today = chunk.days.item

        def read(row: int) -> NumberT | None:
            return self._as_of(asset, "price", values(row), days(row), today(row))

        return read

    def _single(self, chunk: Chunk, asset: Asset, field: str) -> NumberT | None:
        cursor = self._cursor
        row, day = cursor.row, cursor.today
        if field == "price":
            values, days = chunk.filled(asset.sid)
            day = int(days[row])
        else:
            values = chunk.column(asset.sid, field)
            if cursor.between_bars:
                day = int(chunk.days[row])
        return self._as_of(asset, field, int(values[row]), day, cursor.today)

    def _as_of(self, asset: Asset, field: str, value: int, day: int, today: int) -> NumberT | None:
        rendering = self._renderings[field]
        if value == MISSING:
            return rendering.missing
        keep = 0 if field in _COUNTS else asset.price_decimals
        if day == today or (field in _COUNTS and field != "volume"):
            return rendering.single(value, self._scales[field], keep)
        price, volume = self._factors.between(asset.sid, day, today, splits_only=self._splits_only)
        ratio = volume if field == "volume" else price
        return rendering.ratio(
            value * ratio.numerator,
            10 ** self._scales[field] * ratio.denominator,
            keep,
        )

    def _column(self, chunk: Chunk, asset: Asset, field: str) -> Sequence[NumberT | None]:
        """Each row's value as of its own session."""
        keep = 0 if field in _COUNTS else asset.price_decimals
        rendering, scale = self._renderings[field], self._scales[field]
        if field != "price":
            return rendering.column(chunk.column(asset.sid, field), scale, keep)
        values, days = chunk.filled(asset.sid)
        column = list(rendering.column(values, scale, keep))
        stale = np.flatnonzero((values != MISSING) & (days != chunk.days))
        for row in stale[self._factors.crossed(asset.sid, days[stale], chunk.days[stale])].tolist():
            day, today = int(days[row]), int(chunk.days[row])
            column[row] = self._as_of(asset, field, int(values[row]), day, today)
        return column
