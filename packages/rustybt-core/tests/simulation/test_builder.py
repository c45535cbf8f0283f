"""The frames of a result: columns, types and values, in both arithmetics."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from run_stubs import DECIMAL, FLOAT, SESSIONS, snapshots, tables

from rustybt.metrics import load
from rustybt.simulation import builder as builder_module
from rustybt.simulation.builder import ResultBuilder


def test_orders() -> None:
    first, second = tables().orders.to_dicts()
    assert first == {
        "id": "o1",
        "symbol": "AAA",
        "created": datetime(2020, 6, 1, 20, tzinfo=UTC),
        "last_modified": datetime(2020, 6, 2, 20, tzinfo=UTC),
        "amount": Decimal(5),
        "filled": Decimal(5),
        "commission": Decimal("0.1"),
        "limit": None,
        "stop": None,
        "limit_reached": False,
        "stop_reached": False,
        "status": "FILLED",
        "reason": None,
        "code": None,
        "order_type": "",
        "time_in_force": "GTC",
        "group_id": None,
        "role": None,
        "strategy": "main",
        "sid": 1,
    }
    assert (second["limit"], second["stop"]) == (Decimal("9000.5"), Decimal(8999))
    assert (second["filled"], second["status"]) == (Decimal("-0.00000001"), "OPEN")


def test_transactions() -> None:
    first, second, closing = tables().transactions.to_dicts()
    assert (first["order_id"], first["symbol"], first["amount"]) == ("o1", "AAA", Decimal(5))
    assert (first["price"], first["commission"]) == (Decimal("10.01"), Decimal("0.1"))
    assert first["dt"] == datetime(2020, 6, 2, 20, tzinfo=UTC)
    assert second["price"] == Decimal("9000.12345678")
    assert closing["order_id"] is None
    assert closing["commission"] == 0


def test_positions() -> None:
    rows = tables().positions.rows()
    assert rows == [
        (date(2020, 6, 2), "AAA", Decimal(5), Decimal("10.02"), Decimal("11.005"), 1),
        (date(2020, 6, 3), "AAA", Decimal(5), Decimal("10.02"), Decimal("11.005"), 1),
        (
            date(2020, 6, 3),
            "BTC/USDT",
            Decimal("-0.00000001"),
            Decimal("0.3333333333333333"),
            Decimal("9000.12345678"),
            3,
        ),
    ]


def test_order_states_are_as_of_each_session() -> None:
    states = tables().order_states.select("session", "id", "status").rows()
    assert states == [
        (date(2020, 6, 1), "o1", "FILLED"),
        (date(2020, 6, 2), "o1", "FILLED"),
        (date(2020, 6, 2), "o2", "OPEN"),
        (date(2020, 6, 3), "o2", "OPEN"),
    ]


def test_recorded() -> None:
    recorded = tables().recorded
    assert recorded["session"].to_list() == list(SESSIONS)
    assert recorded["fast"].to_list() == [None, Decimal("1.5"), Decimal(2)]
    assert recorded["note"].to_list() == [None, None, "sold"]


def test_floats_are_the_nearest_to_the_decimals() -> None:
    for (name, exact), (_, floats) in zip(
        tables(DECIMAL).items(), tables(FLOAT).items(), strict=True
    ):
        assert exact.columns == floats.columns
        decimals = [column for column, dtype in exact.schema.items() if dtype.is_decimal()]
        if name != "recorded":
            assert all(floats.schema[column] == pl.Float64 for column in decimals)
            assert exact.with_columns(pl.col(decimals).cast(pl.Float64)).equals(floats)


def test_a_run_without_sessions_has_the_same_types() -> None:
    empty = ResultBuilder(DECIMAL).finish(orders=[], metrics=load("default"))
    for name, frame in tables().items():
        if name != "recorded":
            assert getattr(empty, name).schema == frame.schema, name
            assert len(getattr(empty, name)) == 0


def test_many_positions_are_kept_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder_module, "_BLOCK_ROWS", 1)
    assert tables().positions.equals(tables().positions)
    assert tables().positions.height == 3


def test_the_builder_knows_the_assets_it_saw() -> None:
    builder = ResultBuilder(DECIMAL)
    for snapshot in snapshots():
        builder.end_session(snapshot, orders=(), recorded={})
    builder.finish(orders=[], metrics=())
    assert sorted(builder.assets) == [1, 3]
