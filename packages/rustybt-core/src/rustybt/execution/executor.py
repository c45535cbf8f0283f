"""From an order and a price to its execution: what the models of fill and costs have to say."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from rustybt.errors import TransactionVolumeExceedsOrder, TransactionWithWrongDirection
from rustybt.execution.bars import ModelSide, Moment, OnePrice, OpenPrices
from rustybt.execution.events import Execution
from rustybt.finance.book_events import CommissionCharge, Fill
from rustybt.finance.slippage import LiquidityExceeded
from rustybt.finance.transaction import DecimalTransaction, FillView
from rustybt.orders import PLAIN_TERMS, TimeInForce
from rustybt.values import Arithmetic, Num, Value, parse_decimal, round_to_lot

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.costs import CostModels
    from rustybt.execution.matching_rules import MatchingRules
    from rustybt.finance._cost_model import CostModel, Market, WorkingOrder
    from rustybt.finance.account_types import Funds
    from rustybt.finance.draws import Draws
    from rustybt.finance.fills import FillModel
    from rustybt.finance.loans import Loans
    from rustybt.finance.slippage import SlippageModel
    from rustybt.orders import Order
    from rustybt.views import ValueView

Held = Callable[["Asset"], Num]
"""What is held of an asset, a kernel amount."""


_NO_GROUPS: Final[frozenset[str]] = frozenset()


class _Side(NamedTuple):
    """What a model is shown.

    Attributes:
        view: The look of numbers.
        open: The market at the open.
        close: The market at the close.
        inside: The market at one price.
    """

    view: "ValueView"
    open: "Market"
    close: "Market"
    inside: OnePrice

    @classmethod
    def of(cls, side: ModelSide) -> "_Side":
        market = side.market
        return cls(side.view, OpenPrices(market), market, OnePrice(market))


class Cut(NamedTuple):
    """Loans let no more than a part of an order fill.

    Attributes:
        part: How much may fill, signed; zero for nothing.
        reason: Why, in words.
    """

    part: Num
    reason: str


class AssetBar:
    """One asset in the bar that is being matched.

    Args:
        asset: The asset.
        at: The bar's label, nanoseconds UTC.
        session: Index of its session.
        close: Its close.
        done: Where executions are added.
        since: What came upon its price at this time or later fills for the first time.

    Attributes:
        net: What was bought less what was sold in the bar so far.
        dry: Whether no more of the asset fills in the bar.
        decided: Groups of which an order has filled in the bar.
        cut: Why no more than a part of the order that is being executed may fill; None where
            nothing but the market limits it.
        model: The slippage model, once it was asked.
    """

    __slots__ = (
        "asset",
        "at",
        "close",
        "cut",
        "decided",
        "done",
        "dry",
        "model",
        "net",
        "session",
        "since",
    )

    def __init__(
        self, asset: "Asset", at: int, session: int, close: Num, done: list[Execution], since: int
    ) -> None:
        self.asset = asset
        self.at = at
        self.session = session
        self.close = close
        self.done = done
        self.since = since
        self.net: Num = 0
        self.dry = False
        self.decided: frozenset[str] = _NO_GROUPS
        self.cut: Cut | None = None
        self.model: SlippageModel | None = None


class Executor:
    """Asks the models what an order fills at a price.

    Args:
        arithmetic: The run's numbers.
        costs: Slippage and commission models.
        rules: How orders meet a bar.
        exact: What models see that compute with the engine's numbers.
        strategy: What a user's own models see.
        held: What is held of an asset.
        draws: Where random numbers come from.

    Attributes:
        arithmetic: The run's numbers.
        costs: Slippage and commission models.
        fills: The fill model; None fills what the volume allows.
        loans: What may be short, where a borrow model says it.
        funds: The account, where it has limits: what it cannot pay for does not fill.
    """

    def __init__(
        self,
        *,
        arithmetic: Arithmetic,
        costs: "CostModels",
        rules: "MatchingRules",
        exact: ModelSide,
        strategy: ModelSide,
        held: Held,
        draws: "Draws | None",
    ) -> None:
        self.arithmetic = arithmetic
        self.costs = costs
        self._rules = rules
        self._exact = _Side.of(exact)
        self._strategy = _Side.of(strategy)
        self._held = held
        self._draws = draws
        self._executions = 0
        self.fills: FillModel | None = None
        self.loans: Loans | None = None
        self.funds: Funds | None = None
        self._bounded = False

    def bound(self, *, fills: "FillModel | None", loans: "Loans | None") -> None:
        """Choose what may limit an order besides its terms; None for nothing."""
        self.fills, self.loans = fills, loans
        self._bounded = fills is not None or loans is not None

    @property
    def is_free(self) -> bool:
        """Whether nothing but its terms and the models limits what fills of an order."""
        return not self._bounded and self.funds is None

    def next_sequence(self) -> int:
        """The number of the next execution of the run."""
        self._executions += 1
        return self._executions

    def position(self, asset: "Asset", net: Num) -> Num:
        """What is held of an asset once what filled in the bar is counted."""
        return self._held(asset) + net

    def execute(
        self, order: "Order", bar: AssetBar, base: Num, moment: Moment, *, inside: bool = False
    ) -> Execution | None:
        """Fill an order as far as the models let it.

        Args:
            order: An order that may fill.
            bar: The bar.
            base: The market's price, before slippage.
            moment: When in the bar.
            inside: Whether the price is the order's own trigger, not one of the bar's: slippage
                then starts from it, does not better it and does not lead beyond the limit.

        Returns:
            The execution; None when nothing fills. `bar.dry` says that nothing more will.
        """
        model = bar.model or self.begin(bar)
        side = self._exact if model.exact else self._strategy
        room = order.amount - order.filled
        if order.limit is not None:
            order.takes = _takes(order, bar.since)
        if order.terms is not PLAIN_TERMS or order.tip is not None or self._bounded:
            room = self._room(order, bar)
            if not room:
                return None
        shown, market = self._shown_to(side, order, base, moment, room, inside=inside)
        try:
            value, size = model.process_order(market, shown)
        except LiquidityExceeded:
            bar.dry = True
            return None
        if value is None or size is None:
            return None
        price, amount = self.arithmetic.price(value), self._lots(order, size, room)
        if inside:
            price = _within(order, price, base)
        if self._rules.fills != "expected":
            price = base if self._rules.fills == "optimistic" else self._worst(order, price, base)
        if self.funds is not None and amount:
            amount = self._covered(self.funds, order, bar, price, amount)
        if not amount or self._refuses(order, price, amount):
            return None
        execution = self._filled(order, bar, base, price, amount)
        model.volume_for_bar += side.view.amount(abs(amount))
        return execution

    def _worst(self, order: "Order", price: Num, base: Num) -> Num:
        """The worst price of the bar, or what slippage made of it; no worse than the limit.

        Where the market itself is beyond the limit there is no fill to be had at the limit.
        """
        worst, best = (max, min) if order.is_buy else (min, max)
        extreme = self._exact.close.current(order.asset, "high" if order.is_buy else "low")
        if extreme is not None:
            price = worst(price, self.arithmetic.price(extreme))
        return price if order.limit is None else worst(best(price, order.limit), base)

    def _refuses(self, order: "Order", price: Num, amount: Num) -> bool:
        """Whether an order does not want what a model gave it."""
        if self._rules.recheck_limit and order.limit is not None:
            beyond = price > order.limit if order.is_buy else price < order.limit
            if beyond:
                return True
        return _fills_or_dies(order) and amount != order.open_amount

    def begin(self, bar: AssetBar, filled: Num = 0) -> "SlippageModel":
        """The slippage model, told that a bar begins in which so much has filled, without sign."""
        model = bar.model = self.costs.slippage_for(bar.asset)
        model.volume_for_bar = self._side(model).view.amount(self.arithmetic.zero + filled)
        return model

    def resume(self, bar: AssetBar) -> None:
        """Go on with a bar after those of other assets: its model counts its volume again."""
        if bar.model is not None:
            fills = (each.fill for each in bar.done)
            self.begin(bar, sum((abs(each.amount) for each in fills if each.asset == bar.asset), 0))

    # ------------------------------------------------------------ how much, at what price

    def _room(self, order: "Order", bar: AssetBar) -> Num:
        """How much of an order may fill in the bar, before slippage."""
        room = order.open_amount
        if order.tip is not None:
            room = _at_most(room, order.tip)
        if order.terms.reduce_only:
            room = _at_most(room, self.reducible(order, bar.net))
        if self.fills is not None and room:
            room = _at_most(room, self._fillable(self.fills, order, bar.at))
        if self.loans is not None and room:
            room = self._lent(self.loans, order, bar, room)
        if _fills_or_dies(order) and room != order.open_amount:
            return self.arithmetic.zero
        return room

    def reducible(self, order: "Order", net: Num) -> Num:
        """How much of a position an order can close, without sign.

        Args:
            order: The order.
            net: What the bar has bought less what it has sold so far.
        """
        position = self.position(order.asset, net)
        if not position or (position > 0) is order.is_buy:
            return self.arithmetic.zero
        return abs(position)

    def _lent(self, loans: "Loans", order: "Order", bar: AssetBar, room: Num) -> Num:
        """How much of an order its loans allow; where that is less, the bar says why."""
        position = self.position(order.asset, bar.net)
        if not order.is_buy:
            part = loans.sellable(order.asset, room, position)
        elif order.terms.forced is not None and order.terms.forced.covers_loan:
            part = loans.coverable(order.asset, room, position)
        else:
            return room
        if part != room:
            part = self.arithmetic.zero if _fills_or_dies(order) else part
            bar.cut = Cut(part, loans.terms(order.asset))
        return part

    def _fillable(self, model: "FillModel", order: "Order", at: int) -> Num:
        assert self._draws is not None, "who sets a fill model gives draws"
        side = self._exact
        value = model.fillable(side.close, order.working(side.view), at, self._draws)
        return abs(self._lots(order, value, order.open_amount))

    def _shown_to(
        self,
        side: _Side,
        order: "Order",
        base: Num,
        moment: Moment,
        room: Num,
        *,
        inside: bool,
    ) -> "tuple[WorkingOrder, Market]":
        """The order and the market as the slippage model is shown them."""
        if inside:
            side.inside.price = side.view.price(base, order.asset.price_decimals)
            return self._part(side, order, room, limited=False), side.inside
        market = side.open if moment is Moment.OPEN else side.close
        if room == order.open_amount:
            return self._shown(order, side), market
        return self._part(side, order, room, limited=True), market

    def _part(self, side: _Side, order: "Order", room: Num, *, limited: bool) -> "WorkingOrder":
        """The order as if no more of it were there than may fill."""
        if side is self._exact:
            return order.part(side.view, room, limited=limited)
        shown = order.view(side.view)
        amount = side.view.amount(order.filled + room)
        return replace(shown, amount=amount, limit=shown.limit if limited else None)

    def _lots(self, order: "Order", value: Value, room: Num) -> Num:
        """The amount that a model gave, in whole lots toward zero, checked against its order."""
        left = self.arithmetic.amount_value(room)
        if type(value) is type(left) and value == left:
            return room
        lot = order.asset.lot_size
        lots = round_to_lot(parse_decimal(value, field="amount of a fill"), lot)
        open_lots = round_to_lot(parse_decimal(left, field="open amount"), lot)
        if lots and (lots > 0) != order.is_buy:
            raise TransactionWithWrongDirection(txn=value, order=order.id)
        if abs(lots) > abs(open_lots):
            raise TransactionVolumeExceedsOrder(txn=value, order=order.id)
        # Floats are summed with noise: what is all that is open has to be all of it.
        return room if lots == open_lots else self.arithmetic.amount(lots)

    # ------------------------------------------------------------ the execution

    def _filled(
        self, order: "Order", bar: AssetBar, base: Num, price: Num, amount: Num
    ) -> Execution:
        fill = Fill(
            order.id,
            bar.asset,
            bar.at,
            bar.session,
            amount,
            price,
            self.next_sequence(),
            order.strategy,
            base,
        )
        commission, charge = self._charge(order, fill)
        transition = order.fill(amount, commission, bar.at, price=price, reference=base)
        bar.net += amount
        if self.funds is not None:
            cost = self.arithmetic.zero if charge is None else charge.amount
            self.funds.claim(bar.asset, amount, price, cost)
        execution = Execution(order, fill, charge, transition)
        bar.done.append(execution)
        return execution

    def _covered(
        self, funds: "Funds", order: "Order", bar: AssetBar, price: Num, amount: Num
    ) -> Num:
        """How much of an execution the account can pay for."""
        fill = Fill(order.id, bar.asset, bar.at, bar.session, amount, price, 0, order.strategy)
        model = self.costs.commission_for(order.asset)
        side = self._side(model)
        transaction = DecimalTransaction.from_fill(fill, side.view)
        value = model.calculate(self._shown(order, side), transaction)
        cost = self.arithmetic.money(value, "commission")
        return funds.affordable(bar.asset, amount, price, cost)

    def _charge(self, order: "Order", fill: Fill) -> tuple[Num, CommissionCharge | None]:
        """What is added to the order's commission, and what is charged to the book for it."""
        model = self.costs.commission_for(order.asset)
        side = self._side(model)
        shown = self._shown(order, side)
        transaction = (
            FillView(fill, side.view)
            if side is self._exact
            else DecimalTransaction.from_fill(fill, side.view)
        )
        amount = self.arithmetic.money(model.calculate(shown, transaction), "commission")
        model.record(shown, transaction)
        if amount < 0 and not model.pays_rebates:
            kept = amount if self._rules.forgets_commission else self.arithmetic.zero
            return kept, None
        if not amount:
            return amount, None
        return amount, CommissionCharge(order.id, order.asset, fill.at, amount, order.strategy)

    def _side(self, model: "CostModel") -> _Side:
        return self._exact if model.exact else self._strategy

    def _shown(self, order: "Order", side: _Side) -> "WorkingOrder":
        """The order as a model is shown it: a user's model gets one that it may keep."""
        return order.working(side.view) if side is self._exact else order.view(side.view)


def _takes(order: "Order", since: int) -> bool:
    """Whether an order with a limit fills at once, and does not rest there."""
    if order.terms is not PLAIN_TERMS and order.terms.time_in_force.is_immediate:
        return True
    return order.crossed is not None and order.crossed >= since


def _fills_or_dies(order: "Order") -> bool:
    return order.terms.time_in_force is TimeInForce.FOK


def _at_most(amount: Num, size: Num) -> Num:
    """A signed amount cut to a size."""
    if abs(amount) <= size:
        return amount
    return size if amount > 0 else -size


def _within(order: "Order", price: Num, base: Num) -> Num:
    """The price that a model gave, no better than where it started, no worse than the limit."""
    worst, best = (max, min) if order.is_buy else (min, max)
    slipped = worst(price, base)
    return slipped if order.limit is None else best(slipped, order.limit)
