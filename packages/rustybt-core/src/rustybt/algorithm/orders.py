"""The order functions of a running algorithm."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol, Unpack

from rustybt.algorithm.environment import Phase
from rustybt.algorithm.funds import check_funds, check_growth, check_replacement
from rustybt.algorithm.open_orders import OpenOrderMethods
from rustybt.assets import Asset
from rustybt.errors import (
    AccountRefusal,
    BorrowUnavailable,
    CannotOrderDelistedAsset,
    OrderDuringInitialize,
    OrderInBeforeTradingStart,
    UnsupportedOrderParameters,
)
from rustybt.finance.controls import OrderRefused
from rustybt.logs import get_logger
from rustybt.orders import (
    PLAIN_TERMS,
    BracketOrder,
    EndCode,
    ExecutionStyle,
    MarketOrder,
    OrderOptions,
    OrderRequest,
    exposed_amounts,
    order_request,
)
from rustybt.values import KERNEL_CONTEXT, divide_exact, parse_decimal, round_to_lot

if TYPE_CHECKING:
    from rustybt.orders import Figures, Order
    from rustybt.values import Num

_HUNDRED_BILLION = 10**11
_MARKET: Final = OrderRequest(MarketOrder(), PLAIN_TERMS)


class ShareCounts(Protocol):
    """Amounts by asset: a dict, or anything with `items` such as a pandas Series."""

    def items(self) -> Iterable[tuple[Asset, Any]]:
        """Pairs of asset and amount."""


class OrderMethods(OpenOrderMethods):
    """`order` and its relatives. They return an id at once, never a fill."""

    _shared: tuple[float, Decimal, Decimal] | None = None
    """The last share of a portfolio, its value, and that part: many orders are for equal parts."""

    def order(
        self,
        asset: Asset,
        amount: object,
        limit_price: object = None,
        stop_price: object = None,
        style: ExecutionStyle | None = None,
        **options: Unpack[OrderOptions],
    ) -> str | None:
        """Order an amount of an asset.

        Args:
            asset: What to trade.
            amount: How much; negative sells. Cut toward zero to whole lots of the asset, unless
                it is within 1e-4 of one.
            limit_price: Highest price to buy or lowest to sell at.
            stop_price: Price at which the order becomes active.
            style: An order style in place of the two prices.
            **options: Further prices, how long the order lives and what it must not do; see
                `OrderOptions`.

        Returns:
            The order's id: of a bracket that of its entry, of an OCO order that of its first leg.
            None when nothing is ordered: an amount of zero, an asset that has ended, or an order
            refused by a control. An order that the venue refuses has an id.

        Raises:
            UnsupportedOrderParameters: `asset` is none, or arguments exclude each other.
            BadOrderParameters: A price is negative or no finite number, or another value is
                impossible.
            TradingControlViolation: A control with ``on_error="fail"`` forbids it.
        """
        if not self._can_order(asset):
            return None
        exact = parse_decimal(amount, field="amount")
        return self._order(asset, exact, order_request(limit_price, stop_price, style, options))

    def order_value(
        self,
        asset: Asset,
        value: object,
        limit_price: object = None,
        stop_price: object = None,
        style: ExecutionStyle | None = None,
        **options: Unpack[OrderOptions],
    ) -> str | None:
        """Order as much of an asset as `value` buys at its last price; see `order`.

        Values are money of the account's currency.

        Raises:
            CannotOrderDelistedAsset: The asset does not trade now, or has no price yet.
            MissingRate: There is no rate as of now for an asset that is quoted in another currency.
        """
        if not self._can_order(asset):
            return None
        amount = self._amount_of(asset, parse_decimal(value, field="value"))
        return self._order(asset, amount, order_request(limit_price, stop_price, style, options))

    def order_percent(
        self,
        asset: Asset,
        percent: object,
        limit_price: object = None,
        stop_price: object = None,
        style: ExecutionStyle | None = None,
        **options: Unpack[OrderOptions],
    ) -> str | None:
        """Order a share of the portfolio's value: 0.5 means 50 %; see `order`."""
        if not self._can_order(asset):
            return None
        amount = self._amount_of(asset, self._share_of_portfolio(percent))
        return self._order(asset, amount, order_request(limit_price, stop_price, style, options))

    def order_target(
        self,
        asset: Asset,
        target: object,
        limit_price: object = None,
        stop_price: object = None,
        style: ExecutionStyle | None = None,
        **options: Unpack[OrderOptions],
    ) -> str | None:
        """Order what brings the position to `target`; open orders do not count. See `order`."""
        if not self._can_order(asset):
            return None
        amount = parse_decimal(target, field="target") - self._held(asset)
        return self._order(asset, amount, order_request(limit_price, stop_price, style, options))

    def order_target_value(
        self,
        asset: Asset,
        target: object,
        limit_price: object = None,
        stop_price: object = None,
        style: ExecutionStyle | None = None,
        **options: Unpack[OrderOptions],
    ) -> str | None:
        """Order what brings the position to a value at the last price; see `order_target`."""
        if not self._can_order(asset):
            return None
        amount = self._amount_of(asset, parse_decimal(target, field="target")) - self._held(asset)
        return self._order(asset, amount, order_request(limit_price, stop_price, style, options))

    def order_target_percent(
        self,
        asset: Asset,
        target: object,
        limit_price: object = None,
        stop_price: object = None,
        style: ExecutionStyle | None = None,
        **options: Unpack[OrderOptions],
    ) -> str | None:
        """Order what brings the position to a share of the portfolio; see `order_target`."""
        if not self._can_order(asset):
            return None
        amount = self._amount_of(asset, self._share_of_portfolio(target)) - self._held(asset)
        return self._order(asset, amount, order_request(limit_price, stop_price, style, options))

    def batch_market_order(self, share_counts: ShareCounts) -> list[str]:
        """Place one market order per asset, without asking the trading controls.

        Args:
            share_counts: Amounts by asset.

        Returns:
            The ids of the orders placed; amounts of zero place none.
        """
        self._check_phase()
        ids = []
        for asset, amount in share_counts.items():
            lots = self._whole_lots(asset, parse_decimal(amount, field="amount"))
            order_id = self._funded(asset, lots, _MARKET)
            if order_id is not None:
                ids.append(order_id)
        return ids

    def _can_order(self, asset: object) -> bool:
        """Whether the asset can be ordered now; False, with a warning, once it has ended."""
        self._check_phase()
        if not isinstance(asset, Asset):
            raise UnsupportedOrderParameters(
                msg=f"asset was {asset!r}; give an Asset, as symbol() or sid() return it"
            )
        if asset.auto_close_date is None:
            return True
        last = min(asset.end_date or asset.auto_close_date, asset.auto_close_date)
        if self._env.session_date > last:
            get_logger(__name__).warning(
                "cannot place order: the asset has ended", asset=asset.symbol, last_session=last
            )
            return False
        return True

    def _check_phase(self) -> None:
        env = self._env
        if env.phase is Phase.INITIALIZE:
            if env.rules.assert_in_initialize:
                raise AssertionError("an order was placed in initialize")
            raise OrderDuringInitialize
        if env.phase is Phase.BEFORE_OPEN and not env.rules.before_open:
            raise OrderInBeforeTradingStart

    def _whole_lots(self, asset: Asset, amount: Decimal) -> Decimal:
        lots = round_to_lot(amount, asset.lot_size)
        if abs(lots) > _HUNDRED_BILLION:
            raise OverflowError(f"amount was {amount}; order at most {_HUNDRED_BILLION:,} at once")
        return lots

    def _order(self, asset: Asset, amount: Decimal, request: OrderRequest) -> str | None:
        lots = self._whole_lots(asset, amount)
        try:
            self._check_controls(asset, lots)
            if request.style.both_sides:
                self._check_controls(asset, -lots)
            check_funds(self._env, asset, lots, request)
        except OrderRefused as refusal:
            return self._reject(asset, lots, request.style, refusal.constraint, EndCode.CONTROL)
        except AccountRefusal as refusal:
            return self._refuse(asset, lots, request.style, refusal)
        return self._send(asset, lots, request)

    def _funded(self, asset: Asset, lots: Decimal, request: OrderRequest) -> str | None:
        """Send an order that no control is asked about, if the account has the funds."""
        try:
            check_funds(self._env, asset, lots, request)
        except AccountRefusal as refusal:
            return self._refuse(asset, lots, request.style, refusal)
        return self._send(asset, lots, request)

    def _refuse(
        self, asset: Asset, lots: Decimal, style: ExecutionStyle, refusal: AccountRefusal
    ) -> str | None:
        """Keep what the account refuses as a rejected order, or raise, as the account says."""
        if self._env.funds.on_refusal == "fail":
            raise refusal
        not_lent = isinstance(refusal, BorrowUnavailable)
        code = EndCode.NOT_LENT if not_lent else EndCode.ACCOUNT
        return self._reject(asset, lots, style, str(refusal), code)

    def _send(self, asset: Asset, lots: Decimal, request: OrderRequest) -> str | None:
        if not lots:
            return None
        env = self._env
        style, terms = request
        if isinstance(style, BracketOrder):
            style.check_sides(is_buy=lots > 0)
        amount = env.arithmetic.amount(lots)
        placed = env.router.order(env.strategy, asset, amount, style, env.now, terms)
        if env.blotter.has_ends:
            self.tell_ends()
        return placed.id

    def _reject(
        self, asset: Asset, lots: Decimal, style: ExecutionStyle, reason: str, code: EndCode
    ) -> str | None:
        env = self._env
        amount = env.arithmetic.amount(lots)
        order = env.blotter.reject(
            asset, amount, style, at=env.now, strategy=env.strategy, reason=reason, code=code
        )
        self._notify_reject(order.view(env.view), reason)
        return None

    def _check_controls(
        self, asset: Asset, lots: Decimal, *, replaced: "Num | None" = None
    ) -> None:
        """Ask the trading controls.

        Args:
            asset: What is ordered.
            lots: How much.
            replaced: What is open already of the order that is to have this amount.
        """
        env = self._env
        if not env.trading_controls:
            return
        amount = env.view.amount(env.arithmetic.amount(lots))
        open_amount = self._open_amount(asset, buys=lots > 0)
        if replaced is not None and env.rules.controls_count_open_orders:
            open_amount -= replaced
        waiting = env.view.amount(open_amount)
        for control in env.trading_controls:
            control.open_amount = waiting
            control.unit_worth = env.unit_worth
            control.validate(asset, amount, env.portfolio, env.current_dt, env.data)

    def _may_grow(self, figures: "Figures") -> bool:
        order, wanted = figures.order, figures.amount
        env = self._env
        if wanted is None or abs(env.arithmetic.amount(wanted)) <= abs(order.amount):
            return True
        filled = env.exact(env.arithmetic.amount_value(order.filled))
        try:
            self._check_controls(order.asset, wanted - filled, replaced=order.open_amount)
            check_growth(env, order, env.arithmetic.amount(wanted))
        except (OrderRefused, AccountRefusal) as refusal:
            return self._keep(order, refusal)
        return True

    def _may_cost(self, figures: "list[Figures]") -> bool:
        if not figures or not self._env.funds.limited:
            return True
        try:
            check_replacement(self._env, figures)
        except AccountRefusal as refusal:
            return self._keep(figures[0].order, refusal)
        return True

    def _keep(self, order: "Order", refusal: OrderRefused | AccountRefusal) -> bool:
        """Tell why an order does not get other figures."""
        env = self._env
        told = refusal.constraint if isinstance(refusal, OrderRefused) else refusal
        reason = f"replacement refused: {told}"
        order.note(env.now, cause="account", reason=reason)
        self._notify_reject(order.view(env.view), reason)
        return False

    def _open_amount(self, asset: Asset, *, buys: bool) -> "Num":
        """What is open in orders of an asset on one side, where controls count open orders."""
        env = self._env
        total = env.arithmetic.zero
        if env.rules.controls_count_open_orders:
            orders = env.blotter.open_orders.get(asset, ())
            total += sum(exposed_amounts(each for each in orders if each.is_buy is buys))
        return total

    def _amount_of(self, asset: Asset, value: Decimal) -> Decimal:
        """How much of an asset a value in the account's currency buys; 0 at a price of 0."""
        session = self._env.session_date
        if asset.start_date is not None and session < asset.start_date:
            raise CannotOrderDelistedAsset(
                msg=f"cannot order {asset.symbol} on {session}: it starts trading on "
                f"{asset.start_date}; order it by amount, or later"
            )
        if asset.end_date is not None and session > asset.end_date:
            raise CannotOrderDelistedAsset(
                msg=f"cannot order {asset.symbol} on {session}: it stopped trading on "
                f"{asset.end_date}"
            )
        price = self._env.price_of(asset)
        if price is None:
            raise CannotOrderDelistedAsset(
                msg=f"cannot order {asset.symbol} on {session}: it has no price yet; order it by "
                "amount, or wait for its first trade"
            )
        if not price:
            return Decimal(0)
        money = KERNEL_CONTEXT.multiply(price, asset.price_multiplier)
        return divide_exact(value, KERNEL_CONTEXT.multiply(money, self._env.unit_worth(asset)))

    def _share_of_portfolio(self, share: object) -> Decimal:
        worth = self._env.portfolio_value()
        known = self._shared
        if known is not None and known[0] is share and known[1] is worth:
            return known[2]
        part = parse_decimal(share, field="percent") * worth
        if type(share) is float:
            self._shared = share, worth, part
        return part

    def _held(self, asset: Asset) -> Decimal:
        env = self._env
        return env.exact(env.arithmetic.amount_value(env.position_amount(asset)))
