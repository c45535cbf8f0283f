"""A stop price that follows the market."""

from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.values import KERNEL_CONTEXT, Arithmetic, Num, OrderRounding, Ratio, parse_decimal

if TYPE_CHECKING:
    from rustybt.assets import Asset

_ZERO = Decimal(0)


class Trail:
    """How the stop of one order follows the price.

    The stop of a sale lies below the highest price since the order reached the market, that of a
    buy above the lowest; it only ever comes nearer. It is put on the tick as other stops are.

    Args:
        asset: What is ordered.
        is_buy: Whether the order buys.
        amount: Distance in money per unit; None where it is a share.
        share: Distance as a share of the price: 0.05 is five percent.
        arithmetic: The run's numbers.
        rounding: How order prices get onto the tick.

    Attributes:
        mark: The best price so far, a kernel price; None before the first.
    """

    __slots__ = ("_arithmetic", "_asset", "_is_buy", "_rounding", "amount", "mark", "share")

    def __init__(
        self,
        *,
        asset: "Asset",
        is_buy: bool,
        amount: Decimal | None,
        share: Decimal | None,
        arithmetic: Arithmetic,
        rounding: OrderRounding,
    ) -> None:
        assert (amount is None) != (share is None), "a trail has one distance"
        self._asset = asset
        self._is_buy = is_buy
        self._arithmetic = arithmetic
        self._rounding = rounding
        self.amount = amount
        self.share = share
        self.mark: Num | None = None

    def follow(self, price: Num) -> Num | None:
        """The new stop after a price, a kernel price; None where the stop stays."""
        mark = self.mark
        if mark is not None and (price >= mark if self._is_buy else price <= mark):
            return None
        self.mark = price
        return self._stop(price)

    def split(self, ratio: Ratio) -> None:
        """Bring the mark, and a distance in money, to the scale after a split."""
        if self.mark is not None:
            self.mark = self._arithmetic.scale_price(self.mark, ratio)
        if self.amount is not None:
            product = KERNEL_CONTEXT.multiply(self.amount, ratio.numerator)
            self.amount = KERNEL_CONTEXT.divide(product, ratio.denominator)

    def _stop(self, mark: Num) -> Num:
        price = parse_decimal(self._arithmetic.price_value(mark), field="price")
        distance = self.amount
        if self.share is not None:
            distance = KERNEL_CONTEXT.multiply(price, self.share)
        assert distance is not None
        away = KERNEL_CONTEXT.add if self._is_buy else KERNEL_CONTEXT.subtract
        stop = self._rounding.order_price(
            max(away(price, distance), _ZERO),
            self._asset.tick_size,
            prefer_down=not self._is_buy,
        )
        return self._arithmetic.price(stop, "stop price")
