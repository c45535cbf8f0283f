"""The functions of an algorithm that set up a run: costs, controls, schedule, benchmark."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rustybt.algorithm.base import AlgorithmBase
from rustybt.algorithm.environment import Phase
from rustybt.assets import Asset
from rustybt.calendars import from_ns
from rustybt.clock import ScheduledFunction
from rustybt.errors import (
    InvalidArgument,
    OutsideInitialize,
    RegisterAccountControlPostInit,
    RegisterTradingControlPostInit,
    SetBenchmarkOutsideInitialize,
    SetCancelPolicyPostInit,
    SetCommissionPostInit,
    SetSlippagePostInit,
    UnsupportedCancelPolicy,
    UnsupportedModel,
)
from rustybt.finance.asset_restrictions import Restrictions, StaticRestrictions
from rustybt.finance.cancel_policy import CancelPolicy
from rustybt.finance.controls import (
    AccountControl,
    LongOnly,
    MaxLeverage,
    MaxOrderCount,
    MaxOrderSize,
    MaxPositionSize,
    MinLeverage,
    OnError,
    RestrictedListOrder,
    TradingControl,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rustybt.algorithm.base import Hook
    from rustybt.calendars import TradingCalendar
    from rustybt.clock import DateRule, TimeRule, calendars
    from rustybt.finance._parameters import Number
    from rustybt.finance.fills import FillModel
    from rustybt.finance.latency import LatencyModel


class SetupMethods(AlgorithmBase):
    """`set_commission` and its relatives, to be called in `initialize`."""

    def set_slippage(
        self,
        us_equities: object = None,
        us_futures: object = None,
        *,
        crypto: object = None,
        forex: object = None,
    ) -> None:
        """Choose the slippage models, by class of asset; what is not given keeps its model.

        Raises:
            SetSlippagePostInit: Called outside `initialize`.
            IncompatibleSlippageModel: A model cannot price assets of the class.
        """
        self._in_initialize(SetSlippagePostInit)
        models = {"equity": us_equities, "future": us_futures, "crypto": crypto, "forex": forex}
        for asset_class, model in models.items():
            if model is not None:
                self._env.costs.set_slippage(asset_class, model)

    def set_commission(
        self,
        us_equities: object = None,
        us_futures: object = None,
        *,
        crypto: object = None,
        forex: object = None,
    ) -> None:
        """Choose the commission models, by class of asset; what is not given keeps its model.

        Raises:
            SetCommissionPostInit: Called outside `initialize`.
            IncompatibleCommissionModel: A model cannot charge for assets of the class.
        """
        self._in_initialize(SetCommissionPostInit)
        models = {"equity": us_equities, "future": us_futures, "crypto": crypto, "forex": forex}
        for asset_class, model in models.items():
            if model is not None:
                self._env.costs.set_commission(asset_class, model)

    def set_latency(self, model: "LatencyModel | None") -> None:
        """Choose how long orders, cancels and replacements travel; None for no time at all.

        Args:
            model: A model of `rustybt.finance.latency`, or an object with its method `delay`.

        Raises:
            OutsideInitialize: Called outside `initialize`.
            UnsupportedModel: It is no latency model.
        """
        from rustybt.finance.latency import LatencyModel

        self._in_initialize(OutsideInitialize)
        if model is not None and not isinstance(model, LatencyModel):
            raise UnsupportedModel(given=model)
        self._env.blotter.set_latency(model)

    def set_fill_model(self, model: "FillModel | None") -> None:
        """Choose how much a bar fills of what it triggers; None for all that its volume allows.

        Args:
            model: A model of `rustybt.finance.fills`, or an object with its method `fillable`.

        Raises:
            OutsideInitialize: Called outside `initialize`.
            UnsupportedModel: It is no fill model.
        """
        from rustybt.finance.fills import FillModel

        self._in_initialize(OutsideInitialize)
        if model is not None and not isinstance(model, FillModel):
            raise UnsupportedModel(given=model)
        self._env.blotter.set_fill_model(model)

    def set_cancel_policy(self, cancel_policy: object) -> None:
        """Choose when open orders are cancelled without being asked.

        Raises:
            SetCancelPolicyPostInit: Called outside `initialize`.
            UnsupportedCancelPolicy: It is no cancel policy.
        """
        if not isinstance(cancel_policy, CancelPolicy):
            raise UnsupportedCancelPolicy(given=cancel_policy)
        self._in_initialize(SetCancelPolicyPostInit)
        self._env.cancel_policy = cancel_policy

    def set_benchmark(self, benchmark: Asset) -> None:
        """Compare the run with holding an asset.

        Raises:
            SetBenchmarkOutsideInitialize: Called outside `initialize`.
            InvalidArgument: It is no asset.
        """
        self._in_initialize(SetBenchmarkOutsideInitialize)
        if not isinstance(benchmark, Asset):
            raise InvalidArgument(
                field="benchmark", value=benchmark, reason="give an asset, as symbol() returns it"
            )
        self._env.benchmark = benchmark
        self._env.portal.subscribe([benchmark])

    def schedule_function(
        self,
        func: "Hook",
        date_rule: "DateRule | TimeRule | None" = None,
        time_rule: "TimeRule | None" = None,
        half_days: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
        calendar: "calendars | TradingCalendar | None" = None,
    ) -> None:
        """Call `func(context, data)` whenever both rules say so.

        Args:
            func: What to call.
            date_rule: On which sessions, from `date_rules`; every session when not given.
            time_rule: At which time, from `time_rules`; the first bar of the session when not
                given. In daily runs only `cron` looks at the time.
            half_days: Whether sessions that close early count.
            calendar: A calendar for the rules, from `calendars`; the run's own when not given.
        """
        env = self._env
        function = ScheduledFunction.of(
            func,
            date_rule,
            time_rule,
            half_days=half_days,
            calendar=calendar,
            run_calendar=env.calendar,
            once_per_day=env.rules.once_a_day,
        )
        env.schedule.add(function, from_bar=env.bar)
        env.scheduled += 1

    def register_trading_control(self, control: TradingControl) -> None:
        """Let a control look at every order before it is placed.

        Raises:
            RegisterTradingControlPostInit: Called outside `initialize`.
        """
        self._in_initialize(RegisterTradingControlPostInit)
        self._env.trading_controls.append(control)

    def register_account_control(self, control: AccountControl) -> None:
        """Let a control look at the account at the end of each session.

        Raises:
            RegisterAccountControlPostInit: Called outside `initialize`.
        """
        self._in_initialize(RegisterAccountControlPostInit)
        self._env.account_controls.append(control)

    def set_max_position_size(
        self,
        asset: Asset | None = None,
        max_shares: "Number | None" = None,
        max_notional: "Number | None" = None,
        on_error: OnError = "fail",
    ) -> None:
        """Limit positions: in one asset, or each in all, by amount or value."""
        self.register_trading_control(MaxPositionSize(on_error, asset, max_shares, max_notional))

    def set_max_order_size(
        self,
        asset: Asset | None = None,
        max_shares: "Number | None" = None,
        max_notional: "Number | None" = None,
        on_error: OnError = "fail",
    ) -> None:
        """Limit single orders: in one asset, or each in all, by amount or value."""
        self.register_trading_control(MaxOrderSize(on_error, asset, max_shares, max_notional))

    def set_max_order_count(self, max_count: int, on_error: OnError = "fail") -> None:
        """Limit the number of orders in a session."""
        self.register_trading_control(MaxOrderCount(on_error, max_count))

    def set_long_only(self, on_error: OnError = "fail") -> None:
        """Forbid short positions."""
        self.register_trading_control(LongOnly(on_error))

    def set_asset_restrictions(
        self, restrictions: Restrictions, on_error: OnError = "fail"
    ) -> None:
        """Forbid orders of restricted assets; `data.can_trade` is False for them."""
        self.register_trading_control(RestrictedListOrder(on_error, restrictions))
        self._env.restrictions |= restrictions
        self._env.data.restrict(self._env.restrictions)

    def set_do_not_order_list(
        self, restricted_list: "Iterable[Asset]", on_error: OnError = "fail"
    ) -> None:
        """Forbid orders of these assets; an older name for a static restriction."""
        self.set_asset_restrictions(StaticRestrictions(restricted_list), on_error)

    def set_max_leverage(self, max_leverage: "Number") -> None:
        """Limit gross leverage at the end of each session."""
        self.register_account_control(MaxLeverage(max_leverage))

    def set_min_leverage(self, min_leverage: "Number", grace_period: timedelta) -> None:
        """Demand a gross leverage, from `grace_period` after the first session on."""
        first: datetime = self._first_session()
        self.register_account_control(MinLeverage(min_leverage, first + grace_period))

    def _first_session(self) -> datetime:
        env = self._env
        day = env.calendar.session_index(env.parameters.start_session)
        return from_ns(int(env.calendar.sessions[day]) * 86_400 * 10**9)

    def _in_initialize(self, error: type[Exception]) -> None:
        if self._env.phase is not Phase.INITIALIZE:
            raise error()
