"""What a frame holds - bars, trades or quotes - as columns of coefficients."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

import polars as pl

from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, MAX_DIGITS, PRICE_FIELDS
from rustybt_data.resampling.errors import invalid, label_text

Kind = Literal["bars", "trades", "quotes"]

_TRADES: Final = {**dict.fromkeys(PRICE_FIELDS, "price"), "volume": "size"}
_MID: Final = "mid"
_QUOTES: Final = {
    **dict.fromkeys(PRICE_FIELDS, _MID),
    "volume": "no_volume",
    "bid": "bid",
    "ask": "ask",
    "spread": "spread",
}
_WIDEST_MID: Final = 10**MAX_DIGITS // 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The columns of a frame that bars are made of.

    Attributes:
        kind: What a row is.
        label: The column that says when: ``timestamp`` or ``date``.
        symbols: The type of the column `symbol`.
        inputs: Columns of numbers that are read, with their decimals.
        fields: Which of the columns that `read` gives each field of a bar is made of.
        scales: Decimals of the fields.
    """

    kind: Kind
    label: str
    symbols: pl.DataType
    inputs: Mapping[str, int]
    fields: Mapping[str, str]
    scales: Mapping[str, int]

    @classmethod
    def of(cls, schema: pl.Schema) -> Self:
        """Find out from the columns of a frame.

        Raises:
            DataValidationError: A column is missing or has a type that is not exact.
        """
        kind = _kind(schema)
        label = _label(schema, kind)
        if "symbol" not in schema:
            raise invalid("symbol", None, f"the column is missing; there are {schema.names()}")
        fields = _fields(kind, schema)
        names = ("bid", "ask") if kind == "quotes" else tuple(dict.fromkeys(fields.values()))
        inputs = {name: _scale(name, schema[name]) for name in names}
        if kind == "quotes":
            wider = max(inputs.values())
            made = {_MID: wider + 1, "spread": wider, "no_volume": _size_scale(schema)}
            scales = {field: (made | inputs)[column] for field, column in fields.items()}
        else:
            scales = {field: inputs[column] for field, column in fields.items()}
        return cls(
            kind=kind,
            label=label,
            symbols=schema["symbol"],
            inputs=inputs,
            fields=fields,
            scales=scales,
        )

    @property
    def is_intraday(self) -> bool:
        """Whether rows are labelled by instants."""
        return self.label == "timestamp"

    def read(self, frame: pl.DataFrame, *, narrow: bool = True) -> pl.DataFrame:
        """Rows of a frame as ``symbol, at`` and the columns that `fields` names.

        Args:
            frame: What they are in.
            narrow: Whether every number is to be one of 64 bits; else bars are, by `folded`, made
                of fewer numbers than there are.

        Raises:
            DataValidationError: A row has no symbol or no label, or a number has more than 18
                digits.
        """
        narrow = narrow or self.kind == "quotes"
        try:
            # Column by column: the cost of a query would be that of a batch.
            at = _as_integer(frame[self.label]).alias("at")
            numbers = [_coefficients(frame[name], narrow=narrow) for name in self.inputs]
        except pl.exceptions.InvalidOperationError:
            raise self.too_wide(frame) from None
        rows = pl.DataFrame([frame["symbol"], at, *numbers])
        for column, name in (("symbol", "symbol"), ("at", self.label)):
            if rows[column].null_count():
                raise invalid(name, None, "give every row one; it is empty in one or more")
        return self._with_quotes(rows) if self.kind == "quotes" else rows

    def _with_quotes(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The middle and the spread; the sum of two coefficients times 5 is half of it."""
        wider = max(self.inputs.values())
        bid, ask = (pl.col(side) * 10 ** (wider - self.inputs[side]) for side in ("bid", "ask"))
        both = rows.with_columns((bid + ask).alias(_MID), (ask - bid).alias("spread"))
        wide = both.filter(pl.col(_MID).abs() >= _WIDEST_MID)
        if not wide.is_empty():
            symbol, at = wide.row(0)[:2]
            raise invalid(
                "bid",
                f"{symbol} at {label_text(at, self.label)}",
                f"its middle needs more than {MAX_DIGITS} digits; give quotes fewer decimals",
            )
        return both.with_columns(pl.col(_MID) * 5, pl.lit(0, pl.Int64).alias("no_volume"), "spread")

    def too_wide(self, frame: pl.DataFrame) -> Exception:
        """What is said of a frame with a number of more than 64 bits."""
        for name in self.inputs:
            column = frame[name]
            narrow = column.to_physical().cast(pl.Int64, strict=False)
            lost = narrow.is_null() & column.is_not_null()
            if lost.any():
                row = int(lost.arg_true()[0])
                where = f"{frame['symbol'][row]} at {frame[self.label][row]}"
                reason = f"{where}: a number has {MAX_DIGITS} digits at most; round it first"
                return invalid(name, str(column[row]), reason)
        raise AssertionError("a column was too wide")


def _kind(schema: pl.Schema) -> Kind:
    if "open" in schema:
        return "bars"
    if "price" in schema:
        return "trades"
    if "bid" in schema and "ask" in schema:
        return "quotes"
    reason = (
        f"there are {schema.names()}; give bars ({', '.join(BAR_FIELDS)}), trades (price, size) "
        "or quotes (bid, ask)"
    )
    raise invalid(None, None, reason)


def _label(schema: pl.Schema, kind: Kind) -> str:
    for name, types in (("timestamp", pl.Datetime), ("date", pl.Date)):
        if name in schema and (name == "timestamp" or kind == "bars"):
            if not isinstance(schema[name], types):
                raise invalid(name, str(schema[name]), f"give a column of {types.__name__}")
            return name
    wanted = "timestamp or date" if kind == "bars" else "timestamp"
    raise invalid(wanted, None, f"the column is missing; there are {schema.names()}")


def _fields(kind: Kind, schema: pl.Schema) -> dict[str, str]:
    if kind == "quotes":
        return _QUOTES
    named = {name: name for name in BAR_FIELDS} if kind == "bars" else _TRADES
    missing = [column for column in named.values() if column not in schema]
    if missing:
        raise invalid(missing[0], None, f"the column is missing; there are {schema.names()}")
    return named | {name: name for name in EXTRA_FIELDS if name in schema}


def _scale(name: str, dtype: pl.DataType) -> int:
    if isinstance(dtype, pl.Decimal):
        return dtype.scale
    if dtype.is_integer():
        return 0
    raise invalid(name, str(dtype), "give Decimals or integers: other numbers are not exact")


def _size_scale(schema: pl.Schema) -> int:
    """Decimals of the volume that quotes do not have: those of their sizes."""
    return _scale("bid_size", schema["bid_size"]) if "bid_size" in schema else 0


def _as_integer(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Date:
        return column.to_physical().cast(pl.Int64)
    if column.dtype.time_zone not in (None, "UTC"):  # type: ignore[attr-defined]
        column = column.dt.convert_time_zone("UTC")
    return column.dt.cast_time_unit("ns").to_physical()


def _coefficients(column: pl.Series, *, narrow: bool) -> pl.Series:
    numbers = column.to_physical()
    return numbers.cast(pl.Int64) if narrow else numbers
