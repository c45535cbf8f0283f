"""Windows of history as Polars series and frames."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import numpy as np
import polars as pl

from rustybt.assets import Future, Instrument
from rustybt.data.adjusted import Labels
from rustybt.data.blocks import BlockCache, BlockMaker, Wanted
from rustybt.data.coefficients import IntArray, present
from rustybt.data.cursor import Cursor
from rustybt.data.history import GroupedWindow, Piece
from rustybt.data.schemas import EXTRA_FIELDS, SID
from rustybt.values import Arithmetic, from_scaled
from rustybt.values.columns import array_series

TIMESTAMP: Final = "timestamp"

ShapeT = TypeVar("ShapeT", pl.Series, pl.DataFrame)


class PolarsShape(BlockMaker[ShapeT], Protocol[ShapeT]):
    """One form that a window can take."""

    blocks: BlockCache[ShapeT]

    @abstractmethod
    def grouped(self, window: GroupedWindow, wanted: Wanted) -> ShapeT:
        """A window of long bars."""

    @abstractmethod
    def joined(self, parts: Sequence[ShapeT]) -> ShapeT:
        """Consecutive rows as one."""


class SeriesShape(PolarsShape[pl.Series]):
    """One field of one asset, named by the field.

    Args:
        cursor: Where the run is.
        columns: Makes columns.
    """

    def __init__(self, cursor: Cursor, columns: "ColumnMaker") -> None:
        self._columns = columns
        self.blocks = BlockCache(cursor, self)

    def build(self, piece: Piece, wanted: Wanted) -> pl.Series:
        """See `BlockMaker.build`."""
        field = wanted.fields[0]
        values = wanted.values(piece, wanted.group.assets[0].sid, field)
        return self._columns.made([values], field)[0].alias(field)

    def update(
        self,
        block: pl.Series,
        skip: int,
        piece: Piece,
        wanted: Wanted,
        changed: frozenset[int],
    ) -> pl.Series:
        """See `BlockMaker.update`."""
        return self.build(piece, wanted)

    def grouped(self, window: GroupedWindow, wanted: Wanted) -> pl.Series:
        """See `PolarsShape.grouped`."""
        field = wanted.fields[0]
        values = window.values(wanted.group.assets[0].sid, field)
        return self._columns.made([values], field)[0].alias(field)

    def joined(self, parts: Sequence[pl.Series]) -> pl.Series:
        """See `PolarsShape.joined`."""
        return pl.concat(parts)


class FrameShape(PolarsShape[pl.DataFrame]):
    """``timestamp`` and a column per asset, of one field.

    Rows are labelled by dates of sessions, or by the ends of bars in UTC.

    Args:
        cursor: Where the run is.
        columns: Makes columns.
    """

    def __init__(self, cursor: Cursor, columns: "ColumnMaker") -> None:
        self._columns = columns
        self.blocks = BlockCache(cursor, self)

    def build(self, piece: Piece, wanted: Wanted) -> pl.DataFrame:
        """See `BlockMaker.build`."""
        labels = piece.columns.row_labels(piece.chunk, piece.first, len(piece.chunk))
        columns = self._value_columns(wanted, lambda sid, field: wanted.values(piece, sid, field))
        return pl.DataFrame({TIMESTAMP: label_series(labels, piece.columns.labels), **columns})

    def update(
        self,
        block: pl.DataFrame,
        skip: int,
        piece: Piece,
        wanted: Wanted,
        changed: frozenset[int],
    ) -> pl.DataFrame:
        """See `BlockMaker.update`."""
        columns = self._value_columns(
            wanted, lambda sid, field: wanted.values(piece, sid, field), changed
        )
        return block.slice(skip).with_columns(**columns)

    def grouped(self, window: GroupedWindow, wanted: Wanted) -> pl.DataFrame:
        """See `PolarsShape.grouped`."""
        labels = label_series(window.ends, window.labels)
        return pl.DataFrame({TIMESTAMP: labels, **self._value_columns(wanted, window.values)})

    def joined(self, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """See `PolarsShape.joined`."""
        first, second = parts
        return first.vstack(second)

    def _value_columns(
        self,
        wanted: Wanted,
        values: Callable[[int, str], IntArray],
        only: frozenset[int] | None = None,
    ) -> dict[str, pl.Series]:
        """Columns by name, of all assets or of those in `only`."""
        group, fields = wanted
        chosen = [
            (name, asset.sid)
            for name, asset in zip(group.names, group.assets, strict=True)
            if only is None or asset.sid in only
        ]
        made = self._columns.made([values(sid, fields[0]) for _, sid in chosen], fields[0])
        return {name: column for (name, _), column in zip(chosen, made, strict=True)}


class FieldsShape(FrameShape):
    """``timestamp`` and a column per field, of one asset."""

    def _value_columns(
        self,
        wanted: Wanted,
        values: Callable[[int, str], IntArray],
        only: frozenset[int] | None = None,
    ) -> dict[str, pl.Series]:
        """Columns by field."""
        sid = wanted.group.assets[0].sid
        return {
            field: self._columns.made([values(sid, field)], field)[0] for field in wanted.fields
        }


class Shapes:
    """Every form that a window can take, with columns of one kind.

    Args:
        cursor: Where the run is.
        columns: Makes columns.

    Attributes:
        series: One field of one asset.
        of_assets: One field of several assets.
        of_fields: Several fields of one asset.
    """

    def __init__(self, cursor: Cursor, columns: "ColumnMaker") -> None:
        self.series = SeriesShape(cursor, columns)
        self.of_assets = FrameShape(cursor, columns)
        self.of_fields = FieldsShape(cursor, columns)


class ColumnMaker:
    """Makes columns of Decimals or floats out of coefficients.

    Args:
        scales: Decimals of the coefficients by field.
        floats: Float64 instead of Decimal columns.
    """

    def __init__(self, scales: Mapping[str, int], *, floats: bool) -> None:
        self._scales = scales
        self._floats = floats

    def made(self, columns: Sequence[IntArray], field: str) -> list[pl.Series]:
        """Columns of one field and of equal length; what is missing is null."""
        if field == SID:
            return [_integers(column) for column in columns]
        scale = self._scales[field]
        if self._floats:
            return [_floats(column, scale) for column in columns]
        return _decimals(columns, scale) if columns else []


def present_table(
    arithmetic: Arithmetic,
    scales: Mapping[str, int],
    instruments: Sequence[Instrument],
    fields: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> pl.DataFrame:
    """Present values as a frame ``symbol, fields…``; contracts are shown by their symbols.

    Args:
        arithmetic: What the numbers are.
        scales: Decimals by field.
        instruments: One per row.
        fields: One per column.
        rows: The values.
    """
    price: pl.DataType = pl.Float64()
    amount: pl.DataType = pl.Float64()
    if arithmetic.exact:
        price = pl.Decimal(38, arithmetic.price_scale)
        amount = pl.Decimal(38, arithmetic.amount_scale)
    others: dict[str, pl.DataType] = {
        "volume": amount,
        "last_traded": pl.Datetime("us", "UTC"),
        "contract": pl.String(),
        SID: pl.Int64(),
    }
    if arithmetic.exact:
        extras = [field for field in EXTRA_FIELDS if field in scales]
        others.update({field: pl.Decimal(38, scales[field]) for field in extras})
    columns = [pl.Series("symbol", [each.symbol for each in instruments], pl.String)]
    for place, field in enumerate(fields):
        values = [row[place] for row in rows]
        shown = [value.symbol if isinstance(value, Future) else value for value in values]
        columns.append(pl.Series(field, shown, others.get(field, price)))
    return pl.DataFrame(columns)


def label_series(labels: IntArray, kind: Labels) -> pl.Series:
    """Labels of rows as dates, or as instants in UTC to the microsecond."""
    if kind == "session":
        return array_series(TIMESTAMP, labels.astype(np.int32)).cast(pl.Date)
    moments = array_series(TIMESTAMP, labels // 1_000).cast(pl.Datetime("us"))
    return moments.dt.replace_time_zone("UTC")


def _integers(values: IntArray) -> pl.Series:
    known = present(values)
    series = array_series("", values)
    return series if known.all() else series.set(array_series("", ~known), None)


def _floats(values: IntArray, scale: int) -> pl.Series:
    known = present(values)
    series = array_series("", values / 10**scale)
    return series if known.all() else series.set(array_series("", ~known), None)


def _decimals(columns: Sequence[IntArray], scale: int) -> list[pl.Series]:
    """All columns in one go: what Polars does per column costs more than a short column."""
    if not columns:
        return []
    values = np.concatenate(columns)
    known = present(values)
    series = array_series("", values)
    if not known.all():
        series = series.set(array_series("", ~known), None)
    decimals = (series.cast(pl.Decimal(38, 0)) * from_scaled(1, scale)).cast(pl.Decimal(38, scale))
    starts = np.cumsum([0, *map(len, columns)]).tolist()
    return [decimals.slice(start, len(own)) for start, own in zip(starts, columns, strict=False)]
