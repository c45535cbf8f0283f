"""What an order call means: a style and terms, from keywords."""

from datetime import date
from typing import Any, NamedTuple, TypedDict, cast

from rustybt.errors import UnsupportedOrderParameters
from rustybt.orders.advanced_styles import IcebergOrder, TrailingStopOrder
from rustybt.orders.group_styles import BracketOrder, GroupStyle, OCOOrder
from rustybt.orders.styles import ExecutionStyle, style_from_prices
from rustybt.orders.terms import PLAIN_TERMS, OrderTerms, TimeInForce


class OrderOptions(TypedDict, total=False):
    """Keywords that every order function takes beside Zipline's arguments.

    Attributes:
        trail_amount: Distance of a trailing stop in money per unit.
        trail_percent: Distance of a trailing stop as a share of the price: 0.05 is 5 percent.
        take_profit: Price, or `LimitOrder`, at which what the order opens is closed again.
        stop_loss: Price, `StopOrder`, `StopLimitOrder` or `TrailingStopOrder` of the other exit.
        visible: Amount of a limit order that the market sees at once.
        time_in_force: "GTC", "DAY", "IOC", "FOK" or "GTD".
        good_till: Last date or last moment of the order; makes it GTD.
        post_only: Whether it is refused rather than filled at a price that is there already.
        reduce_only: Whether it may only bring the position nearer to zero; of a bracket, its
            exits.
    """

    trail_amount: object
    trail_percent: object
    take_profit: object
    stop_loss: object
    visible: object
    time_in_force: TimeInForce | str | None
    good_till: date | str | None
    post_only: bool
    reduce_only: bool


_KNOWN = frozenset(OrderOptions.__annotations__)


class OrderRequest(NamedTuple):
    """How an order is to be executed.

    Attributes:
        style: Its prices.
        terms: How long it lives, and what it must not do.
    """

    style: ExecutionStyle
    terms: OrderTerms


def order_request(
    limit_price: object,
    stop_price: object,
    style: ExecutionStyle | None,
    options: OrderOptions,
) -> OrderRequest:
    """The style and the terms that an order call means by its arguments.

    Raises:
        UnsupportedOrderParameters: Arguments that exclude each other.
        BadOrderParameters: An impossible value.
        TypeError: An unknown keyword.
    """
    if not options:
        placed = style_from_prices(limit_price, stop_price, style)
        return OrderRequest(placed, PLAIN_TERMS)
    if not _KNOWN.issuperset(options):
        unknown = ", ".join(sorted(options.keys() - _KNOWN))
        known = ", ".join(["limit_price", "stop_price", "style", *sorted(_KNOWN)])
        raise TypeError(f"an order has no keyword {unknown}; it has {known}")
    return _Call(limit_price, stop_price, style, **cast("dict[str, Any]", options)).request()


class _Call:
    """The arguments of one call."""

    def __init__(  # noqa: PLR0913 - one keyword for each choice
        self,
        limit_price: object,
        stop_price: object,
        style: ExecutionStyle | None,
        *,
        trail_amount: object = None,
        trail_percent: object = None,
        take_profit: object = None,
        stop_loss: object = None,
        visible: object = None,
        time_in_force: TimeInForce | str | None = None,
        good_till: date | str | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> None:
        self._limit_price = limit_price
        self._stop_price = stop_price
        self._trail_amount = trail_amount
        self._trail_percent = trail_percent
        self._visible = visible
        self._style = style
        self._take_profit = take_profit
        self._stop_loss = stop_loss
        self._terms = OrderTerms.of(
            time_in_force, good_till, post_only=post_only, reduce_only=reduce_only
        )

    def request(self) -> OrderRequest:
        """The style and the terms together."""
        style = self._single()
        if self._take_profit is not None or self._stop_loss is not None:
            if isinstance(style, GroupStyle):
                raise UnsupportedOrderParameters(
                    msg=f"style was {style!r} although exits were given; leave one of them out"
                )
            style = BracketOrder(style, self._take_profit, self._stop_loss)
        _check_terms(style, self._terms)
        return OrderRequest(style, self._terms)

    def _single(self) -> ExecutionStyle:
        """The style without its exits."""
        prices = _given(limit_price=self._limit_price, stop_price=self._stop_price)
        trail = _given(trail_amount=self._trail_amount, trail_percent=self._trail_percent)
        shown = _given(visible=self._visible)
        if self._style is not None and (prices or trail or shown):
            raise _excluded({**prices, **trail, **shown}, "a style")
        if trail:
            if prices or shown:
                raise _excluded({**prices, **shown}, next(iter(trail)))
            return TrailingStopOrder(self._trail_amount, self._trail_percent)
        if shown:
            if set(prices) != {"limit_price"}:
                raise UnsupportedOrderParameters(
                    msg=f"visible was {self._visible}; give it with a limit_price alone"
                )
            return IcebergOrder(self._limit_price, self._visible)
        return style_from_prices(self._limit_price, self._stop_price, self._style)


def _given(**arguments: object) -> dict[str, object]:
    return {name: value for name, value in arguments.items() if value is not None}


def _excluded(arguments: dict[str, object], other: str) -> UnsupportedOrderParameters:
    name, value = next(iter(arguments.items()))
    return UnsupportedOrderParameters(
        msg=f"{name} was {value} although {other} was given; leave one of the two out"
    )


def _check_terms(style: ExecutionStyle, terms: OrderTerms) -> None:
    """Refuse terms that an order of the style cannot keep."""
    singles = _singles(style)
    if terms.post_only and not all(map(_rests_at_a_limit, singles)):
        raise UnsupportedOrderParameters(
            msg=f"post_only was given with {style!r}; give it with limit orders, which rest"
        )
    hides = any(single.visible is not None for single in singles)
    if hides and terms.time_in_force is TimeInForce.FOK:
        raise UnsupportedOrderParameters(
            msg="FOK was given with an iceberg, which fills in parts; leave one of them out"
        )


def _singles(style: ExecutionStyle) -> tuple[ExecutionStyle, ...]:
    """The orders that the terms apply to."""
    if isinstance(style, OCOOrder):
        return (*style.legs, *style.opposite)
    return (style.entry,) if isinstance(style, BracketOrder) else (style,)


def _rests_at_a_limit(style: ExecutionStyle) -> bool:
    limit, stop = style.get_limit_price(is_buy=True), style.get_stop_price(is_buy=True)
    return limit is not None and stop is None
