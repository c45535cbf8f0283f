"""Fill models: which resting orders a bar may fill, and how much of them.

The venue asks for every order that a bar triggers, before slippage, which then has the last word
on price and volume. What is drawn depends on the run's seed, the order's sequence number and the
bar alone, so that a run repeats however its orders are processed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from rustybt.errors import InvalidArgument
from rustybt.finance._cost_model import WorkingOrder
from rustybt.finance._fixed_point import SCALE
from rustybt.finance._parameters import Number, not_negative, positive
from rustybt.finance.slippage import whole_lots
from rustybt.values import divide_half_even, from_scaled, like, rounded_scaled

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure, Market
    from rustybt.finance.draws import Draws

__all__ = ["AlwaysFill", "FillModel", "PartialFill", "PassiveFillProbability", "RestingOrder"]

_PURPOSE: Final = "fill"
_ZERO: Final = Decimal(0)


class RestingOrder(WorkingOrder, Protocol):
    """The part of an order that a fill model uses, as it is before the bar."""

    @property
    def sequence(self) -> int:
        """Number of the order within its run."""


@runtime_checkable
class FillModel(Protocol):
    """Which resting orders a bar may fill, and how much of them."""

    def fillable(self, data: Market, order: RestingOrder, at: int, draws: Draws) -> Figure:
        """How much of an order that the bar triggers may fill in it.

        Args:
            data: The market at the bar.
            order: The order before the bar.
            at: The bar's label in nanoseconds UTC; it names the bar in draws.
            draws: Where random numbers come from.

        Returns:
            Signed amount in whole lots, at most the order's open amount; zero for nothing. A
            number as the order's: a Decimal, or a float in float runs.
        """


class AlwaysFill:
    """Every triggered order may fill as a whole; the default."""

    def fillable(self, data: Market, order: RestingOrder, at: int, draws: Draws) -> Figure:
        return order.open_amount

    def __repr__(self) -> str:
        return "AlwaysFill()"


class PassiveFillProbability:
    """An order that rests at its limit fills with a probability in each bar that reaches it.

    Others wait at the same price and may be served first; a bar does not tell. An order that
    takes what is there always fills: one without a limit price, a triggered stop included, IOC
    and FOK, and a limit that the price had reached as the order arrived, in its first bar.

    Args:
        probability: From 0 (never) to 1 (always), for each bar.
        touch_only: Whether an order is certain to fill in a bar that trades beyond its price
            (the low below a buy's, the high above a sale's), and is drawn for only where the bar
            reaches the price and no more.

    Raises:
        InvalidArgument: The probability is below 0 or above 1.
    """

    def __init__(self, probability: Number, *, touch_only: bool = False) -> None:
        self.probability = _share(probability, field="probability")
        self.touch_only = touch_only
        self._below = rounded_scaled(self.probability, SCALE)

    def fillable(self, data: Market, order: RestingOrder, at: int, draws: Draws) -> Figure:
        if order.takes_liquidity or (self.touch_only and _is_beyond(data, order)):
            return order.open_amount
        if draws.uniform(_PURPOSE, order.sequence, at) < self._below:
            return order.open_amount
        return like(_ZERO, order.open_amount)

    def __repr__(self) -> str:
        return (
            f"PassiveFillProbability(probability={self.probability}, touch_only={self.touch_only})"
        )


class PartialFill:
    """A bar fills no more than a share of what is open, cut to whole lots, at least one lot.

    Args:
        share: Above 0, at most 1; or the least and the most of a range, from which a share is
            drawn for each order and bar, all values equally likely.

    Raises:
        InvalidArgument: A share is not above 0 or above 1, or the range runs downwards.
    """

    def __init__(self, share: Number | tuple[Number, Number] = 0.5) -> None:
        least, most = share if isinstance(share, tuple) else (share, share)
        self.least = _share(positive(least, field="share"), field="share")
        self.most = _share(most, field="share")
        if self.most < self.least:
            raise InvalidArgument(field="share", value=share, reason="give (least, most)")
        self._least = rounded_scaled(self.least, SCALE)
        self._width = rounded_scaled(self.most, SCALE) - self._least

    def fillable(self, data: Market, order: RestingOrder, at: int, draws: Draws) -> Figure:
        left = abs(order.open_amount)
        part = left * like(from_scaled(self._drawn(order, at, draws), SCALE), left)
        lot = like(order.asset.lot_size, left)
        return min(max(whole_lots(part, order.asset), lot), left) * order.direction

    def _drawn(self, order: RestingOrder, at: int, draws: Draws) -> int:
        """The share for an order and a bar, at scale 18."""
        if not self._width:
            return self._least
        uniform = draws.uniform(_PURPOSE, order.sequence, at)
        return self._least + divide_half_even(self._width * uniform, 10**SCALE)

    def __repr__(self) -> str:
        if not self._width:
            return f"PartialFill(share={self.least})"
        return f"PartialFill(share=({self.least}, {self.most}))"


def _is_beyond(data: Market, order: RestingOrder) -> bool:
    """Whether the bar traded at better prices than the order's limit."""
    best = data.current(order.asset, "low" if order.direction > 0 else "high")
    if best is None or order.limit is None:
        return False
    return bool((order.limit - best) * order.direction > 0)


def _share(value: Number, *, field: str) -> Decimal:
    number = not_negative(value, field=field)
    if number > 1:
        raise InvalidArgument(field=field, value=value, reason="give at most 1")
    return number
