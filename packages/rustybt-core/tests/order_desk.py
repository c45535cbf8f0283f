"""A venue with a position behind it, to which random programs of orders happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

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
from rustybt.finance.draws import Draws
from rustybt.finance.slippage import FixedBasisPointsSlippage
from rustybt.orders import Order, order_request
from rustybt.values import Arithmetic, Num, Ratio, parse_decimal
from rustybt.views import PublicView

MINUTE = 60 * 10**9
TICK = Decimal("0.25")
SHARE = stock("AAA", 1, tick_size=TICK)
VOLUME_LIMIT = Fraction(1, 8)


class Bar(NamedTuple):
    """Prices and a volume; the prices are multiples of the tick, so floats hold them exactly."""

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


@dataclass
class Tape:
    """The newest bar; None where nothing traded, and then the last price there was."""

    arithmetic: Arithmetic
    bar: Bar | None = None
    last: Decimal | None = None
    current_session: date = date(2020, 6, 1)

    def traded_close(self, asset: Asset) -> Num | None:
        return None if self.bar is None else self.arithmetic.price(self.bar.close)

    def mark(self, asset: Asset) -> Num | None:
        return None if self.last is None else self.arithmetic.price(self.last)

    def value(self, asset: Asset, field: str) -> Num | None:
        return None if self.bar is None else self.arithmetic.price(getattr(self.bar, field))

    def current(self, assets: Asset, fields: str) -> Any:
        assert self.bar is not None
        value = Decimal(getattr(self.bar, fields))
        return value if self.arithmetic.exact else float(value)

    def history(self, assets: Asset, fields: str, bar_count: int, frequency: str) -> Any:
        raise NotImplementedError


class Fill(NamedTuple):
    """An execution as the laws see it."""

    order: Order
    amount: int
    price: Fraction
    reference: Fraction
    limit: Fraction | None


class OrderDesk:
    """A blotter over a venue in one arithmetic, and the position that its fills make.

    Args:
        arithmetic: The numbers.
        rules: How orders meet bars.
        basis_points: Slippage.
        latency: Nanoseconds that messages travel, None for none.
        fills: A fill model, None for none.
    """

    def __init__(
        self,
        arithmetic: Arithmetic,
        rules: MatchingRules,
        *,
        basis_points: int,
        latency: Any,
        fills: Any,
    ) -> None:
        self.arithmetic = arithmetic
        self.tape = Tape(arithmetic)
        self.position = 0
        costs = CostModels()
        costs.set_slippage("equity", FixedBasisPointsSlippage(basis_points, "0.125"))
        costs.set_commission("equity", NoCommission())
        side = ModelSide(market=self.tape, view=PublicView(arithmetic))
        venue = SimulatedVenue(
            bars=self.tape,
            arithmetic=arithmetic,
            costs=costs,
            rules=rules,
            exact=side,
            strategy=side,
            held=lambda _: self.arithmetic.amount(self.position),
            draws=Draws(1),
            bar_start=lambda at, _: at - MINUTE,
        )
        venue.set_latency(latency)
        venue.set_fill_model(fills)
        self.venue = venue
        self.blotter = Blotter(venue=venue, arithmetic=arithmetic)

    @property
    def orders(self) -> list[Order]:
        """Every order, in order of creation."""
        return list(self.blotter.orders.values())

    def place(
        self, amount: int, prices: tuple[Any, Any], style: Any, options: Any, at: int
    ) -> Order:
        """Order an amount as `context.order` would."""
        request = order_request(*prices, style, options)
        size = self.arithmetic.amount(amount)
        return self.blotter.order(
            SHARE, size, request.style, at=at, strategy="main", terms=request.terms
        )

    def replace(self, number: int, at: int, **figures: Any) -> None:
        """Give an order other figures, by number."""
        order = self.orders[number]
        self.blotter.replace([(order, self.blotter.change(order, **figures))], at=at)

    def advance(self, bar: Bar | None, at: int) -> list[Fill]:
        """Let a bar happen and tell what filled."""
        self.tape.bar = bar
        if bar is not None:
            self.tape.last = bar.close
        done = [self._fill(each) for each in self.blotter.advance(at, session=0)]
        self.position += sum(fill.amount for fill in done)
        return done

    def split(self, ratio: Ratio, at: int) -> None:
        """Bring orders, position and last price to another scale."""
        self.blotter.split(SHARE, ratio, at)
        self.position = int(Fraction(self.position) / ratio.as_fraction())
        if self.tape.last is not None:
            ticks = Fraction(self.tape.last) * ratio.as_fraction() / Fraction(TICK)
            self.tape.last = TICK * round(ticks)

    def _fill(self, execution: Execution) -> Fill:
        fill = execution.fill
        assert fill.reference is not None
        return Fill(
            execution.order,
            int(self.fraction(self.arithmetic.amount_value(fill.amount))),
            self.fraction(self.arithmetic.price_value(fill.price)),
            self.fraction(self.arithmetic.price_value(fill.reference)),
            self.price(execution.transition.limit),
        )

    def amounts(self, order: Order) -> tuple[int, int]:
        """Amount and filled amount of an order."""
        shown = (self.arithmetic.amount_value(each) for each in (order.amount, order.filled))
        whole, filled = (int(self.fraction(each)) for each in shown)
        return whole, filled

    def price(self, price: Num | None) -> Fraction | None:
        """A price of an order."""
        return None if price is None else self.fraction(self.arithmetic.price_value(price))

    @staticmethod
    def fraction(value: object) -> Fraction:
        return Fraction(parse_decimal(value, field="value"))


def told(desk: OrderDesk, fills: Sequence[Fill]) -> list[Any]:
    """What two arithmetics have to agree on: every decision, and every price."""
    return [
        [(fill.order.id, fill.amount, fill.price) for fill in fills],
        [
            (
                order.status,
                order.code,
                desk.amounts(order),
                desk.price(order.limit),
                desk.price(order.stop),
                [(step.at, step.after, step.cause, step.reason) for step in order.trail],
            )
            for order in desk.orders
        ],
        desk.blotter.touch_decisions,
    ]
