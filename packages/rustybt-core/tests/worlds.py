"""Random markets, and strategies that do random things on them, for laws about whole runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from markets import (
    MONDAY,
    VENUE,
    Bar,
    Market,
    Played,
    Print,
    daily_market,
    minute_market,
    small_sessions,
    stock,
)

from rustybt import run_algorithm
from rustybt.algorithm import TradingAlgorithm
from rustybt.assets import Asset, Cryptocurrency, Future
from rustybt.calendars import TradingCalendar, get_calendar, to_day
from rustybt.data.adjustments import CashDividend, Split
from rustybt.data.bar_data import BarData
from rustybt.errors import CannotOrderDelistedAsset
from rustybt.finance import commission as charges
from rustybt.finance import slippage as slippages
from rustybt.finance.cancel_policy import EODCancel, NeverCancel
from rustybt.simulation.rules import FillAt, SimulationRules
from rustybt.values import Ratio

LAST_LISTED = MONDAY + timedelta(days=3)

SHARE = stock("AAA", 1)
ENDING = stock("BBB", 2, end_date=LAST_LISTED, auto_close_date=LAST_LISTED + timedelta(days=1))
COIN = Cryptocurrency(
    sid=3,
    symbol="BTC/USD",
    exchange_info=VENUE,
    start_date=date(2015, 1, 2),
    lot_size=Decimal("0.00000001"),
    tick_size=Decimal("0.00000001"),
    price_decimals=8,
    amount_decimals=8,
)
OIL = Future(
    sid=4,
    symbol="CLZ20",
    exchange_info=VENUE,
    start_date=date(2015, 1, 2),
    root_symbol="CL",
    price_multiplier=Decimal(50),
)
ASSETS: Mapping[str, Asset] = {asset.symbol: asset for asset in (SHARE, ENDING, COIN, OIL)}
EQUITIES = (SHARE, ENDING)

# ------------------------------------------------------------------ worlds


@dataclass(frozen=True, kw_only=True)
class World:
    """A market bar by bar.

    Attributes:
        always_open: Whether it trades around the clock and not on XNYS; for daily bars.
        sessions: How many sessions it has.
        minutes: How many minutes a session has; 0 for daily bars.
        bars: What was printed, by symbol and number of the bar.
        days: Daily bars of a market of minutes, by symbol and session: they agree with the
            minutes in nothing, so that whatever is taken from them can be told.
        events: Splits and dividends.
    """

    always_open: bool
    sessions: int
    minutes: int
    bars: Mapping[str, tuple[Print, ...]]
    days: Mapping[str, tuple[Print, ...]]
    events: tuple[Split | CashDividend, ...]

    @property
    def length(self) -> int:
        """How many bars there are."""
        return self.sessions * (self.minutes or 1)

    @property
    def calendar(self) -> TradingCalendar:
        """Whose sessions they are."""
        if self.minutes:
            return small_sessions(self.sessions, self.minutes)
        return get_calendar("24/7" if self.always_open else "XNYS")

    @property
    def frequency(self) -> str:
        """The run's `data_frequency`."""
        return "minute" if self.minutes else "daily"

    def market(self) -> Market:
        """The market as a bundle."""
        bars = {ASSETS[symbol]: bars for symbol, bars in self.bars.items()}
        if not self.minutes:
            return daily_market(bars, events=self.events, calendar=self.calendar)
        prints = {
            asset: {divmod(number, self.minutes): print_ for number, print_ in enumerate(row)}
            for asset, row in bars.items()
        }
        return minute_market(
            prints,
            sessions=self.sessions,
            daily={ASSETS[symbol]: days for symbol, days in self.days.items()},
            events=self.events,
            calendar=self.calendar,
        )

    def with_future_of(self, other: "World", bar: int) -> "World":
        """This world up to a bar, and another one afterwards.

        A session's daily bar belongs to its last minute; an event belongs to its day's morning.
        """
        session, minute = divmod(bar, self.minutes or 1)
        ended = session + (minute == (self.minutes or 1) - 1)
        calendar = self.calendar
        today = int(calendar.sessions[calendar.session_index(MONDAY) + session])
        known = tuple(event for event in self.events if _day_of(event) <= today)
        to_come = tuple(event for event in other.events if _day_of(event) > today)
        return replace(
            self,
            bars={s: b[: bar + 1] + other.bars[s][bar + 1 :] for s, b in self.bars.items()},
            days={s: d[:ended] + other.days[s][ended:] for s, d in self.days.items()},
            events=known + to_come,
        )


