"""Corporate actions out of tables."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import polars as pl

from rustybt.calendars import to_day
from rustybt.data.adjustments import CashDividend, Split
from rustybt.errors import DataValidationError, UserError
from rustybt.values import Ratio, parse_decimal
from rustybt_data.origin import Origin

_SECONDS_PER_DAY: Final = 86_400
_ValueT = TypeVar("_ValueT")


def read_splits(table: pl.DataFrame, origin: Origin) -> list[Split]:
    """Splits of a table ``sid, effective_date, ratio``; further columns are ignored.

    The ratio is the factor on earlier prices: 0.5 for two shares per old one. A date is ISO 8601,
    a date or a time; an integer is seconds since 1970-01-01, as Zipline has it.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
    """
    cells = _Cells(table, origin, ("sid", "effective_date", "ratio"))
    return [
        Split(
            sid=cells.get(row, "sid", int),
            effective=cells.get(row, "effective_date", _day),
            ratio=cells.get(row, "ratio", Ratio.parse),
        )
        for row in range(table.height)
    ]


def read_dividends(table: pl.DataFrame, origin: Origin) -> list[CashDividend]:
    """Cash dividends of a table; further columns are ignored.

    Args:
        table: ``sid, ex_date, pay_date, amount`` and, where they are known, ``declared_date,
            record_date, currency``. Dates as for `read_splits`.
        origin: Where the table comes from.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
    """
    cells = _Cells(table, origin, ("sid", "ex_date", "pay_date", "amount"))
    return [
        CashDividend(
            sid=cells.get(row, "sid", int),
            ex=cells.get(row, "ex_date", _day),
            pay=cells.get(row, "pay_date", _day),
            amount=cells.get(row, "amount", _positive),
            declared=cells.find(row, "declared_date", _day),
            record=cells.find(row, "record_date", _day),
            currency=cells.find(row, "currency", str) or "USD",
        )
        for row in range(table.height)
    ]


class _Cells:
    """Cells of a table, parsed with errors that name them."""

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
        value = self._columns[column][row]
        reason = _EXPECTED.get(column, "write dates as ISO 8601")
        if _is_missing(value):
            raise self._origin.error(row, column, value, reason)
        try:
            return parse(value)
        except (UserError, ValueError, TypeError):
            raise self._origin.error(row, column, value, reason) from None

    def find(self, row: int, column: str, parse: Callable[[Any], _ValueT]) -> _ValueT | None:
        if column not in self._columns or _is_missing(self._columns[column][row]):
            return None
        return self.get(row, column, parse)


_EXPECTED: Final = {
    "sid": "give the number of an asset",
    "ratio": "give a positive number, the factor on earlier prices",
    "amount": "give a positive number, the money per share",
    "currency": "give a currency's code",
}


def _is_missing(value: object) -> bool:
    return value is None or value != value or value == ""  # noqa: PLR0124 - NaN


def _day(value: Any) -> int:  # noqa: ANN401
    is_seconds = isinstance(value, int) and not isinstance(value, bool)
    return value // _SECONDS_PER_DAY if is_seconds else to_day(value)


def _positive(value: object) -> Any:  # noqa: ANN401
    amount = parse_decimal(value, field="amount")
    if amount <= 0:
        raise ValueError(value)
    return amount
