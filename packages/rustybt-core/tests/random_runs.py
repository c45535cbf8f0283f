"""Strategies that do random things on random markets, for laws about whole runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from markets import Played
from worlds import ASSETS, COIN, PRICES, World, level, worlds

from rustybt import run_algorithm
from rustybt.algorithm import TradingAlgorithm
from rustybt.data.bar_data import BarData
from rustybt.errors import BadOrderParameters, CannotOrderDelistedAsset
from rustybt.execution import Trigger
from rustybt.finance import commission as charges
from rustybt.finance import slippage as slippages
from rustybt.finance.cancel_policy import EODCancel, NeverCancel
from rustybt.simulation.rules import FillAt, SimulationRules

# ------------------------------------------------------------------ programs


@dataclass(frozen=True, kw_only=True)
class Act:
    """One call of an order function; None in place of an asset cancels instead.

    Attributes:
        bar: When, by number of the bar.
        early: Before the open of that bar's session, where the rules let it.
        method: Name of the function.
        symbol: What is ordered.
        number: Amount, value, share or target; for a cancel, which order of those placed.
        limit: Limit price.
        stop: Stop price.
        options: Further keywords of the function.
    """

    bar: int
    early: bool
    method: str
    symbol: str
    number: Decimal
    limit: Decimal | None
    stop: Decimal | None
    options: Mapping[str, Any] = field(default_factory=dict)

    def perform(self, context: Any) -> object:
        """Call the function; an asset that cannot be valued now is left alone."""
        if self.method == "cancel_order":
            placed = context.placed
            return placed and context.cancel_order(placed[int(self.number) % len(placed)])
        try:
            order = getattr(context, self.method)(
                ASSETS[self.symbol],
                self.number,
                limit_price=self.limit,
                stop_price=self.stop,
                **self.options,
            )
        except (BadOrderParameters, CannotOrderDelistedAsset):
            return None
        if order is not None:
            context.placed.append(order)
        return order


def _numbers(method: str, symbol: str) -> st.SearchStrategy[Decimal]:
    if method == "cancel_order":
        return st.integers(0, 20).map(Decimal)
    if method.endswith("percent"):
        return st.integers(-150, 150).map(lambda percent: Decimal(percent).scaleb(-2))
    if method.endswith("value"):
        return st.integers(-5_000_000, 5_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
    if symbol == COIN.symbol:
        return st.integers(-(10**10), 10**10).map(lambda lots: Decimal(lots).scaleb(-8))
    return st.integers(-400, 400).map(Decimal)


METHODS = (
    "order",
    "order",
    "order_value",
    "order_percent",
    "order_target",
    "order_target_value",
    "order_target_percent",
    "cancel_order",
)


def _order_prices(symbol: str) -> st.SearchStrategy[Decimal]:
    """Any price, or one within some basis points of those that the asset usually has."""
    decimals, _, highest = PRICES[symbol]
    near = st.builds(
        lambda number, points: level(symbol, number) * (10_000 + points) // 10_000,
        st.integers(0, 10),
        st.integers(-20, 20),
    )
    return (near | st.integers(0, highest)).map(lambda price: Decimal(price).scaleb(-decimals))


@st.composite
def acts(draw: st.DrawFn, length: int, methods: tuple[str, ...] = METHODS) -> Act:
    """Something to do at one of the first `length` bars."""
    symbol = draw(st.sampled_from(list(ASSETS)))
    method = draw(st.sampled_from(methods))
    prices = _order_prices(symbol)
    style = draw(st.sampled_from(("market", "limit", "limit", "stop", "stop limit", "trail")))
    options = {} if method == "cancel_order" else draw(_options(prices))
    if style == "trail":
        options = {**options, "trail_amount": draw(prices) + ASSETS[symbol].tick_size}
    return Act(
        bar=draw(st.integers(0, length - 1)),
        early=draw(st.sampled_from((False, False, True))),
        method=method,
        symbol=symbol,
        number=draw(_numbers(method, symbol)),
        limit=draw(prices) if "limit" in style else None,
        stop=draw(prices) if "stop" in style else None,
        options=options,
    )


@st.composite
def _options(draw: st.DrawFn, prices: st.SearchStrategy[Decimal]) -> dict[str, Any]:
    """Exits, how long the order lives, what it must not do; mostly nothing of it."""
    kind = draw(st.sampled_from(("none", "none", "exits", "exits", "life", "reduce only")))
    if kind == "exits":
        return {"take_profit": draw(prices), "stop_loss": draw(prices)}
    if kind == "life":
        return {"time_in_force": draw(st.sampled_from(("DAY", "IOC", "FOK")))}
    return {"reduce_only": True} if kind == "reduce only" else {}


def opening(symbol: str, amount: int) -> Act:
    """A market order at the first bar, so that there is something to hold."""
    return Act(
        bar=0,
        early=False,
        method="order",
        symbol=symbol,
        number=Decimal(amount),
        limit=None,
        stop=None,
    )


@st.composite
def programs(draw: st.DrawFn, world: World, methods: tuple[str, ...] = METHODS) -> tuple[Act, ...]:
    """Some opening orders, then some acts at any of the bars, in order of time."""
    amounts = st.integers(-99, 99)
    first = [
        opening(symbol, draw(amounts)) for symbol in ASSETS if draw(st.sampled_from((True, False)))
    ]
    later = draw(st.lists(acts(world.length, methods), min_size=4, max_size=12))
    return (*first, *sorted(later, key=lambda act: act.bar))


# ------------------------------------------------------------------ conditions

Factory = Callable[[], Any]

SLIPPAGE: Mapping[str, Mapping[str, Factory]] = {
    "us_equities": {
        "none": slippages.NoSlippage,
        "fixed": lambda: slippages.FixedSlippage("0.1"),
        "spread": lambda: slippages.BidAskSpread(30),
        "basis points": slippages.FixedBasisPointsSlippage,
        "volume share": slippages.VolumeShareSlippage,
        "strong impact": lambda: slippages.VolumeShareSlippage("0.25", 3),
    },
    "us_futures": {
        "none": slippages.NoSlippage,
        "volatility": lambda: slippages.VolatilityVolumeShare("0.05"),
        "basis points": lambda: slippages.FixedBasisPointsSlippage(10, "0.5"),
    },
    "crypto": {
        "none": slippages.NoSlippage,
        "basis points": slippages.FixedBasisPointsSlippage,
        "volume share": lambda: slippages.VolumeShareSlippage("0.5", 1),
    },
}
COMMISSION: Mapping[str, Mapping[str, Factory]] = {
    "us_equities": {
        "none": charges.NoCommission,
        "per share": charges.PerShare,
        "with minimum": lambda: charges.PerShare("0.01", 1),
        "per trade": lambda: charges.PerTrade(5),
        "per dollar": charges.PerDollar,
    },
    "us_futures": {
        "none": charges.NoCommission,
        "per contract": lambda: charges.PerContract("0.85", "1.5", 3),
        "per trade": lambda: charges.PerFutureTrade(2),
    },
    "crypto": {
        "none": charges.NoCommission,
        "maker and taker": lambda: charges.MakerTaker("0.001", "0.002"),
    },
}


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What a run is told besides market and strategy.

    Attributes:
        rules_name: Name of the rules.
        fill_at: Where the next bar fills.
        trigger: What tests stops and limits.
        numeric: The arithmetic.
        slippage: Name of a model by argument of `set_slippage`.
        commission: Name of a model by argument of `set_commission`.
        cancels_daily: Whether open orders end with the session.
    """

    rules_name: str
    fill_at: FillAt
    trigger: Trigger
    numeric: str
    slippage: Mapping[str, str]
    commission: Mapping[str, str]
    cancels_daily: bool

    @property
    def rules(self) -> SimulationRules:
        """The rules of the run."""
        rules = SimulationRules.named(self.rules_name)
        return replace(rules, fill_at=self.fill_at, trigger=self.trigger)

    def slippage_models(self) -> dict[str, Any]:
        """A new slippage model for each argument."""
        return {argument: SLIPPAGE[argument][name]() for argument, name in self.slippage.items()}

    def commission_models(self) -> dict[str, Any]:
        """A new commission model for each argument."""
        return {a: COMMISSION[a][name]() for a, name in self.commission.items()}

    def apply(self, context: Any) -> None:
        """Set costs and cancel policy, in `initialize`."""
        context.set_slippage(**self.slippage_models())
        context.set_commission(**self.commission_models())
        policy = EODCancel(warn_on_cancel=False) if self.cancels_daily else NeverCancel()
        context.set_cancel_policy(policy)


