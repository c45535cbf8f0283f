"""The performance frame as Zipline has it: facts of a zipline 3.2.1 run, on a run of ours."""

import sys
from typing import Any

import pytest
from cost_stubs import AAA, BTC
from run_stubs import DECIMAL, FLOAT, build

from rustybt.errors import MissingExtra
from rustybt.orders import ZiplineStatus
from rustybt.simulation.zipline_frame import zipline_frame
from rustybt.values import Arithmetic

pandas = pytest.importorskip("pandas")

# Columns and types of the frame that zipline 3.2.1 returned for a short run that recorded a number.
FLOATS = {
    "net_leverage", "starting_exposure", "short_value", "starting_cash", "capital_used",
    "ending_cash", "ending_value", "portfolio_value", "short_exposure", "long_value",
    "long_exposure", "pnl", "gross_leverage", "returns", "ending_exposure", "starting_value",
    "max_leverage", "sortino", "algo_volatility", "benchmark_period_return",
    "benchmark_volatility", "max_drawdown", "excess_return", "alpha", "beta",
    "algorithm_period_return", "sharpe", "treasury_period_return",
}  # fmt: skip
INTEGERS = {"shorts_count", "longs_count", "trading_days"}
OBJECTS = {"orders", "transactions", "positions", "period_label"}
STAMPS = {"period_open", "period_close"}


def frame(arithmetic: Arithmetic = DECIMAL) -> Any:
    return zipline_frame(*build(arithmetic))


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT])
def test_columns_and_types_are_zipline_s(arithmetic: Arithmetic) -> None:
    types = {name: str(dtype) for name, dtype in frame(arithmetic).dtypes.items()}
    expected = {
        **dict.fromkeys(FLOATS, "float64"),
        **dict.fromkeys(INTEGERS, "int64"),
        **dict.fromkeys(OBJECTS, "object"),
        **dict.fromkeys(STAMPS, "datetime64[ns, UTC]"),
        "fast": "float64",
        "note": "object",
    }
    assert types == expected


def test_rows_are_indexed_by_close() -> None:
    perf = frame()
    assert str(perf.index.dtype) == "datetime64[ns, UTC]"
    assert list(perf.index) == list(perf["period_close"])
    assert perf.index[0] == pandas.Timestamp("2020-06-01 20:00", tz="UTC")
    assert perf["portfolio_value"].iloc[-1] == 1045.2375
    assert pandas.isna(perf["fast"].iloc[0])
    assert perf["fast"].iloc[1] == 1.5


def test_positions_of_each_session() -> None:
    positions = frame()["positions"]
    assert positions.iloc[0] == []
    assert positions.iloc[1] == [
        {"sid": AAA, "amount": 5, "cost_basis": 10.02, "last_sale_price": 11.005}
    ]
    assert type(positions.iloc[1][0]["amount"]) is int
    assert [row["sid"] for row in positions.iloc[2]] == [AAA, BTC]
    assert positions.iloc[2][1]["amount"] == -0.00000001


def test_orders_that_changed_in_each_session() -> None:
    orders = frame()["orders"]
    assert [[row["id"] for row in rows] for rows in orders] == [["o1"], ["o1", "o2"], ["o2"]]
    order = orders.iloc[2][0]
    assert order == {
        "id": "o2",
        "dt": pandas.Timestamp("2020-06-03 20:00", tz="UTC"),
        "reason": None,
        "created": pandas.Timestamp("2020-06-02 20:00", tz="UTC"),
        "amount": -3,
        "filled": -0.00000001,
        "commission": 0.0000001,
        "stop": 8999.0,
        "limit": 9000.5,
        "stop_reached": False,
        "limit_reached": False,
        "sid": BTC,
        "status": ZiplineStatus.OPEN,
    }


def test_transactions_of_each_session() -> None:
    transactions = frame()["transactions"]
    assert [len(rows) for rows in transactions] == [0, 1, 2]
    assert transactions.iloc[1] == [
        {
            "amount": 5,
            "dt": pandas.Timestamp("2020-06-02 20:00", tz="UTC"),
            "price": 10.01,
            "order_id": "o1",
            "sid": AAA,
            "commission": None,
        }
    ]
    assert transactions.iloc[2][1]["order_id"] is None


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"pip install 'rustybt-core\[pandas\]'"):
        frame()
