"""What an engine lends to the algorithm that it runs."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal

from rustybt.finance.conversion import FREE, ConversionModel
from rustybt.finance.overnight import OvernightCosts
from rustybt.values import Arithmetic, Num, divide_exact, from_scaled, parse_decimal
from rustybt.views import ValueView

if TYPE_CHECKING:
    from collections.abc import Callable

    from rustybt.assets import Asset, AssetFinder
    from rustybt.calendars import TradingCalendar
    from rustybt.clock import Schedule
    from rustybt.data.bar_data import BarData
    from rustybt.data.portal import PolarsDataPortal
    from rustybt.execution import Blotter, CostModels, Router
    from rustybt.finance.account_types import Funds
    from rustybt.finance.asset_restrictions import Restrictions
    from rustybt.finance.cancel_policy import CancelPolicy
    from rustybt.finance.controls import AccountControl, TradingControl
    from rustybt.finance.ledger import DecimalLedger
    from rustybt.finance.loans import Loans
    from rustybt.finance.portfolio import Account, Portfolio
    from rustybt.indicators import Indicators
    from rustybt.pipeline.attached import AttachedPipelines
    from rustybt.pipeline.engine import PipelineEngine


_ONE: Final = Decimal(1)


class Phase(Enum):
    """Where in a run an algorithm is called."""

    INITIALIZE = "initialize"
    BEFORE_OPEN = "before_trading_start"
    BAR = "bar"
    SESSION_END = "session end"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRules:
    """What an algorithm may order when.

    Attributes:
        before_open: Whether `before_trading_start` may place orders.
        assert_in_initialize: Whether an order in `initialize` is an AssertionError, as in
            zipline 3.2.1, instead of OrderDuringInitialize.
        controls_count_open_orders: Whether position controls count open orders.
        once_a_day: Whether scheduled functions run at most once a day, as in zipline.
    """

    before_open: bool = True
    assert_in_initialize: bool = False
    controls_count_open_orders: bool = True
    once_a_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParameters:
    """The run's arguments as a strategy can read them (`context.sim_params`).

    Attributes:
        start_session: First session.
        end_session: Last session.
        capital_base: Money at the start.
        data_frequency: "daily", "minute" or a resolution.
        arena: "backtest", "paper" or "live".
    """

    start_session: date
    end_session: date
    capital_base: Decimal | float
    data_frequency: str
    arena: Literal["backtest", "paper", "live"] = "backtest"


@dataclass(slots=True, kw_only=True)
class Environment:
    """Everything that a running algorithm reaches through its methods."""

    strategy: str
    arithmetic: Arithmetic
    view: ValueView
    rules: OrderRules
    parameters: RunParameters
    calendar: "TradingCalendar"
    finder: "AssetFinder"
    portal: "PolarsDataPortal"
    data: "BarData"
    ledger: "DecimalLedger"
    portfolio: "Portfolio"
    account: "Account"
    funds: "Funds"
    costs: "CostModels"
    router: "Router"
    schedule: "Schedule"
    cancel_policy: "CancelPolicy"
    restrictions: "Restrictions"
    pipeline_engine: "Callable[[], PipelineEngine]"
    pipelines: "AttachedPipelines | None" = None
    indicators: "Indicators | None" = None
    loans: "Loans | None" = None
    overnight: OvernightCosts = field(default_factory=OvernightCosts)
    conversion: ConversionModel = FREE
    platform: str = "rustybt"
    shows_pandas: bool = False
    phase: Phase = Phase.INITIALIZE
    now: int = 0
    session: int = 0
    session_date: date = date.min
    bar: int | None = None
    scheduled: int = 0
    trading_controls: "list[TradingControl]" = field(default_factory=list)
    account_controls: "list[AccountControl]" = field(default_factory=list)
    benchmark: "Asset | None" = None
    lookup_date: date | None = None
    recorded: dict[str, Any] = field(default_factory=dict)
    worth: tuple[Num, Decimal] = (0, Decimal(0))

    def enter_session(self, session: int) -> None:
        """Make a session, given by its index in the calendar, the running one."""
        self.session = session
        self.session_date = self.calendar.session_date(session)

    @property
    def blotter(self) -> "Blotter":
        """The blotter of the algorithm's account."""
        return self.router.blotter_of(self.strategy)

    @property
    def current_dt(self) -> datetime:
        """Now, as the strategy sees times."""
        return self.data.current_dt

    def price_of(self, asset: "Asset") -> Decimal | None:
        """The last known price of an asset, None without one."""
        price = self.portal.mark(asset)
        return None if price is None else self.exact(self.arithmetic.price_value(price))

    def unit_worth(self, asset: "Asset") -> Decimal:
        """What a unit of the currency of an asset is worth in that of the account.

        Raises:
            MissingRate: There is no rate as of now.
        """
        rate = self.ledger.rate_of(asset)
        if rate is None:
            return _ONE
        return divide_exact(from_scaled(rate.numerator, 0), from_scaled(rate.denominator, 0))

    def position_amount(self, asset: "Asset") -> Num:
        """What is held of an asset, a kernel amount."""
        position = self.ledger.positions.get(asset)
        return self.arithmetic.zero if position is None else position.amount

    def portfolio_value(self) -> Decimal:
        """What the portfolio is worth now."""
        worth = self.ledger.portfolio_value()
        if worth != self.worth[0]:
            self.worth = worth, self.exact(self.arithmetic.money_value(worth))
        return self.worth[1]

    @staticmethod
    def exact(value: object) -> Decimal:
        """A public number of the run as a Decimal."""
        return value if type(value) is Decimal else parse_decimal(value, field="value")
