"""The simulated venue: bars and resting orders in, executions out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rustybt.errors import (
    TransactionVolumeExceedsOrder,
    TransactionWithWrongDirection,
)
from rustybt.execution.events import Execution
from rustybt.finance.book_events import CommissionCharge, Fill
from rustybt.finance.slippage import LiquidityExceeded
from rustybt.finance.transaction import DecimalTransaction
from rustybt.values import (
    KERNEL_CONTEXT,
    Arithmetic,
    Num,
    Value,
    parse_decimal,
    round_to_lot,
)
from rustybt.views import ValueView

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.costs import CostModels
    from rustybt.finance._cost_model import CostModel, Market, WorkingOrder
    from rustybt.finance.slippage import SlippageModel
    from rustybt.orders import Order


class BarSource(Protocol):
    """Where the venue reads the bar that has just ended."""

    def traded_close(self, asset: "Asset") -> Num | None:
        """The bar's close, a kernel price; None when the asset did not trade in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingRules:
    """How resting orders meet a bar.

    Attributes:
        fill_at: "close": what is triggered on a bar's close fills there. "open": it fills at the
            open of the following bar.
        recheck_limit: Whether an execution beyond the limit, after slippage, is refused whatever
            the model; else only models that check it themselves refuse.
        forgets_commission: Whether a model that says that a fill costs less than nothing lowers
            what the order is said to have paid, although nothing is paid back.
    """

    fill_at: Literal["close", "open"] = "close"
    recheck_limit: bool = True
    forgets_commission: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSide:
    """What a cost model is shown: market data and the look of numbers."""

    market: "Market"
    view: ValueView


class OpenPrices:
    """A market whose price is the bar's open, for executions at the open."""

    def __init__(self, market: "Market") -> None:
        self._market = market
        self.history = market.history

    @property
    def current_session(self) -> date:
        """Label of the running session."""
        return self._market.current_session

    def current(self, assets: "Asset", fields: str) -> Any:  # noqa: ANN401 - as the market does
        """One field of the bar, the open in place of close and price."""
        return self._market.current(assets, "open" if fields in ("close", "price") else fields)


