"""Interest on cash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.finance._accrual import (
    ZERO,
    ByDate,
    accrued,
    checked_day_count,
    nights,
    refuse_repeated,
)
from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.financing._base import FinancingModel
from rustybt.values import like, parse_decimal

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure


Rates: TypeAlias = Number | Mapping[date, Number] | pl.DataFrame
"""A constant annual rate; rates by the date from which on they hold; or a frame ``date, rate``."""


class OvernightFinancing(FinancingModel):
    """Interest on borrowed cash and on idle cash: balance x rate / day count for each night.

    Args:
        debit_rate: Annual rate on cash below zero, paid; by currency where there are several.
        credit_rate: Annual rate on cash above zero, earned; below zero it is paid.
        day_count: Days of a year of interest: 360 or 365.

    Raises:
        InvalidArgument: A debit rate is below zero, a table is empty or has other columns.
    """

    def __init__(
        self,
        debit_rate: Rates | Mapping[str, Rates] = 0,
        credit_rate: Rates | Mapping[str, Rates] = 0,
        *,
        day_count: int = 360,
    ) -> None:
        self._debit = _by_currency(debit_rate, field="debit_rate", parse=not_negative)
        self._credit = _by_currency(credit_rate, field="credit_rate", parse=parse_decimal)
        self.day_count = checked_day_count(day_count)

    def interest(self, cash: Figure, currency: str, *, since: date, until: date) -> Figure:
        """Cash x rate / day count, added up over the nights.

        Raises:
            InvalidArgument: There is no rate of the currency, or none of the day yet.
        """
        if not cash:
            return like(ZERO, cash)
        tables = self._debit if cash < 0 else self._credit
        table = tables.get(currency, tables.get(""))
        if table is None:
            field = "debit_rate" if cash < 0 else "credit_rate"
            raise InvalidArgument(
                field=field, value=currency, reason="give a rate of this currency"
            )
        rates = (table.at(night) for night in nights(since, until))
        return accrued(cash, rates, self.day_count)

    def __repr__(self) -> str:
        return f"OvernightFinancing(day_count={self.day_count})"


class _Parse(Protocol):
    def __call__(self, value: Any, *, field: str) -> Decimal: ...  # noqa: ANN401 - of a table


def _by_currency(
    given: Rates | Mapping[str, Rates], *, field: str, parse: _Parse
) -> dict[str, ByDate[Decimal]]:
    """Tables by currency; under the empty name the one of all currencies."""
    if isinstance(given, Mapping) and given and all(isinstance(key, str) for key in given):
        return {
            str(currency): _rates_by_date(rates, field=f"{field} of {currency}", parse=parse)
            for currency, rates in given.items()
        }
    return {"": _rates_by_date(given, field=field, parse=parse)}


def _rates_by_date(given: object, *, field: str, parse: _Parse) -> ByDate[Decimal]:
    if isinstance(given, Mapping):
        rates = {day: parse(rate, field=field) for day, rate in given.items()}
    elif isinstance(given, pl.DataFrame):
        rates = _rates_of_frame(given, field=field, parse=parse)
    else:
        rates = {date.min: parse(given, field=field)}
    return ByDate(rates, field=field)


def _rates_of_frame(table: pl.DataFrame, *, field: str, parse: _Parse) -> dict[date, Decimal]:
    if sorted(table.columns) != ["date", "rate"]:
        raise InvalidArgument(
            field=field, value=table.columns, reason="give the columns date, rate"
        )
    refuse_repeated(table.select("date"), field=field)
    rows = table.select("date", "rate").iter_rows()
    return {day: parse(rate, field=f"{field} of {day}") for day, rate in rows}
