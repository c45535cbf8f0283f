"""Performance rows: the ledger's columns in both arithmetics."""

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from run_stubs import DECIMAL, FLOAT, RETURNS, SESSIONS, VALUES, snapshots

from rustybt.metrics.rows import performance_rows
from rustybt.values import Arithmetic


def test_one_row_per_session_with_its_times() -> None:
    frame = performance_rows(snapshots(), DECIMAL).frame
    assert frame["session"].to_list() == list(SESSIONS)
    assert frame["period_open"][0] == datetime(2020, 6, 1, 13, 31, tzinfo=UTC)
    assert frame["period_close"][2] == datetime(2020, 6, 3, 20, 0, tzinfo=UTC)
    assert frame.schema["session"] == pl.Date
    assert frame["session"][0] == date(2020, 6, 1)


def test_money_keeps_every_digit() -> None:
    frame = performance_rows(snapshots(), DECIMAL).frame
    assert frame.schema["portfolio_value"] == pl.Decimal(38, 16)
    assert frame["portfolio_value"].to_list() == [Decimal(text) for text in VALUES]
    assert frame["short_value"][0] == Decimal("-0.0000900012345678")
    assert frame["returns"].to_list() == [Decimal(text) for text in RETURNS]


def test_large_money_keeps_every_digit_too() -> None:
    value = Decimal("1234567890123456789012.0123456789012345")
    huge = [rows._replace(portfolio_value=DECIMAL.money(value)) for rows in snapshots()]
    assert performance_rows(huge, DECIMAL).frame["portfolio_value"][0] == value


def test_floats_stay_floats() -> None:
    frame = performance_rows(snapshots(FLOAT), FLOAT).frame
    assert frame.schema["portfolio_value"] == frame.schema["returns"] == pl.Float64
    assert frame["portfolio_value"].to_list() == [float(text) for text in VALUES]


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT])
def test_every_column_of_the_ledger_is_there(arithmetic: Arithmetic) -> None:
    # Zipline's columns, less the lists, what the default metrics add and its old constants.
    assert set(performance_rows(snapshots(arithmetic), arithmetic).frame.columns) == {
        "session", "period_open", "period_close", "returns", "pnl", "capital_used",
        "starting_exposure", "ending_exposure", "starting_value", "ending_value", "starting_cash",
        "ending_cash", "portfolio_value", "longs_count", "shorts_count", "long_value",
        "short_value", "long_exposure", "short_exposure", "gross_leverage", "net_leverage",
        "gross_pnl", "commission", "slippage", "borrow", "financing", "conversion", "withholding",
        "funding", "dividends", "fx_pnl",
    }  # fmt: skip


def test_gross_less_costs_is_net() -> None:
    frame = performance_rows(snapshots(), DECIMAL).frame
    assert frame["commission"].to_list() == [Decimal("0.5")] * 3
    assert frame["gross_pnl"].to_list() == [Decimal("0.725")] * 3


def test_without_a_benchmark_its_returns_are_zero() -> None:
    performance = performance_rows(snapshots(), DECIMAL)
    assert performance.benchmark_returns.tolist() == [0.0, 0.0, 0.0]
    assert performance.returns.tolist() == [0.0, 0.10025, -0.05]


def test_a_benchmark_is_kept() -> None:
    benchmark = np.array([0.1, 0.2, 0.3])
    performance = performance_rows(snapshots(), DECIMAL, benchmark)
    assert performance.benchmark_returns.tolist() == [0.1, 0.2, 0.3]


def test_a_run_without_sessions_has_the_same_columns() -> None:
    empty = performance_rows([], DECIMAL).frame
    assert empty.schema == performance_rows(snapshots(), DECIMAL).frame.schema
    assert len(empty) == 0
