"""Withholding: the tax that is taken from dividends before they are paid."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import Number, not_negative
from rustybt.values import Money, Ratio, parse_decimal

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Arithmetic, Num


@runtime_checkable
class WithholdingModel(Protocol):
    """What is taken from a dividend at its source."""

    def tax(self, asset: Asset, amount: Num, currency: str, arithmetic: Arithmetic) -> Num:
        """The tax on a dividend.

        Args:
            asset: What pays.
            amount: What it pays to the account, kernel money above zero.
            currency: What it pays in.
            arithmetic: The run's numbers.

        Returns:
            Kernel money in that currency, from zero up to `amount`.
        """


class Withholding:
    """A share of every dividend, rounded half even to the currency's minor unit.

    Args:
        rate: The share: 0.15 is 15 %.
        by_country: Shares by country, two letters of ISO 3166: of the asset's venue, which need
            not be that of who issued it. A country that is not named has `rate`.

    Raises:
        InvalidArgument: A share lies outside 0 to 1, or a country is no two letters.
    """

    def __init__(self, rate: Number = 0, *, by_country: Mapping[str, Number] | None = None) -> None:
        self.rate = _share(rate, "rate")
        self.by_country = {
            _country(code): _share(number, f"rate of {code}")
            for code, number in (by_country or {}).items()
        }

    def tax(self, asset: Asset, amount: Num, currency: str, arithmetic: Arithmetic) -> Num:
        rate = self.by_country.get(asset.country_code, self.rate)
        if not rate:
            return arithmetic.zero
        exact = arithmetic.converted(amount, Ratio(*rate.as_integer_ratio()))
        owed = parse_decimal(arithmetic.money_value(exact), field="withholding")
        return arithmetic.money(Money(owed, currency).rounded().amount)

    def __repr__(self) -> str:
        return f"Withholding({self.rate}, by_country={self.by_country})"


def _share(number: Number, field: str) -> Decimal:
    share = not_negative(number, field=field)
    if share > 1:
        raise InvalidArgument(field=field, value=number, reason="give a share from 0 to 1")
    return share


def _country(code: str) -> str:
    if len(code) != 2 or not code.isalpha():
        raise InvalidArgument(field="country", value=code, reason="give two letters of ISO 3166")
    return code.upper()
