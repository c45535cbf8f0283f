"""The tax lots of one account."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from rustybt.errors import InvalidArgument
from rustybt.finance.lot_actions import LotActions
from rustybt.finance.lot_store import Exit, LotStore
from rustybt.finance.lots import ClosedLot, Lot, LotMethod
from rustybt.finance.sharing import shares as shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustybt.assets import Asset
    from rustybt.finance.lot_holding import Holding
    from rustybt.values import Arithmetic, Num, Ratio


class _Execution(NamedTuple):
    """What the newest execution of an order did, for the commission on it.

    Attributes:
        start: The first part that it closed, among all closed ones.
        stop: The one after the last.
        closing: The size that closed lots.
        opening: The size that opened one.
        number: The lot that it opened.
    """

    start: int
    stop: int
    closing: Num
    opening: Num
    number: int | None


class LotBook(LotActions):
    """Tax lots: opened and closed by executions, changed by corporate actions.

    The lots of an asset add up to its position. What the open lots cost and what the closed parts
    did cost is together all the money that was paid to open positions, commissions included;
    nothing is lost to rounding. Once an account is flat, every method has made the same profit.

    A commission belongs to the execution that it was charged for: the part for what was opened
    goes into the cost of the lot, the part for what was closed comes off the proceeds, by amount.
    (`ExactCostBasis` puts all of it on what is held afterwards; under ``"average"`` the costs are
    the same but for that.)

    Args:
        arithmetic: The policy of all numbers.
        method: Which lot is closed first.

    Attributes:
        method: Which lot is closed first.

    Raises:
        InvalidArgument: There is no such method.
    """

    __slots__ = ("_executions", "method")

    def __init__(self, arithmetic: Arithmetic, method: LotMethod = "fifo") -> None:
        if method not in get_args(LotMethod):
            known = ", ".join(get_args(LotMethod))
            raise InvalidArgument(field="lot method", value=method, reason=f"give one of {known}")
        super().__init__(arithmetic, LotStore(arithmetic, method))
        self.method = method
        self._executions: dict[tuple[Asset, str | None], _Execution] = {}

    # ------------------------------------------------------------------ what there is

    @property
    def closed(self) -> Sequence[ClosedLot]:
        """Every closed part, in order of closing."""
        return self._store.closed

    @property
    def assets(self) -> tuple[Asset, ...]:
        """What there are lots of."""
        return tuple(self._store.holdings)

    def lots(self, asset: Asset) -> tuple[Lot, ...]:
        """The open lots of an asset, in order of their holding periods."""
        holding = self._store.holdings.get(asset)
        if holding is None:
            return ()
        holding.level()
        return tuple(holding.lots.values())

    def amount(self, asset: Asset) -> Num:
        """The signed amount of all lots of an asset."""
        holding = self._store.holdings.get(asset)
        return self._arithmetic.zero if holding is None else holding.amount

    def cost(self, asset: Asset) -> Num:
        """What all lots of an asset cost, commissions included."""
        holding = self._store.holdings.get(asset)
        return self._arithmetic.zero if holding is None else holding.cost()

    def commission(self, asset: Asset) -> Num:
        """The entry commissions in `cost`."""
        holding = self._store.holdings.get(asset)
        return self._arithmetic.zero if holding is None else holding.commission()

    def realised(self) -> Num:
        """The profit of all closed parts, after commissions."""
        return sum((part.pnl for part in self._store.closed), self._arithmetic.zero)

    # ------------------------------------------------------------------ trades

    def execute(
        self,
        asset: Asset,
        amount: Num,
        price: Num,
        at: int,
        order_id: str | None,
        multiplier: Ratio | None = None,
        *,
        strategy: str = "",
    ) -> tuple[ClosedLot, ...]:
        """Take in an execution: it closes lots of the other side, the rest opens a lot.

        Args:
            asset: What was traded.
            amount: Signed amount, not zero.
            price: Price per unit.
            at: When, nanoseconds UTC.
            order_id: The order; None where there is none (a delisting).
            multiplier: Money per unit of price and amount; None for one.
            strategy: Whose order it was.

        Returns:
            The parts that were closed, in order of closing, before commission.
        """
        assert amount, "an execution has an amount"
        store, zero = self._store, self._arithmetic.zero
        holding = store.holdings.get(asset)
        if holding is None:
            holding = store.holdings[asset] = store.holding(asset, multiplier)
        start, notional = len(store.closed), self._arithmetic.notional(amount, price, multiplier)
        opening, paid = amount, notional
        if holding.amount and (holding.amount > 0) != (amount > 0):
            closing = amount if abs(amount) <= abs(holding.amount) else -holding.amount
            opening = amount - closing
            money, paid = shared(self._arithmetic, notional, (abs(closing), abs(opening)))
            exit_ = Exit(at=at, price=price, cause="trade", order_id=order_id, strategy=strategy)
            store.close(holding.take(-closing), -money, exit_)
        number = None
        if opening:
            number = next(store.numbers)
            lot = Lot(
                number=number,
                asset=asset,
                opened=at,
                amount=opening,
                price=price,
                cost=paid,
                commission=zero,
                order_id=order_id,
                strategy=strategy,
            )
            holding.add((lot,))
        store.drop_if_empty(holding)
        self._executions[asset, order_id] = _Execution(
            start, len(store.closed), abs(amount - opening), abs(opening), number
        )
        return tuple(store.closed[start:])

    def charge(self, asset: Asset, commission: Num, order_id: str | None) -> tuple[ClosedLot, ...]:
        """Take in a commission on the newest execution of an order; negative is a rebate.

        It is shared by amount, without a rest (`sharing.shares`): between what the execution
        closed and what it opened; there to each closed part; here to what is still open of the
        lot and what was closed of it since.

        Returns:
            The closed parts that it changed, as they are now.

        Raises:
            InvalidArgument: Nothing of the order was executed.
        """
        execution = self._executions.get((asset, order_id))
        if execution is None:
            raise InvalidArgument(
                field="order_id", value=order_id, reason="give an order that was executed"
            )
        sizes = execution.closing, execution.opening
        closing, opening = shared(self._arithmetic, commission, sizes)
        changed = {
            **self._charge_exits(range(execution.start, execution.stop), closing),
            **self._charge_entry(asset, execution, opening),
        }
        for place, part in changed.items():
            self._store.closed[place] = part
        return tuple(changed.values())

    def _charge_exits(self, places: range, commission: Num) -> dict[int, ClosedLot]:
        if not commission:
            return {}
        parts = [self._store.closed[place] for place in places]
        charges = shared(self._arithmetic, commission, [abs(part.amount) for part in parts])
        return {
            place: part._replace(
                proceeds=part.proceeds - charge,
                exit_commission=part.exit_commission + charge,
            )
            for place, part, charge in zip(places, parts, charges, strict=True)
        }

    def _charge_entry(
        self, asset: Asset, execution: _Execution, commission: Num
    ) -> dict[int, ClosedLot]:
        if not commission:
            return {}
        closed = self._store.closed
        places = [
            place
            for place in range(execution.stop, len(closed))
            if closed[place].number == execution.number
        ]
        sizes = [abs(closed[place].amount) for place in places]
        holding, lot = self._open_lot(asset, execution.number)
        if holding is None or lot is None:
            charges = shared(self._arithmetic, commission, sizes)
        else:
            *charges, charge = shared(self._arithmetic, commission, [*sizes, abs(lot.amount)])
            cost, before = lot.cost + charge, lot.commission
            holding.put(lot._replace(cost=cost, commission=before + charge))
        return {
            place: closed[place]._replace(
                cost=closed[place].cost + charge,
                entry_commission=closed[place].entry_commission + charge,
            )
            for place, charge in zip(places, charges, strict=True)
        }

    def _open_lot(
        self, asset: Asset, number: int | None
    ) -> tuple[Holding, Lot] | tuple[None, None]:
        """A lot, wherever a corporate action has taken it; nothing when it is gone."""
        assert number is not None
        holdings = self._store.holdings
        for holding in (holdings.get(asset), *holdings.values()):
            if holding is not None and number in holding.lots:
                return holding, holding.lots[number]
        return None, None
