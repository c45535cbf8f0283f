"""Styles of several orders that depend on each other."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from rustybt.errors import BadOrderParameters, UnsupportedOrderParameters
from rustybt.orders.advanced_styles import TrailingStopOrder
from rustybt.orders.styles import (
    ExecutionStyle,
    LimitOrder,
    MarketOrder,
    StopLimitOrder,
    StopOrder,
)

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import OrderRounding

_FEWEST_LEGS: Final = 2


class GroupStyle(ExecutionStyle):
    """Base of styles that place several orders at once.

    Attributes:
        first: The style of the order whose id an order function returns.
    """

    is_group: ClassVar[bool] = True
    first: ExecutionStyle

    def prices(
        self, asset: "Asset", rounding: "OrderRounding", *, is_buy: bool
    ) -> tuple[Decimal | None, Decimal | None]:
        """Those of the first order."""
        return self.first.prices(asset, rounding, is_buy=is_buy)

    def get_limit_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """That of the first order."""
        return self.first.get_limit_price(is_buy)

    def get_stop_price(self, is_buy: bool) -> Decimal | None:  # noqa: FBT001 - Zipline
        """That of the first order."""
        return self.first.get_stop_price(is_buy)


class OCOOrder(GroupStyle):
    """One cancels the other: the first of several orders to fill, even in part, ends the rest.

    All legs are of the asset that the call orders. They have its amount; those of `opposite` have
    it with the other sign: ``order(asset, 100, style=OCOOrder(StopOrder(52),
    opposite=StopOrder(48)))`` buys 100 above 52 or sells 100 below 48, whichever comes first.

    Args:
        *legs: Styles of single orders, one or more.
        opposite: A style, or several, of the other side.
        exchange: See :class:`ExecutionStyle`.

    Attributes:
        legs: Those of the side that is ordered.
        opposite: Those of the other side.

    Raises:
        UnsupportedOrderParameters: There are fewer than two legs in all or none of the side that
            is ordered, or one is no single order.
    """

    order_type: ClassVar[str] = "oco"

    def __init__(
        self,
        *legs: ExecutionStyle,
        opposite: ExecutionStyle | Sequence[ExecutionStyle] = (),
        exchange: str | None = None,
    ) -> None:
        super().__init__(exchange=exchange)
        others = (opposite,) if isinstance(opposite, ExecutionStyle) else tuple(opposite)
        if not legs or len(legs) + len(others) < _FEWEST_LEGS:
            beside = f" and {len(others)} opposite ones" if others else ""
            raise UnsupportedOrderParameters(
                msg=f"an OCO order was given {len(legs)} legs{beside}; give two or more styles, "
                "at least one of them for the side that is ordered"
            )
        self.legs = tuple(_single(leg, "a leg of an OCO order") for leg in legs)
        self.opposite = tuple(_single(leg, "an opposite leg of an OCO order") for leg in others)
        self.both_sides = bool(others)
        self.first = self.legs[0]

    def __repr__(self) -> str:
        legs = ", ".join(map(repr, self.legs))
        return (
            f"OCOOrder({legs}, opposite={self.opposite})" if self.opposite else f"OCOOrder({legs})"
        )


class BracketOrder(GroupStyle):
    """An entry, and the two exits that wait for it: a profit to take, a loss to stop.

    The exits live for what of the entry has filled, and the first one to fill takes from the
    other what it fills.

    Args:
        entry: Style of the entry; a market order when not given.
        take_profit: A price, or a `LimitOrder`.
        stop_loss: A price, or a `StopOrder`, `StopLimitOrder` or `TrailingStopOrder`. One of the
            two exits may be left out.
        exchange: See :class:`ExecutionStyle`.

    Raises:
        UnsupportedOrderParameters: There is no exit, or an order of the wrong style.
        BadOrderParameters: A price is no number, not finite or negative.
    """

    order_type: ClassVar[str] = "bracket"

    def __init__(
        self,
        entry: ExecutionStyle | None = None,
        take_profit: object = None,
        stop_loss: object = None,
        exchange: str | None = None,
    ) -> None:
        super().__init__(exchange=exchange)
        if take_profit is None and stop_loss is None:
            raise UnsupportedOrderParameters(
                msg="a bracket was given no exit; give take_profit, stop_loss or both"
            )
        self.entry = MarketOrder() if entry is None else _single(entry, "the entry of a bracket")
        self.first = self.entry
        self.take_profit = _take_profit(take_profit)
        self.stop_loss = _stop_loss(stop_loss)

    def check_sides(self, *, is_buy: bool) -> None:
        """Refuse a profit that lies beyond the loss.

        Raises:
            BadOrderParameters: Both exits would be reached at once.
        """
        profit = None if self.take_profit is None else self.take_profit.limit_price
        loss = getattr(self.stop_loss, "stop_price", None)
        if profit is None or loss is None:
            return
        if (profit <= loss) if is_buy else (profit >= loss):
            side = "above" if is_buy else "below"
            raise BadOrderParameters(
                msg=f"take_profit was {profit} and stop_loss {loss}; of a "
                f"{'buy' if is_buy else 'sale'} the profit lies {side} the loss"
            )

    def __repr__(self) -> str:
        return (
            f"BracketOrder({self.entry!r}, take_profit={self.take_profit!r}, "
            f"stop_loss={self.stop_loss!r})"
        )


def _single(style: object, what: str) -> ExecutionStyle:
    if not isinstance(style, ExecutionStyle) or isinstance(style, GroupStyle):
        raise UnsupportedOrderParameters(msg=f"{what} was {style!r}; give a style of one order")
    return style


def _take_profit(value: object) -> LimitOrder | None:
    if value is None or isinstance(value, LimitOrder):
        return value
    if isinstance(value, ExecutionStyle):
        raise UnsupportedOrderParameters(
            msg=f"take_profit was {value!r}; give a price or a LimitOrder"
        )
    return LimitOrder(value)


def _stop_loss(value: object) -> ExecutionStyle | None:
    if value is None or isinstance(value, StopOrder | StopLimitOrder | TrailingStopOrder):
        return value
    if isinstance(value, ExecutionStyle):
        raise UnsupportedOrderParameters(
            msg=f"stop_loss was {value!r}; give a price, a StopOrder, a StopLimitOrder or a "
            "TrailingStopOrder"
        )
    return StopOrder(value)
