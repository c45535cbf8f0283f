"""Bars of one asset, from a frame of any kind to coefficients."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS, BarKind, stamp_column
from rustybt.errors import DataValidationError
from rustybt_data.frames import as_polars
from rustybt_data.origin import Origin
from rustybt_data.parquet.extras import Extras, read_extras
from rustybt_data.parquet.labels import BadLabel, labels_of
from rustybt_data.parquet.numbers import at_scale, least_scale, numbers_of
from rustybt_data.parquet.scales import Scales
from rustybt_data.parquet.validation import check_bars, check_sessions, check_stamps
from rustybt_data.predicates import STORABLE, BarTest


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
        extras: Columns beside the fields of the bars.
    """

    kind: BarKind
    bars: pl.DataFrame
    price_scale: int
    volume_scale: int
    origin: str
    first_label: int | None
    last_label: int | None
    extras: Extras = field(default_factory=Extras)

    def __len__(self) -> int:
        return self.bars.height

    def between(self, first: int, last: int) -> Self:
        """The bars with ``first <= at <= last``."""
        bars, at = self.bars, self.bars["at"]
        ends = self.first_label, self.last_label
        if len(at) and (ends[0] is None or ends[1] is None or ends[0] < first or ends[1] > last):
            bars = bars.filter(pl.col("at").is_between(first, last))
        return replace(self, bars=bars, extras=self.extras.between(first, last))

    def decimals(self) -> pl.DataFrame:
        """The bars as a bar writer takes them: their labels and Decimals.

        What is there without a trade has a row without prices and volume.
        """
        label = pl.Date() if self.kind == "daily" else pl.Datetime("ns", "UTC")
        days = pl.col("at").cast(pl.Int32) if self.kind == "daily" else pl.col("at")
        bars = self.bars.select(
            "at",
            *(as_decimals(pl.col(name), self.price_scale) for name in PRICE_FIELDS),
            as_decimals(pl.col("volume"), self.volume_scale),
        )
        if len(self.extras):
            bars = bars.join(self.extras.decimals(), on="at", how="full", coalesce=True).sort("at")
        return bars.select(days.cast(label).alias(stamp_column(self.kind)), pl.exclude("at"))


class ReadColumns(NamedTuple):
    """The cells of a frame as numbers, before anything is checked but that they are such.

    Attributes:
        traded: ``row, at`` and the coefficients of the fields, without times without trade.
        kept: The same, with times that have another column.
        labels: The label of each row of the frame.
        scales: Decimals of the prices and of the volumes.
        extras: Columns beside the fields.
        held: Which rows of the frame have any of these.
    """

    traded: pl.DataFrame
    kept: pl.DataFrame
    labels: pl.Series
    scales: Scales
    extras: Extras
    held: pl.Series


def read_columns(
    source: pl.DataFrame,
    kind: BarKind,
    origin: Origin,
    label: str,
    *,
    shift: int = 0,
    read_labels: Callable[[pl.Series, BarKind], pl.Series] = labels_of,
) -> ReadColumns:
    """Read the cells of a frame of bars; arguments are those of `read_bars`.

    Raises:
        DataValidationError: A column is missing, or a cell cannot be read.
    """
    _check_columns(source, (label, *BAR_FIELDS), origin)
    try:
        labels = read_labels(source[label], kind)
        labels = labels + shift if shift else labels
    except BadLabel as bad:
        raise origin.error(bad.row, label, bad.value, "write dates as ISO 8601") from None
    columns = {field: numbers_of(source[field], origin) for field in BAR_FIELDS}
    scales = Scales(
        least_scale("price", [columns[field] for field in PRICE_FIELDS], origin),
        least_scale("volume", [columns["volume"]], origin),
    )
    bars = pl.DataFrame(
        {
            "at": labels,
            **{field: at_scale(numbers, scales.of(field)) for field, numbers in columns.items()},
        }
    ).with_row_index("row")
    extras, held = read_extras(source, labels, origin)
    traded = kept = bars
    if (bars["volume"].fill_null(0) == 0).any():
        quiet = pl.all_horizontal(pl.col(field).fill_null(0) == 0 for field in BAR_FIELDS)
        traded, kept = bars.filter(~quiet), bars.filter(~quiet | held)
    return ReadColumns(traded, kept, labels, scales, extras, held)


def read_bars(
    frame: Any,  # noqa: ANN401 - a Polars or a pandas frame
    kind: BarKind,
    origin: Origin,
    *,
    calendar: TradingCalendar,
    label: str | None = None,
    shift: int = 0,
    read_labels: Callable[[pl.Series, BarKind], pl.Series] = labels_of,
    tests: Sequence[BarTest] | None = STORABLE,
) -> AssetBars:
    """Read and check the bars of one asset.

    A row without volume and without a price other than 0 is a day (or minute) without trade: its
    bar is left out.

    Args:
        frame: Labels and the fields, of Polars or pandas; columns of
            `rustybt.data.schemas.EXTRA_FIELDS` are kept, others are ignored.
        kind: What the labels are.
        origin: Where the frame comes from.
        calendar: The calendar on whose sessions daily bars have to be.
        label: Its column of labels; by default ``date`` or ``timestamp``, in pandas the index.
        shift: Added to each label: the length of a bar where they label its start.
        read_labels: Reads the column of labels: `labels_of`, or what remembers columns.
        tests: What bars must not be; what cannot be stored at least. None where somebody else
            judges them: then cells may be empty, and labels stand in any order.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
    """
    label = label or stamp_column(kind)
    source = as_polars(frame, index=label)
    read = read_columns(source, kind, origin, label, shift=shift, read_labels=read_labels)
    traded, kept, labels, extras = read.traded, read.kept, read.labels, read.extras
    if tests is not None or len(extras):
        check_stamps(kept, source, origin, label)
    if tests is not None:
        check_bars(traded, source, origin, tests)
        if kind == "daily":
            check_sessions(kept, source, origin, label, calendar)
    ends = (None, None) if labels.is_empty() else (int(labels[0]), int(labels[-1]))
    if tests is None and len(labels):
        ends = int(labels.to_numpy().min()), int(labels.to_numpy().max())
    return AssetBars(
        kind=kind,
        bars=traded.drop("row"),
        price_scale=read.scales.price,
        volume_scale=read.scales.volume,
        origin=origin.name,
        first_label=ends[0],
        last_label=ends[1],
        extras=extras,
    )


def _check_columns(source: pl.DataFrame, wanted: Iterable[str], origin: Origin) -> None:
    for column in wanted:
        if column not in source.columns:
            raise DataValidationError(
                file=origin.name,
                column=column,
                reason=f"the column is missing; there are {', '.join(source.columns)}",
            )
