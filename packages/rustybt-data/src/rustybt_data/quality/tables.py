"""Layer 1: a frame as it came, and its bars as integers, some symbols at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS, PRICE_FIELDS
from rustybt_data.parquet.numbers import BadNumber, coefficients_of
from rustybt_data.quality.axis import Axis
from rustybt_data.quality.findings import finding_schema
from rustybt_data.quality.rows import IntArray, Rows
from rustybt_data.quality.rules import Rule, RuleSet

ROWS_AT_ONCE: Final = 1_000_000
"""Rows of symbols that are checked together; a symbol is never divided."""

_ROW: Final = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Bars of some symbols.

    Attributes:
        symbols: Each symbol with its bars.
        findings: What layer 1 found in the rows; those have no part in `symbols` that a rule
            stops, or that hold nothing that can be computed with.
        rows: How many rows there are of each symbol.
    """

    symbols: Sequence[tuple[str, Rows]]
    findings: Sequence[pl.DataFrame]
    rows: dict[str, int]


class Table:
    """A frame of bars whose columns are looked at by layer 1.

    Args:
        frame: The frame.
        rules: The rules.
        axis: The labels of the resolution.

    Attributes:
        findings: What is wrong with its columns.
        is_sound: Whether its rows can be read at all.
    """

    def __init__(self, frame: pl.DataFrame, rules: RuleSet, axis: Axis) -> None:
        self._rules = rules
        self._axis = axis
        self._label = "date" if axis.daily else "timestamp"
        self._schema = finding_schema(daily=axis.daily)
        self._frame = frame
        self._came_as = frame.schema
        self.findings: list[pl.DataFrame] = []
        self.is_sound = self._check_columns() and self._check_types()
        if self.is_sound:
            self._check_scales()

    @property
    def labels(self) -> pl.Series:
        """Sessions, or ends of bars; only where rows can be read."""
        return self._frame[self._label]

    # ------------------------------------------------------------------ columns

    def _check_columns(self) -> bool:
        columns = self._frame.columns
        missing = [name for name in (self._label, "symbol", *BAR_FIELDS) if name not in columns]
        for name in missing:
            there = ", ".join(columns) or "none"
            self._of_frame(
                "columns", name, "", f"the column is missing; there are {there}", refused=True
            )
        return not missing

    def _check_types(self) -> bool:
        wanted = {
            self._label: pl.Date() if self._axis.daily else pl.Datetime("ns", "UTC"),
            "symbol": pl.String(),
        }
        sound = True
        for name in (*wanted, *BAR_FIELDS):
            dtype = self._frame.schema[name]
            if name in wanted and dtype == wanted[name]:
                continue
            if name not in wanted and isinstance(dtype, pl.Decimal):
                continue
            expected = wanted.get(name, "Decimal")
            reason = f"the type of the column is not {expected}"
            readable = not self._rules["types"].stops and self._read(name)
            self._of_frame("types", name, str(dtype), reason, refused=not readable)
            sound = sound and readable
        return sound

    def _read(self, name: str) -> bool:
        """Read a column of another type, where the rules let it pass."""
        column = self._frame[name]
        try:
            if name in {self._label, "symbol"}:
                column = column.cast(finding_schema(daily=self._axis.daily)[_AS[name]])
            else:
                values, scale = coefficients_of(column)
                column = values.to_frame(name).select(as_decimals(pl.col(name), scale))[name]
        except BadNumber as bad:
            reason = f"row {bad.row} holds no number"
            self._of_frame("types", name, str(bad.value), reason, refused=True)
            return False
        except (pl.exceptions.PolarsError, ValueError, OverflowError) as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            self._of_frame("types", name, str(self._frame.schema[name]), first, refused=True)
            return False
        self._frame = self._frame.with_columns(column.alias(name))
        return True

    def _check_scales(self) -> None:
        scales = {name: _scale(self._frame.schema[name]) for name in PRICE_FIELDS}
        given = {
            name: scale
            for name, scale in scales.items()
            if isinstance(self._came_as[name], pl.Decimal)
        }
        if len(set(given.values())) > 1:
            texts = ", ".join(f"{name} {scale}" for name, scale in given.items())
            self._of_frame("scales", "open", texts, "price columns have several scales")
        self._price_scale = min(max(scales.values()), MAX_DIGITS)
        self._volume_scale = min(_scale(self._frame.schema["volume"]), MAX_DIGITS)

    def _of_frame(
        self, rule: str, column: str, value: str, reason: str, *, refused: bool = False
    ) -> None:
        """Something about a column; where it cannot be read, it fails whatever the rule says."""
        found = self._rules[rule]
        outcome = "fail" if refused else found.outcome
        if found.is_on or refused:
            part = pl.DataFrame(
                {
                    "symbol": "",
                    "label": None,
                    "rule": rule,
                    "layer": 1,
                    "column": column,
                    "value": value,
                    "reason": reason,
                    "outcome": outcome,
                    "row": None,
                }
            )
            self.findings.append(part.cast(self._schema))

    # ------------------------------------------------------------------ rows

    def portions(self, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[Portion]:
        """The bars, some symbols at a time, each with all of its rows in their order."""
        symbols = self._frame["symbol"]
        runs = symbols.rle().struct.unnest()
        ordered = self._frame
        if runs["value"].n_unique() < runs.height:
            ordered = self._frame.with_row_index(_ORIGIN).sort("symbol", maintain_order=True)
            runs = ordered["symbol"].rle().struct.unnest()
        begin, taken, names = 0, 0, dict[str, int]()
        for length, value in runs.iter_rows():
            if taken and taken + length > rows_at_once:
                yield self._portion(ordered.slice(begin, taken), begin, names)
                begin, taken, names = begin + taken, 0, {}
            taken += length
            names[value or ""] = names.get(value or "", 0) + length
        if taken:
            yield self._portion(ordered.slice(begin, taken), begin, names)

    def _portion(self, part: pl.DataFrame, begin: int, names: dict[str, int]) -> Portion:
        row = (
            part[_ORIGIN].cast(pl.Int64)
            if _ORIGIN in part.columns
            else pl.int_range(begin, begin + part.height, eager=True)
        )
        numbers = pl.DataFrame(
            [
                *(_integers(part[field], self._price_scale) for field in PRICE_FIELDS),
                _integers(part["volume"], self._volume_scale),
            ]
        )
        keys = part.select("symbol", pl.col(self._label).alias("label"))
        table = numbers.with_columns(keys).with_columns(row.alias(_ROW))
        findings = [
            *self._empty(part, table),
            *self._decimals(part, table),
            *self._quotes(part, table),
        ]
        stopped = pl.any_horizontal(pl.all().is_null(), pl.col("symbol") == "")
        table = table.filter(~stopped) if table.select(stopped.any()).item() else table
        return Portion(symbols=list(self._rows(table)), findings=findings, rows=names)

    def _rows(self, table: pl.DataFrame) -> Iterator[tuple[str, Rows]]:
        labels = table["label"].to_physical().cast(pl.Int64).to_numpy()
        columns = {name: table[name].to_numpy() for name in (_ROW, *BAR_FIELDS)}
        begin = 0
        for length, symbol in table["symbol"].rle().struct.unnest().iter_rows():
            part = slice(begin, begin + length)
            at: IntArray = labels[part]
            yield (
                symbol,
                Rows(
                    at=at,
                    session=self._axis.sessions(at),
                    **{name: column[part] for name, column in columns.items()},
                    price_scale=self._price_scale,
                    volume_scale=self._volume_scale,
                ),
            )
            begin += length

    def _empty(self, part: pl.DataFrame, table: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Empty cells, and numbers of too many digits."""
        nulls, digits = self._rules["nulls"], self._rules["digits"]
        for name in ("symbol", "label", *BAR_FIELDS):
            source = part[self._label if name == "label" else name]
            empty = source.is_null() | (source == "") if name == "symbol" else source.is_null()
            if empty.any() and nulls.is_on:
                shown = self._label if name == "label" else name
                yield self._about(nulls, table.filter(empty), shown, "the cell is empty")
            wide = table[name].is_null() & ~source.is_null()
            if wide.any() and digits.is_on and name in BAR_FIELDS:
                reason = f"{MAX_DIGITS} digits cannot hold the number"
                values = source.filter(wide).cast(pl.String)
                yield self._about(digits, table.filter(wide), name, reason, values)

    def _decimals(self, part: pl.DataFrame, table: pl.DataFrame) -> Iterator[pl.DataFrame]:
        rule = self._rules["decimals"]
        if not rule.is_on:
            return
        for name in BAR_FIELDS:
            kind = "volume" if name == "volume" else "price"
            own = self._volume_scale if name == "volume" else self._price_scale
            most = rule.count(kind)
            if most >= own:
                continue
            wide = (table[name] % 10 ** (own - most) != 0).fill_null(value=False)
            if wide.any():
                values = part[name].filter(wide).cast(pl.String).str.strip_chars_end("0")
                reason = f"it has more than {most} decimals"
                yield self._about(rule, table.filter(wide), name, reason, values)

    def _quotes(self, part: pl.DataFrame, table: pl.DataFrame) -> Iterator[pl.DataFrame]:
        rule = self._rules["quotes"]
        both = [part.schema.get(name) for name in ("bid", "ask")]
        if not rule.is_on or not all(dtype is not None and dtype.is_numeric() for dtype in both):
            return
        crossed = part.select((pl.col("bid") > pl.col("ask")).fill_null(value=False))["bid"]
        if crossed.any():
            values = part["bid"].filter(crossed).cast(pl.String)
            yield self._about(
                rule, table.filter(crossed), "bid", "the bid is above the ask", values
            )

    def _about(
        self,
        rule: Rule,
        table: pl.DataFrame,
        column: str,
        reason: str,
        values: pl.Series | None = None,
    ) -> pl.DataFrame:
        return table.select(
            pl.col("symbol").fill_null(""),
            "label",
            pl.lit(rule.name).alias("rule"),
            pl.lit(rule.layer).alias("layer"),
            pl.lit(column).alias("column"),
            (pl.lit("") if values is None else values).alias("value"),
            pl.lit(reason).alias("reason"),
            pl.lit(rule.outcome).alias("outcome"),
            _ROW,
        ).cast(self._schema)


_ORIGIN: Final = "__row__"
_AS: Final = {"date": "label", "timestamp": "label", "symbol": "symbol"}


def _scale(dtype: pl.DataType) -> int:
    assert isinstance(dtype, pl.Decimal), "columns of numbers are Decimals by now"
    return dtype.scale


def _integers(column: pl.Series, scale: int) -> pl.Series:
    """Coefficients at a scale, null where 18 digits cannot hold one."""
    assert isinstance(column.dtype, pl.Decimal), "columns of numbers are Decimals by now"
    if column.dtype.scale != scale:
        column = _rescaled(column, scale)
    narrow = column.to_physical().cast(pl.Int64, strict=False)
    if not (narrow.abs() >= 10**MAX_DIGITS).any():
        return narrow
    return narrow.set(narrow.abs() >= 10**MAX_DIGITS, None)


def _rescaled(column: pl.Series, scale: int) -> pl.Series:
    wide = column.cast(pl.Decimal(38, scale), strict=False)
    back = wide.cast(column.dtype, strict=False)
    return wide.set((back != column).fill_null(value=False), None)
