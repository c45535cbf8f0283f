"""The strategy: hooks to fill in, and everything that a running one may call."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rustybt.algorithm.base import Context, Hook
from rustybt.algorithm.fetching import FetchMethods
from rustybt.algorithm.indicators import IndicatorMethods
from rustybt.algorithm.lookup import LookupMethods
from rustybt.algorithm.money import MoneyMethods
from rustybt.algorithm.orders import OrderMethods
from rustybt.algorithm.pipelines import PipelineMethods
from rustybt.algorithm.setup import SetupMethods
from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from rustybt.algorithm.environment import Environment, RunParameters
    from rustybt.assets import AssetFinder
    from rustybt.calendars import TradingCalendar
    from rustybt.data.bar_data import BarData
    from rustybt.data.portal import PolarsDataPortal
    from rustybt.execution import Blotter, BrokerMessage
    from rustybt.finance.portfolio import Account, Portfolio
    from rustybt.finance.transaction import DecimalTransaction
    from rustybt.orders import OrderView

HOOKS = (
    "initialize",
    "handle_data",
    "before_trading_start",
    "analyze",
    "on_order_fill",
    "on_order_cancel",
    "on_order_reject",
    "on_broker_message",
)
"""The functions of a strategy that an engine calls."""


class TradingAlgorithm(
    OrderMethods,
    SetupMethods,
    MoneyMethods,
    LookupMethods,
    FetchMethods,
    PipelineMethods,
    IndicatorMethods,
):
    """A strategy: subclass it and override hooks, or hand in plain functions.

    The object is the `context` that every hook is given: set attributes on it freely, call its
    methods or the functions of `rustybt.api`, whichever reads better. The same algorithm runs in
    a backtest, on paper and live.

    Args:
        initialize: `f(context)`, called once before the first session.
        handle_data: `f(context, data)`, called at every bar.
        before_trading_start: `f(context, data)`, called before each session opens.
        analyze: `f(context, result)`, called once after a backtest.
        on_order_fill: `f(context, order, transaction)`, called after each fill.
        on_order_cancel: `f(context, order, reason)`.
        on_order_reject: `f(context, order, reason)`.
        on_broker_message: `f(context, message)`.
        name: Names the strategy in orders and postings.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each hook
        self,
        *,
        initialize: Hook | None = None,
        handle_data: Hook | None = None,
        before_trading_start: Hook | None = None,
        analyze: Hook | None = None,
        on_order_fill: Hook | None = None,
        on_order_cancel: Hook | None = None,
        on_order_reject: Hook | None = None,
        on_broker_message: Hook | None = None,
        name: str = "main",
    ) -> None:
        given = (
            initialize,
            handle_data,
            before_trading_start,
            analyze,
            on_order_fill,
            on_order_cancel,
            on_order_reject,
            on_broker_message,
        )
        self._functions = {
            hook: function
            for hook, function in zip(HOOKS, given, strict=True)
            if function is not None
        }
        self.name = name

    @classmethod
    def from_namespace(cls, namespace: Mapping[str, Any], name: str = "main") -> "TradingAlgorithm":
        """The algorithm of a strategy file: its functions named like hooks."""
        functions = {hook: namespace[hook] for hook in HOOKS if callable(namespace.get(hook))}
        return cls(**functions, name=name)

    # ------------------------------------------------------------ hooks to override

    def initialize(self, context: Context) -> None:
        """Set up the run; called once."""

    def handle_data(self, context: Context, data: "BarData") -> None:
        """Act on a bar."""

    def before_trading_start(self, context: Context, data: "BarData") -> None:
        """Prepare a session."""

    def analyze(self, context: Context, result: object) -> None:
        """Look at the result of a backtest."""

    def on_order_fill(
        self, context: Context, order: "OrderView", transaction: "DecimalTransaction"
    ) -> None:
        """Learn of a fill."""

    def on_order_cancel(self, context: Context, order: "OrderView", reason: str | None) -> None:
        """Learn that an order was cancelled."""

    def on_order_reject(self, context: Context, order: "OrderView", reason: str) -> None:
        """Learn that an order was refused."""

    def on_broker_message(self, context: Context, message: "BrokerMessage") -> None:
        """Learn what else a broker says."""

    def hook(self, name: str) -> Hook | None:
        """The function to call for a hook, None when the strategy does not have it.

        A function that was handed in comes before a method of a subclass.
        """
        _known(name)
        if name in self._functions:
            return self._functions[name]
        if getattr(type(self), name) is getattr(TradingAlgorithm, name):
            return None
        method: Hook = getattr(self, name)
        return method

    def use(self, **functions: Hook) -> None:
        """Let functions take the place of hooks, by the hook's name."""
        for name in functions:
            _known(name)
        self._functions.update(functions)

    # ------------------------------------------------------------ what a run lends

    def attach(self, environment: "Environment") -> None:
        """Let an engine run this algorithm: what it calls and reads goes to `environment`."""
        self._environment = environment

    @property
    def portfolio(self) -> "Portfolio":
        """What is held and what it is worth, as of now."""
        return self._env.portfolio

    @property
    def account(self) -> "Account":
        """The account's figures, as of now."""
        return self._env.account

    @property
    def data_portal(self) -> "PolarsDataPortal":
        """Where data comes from."""
        return self._env.portal

    @property
    def asset_finder(self) -> "AssetFinder":
        """Where assets are looked up."""
        return self._env.finder

    @property
    def trading_calendar(self) -> "TradingCalendar":
        """The calendar of the run."""
        return self._env.calendar

    @property
    def blotter(self) -> "Blotter":
        """The orders of the account."""
        return self._env.blotter

    @property
    def sim_params(self) -> "RunParameters":
        """The run's arguments."""
        return self._env.parameters

    @property
    def recorded_vars(self) -> dict[str, Any]:
        """What was recorded so far, by name."""
        return self._env.recorded

    def record(self, *args: Any, **kwargs: object) -> None:  # noqa: ANN401 - names and values
        """Keep values beside the performance rows.

        Each session's row shows the value recorded last; it stays until another is recorded.

        Args:
            *args: Names and values in turn.
            **kwargs: Values by name.
        """
        recorded = self._env.recorded
        recorded.update(zip(args[::2], args[1::2], strict=False))
        recorded.update(kwargs)

    def _notify_cancel(self, order: "OrderView", reason: str | None) -> None:
        hook = self.hook("on_order_cancel")
        if hook is not None:
            hook(self, order, reason)

    def _notify_reject(self, order: "OrderView", reason: str) -> None:
        hook = self.hook("on_order_reject")
        if hook is not None:
            hook(self, order, reason)


def _known(hook: str) -> None:
    if hook not in HOOKS:
        raise InvalidArgument(field="hook", value=hook, reason=f"give one of {', '.join(HOOKS)}")
