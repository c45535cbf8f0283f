"""`rustybt.api`: Zipline's names, bound to the algorithm that runs here and now."""

import contextvars
import inspect
import threading
from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from markets import daily_market, play, stock

from rustybt import api
from rustybt.algorithm import TradingAlgorithm, running, running_algorithm
from rustybt.errors import NoRunningAlgorithm

A, B = stock("AAA", 1), stock("BBB", 2)
MARKET = daily_market({A: ["10", "11", "12"], B: ["20", "21", "22"]})

ZIPLINE_FUNCTIONS = {
    "attach_pipeline", "batch_market_order", "cancel_order", "continuous_future", "fetch_csv",
    "future_symbol", "get_datetime", "get_environment", "get_open_orders", "get_order", "order",
    "order_percent", "order_target", "order_target_percent", "order_target_value", "order_value",
    "pipeline_output", "record", "schedule_function", "set_asset_restrictions", "set_benchmark",
    "set_cancel_policy", "set_commission", "set_do_not_order_list", "set_long_only",
    "set_max_leverage", "set_max_order_count", "set_max_order_size", "set_max_position_size",
    "set_min_leverage", "set_slippage", "set_symbol_lookup_date", "sid", "symbol", "symbols",
}  # fmt: skip
"""The functions of zipline.api 3.2.1."""

ZIPLINE_OBJECTS = {
    "EODCancel", "FixedBasisPointsSlippage", "FixedSlippage", "HistoricalRestrictions",
    "NeverCancel", "RESTRICTION_STATES", "Restriction", "StaticRestrictions",
    "VolumeShareSlippage", "calendars", "cancel_policy", "commission", "date_rules", "execution",
    "slippage", "time_rules",
}  # fmt: skip
"""What else zipline.api exports."""

OURS = {
    "convert_currency", "fills", "get_order_group", "latency", "replace_order", "set_borrow",
    "set_conversion", "set_fill_model", "set_financing", "set_latency", "set_withholding",
}  # fmt: skip
"""What Zipline does not have."""

FUNCTIONS = sorted(ZIPLINE_FUNCTIONS | {name for name in OURS if "_" in name})


def test_every_name_of_zipline_is_there() -> None:
    assert set(api.__all__) == ZIPLINE_FUNCTIONS | ZIPLINE_OBJECTS | OURS
    assert all(hasattr(api, name) for name in api.__all__)


def placeholders(function: Callable[..., Any]) -> list[Any]:
    """Something for every argument that has to be given."""
    parameters = inspect.signature(function).parameters.values()
    return [
        None
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_without_a_running_algorithm_says_so(name: str) -> None:
    function = getattr(api, name)
    with pytest.raises(NoRunningAlgorithm, match=rf"^{name}\(\) was called outside a running"):
        function(*placeholders(function))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_what_its_method_takes(name: str) -> None:
    function = inspect.signature(getattr(api, name)).parameters
    method = dict(inspect.signature(getattr(TradingAlgorithm, name)).parameters)
    del method["self"]
    assert [(p.name, p.default, p.kind) for p in function.values()] == [
        (p.name, p.default, p.kind) for p in method.values()
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_the_method_of_the_running_algorithm(name: str) -> None:
    """Each argument arrives at its place."""
    given: list[tuple[Any, ...]] = []

    class Listening(TradingAlgorithm):
        pass

    def method(self: Any, *args: Any, **kwargs: Any) -> str:
        given.append((args, kwargs))
        return "the answer"

    setattr(Listening, name, method)
    function = getattr(api, name)
    parameters = inspect.signature(function).parameters.values()
    named = {
        p.name: f"given {p.name}"
        for p in parameters
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }
    if "options" in {p.name for p in parameters}:
        named["time_in_force"] = "given time_in_force"
    variadic = [p for p in parameters if p.kind is p.VAR_POSITIONAL]
    with running(Listening()):
        answer = function(*["one", "two"] * len(variadic), **named)
    assert answer == ("the answer" if _returns(function) else None)
    ((args, kwargs),) = given
    expected = {**named, **{p.name: ("one", "two") for p in variadic}}
    bound = inspect.signature(getattr(TradingAlgorithm, name)).bind(None, *args, **kwargs)
    del bound.arguments["self"]
    bound.apply_defaults()
    arguments = {k: v for k, v in bound.arguments.items() if k not in {"kwargs", "options"}}
    arguments |= bound.arguments.get("options", {})
    assert arguments == expected


def _returns(function: Callable[..., Any]) -> bool:
    return inspect.signature(function).return_annotation not in (None, "None")


def test_functions_act_on_the_run() -> None:
    def act(context: Any, data: Any) -> object:
        order = api.order(api.symbol("AAA"), 3)
        assert order is not None
        api.record(price=data.current(api.sid(1), "price"))
        return order, api.get_order(order).amount, len(api.get_open_orders(A))  # type: ignore[union-attr]

    played = play(MARKET, {0: act})
    assert played.seen[0] == ("main-1", 3, 1)
    assert played.result.recorded["price"].to_list() == [10, 10, 10]


# ------------------------------------------------------------------ whose function it is


def test_it_belongs_to_a_run_only_while_that_runs() -> None:
    play(MARKET, {0: lambda c, d: api.get_datetime()})
    with pytest.raises(NoRunningAlgorithm):
        api.get_datetime()


def test_a_run_that_fails_lets_go_of_it() -> None:
    with pytest.raises(ZeroDivisionError):
        play(MARKET, {0: lambda c, d: 1 / 0})
    with pytest.raises(NoRunningAlgorithm):
        api.get_datetime()


def test_a_run_inside_a_run_has_its_own() -> None:
    outer, inner = TradingAlgorithm(name="outer"), TradingAlgorithm(name="inner")
    with running(outer):
        with running(inner):
            assert running_algorithm("order") is inner
        assert running_algorithm("order") is outer


def test_threads_do_not_see_each_other() -> None:
    found: list[object] = []

    def look() -> None:
        try:
            found.append(running_algorithm("order"))
        except NoRunningAlgorithm as error:
            found.append(error.function)

    algorithm = TradingAlgorithm()
    with running(algorithm):
        bare = threading.Thread(target=look)
        bare.start()
        bare.join()
        context = contextvars.copy_context()
        handed = threading.Thread(target=lambda: context.run(look))
        handed.start()
        handed.join()
    assert found == ["order", algorithm]


def test_runs_side_by_side_keep_their_orders_apart() -> None:
    results: dict[int, Any] = {}

    def run(amount: int) -> None:
        played = play(MARKET, {0: lambda c, d: api.order(A, amount)}, calendar="XNYS")
        results[amount] = played.fills[0][2]

    threads = [threading.Thread(target=run, args=(amount,)) for amount in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {1: D(1), 2: D(2), 3: D(3)}
