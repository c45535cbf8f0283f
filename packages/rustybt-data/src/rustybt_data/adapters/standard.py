"""Rows of any vendor in the standard form: end labels, sessions, exact Decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, PRICE_FIELDS
from rustybt.errors import DataValidationError
from rustybt.values import from_scaled
from rustybt_data.adapters.windows import last_sessions
from rustybt_data.origin import Origin
from rustybt_data.parquet.labels import BadLabel, labels_of
from rustybt_data.parquet.numbers import Coefficients, at_scale, numbers_of, scale_of

BarLabel = Literal["start", "end"]
Unit = Literal["s", "ms", "us", "ns"]

NS_PER: Final[Mapping[str, int]] = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_LIMIT: Final = 2**63 - 1
_MOMENT: Final = pl.Datetime("ns", "UTC")
_ZONED: Final = r"(Z|z|[+-]\d\d:?\d\d)\s*$"


def label_name(resolution: Resolution) -> str:
    """The column of labels in the standard frame: ``timestamp``, or ``date`` from a day on."""
    return "timestamp" if resolution.is_intraday else "date"


def standard_frame(
    raw: pl.DataFrame,
    *,
    source: str,
    resolution: Resolution,
    calendar: TradingCalendar,
    bar_label: BarLabel = "end",
    columns: Mapping[str, str] | None = None,
    unit: Unit | None = None,
    zone: str = "UTC",
) -> pl.DataFrame:
    """Rows of a vendor as the standard frame, in the order in which they come.

    Rows without volume and without a price other than 0 are times without trade: they are left
    out, unless they have a column beside the bar.

    Args:
        raw: ``symbol``, a label and the fields of bars under the names of `columns`; columns of
            `rustybt.data.schemas.EXTRA_FIELDS` are kept, others are left out.
        source: Who it comes from, for errors.
        resolution: Length of a bar.
        calendar: Whose sessions count.
        bar_label: Whether the labels are starts or ends. From a day on it matters only for
            instants: the session is the date, in `zone`, of a start, or of just before an end.
        columns: The name that we use (``timestamp`` or ``date`` for the label) by the vendor's.
        unit: What labels count that are integers, since 1970-01-01 UTC.
        zone: The zone of labels that name none, and of the dates of instants.

    Returns:
        ``timestamp`` (Datetime ns, UTC: the end of the bar) or ``date`` (the session), ``symbol``,
        the fields as Decimals of 18 digits, prices at one scale.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be; it names
            symbol, label, column and value.
    """
    frame = _renamed(raw, columns or {}, label_name(resolution), source)
    if frame["symbol"].null_count():
        raise Origin(source).error(
            int(frame["symbol"].is_null().arg_true()[0]), "symbol", None, "give a symbol"
        )
    label = label_name(resolution)
    labels = standard_labels(
        frame[label],
        source=source,
        resolution=resolution,
        calendar=calendar,
        bar_label=bar_label,
        unit=unit,
        zone=zone,
    )
    origin = _BarOrigin(source, symbols=frame["symbol"], labels=labels)
    extras = [name for name in EXTRA_FIELDS if name in frame.columns]
    numbers = {name: numbers_of(frame[name], origin) for name in (*BAR_FIELDS, *extras)}
    parts = [
        *_decimals("price", [numbers[name] for name in PRICE_FIELDS], origin),
        *(
            made
            for name in ("volume", *extras)
            for made in _decimals(name, [numbers[name]], origin)
        ),
    ]
    standard = pl.DataFrame([labels.alias(label), frame["symbol"], *parts])
    empty = [pl.col(name).fill_null(0) == 0 for name in BAR_FIELDS]
    quiet = pl.all_horizontal(*empty, *(pl.col(name).is_null() for name in extras))
    return standard.filter(~quiet)


def standard_labels(
    column: pl.Series,
    *,
    source: str,
    resolution: Resolution,
    calendar: TradingCalendar,
    bar_label: BarLabel,
    unit: Unit | None = None,
    zone: str = "UTC",
) -> pl.Series:
    """Labels of a vendor as ends of bars, or as sessions from a day on; see `standard_frame`.

    A bar that begins within a session and would end after its close ends at the close.

    Raises:
        DataValidationError: A label cannot be read; it names the row and the value.
    """
    origin = Origin(source)
    if column.null_count():
        row = int(column.is_null().arg_true()[0])
        raise origin.error(row, column.name, None, "give the time of the bar")
    if unit is not None and not column.dtype.is_temporal():
        column = _counted(column, unit, origin)
    if resolution.is_intraday:
        moments = _moments(column, zone, origin)
        return _ends(moments, resolution, calendar) if bar_label == "start" else moments
    return last_sessions(_days(column, zone, bar_label, origin), resolution, calendar)


@dataclass(frozen=True, slots=True)
class _BarOrigin(Origin):
    """Names the symbol and the label of a bar in errors.

    Attributes:
        symbols: The symbol of each row.
        labels: Its label.
    """

    symbols: pl.Series = field(default_factory=pl.Series)
    labels: pl.Series = field(default_factory=pl.Series)

    def error(self, row: int, column: str, value: object, reason: str) -> DataValidationError:
        """The error about one cell."""
        return DataValidationError(
            file=f"{self.name}, {self.symbols[row]} at {self.labels[row]}",
            column=column,
            value="" if value is None else value,
            reason=reason,
        )


def _renamed(
    raw: pl.DataFrame, columns: Mapping[str, str], label: str, source: str
) -> pl.DataFrame:
    names = {theirs: ours for theirs, ours in columns.items() if theirs in raw.columns}
    frame = raw.rename({theirs: ours for theirs, ours in names.items() if theirs != ours})
    other = "date" if label == "timestamp" else "timestamp"
    if label not in frame.columns and other in frame.columns:
        frame = frame.rename({other: label})
    for name in ("symbol", label, *BAR_FIELDS):
        if name not in frame.columns:
            raise DataValidationError(
                file=source,
                column=name,
                reason=f"the column is missing; there are {', '.join(raw.columns)}",
            )
    return frame


def _counted(column: pl.Series, unit: Unit, origin: Origin) -> pl.Series:
    """Counts since 1970 as times."""
    counts = column.cast(pl.Int64, strict=False)
    limit = _LIMIT // NS_PER[unit]
    wrong = (counts.is_null() | ~counts.is_between(-limit, limit)).arg_true()
    if len(wrong):
        row = int(wrong[0])
        reason = f"give a whole number of {unit} since 1970-01-01 UTC"
        raise origin.error(row, column.name, column[row], reason)
    return (counts * NS_PER[unit]).cast(_MOMENT)


def _moments(column: pl.Series, zone: str, origin: Origin) -> pl.Series:
    """Times as Datetime in UTC; those that name no zone are in `zone`."""
    try:
        is_text = column.dtype == pl.String
        aware = column.str.contains(_ZONED) if is_text else None
        moments = labels_of(column, "intraday").cast(_MOMENT)
        zoned = isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None
        if zone == "UTC" or zoned or (aware is not None and aware.all()):
            return moments
        if aware is not None and aware.any():
            row = int((~aware).arg_true()[0])
            reason = "other times name their zone, this one does not"
            raise origin.error(row, column.name, column[row], reason)
        local = moments.dt.replace_time_zone(None).dt.replace_time_zone(zone)
        return local.dt.convert_time_zone("UTC")
    except BadLabel as bad:
        reason = "write times as ISO 8601"
        raise origin.error(bad.row, column.name, bad.value, reason) from None
    except pl.exceptions.ComputeError as error:
        raise DataValidationError(
            file=origin.name, column=column.name, reason=f"a time is none in {zone}: {error}"
        ) from None


def _days(column: pl.Series, zone: str, bar_label: BarLabel, origin: Origin) -> pl.Series:
    """Dates of dates, or of instants in a zone."""
    is_date = column.dtype == pl.Date
    if column.dtype == pl.String:
        is_date = bool((column.str.strip_chars().str.len_chars() <= len("2024-01-31")).all())
    if is_date:
        try:
            return labels_of(column, "daily").cast(pl.Int32).cast(pl.Date)
        except BadLabel as bad:
            reason = "write dates as ISO 8601"
            raise origin.error(bad.row, column.name, bad.value, reason) from None
    moments = _moments(column, zone, origin)
    if bar_label == "end":
        moments = moments.dt.offset_by("-1ns")
    return moments.dt.convert_time_zone(zone).dt.date()


def _ends(starts: pl.Series, resolution: Resolution, calendar: TradingCalendar) -> pl.Series:
    length = resolution.nanoseconds
    assert length is not None, "bars that are shorter than a day have a length"
    at = starts.to_physical().to_numpy()
    sessions = calendar.minutes_to_sessions(at + 1)
    closes = calendar.closes[np.maximum(sessions, 0)]
    ends = np.where(sessions >= 0, np.minimum(at + length, closes), at + length)
    return pl.Series(starts.name, ends).cast(_MOMENT)


def _decimals(name: str, columns: Sequence[Coefficients], origin: Origin) -> list[pl.Series]:
    """Columns at one scale, as Decimals of 18 digits."""
    try:
        scale = scale_of(name, list(columns), origin)
    except DataValidationError as error:
        raise _first_too_fine(columns, origin, error) from None
    series = [at_scale(numbers, scale).alias(numbers.values.name) for numbers in columns]
    frame = pl.DataFrame(series)
    return frame.select(as_decimals(pl.col(name), scale) for name in frame.columns).get_columns()


def _first_too_fine(
    columns: Sequence[Coefficients], origin: Origin, error: DataValidationError
) -> DataValidationError:
    """The error about a number that does not fit, with the bar that it is in."""
    for values, scale in columns:
        for row, number in enumerate(values):
            if number is not None and f"{from_scaled(abs(number), scale):f}" == error.value:
                return origin.error(row, values.name, str(error.value), error.reason)
    return error
