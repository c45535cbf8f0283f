"""Metric sets: the columns of the default one, and sets of one's own."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest
from run_stubs import DECIMAL, FLOAT, snapshots

from rustybt.errors import InvalidArgument, PluginConflict, PluginNotFound
from rustybt.metrics import Performance, add_metrics, load, metrics_sets, performance_rows, register
from rustybt.metrics.sets import unregister

DEFAULT_COLUMNS = {
    "algorithm_period_return", "algo_volatility", "sharpe", "sortino", "max_drawdown",
    "benchmark_period_return", "benchmark_volatility", "alpha", "beta", "max_leverage",
    "excess_return", "treasury_period_return", "trading_days", "period_label",
}  # fmt: skip


@pytest.fixture
def performance() -> Performance:
    return performance_rows(snapshots(), DECIMAL)


@pytest.fixture
def registered() -> Iterator[str]:
    register("cash-share", lambda: (cash_share,))
    yield "cash-share"
    unregister("cash-share")


def cash_share(performance: Performance) -> dict[str, pl.Series]:
    frame = performance.frame
    cash = frame["ending_cash"].cast(pl.Float64)
    return {"cash_share": cash / frame["portfolio_value"].cast(pl.Float64)}


def test_default_adds_zipline_s_columns(performance: Performance) -> None:
    frame = add_metrics(performance, load("default"))
    assert set(frame.columns) - set(performance.frame.columns) == DEFAULT_COLUMNS
    assert frame["max_leverage"].to_list() == [0.0, 0.5, 0.5]
    assert frame["trading_days"].to_list() == [1, 2, 3]
    assert frame["period_label"].to_list() == ["2020-06"] * 3
    assert frame["excess_return"].to_list() == [0.0, 0.0, 0.0]
    assert frame["max_drawdown"].to_list() == pytest.approx([0.0, 0.0, -0.05])
    assert frame["sharpe"].to_list()[0] is None
    # mean 0.050125 and deviation 0.10025 / sqrt(2)
    assert frame["sharpe"][1] == pytest.approx(math.sqrt(2) / 2 * math.sqrt(252))


def test_undefined_figures_are_null_not_nan(performance: Performance) -> None:
    frame = add_metrics(performance, load("default"))
    assert frame["alpha"].null_count() == frame["beta"].null_count() == 3


def test_classic_is_default_by_another_name(performance: Performance) -> None:
    assert add_metrics(performance, load("classic")).equals(
        add_metrics(performance, load("default"))
    )


def test_none_adds_nothing(performance: Performance) -> None:
    assert add_metrics(performance, load("none")).equals(performance.frame)


def test_risk_columns_are_floats_in_both_arithmetics() -> None:
    for arithmetic in (DECIMAL, FLOAT):
        frame = add_metrics(performance_rows(snapshots(arithmetic), arithmetic), load("default"))
        assert frame.schema["sharpe"] == frame.schema["algorithm_period_return"] == pl.Float64


def test_a_set_of_one_s_own(performance: Performance, registered: str) -> None:
    assert registered in metrics_sets()
    frame = add_metrics(performance, load(registered))
    assert frame["cash_share"][0] == pytest.approx(0.9452)


def test_register_is_a_decorator() -> None:
    @register("nothing-much")
    def nothing_much() -> tuple[()]:
        return ()

    assert load("nothing-much") == nothing_much() == ()
    unregister("nothing-much")
    with pytest.raises(PluginNotFound):
        load("nothing-much")


@pytest.mark.parametrize("name", ["default", "none"])
def test_built_in_names_are_taken(name: str) -> None:
    with pytest.raises(PluginConflict):
        register(name, lambda: ())


def test_a_name_is_given_once(registered: str) -> None:
    with pytest.raises(PluginConflict):
        register(registered, lambda: ())


def test_an_unknown_set_names_the_known_ones() -> None:
    with pytest.raises(PluginNotFound, match="classic, default, none"):
        load("defualt")


def test_a_column_is_given_once(performance: Performance) -> None:
    with pytest.raises(InvalidArgument, match="'pnl'; two metrics give it"):
        add_metrics(performance, [lambda _: {"pnl": np.zeros(3)}])


def test_a_column_has_a_value_for_each_session(performance: Performance) -> None:
    with pytest.raises(InvalidArgument, match="it has 2 values; return one for each of 3 sessions"):
        add_metrics(performance, [lambda _: {"short": np.zeros(2)}])


def test_a_later_metric_sees_the_ledger_s_columns_only(performance: Performance) -> None:
    seen: list[list[str]] = []

    def look(rows: Performance) -> dict[str, np.ndarray]:
        seen.append(rows.frame.columns)
        return {f"look_{len(seen)}": np.zeros(3)}

    add_metrics(performance, [look, look])
    assert seen[0] == seen[1]
