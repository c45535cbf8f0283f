"""What a strategy sees of the market in Zipline's shapes: pandas and floats."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.typing as npt

from rustybt.assets import ContinuousFuture, Future, Instrument
from rustybt.data.adjusted import Labels
from rustybt.data.bar_data import BarData, NumberField, Several, Windows
from rustybt.data.blocks import AssetGroup, BlockCache, Wanted
from rustybt.data.coefficients import IntArray, present
from rustybt.data.cursor import Cursor
from rustybt.data.history import GroupedWindow, Piece, Window
from rustybt.data.portal import PolarsDataPortal
from rustybt.data.rendering import Floats, Rendering, WholeNumbers
from rustybt.values import Value

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


class PandasBarData(BarData):
    """`BarData` as Zipline's: floats, NaN and NaT, Timestamps, series and frames of pandas.

    Sessions are Timestamps without a zone, instants are in UTC. A strategy is written for one
    of the two views: what they return is not interchangeable.

    Args:
        portal: The data.
    """

    def __init__(self, portal: PolarsDataPortal) -> None:
        super().__init__(portal)
        self._blocks = _FloatBlocks(portal.cursor, portal.scales)

    @property
    def current_dt(self) -> "pd.Timestamp":
        """The present, in UTC."""
        return _stamp(self._cursor.now)

    @property
    def current_session(self) -> "pd.Timestamp":
        """Today's session."""
        return _session_stamp(self._cursor.today)

    @property
    def current_session_minutes(self) -> "pd.DatetimeIndex":  # type: ignore[override]
        """The ends of all minutes of today's session, in UTC."""
        return label_index(self._portal.calendar.minutes(self._cursor.session), "instant")

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def current(self, assets: Instrument, fields: Literal["last_traded"]) -> pd.Timestamp: ...
        @overload
        def current(self, assets: Instrument, fields: NumberField) -> float: ...
        @overload
        def current(
            self, assets: ContinuousFuture, fields: Literal["contract"]
        ) -> Future | None: ...
        @overload
        def current(self, assets: Instrument | str, fields: str) -> Any: ...  # noqa: ANN401
        @overload
        def current(self, assets: Sequence[Instrument], fields: str) -> pd.Series[Any]: ...
        @overload
        def current(self, assets: Instrument, fields: Several) -> pd.Series[Any]: ...
        @overload
        def current(self, assets: Sequence[Instrument], fields: Several) -> pd.DataFrame: ...
        def current(self, assets: object, fields: object) -> object: ...

        @overload  # type: ignore[override]
        def can_trade(self, assets: Instrument) -> bool: ...
        @overload
        def can_trade(self, assets: Sequence[Instrument]) -> pd.Series[bool]: ...
        def can_trade(self, assets: object) -> object: ...

        @overload  # type: ignore[override]
        def is_stale(self, assets: Instrument) -> bool: ...
        @overload
        def is_stale(self, assets: Sequence[Instrument]) -> pd.Series[bool]: ...
        def is_stale(self, assets: object) -> object: ...

        @overload  # type: ignore[override]
        def history(
            self,
            assets: Instrument,
            fields: str,
            bar_count: int,
            frequency: str,
            dtype: Literal["float64"] | None = None,
        ) -> pd.Series[float]: ...
        @overload
        def history(
            self,
            assets: Sequence[Instrument],
            fields: str,
            bar_count: int,
            frequency: str,
            dtype: Literal["float64"] | None = None,
        ) -> pd.DataFrame: ...
        @overload
        def history(
            self,
            assets: Instrument | Sequence[Instrument],
            fields: Several,
            bar_count: int,
            frequency: str,
            dtype: Literal["float64"] | None = None,
        ) -> pd.DataFrame: ...
        def history(
            self,
            assets: object,
            fields: object,
            bar_count: object,
            frequency: object,
            dtype: object = None,
        ) -> object: ...

    # ------------------------------------------------------------------ shapes

    def _renderings(self) -> tuple[Rendering[Value], Rendering[Value]]:
        return Floats(missing=float("nan")), WholeNumbers()

    def _moment(self, label: int | None) -> "pd.Timestamp":
        if label is None:
            missing: pd.Timestamp = _pandas().NaT
            return missing
        return _session_stamp(label) if self._daily else _stamp(label)

    def _by_asset(
        self, assets: Sequence[Instrument], values: list[Any], field: str | None
    ) -> object:
        return _pandas().Series(values, index=_asset_index(assets), name=field)

    def _fields_now(self, asset: Instrument, fields: Sequence[str], values: list[Any]) -> object:
        return _pandas().Series(values, index=list(fields), name=asset.symbol)

    def _table(
        self, assets: Sequence[Instrument], fields: Sequence[str], rows: list[list[Any]]
    ) -> object:
        columns = {field: [row[place] for row in rows] for place, field in enumerate(fields)}
        return _pandas().DataFrame(columns, index=_asset_index(assets))

    def _shown(self, value: Any, *, text: bool) -> object:  # noqa: ANN401 - a Decimal or a text
        if text:
            return value
        return float("nan") if value is None else float(value)

    def _facts_by_asset(
        self, assets: Sequence[Instrument], values: list[object], field: str
    ) -> object:
        return self._by_asset(assets, values, field)

    def _fact_table(
        self,
        assets: Sequence[Instrument],
        fields: Sequence[str],
        rows: list[list[object]],
        *,
        one: bool,
    ) -> object:
        if one:
            return self._fields_now(assets[0], fields, rows[0])
        return self._table(assets, fields, rows)

    def _single_field(
        self, windows: Windows, wanted: Wanted, count: int, *, one: bool, floats: bool
    ) -> Callable[[], object]:
        pandas, assets = _pandas(), wanted.group.assets
        columns = _asset_index(assets)

        def series() -> object:
            values, index = self._blocks.cut(windows(count), wanted)
            return pandas.Series(values[:, 0], index=index, name=assets[0])

        def frame() -> object:
            values, index = self._blocks.cut(windows(count), wanted)
            return pandas.DataFrame(values, index=index, columns=columns)

        return series if one else frame

    def _several_fields(
        self, windows: Windows, wanted: Wanted, count: int, *, one: bool, floats: bool
    ) -> Callable[[], object]:
        pandas = _pandas()
        assets = tuple(sorted(wanted.group.assets, key=int))
        group, fields = AssetGroup(assets), wanted.fields
        columns = pandas.Index(list(fields), name="fields")

        def frame() -> object:
            window = windows(count)
            cuts = [self._blocks.cut(window, Wanted(group, (field,))) for field in fields]
            labels = cuts[0][1]
            index = pandas.MultiIndex.from_product(
                [labels, _asset_index(assets)],
                names=["date" if labels.tz is None else "date_time", None],
            )
            values = np.column_stack([values.ravel() for values, _ in cuts])
            return pandas.DataFrame(values, index=index, columns=columns)

        return frame