@st.composite
def conditions(
    draw: st.DrawFn,
    *,
    rules: tuple[str, ...] = ("standard", "zipline"),
    numeric: tuple[str, ...] = ("decimal", "float64"),
) -> Conditions:
    """Rules, arithmetic, costs and a cancel policy."""

    def chosen(models: Mapping[str, Mapping[str, Factory]]) -> dict[str, str]:
        return {name: draw(st.sampled_from(list(known))) for name, known in models.items()}

    return Conditions(
        rules_name=draw(st.sampled_from(rules)),
        fill_at=draw(st.sampled_from(("close", "open"))),
        trigger=draw(st.sampled_from(("close", "close", "intrabar"))),
        numeric=draw(st.sampled_from(numeric)),
        slippage=chosen(SLIPPAGE),
        commission=chosen(COMMISSION),
        cancels_daily=draw(st.sampled_from((False, False, False, True))),
    )


# ------------------------------------------------------------------ runs


class Actor(TradingAlgorithm):
    """Does what a program says, and keeps the orders as they were at each fill.

    Attributes:
        placed: Ids of the orders that were placed.
        filled: Every fill: the order as it was after it, and the transaction.
    """

    def __init__(self, program: tuple[Act, ...], given: Conditions, minutes: int) -> None:
        super().__init__()
        self._program = program
        self._given = given
        self._minutes = minutes or 1
        self._bar = -1
        self.placed: list[str] = []
        self.filled: list[tuple[Any, Any]] = []

    def initialize(self, context: Any) -> None:
        self._given.apply(context)

    def before_trading_start(self, context: Any, data: BarData) -> None:
        if self._given.rules.orders_before_open:
            coming = range(self._bar + 1, self._bar + 1 + self._minutes)
            self._perform([act for act in self._program if act.early and act.bar in coming])

    def handle_data(self, context: Any, data: BarData) -> None:
        self._bar += 1
        early = self._given.rules.orders_before_open
        here = [act for act in self._program if act.bar == self._bar]
        self._perform([act for act in here if not (early and act.early)])

    def _perform(self, program: list[Act]) -> None:
        for act in program:
            act.perform(self)

    def on_order_fill(self, context: Any, order: Any, transaction: Any) -> None:
        self.filled.append((order, transaction))


