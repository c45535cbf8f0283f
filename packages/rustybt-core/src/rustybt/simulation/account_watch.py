"""What a broker does about an account: forced sales, liquidations, margin calls."""

from typing import TYPE_CHECKING

from rustybt.execution.bars import PortalBars
from rustybt.finance.book_events import FeeCharged, Fill
from rustybt.orders import EndCode, Forced, MarketOrder, OrderTerms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rustybt.algorithm import Environment
    from rustybt.assets import Asset
    from rustybt.finance.account_types import BarRange, ForcedSale, Liquidation
    from rustybt.orders import Order
    from rustybt.simulation.actions import Tell
    from rustybt.simulation.builder import ResultBuilder


class AccountWatch:
    """Looks after an account with limits, bar by bar.

    Args:
        environment: What the run works with.
        builder: Keeps what the result will show.
        tell: Hands the strategy a message.
        cancelled: Tells the strategy of orders that were taken back.
    """

    def __init__(
        self,
        environment: "Environment",
        builder: "ResultBuilder",
        tell: "Tell",
        cancelled: "Callable[[list[Order]], None]",
    ) -> None:
        self._env = environment
        self._funds = environment.funds
        self._bars = PortalBars(environment.portal)
        self._builder = builder
        self._tell = tell
        self._cancelled = cancelled
        self.limited = self._funds.limited
        self.called = self._funds.called

    def start_session(self, session: int) -> None:
        """Begin a session: proceeds settle, the days of grace are counted."""
        self._funds.start_session(session, self._env.session_date)

    def filled(self, fills: "Iterable[Fill]") -> None:
        """Take note of fills that the book has."""
        self._funds.filled(fills)

    def liquidate(self, at: int, session: int) -> None:
        """Close the positions whose liquidation price the bar has touched."""
        for end in self._funds.liquidations(at, self._range_of):
            self._close(end, at, session)

    def _close(self, end: "Liquidation", at: int, session: int) -> None:
        env = self._env
        self._cancelled(env.blotter.cancel_all(end.asset, at=at, cause="liquidation"))
        number = env.blotter.next_sequence()
        fill = Fill(None, end.asset, at, session, end.amount, end.price, number, env.strategy)
        env.ledger.apply(fill)
        if end.fee:
            env.ledger.apply(FeeCharged("commission", at, end.fee, end.currency, end.asset))
        self._builder.add_fill(fill, end.fee)
        self._funds.filled([fill])
        self._tell("liquidation", "closed at its liquidation price", end.asset, None)

    def _range_of(self, asset: "Asset") -> "BarRange | None":
        from rustybt.finance.account_types import BarRange

        value = self._bars.value
        opened, high, low = value(asset, "open"), value(asset, "high"), value(asset, "low")
        if opened is None or high is None or low is None:
            return None
        return BarRange(opened, high, low)

    def assess(self, at: int) -> None:
        """Call for margin where there is too little; sell what has to be sold."""
        env = self._env
        call = self._funds.assess(at)
        if call is None:
            return
        if call.since == at or call.forced:
            self._tell("margin_call", call.text(env.arithmetic), call.sales[0].asset, None)
        if not call.forced:
            return
        terms = _by_force(call.text(env.arithmetic))
        for sale in call.sales:
            taken_back = env.blotter.cancel_all(sale.asset, at=at, cause=_CAUSE, forced=False)
            self._cancelled(taken_back)
            if not self._is_under_way(sale, at):
                env.router.order(env.strategy, sale.asset, sale.amount, _MARKET, at, terms)

    def _is_under_way(self, sale: "ForcedSale", at: int) -> bool:
        """Whether an open order of an earlier call does what is wanted; any other is ended."""
        blotter = self._env.blotter
        for order in list(blotter.open_orders.get(sale.asset, ())):
            forced = order.terms.forced
            if forced is None or forced.cause != _CAUSE:
                continue
            if order.open_amount == sale.amount:
                return True
            reason = "another amount is to be traded"
            blotter.end(order, at=at, cause=_CAUSE, reason=reason, code=EndCode.MARGIN_CALL)
        return False


def _by_force(reason: str) -> OrderTerms:
    """The terms of an order that the broker places and the strategy cannot take back."""
    return OrderTerms(reduce_only=True, forced=Forced(_CAUSE, f"margin call: {reason}"))


_CAUSE = "margin call"
_MARKET = MarketOrder()
