"""Maintenance margin that rises with the size of a position, as crypto exchanges have it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.margin._base import ONE, ZERO
from rustybt.values import like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure

MarginTiers: TypeAlias = "Number | Sequence[tuple[Number, Number]]"
"""One maintenance rate; or pairs of a value from which on a rate holds, and the rate."""


class Bracket(NamedTuple):
    """A tier in Decimals.

    Attributes:
        floor: Value of the position from which on it holds.
        rate: Maintenance rate of what lies within it.
        deduction: What rate x value is too much, since lower tiers have lower rates. Exchanges
            call it maintenance amount.
    """

    floor: Decimal
    rate: Decimal
    deduction: Decimal

    def maintenance(self, value: Figure) -> Figure:
        """value x rate - deduction."""
        return like(self.rate, value) * value - like(self.deduction, value)


class TierTable:
    """Maintenance margin by tiers of a position's value.

    Each part of the value pays the rate of the tier that it lies in. Binance's "How to Calculate
    Liquidation Price of USDT-M Futures Contracts" says the same with a maintenance amount:
    value x rate - amount, where the amount of a tier is its floor x (its rate - the rate of the
    tier below) + the amount of the tier below.

    Args:
        tiers: One rate, or pairs of floor and rate, the first floor 0, both ascending.

    Raises:
        InvalidArgument: They do not ascend, do not start at 0, or a rate is 1 or more.
    """

    def __init__(self, tiers: MarginTiers) -> None:
        given = (
            tiers if isinstance(tiers, Sequence) and not isinstance(tiers, str) else [(0, tiers)]
        )
        self.brackets = tuple(_brackets(given))
        _check(self.brackets)
        self._floors = [bracket.floor for bracket in self.brackets]

    def pairs(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """Floor and rate of each tier."""
        return tuple((bracket.floor, bracket.rate) for bracket in self.brackets)

    @property
    def lowest_rate(self) -> Decimal:
        """The rate of the first tier."""
        return self.brackets[0].rate

    @property
    def highest_rate(self) -> Decimal:
        """The rate of the last tier."""
        return self.brackets[-1].rate

    def maintenance(self, value: Figure) -> Figure:
        """What it takes to keep a position of a value."""
        place = bisect_right(self._floors, value) - 1
        return self.brackets[max(place, 0)].maintenance(value)

    def upwards(self) -> Iterator[tuple[Bracket, Decimal | None]]:
        """Each tier with the value at which it ends; None for the last."""
        ends = [*self._floors[1:], None]
        return zip(self.brackets, ends, strict=True)

    def __repr__(self) -> str:
        count = len(self.brackets)
        return str(self.lowest_rate) if count == 1 else f"<{count} tiers>"


def _brackets(tiers: Sequence[tuple[Number, Number]]) -> Iterator[Bracket]:
    rate_below, deduction = ZERO, ZERO
    for place, (floor, rate) in enumerate(tiers):
        start = not_negative(floor, field=f"floor of tier {place + 1}")
        exact = not_negative(rate, field=f"maintenance rate of tier {place + 1}")
        deduction += start * (exact - rate_below)
        rate_below = exact
        yield Bracket(start, exact, deduction)


def _check(brackets: tuple[Bracket, ...]) -> None:
    if not brackets or brackets[0].floor:
        start = brackets[0].floor if brackets else None
        raise InvalidArgument(field="floor of tier 1", value=start, reason="begin at 0")
    for below, above in pairwise(brackets):
        if above.floor <= below.floor or above.rate < below.rate:
            raise InvalidArgument(
                field="tiers",
                value=f"{below.floor}: {below.rate}, {above.floor}: {above.rate}",
                reason="give floors and rates that ascend",
            )
    if brackets[-1].rate >= ONE:
        raise InvalidArgument(
            field="maintenance rate", value=brackets[-1].rate, reason="give less than 1"
        )