def run_world(
    world: World,
    program: tuple[Act, ...],
    given: Conditions,
    *,
    actor: type[Actor] = Actor,
    **options: Any,
) -> Played:
    """Run a program on a market."""
    market = world.market()
    algorithm = actor(program, given, world.minutes)
    result = run_algorithm(
        algorithm=algorithm,
        data=market.bundle,
        **{
            "start": market.first,
            "end": market.last,
            "capital_base": 50_000,
            "calendar": market.calendar,
            "data_frequency": world.frequency,
            "rules": given.rules,
            "numeric": given.numeric,
            **options,
        },
    )
    return Played(result=result, context=algorithm)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A market, a program for it and the conditions of a run."""

    world: World
    program: tuple[Act, ...]
    given: Conditions

    def run(self, world: World | None = None, **options: Any) -> Played:
        """Run it, on another market where one is given."""
        return run_world(world or self.world, self.program, self.given, **options)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    market: st.SearchStrategy[World] | None = None,
    given: st.SearchStrategy[Conditions] | None = None,
    methods: tuple[str, ...] = METHODS,
) -> Case:
    """A whole run to be."""
    world = draw(worlds() if market is None else market)
    return Case(
        world=world,
        program=draw(programs(world, methods)),
        given=draw(conditions() if given is None else given),
    )
