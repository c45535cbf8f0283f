"""An order book as a list that is sorted at each step: slow and plain.

Written from the rules in `rustybt_rs.order_book`, not from the kernel. It gives the same records.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count

from rustybt_rs.order_book import (
    Accepted,
    Cancelled,
    Event,
    Expired,
    Filled,
    OrderKind,
    Reason,
    Refilled,
    Rejected,
    Replaced,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
    Triggered,
)

MOST_SLICES = 10_000
STOPS = {OrderKind.STOP: OrderKind.MARKET, OrderKind.STOP_LIMIT: OrderKind.LIMIT}


@dataclass(kw_only=True)
class Resting:
    """An order as it stands: `shown` and `hidden` are what is open, `turn` its arrival."""

    order: int
    side: Side
    kind: OrderKind
    size: Decimal
    price: Decimal = Decimal(0)
    stop: Decimal = Decimal(0)
    visible: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    post_only: bool = False
    owner: int = 0
    shown: Decimal = Decimal(0)
    turn: int = 0

    @property
    def limited(self) -> bool:
        return self.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)

    def reaches(self, price: Decimal) -> bool:
        """Whether its limit lets it trade at a price."""
        return not self.limited or self.side * (self.price - price) >= 0

    def reached_by(self, price: Decimal) -> bool:
        """Whether a trade at a price makes it active."""
        return self.side * (price - self.stop) >= 0

    def show(self) -> None:
        self.shown = self.size if self.visible is None else min(self.size, self.visible)


class SlowBook:
    """The same commands as `rustybt_rs.OrderBook`, with one argument for an order's terms."""

    def __init__(self, self_trade: SelfTrade = SelfTrade.ALLOW) -> None:
        self.self_trade = self_trade
        self.resting: list[Resting] = []
        self.waiting: list[Resting] = []
        self.reached: list[tuple[Resting, Decimal]] = []
        self.last: Decimal | None = None
        self.turns = count()

    def side(self, side: Side) -> list[Resting]:
        """The orders of a side as they would trade."""
        orders = [order for order in self.resting if order.side == side]
        return sorted(orders, key=lambda order: (-side * order.price, order.turn))

    def stops(self, side: Side) -> list[Resting]:
        """The stops of a side as they would be reached."""
        orders = [order for order in self.waiting if order.side == side]
        return sorted(orders, key=lambda order: (side * order.stop, order.turn))

    def find(self, order: int) -> Resting | None:
        both = (*self.resting, *self.waiting)
        return next((open_one for open_one in both if open_one.order == order), None)

    def submit(self, new: Resting, at: int) -> list[Event]:
        if self.find(new.order) is not None:
            return [Rejected(new.order, Reason.DUPLICATE_ORDER, at)]
        refusal = self._refusal(new)
        if refusal is not None:
            return [Rejected(new.order, refusal, at)]
        return [Accepted(new.order, at), *self._enter(new, at)]

    def cancel(self, order: int, at: int) -> list[Event]:
        found = self.find(order)
        if found is None:
            return [Rejected(order, Reason.UNKNOWN_ORDER, at)]
        self._drop(found)
        return [Cancelled(order, found.size, Reason.REQUESTED, at)]

    def replace(
        self,
        order: int,
        at: int,
        *,
        price: Decimal | None = None,
        size: Decimal | None = None,
        stop: Decimal | None = None,
    ) -> list[Event]:
        old = self.find(order)
        if old is None:
            return [Rejected(order, Reason.UNKNOWN_ORDER, at)]
        if price is not None and not old.limited:
            return [Rejected(order, Reason.NO_LIMIT_PRICE, at)]
        if stop is not None and old.kind not in STOPS:
            return [Rejected(order, Reason.NO_STOP_PRICE, at)]
        new = replace(
            old,
            price=old.price if price is None else price,
            stop=old.stop if stop is None else stop,
            size=old.size if size is None else size,
        )
        refusal = self._refusal(new)
        if refusal is not None:
            return [Rejected(order, refusal, at)]
        kept = (new.price, new.stop) == (old.price, old.stop) and new.size <= old.size
        shown_price = new.price if new.limited else new.stop
        replaced = Replaced(order, shown_price, new.size, kept, at)
        if kept:
            old.size, old.shown = new.size, min(old.shown, new.size)
            return [replaced]
        self._drop(old)
        return [replaced, *self._enter(new, at)]

    def _drop(self, order: Resting) -> None:
        self.resting = [other for other in self.resting if other is not order]
        self.waiting = [other for other in self.waiting if other is not order]

    def _refusal(self, new: Resting) -> Reason | None:
        if new.visible is not None and new.size > new.visible * MOST_SLICES:
            return Reason.TOO_MANY_SLICES
        if new.post_only and new.kind not in STOPS and self._would_trade(new):
            return Reason.POST_ONLY
        return None

    def _would_trade(self, new: Resting) -> bool:
        others = self.side(Side(-new.side))
        return bool(others) and new.reaches(others[0].price)

    def _enter(self, new: Resting, at: int) -> Iterator[Event]:
        new.turn = next(self.turns)
        if new.kind not in STOPS:
            yield from self._activate(new, at)
        else:
            new.show()
            if self.last is not None and new.reached_by(self.last):
                self.reached.append((new, self.last))
            else:
                self.waiting.append(new)
        while self.reached:
            order, price = self.reached.pop(0)
            yield Triggered(order.order, price, at)
            active = replace(order, kind=STOPS[order.kind], turn=next(self.turns))
            yield from self._activate(active, at)

    def _activate(self, new: Resting, at: int) -> Iterator[Event]:
        if new.post_only and self._would_trade(new):
            yield Expired(new.order, new.size, Reason.POST_ONLY, at)
            return
        if new.time_in_force is TimeInForce.FOK and not self._fills_whole(new):
            yield Expired(new.order, new.size, Reason.FOK_UNFILLED, at)
            return
        ended = yield from self._trade(new, at)
        if ended:
            return
        if new.size == 0:
            yield Filled(new.order, at)
        elif new.kind is OrderKind.MARKET:
            yield Expired(new.order, new.size, Reason.NO_LIQUIDITY, at)
        elif new.time_in_force is not TimeInForce.GTC:
            yield Expired(new.order, new.size, Reason.IOC_UNFILLED, at)
        else:
            new.show()
            self.resting.append(new)

    def _fills_whole(self, new: Resting) -> bool:
        """Try it on a copy of the book."""
        trial = SlowBook(self.self_trade)
        trial.resting = [replace(order) for order in self.resting]
        trial.turns = count(1 + max((order.turn for order in self.resting), default=0))
        copy = replace(new)
        for _ in trial._trade(copy, 0):
            pass
        return copy.size == 0

    def _trade(self, new: Resting, at: int) -> Generator[Event, None, bool]:
        """Trade with the other side; whether self-trade prevention ended the order."""
        while new.size > 0 and self._would_trade(new):
            maker = self.side(Side(-new.side))[0]
            if new.owner and new.owner == maker.owner and self.self_trade is not SelfTrade.ALLOW:
                if self.self_trade is not SelfTrade.CANCEL_NEWEST:
                    self._drop(maker)
                    yield Cancelled(maker.order, maker.size, Reason.SELF_TRADE, at)
                if self.self_trade is not SelfTrade.CANCEL_OLDEST:
                    yield Cancelled(new.order, new.size, Reason.SELF_TRADE, at)
                    return True
                continue
            size = min(new.size, maker.shown)
            yield Trade(maker.order, new.order, new.side, maker.price, size, at)
            new.size -= size
            yield from self._take(maker, size, at)
            self._print(maker.price)
        return False

    def _take(self, maker: Resting, size: Decimal, at: int) -> Iterator[Event]:
        maker.size -= size
        maker.shown -= size
        if maker.size == 0:
            self._drop(maker)
            yield Filled(maker.order, at)
        elif maker.shown == 0:
            maker.show()
            maker.turn = next(self.turns)
            yield Refilled(maker.order, maker.shown, at)

    def _print(self, price: Decimal) -> None:
        self.last = price
        for side in (Side.BUY, Side.SELL):
            for order in self.stops(side):
                if order.reached_by(price):
                    self.waiting.remove(order)
                    self.reached.append((order, price))
