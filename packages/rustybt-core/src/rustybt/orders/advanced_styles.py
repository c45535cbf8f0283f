"""Styles that Zipline does not have: stops that follow the price, orders that show a part."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from rustybt.errors import BadOrderParameters, UnsupportedOrderParameters
from rustybt.orders.parameters import distance
from rustybt.orders.styles import ExecutionStyle, LimitOrder
from rustybt.orders.trailing import Trail

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Arithmetic, OrderRounding


class TrailingStopOrder(ExecutionStyle):
    """Become a market order once the price comes back from its best by a distance.

    Args:
        trail_amount: The distance in money per unit.
        trail_percent: The distance as a share of the best price: 0.05 is five percent. One of
            the two.
        asset: See :class:`ExecutionStyle`.
        exchange: See :class:`ExecutionStyle`.

    Raises:
        UnsupportedOrderParameters: Both were given, or none.
        BadOrderParameters: The distance is not above zero, or a share not below one.
    """

    order_type: ClassVar[str] = "trailing_stop"

    def __init__(
        self,
        trail_amount: object = None,
        trail_percent: object = None,
        asset: "Asset | None" = None,
        exchange: str | None = None,
    ) -> None:
        super().__init__(asset, exchange)
        if (trail_amount is None) == (trail_percent is None):
            raise UnsupportedOrderParameters(
                msg=f"trail_amount was {trail_amount} and trail_percent {trail_percent}; "
                "give one of the two"
            )
        self.trail_amount, self.trail_percent = (
            None if value is None else distance(value, name)
            for value, name in ((trail_amount, "trail_amount"), (trail_percent, "trail_percent"))
        )
        if self.trail_percent is not None and self.trail_percent >= 1:
            raise BadOrderParameters(
                msg=f"trail_percent was {trail_percent}; give a share below 1: 0.05 is 5 percent"
            )

    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """None."""
        return None

    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """None: the market makes it."""
        return None

    def trail(
        self, asset: "Asset", arithmetic: "Arithmetic", rounding: "OrderRounding", *, is_buy: bool
    ) -> Trail | None:
        """The distance, with nothing followed yet."""
        return Trail(
            asset=self.asset or asset,
            is_buy=is_buy,
            amount=self.trail_amount,
            share=self.trail_percent,
            arithmetic=arithmetic,
            rounding=rounding,
        )

    def __repr__(self) -> str:
        if self.trail_amount is None:
            return f"TrailingStopOrder(trail_percent={self.trail_percent})"
        return f"TrailingStopOrder(trail_amount={self.trail_amount})"


class IcebergOrder(LimitOrder):
    """Fill at `limit_price` or better while the market sees only a part at a time.

    A bar fills no more than the part that shows; once that is gone the next one goes to the end
    of the queue.

    Args:
        limit_price: See :class:`LimitOrder`.
        visible: The amount that shows, above zero.
        asset: See :class:`ExecutionStyle`.
        exchange: See :class:`ExecutionStyle`.

    Raises:
        BadOrderParameters: `visible` is not above zero.
    """

    order_type: ClassVar[str] = "iceberg"

    def __init__(
        self,
        limit_price: object,
        visible: object,
        asset: "Asset | None" = None,
        exchange: str | None = None,
    ) -> None:
        super().__init__(limit_price, asset, exchange)
        self.visible = distance(visible, "visible")

    def __repr__(self) -> str:
        return f"IcebergOrder(limit_price={self.limit_price}, visible={self.visible})"
