"""Cells of tables of corporate actions and exchange rates, parsed with errors that name them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

import polars as pl

from rustybt.calendars import from_day, to_day
from rustybt.errors import DataValidationError, UserError
from rustybt.values import Ratio, parse_decimal
from rustybt_data.origin import Origin

_ValueT = TypeVar("_ValueT")

_SECONDS_PER_DAY: Final = 86_400
_DIGITS: Final = 18
_INTEGER_BITS: Final = 63

SYMBOL_COLUMNS: Final = {
    "sid": "symbol",
    "child_sid": "child",
    "acquirer_sid": "acquirer",
    "rights_sid": "rights_symbol",
}
"""For each column of sids the one that may name the asset by its symbol instead."""


class Cells:
    """Cells of a table, parsed with errors that name them.

    Args:
        table: The table; further columns are ignored.
        origin: Where it comes from.
        needed: Columns that have to be there.

    Raises:
        DataValidationError: One of them is missing.
    """

    def __init__(self, table: pl.DataFrame, origin: Origin, needed: Sequence[str]) -> None:
        for column in needed:
            if column not in table.columns:
                raise DataValidationError(
                    file=origin.name,
                    column=column,
                    reason=f"the column is missing; there are {', '.join(table.columns)}",
                )
        self._columns = {name: table[name].to_list() for name in table.columns}
        self._origin = origin

    def get(self, row: int, column: str, parse: Callable[[Any], _ValueT]) -> _ValueT:
        """The value of a cell.

        Raises:
            DataValidationError: It is empty, or not what it has to be.
        """
        value = self._columns[column][row]
        if _is_missing(value):
            raise self.error(row, column, EXPECTED[column])
        try:
            return parse(value)
        except (UserError, ValueError, TypeError, OverflowError):
            raise self.error(row, column, EXPECTED[column]) from None

    def find(self, row: int, column: str, parse: Callable[[Any], _ValueT]) -> _ValueT | None:
        """The value of a cell; None where it is empty or the column is missing.

        Raises:
            DataValidationError: It is not what it has to be.
        """
        if column not in self._columns or _is_missing(self._columns[column][row]):
            return None
        return self.get(row, column, parse)

    def error(self, row: int, column: str, reason: str) -> DataValidationError:
        """The error about a cell; an asset that is named by its symbol is shown by it."""
        by_symbol = SYMBOL_COLUMNS.get(column)
        shown = by_symbol if by_symbol in self._columns else column
        assert shown is not None
        value = self._columns[shown][row] if shown in self._columns else None
        return self._origin.error(row, shown, value, reason)


def a_sid(value: object) -> int:
    """The number of an asset."""
    number = _number(value)
    whole = int(number)
    if whole != number or not 0 <= whole < 2**_INTEGER_BITS:
        raise ValueError(value)
    return whole


def a_day(value: Any) -> int:  # noqa: ANN401
    """A day: ISO 8601, a date or a time; an integer is seconds since 1970-01-01, as in Zipline."""
    is_seconds = isinstance(value, int) and not isinstance(value, bool)
    day = value // _SECONDS_PER_DAY if is_seconds else to_day(_stripped(value))
    from_day(day)  # fails beyond the dates that there are
    return day


def a_ratio(value: object) -> Ratio:
    """A positive ratio: a number or a fraction such as 3/2."""
    parts = value.split("/") if isinstance(value, str) else [value]
    for part in parts:
        _number(part)
    ratio = Ratio.parse(value)
    if max(ratio.numerator, ratio.denominator).bit_length() > _INTEGER_BITS:
        raise ValueError(value)
    return ratio


def some_money(value: object) -> Decimal:
    """A positive amount."""
    amount = _number(value)
    if amount <= 0:
        raise ValueError(value)
    return amount


def money_or_nothing(value: object) -> Decimal:
    """An amount of zero or more."""
    amount = _number(value)
    return amount if amount == 0 else some_money(value)


def a_text(value: object) -> str:
    """A text without blanks around it."""
    text = str(value).strip()
    if not text:
        raise ValueError(value)
    return text


EXPECTED: Final = {
    "sid": "give the number of an asset",
    "child_sid": "give the asset that is spun off",
    "acquirer_sid": "give the asset that its holders get",
    "rights_sid": "give the asset that the rights trade as",
    **dict.fromkeys(
        (
            "effective_date",
            "ex_date",
            "pay_date",
            "declared_date",
            "record_date",
            "expiry_date",
        ),
        "write dates as ISO 8601",
    ),
    "ratio": "give a positive number or fraction of at most 18 digits",
    "rights": "give a positive number or fraction, the rights per share",
    "cost_share": "give a positive number or fraction, the child's share of the cost",
    "amount": "give a positive number, the money per share",
    "cash": "give a positive number, the money per share",
    "price": "give a positive number, the money per share",
    "parent_price": "give a positive number, the price of the parent without the child",
    "child_price": "give a positive number, the price of the child",
    "payment_sid": "give the number of an asset",
    **dict.fromkeys(("currency", "base", "quote"), "give a currency's code"),
    "rate": "give a positive number, what a unit of the base costs in the quote",
    "fractions": "give cash, drop or round_up",
}
"""What a cell of each column has to be."""


def _number(value: object) -> Decimal:
    """A number that 18 digits before the point and 18 after it hold."""
    number = parse_decimal(value, field="number")
    if number.adjusted() >= _DIGITS or -int(number.as_tuple().exponent) > _DIGITS:
        raise ValueError(value)
    return number


def _stripped(value: Any) -> Any:  # noqa: ANN401
    return value.strip() if isinstance(value, str) else value


def _is_missing(value: object) -> bool:
    return value is None or value != value or value == ""  # noqa: PLR0124 - NaN
