"""Bars of one asset, from a frame of any kind to coefficients."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS, BarKind, stamp_column
from rustybt.errors import DataValidationError
from rustybt_data.frames import as_polars
from rustybt_data.origin import Origin
from rustybt_data.parquet.labels import BadLabel, labels_of
from rustybt_data.parquet.numbers import BadNumber, Coefficients, coefficients_of
from rustybt_data.parquet.scales import ScaleNeed, rescaled
from rustybt_data.parquet.validation import check_bars, check_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetBars:
    """Checked bars of one asset.

    Attributes:
        kind: What the labels are.
        bars: ``at`` and the coefficients of the fields, all Int64 without nulls, sorted by `at`.
        price_scale: Decimals of the prices.
        volume_scale: Decimals of the volumes.
        origin: Where they come from.
        first_label: Label of the first row, with or without a trade; None without rows.
        last_label: Label of the last row.
    """

    kind: BarKind
    bars: pl.DataFrame
    price_scale: int
    volume_scale: int
    origin: str
    first_label: int | None
    last_label: int | None

    def __len__(self) -> int:
        return self.bars.height

    def between(self, first: int, last: int) -> Self:
        """The bars with ``first <= at <= last``."""
        return replace(self, bars=self.bars.filter(pl.col("at").is_between(first, last)))

    def decimals(self) -> pl.DataFrame:
        """The bars as a bar writer takes them: their labels and Decimals."""
        label = pl.Date() if self.kind == "daily" else pl.Datetime("ns", "UTC")
        days = pl.col("at").cast(pl.Int32) if self.kind == "daily" else pl.col("at")
        return self.bars.select(
            days.cast(label).alias(stamp_column(self.kind)),
            *(as_decimals(pl.col(field), self.price_scale) for field in PRICE_FIELDS),
            as_decimals(pl.col("volume"), self.volume_scale),
        )


def read_bars(
    frame: Any,  # noqa: ANN401 - a Polars or a pandas frame
    kind: BarKind,
    origin: Origin,
    *,
    calendar: TradingCalendar,
    label: str | None = None,
    shift: int = 0,
) -> AssetBars:
    """Read and check the bars of one asset.

    A row without volume and without a price other than 0 is a day (or minute) without trade: it
    is left out.

    Args:
        frame: Labels and the fields, of Polars or pandas; further columns are ignored.
        kind: What the labels are.
        origin: Where the frame comes from.
        calendar: The calendar on whose sessions daily bars have to be.
        label: Its column of labels; by default ``date`` or ``timestamp``, in pandas the index.
        shift: Added to each label: the length of a bar where they label its start.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
    """
    label = label or stamp_column(kind)
    source = as_polars(frame, index=label)
    for column in (label, *BAR_FIELDS):
        if column not in source.columns:
            raise DataValidationError(
                file=origin.name,
                column=column,
                reason=f"the column is missing; there are {', '.join(source.columns)}",
            )
    try:
        labels = labels_of(source[label], kind) + shift
    except BadLabel as bad:
        raise origin.error(bad.row, label, bad.value, "write dates as ISO 8601") from None
    columns = {field: _numbers(source[field], origin) for field in BAR_FIELDS}
    price_scale = _scale("price", [columns[field] for field in PRICE_FIELDS], origin)
    volume_scale = _scale("volume", [columns["volume"]], origin)
    bars = pl.DataFrame(
        {
            "at": labels,
            **{
                field: _at_scale(numbers, volume_scale if field == "volume" else price_scale)
                for field, numbers in columns.items()
            },
        }
    ).with_row_index("row")
    traded = bars.filter(
        ~pl.all_horizontal(pl.col(field).fill_null(0) == 0 for field in BAR_FIELDS)
    )
    check_bars(traded, source, origin, label)
    if kind == "daily":
        check_sessions(traded, source, origin, label, calendar)
    return AssetBars(
        kind=kind,
        bars=traded.drop("row"),
        price_scale=price_scale,
        volume_scale=volume_scale,
        origin=origin.name,
        first_label=None if labels.is_empty() else int(labels[0]),
        last_label=None if labels.is_empty() else int(labels[-1]),
    )


def _numbers(column: pl.Series, origin: Origin) -> Coefficients:
    try:
        return coefficients_of(column)
    except BadNumber as bad:
        raise origin.error(bad.row, column.name, bad.value, "give a number") from None


def _scale(name: str, columns: list[Coefficients], origin: Origin) -> int:
    need = ScaleNeed(name)
    for column in columns:
        need.add(column.values.drop_nulls().to_numpy(), column.scale, origin=origin.name)
    return need.scale


def _at_scale(numbers: Coefficients, scale: int) -> pl.Series:
    values, own = numbers
    if own == scale:
        return values
    known = values.is_not_null().to_numpy()
    result = np.zeros(len(values), dtype=np.int64)
    result[known] = rescaled(values.drop_nulls().to_numpy(), own, scale)
    return pl.Series(values.name, result).set(~pl.Series(known), None)
