"""Figures of a whole run: by hand, and where they are not defined."""

import math

import numpy as np
import pytest

from rustybt.metrics import OBJECTIVES
from rustybt.metrics.objectives import (
    annual_return,
    calmar_ratio,
    profit_factor,
    total_return,
    win_rate,
)

RETURNS = np.array([0.1, -0.05, 0.0, 0.1])


def test_growth() -> None:
    assert total_return(RETURNS) == pytest.approx(1.1 * 0.95 * 1.1 - 1)
    assert annual_return(RETURNS) == pytest.approx((1.1 * 0.95 * 1.1) ** (252 / 4) - 1)


def test_a_year_of_sessions_grows_by_its_own_return() -> None:
    returns = np.full(252, 2 ** (1 / 252) - 1)
    assert annual_return(returns) == pytest.approx(1.0)


def test_calmar_is_growth_over_drawdown() -> None:
    growth = (1.1 * 0.95 * 1.1) ** (252 / 4) - 1
    assert calmar_ratio(RETURNS) == pytest.approx(growth / 0.05)


def test_two_of_three_sessions_that_moved_were_gains() -> None:
    assert win_rate(RETURNS) == pytest.approx(2 / 3)


def test_gains_are_four_times_the_losses() -> None:
    assert profit_factor(RETURNS) == pytest.approx(4.0)


def test_a_lost_capital_does_not_grow() -> None:
    assert annual_return(np.array([0.1, -1.0])) is None


@pytest.mark.parametrize("name", OBJECTIVES)
def test_without_sessions_nothing_is_defined(name: str) -> None:
    assert OBJECTIVES[name](np.array([])) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("total_return", 0.0),
        ("annual_return", 0.0),
        ("annual_volatility", 0.0),
        ("max_drawdown", 0.0),
        ("sharpe_ratio", None),
        ("sortino_ratio", None),
        ("calmar_ratio", None),
        ("win_rate", None),
        ("profit_factor", None),
    ],
)
def test_sessions_without_a_trade(name: str, expected: float | None) -> None:
    assert OBJECTIVES[name](np.zeros(20)) == expected


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_are_floats_or_none(name: str) -> None:
    assert type(OBJECTIVES[name](RETURNS)) is float
    assert math.isfinite(OBJECTIVES[name](RETURNS) or 0.0)
