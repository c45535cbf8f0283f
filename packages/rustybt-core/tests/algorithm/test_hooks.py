"""The strategy object: where its hooks come from, and when a backtest calls those of orders."""

from collections.abc import Callable
from decimal import Decimal as D
from inspect import signature
from typing import Any

import pytest
from markets import daily_market, play, stock

from rustybt import TradingAlgorithm
from rustybt.algorithm.algorithm import HOOKS
from rustybt.errors import InvalidArgument, NoRunningAlgorithm
from rustybt.finance.cancel_policy import EODCancel
from rustybt.finance.controls import MaxOrderSize
from rustybt.finance.slippage import FixedBasisPointsSlippage
from rustybt.orders import OrderStatus

A = stock("AAA", 1)


def closes(*prices: str, volume: int = 1_000_000) -> Any:
    from markets import bar

    return daily_market({A: [bar(price, volume=volume) for price in prices]})


# ------------------------------------------------------------------ which function a hook is


class Subclass(TradingAlgorithm):
    def handle_data(self, context: Any, data: Any) -> None:
        context.append("method")


def called(algorithm: TradingAlgorithm) -> list[str]:
    """Which function `handle_data` is."""
    names: list[str] = []
    hook = algorithm.hook("handle_data")
    assert hook is not None
    hook(names, None)
    return names


def test_a_method_of_a_subclass_is_a_hook() -> None:
    assert called(Subclass()) == ["method"]


@pytest.mark.parametrize("name", HOOKS)
def test_hooks_that_are_not_overridden_are_none(name: str) -> None:
    assert TradingAlgorithm().hook(name) is None
    method = getattr(TradingAlgorithm(), name)
    assert method(*[None] * len(signature(method).parameters)) is None


def test_a_function_comes_before_a_method() -> None:
    algorithm = Subclass(handle_data=lambda context, data: context.append("function"))
    assert called(algorithm) == ["function"]
    algorithm.use(handle_data=lambda context, data: context.append("another"))
    assert called(algorithm) == ["another"]


def test_a_file_of_functions_is_an_algorithm() -> None:
    def handle_data(context: Any, data: Any) -> None:
        pass

    space = {"handle_data": handle_data, "analyze": "no function", "other": print}
    algorithm = TradingAlgorithm.from_namespace(space, name="file")
    assert algorithm.name == "file"
    assert [name for name in HOOKS if algorithm.hook(name)] == ["handle_data"]


def test_an_unknown_hook_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="hook was 'on_tick'; give one of initialize"):
        TradingAlgorithm().use(on_tick=print)
    with pytest.raises(InvalidArgument, match="hook was 'on_tick'"):
        TradingAlgorithm().hook("on_tick")


@pytest.mark.parametrize(
    "read",
    [
        lambda a: a.portfolio,
        lambda a: a.order(A, 1),
        lambda a: a.blotter,
        lambda a: a.record(x=1),
        lambda a: a.get_datetime(),
    ],
)
def test_what_a_run_lends_is_not_there_without_one(read: Callable[[Any], Any]) -> None:
    with pytest.raises(NoRunningAlgorithm, match="Subclass"):
        read(Subclass())


def test_a_run_lends_everything() -> None:
    def look(c: Any, d: Any) -> Any:
        return (
            c.portfolio.cash,
            c.account.leverage,
            c.data_portal.bundle.name,
            c.asset_finder.retrieve_asset(1),
            c.trading_calendar.name,
            list(c.blotter.orders),
            (c.sim_params.capital_base, c.sim_params.data_frequency, c.sim_params.arena),
            c.recorded_vars,
        )

    played = play(closes("10", "11"), {0: lambda c, d: (c.record(x=1), look(c, d))[1]})
    assert played.seen[0] == (
        100_000, 0, "by-hand", A, "XNYS", [], (100_000, "daily", "backtest"), {"x": 1},
    )  # fmt: skip


def test_attributes_of_the_context_are_free() -> None:
    played = play(
        closes("10", "11"),
        {0: lambda c, d: setattr(c, "mine", 5), 1: lambda c, d: c.mine},
    )
    assert played.seen[1] == 5


# ------------------------------------------------------------------ what is recorded