class _FloatBlocks:
    """Windows of one field as arrays of floats, a column per asset.

    Args:
        cursor: Where the run is.
        scales: Decimals of the coefficients by field.
    """

    def __init__(self, cursor: Cursor, scales: Mapping[str, int]) -> None:
        self._scales = scales
        self._kept: BlockCache[tuple[FloatArray, pd.DatetimeIndex]] = BlockCache(cursor, self)

    def cut(self, window: Window, wanted: Wanted) -> "tuple[FloatArray, pd.DatetimeIndex]":
        """Values and labels; the caller may write to the values."""
        if isinstance(window, GroupedWindow):
            field = wanted.fields[0]
            columns = [window.values(asset.sid, field) for asset in wanted.group.assets]
            return self._stacked(columns, field, len(window.ends)), label_index(
                window.ends, window.labels
            )
        values, labels = [], []
        for piece in window:
            (block, index), first = self._kept.cut(piece, wanted)
            rows = slice(piece.first - first, piece.stop - first)
            values.append(block[rows])
            labels.append(index[rows])
        if len(values) == 1:
            return values[0].copy(), labels[0]
        joined: pd.DatetimeIndex = labels[0].append(labels[1])  # type: ignore[assignment]
        return np.concatenate(values), joined

    def build(self, piece: Piece, wanted: Wanted) -> "tuple[FloatArray, pd.DatetimeIndex]":
        """See `BlockMaker.build`."""
        field = wanted.fields[0]
        columns = [wanted.values(piece, asset.sid, field) for asset in wanted.group.assets]
        labels = piece.columns.row_labels(piece.chunk, piece.first, len(piece.chunk))
        return self._stacked(columns, field, len(labels)), label_index(labels, piece.columns.labels)

    def update(
        self,
        block: "tuple[FloatArray, pd.DatetimeIndex]",
        skip: int,
        piece: Piece,
        wanted: Wanted,
        changed: frozenset[int],
    ) -> "tuple[FloatArray, pd.DatetimeIndex]":
        """See `BlockMaker.update`."""
        field = wanted.fields[0]
        values = block[0][skip:].copy()
        for place, asset in enumerate(wanted.group.assets):
            if asset.sid in changed:
                column = wanted.values(piece, asset.sid, field)
                values[:, place] = _floats(column, self._scales[field])
        return values, block[1][skip:]

    def _stacked(self, columns: list[IntArray], field: str, rows: int) -> FloatArray:
        if not columns:
            return np.empty((rows, 0))
        scale = self._scales[field]
        return np.column_stack([_floats(column, scale) for column in columns])


def _floats(values: IntArray, scale: int) -> FloatArray:
    floats: FloatArray = values / 10**scale
    floats[~present(values)] = np.nan
    return floats


def label_index(labels: IntArray, kind: Labels) -> "pd.DatetimeIndex":
    """Labels of rows as Timestamps: of sessions without a zone, of instants in UTC."""
    pandas = _pandas()
    index: pd.DatetimeIndex
    if kind == "session":
        index = pandas.DatetimeIndex(labels.astype("datetime64[D]").astype("datetime64[ns]"))
    else:
        index = pandas.DatetimeIndex(labels.astype("datetime64[ns]")).tz_localize("UTC")
    return index


def _stamp(at: int) -> "pd.Timestamp":
    stamp: pd.Timestamp = _pandas().Timestamp(at, tz="UTC")
    return stamp


def _session_stamp(day: int) -> "pd.Timestamp":
    stamp: pd.Timestamp = _pandas().Timestamp(np.datetime64(day, "D").astype("datetime64[ns]"))
    return stamp


def _asset_index(assets: Sequence[Instrument]) -> "pd.Index[Any]":
    index: pd.Index[Any] = _pandas().Index(list(assets), dtype=object)
    return index


def _pandas() -> Any:  # noqa: ANN401 - a module, imported when a strategy first sees pandas
    import pandas as pd

    return pd
