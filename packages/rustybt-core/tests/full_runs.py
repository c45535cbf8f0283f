"""Programs of every kind of order under every kind of cost and account, for laws of whole runs."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from full_worlds import ASSETS, COIN, PAIR, FullWorld, full_worlds
from hypothesis import strategies as st
from lending import LentByDay, lendings
from markets import MONDAY, Played

from rustybt import run_algorithm
from rustybt.algorithm import TradingAlgorithm
from rustybt.data.bar_data import BarData
from rustybt.errors import (
    BadOrderParameters,
    CannotOrderDelistedAsset,
    InsufficientFundsError,
    UnsupportedOrderParameters,
)
from rustybt.finance import commission as charges
from rustybt.finance import slippage as slippages
from rustybt.finance.account_types import AccountType, CallPolicy, CashAccount, MarginAccount
from rustybt.finance.borrow import BorrowRates
from rustybt.finance.conversion import ConversionCost
from rustybt.finance.execution import (
    LimitOrder,
    OCOOrder,
    StopLimitOrder,
    StopOrder,
    TrailingStopOrder,
)
from rustybt.finance.fills import PartialFill, PassiveFillProbability
from rustybt.finance.financing import OvernightFinancing, SwapPoints
from rustybt.finance.latency import FixedLatency, NormalLatency
from rustybt.finance.margin import (
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    PortfolioPercent,
    RegT,
    standard_margin,
)
from rustybt.finance.withholding import Withholding
from rustybt.simulation.rules import SimulationRules

# ------------------------------------------------------------------ what a strategy does

KINDS = (
    "market", "limit", "stop", "stop limit", "trail", "percent", "iceberg", "post only",
    "bracket", "bracket", "oco", "oco",
)  # fmt: skip
LIVES: tuple[Mapping[str, Any], ...] = (
    {}, {}, {}, {},
    {"time_in_force": "DAY"}, {"time_in_force": "IOC"}, {"time_in_force": "FOK"},
    {"reduce_only": True}, {"good_till": MONDAY + timedelta(days=2)},
)  # fmt: skip
NO_LIFE = ("iceberg", "post only")
OTHER_ACTS = ("cancel", "cancel group", "replace", "replace group", "target", "exchange")


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that a strategy does.

    Attributes:
        bar: When, by number of the bar.
        kind: An order by its kind, or another act.
        symbol: What is ordered.
        amount: How much of it.
        near: A price below the usual one.
        far: A price above it.
        how: How long the order lives, what it must not do.
    """

    bar: int
    kind: str
    symbol: str
    amount: Decimal
    near: Decimal
    far: Decimal
    how: Mapping[str, Any] = field(default_factory=dict)

    def perform(self, context: Any) -> None:
        """Do it; what cannot be ordered now, or has no such figure, is counted as refused."""
        try:
            if self.kind in OTHER_ACTS:
                getattr(self, f"_{self.kind.replace(' ', '_')}")(context)
                return
            asset = ASSETS[self.symbol]
            placed = context.order(asset, self.amount, **self._style(), **self.how)
        except (BadOrderParameters, CannotOrderDelistedAsset, UnsupportedOrderParameters):
            context.refused[self.kind] += 1
            return
        if placed:
            context.placed.append(placed)
            context.kinds_placed[self.kind] += 1

    def _style(self) -> dict[str, Any]:
        buys = self.amount > 0
        limit, stop = (self.near, self.far) if buys else (self.far, self.near)
        styles: dict[str, dict[str, Any]] = {
            "limit": {"limit_price": limit},
            "stop": {"stop_price": stop},
            "stop limit": {"stop_price": limit, "limit_price": stop},
            "trail": {"trail_amount": self.far - self.near + Decimal("0.01")},
            "percent": {"trail_percent": "0.05"},
            "iceberg": {"limit_price": stop, "visible": max(abs(self.amount) // 3, Decimal(1))},
            "post only": {"limit_price": limit, "post_only": True},
            "bracket": self._bracket(limit, stop),
            "oco": {"style": OCOOrder(LimitOrder(limit), StopOrder(stop))},
        }
        return styles.get(self.kind, {})

    def _bracket(self, limit: Decimal, stop: Decimal) -> dict[str, Any]:
        exits: dict[str, Any] = {"take_profit": stop, "stop_loss": limit}
        if int(self.amount) % 3 == 1:
            exits["stop_loss"] = TrailingStopOrder(trail_percent="0.03")
        if int(self.amount) % 3 == 2:
            exits["stop_loss"] = StopLimitOrder(limit, limit)
        if int(self.amount) % 2:
            exits["limit_price"] = (limit + stop) / 2
        return exits

    # -------------------------------------------------------------- other acts

    def _cancel(self, context: Any) -> None:
        if context.placed:
            context.cancel_order(context.placed[int(self.amount) % len(context.placed)])

    def _cancel_group(self, context: Any) -> None:
        name = self._some_group(context)
        if name:
            context.cancel_order(name)

    def _replace(self, context: Any) -> None:
        live = context.get_open_orders()
        if live:
            orders = [order for several in live.values() for order in several]
            order = orders[int(self.near) % len(orders)]
            size = abs(self.amount) * order.direction
            limit = None if order.limit is None else self.far
            context.replace_order(order, amount=size, limit_price=limit)

    def _replace_group(self, context: Any) -> None:
        name = self._some_group(context)
        if name and "bracket" in name:
            context.replace_order(name, take_profit=self.far + 1)

    def _some_group(self, context: Any) -> str | None:
        names = list(context.blotter.groups)
        return names[int(self.near) % len(names)] if names else None

    def _target(self, context: Any) -> None:
        context.order_target(ASSETS[self.symbol], self.amount / 2)

    def _exchange(self, context: Any) -> None:
        pairs = ("USD", "EUR"), ("EUR", "GBP"), ("GBP", "USD"), ("EUR", "USD")
        with suppress(InsufficientFundsError):  # A cash account gives what it has, and no more.
            context.convert_currency(abs(self.amount), *pairs[int(self.near) % 4])


def _amounts(symbol: str) -> st.SearchStrategy[Decimal]:
    if symbol == COIN.symbol:
        return st.integers(-(3 * 10**9), 3 * 10**9).map(lambda lots: Decimal(lots).scaleb(-8))
    return st.integers(-300, 300).map(Decimal)


@st.composite
def deeds(draw: st.DrawFn, length: int) -> Deed:
    """Something to do at one of the first `length` bars."""
    symbol = draw(st.sampled_from(list(ASSETS)))
    kind = draw(st.sampled_from(KINDS + KINDS + OTHER_ACTS))
    cents = 10_000 if symbol == PAIR.symbol else 100
    near, far = (Decimal(draw(st.integers(80, 125)) * 100) / cents for _ in range(2))
    return Deed(
        bar=draw(st.integers(0, length - 1)),
        kind=kind,
        symbol=symbol,
        amount=draw(_amounts(symbol).filter(bool)),
        near=min(near, far),
        far=max(near, far),
        how={} if kind in NO_LIFE else draw(st.sampled_from(LIVES)),
    )


# ------------------------------------------------------------------ under which conditions

Factory = Callable[[], Any]

SLIPPAGE: tuple[Factory, ...] = (
    slippages.NoSlippage,
    lambda: slippages.FixedSlippage("0.1"),
    lambda: slippages.BidAskSpread(30),
    slippages.FixedBasisPointsSlippage,
    lambda: slippages.VolumeShareSlippage("0.25", 3),
    lambda: slippages.SquareRootImpact("0.5", volume_limit="0.5", sessions=3),
)
FUTURE_SLIPPAGE: tuple[Factory, ...] = (
    *SLIPPAGE,
    lambda: slippages.VolatilityVolumeShare("0.3"),
    lambda: slippages.VolatilityVolumeShare("0.3"),
)
COMMISSION: tuple[Factory, ...] = (
    charges.NoCommission,
    lambda: charges.PerTrade("4.95"),
    lambda: charges.Percentage("0.001", 4, 29),
    lambda: charges.MakerTaker("-0.0001", "0.0004"),
    lambda: charges.Tiered([(0, "0.01"), (200, "0.002")], min_trade_cost="0.35"),
    lambda: charges.Tiered([(0, "0.0002", "0.0005"), (9_000, "-0.0001", "0.0004")], "notional"),
)
EQUITY_COMMISSION: tuple[Factory, ...] = (
    *COMMISSION,
    lambda: charges.PerShare("0.005", 1),
    charges.PerDollar,
)
FUTURE_COMMISSION: tuple[Factory, ...] = (
    *COMMISSION,
    lambda: charges.PerContract("0.85", "1.5", 3),
    lambda: charges.PerFutureTrade(2),
)
ACCOUNTS: tuple[str | AccountType, ...] = (
    "unlimited",
    "unlimited",
    CashAccount(),
    CashAccount(2, allow_unsettled=True),
    MarginAccount(RegT()),
    MarginAccount(PortfolioPercent("0.3", "0.2"), calls=CallPolicy(restored_to="maintenance")),
    MarginAccount(standard_margin(), calls=CallPolicy(grace_bars=1, sale_order="loss")),
    MarginAccount(
        ByAssetClass(
            {"equity": RegT(), "crypto": CryptoIsolated(10)}, default=PortfolioPercent("0.2")
        ),
        calls=CallPolicy(sale_order="oldest"),
    ),
    MarginAccount(CryptoCross("0.05", leverage=5)),
)
TWENTY_PERCENT, GRACE, ISOLATED = 5, 6, 7
"""Places of the accounts that keep 20 %, that let a bar pass, and where coins stand apart."""


@dataclass(frozen=True, kw_only=True)
class FullConditions:
    """What a run is told besides market and strategy; numbers are places in the tables above."""

    rules: SimulationRules
    numeric: str
    capital: int
    slippage: tuple[int, ...]
    commission: tuple[int, ...]
    account: int
    latency: Any
    fills: Any
    nights: bool
    lending: LentByDay | None
    conversion: str
    withheld: str

    @property
    def calls(self) -> bool:
        """Whether the account is called for margin."""
        return isinstance(ACCOUNTS[self.account], MarginAccount)

    def apply(self, context: Any) -> None:
        """Set models, in `initialize`."""
        names = ("us_equities", "us_futures", "crypto", "forex")
        ways = (SLIPPAGE, FUTURE_SLIPPAGE, SLIPPAGE, SLIPPAGE)
        prices = zip(names, ways, self.slippage, strict=True)
        context.set_slippage(**{name: way[n]() for name, way, n in prices})
        tables = (EQUITY_COMMISSION, FUTURE_COMMISSION, COMMISSION, COMMISSION)
        fees = zip(names, tables, self.commission, strict=True)
        context.set_commission(**{name: table[n % len(table)]() for name, table, n in fees})
        context.set_latency(self.latency)
        context.set_fill_model(self.fills)
        context.set_conversion(ConversionCost(self.conversion))
        context.set_withholding(Withholding(self.withheld))
        if self.lending is not None:
            context.set_borrow(self.lending)
        elif self.nights:
            context.set_borrow(BorrowRates({"AAA": "0.3"}, default="0.05", day_count=365))
            context.set_financing(
                OvernightFinancing("0.08", "0.02"), SwapPoints({"EUR/USD": ("-0.7", "0.3")})
            )


HOUR = 3_600_000
_rules = st.builds(
    lambda **choices: replace(SimulationRules.standard(), **choices),
    fill_at=st.sampled_from(("close", "open")),
    trigger=st.sampled_from(("close", "intrabar")),
    foreign_cash=st.sampled_from(("hold", "sweep")),
    rights=st.sampled_from(("exercise", "lapse")),
    fills=st.sampled_from(("expected", "expected", "expected", "optimistic", "pessimistic")),
)
_conditions = st.builds(
    FullConditions,
    rules=_rules,
    numeric=st.sampled_from(("decimal", "decimal", "float64")),
    capital=st.sampled_from((6_000, 20_000, 50_000)),
    slippage=st.tuples(
        *[st.integers(0, len(way) - 1) for way in (SLIPPAGE, FUTURE_SLIPPAGE, SLIPPAGE, SLIPPAGE)]
    ),
    commission=st.tuples(*[st.integers(0, 7)] * 4),
    account=st.integers(0, len(ACCOUNTS) - 1),
    latency=st.sampled_from(
        (None, None, FixedLatency(90_000), FixedLatency(30 * HOUR), NormalLatency(20_000, 30_000))
    ),
    fills=st.sampled_from((None, None, PartialFill("0.5"), PassiveFillProbability("0.5"))),
    nights=st.booleans(),
    lending=st.none() | lendings,
    conversion=st.sampled_from(("0", "10")),
    withheld=st.sampled_from(("0", "0.15")),
)

# ------------------------------------------------------------------ runs


class Doer(TradingAlgorithm):
    """Does what a program says, and lets somebody look after every bar.

    Attributes:
        case: Market, program and conditions.
        session: The session that runs.
        placed: Ids of the orders that were placed.
        kinds_placed: How many there were of each kind.
        refused: How many were bad orders, by kind.
        told: Kind and time of every message.
    """

    def __init__(
        self, case: "FullCase", look: Callable[["Doer", BarData], object] | None = None
    ) -> None:
        super().__init__()
        self.case = case
        self._look = look
        self._bar = -1
        self.placed: list[str] = []
        self.kinds_placed: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.told: list[tuple[str, Any]] = []

    def initialize(self, context: Any) -> None:
        self.case.given.apply(context)

    @property
    def session(self) -> date:
        return self.case.world.days[self._bar // (self.case.world.minutes or 1)]

    def handle_data(self, context: Any, data: BarData) -> None:
        self._bar += 1
        if self._look is not None:
            self._look(self, data)
        for deed in self.case.program:
            if deed.bar == self._bar:
                deed.perform(self)

    def on_broker_message(self, context: Any, message: Any) -> None:
        self.told.append((message.kind, message.dt))


@dataclass(frozen=True, kw_only=True)
class FullCase:
    """A market, a program for it and the conditions of a run."""

    world: FullWorld
    program: tuple[Deed, ...]
    given: FullConditions

    def run(self, look: Callable[[Doer, BarData], object] | None = None, **options: Any) -> Played:
        """Run it; `look` is called when a bar has ended, before the strategy does anything."""
        market = self.world.market()
        algorithm = Doer(self, look)
        result = run_algorithm(
            algorithm=algorithm,
            data=market.bundle,
            **{
                "start": market.first,
                "end": market.last,
                "capital_base": self.given.capital,
                "calendar": market.calendar,
                "data_frequency": "minute" if self.world.minutes else "daily",
                "rules": self.given.rules,
                "numeric": self.given.numeric,
                "account": ACCOUNTS[self.given.account],
                "currency": "USD",
                **options,
            },
        )
        return Played(result=result, context=algorithm)


some = st.sets(st.sampled_from(list(ASSETS)), max_size=3)
SYMBOLS = {asset.sid: asset.symbol for asset in ASSETS.values()}


@st.composite
def full_cases(draw: st.DrawFn) -> FullCase:
    """A whole run to be: some opening orders, then a program."""
    world = draw(full_worlds())
    opening = [
        Deed(
            bar=0,
            kind="market",
            symbol=symbol,
            amount=Decimal(draw(st.integers(-199, 199).filter(bool))),
            near=Decimal(1),
            far=Decimal(2),
        )
        for symbol in (*draw(some), *(SYMBOLS[action.sid] for action in world.actions[:2]))
    ]
    later = draw(st.lists(deeds(world.length), min_size=4, max_size=14))
    program = (*opening, *sorted(later, key=lambda deed: deed.bar))
    return FullCase(world=world, program=program, given=draw(_conditions))
