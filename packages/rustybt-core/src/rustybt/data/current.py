"""Values of the newest bar, as one kind of number."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

from rustybt.assets import Asset
from rustybt.data.chunks import Chunk
from rustybt.data.coefficients import MISSING
from rustybt.data.cursor import Cursor
from rustybt.data.factors import FactorBook
from rustybt.data.rendering import Rendering
from rustybt.data.schemas import BAR_FIELDS

NumberT = TypeVar("NumberT")

_ROWS_PER_READ = 20
"""Rows of a column that are turned into numbers in the time of a single read: 8 to 40."""

_FEWEST_READS = 64


class CurrentValues(Generic[NumberT]):
    """The newest bar's fields and the last known price of every asset.

    A column that is read often is turned into a list once per chunk; then a value costs two
    look-ups: ``values.columns[field][asset.sid][cursor.bar_row]``. Whenever that fails with a
    `KeyError` or an `IndexError`, `value` knows the answer.

    Args:
        cursor: Where the run is.
        factors: Splits and dividends.
        scales: Decimals of the coefficients by field.
        prices: What prices are turned into.
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
        admit: Callable[[Asset], None],
        splits_only: bool = False,
    ) -> None:
        self._cursor = cursor
        self._factors = factors
        self._scales = scales
        self._renderings = {**dict.fromkeys(BAR_FIELDS, prices), "price": prices}
        self._renderings["volume"] = amounts
        self._admit = admit
        self._splits_only = splits_only
        self.columns: dict[str, dict[int, Sequence[NumberT | None]]] = {
            field: {} for field in self._renderings
        }
        self._reads: dict[tuple[str, int], tuple[int, int]] = {}
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
        rendering = self._renderings[field]
        life = chunk.lives[asset.sid]
        if cursor.row < 0 or not life.first <= cursor.today <= life.last:
            return rendering.ratio(0, 1, 0) if field == "volume" else rendering.missing
        if not cursor.between_bars and self._is_worn(asset, field, len(chunk)):
            column = self.columns[field][asset.sid] = self._column(chunk, asset, field)
            return column[cursor.row]
        return self._single(chunk, asset, field)

    def _clear(self) -> None:
        for columns in self.columns.values():
            columns.clear()
        self._reads.clear()

    def _is_worn(self, asset: Asset, field: str, rows: int) -> bool:
        """Whether single values are read so often that the whole column is worth its while.

        That is when so many were read as the column costs, or, after some reads, when so many of
        the rows since the first were read that the rest of the column will pay for itself.
        """
        first, reads = self._reads.get((field, asset.sid), (self._cursor.row, 0))
        reads += 1
        self._reads[field, asset.sid] = first, reads
        passed = self._cursor.row - first
        often = reads > _FEWEST_READS and passed < reads * _ROWS_PER_READ
        return often or reads * _ROWS_PER_READ > rows

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
        keep = 0 if field == "volume" else asset.price_decimals
        if day == today:
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
        keep = 0 if field == "volume" else asset.price_decimals
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