def _day_of(event: Split | CashDividend) -> int:
    return event.effective if isinstance(event, Split) else event.ex


_PRICES = {
    SHARE.symbol: (2, 1, 9_000),
    ENDING.symbol: (2, 1, 900),
    COIN.symbol: (8, 10**6, 10**11),
    OIL.symbol: (2, 1, 6_000),
}
"""Decimals of an asset's prices, and the lowest and the highest one without its point."""

_VOLUMES = {COIN.symbol: 8}
"""Decimals of an asset's volume, where it has any."""


def _bar(symbol: str, prices: tuple[int, int, int, int], volume: str | int) -> Bar:
    decimals = _PRICES[symbol][0]
    opened, high, low, closed = (str(Decimal(price).scaleb(-decimals)) for price in prices)
    return Bar(opened, high, low, closed, str(volume))


def plain(symbol: str, number: int) -> Bar:
    """The bar that a market has where nothing else is drawn: up and down, never still."""
    highest = _PRICES[symbol][2]
    step = highest // 20
    opened, closed = (highest // 2 + step * (7 * n % 11 - 5) for n in (number, number + 1))
    extremes = max(opened, closed) + step, min(opened, closed) - step
    return _bar(symbol, (opened, *extremes, closed), 1_000 + 100 * (number % 7))


@st.composite
def prints(draw: st.DrawFn, symbol: str) -> Print:
    """A bar of an asset; sometimes none, one without trade, or one without prices."""
    kind = draw(st.sampled_from(("none", "bare", "still", "traded", "traded", "traded")))
    if kind == "none":
        return None
    if kind == "bare":
        return Bar(None, None, None, None, "0")
    _, lowest, highest = _PRICES[symbol]
    opened, closed = (draw(st.integers(lowest, highest)) for _ in range(2))
    high = max(opened, closed) + draw(st.integers(0, highest // 10))
    low = min(opened, closed) - draw(st.integers(0, min(opened, closed) - lowest))
    volume = "0" if kind == "still" else draw(_volumes(symbol))
    return _bar(symbol, (opened, high, low, closed), volume)


def _volumes(symbol: str) -> st.SearchStrategy[str]:
    places = _VOLUMES.get(symbol, 0)
    coefficients = st.integers(1, 3_000 * 10**places)
    return coefficients.map(lambda coefficient: str(Decimal(coefficient).scaleb(-places)))


@st.composite
def events(draw: st.DrawFn, sessions: int) -> tuple[Split | CashDividend, ...]:
    """Splits and dividends of the equities on any days, sessions or not; odd ratios."""
    first = to_day(MONDAY)
    days = st.integers(first + 1, first + sessions + 1)
    splits = st.builds(
        lambda asset, day, ratio: Split(sid=asset.sid, effective=day, ratio=ratio),
        st.sampled_from(EQUITIES),
        days,
        st.sampled_from(("1/2", "2/3", "5", "7/3", "1/7", "0.6666666666666666")).map(Ratio.parse),
    )
    dividends = st.builds(
        lambda asset, day, wait, cents: CashDividend(
            sid=asset.sid, ex=day, pay=day + wait, amount=Decimal(cents).scaleb(-4)
        ),
        st.sampled_from(EQUITIES),
        days,
        st.integers(0, 5),
        st.integers(1, 20_000),
    )
    drawn = draw(st.lists(splits | dividends, max_size=5))
    # One event of an asset a day: which of two comes first is no law.
    return tuple({(event.sid, _day_of(event)): event for event in drawn}.values())


@st.composite
def worlds(
    draw: st.DrawFn, *, minutes: st.SearchStrategy[int] | None = None, sessions: int | None = None
) -> World:
    """A market of four assets over a few sessions, daily or in minutes."""
    per_session = draw(st.sampled_from((0, 0, 4)) if minutes is None else minutes)
    count = sessions or draw(st.integers(2, 4 if per_session else 8))
    days = ASSETS if per_session and draw(st.booleans()) else ()
    return World(
        always_open=draw(st.booleans()),
        sessions=count,
        minutes=per_session,
        bars=draw(tables(tuple(ASSETS), count * (per_session or 1))),
        days=draw(tables(tuple(days), count)),
        events=draw(events(count)),
    )


@st.composite
def tables(draw: st.DrawFn, symbols: tuple[str, ...], length: int) -> dict[str, tuple[Print, ...]]:
    """Bars of some assets: plain ones, of which some are replaced by what is drawn.

    The data begin with the first bar, whatever comes later.
    """
    if not symbols:
        return {}
    shift = draw(st.integers(0, 10))
    table: dict[str, list[Print]] = {
        symbol: [plain(symbol, number + shift) for number in range(length)] for symbol in symbols
    }
    places = st.tuples(st.sampled_from(symbols), st.integers(1, length - 1))
    for symbol, number in draw(st.lists(places, min_size=2, max_size=30)):
        table[symbol][number] = draw(prints(symbol))
    return {symbol: tuple(bars) for symbol, bars in table.items()}


def twins(world: World) -> st.SearchStrategy[World]:
    """Other worlds of the same form."""
    same = worlds(minutes=st.just(world.minutes), sessions=world.sessions)
    return same.filter(lambda other: set(other.days) == set(world.days))


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
    """

    bar: int
    early: bool
    method: str
    symbol: str
    number: Decimal
    limit: Decimal | None
    stop: Decimal | None

    def perform(self, context: Any) -> object:
        """Call the function; an asset that cannot be valued now is left alone."""
        if self.method == "cancel_order":
            placed = context.placed
            return placed and context.cancel_order(placed[int(self.number) % len(placed)])
        try:
            order = getattr(context, self.method)(
                ASSETS[self.symbol], self.number, limit_price=self.limit, stop_price=self.stop
            )
        except CannotOrderDelistedAsset:
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


@st.composite
def acts(draw: st.DrawFn, length: int, methods: tuple[str, ...] = METHODS) -> Act:
    """Something to do at one of the first `length` bars."""
    symbol = draw(st.sampled_from(list(ASSETS)))
    method = draw(st.sampled_from(methods))
    decimals, _, highest = _PRICES[symbol]
    prices = st.integers(0, highest).map(lambda price: Decimal(price).scaleb(-decimals))
    style = draw(st.sampled_from(("market", "market", "limit", "stop", "stop limit")))
    return Act(
        bar=draw(st.integers(0, length - 1)),
        early=draw(st.sampled_from((False, False, True))),
        method=method,
        symbol=symbol,
        number=draw(_numbers(method, symbol)),
        limit=draw(prices) if "limit" in style else None,
        stop=draw(prices) if "stop" in style else None,
    )


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
    later = draw(st.lists(acts(world.length, methods), min_size=2, max_size=10))
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
        numeric: The arithmetic.
        slippage: Name of a model by argument of `set_slippage`.
        commission: Name of a model by argument of `set_commission`.
        cancels_daily: Whether open orders end with the session.
    """

    rules_name: str
    fill_at: FillAt
    numeric: str
    slippage: Mapping[str, str]
    commission: Mapping[str, str]
    cancels_daily: bool

    @property
    def rules(self) -> SimulationRules:
        """The rules of the run."""
        return SimulationRules.named(self.rules_name).with_fill_at(self.fill_at)

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
