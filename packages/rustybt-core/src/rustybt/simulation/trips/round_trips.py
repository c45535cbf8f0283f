"""Round trips: what happened to an asset from flat to flat."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from rustybt.errors import InvalidArgument
from rustybt.finance.lot_book import LotBook
from rustybt.finance.lot_events import (
    CapitalReturned,
    Merged,
    MoneyPaid,
    RightsEnded,
    RightsPaid,
    SharesSplit,
    SpunOff,
    UnitsTaken,
)
from rustybt.finance.sharing import shares
from rustybt.simulation.trips.excursions import Course
from rustybt.simulation.trips.trade_records import TradeExecuted
from rustybt.values import Ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rustybt.assets import Asset
    from rustybt.finance.lot_events import LotAction
    from rustybt.finance.lots import ClosedLot, LotMethod
    from rustybt.simulation.trips.trade_records import TradeRecord
    from rustybt.values import Arithmetic, Num


_Exchange: TypeAlias = SpunOff | Merged | UnitsTaken | RightsEnded
"""What takes cost from an asset, and may bring it to another one."""


class RoundTrip:
    """One round trip, and what it has come to so far.

    Entries are what adds to its side, exits what takes away, in amounts and money of one sign: a
    short enters with less than zero. They are on the scale of shares of the newest split.

    Attributes:
        number: Its number, from 1, in order of entry.
        asset: What is held.
        multiplier: Money per unit of price and amount; None for one.
        strategy: Whose order opened it; None where that is not known.
        entry_at: When it began.
        exit_at: When it was flat again; None while it is open.
        long: Whether it is a long.
        amount: What is held.
        money: What came in for it less what went out, before commissions and payments.
        entered: Amount of all entries.
        entry_value: Money of all entries.
        left: Amount of all exits.
        exit_value: Money of all exits.
        quantity: The most that was held.
        lots: How many parts of lots it closed.
        commission: What was charged.
        dividends: What was received as dividends, less what was owed.
        costs: Other money that it cost.
        slippage: What its executions cost over the prices of the market.
        course: What was held when.
        splits: When it was split, and how.
    """

    def __init__(
        self, *, number: int, asset: Asset, at: int, long: bool, strategy: str | None
    ) -> None:
        zero = 0
        self.number = number
        self.asset = asset
        self.multiplier = multiplier_of(asset)
        self.strategy = strategy
        self.entry_at = at
        self.exit_at: int | None = None
        self.long = long
        self.amount: Num = zero
        self.money: Num = zero
        self.entered: Num = zero
        self.entry_value: Num = zero
        self.left: Num = zero
        self.exit_value: Num = zero
        self.quantity: Num = zero
        self.lots = 0
        self.commission: Num = zero
        self.dividends: Num = zero
        self.costs: Num = zero
        self.slippage: Num = zero
        self.course = Course(asset)
        self.splits: list[tuple[int, Ratio]] = []

    def exchange(self, amount: Num, value: Num) -> None:
        """An amount comes (or goes, negative) for a value of the same sign."""
        self.money -= value
        self.amount += amount
        if (amount > 0) == self.long:
            self.entered += amount
            self.entry_value += value
        else:
            self.left -= amount
            self.exit_value -= value
        self.quantity = max(self.quantity, abs(self.amount))

    def rescale(self, at: int, ratio: Ratio, arithmetic: Arithmetic) -> None:
        """Put all amounts on the scale of shares after a split."""
        unit = arithmetic.amount(1)

        def scaled(amount: Num) -> Num:
            return sum(arithmetic.split_amount(amount, ratio, unit))

        self.amount, self.quantity = scaled(self.amount), scaled(self.quantity)
        self.entered, self.left = scaled(self.entered), scaled(self.left)
        self.splits.append((at, ratio))


class RoundTrips:
    """Follows a run from record to record.

    A round trip begins when an asset that was not held is, and ends when it is not held any more.
    An execution that crosses zero ends one and begins another; notional and commission are shared
    by amount. A split changes its scale. What a merger or a spin-off moves to another asset moves
    at cost, without commission: it is an exit here and an entry there. Money that was paid for an
    asset that is not held belongs to its newest round trip. New units that rights have bought enter
    at what was paid and what the rights had cost. Amounts of all strategies count together.

    Args:
        arithmetic: The policy of all numbers.
        method: Which lot is closed first.

    Attributes:
        arithmetic: The policy of all numbers.
        last: When the last record was, nanoseconds UTC.
        book: The lots.
        trips: Every round trip, in order of entry.
        of_closed: The round trip of each of the book's closed parts.
    """

    def __init__(self, arithmetic: Arithmetic, method: LotMethod = "fifo") -> None:
        self.arithmetic = arithmetic
        self.last = 0
        self._open: dict[Asset, RoundTrip] = {}
        self._newest: dict[Asset, RoundTrip] = {}
        self.book = LotBook(arithmetic, method)
        self.trips: list[RoundTrip] = []
        self.of_closed: list[RoundTrip] = []

    def add(self, record: TradeRecord) -> None:
        """Take in the next record.

        Raises:
            InvalidArgument: Money was paid for an asset that never was held, or a corporate
                action lacks one of its terms.
        """
        self.last = record.at
        if isinstance(record, TradeExecuted):
            self._execute(record)
        elif isinstance(record, MoneyPaid):
            self._pay(record)
        elif isinstance(record, UnitsTaken | RightsPaid) or self.book.amount(record.asset):
            self._act(record)

    def finish(self, at: int) -> None:
        """End the courses of what is still held."""
        for trip in self._open.values():
            trip.course.finish(at)

    # ------------------------------------------------------------------ executions, payments

    def _execute(self, record: TradeExecuted) -> None:
        asset, price, at = record.asset, record.price, record.at
        multiplier = multiplier_of(asset)
        ending, start = self._open.get(asset), len(self.book.closed)
        self.book.execute(
            asset,
            record.amount,
            price,
            at,
            record.order_id,
            multiplier,
            strategy=record.strategy or "",
        )
        if record.commission:
            self.book.charge(asset, record.commission, record.order_id)
        self._assign(self.book.closed[start:], ending)
        notional = self.arithmetic.notional(record.amount, price, multiplier)
        moneys = notional, record.commission, record.slippage
        for trip, amount, shared in self._moves(asset, record.amount, moneys, at, record.strategy):
            value, commission, slippage = shared
            trip.exchange(amount, value)
            trip.commission += commission
            trip.slippage += slippage
            result = trip.money + self.arithmetic.notional(trip.amount, price, multiplier)
            trip.course.trade(at, money=trip.money, amount=trip.amount, price=price, result=result)
            self._end_if_flat(trip, at)

    def _moves(
        self,
        asset: Asset,
        amount: Num,
        moneys: Sequence[Num],
        at: int,
        strategy: str | None,
    ) -> Iterator[tuple[RoundTrip, Num, list[Num]]]:
        """The round trips that an amount belongs to, with their parts of it and of the moneys."""
        trip = self._open.get(asset)
        closing = self.arithmetic.zero
        if trip is not None and trip.long != (amount > 0):
            closing = amount if abs(amount) <= abs(trip.amount) else -trip.amount
        parts = closing, amount - closing
        sizes = [abs(part) for part in parts]
        shared = zip(*[shares(self.arithmetic, money, sizes) for money in moneys], strict=True)
        for part, portions in zip(parts, shared, strict=True):
            if part:
                found = self._open.get(asset) or self._begin(asset, at, strategy, long=part > 0)
                yield found, part, list(portions)

    def _begin(self, asset: Asset, at: int, strategy: str | None, *, long: bool) -> RoundTrip:
        number = len(self.trips) + 1
        trip = RoundTrip(number=number, asset=asset, at=at, long=long, strategy=strategy)
        self.trips.append(trip)
        self._open[asset] = self._newest[asset] = trip
        return trip

    def _end_if_flat(self, trip: RoundTrip, at: int) -> None:
        if not trip.amount:
            trip.exit_at = at
            del self._open[trip.asset]

    def _assign(self, closed: Sequence[ClosedLot], trip: RoundTrip | None) -> None:
        """Tell whose round trip closed parts belong to."""
        for _ in closed:
            assert trip is not None, "what is closed was open"
            self.of_closed.append(trip)
            trip.lots += 1

    def _pay(self, record: MoneyPaid) -> None:
        trip = self._newest_of(record.asset)
        if record.kind == "dividend":
            trip.dividends += record.money
        else:
            trip.costs -= record.money

    def _newest_of(self, asset: Asset) -> RoundTrip:
        trip = self._newest.get(asset)
        if trip is None:
            raise InvalidArgument(
                field="asset", value=asset, reason="money was paid for it; it was never held"
            )
        return trip

    # ------------------------------------------------------------------ corporate actions

    def _act(self, record: LotAction) -> None:
        before, start = dict(self._open), len(self.book.closed)
        match record:
            case SharesSplit():
                self._split(before[record.asset], record)
            case CapitalReturned():
                self._take_payment(before[record.asset], self.book.act(record), record.at)
            case RightsPaid():
                self._take_money(record)
            case SpunOff() | Merged() | UnitsTaken() | RightsEnded():
                self._exchange(record)
            case _:
                assert_never(record)
        for part in self.book.closed[start:]:
            met = before.get(part.asset) if part.cause == "delivery" else None
            self._assign((part,), met or self._newest[part.asset])

    def _split(self, trip: RoundTrip, record: SharesSplit) -> None:
        asset, at, ratio = record.asset, record.at, record.ratio
        parts = self.book.act(record)
        trip.rescale(at, ratio, self.arithmetic)
        fraction = self._sum(part.amount for part in parts)
        trip.amount = self.book.amount(asset) + fraction
        self._pay_fraction(trip, parts)
        trip.amount = self.book.amount(asset)
        trip.course.act(at, money=trip.money, amount=trip.amount, ratio=ratio)
        self._end_if_flat(trip, at)

    def _take_payment(self, trip: RoundTrip, parts: Iterable[ClosedLot], at: int) -> None:
        """Money that comes for a holding that stays."""
        money = self._sum(part.proceeds for part in parts)
        trip.money += money
        trip.entry_value -= money
        trip.course.act(at, money=trip.money, amount=trip.amount)

    def _take_money(self, record: RightsPaid) -> None:
        """Money for rights that cost nothing is a profit of the newest round trip."""
        trip = self._newest_of(record.asset)
        self.book.act(record)
        trip.money += record.money
        if trip.amount:
            trip.course.act(record.at, money=trip.money, amount=trip.amount)

    def _pay_fraction(self, trip: RoundTrip, parts: Iterable[ClosedLot]) -> None:
        """Cash in lieu: the last exit of a corporate action, but for what follows from it."""
        paid = [part for part in parts if part.cause == "cash_in_lieu"]
        amount = self._sum(part.amount for part in paid)
        money = self._sum(part.proceeds for part in paid)
        if amount:
            trip.exchange(-amount, -money)
        else:
            trip.money += money

    def _exchange(self, record: _Exchange) -> None:
        """Cost leaves one asset, which may end with it, and comes to another one."""
        source, target = _ways(record)
        trip = None if source is None else self._open.get(source)
        held = self.arithmetic.zero if target is None else self.book.amount(target)
        value, strategy = self.arithmetic.zero, None
        if source is None or trip is None:
            parts = self.book.act(record)
        else:
            cost = self._cost(source)
            parts = self.book.act(record)
            sold = [part for part in parts if part.asset == source]
            value = cost - self._cost(source)
            value -= self._sum(part.cost - part.entry_commission for part in sold)
            self._give(trip, value, self._sum(part.proceeds for part in sold), record.at)
            strategy = trip.strategy
        if target is None:
            return
        if not isinstance(record, RightsEnded) and record.rate is not None:
            value = self.arithmetic.converted(value, record.rate)
        if isinstance(record, UnitsTaken):
            value += record.paid
        self._receive(target, held, value, parts, record.at, strategy)

    def _give(self, trip: RoundTrip, cost: Num, proceeds: Num, at: int) -> None:
        """A cost leaves a round trip, with all that is held where the book holds no more."""
        if self.book.amount(trip.asset):
            trip.money += cost
            trip.entry_value -= cost
        else:
            trip.exchange(-trip.amount, -cost - proceeds)
        trip.course.act(at, money=trip.money, amount=trip.amount)
        self._end_if_flat(trip, at)

    def _receive(
        self,
        asset: Asset,
        before: Num,
        value: Num,
        parts: Sequence[ClosedLot],
        at: int,
        strategy: str | None,
    ) -> None:
        """What a corporate action brought of another asset, and the fraction that was paid out."""
        paid = [part for part in parts if part.cause == "cash_in_lieu"]
        fraction = self._sum(part.amount for part in paid)
        units = self.book.amount(asset) - before
        whole, rest = shares(self.arithmetic, value, (abs(units), abs(fraction)))
        for trip, amount, (worth,) in self._moves(asset, units, (whole,), at, strategy):
            trip.exchange(amount, worth)
            self._turn(trip, at)
        if fraction and asset not in self._open:
            self._begin(asset, at, strategy, long=fraction > 0)
        if paid:
            trip = self._newest[asset]
            if fraction:
                trip.exchange(fraction, rest)
            self._pay_fraction(trip, paid)
            self._turn(trip, at)

    def _turn(self, trip: RoundTrip, at: int) -> None:
        """What a corporate action has changed holds from now on."""
        if trip.asset in self._open and trip.long == (self.book.amount(trip.asset) > 0):
            trip.amount = self.book.amount(trip.asset)  # floats add up to it only nearly
        if trip.asset in self._open:
            trip.course.act(at, money=trip.money, amount=trip.amount)
            self._end_if_flat(trip, at)

    def _cost(self, asset: Asset) -> Num:
        """What the lots of an asset cost, without commission."""
        return self.book.cost(asset) - self.book.commission(asset)

    def _sum(self, numbers: Iterable[Num]) -> Num:
        return sum(numbers, self.arithmetic.zero)


def _ways(record: _Exchange) -> tuple[Asset | None, Asset | None]:
    """What an exchange takes cost from, and where it goes."""
    match record:
        case SpunOff():
            return record.asset, record.child
        case Merged():
            return record.asset, record.into
        case UnitsTaken():
            return record.rights, record.asset
        case RightsEnded():
            return record.asset, None
        case _:
            assert_never(record)


def multiplier_of(asset: Asset) -> Ratio | None:
    """Money per unit of price and amount; None for one."""
    return None if asset.price_multiplier == 1 else Ratio.parse(asset.price_multiplier)
