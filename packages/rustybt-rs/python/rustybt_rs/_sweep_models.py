"""Cost models of a sweep: parameters alone, named as RustyBT's models."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Number = int | float | Decimal | str
"""What a parameter may be; a float means its shortest text."""

Coefficient = tuple[int, int]
"""A decimal as a coefficient and how many of its digits are after the point."""


def coefficient(value: Number, field: str) -> Coefficient:
    """A finite decimal as coefficient and scale.

    Raises:
        ValueError: It is no finite number.
    """
    number = _parsed(value)
    if number is None or not number.is_finite():
        raise ValueError(f"{field}: give a finite number (met {value!r})")
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "a finite number has one"
    whole = int("".join(map(str, digits)))
    signed = -whole if sign else whole
    return (signed * 10**exponent, 0) if exponent > 0 else (signed, -exponent)


def _parsed(value: Number) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    try:
        return None if isinstance(value, bool) else Decimal(str(value).strip())
    except InvalidOperation:
        return None


def not_negative(value: Number, field: str) -> Coefficient:
    """The same of a number that is not below zero."""
    number = coefficient(value, field)
    if number[0] < 0:
        raise ValueError(f"{field}: give zero or more (met {value!r})")
    return number


def positive(value: Number, field: str) -> Coefficient:
    """The same of a number above zero."""
    number = coefficient(value, field)
    if number[0] <= 0:
        raise ValueError(f"{field}: give more than zero (met {value!r})")
    return number


@dataclass(frozen=True, slots=True)
class NoSlippage:
    """Every order fills whole at the price."""

    def native(self) -> tuple[str, list[Coefficient]]:
        """The model as the kernel takes it."""
        return "none", []


@dataclass(frozen=True, slots=True)
class FixedSlippage:
    """Every order fills whole at half a constant spread from the price.

    Attributes:
        spread: Distance between bid and ask, in money per unit.
    """

    spread: Number = 0

    def native(self) -> tuple[str, list[Coefficient]]:
        """The model as the kernel takes it."""
        return "fixed", [not_negative(self.spread, "spread")]


@dataclass(frozen=True, slots=True)
class FixedBasisPointsSlippage:
    """A constant share of the price away from it, no more than a share of the bar's volume.

    Attributes:
        basis_points: Hundredths of a percent of the price.
        volume_limit: Share of the bar's volume that may fill.
    """

    basis_points: Number = 5
    volume_limit: Number = Decimal("0.1")

    def native(self) -> tuple[str, list[Coefficient]]:
        """The model as the kernel takes it."""
        points = not_negative(self.basis_points, "basis_points")
        return "basis_points", [points, positive(self.volume_limit, "volume_limit")]


@dataclass(frozen=True, slots=True)
class VolumeShareSlippage:
    """An impact that grows with the square of the share of the bar's volume that was taken.

    Attributes:
        volume_limit: Share of the bar's volume that may fill.
        price_impact: Relative change of the price if all of the volume were taken.
    """

    volume_limit: Number = Decimal("0.025")
    price_impact: Number = Decimal("0.1")

    def native(self) -> tuple[str, list[Coefficient]]:
        """The model as the kernel takes it."""
        limit = positive(self.volume_limit, "volume_limit")
        return "volume_share", [limit, not_negative(self.price_impact, "price_impact")]


@dataclass(frozen=True, slots=True)
class NoCommission:
    """Trading is free."""

    def native(self) -> tuple[str, list[Coefficient | None]]:
        """The model as the kernel takes it."""
        return "none", []


@dataclass(frozen=True, slots=True)
class PerShare:
    """A price per unit, with a minimum per order.

    Attributes:
        cost: Money per unit, at most 8 digits after the point.
        min_trade_cost: Least commission of an order; None means none.
    """

    cost: Number = Decimal("0.001")
    min_trade_cost: Number | None = 0

    def native(self) -> tuple[str, list[Coefficient | None]]:
        """The model as the kernel takes it."""
        least = not_negative(self.min_trade_cost or 0, "min_trade_cost")
        return "per_share", [not_negative(self.cost, "cost"), least]


@dataclass(frozen=True, slots=True)
class PerTrade:
    """A price per order, charged with its first fill.

    Attributes:
        cost: Money per order.
    """

    cost: Number = 0

    def native(self) -> tuple[str, list[Coefficient | None]]:
        """The model as the kernel takes it."""
        return "per_trade", [not_negative(self.cost, "cost")]


@dataclass(frozen=True, slots=True)
class PerDollar:
    """A share of the value traded.

    Attributes:
        cost: Money per unit of money traded.
    """

    cost: Number = Decimal("0.0015")

    def native(self) -> tuple[str, list[Coefficient | None]]:
        """The model as the kernel takes it."""
        return "per_dollar", [not_negative(self.cost, "cost")]


@dataclass(frozen=True, slots=True)
class Percentage:
    """A share of the value traded, with a least and a most per order.

    RustyBT's `MakerTaker` charges market orders as `Percentage` of its taker rate does.

    Attributes:
        rate: Money per unit of money traded.
        min_trade_cost: Least commission of an order; None means none.
        max_trade_cost: Most that an order pays; None means no bound.
    """

    rate: Number = Decimal("0.001")
    min_trade_cost: Number | None = None
    max_trade_cost: Number | None = None

    def native(self) -> tuple[str, list[Coefficient | None]]:
        """The model as the kernel takes it."""
        rate = not_negative(self.rate, "rate")
        least = not_negative(self.min_trade_cost or 0, "min_trade_cost")
        if self.max_trade_cost is None:
            return "percentage", [rate, least, None]
        return "percentage", [rate, least, not_negative(self.max_trade_cost, "max_trade_cost")]


Slippage = NoSlippage | FixedSlippage | FixedBasisPointsSlippage | VolumeShareSlippage
Commission = NoCommission | PerShare | PerTrade | PerDollar | Percentage
