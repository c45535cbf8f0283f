"""Tax lots: what was bought together, for how much, and what became of it.

Money has the sign of the ledger's cost basis: the cost of a long is what was paid for it, the cost
of a short is less than zero, since money was received for it. Commissions are in it. So of every
part of a lot ``pnl = proceeds - cost``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Num

LotMethod = Literal["fifo", "lifo", "hifo", "average"]
"""Which lot of an asset a trade closes first.

``"fifo"`` the oldest, ``"lifo"`` the newest, ``"hifo"`` the one that gives the smallest profit:
of a long the dearest, of a short the one that brought least (equals: the oldest). ``"average"``
the oldest, but every unit costs what all of them cost on average.
"""

ClosedBy = Literal["trade", "cash_in_lieu", "merger", "return_of_capital", "delivery", "rights"]
"""What closed a part of a lot, or paid out a part of its cost.

``"rights"``: rights were sold without an order, or lapsed.
``"delivery"``: units that a corporate action brought were used up by a position of the other side.
"""


class Lot(NamedTuple):
    """Units of an asset that were got together, as far as they are still held.

    Attributes:
        number: Number of the lot within its book, from 1.
        asset: What is held.
        opened: When the holding period began, nanoseconds UTC.
        amount: Signed amount: negative is short.
        price: Price per unit of the opening execution, on the present scale of shares; the
            average price under ``"average"``.
        cost: What it cost, multiplier and entry commission included, of the amount's sign.
        commission: The entry commission in `cost`.
        order_id: The order that opened it; None where there was none.
        strategy: Whose order it was.
    """

    number: int
    asset: Asset
    opened: int
    amount: Num
    price: Num
    cost: Num
    commission: Num
    order_id: str | None
    strategy: str


class ClosedLot(NamedTuple):
    """A part of a lot that was closed, or money that came for a lot that stays.

    Attributes:
        number: Number of the lot.
        asset: What was held.
        opened: When its holding period began, nanoseconds UTC.
        closed: When it was closed.
        amount: Signed amount that was closed; zero where only money came (a return of capital,
            the cash of a merger for shares and cash, money for rights that were no position).
        entry_price: Price per unit of the lot, on the scale of shares of the closing.
        exit_price: Price per unit of the closing; of a payment, the money per unit.
        cost: What the part cost, entry commission included.
        proceeds: What it brought, exit commission taken off.
        entry_commission: The commission in `cost`.
        exit_commission: The commission in `proceeds`.
        cause: What closed it.
        entry_order: The order that opened the lot.
        exit_order: The order that closed it; None where no order stands behind it.
        entry_strategy: Whose order opened it.
        exit_strategy: Whose order closed it; the opening one's where there was none.
    """

    number: int
    asset: Asset
    opened: int
    closed: int
    amount: Num
    entry_price: Num
    exit_price: Num
    cost: Num
    proceeds: Num
    entry_commission: Num
    exit_commission: Num
    cause: ClosedBy
    entry_order: str | None
    exit_order: str | None
    entry_strategy: str
    exit_strategy: str

    @property
    def pnl(self) -> Num:
        """The realised profit or loss, after commissions."""
        return self.proceeds - self.cost

    @property
    def gross_pnl(self) -> Num:
        """The realised profit or loss before commissions."""
        return self.pnl + self.entry_commission + self.exit_commission
