"""How an order is to be executed. Names and arguments are Zipline's."""

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from rustybt.errors import UnsupportedOrderParameters
from rustybt.orders.parameters import order_price
from rustybt.values import ExactRounding, OrderRounding

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.orders.trailing import Trail
    from rustybt.values import Arithmetic

_CENT = Decimal("0.01")


class ExecutionStyle(ABC):
    """Base of all order styles.

    Args:
        asset: Where given, prices are rounded to its tick; otherwise to the tick of the asset
            that is ordered.
        exchange: The venue to send the order to, None for the account's own.

    Attributes:
        rounding: How prices get onto the tick.
        order_type: What orders of the style are called in views and in the audit log.
        visible: The amount of an iceberg that the market sees at once; None: all of it.
        is_group: Whether it means several orders.
        both_sides: Whether some of them buy and others sell before anything has filled.
    """

    order_type: ClassVar[str] = "custom"
    is_group: ClassVar[bool] = False
    both_sides: bool = False
    visible: Decimal | None = None

    def __init__(self, asset: "Asset | None" = None, exchange: str | None = None) -> None:
        self.asset = asset
        self.exchange = exchange
        self.rounding: OrderRounding = ExactRounding()

    @abstractmethod
    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """The limit price on the tick, None without one."""

    @abstractmethod
    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """The stop price on the tick, None without one."""

    def prices(
        self, asset: "Asset", rounding: OrderRounding, *, is_buy: bool
    ) -> tuple[Decimal | None, Decimal | None]:
        """Limit and stop price of an order of `asset`, put on the tick by `rounding`."""
        placed = self.for_asset(asset, rounding)
        return placed.get_limit_price(is_buy), placed.get_stop_price(is_buy)

    def trail(
        self, asset: "Asset", arithmetic: "Arithmetic", rounding: OrderRounding, *, is_buy: bool
    ) -> "Trail | None":
        """How the stop of an order of `asset` follows the price; None where it stays."""
        return None

    def for_asset(self, asset: "Asset", rounding: OrderRounding | None = None) -> "ExecutionStyle":
        """A copy of the style on the tick of `asset`, unless it names an asset itself.

        Args:
            asset: What is ordered.
            rounding: How prices get onto the tick; the style's own way when not given.
        """
        placed = object.__new__(type(self))  # As copy.copy does, in a fifth of the time.
        vars(placed).update(vars(self))
        placed.asset = self.asset or asset
        placed.rounding = rounding or self.rounding
        return placed

    def _on_tick(self, price: Decimal, *, prefer_down: bool) -> Decimal:
        tick = _CENT if self.asset is None else self.asset.tick_size
        return self.rounding.order_price(price, tick, prefer_down=prefer_down)

    def __repr__(self) -> str:
        prices = {k: str(v) for k, v in vars(self).items() if k.endswith("_price")}
        inner = ", ".join(f"{name}={value}" for name, value in prices.items())
        return f"{type(self).__name__}({inner})"


class MarketOrder(ExecutionStyle):
    """Fill at the next price there is."""

    order_type: ClassVar[str] = "market"

    def __init__(self, exchange: str | None = None) -> None:
        super().__init__(exchange=exchange)

    def prices(
        self, asset: "Asset", rounding: OrderRounding, *, is_buy: bool
    ) -> tuple[Decimal | None, Decimal | None]:
        """None and None."""
        return None, None

    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """None."""
        return None

    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """None."""
        return None


class LimitOrder(ExecutionStyle):
    """Fill at `limit_price` or better."""

    order_type: ClassVar[str] = "limit"

    def __init__(
        self, limit_price: object, asset: "Asset | None" = None, exchange: str | None = None
    ) -> None:
        super().__init__(asset, exchange)
        self.limit_price = order_price(limit_price, "limit")

    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """The limit on the tick: a buy prefers down, a sell up."""
        return self._on_tick(self.limit_price, prefer_down=is_buy)

    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """None."""
        return None


class StopOrder(ExecutionStyle):
    """Become a market order once the price reaches `stop_price`."""

    order_type: ClassVar[str] = "stop"

    def __init__(
        self, stop_price: object, asset: "Asset | None" = None, exchange: str | None = None
    ) -> None:
        super().__init__(asset, exchange)
        self.stop_price = order_price(stop_price, "stop")

    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """None."""
        return None

    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """The stop on the tick: a buy prefers up, a sell down."""
        return self._on_tick(self.stop_price, prefer_down=not is_buy)


class StopLimitOrder(ExecutionStyle):
    """Become a limit order at `limit_price` once the price reaches `stop_price`."""

    order_type: ClassVar[str] = "stop_limit"

    def __init__(
        self,
        limit_price: object,
        stop_price: object,
        asset: "Asset | None" = None,
        exchange: str | None = None,
    ) -> None:
        super().__init__(asset, exchange)
        self.limit_price = order_price(limit_price, "limit")
        self.stop_price = order_price(stop_price, "stop")

    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """The limit on the tick: a buy prefers down, a sell up."""
        return self._on_tick(self.limit_price, prefer_down=is_buy)

    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """The stop on the tick: a buy prefers up, a sell down."""
        return self._on_tick(self.stop_price, prefer_down=not is_buy)


def style_from_prices(
    limit_price: object, stop_price: object, style: ExecutionStyle | None
) -> ExecutionStyle:
    """The style that an order call means by its keywords.

    Raises:
        UnsupportedOrderParameters: A style and a price were given together.
        BadOrderParameters: A price is no number, not finite or negative.
    """
    if style is not None:
        for name, price in (("limit_price", limit_price), ("stop_price", stop_price)):
            if price is not None:
                raise UnsupportedOrderParameters(
                    msg=f"{name} was {price} although a style was given; put the price into the "
                    "style or leave the style out"
                )
        return style
    if limit_price is not None and stop_price is not None:
        return StopLimitOrder(limit_price, stop_price)
    if limit_price is not None:
        return LimitOrder(limit_price)
    if stop_price is not None:
        return StopOrder(stop_price)
    return _MARKET


_MARKET = MarketOrder()
"""What orders without a price share."""