def test_recorded_values_stay_until_others_come() -> None:
    played = play(
        closes("10", "11", "12"),
        {
            0: lambda c, d: c.record("a", 1, b=D("0.5")),
            1: lambda c, d: c.record("a", 2, "left over"),
        },
        setup=lambda c: c.record(start="yes"),
    )
    table = played.result.recorded
    assert table["a"].to_list() == [1, 2, 2]
    assert table["b"].to_list() == [D("0.5")] * 3
    assert table["start"].to_list() == ["yes"] * 3
    assert set(table.columns) == {"session", "a", "b", "start"}


# ------------------------------------------------------------------ hooks of orders


class Told(TradingAlgorithm):
    """Keeps what it is told about orders."""

    def __init__(self) -> None:
        super().__init__()
        self.fills: list[tuple[Any, ...]] = []
        self.cancels: list[tuple[Any, ...]] = []
        self.rejects: list[tuple[Any, ...]] = []

    def on_order_fill(self, context: Any, order: Any, transaction: Any) -> None:
        assert context is self
        held = self.portfolio.positions[order.asset].amount
        self.fills.append((order.filled, order.state, transaction.amount, transaction.price, held))

    def on_order_cancel(self, context: Any, order: Any, reason: str | None) -> None:
        self.cancels.append((order.id, order.state, reason))

    def on_order_reject(self, context: Any, order: Any, reason: str) -> None:
        self.rejects.append((order.id, order.state, order.amount, reason))


def test_a_strategy_learns_of_each_fill_after_the_books() -> None:
    told = Told()
    play(
        closes("10", "11", "12", volume=100),
        {0: lambda c, d: c.order(A, 15)},
        slippage=FixedBasisPointsSlippage(0, "0.1"),
        algorithm=told,
    )
    assert told.fills == [
        (10, OrderStatus.PARTIALLY_FILLED, 10, 11, 10),
        (15, OrderStatus.FILLED, 5, 12, 15),
    ]


def test_the_transaction_names_its_commission() -> None:
    seen = []
    from rustybt.finance.commission import PerShare

    algorithm = TradingAlgorithm(
        on_order_fill=lambda context, order, transaction: seen.append(
            (transaction.order_id, transaction.commission, order.commission)
        )
    )
    play(
        closes("10", "11"),
        {0: lambda c, d: c.order(A, 15)},
        commission=PerShare("0.01"),
        algorithm=algorithm,
    )
    assert seen == [("main-1", D("0.15"), D("0.15"))]


def test_a_fill_may_lead_to_an_order() -> None:
    def sell_again(context: Any, order: Any, transaction: Any) -> None:
        if transaction.amount > 0:
            context.order(order.asset, -transaction.amount)

    played = play(
        closes("10", "11", "12"),
        {0: lambda c, d: c.order(A, 5)},
        algorithm=TradingAlgorithm(on_order_fill=sell_again),
    )
    assert [fill[2:] for fill in played.fills] == [(5, 11), (-5, 12)]


def test_a_strategy_learns_of_its_own_cancels() -> None:
    told = Told()
    play(closes("10"), {0: lambda c, d: c.cancel_order(c.order(A, 5))}, algorithm=told)
    assert told.cancels == [("main-1", OrderStatus.CANCELLED, None)]


def test_a_strategy_learns_of_the_cancel_policy() -> None:
    told = Told()
    play(
        closes("10", "10"),
        {0: lambda c, d: c.order(A, 5, limit_price=1)},
        setup=lambda c: c.set_cancel_policy(EODCancel(warn_on_cancel=False)),
        algorithm=told,
    )
    assert [cancel[:2] for cancel in told.cancels] == [("main-1", OrderStatus.CANCELLED)]


def test_a_strategy_learns_that_an_order_was_refused() -> None:
    told = Told()
    played = play(
        closes("10", "10"),
        {0: lambda c, d: c.order(A, 5)},
        setup=lambda c: c.register_trading_control(MaxOrderSize("reject", A, 4)),
        algorithm=told,
    )
    ((order_id, state, amount, reason),) = told.rejects
    assert (order_id, state, amount) == ("main-1", OrderStatus.REJECTED, 5)
    assert "MaxOrderSize" in reason
    assert played.seen[0] is None
    (row,) = played.result.orders.to_dicts()
    assert (row["status"], row["reason"]) == ("REJECTED", reason)


def test_without_hooks_nobody_is_told() -> None:
    played = play(
        closes("10", "10"),
        {0: lambda c, d: (c.order(A, 5), c.cancel_order(c.order(A, 1, limit_price=1)))},
        setup=lambda c: c.set_max_order_size(max_shares=4, on_error="reject"),
    )
    assert played.statuses == ["REJECTED", "CANCELLED"]