class SimulatedVenue:
    """Matches resting orders against bars.

    Orders of an asset are tried first come, first served; the volume limit of a bar is shared by
    all of them; a bar without a trade matches nothing.

    Args:
        bars: The bar that has just ended.
        arithmetic: The run's numbers.
        costs: Slippage and commission models.
        rules: How orders meet a bar.
        exact: What models see that compute with the engine's numbers.
        strategy: What a user's own models see.
    """

    def __init__(
        self,
        *,
        bars: BarSource,
        arithmetic: Arithmetic,
        costs: "CostModels",
        rules: MatchingRules,
        exact: ModelSide,
        strategy: ModelSide,
    ) -> None:
        self._bars = bars
        self._arithmetic = arithmetic
        self._costs = costs
        self._rules = rules
        self._exact = _priced(exact, rules)
        self._strategy = _priced(strategy, rules)
        self._open: dict[Asset, list[Order]] = {}
        self._executions = 0

    @property
    def open_orders(self) -> Mapping["Asset", list["Order"]]:
        """Resting orders by asset, assets in the order in which they are matched."""
        return self._open

    def submit(self, order: "Order", at: int) -> None:
        """Accept an order; it can fill from the next bar on."""
        order.submit(at)
        order.accept(at)
        self._open.setdefault(order.asset, []).append(order)

    def remove(self, order: "Order") -> None:
        """Forget an order that has ended; its asset keeps its turn until the next bar."""
        self._open[order.asset].remove(order)

    def next_sequence(self) -> int:
        """The number of the next execution of the run."""
        self._executions += 1
        return self._executions

    def advance(self, at: int, session: int) -> list[Execution]:
        """Match everything that rests against the bar that ended at `at`.

        Args:
            at: Label of the bar, nanoseconds UTC.
            session: Index of its session.

        Returns:
            The executions in order.
        """
        executions: list[Execution] = []
        with localcontext(KERNEL_CONTEXT):
            for asset in tuple(self._open):
                close = self._bars.traded_close(asset)
                if close is not None:
                    self._match(asset, close, at, session, executions)
        for execution in executions:
            if not execution.order.status.is_open:
                self.remove(execution.order)
        for asset in [asset for asset, orders in self._open.items() if not orders]:
            del self._open[asset]
        return executions

    def _match(
        self, asset: "Asset", close: Num, at: int, session: int, done: list[Execution]
    ) -> None:
        orders = self._open[asset]
        at_open = self._rules.fill_at == "open"
        ready = self._triggered_before(asset, orders) if at_open else orders
        model = self._costs.slippage_for(asset)
        side = self._side(model)
        model.volume_for_bar = side.view.amount(self._arithmetic.zero)
        for order in ready:
            if not (at_open or order.touch(close, at)):
                continue
            try:
                execution = self._execute(order, model, side, at, session)
            except LiquidityExceeded:
                break
            if execution is not None:
                model.volume_for_bar += side.view.amount(abs(execution.fill.amount))
                done.append(execution)
        if at_open:
            for order in orders:
                order.touch(close, at)

    def _triggered_before(self, asset: "Asset", orders: list["Order"]) -> list["Order"]:
        """What may fill at the bar's open; a bar without an open fills nothing there."""
        if self._exact.market.current(asset, "open") is None:
            return []
        return [order for order in orders if order.triggered]

    def _side(self, model: "CostModel") -> ModelSide:
        return self._exact if model.exact else self._strategy

    def _execute(
        self, order: "Order", model: "SlippageModel", side: ModelSide, at: int, session: int
    ) -> Execution | None:
        view = self._shown(order, side)
        price_value, amount_value = model.process_order(side.market, view)
        if price_value is None or amount_value is None:
            return None
        price = self._arithmetic.price(price_value)
        amount = self._whole(order, amount_value)
        if not amount or (self._rules.recheck_limit and _beyond_limit(order, price)):
            return None
        fill = Fill(
            order.id,
            order.asset,
            at,
            session,
            amount,
            price,
            self.next_sequence(),
            order.strategy,
        )
        commission, charge = self._charge(order, fill, view, side)
        transition = order.fill(amount, commission, at)
        return Execution(order, fill, charge, transition)

    def _shown(self, order: "Order", side: ModelSide) -> "WorkingOrder":
        """The order as a model is shown it: a user's model gets one that it may keep."""
        return order.working(side.view) if side is self._exact else order.view(side.view)

    def _whole(self, order: "Order", value: Value) -> Num:
        """The amount that a model gave, in whole lots toward zero, checked against its order."""
        left = self._arithmetic.amount_value(order.open_amount)
        if value is left:
            return order.open_amount
        lot = order.asset.lot_size
        lots = round_to_lot(parse_decimal(value, field="amount of a fill"), lot)
        open_lots = round_to_lot(parse_decimal(left, field="open amount"), lot)
        if lots and (lots > 0) != order.is_buy:
            raise TransactionWithWrongDirection(txn=value, order=order.id)
        if abs(lots) > abs(open_lots):
            raise TransactionVolumeExceedsOrder(txn=value, order=order.id)
        # Floats are summed with noise: what is all that is open has to be all of it.
        return order.open_amount if lots == open_lots else self._arithmetic.amount(lots)

    def _charge(
        self, order: "Order", fill: Fill, view: "WorkingOrder", side: ModelSide
    ) -> tuple[Num, CommissionCharge | None]:
        """What is added to the order's commission, and what is charged to the book for it.

        `view` is the order before the fill as `side` shows it; it is made anew where the
        commission model is shown something else.
        """
        model = self._costs.commission_for(order.asset)
        if self._side(model) is not side:
            side = self._side(model)
            view = self._shown(order, side)
        value = model.calculate(view, DecimalTransaction.from_fill(fill, side.view))
        amount = self._arithmetic.money(value, "commission")
        if amount < 0 and not model.pays_rebates:
            kept = amount if self._rules.forgets_commission else self._arithmetic.zero
            return kept, None
        if not amount:
            return amount, None
        return amount, CommissionCharge(order.id, order.asset, fill.at, amount, order.strategy)


def _beyond_limit(order: "Order", price: Num) -> bool:
    if order.limit is None:
        return False
    return price > order.limit if order.is_buy else price < order.limit


def _priced(side: ModelSide, rules: MatchingRules) -> ModelSide:
    if rules.fill_at == "close":
        return side
    return ModelSide(market=OpenPrices(side.market), view=side.view)
