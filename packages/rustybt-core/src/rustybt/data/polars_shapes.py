"""Windows of history as Polars series and frames."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from rustybt.assets import Asset
from rustybt.data.adjusted import AdjustedColumn, AdjustedColumns, Labels
from rustybt.data.blocks import AssetGroup, BlockCache
from rustybt.data.coefficients import MISSING, IntArray, present
from rustybt.data.cursor import Cursor
from rustybt.data.history import GroupedWindow, Piece, Window
from rustybt.values import from_scaled

TIMESTAMP: Final = "timestamp"


class PolarsShapes:
    """Cuts windows into series and frames of Decimals or floats.

    Rows are labelled by dates of sessions, or by the ends of bars in UTC.

    Args:
        cursor: Where the run is.
        scales: Decimals of the coefficients by field.
        floats: Float64 instead of Decimal columns.
    """

    def __init__(self, cursor: Cursor, scales: Mapping[str, int], *, floats: bool) -> None:
        self._scales = scales
        self._floats = floats
        self._series = BlockCache(cursor, self._build_series)
        self._frames = BlockCache(cursor, self._build_frame)
        self._made: dict[tuple[AdjustedColumns, int, str], tuple[AdjustedColumn, pl.Series]] = {}
        cursor.on_new_chunk(self._clear)

    def series(self, window: Window, group: AssetGroup, field: str) -> pl.Series:
        """The values of one field of the group's one asset, named by the field."""
        if isinstance(window, GroupedWindow):
            return self._column(window.values(group.assets[0].sid, field), field).alias(field)
        parts = []
        for piece in window:
            block, first = self._series.cut(piece, group, (field,))
            parts.append(block.slice(first, piece.stop - piece.first))
        return parts[0] if len(parts) == 1 else pl.concat(parts)

    def wide(self, window: Window, group: AssetGroup, fields: tuple[str, ...]) -> pl.DataFrame:
        """``timestamp`` and a column per asset (for one field) or per field (of one asset)."""
        if isinstance(window, GroupedWindow):
            return self._grouped(window, group.assets, fields)
        parts = []
        for piece in window:
            block, first = self._frames.cut(piece, group, fields)
            parts.append(block.slice(first, piece.stop - piece.first))
        return parts[0] if len(parts) == 1 else parts[0].vstack(parts[1])

    def long(self, window: Window, group: AssetGroup, fields: tuple[str, ...]) -> pl.DataFrame:
        """``timestamp``, ``symbol`` and a column per field; by time, then in order of assets."""
        stacked = [
            self.wide(window, group, (field,)).unpivot(
                index=TIMESTAMP, variable_name="symbol", value_name=field
            )
            for field in fields
        ]
        first, *others = stacked
        return first.with_columns(
            other[field] for field, other in zip(fields[1:], others, strict=True)
        ).sort(TIMESTAMP, maintain_order=True)

    # ------------------------------------------------------------------ blocks

    def _clear(self) -> None:
        self._series.clear()
        self._frames.clear()
        self._made.clear()

    def _build_series(
        self,
        piece: Piece,
        columns: Sequence[AdjustedColumn],
        assets: tuple[Asset, ...],
        fields: tuple[str, ...],
    ) -> pl.Series:
        series = self._series_of(piece, columns, assets, fields)[0]
        return series.alias(fields[0])

    def _build_frame(
        self,
        piece: Piece,
        columns: Sequence[AdjustedColumn],
        assets: tuple[Asset, ...],
        fields: tuple[str, ...],
    ) -> pl.DataFrame:
        labels = piece.columns.row_labels(piece.chunk, piece.first, len(piece.chunk))
        series = self._series_of(piece, columns, assets, fields)
        return pl.DataFrame(
            {
                TIMESTAMP: label_series(labels, piece.columns.labels),
                **dict(zip(column_names(assets, fields), series, strict=True)),
            }
        )

    def _series_of(
        self,
        piece: Piece,
        columns: Sequence[AdjustedColumn],
        assets: tuple[Asset, ...],
        fields: tuple[str, ...],
    ) -> list[pl.Series]:
        """The columns from the piece's first row on; those that are new are made together."""
        keys = [(piece.columns, asset.sid, field) for asset in assets for field in fields]
        for field in fields:
            new = {
                key: column
                for key, column in zip(keys, columns, strict=True)
                if key[2] == field and not self._is_made(key, column)
            }
            made = self._columns([column.values for column in new.values()], field)
            for (key, column), series in zip(new.items(), made, strict=True):
                self._made[key] = column, series
        return [
            self._made[key][1].slice(piece.first - column.first)
            for key, column in zip(keys, columns, strict=True)
        ]

    def _is_made(self, key: tuple[AdjustedColumns, int, str], column: AdjustedColumn) -> bool:
        made = self._made.get(key)
        return made is not None and made[0] is column

    def _grouped(
        self, window: GroupedWindow, assets: Sequence[Asset], fields: Sequence[str]
    ) -> pl.DataFrame:
        data = {TIMESTAMP: label_series(window.grid.ends, window.labels)}
        names = iter(column_names(assets, fields))
        for asset in assets:
            for field in fields:
                data[next(names)] = self._column(window.values(asset.sid, field), field)
        return pl.DataFrame(data)

    def _column(self, values: IntArray, field: str) -> pl.Series:
        return next(iter(self._columns([values], field)))

    def _columns(self, values: Sequence[IntArray], field: str) -> Iterable[pl.Series]:
        scale = self._scales[field]
        if self._floats:
            return [_floats(column, scale) for column in values]
        return _decimals(values, scale)


def label_series(labels: IntArray, kind: Labels) -> pl.Series:
    """Labels of rows as dates, or as instants in UTC to the microsecond."""
    if kind == "session":
        return pl.Series(TIMESTAMP, labels.astype(np.int32)).cast(pl.Date)
    moments = pl.Series(TIMESTAMP, labels // 1_000).cast(pl.Datetime("us"))
    return moments.dt.replace_time_zone("UTC")


def column_names(assets: Sequence[Asset], fields: Sequence[str]) -> list[str]:
    """Names of the value columns: the fields of one asset, else the symbols.

    Assets that share a symbol are told apart by their sids.
    """
    if len(fields) > 1:
        return list(fields)
    symbols = [asset.symbol for asset in assets]
    if len(set(symbols)) == len(symbols):
        return symbols
    return [
        asset.symbol if symbols.count(asset.symbol) == 1 else f"{asset.symbol}#{asset.sid}"
        for asset in assets
    ]


def _floats(values: IntArray, scale: int) -> pl.Series:
    known = present(values)
    series = pl.Series(values / 10**scale)
    return series if known.all() else series.set(pl.Series(~known), None)


def _decimals(values: Sequence[IntArray], scale: int) -> list[pl.Series]:
    if not values:
        return []
    unit = pl.lit(from_scaled(1, scale), pl.Decimal(38, scale))
    groups: dict[int, list[int]] = {}
    for place, column in enumerate(values):
        groups.setdefault(len(column), []).append(place)
    made: dict[int, pl.Series] = {}
    for places in groups.values():
        frame = pl.DataFrame({str(place): values[place] for place in places})
        known = pl.when(pl.all() != MISSING).then(pl.all()).cast(pl.Decimal(38, 0))
        decimals = frame.select((known * unit).cast(pl.Decimal(38, scale)))
        made.update(zip(places, decimals.get_columns(), strict=True))
    return [made[place] for place in range(len(values))]
