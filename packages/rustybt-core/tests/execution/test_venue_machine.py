"""The simulated venue against an independent model, over random lives of a market.

The model knows nothing of kernel numbers, orders or rules: it keeps fractions, and says in a page
which orders a bar fills. Slippage is a share of the price, the volume limit a tenth of the bar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from markets import stock

from rustybt.assets import Asset
from rustybt.execution import (
    Blotter,
    CostModels,
    Execution,
    MatchingRules,
    ModelSide,
    SimulatedVenue,
)
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import FixedBasisPointsSlippage
from rustybt.orders import Order, style_from_prices
from rustybt.values import DecimalArithmetic, Num, Ratio
from rustybt.views import PublicView

ASSETS = (stock("AAA", 1), stock("BBB", 2))
EXACT = DecimalArithmetic()
VIEW = PublicView(EXACT)
SLIPPAGE = Fraction(1, 100)

cents = st.integers(1, 300).map(lambda price: Decimal(price).scaleb(-2))
traded = st.tuples(cents, cents, st.integers(1, 400))


@dataclass
class Tape:
    """The newest bar of each asset: open, close and volume; where there is none, no trade."""

    bars: dict[Asset, tuple[Decimal, Decimal, int]]
    current_session: date = date(2020, 6, 1)

    def traded_close(self, asset: Asset) -> Num | None:
        return EXACT.price(self.bars[asset][1]) if asset in self.bars else None

    def mark(self, asset: Asset) -> Num | None:
        return self.traded_close(asset)

    def value(self, asset: Asset, field: str) -> Num | None:
        opened, close, _ = self.bars[asset]
        prices = {"open": opened, "high": max(opened, close), "low": min(opened, close)}
        return EXACT.price(prices[field])

    def current(self, assets: Asset, fields: str) -> Any:
        opened, close, volume = self.bars[assets]
        return {"open": opened, "close": close, "volume": Decimal(volume)}[fields]

    def history(self, assets: Asset, fields: str, bar_count: int, frequency: str) -> Any:
        raise NotImplementedError


@dataclass
class Resting:
    """An order of the model."""

    asset: Asset
    amount: int
    limit: Fraction | None
    stop: Fraction | None
    filled: int = 0
    limit_reached: bool = False
    stop_reached: bool = False

    @property
    def rest(self) -> int:
        return self.amount - self.filled

    @property
    def ready(self) -> bool:
        return (self.stop is None or self.stop_reached) and (
            self.limit is None or self.limit_reached
        )

    def see(self, close: Fraction) -> None:
        if self.ready:
            return
        side = 1 if self.amount > 0 else -1
        if self.stop is not None and not self.stop_reached:
            if side * (close - self.stop) < 0:
                return
            if self.limit is None:
                self.stop_reached = True
                return
            self.stop = None
        if self.limit is not None:
            self.limit_reached = side * (self.limit - close) >= 0

    def can_be_reached(self, opened: Fraction, close: Fraction) -> bool:
        """Whether a limit that was touched in an earlier bar is within the prices of this one."""
        if self.limit is None or not self.limit_reached:
            return True
        best = min(opened, close) if self.amount > 0 else max(opened, close)
        return (best <= self.limit) if self.amount > 0 else (best >= self.limit)

    def take(self, price: Fraction, left: int, *, recheck: bool) -> tuple[int, Fraction]:
        """What fills at a price while so much of the volume is left, and what it costs."""
        side = 1 if self.amount > 0 else -1
        paid = price * (1 + side * SLIPPAGE)
        if recheck and self.limit is not None and side * (paid - self.limit) > 0:
            return 0, paid
        return side * min(abs(self.rest), left), paid


class VenueMachine(RuleBasedStateMachine):
    """Orders, cancels, splits and bars happen to the venue and to the model alike."""

    @initialize(at_open=st.booleans(), recheck=st.booleans())
    def open_venue(self, at_open: bool, recheck: bool) -> None:
        self.at_open, self.recheck = at_open, recheck
        self.tape = Tape({})
        costs = CostModels()
        costs.set_slippage("equity", FixedBasisPointsSlippage(100, "0.1"))
        costs.set_commission("equity", NoCommission())
        side = ModelSide(market=self.tape, view=VIEW)
        venue = SimulatedVenue(
            bars=self.tape,
            arithmetic=EXACT,
            costs=costs,
            rules=MatchingRules(fill_at="open" if at_open else "close", recheck_limit=recheck),
            exact=side,
            strategy=side,
        )
        self.blotter = Blotter(venue=venue, arithmetic=EXACT)
        self.at = 0
        self.book: list[tuple[Order, Resting]] = []
        self.turns: list[Asset] = []

    @property
    def alive(self) -> list[tuple[Order, Resting]]:
        return [(order, model) for order, model in self.book if model.rest]

    @rule(
        asset=st.sampled_from(ASSETS),
        amount=st.integers(-60, 60).filter(bool),
        limit=st.none() | cents,
        stop=st.none() | cents,
    )
    def place(self, asset: Asset, amount: int, limit: Decimal | None, stop: Decimal | None) -> None:
        style = style_from_prices(limit, stop, None)
        order = self.blotter.order(asset, EXACT.amount(amount), style, at=self.at, strategy="main")
        lowest, trigger = (None if p is None else Fraction(p) for p in (limit, stop))
        self.book.append((order, Resting(asset, amount, lowest, trigger)))
        if asset not in self.turns:
            self.turns.append(asset)

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order, model = data.draw(st.sampled_from(self.alive))
        assert self.blotter.cancel(order.id, at=self.at, cause="strategy")
        model.amount = model.filled

    @rule(
        asset=st.sampled_from(ASSETS),
        ratio=st.builds(Fraction, st.integers(1, 7), st.integers(1, 7)),
    )
    def split(self, asset: Asset, ratio: Fraction) -> None:
        self.blotter.split(asset, Ratio(ratio.numerator, ratio.denominator), self.at)
        for _, model in self.alive:
            if model.asset is asset:
                rest, filled = int(model.rest / ratio), int(model.filled / ratio)
                model.amount, model.filled = filled + rest, filled
                model.limit, model.stop = (
                    None if price is None else Fraction(round(price * ratio * 100), 100)
                    for price in (model.limit, model.stop)
                )

    @rule(bars=st.fixed_dictionaries({}, optional=dict.fromkeys(ASSETS, traded)))
    def bar(self, bars: dict[Asset, tuple[Decimal, Decimal, int]]) -> None:
        self.at += 1
        self.tape.bars = bars
        executions = self.blotter.advance(self.at, session=0)
        found = [_described(execution) for execution in executions]
        assert found == self._expected(bars)
        self.turns = [a for a in self.turns if any(model.asset is a for _, model in self.alive)]

    def _expected(
        self, bars: dict[Asset, tuple[Decimal, Decimal, int]]
    ) -> list[tuple[int, int, Fraction]]:
        fills: list[tuple[int, int, Fraction]] = []
        for asset in [asset for asset in self.turns if asset in bars]:
            fills += self._fills(asset, *bars[asset])
            if self.at_open:
                for _, resting in self._resting(asset):
                    resting.see(Fraction(bars[asset][1]))
        return fills

    def _fills(
        self, asset: Asset, opened: Decimal, close: Decimal, volume: int
    ) -> Iterator[tuple[int, int, Fraction]]:
        """Number, amount and price of what a bar fills, first come, first served."""
        left = volume // 10
        for number, resting in self._resting(asset):
            if self.recheck and not resting.can_be_reached(Fraction(opened), Fraction(close)):
                continue
            if not self.at_open:
                resting.see(Fraction(close))
            if not resting.ready:
                continue
            if not left:  # no later order is looked at in this bar
                return
            price = Fraction(opened if self.at_open else close)
            amount, paid = resting.take(price, left, recheck=self.recheck)
            if amount:
                resting.filled += amount
                left -= abs(amount)
                yield number, amount, paid

    def _resting(self, asset: Asset) -> list[tuple[int, Resting]]:
        return [
            (number, model)
            for number, (_, model) in enumerate(self.book, start=1)
            if model.asset is asset and model.rest
        ]

    @invariant()
    def orders_agree(self) -> None:
        for order, model in getattr(self, "book", ()):
            assert order.amount == model.amount * 10**8 or not model.rest
            assert order.filled == model.filled * 10**8
            assert order.status.is_open is bool(model.rest)
            if model.rest:
                assert _price(order.limit) == model.limit
                assert _price(order.stop) == model.stop
                assert (order.limit_reached, order.stop_reached) == (
                    model.limit_reached,
                    model.stop_reached,
                )

    @invariant()
    def only_open_orders_rest(self) -> None:
        if hasattr(self, "blotter"):
            resting = [order for orders in self.blotter.open_orders.values() for order in orders]
            assert sorted(order.sequence for order in resting) == [
                order.sequence for order, _ in self.alive
            ]


def _described(execution: Execution) -> tuple[int, int, Fraction]:
    fill = execution.fill
    assert isinstance(fill.amount, int)
    price = _price(fill.price)
    assert price is not None
    return execution.order.sequence, fill.amount // 10**8, price


def _price(price: Num | None) -> Fraction | None:
    if price is None:
        return None
    assert isinstance(price, int)
    return Fraction(price, 10**12)


TestVenueMachine = VenueMachine.TestCase
