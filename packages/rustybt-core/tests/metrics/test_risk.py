"""Risk columns: zipline's recorded ones, figures computed by hand, and the laws of prefixes."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.metrics import risk

RUNS = json.loads(
    gzip.decompress(Path(__file__).parents[1].joinpath("data/zipline_risk.json.gz").read_bytes())
)
YEAR = math.sqrt(252)
OF_RETURNS = (
    risk.sharpe_ratio,
    risk.sortino_ratio,
    risk.max_drawdown,
    risk.annual_volatility,
    risk.cumulative_return,
)


def column(run: dict[str, Any], name: str) -> Any:
    """A recorded column, null as NaN."""
    values = run[name]
    if isinstance(values, dict):
        values = [values["constant"]] * len(run["sessions"])
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def session_returns(growth: Any) -> Any:
    """Returns of each session from cumulative ones."""
    levels = np.concatenate(([1.0], 1.0 + growth))
    return levels[1:] / levels[:-1] - 1.0


@pytest.mark.parametrize("name", RUNS)
def test_zipline_reports_the_same(name: str) -> None:
    run = RUNS[name]
    returns = column(run, "returns")
    benchmark = session_returns(column(run, "benchmark_period_return"))
    alpha, beta = risk.alpha_beta(returns, benchmark)
    figures = {
        "algorithm_period_return": risk.cumulative_return(returns),
        "algo_volatility": risk.annual_volatility(returns),
        "sharpe": risk.sharpe_ratio(returns),
        "sortino": risk.sortino_ratio(returns),
        "max_drawdown": risk.max_drawdown(returns),
        "benchmark_volatility": risk.annual_volatility(benchmark),
        "alpha": alpha,
        "beta": beta,
    }
    for name_of_column, figure in figures.items():
        expected = column(run, name_of_column)
        np.testing.assert_allclose(figure, expected, rtol=1e-9, atol=1e-9, err_msg=name_of_column)


def test_by_hand() -> None:
    returns = np.array([0.1, -0.05, 0.1])
    # means 0.1, 0.025, 0.05; squares about them 0, 0.01125, 0.015
    np.testing.assert_allclose(
        risk.annual_volatility(returns),
        [math.nan, math.sqrt(0.01125) * YEAR, math.sqrt(0.0075) * YEAR],
    )
    np.testing.assert_allclose(
        risk.sharpe_ratio(returns),
        [math.nan, 0.025 / math.sqrt(0.01125) * YEAR, 0.05 / math.sqrt(0.0075) * YEAR],
    )
    # losses: mean of squares 0.0025 / 2, 0.0025 / 3
    np.testing.assert_allclose(
        risk.sortino_ratio(returns),
        [math.nan, 0.025 / math.sqrt(0.00125) * YEAR, 0.05 / math.sqrt(0.0025 / 3) * YEAR],
    )
    np.testing.assert_allclose(risk.cumulative_return(returns), [0.1, 0.045, 0.1495])
    np.testing.assert_allclose(risk.max_drawdown(returns), [0.0, -0.05, -0.05])


def test_the_capital_itself_is_the_first_peak() -> None:
    np.testing.assert_allclose(risk.max_drawdown(np.array([-0.1, 0.05])), [-0.1, -0.1])


def test_a_doubled_benchmark_has_beta_two_and_no_alpha() -> None:
    benchmark = np.array([0.01, -0.02, 0.03, 0.0])
    alpha, beta = risk.alpha_beta(2 * benchmark, benchmark)
    np.testing.assert_allclose(beta, [math.nan, 2, 2, 2])
    np.testing.assert_allclose(alpha, [math.nan, 0, 0, 0], atol=1e-12)


def test_alpha_by_hand() -> None:
    # The benchmark earns nothing on average and the strategy 1/1000 a session more: beta 1.
    benchmark = np.array([0.01, -0.01])
    alpha, beta = risk.alpha_beta(benchmark + 0.001, benchmark)
    assert beta[-1] == pytest.approx(1)
    assert alpha[-1] == pytest.approx(1.001**252 - 1)


@pytest.mark.parametrize("level", [0.0, 0.1, 1 / 3, -0.07])
def test_equal_returns_have_no_risk(level: float) -> None:
    returns = np.full(50, level)
    assert np.all(risk.annual_volatility(returns)[1:] == 0.0)
    assert np.all(np.isnan(risk.sharpe_ratio(returns)))
    alpha, beta = risk.alpha_beta(returns, returns)
    assert np.all(np.isnan(beta))
    assert np.all(np.isnan(alpha))


def test_returns_that_hardly_differ_lose_no_digits() -> None:
    # Steps of 2^-30 about 0.5 are exact floats, so the deviation is known: 2^-30 x sqrt(n/(n-1)).
    step, count = 2.0**-30, 1_000
    returns = 0.5 + step * np.where(np.arange(count) % 2, 1.0, -1.0)
    deviation = risk.annual_volatility(returns)[-1] / YEAR
    assert deviation == pytest.approx(step * math.sqrt(count / (count - 1)), rel=1e-9)


def test_no_sessions_no_figures() -> None:
    empty = np.array([])
    for figure in (
        risk.sharpe_ratio,
        risk.sortino_ratio,
        risk.max_drawdown,
        risk.annual_volatility,
    ):
        assert len(figure(empty)) == 0
    assert len(risk.alpha_beta(empty, empty).alpha) == 0


RETURNS = st.lists(st.floats(-0.5, 0.5).map(lambda value: round(value, 6)), min_size=2, max_size=60)


@given(returns=RETURNS, data=st.data())
def test_every_figure_is_that_of_the_sessions_so_far(returns: list[float], data: Any) -> None:
    benchmark = data.draw(
        st.lists(st.floats(-0.5, 0.5), min_size=len(returns), max_size=len(returns))
    )
    upto = data.draw(st.integers(1, len(returns)))
    r, b = np.array(returns), np.array(benchmark)
    for figure in (
        risk.sharpe_ratio,
        risk.sortino_ratio,
        risk.max_drawdown,
        risk.annual_volatility,
    ):
        np.testing.assert_array_equal(figure(r)[:upto], figure(r[:upto]))
    np.testing.assert_array_equal(
        risk.alpha_beta(r, b)[1][:upto], risk.alpha_beta(r[:upto], b[:upto])[1]
    )


@given(returns=RETURNS)
def test_deviations_agree_with_numpy(returns: list[float]) -> None:
    r = np.array(returns)
    deviation = risk.annual_volatility(r)[-1] / YEAR
    assert deviation == pytest.approx(float(np.std(r, ddof=1)), rel=1e-9, abs=1e-15)
