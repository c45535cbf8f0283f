"""Every choice that a simulation makes, in one object."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from rustybt.algorithm import OrderRules
from rustybt.errors import InvalidArgument
from rustybt.execution import MatchingRules, Trigger

FillAt = Literal["close", "open"]


_ALLOWED = {
    "trigger": ("close", "intrabar"),
    "foreign_cash": ("hold", "sweep"),
    "rights": ("exercise", "lapse"),
    "fills": ("optimistic", "expected", "pessimistic"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationRules:
    """What a simulation does where tools differ.

    The defaults are :meth:`standard`; :meth:`zipline` reproduces zipline-reloaded 3.2.1 to the
    cent, its defects included.

    Attributes:
        name: "standard", "zipline", or what a user calls a variant.
        fill_at: Where an order fills: at the next bar's "close", or at its "open". With "open",
            a stop or limit that a bar's close triggers fills at the open of the bar after it.
        trigger: What tests stops and limits: a bar's "close", or its whole range ("intrabar"), in
            which they fill where they are reached; `fill_at` is then for market orders alone.
        recheck_limit: Whether an execution beyond an order's limit, after slippage, never
            happens; otherwise only models that check it themselves refuse.
        cash_in_lieu: What pays for a fraction of a share after a split: the last "market" price
            on the new scale, or the "cost_basis" rounded to cents.
        late_events: Whether a dividend's ex or pay date, or a split's date, that is no session
            counts on the next session; otherwise it never happens.
        receivables_in_value: Whether dividends earned and not yet paid count as portfolio value.
        pnl_includes_dividends: Whether a session's `pnl` includes dividends paid that morning.
        before_open_sees_today: Whether `before_trading_start` of daily runs sees the bar of the
            session that is yet to come: look-ahead.
        tradable_before_open: Whether `can_trade` is True in `before_trading_start` of an asset
            that trades that day; otherwise it is False in minute runs.
        orders_before_open: Whether `before_trading_start` may place orders.
        assert_in_initialize: Whether an order in `initialize` is an AssertionError.
        new_york_morning: Whether `before_trading_start` comes at 08:45 New York whatever the
            calendar, even in the middle of a session.
        once_a_day: Whether a scheduled function runs at most once in 24 hours, so that
            `every_minute` runs once a day and daily runs skip an early close after a full
            session.
        eod_cancels_first_only: Whether EODCancel of daily runs cancels only the first order of
            an asset, and that only where the asset has several.
        controls_count_open_orders: Whether position controls count open orders.
        outside_data: Whether a run may lie wholly before or after the data.
        history_decimals: Decimals to which adjusted windows of history are rounded; None for the
            column's own scale.
        halted_mark: How a holding without a print is marked: at its last price adjusted for
            "split" alone, or for dividends as well ("total").
        halted_eves: Whether a dividend, rights or a spin-off on whose eve there was no trade is
            measured against the last close before; otherwise it leaves history as it is.
        rolls_in_hindsight: Whether a continuous future rolls on the days that its whole history
            tells, those to come included: look-ahead. Otherwise what is known on a day decides.
        one_currency: Whether every asset counts as quoted in the currency of the account.
        foreign_cash: Whether cash of other currencies is held, below zero where it was spent, or
            exchanged for the account's currency once the bar is over in which it came or went.
        rights: Whether rights that are still held on their last day are exercised where a share
            costs more than that, or lapse.
        funding_hours: Count only the funding rates at whole multiples of so many hours since
            midnight UTC, such as 8, where the data repeats a rate in every bar; None: each of them.
        fills: At which prices orders fill: by the slippage models ("expected"), without slippage
            ("optimistic"), or at the worst price of the bar ("pessimistic"); see `envelope`.
        float_rounding: Whether order prices, and orders after a split, are rounded in float
            arithmetic.
        zipline_costs: Whether models of futures give each order the whole volume limit unless
            they were told, and an order's commission can fall without being paid back.
        zipline_terms: Whether built-in terms of pipelines are what zipline computes where that
            differs from the usual definition.
    """

    name: str = "standard"
    fill_at: FillAt = "close"
    trigger: Trigger = "close"
    recheck_limit: bool = True
    cash_in_lieu: Literal["market", "cost_basis"] = "market"
    late_events: bool = True
    receivables_in_value: bool = True
    pnl_includes_dividends: bool = True
    before_open_sees_today: bool = False
    tradable_before_open: bool = True
    orders_before_open: bool = True
    assert_in_initialize: bool = False
    new_york_morning: bool = False
    once_a_day: bool = False
    eod_cancels_first_only: bool = False
    controls_count_open_orders: bool = True
    outside_data: bool = False
    history_decimals: int | None = None
    halted_mark: Literal["split", "total"] = "split"
    halted_eves: bool = True
    rolls_in_hindsight: bool = False
    one_currency: bool = False
    foreign_cash: Literal["hold", "sweep"] = "hold"
    rights: Literal["exercise", "lapse"] = "exercise"
    funding_hours: int | None = None
    fills: Literal["optimistic", "expected", "pessimistic"] = "expected"
    float_rounding: bool = False
    zipline_costs: bool = False
    zipline_terms: bool = False

    def __post_init__(self) -> None:
        if self.fill_at not in get_args(FillAt):
            raise InvalidArgument(field="fill_at", value=self.fill_at, reason="give close or open")
        hours = self.funding_hours
        if hours is not None and (hours <= 0 or 24 % hours):
            reason = "give a divisor of 24, such as 8, or None"
            raise InvalidArgument(field="funding_hours", value=hours, reason=reason)
        for field, allowed in _ALLOWED.items():
            value = getattr(self, field)
            if value not in allowed:
                reason = f"give {' or '.join(allowed)}"
                raise InvalidArgument(field=field, value=value, reason=reason)

    @classmethod
    def standard(cls) -> Self:
        """What we think is right."""
        return cls()

    @classmethod
    def zipline(cls) -> Self:
        """What zipline-reloaded 3.2.1 does."""
        return cls(
            name="zipline",
            recheck_limit=False,
            cash_in_lieu="cost_basis",
            late_events=False,
            receivables_in_value=False,
            pnl_includes_dividends=False,
            before_open_sees_today=True,
            tradable_before_open=False,
            orders_before_open=False,
            assert_in_initialize=True,
            new_york_morning=True,
            once_a_day=True,
            eod_cancels_first_only=True,
            controls_count_open_orders=False,
            outside_data=True,
            history_decimals=3,
            halted_mark="total",
            halted_eves=False,
            rolls_in_hindsight=True,
            one_currency=True,
            float_rounding=True,
            zipline_costs=True,
            zipline_terms=True,
        )

    @classmethod
    def named(cls, name: str) -> Self:
        """The rules of a name.

        Raises:
            InvalidArgument: There are none of that name.
        """
        if name == "standard":
            return cls.standard()
        if name == "zipline":
            return cls.zipline()
        raise InvalidArgument(field="rules", value=name, reason="give standard or zipline")

    def with_fill_at(self, fill_at: FillAt) -> Self:
        """The same rules with another place to fill."""
        return replace(self, fill_at=fill_at)

    def with_trigger(self, trigger: Trigger) -> Self:
        """The same rules with another test of stops and limits."""
        return replace(self, trigger=trigger)

    def to_dict(self) -> dict[str, Any]:
        """Every choice by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def matching(self) -> MatchingRules:
        """The part that the venue follows."""
        return MatchingRules(
            fill_at=self.fill_at,
            trigger=self.trigger,
            recheck_limit=self.recheck_limit,
            forgets_commission=self.zipline_costs,
            fills=self.fills,
        )

    @property
    def orders(self) -> OrderRules:
        """The part that limits what an algorithm may order when."""
        return OrderRules(
            before_open=self.orders_before_open,
            assert_in_initialize=self.assert_in_initialize,
            controls_count_open_orders=self.controls_count_open_orders,
            once_a_day=self.once_a_day,
        )
