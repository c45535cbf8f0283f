"""What a broker does about shorts that are no longer lent: it ends sales, and buys to cover."""

from typing import TYPE_CHECKING

from rustybt.calendars import from_day
from rustybt.orders import EndCode, Forced, MarketOrder, OrderTerms, is_held

if TYPE_CHECKING:
    from rustybt.algorithm import Environment
    from rustybt.assets import Asset
    from rustybt.finance.loans import Loans
    from rustybt.orders import Order
    from rustybt.simulation.actions import Tell
    from rustybt.values import Num

CAUSE = "recall"
"""The cause of what happens here, in the trails of orders."""

_MARKET = MarketOrder()


class Recalls:
    """Has shorts covered whose loans are called back, or that are more than what is lent.

    Args:
        environment: What the run works with.
        loans: What is lent.
        tell: Hands the strategy a message.
    """

    def __init__(self, environment: "Environment", loans: "Loans", tell: "Tell") -> None:
        self._env = environment
        self._loans = loans
        self._tell = tell
        self._days = environment.calendar.sessions.tolist()
        self._first = environment.session
        self._covers: dict[Asset, Order] = {}

    def start_session(self, session: int) -> None:
        """Begin a session, after its corporate actions.

        Args:
            session: Its index in the run's calendar.
        """
        today = self._days[session]
        first = today if session == self._first else self._days[session - 1] + 1
        self._loans.start_session([from_day(day) for day in range(first, today + 1)])
        self._end_sales()
        for asset, amount in self._still_to_cover().items():
            self._cover(asset, amount)

    def _end_sales(self) -> None:
        """End the open orders that would sell short what is called back."""
        open_orders = self._env.blotter.open_orders
        for asset in list(open_orders):
            if self._loans.recalled(asset):
                for order in self._short_sales(asset, open_orders[asset]):
                    self._end(order, f"loans of {asset.symbol} are recalled", EndCode.RECALLED)

    def _short_sales(self, asset: "Asset", orders: "list[Order]") -> "list[Order]":
        """The orders that have nothing to sell but what is lent, in order of creation.

        Each sale is counted as done when the next one is looked at; of orders that cancel each
        other one.
        """
        held = self._env.position_amount(asset)
        counted: set[str] = set()
        found = []
        for order in orders:
            if order.is_buy or order.terms.reduce_only or is_held(order):
                continue
            if order.group is not None and order.group.id in counted:
                continue
            if held <= 0:
                found.append(order)
                continue
            held += order.open_amount
            if order.group is not None:
                counted.add(order.group.id)
        return found

    def _still_to_cover(self) -> "dict[Asset, Num]":
        """What has to be covered and no order covers yet; orders of another amount are ended."""
        needed = self._loans.excesses()
        for asset, order in list(self._covers.items()):
            if order.status.is_open and needed.get(asset) == order.open_amount:
                del needed[asset]
                continue
            if order.status.is_open:
                self._end(order, "another amount is to be covered", EndCode.RECALLED)
            del self._covers[asset]
        return needed

    def _end(self, order: "Order", reason: str, code: EndCode) -> None:
        if order.status.is_open:
            self._env.blotter.end(order, at=self._env.now, cause=CAUSE, reason=reason, code=code)

    def _cover(self, asset: "Asset", amount: "Num") -> None:
        env = self._env
        bought = env.arithmetic.amount_value(amount)
        reason = f"{self._loans.terms(asset)}: the broker buys {bought} to cover"
        terms = OrderTerms(reduce_only=True, forced=Forced(CAUSE, reason, covers_loan=True))
        order = env.router.order(env.strategy, asset, amount, _MARKET, env.now, terms)
        self._covers[asset] = order
        self._tell("recall", reason, asset, order.id)
