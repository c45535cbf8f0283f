"""What orders that wait, and executions that the book does not know yet, do to positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rustybt.finance.account_types._base import OpenOrder

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Num


class Waiting(NamedTuple):
    """What waits of one asset on each side; a price is the highest of its side.

    Attributes:
        bought: Amount of all buys.
        buy_price: What they count with.
        sold: Amount of all sales, zero or below.
        sell_price: What they count with.
    """

    bought: Num = 0
    buy_price: Num = 0
    sold: Num = 0
    sell_price: Num = 0

    def plus(self, amount: Num, price: Num) -> Waiting:
        """With one more order."""
        if amount > 0:
            return self._replace(bought=self.bought + amount, buy_price=max(self.buy_price, price))
        return self._replace(sold=self.sold + amount, sell_price=max(self.sell_price, price))

    def sides(self) -> Iterator[tuple[Num, Num]]:
        """Amount and price of each side on which anything waits."""
        if self.bought:
            yield self.bought, self.buy_price
        if self.sold:
            yield self.sold, self.sell_price


def waiting_by_asset(orders: Iterable[OpenOrder]) -> dict[Asset, Waiting]:
    """What waits, by asset."""
    waiting: dict[Asset, Waiting] = {}
    for order in orders:
        known = waiting.get(order.asset)
        waiting[order.asset] = (known or Waiting()).plus(order.amount, order.price)
    return waiting


class Claims:
    """Positions and money as they will be once the book knows the executions of the bar.

    Attributes:
        positions: Amount and price of each asset with an execution.
        money: What they change of the equity, in the currency of the account.
    """

    __slots__ = ("money", "positions")

    def __init__(self, zero: Num) -> None:
        self.positions: dict[Asset, tuple[Num, Num]] = {}
        self.money = zero
