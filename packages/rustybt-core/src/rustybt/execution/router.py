"""The router: from strategies to the accounts that trade for them.

Orders pass a router even when there is one strategy, so that several strategies can share an
account, or one strategy use several, without another loop.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rustybt.errors import InvalidArgument
from rustybt.orders import PLAIN_TERMS, OrderTerms

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.blotter import Blotter
    from rustybt.orders import Change, ExecutionStyle, Order
    from rustybt.values import Num


class Router:
    """Sends each strategy's orders to its account's blotter."""

    def __init__(self) -> None:
        self._routes: dict[str, Blotter] = {}

    def connect(self, strategy: str, blotter: "Blotter") -> None:
        """Let `blotter` trade for a strategy.

        Raises:
            InvalidArgument: The strategy has an account already.
        """
        if strategy in self._routes:
            raise InvalidArgument(
                field="strategy", value=strategy, reason="it has an account; use another name"
            )
        self._routes[strategy] = blotter

    def blotter_of(self, strategy: str) -> "Blotter":
        """The blotter that trades for a strategy.

        Raises:
            InvalidArgument: No account was connected.
        """
        try:
            return self._routes[strategy]
        except KeyError:
            raise InvalidArgument(
                field="strategy", value=strategy, reason="connect it to an account first"
            ) from None

    def order(
        self,
        strategy: str,
        asset: "Asset",
        amount: "Num",
        style: "ExecutionStyle",
        at: int,
        terms: OrderTerms = PLAIN_TERMS,
    ) -> "Order":
        """Place an order for a strategy."""
        blotter = self.blotter_of(strategy)
        if terms is PLAIN_TERMS:
            return blotter.order(asset, amount, style, at=at, strategy=strategy)
        return blotter.order(asset, amount, style, at=at, strategy=strategy, terms=terms)

    def cancel(self, strategy: str, order_id: str, at: int) -> bool:
        """Take an order of a strategy back; whether there was one to cancel."""
        return self.blotter_of(strategy).cancel(order_id, at=at, cause="strategy")

    def cancel_group(self, strategy: str, group_id: str, at: int) -> bool:
        """Take a group of orders of a strategy back; whether there was one to cancel."""
        return self.blotter_of(strategy).cancel_group(group_id, at=at, cause="strategy")

    def replace(self, strategy: str, changes: "Sequence[tuple[Order, Change]]", at: int) -> bool:
        """Give orders of a strategy other figures; whether there was one to replace."""
        return self.blotter_of(strategy).replace(changes, at=at)

    def blotters(self) -> Iterator["Blotter"]:
        """Every connected blotter, once."""
        return iter(dict.fromkeys(self._routes.values()))
