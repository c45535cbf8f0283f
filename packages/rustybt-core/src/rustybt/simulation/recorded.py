"""What a strategy recorded, as a frame: any values in, one typed column per name out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rustybt.values import parse_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIGITS = 38
_CONTEXT = Context(prec=2 * _DIGITS, rounding=ROUND_HALF_EVEN)
_WIDEST_INTEGER = 2**63 - 1


def recorded_frame(
    sessions: Sequence[date], recorded: Sequence[Mapping[str, object]]
) -> pl.DataFrame:
    """One row per session, one column per recorded name, null before it was first recorded.

    A column of integers is Int64, of Decimals (integers among them) Decimal, of numbers with a
    float among them Float64, of truth values Boolean, of texts String, of dates Date, of times
    Datetime; anything else, and any mixture, is shown as text.

    Args:
        sessions: The sessions.
        recorded: For each of them, the values that hold at its close.
    """
    names = dict.fromkeys(name for values in recorded for name in values)
    columns = [_column(name, [values.get(name) for values in recorded]) for name in names]
    return pl.DataFrame([pl.Series("session", sessions, dtype=pl.Date), *columns])


def _column(name: str, values: list[Any]) -> pl.Series:
    kinds = {_kind(value) for value in values if not _is_missing(value)}
    for accepted, dtype, convert in _COLUMNS:
        if kinds <= accepted:
            converted = [None if _is_missing(value) else convert(value) for value in values]
            return (
                _decimals(name, converted) if dtype is Decimal else _typed(name, converted, dtype)
            )
    texts = [None if _is_missing(value) else str(value) for value in values]
    return _typed(name, texts, pl.String)


def _is_missing(value: object) -> bool:
    """None, and the time that is none (pandas' NaT is a datetime)."""
    return value is None or (isinstance(value, datetime) and value != value)  # noqa: PLR0124


def _kind(value: object) -> str:
    """What a value counts as; the usual types first, tests of abstract types are slow."""
    if type(value) in _PLAIN:
        return _PLAIN[type(value)]
    if isinstance(value, Decimal):
        return "decimal" if value.is_finite() else "float"
    if isinstance(value, Integral):
        return "integer" if abs(int(value)) <= _WIDEST_INTEGER else "decimal"
    return next((name for kind, name in _ABSTRACT if isinstance(value, kind)), "other")


_PLAIN: dict[type, str] = {bool: "truth", float: "float", str: "str", np.float64: "float"}

_ABSTRACT: tuple[tuple[type, str], ...] = (
    (np.bool_, "truth"),
    (Real, "float"),
    (str, "str"),
    (datetime, "datetime"),
    (date, "date"),
)


def _instant(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _exact(value: Any) -> Decimal:  # noqa: ANN401 - an integer of any kind, or a Decimal
    return value if isinstance(value, Decimal) else parse_decimal(int(value), field="recorded")


_COLUMNS: tuple[tuple[set[str], Any, Any], ...] = (
    ({"integer"}, pl.Int64, int),
    ({"integer", "decimal"}, Decimal, _exact),
    ({"integer", "decimal", "float"}, pl.Float64, float),
    ({"truth"}, pl.Boolean, bool),
    ({"str"}, pl.String, str),
    ({"datetime"}, pl.Datetime("us", "UTC"), _instant),
    ({"date"}, pl.Date, lambda value: value),
)
"""Which kinds of values make which column, and how; the first that takes all of them."""


def _typed(name: str, values: list[Any], dtype: Any) -> pl.Series:  # noqa: ANN401 - a data type
    return pl.Series(name, values, dtype=dtype)


def _decimals(name: str, values: list[Decimal | None]) -> pl.Series:
    """All digits where 38 hold them, else as many decimals as there is room for.

    Whole numbers of more than 38 digits make the column one of floats.
    """
    present = [value for value in values if value is not None]
    whole = max(max(value.adjusted() + 1, 1) for value in present)
    if whole > _DIGITS:
        floats = [None if value is None else float(value) for value in values]
        return _typed(name, floats, pl.Float64)
    wanted = max(max(-int(value.as_tuple().exponent), 0) for value in present)
    scale = min(wanted, _DIGITS - whole)
    unit = Decimal(1).scaleb(-scale)
    rounded = [None if v is None else v.quantize(unit, context=_CONTEXT) for v in values]
    return _typed(name, rounded, pl.Decimal(_DIGITS, scale))
