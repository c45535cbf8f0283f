"""Columns that were read from a file as checked bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, PRICE_FIELDS, SIGNED_FIELDS
from rustybt.errors import DataValidationError
from rustybt_data.adapters.local.columns import LABEL, ROW, Columns
from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.adapters.standard import label_name, standard_labels
from rustybt_data.origin import Origin
from rustybt_data.parquet.numbers import Coefficients, at_scale, least_scale
from rustybt_data.predicates import SOUND, STORABLE, Admits, BarTest, is_negative, passes

ALL_FIELDS: Final = (*BAR_FIELDS, *EXTRA_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bars of a piece of a file.

    Attributes:
        frame: ``row`` (in the piece), ``symbol``, ``at`` (ns UTC, or days) and the coefficients of
            the fields; null where a cell was empty.
        scales: Decimals that the coefficients of a column count.
        origin: For errors about its rows.
        skipped: Rows that were left out, as the mapping says.
    """

    frame: pl.DataFrame
    scales: Mapping[str, int]
    origin: Origin
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class _Shown(Origin):
    """Shows the cells of rows in errors.

    Attributes:
        columns: What was read.
    """

    columns: Columns | None = None

    def error_at(self, row: int, name: str, reason: str) -> DataValidationError:
        """The error about a field in a row of the piece."""
        assert self.columns is not None, "it was made with columns"
        cells = self.columns.cells.get(name)
        place = int((self.columns.rows == row).arg_true()[0])
        value = None if cells is None or cells[place] is None else str(cells[place])
        return Origin.error(self, row, name if cells is None else cells.name, value, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRules:
    """What columns have to be, and what becomes of rows with empty cells.

    Attributes:
        mapping: How the files are written.
        resolution: Length of a bar.
        calendar: Whose sessions count.
        symbols: Symbols that are wanted; None for all.
        admits: Which bars stay.
    """

    mapping: FileMapping
    resolution: Resolution
    calendar: TradingCalendar
    symbols: frozenset[str] | None = None
    admits: Admits = "sound"

    def chunk(self, columns: Columns, origin: Origin) -> Chunk:
        """Columns as bars.

        Args:
            columns: What was read.
            origin: Where it was read from.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """
        shown = _Shown(origin.name, origin.line_of, columns)
        is_date = columns.labels.dtype == pl.Date
        # From a day on a bar belongs to the date that it is stamped with, midnights as well.
        starts = self.mapping.bar_label == "start" or not self.resolution.is_intraday
        labels = standard_labels(
            columns.labels,
            source=origin.name,
            resolution=self.resolution,
            calendar=self.calendar,
            bar_label="start" if starts else "end",
            zone="UTC" if is_date else self.mapping.zone,
        )
        scales = _scales(columns.numbers, origin)
        numbers = [at_scale(each, scales[name]) for name, each in columns.numbers.items()]
        frame = pl.DataFrame(
            [
                columns.rows.alias(ROW),
                columns.symbols.alias("symbol"),
                labels.to_physical().cast(pl.Int64).alias("at"),
                *(each.alias(name) for each, name in zip(numbers, columns.numbers, strict=True)),
            ]
        )
        frame, skipped = self._without_holes(frame, shown)
        if self.admits != "all":
            _check_values(frame, shown, SOUND if self.admits == "sound" else STORABLE)
            if not self.resolution.is_intraday:
                self._check_days(frame, shown)
        if self.symbols is not None and not self.symbols.issuperset(frame["symbol"].unique()):
            frame = frame.filter(pl.col("symbol").is_in(list(self.symbols)))
        skipped += columns.skipped
        return Chunk(frame=frame, scales=scales, origin=origin, skipped=skipped)

    def _check_days(self, frame: pl.DataFrame, shown: _Shown) -> None:
        outside = ~np.isin(frame["at"].to_numpy(), self.calendar.sessions)
        if outside.any():
            row = int(frame[ROW].to_numpy()[outside][0])
            first, last = (self.calendar.session_date(index) for index in (0, -1))
            reason = (
                f"it is no session of {self.calendar.name}, which knows {first} to {last}; "
                "remove the row or choose the calendar of the data"
            )
            raise shown.error_at(row, LABEL, reason)

    def _without_holes(self, frame: pl.DataFrame, shown: _Shown) -> tuple[pl.DataFrame, int]:
        """Without times without trade, and without rows with an empty cell if these are skipped."""
        if (frame["volume"] == 0).any():
            quiet = pl.all_horizontal(pl.col(name).eq_missing(0) for name in BAR_FIELDS)
            frame = frame.filter(~quiet)
        holes = any(frame[name].null_count() for name in BAR_FIELDS)
        keeps = self.mapping.missing == "interpolate"
        keeps |= self.admits == "all" and self.mapping.missing == "fail"
        if not holes or keeps:
            return frame, 0
        hole = pl.any_horizontal(pl.col(name).is_null() for name in BAR_FIELDS)
        if self.mapping.missing == "skip":
            kept = frame.filter(~hole)
            return kept, frame.height - kept.height
        broken = frame.filter(hole).head(1)
        name = next(name for name in BAR_FIELDS if broken[name].null_count())
        reason = "give a number; or say missing: skip or interpolate"
        raise shown.error_at(int(broken[ROW][0]), name, reason)


def _check_values(frame: pl.DataFrame, shown: _Shown, tests: Sequence[BarTest]) -> None:
    """Refuse bars that tests find, and negative numbers beside them; empty cells pass.

    Raises:
        DataValidationError: There is one. It names the first such row.
    """
    beside = [name for name in frame.columns[3:] if name not in {*BAR_FIELDS, *SIGNED_FIELDS}]
    if not beside and passes(frame, tests):
        return
    rules = [
        *((name, is_negative(pl.col(name)), "give no negative numbers") for name in beside),
        *((test.column, test.is_broken(pl.col), test.reason) for test in tests),
    ]
    found = frame.select(
        rule.any().fill_null(value=False).alias(str(number))
        for number, (_, rule, _) in enumerate(rules)
    ).row(0)
    for (name, rule, reason), broken in zip(rules, found, strict=True):
        if broken:
            raise shown.error_at(int(frame.filter(rule)[ROW][0]), name, reason)


def _scales(numbers: Mapping[str, Coefficients], origin: Origin) -> dict[str, int]:
    price = least_scale("price", [numbers[name] for name in PRICE_FIELDS], origin)
    others = [name for name in numbers if name not in PRICE_FIELDS]
    return {
        **dict.fromkeys(PRICE_FIELDS, price),
        **{name: least_scale(name, [numbers[name]], origin) for name in others},
    }


def decimals_of(chunk: Chunk, resolution: Resolution) -> pl.DataFrame:
    """A chunk as the standard frame."""
    at = pl.col("at")
    label = at.cast(pl.Datetime("ns", "UTC"))
    if not resolution.is_intraday:
        label = at.cast(pl.Int32).cast(pl.Date)
    return chunk.frame.select(
        label.alias(label_name(resolution)),
        "symbol",
        *(as_decimals(pl.col(name), scale) for name, scale in chunk.scales.items()),
    )


def chunk_of(frame: pl.DataFrame, source: str) -> Chunk:
    """A standard frame as a chunk."""
    names = [name for name in ALL_FIELDS if name in frame.columns]
    bare = frame.with_row_index(ROW).select(
        ROW,
        "symbol",
        pl.col(frame.columns[0]).to_physical().cast(pl.Int64).alias("at"),
        *(pl.col(name).to_physical().cast(pl.Int64) for name in names),
    )
    scales = {name: _scale_of(frame[name]) for name in names}
    return Chunk(frame=bare, scales=scales, origin=Origin(source))


def _scale_of(column: pl.Series) -> int:
    assert isinstance(column.dtype, pl.Decimal), "the standard frame has Decimals"
    return column.dtype.scale
