"""What a strategy sees of the market in Zipline's shapes: pandas and floats."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rustybt.assets import Asset
from rustybt.data.adjusted import AdjustedColumn, Labels
from rustybt.data.bar_data import BarData
from rustybt.data.blocks import AssetGroup, BlockCache
from rustybt.data.coefficients import IntArray, present
from rustybt.data.cursor import Cursor
from rustybt.data.history import GroupedWindow, Piece, Window
from rustybt.data.rendering import Floats, Rendering, WholeNumbers

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


class PandasBarData(BarData):
    """`BarData` as Zipline's: floats, NaN and NaT, Timestamps, series and frames of pandas.

    Sessions are Timestamps without a zone, instants are in UTC.
    """

    @property
    def current_dt(self) -> "pd.Timestamp":
        """The present, in UTC."""
        return _pandas().Timestamp(self._cursor.now, tz="UTC")

    @property
    def current_session(self) -> "pd.Timestamp":
        """Today's session."""
        return _session_stamp(self._cursor.today)

    @property
    def current_session_minutes(self) -> "pd.DatetimeIndex":
        """The ends of all minutes of today's session, in UTC."""
        return _index(self._portal.calendar.minutes(self._cursor.session), "instant")

    # ------------------------------------------------------------------ shapes

    def _renderings(self) -> tuple[Rendering, Rendering]:
        return Floats(missing=float("nan")), WholeNumbers()

    def _moment(self, label: int | None) -> "pd.Timestamp":
        if label is None:
            return _pandas().NaT
        return _session_stamp(label) if self._daily else _pandas().Timestamp(label, tz="UTC")

    def _by_asset(
        self, assets: Sequence[Asset], values: list[Any], field: str | None
    ) -> "pd.Series[Any]":
        return _pandas().Series(values, index=_asset_index(assets), name=field)

    def _fields_now(
        self, asset: Asset, fields: Sequence[str], values: list[Any]
    ) -> "pd.Series[Any]":
        return _pandas().Series(values, index=list(fields), name=asset.symbol)

    def _table(
        self, assets: Sequence[Asset], fields: Sequence[str], rows: list[list[Any]]
    ) -> "pd.DataFrame":
        columns = {field: [row[place] for row in rows] for place, field in enumerate(fields)}
        return _pandas().DataFrame(columns, index=_asset_index(assets))

    def _series(
        self, window: Window, group: AssetGroup, field: str, dtype: str | None
    ) -> "pd.Series[Any]":
        values, index = self._cut(window, group, field)
        return _pandas().Series(values[:, 0], index=index, name=group.assets[0])

    def _wide(
        self, window: Window, group: AssetGroup, field: str, dtype: str | None
    ) -> "pd.DataFrame":
        values, index = self._cut(window, group, field)
        return _pandas().DataFrame(values, index=index, columns=_asset_index(group.assets))

    def _fields_of_one(
        self, window: Window, group: AssetGroup, fields: tuple[str, ...], dtype: str | None
    ) -> "pd.DataFrame":
        return self._long(window, group, fields, dtype)

    def _long(
        self, window: Window, group: AssetGroup, fields: tuple[str, ...], dtype: str | None
    ) -> "pd.DataFrame":
        pandas = _pandas()
        ordered = self._portal.group(tuple(sorted(group.assets)))
        cuts = [self._cut(window, ordered, field) for field in fields]
        index = cuts[0][1]
        name = "date" if index.tz is None else "date_time"
        return pandas.DataFrame(
            np.column_stack([values.ravel() for values, _ in cuts]),
            index=pandas.MultiIndex.from_product(
                [index, _asset_index(ordered.assets)], names=[name, None]
            ),
            columns=pandas.Index(list(fields), name="fields"),
        )

    def _cut(
        self, window: Window, group: AssetGroup, field: str
    ) -> "tuple[FloatArray, pd.DatetimeIndex]":
        if self._blocks is None:
            self._blocks = _FloatBlocks(self._portal.cursor, self._portal.scales)
        return self._blocks.cut(window, group, field)

    _blocks: "_FloatBlocks | None" = None


class _FloatBlocks:
    """Windows as arrays of floats, a column per asset."""

    def __init__(self, cursor: Cursor, scales: Mapping[str, int]) -> None:
        self._scales = scales
        self._kept = BlockCache(cursor, self._build)
        cursor.on_new_chunk(self._kept.clear)

    def cut(
        self, window: Window, group: AssetGroup, field: str
    ) -> "tuple[FloatArray, pd.DatetimeIndex]":
        """Values and labels; the caller may write to the values."""
        if isinstance(window, GroupedWindow):
            scale = self._scales[field]
            columns = [_floats(window.values(a.sid, field), scale) for a in group.assets]
            return np.column_stack(columns), _index(window.grid.ends, window.labels)
        values, labels = [], []
        for piece in window:
            (block, index), first = self._kept.cut(piece, group, (field,))
            rows = slice(first, first + piece.stop - piece.first)
            values.append(block[rows])
            labels.append(index[rows])
        if len(values) == 1:
            return values[0].copy(), labels[0]
        return np.concatenate(values), labels[0].append(labels[1])

    def _build(
        self,
        piece: Piece,
        columns: Sequence[AdjustedColumn],
        assets: tuple[Asset, ...],
        fields: tuple[str, ...],
    ) -> "tuple[FloatArray, pd.DatetimeIndex]":
        scale = self._scales[fields[0]]
        labels = piece.columns.row_labels(piece.chunk, piece.first, len(piece.chunk))
        values = np.column_stack(
            [_floats(column.values[piece.first - column.first :], scale) for column in columns]
        )
        return values, _index(labels, piece.columns.labels)


def _floats(values: IntArray, scale: int) -> FloatArray:
    return np.where(present(values), values / 10**scale, np.nan)


def _index(labels: IntArray, kind: Labels) -> "pd.DatetimeIndex":
    pandas = _pandas()
    if kind == "session":
        return pandas.DatetimeIndex(labels.astype("datetime64[D]").astype("datetime64[ns]"))
    return pandas.DatetimeIndex(labels.astype("datetime64[ns]")).tz_localize("UTC")


def _session_stamp(day: int) -> "pd.Timestamp":
    return _pandas().Timestamp(np.datetime64(day, "D").astype("datetime64[ns]"))


def _asset_index(assets: Sequence[Asset]) -> "pd.Index[Any]":
    return _pandas().Index(list(assets), dtype=object)


def _pandas() -> Any:
    import pandas

    return pandas
