"""What is lent to an account in the running session: how much may be short, what is called back.

A loan is taken where a sale makes or enlarges a short position, and ends where a purchase covers
it. Nobody lends futures, perpetual swaps and currency pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from rustybt.errors import BorrowUnavailable
from rustybt.finance._parameters import not_negative
from rustybt.finance.overnight import is_lent
from rustybt.values import KERNEL_CONTEXT

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.finance.borrow import BorrowModel
    from rustybt.finance.holdings import Holdings
    from rustybt.values import Num

_NOISE: Final = 1e-4
"""What floats may be off by, in lots; exact amounts are compared as they are."""


class Loans:
    """How much of its assets an account may hold short.

    Amounts are kernel numbers. What a model says of a session holds for all of it.

    Args:
        model: What is lent, and what is called back.
        book: The positions of the account.
    """

    def __init__(self, model: BorrowModel, book: Holdings) -> None:
        self._model = model
        self._book = book
        self._arithmetic = book.arithmetic
        self._days: Sequence[date] = ()
        self._limits: dict[Asset, Num | None] = {}
        self._called: set[Asset] = set()

    def start_session(self, days: Sequence[date]) -> None:
        """Begin a session; the book has had its corporate actions.

        Args:
            days: The days since the session before, that of the session last: a recall of a day
                without session counts for the next one.
        """
        self._days = days
        self._limits.clear()
        shorts = [asset for asset, held in self._book.positions.items() if held.amount < 0]
        # What was called back stays so until it is covered, however long nothing trades.
        self._called.intersection_update(shorts)
        self._called.update(asset for asset in shorts if self.recalled(asset))

    def recalled(self, asset: Asset) -> bool:
        """Whether loans of an asset are called back in this session, or still are from before."""
        if asset in self._called:
            return True
        return is_lent(asset) and any(self._model.recalled(asset, day) for day in self._days)

    def limit(self, asset: Asset) -> Num | None:
        """How many units may be short in all, in whole lots; None without limit.

        Raises:
            InvalidArgument: The model says less than zero.
        """
        if asset not in self._limits:
            self._limits[asset] = self._limit(asset)
        return self._limits[asset]

    def _limit(self, asset: Asset) -> Num | None:
        if not is_lent(asset):
            return None
        if self.recalled(asset):
            return self._arithmetic.zero
        units = self._model.available(asset, self._days[-1])
        if units is None:
            return None
        checked = not_negative(units, field=f"available of {asset.symbol}")
        lots = KERNEL_CONTEXT.divide_int(checked, asset.lot_size)
        return self._arithmetic.amount(KERNEL_CONTEXT.multiply(lots, asset.lot_size))

    # ------------------------------------------------------------------ questions

    def check(self, asset: Asset, amount: Num, open_sales: Iterable[Num] = ()) -> None:
        """Ask whether an order may be placed; one that buys always may.

        Args:
            asset: What is ordered.
            amount: Signed amount.
            open_sales: Signed amounts that orders of the asset still sell.

        Raises:
            BorrowUnavailable: It would be short more than is lent, with all that is open.
        """
        limit = None if amount > 0 else self.limit(asset)
        if limit is None:
            return
        position = self._book.positions.get(asset)
        held = sum(open_sales, self._arithmetic.zero if position is None else position.amount)
        if self._beyond(asset, -(held + amount), limit):
            shown = self._arithmetic.amount_value
            raise BorrowUnavailable(
                asset=asset,
                amount=shown(amount),
                held=shown(held),
                short=shown(-(held + amount)),
                available=shown(limit),
            )

    def sellable(self, asset: Asset, amount: Num, position: Num) -> Num:
        """How much of a sale may happen: what is held, and what is lent beyond it.

        Args:
            asset: What is sold.
            amount: Signed amount, below zero.
            position: What is held before it, signed.

        Returns:
            All of the amount, a part of it in whole lots, or zero.
        """
        limit = self.limit(asset)
        if limit is None or not self._beyond(asset, -(position + amount), limit):
            return amount
        room = max(position + limit, self._arithmetic.zero)
        lot = self._arithmetic.amount(asset.lot_size)
        spare = room if self._arithmetic.exact else room + lot * _NOISE
        return -(spare - spare % lot)

    def coverable(self, asset: Asset, amount: Num, position: Num) -> Num:
        """How much of a forced purchase may happen: what is short beyond what is lent.

        Args:
            asset: What is bought.
            amount: Amount, above zero.
            position: What is held before it, signed.
        """
        excess = self.excess(asset, position)
        return excess if self._beyond(asset, amount, excess) else amount

    def excess(self, asset: Asset, position: Num) -> Num:
        """How much of a position is short beyond what is lent, zero or more.

        Args:
            asset: What is held.
            position: Signed amount.
        """
        zero = self._arithmetic.zero
        limit = self.limit(asset) if position < 0 else None
        if limit is None or not self._beyond(asset, -position, limit):
            return zero
        return -position - limit

    def excesses(self) -> dict[Asset, Num]:
        """What has to be covered now, by asset; nothing of what is lent."""
        found = {
            asset: self.excess(asset, held.amount)
            for asset, held in self._book.positions.items()
            if held.amount < 0
        }
        return {asset: amount for asset, amount in found.items() if amount}

    def terms(self, asset: Asset) -> str:
        """What limits the short of an asset, in words."""
        if self.recalled(asset):
            return f"loans of {asset.symbol} are recalled"
        limit = self.limit(asset)
        if limit is None:
            return f"{asset.symbol} can be borrowed without limit"
        return f"{self._arithmetic.amount_value(limit)} {asset.symbol} can be borrowed in all"

    def _beyond(self, asset: Asset, short: Num, limit: Num) -> bool:
        """Whether more is short than is lent, by more than the noise of floats."""
        if self._arithmetic.exact:
            return short > limit
        return short > limit + self._arithmetic.amount(asset.lot_size) * _NOISE
