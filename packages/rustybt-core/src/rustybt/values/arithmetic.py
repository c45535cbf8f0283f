"""The two arithmetic policies of a run: integers at fixed scales, or floats.

Venue, ledger and portal hold kernel numbers (:data:`Num`) and leave everything that rounds,
scales or converts to one of these objects; sums, differences and comparisons of like with like
they write plainly. So one code is exact under :class:`DecimalArithmetic` and quick and
approximate under :class:`FloatArithmetic`.

Scales: prices 12, amounts 8, money 16 (an 8-decimal price times an 8-decimal amount is exact).
Rounding is half even wherever a result does not fit.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from math import trunc
from operator import mul
from typing import Literal, Protocol

from rustybt.errors import InvalidNumber
from rustybt.values.models import Value
from rustybt.values.parsing import parse_decimal
from rustybt.values.ratios import Ratio
from rustybt.values.scaling import (
    divide_half_even,
    exact_scaled,
    from_scaled,
    rescale,
    rounded_scaled,
)

Num = int | float
"""A number inside the kernel: a coefficient at the scale of its kind, or a float."""

MONEY_SCALE = 16
RATIO_SCALE = 16


class Arithmetic(Protocol):
    """How a run makes, combines and shows its numbers."""

    name: Literal["decimal", "float64"]
    exact: bool
    zero: Num
    price_scale: int
    amount_scale: int

    def price(self, value: object, field: str = "price") -> Num:
        """A public price as a kernel number, half even at the price scale."""

    def amount(self, value: object, field: str = "amount") -> Num:
        """A public amount as a kernel number; a digit too many is an error."""

    def money(self, value: object, field: str = "money") -> Num:
        """Public money as a kernel number, half even at 16."""

    def price_from(self, coefficient: int, scale: int) -> Num:
        """A stored price coefficient as a kernel number, exactly."""

    def amount_from(self, coefficient: int, scale: int) -> Num:
        """A stored volume coefficient as a kernel number, exactly."""

    def price_value(self, price: Num, keep: int = 0) -> Value:
        """A kernel price as a public value, zeros stripped down to `keep` decimals."""

    def amount_value(self, amount: Num) -> Value:
        """A kernel amount as a public value."""

    def money_value(self, money: Num, keep: int = 2) -> Value:
        """Kernel money as a public value."""

    def notional(self, amount: Num, price: Num, multiplier: Ratio | None = None) -> Num:
        """amount x price (x multiplier) as money, half even at 16."""

    def are_unrounded(self, amounts: Iterable[Num]) -> bool:
        """Whether none of the amounts needs rounding when it is multiplied with any price."""

    def unrounded_sum(self, amounts: Iterable[Num], prices: Iterable[Num]) -> Num:
        """The sum of amount x price over amounts that `are_unrounded`."""

    def notionals(self, amounts: Iterable[Num], prices: Iterable[Num]) -> list[Num]:
        """The `notional` of each pair, without multipliers: twice as fast as one by one."""

    def portion(self, money: Num, part: Num, whole: Num) -> Num:
        """money x part / whole, half even at 16; `whole` is not zero."""

    def unit_cost(self, money: Num, amount: Num, multiplier: Ratio | None = None) -> Num:
        """money / amount (/ multiplier) as money, half even at 16; `amount` is not zero."""

    def quotient(self, a: Num, b: Num) -> Value:
        """a / b of two numbers of one kind as a public value, half even at 16."""

    def scale_price(self, price: Num, ratio: Ratio) -> Num:
        """price x ratio, half even at the price scale."""

    def converted(self, money: Num, rate: Ratio) -> Num:
        """money x rate, half even at 16: what it is worth in another currency."""

    def split_amount(self, amount: Num, ratio: Ratio, lot: Num) -> tuple[Num, Num]:
        """amount / ratio as whole lots (toward zero) and the fraction that is left."""

    def constant(self, value: float) -> Value:
        """A public value that no computation gives: infinity, not a number, zero."""


class DecimalArithmetic:
    """Exact: kernel numbers are integers, public values are Decimals.

    Args:
        price_scale: At least 12; more where a data set's prices have more decimals.
        amount_scale: At least 8; more where an asset's lot is finer.
    """

    name: Literal["decimal", "float64"] = "decimal"
    exact = True
    zero: Num = 0

    def __init__(self, price_scale: int = 12, amount_scale: int = 8) -> None:
        self.price_scale = price_scale
        self.amount_scale = amount_scale
        self._notional_unit: int = 10 ** (price_scale + amount_scale - MONEY_SCALE)

    def price(self, value: object, field: str = "price") -> Num:
        return rounded_scaled(parse_decimal(value, field=field), self.price_scale)

    def amount(self, value: object, field: str = "amount") -> Num:
        return exact_scaled(parse_decimal(value, field=field), self.amount_scale, field=field)

    def money(self, value: object, field: str = "money") -> Num:
        return rounded_scaled(parse_decimal(value, field=field), MONEY_SCALE)

    def price_from(self, coefficient: int, scale: int) -> Num:
        return rescale(coefficient, scale, self.price_scale)

    def amount_from(self, coefficient: int, scale: int) -> Num:
        return rescale(coefficient, scale, self.amount_scale)

    def price_value(self, price: Num, keep: int = 0) -> Value:
        assert isinstance(price, int)
        return from_scaled(price, self.price_scale, keep=keep)

    def amount_value(self, amount: Num) -> Value:
        assert isinstance(amount, int)
        return _shown_amount(amount, self.amount_scale)

    def money_value(self, money: Num, keep: int = 2) -> Value:
        assert isinstance(money, int)
        return from_scaled(money, MONEY_SCALE, keep=keep)

    def notional(self, amount: Num, price: Num, multiplier: Ratio | None = None) -> Num:
        product = amount * price
        assert isinstance(product, int)
        if multiplier is None:
            money, rest = divmod(product, self._notional_unit)
            return divide_half_even(product, self._notional_unit) if rest else money
        return divide_half_even(
            product * multiplier.numerator, self._notional_unit * multiplier.denominator
        )

    def are_unrounded(self, amounts: Iterable[Num]) -> bool:
        unit = self._notional_unit
        return not any(amount % unit for amount in amounts)

    def unrounded_sum(self, amounts: Iterable[Num], prices: Iterable[Num]) -> Num:
        product: int = sum(map(mul, amounts, prices))
        return product // self._notional_unit

    def notionals(self, amounts: Iterable[Num], prices: Iterable[Num]) -> list[Num]:
        unit = self._notional_unit
        moneys: list[Num] = []
        for product in map(mul, amounts, prices):
            money, rest = divmod(product, unit)
            moneys.append(divide_half_even(product, unit) if rest else money)
        return moneys

    def portion(self, money: Num, part: Num, whole: Num) -> Num:
        product = money * part
        assert isinstance(product, int)
        assert isinstance(whole, int)
        return _divided(product, whole)

    def unit_cost(self, money: Num, amount: Num, multiplier: Ratio | None = None) -> Num:
        numerator, denominator = money * 10**self.amount_scale, amount
        if multiplier is not None:
            numerator *= multiplier.denominator
            denominator *= multiplier.numerator
        assert isinstance(numerator, int)
        assert isinstance(denominator, int)
        return _divided(numerator, denominator)

    def quotient(self, a: Num, b: Num) -> Value:
        assert isinstance(a, int)
        assert isinstance(b, int)
        return from_scaled(_divided(a * 10**RATIO_SCALE, b), RATIO_SCALE)

    def scale_price(self, price: Num, ratio: Ratio) -> Num:
        assert isinstance(price, int)
        return divide_half_even(price * ratio.numerator, ratio.denominator)

    def converted(self, money: Num, rate: Ratio) -> Num:
        assert isinstance(money, int)
        return divide_half_even(money * rate.numerator, rate.denominator)

    def split_amount(self, amount: Num, ratio: Ratio, lot: Num) -> tuple[Num, Num]:
        assert isinstance(amount, int)
        assert isinstance(lot, int)
        size = amount * ratio.denominator
        lots = abs(size) // (ratio.numerator * lot)
        whole = lots * lot if size >= 0 else -lots * lot
        return whole, divide_half_even(size - whole * ratio.numerator, ratio.numerator)

    def constant(self, value: float) -> Value:
        return Decimal(value)


@lru_cache(maxsize=4096)
def _shown_amount(amount: int, scale: int) -> Decimal:
    """The decimal of an amount; remembered, since few amounts make up most of a run."""
    return from_scaled(amount, scale)


def _divided(numerator: int, denominator: int) -> int:
    """The quotient rounded half even, whatever the signs."""
    if denominator < 0:
        return divide_half_even(-numerator, -denominator)
    return divide_half_even(numerator, denominator)


class FloatArithmetic:
    """Approximate: kernel numbers and public values are floats, for comparison runs."""

    name: Literal["decimal", "float64"] = "float64"
    exact = False
    zero: Num = 0.0
    price_scale = 12
    amount_scale = 8

    def price(self, value: object, field: str = "price") -> Num:
        return _float(value, field)

    def amount(self, value: object, field: str = "amount") -> Num:
        return _float(value, field)

    def money(self, value: object, field: str = "money") -> Num:
        return _float(value, field)

    def price_from(self, coefficient: int, scale: int) -> Num:
        return float(coefficient / 10**scale)

    def amount_from(self, coefficient: int, scale: int) -> Num:
        return float(coefficient / 10**scale)

    def price_value(self, price: Num, keep: int = 0) -> Value:
        return float(price)

    def amount_value(self, amount: Num) -> Value:
        return float(amount)

    def money_value(self, money: Num, keep: int = 2) -> Value:
        return float(money)

    def notional(self, amount: Num, price: Num, multiplier: Ratio | None = None) -> Num:
        value = amount * price
        return value if multiplier is None else value * multiplier.as_float()

    def are_unrounded(self, amounts: Iterable[Num]) -> bool:
        return True

    def unrounded_sum(self, amounts: Iterable[Num], prices: Iterable[Num]) -> Num:
        return sum(map(mul, amounts, prices), self.zero)

    def notionals(self, amounts: Iterable[Num], prices: Iterable[Num]) -> list[Num]:
        return list(map(mul, amounts, prices))

    def portion(self, money: Num, part: Num, whole: Num) -> Num:
        return money * (part / whole)

    def unit_cost(self, money: Num, amount: Num, multiplier: Ratio | None = None) -> Num:
        value = money / amount
        return value if multiplier is None else value / multiplier.as_float()

    def quotient(self, a: Num, b: Num) -> Value:
        return a / b

    def scale_price(self, price: Num, ratio: Ratio) -> Num:
        return price * ratio.numerator / ratio.denominator

    def converted(self, money: Num, rate: Ratio) -> Num:
        return money * rate.numerator / rate.denominator

    def split_amount(self, amount: Num, ratio: Ratio, lot: Num) -> tuple[Num, Num]:
        size = amount * ratio.denominator / ratio.numerator
        whole = trunc(size / lot) * lot
        return whole, size - whole

    def constant(self, value: float) -> Value:
        return float(value)


def _float(value: object, field: str) -> float:
    if isinstance(value, float) and value - value == 0.0:
        return value
    if isinstance(value, float):
        raise InvalidNumber(field=field, value=value)
    return float(parse_decimal(value, field=field))
