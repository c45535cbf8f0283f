"""The audit log of a result, and what its frame of orders tells of each order."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from laws import whole_run
from markets import split
from order_stories import INSIDE_OPEN, SHARE, Story, order, orders, replaced, tell
from random_runs import Case, cases

from rustybt.errors import InvalidArgument
from rustybt.finance.commission import PerShare
from rustybt.finance.latency import FixedLatency
from rustybt.finance.slippage import FixedSlippage
from rustybt.orders import LimitOrder, OCOOrder, StopOrder, order_audit_log
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.tables import Tables
from rustybt.simulation.trips.run_records import arithmetic_of
from rustybt.views import PublicView

EVENTS = {
    "submitted", "filled", "partially_filled", "canceled", "rejected",  # the specification's
    "accepted", "expired", "triggered", "replaced", "resized", "split", "message",
}  # fmt: skip

ROW = {
    "id": int, "strategy_id": str, "broker_connection_id": int | None, "order_id": str,
    "broker_order_id": str | None, "asset_sid": int, "event_type": str, "event_timestamp": int,
    "event_data": dict,
}  # fmt: skip
"""Columns of the specification's table: NOT NULL ones have one type."""

DATA: dict[str, Any] = {
    "order_type": str, "side": str, "amount": str, "price": str | None, "fill_price": str | None,
    "filled_amount": str, "commission": str | None, "slippage": str | None, "reason": str | None,
    "latency_ms": int | float | None,
}  # fmt: skip
"""Keys of the specification's event_data: numbers are texts, but for the latency."""


def checked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that have the form of the specification."""
    for number, row in enumerate(rows, start=1):
        assert list(row) == list(ROW)
        assert all(isinstance(row[name], kind) for name, kind in ROW.items()), row
        assert row["id"] == number
        assert row["event_type"] in EVENTS
        data = row["event_data"]
        assert all(isinstance(data[name], kind) for name, kind in DATA.items()), data
        assert data["side"] in {"buy", "sell"}
    return rows


def many_kinds() -> Story:
    """A bracket, an order that is replaced, one that is refused, and one on its way."""
    return tell(
        "10 | 10 12 9 11 | 5 | 6",
        {
            0: orders(
                order(9, take_profit=11, stop_loss=9),
                order(8, limit_price="4.50"),
                order(8, limit_price=10, post_only=True),
                order(3, time_in_force="DAY"),
            ),
            1: replaced(4, limit_price="5.50"),
        },
        slippage=FixedSlippage("0.10"),
        commission=PerShare("0.01"),
        rules=INSIDE_OPEN,
    )


def live_rows(story: Story) -> list[dict[str, object]]:
    view = PublicView(arithmetic_of(story.played.result.tables))
    return order_audit_log(story.played.context.blotter.orders.values(), view)


# ------------------------------------------------------------------ the audit log


def test_it_has_the_form_of_the_specification() -> None:
    rows = checked(many_kinds().played.result.order_audit_log())
    assert {row["event_type"] for row in rows} >= {"submitted", "filled", "canceled", "rejected"}


def test_a_result_tells_what_its_orders_told() -> None:
    story = many_kinds()
    assert story.played.result.order_audit_log() == live_rows(story)


def test_a_loaded_result_tells_the_same(tmp_path: Path) -> None:
    result = many_kinds().played.result
    result.save(tmp_path / "run")
    loaded = BacktestResult.load(tmp_path / "run")
    assert loaded.order_audit_log() == result.order_audit_log()


def test_a_latency_of_less_than_a_microsecond_is_kept(tmp_path: Path) -> None:
    """0.0000005 s are 500 ns, 0.0005 ms."""
    story = tell(
        "10 | 10",
        {0: order(3)},
        setup=lambda context: context.set_latency(FixedLatency("0.0005")),
    )
    story.played.result.save(tmp_path / "run")
    rows = BacktestResult.load(tmp_path / "run").order_audit_log()
    assert [row["event_data"]["latency_ms"] for row in rows] == [None, 0.0005, 0.0005]  # type: ignore[index]


def test_it_is_written_as_json_with_a_line_for_each_row(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "audit.json"
    rows = many_kinds().played.result.order_audit_log(place)
    text = place.read_text(encoding="utf-8")
    assert json.loads(text) == rows
    lines = text.splitlines()
    assert [json.loads(line.removesuffix(",")) for line in lines[1:-1]] == rows
    assert (lines[0], lines[-1]) == ("[", "]")


def test_it_replaces_a_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "audit.json"
    place.write_text("old")
    tell("10", {}).played.result.order_audit_log(str(place))
    assert place.read_text() == "[]\n"
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidArgument, match=r"path was .*cannot be written"):
        tell("10", {}).played.result.order_audit_log(tmp_path / "file" / "audit.json")


def test_a_result_without_trails_says_so() -> None:
    result = tell("10 | 10", {0: order(3)}).played.result
    frames = {name: frame for name, frame in result.tables.items() if name != "transitions"}
    bare = BacktestResult(
        tables=Tables(**frames),
        assets=result.assets,
        capital_base=result.capital_base,
        manifest=result.manifest,
    )
    with pytest.raises(InvalidArgument, match=r"transitions.*run it again"):
        bare.order_audit_log()


@whole_run
@given(cases())
def test_any_run_tells_what_its_orders_told(case: Case) -> None:
    played = case.run()
    rows = checked(played.result.order_audit_log())
    view = PublicView(arithmetic_of(played.result.tables))
    assert rows == order_audit_log(played.context.blotter.orders.values(), view)


# ------------------------------------------------------------------ the frame of orders


def told(story: Story) -> list[tuple[object, ...]]:
    names = ("id", "status", "code", "order_type", "time_in_force", "group_id", "role", "strategy")
    return list(story.played.result.orders.select(names).iter_rows())


def test_the_frame_tells_type_code_life_and_group() -> None:
    assert told(many_kinds()) == [
        ("main-1", "FILLED", None, "market", "GTC", "main-1/bracket", "entry", "main"),
        ("main-2", "CANCELLED", "group", "limit", "GTC", "main-1/bracket", "take_profit", "main"),
        ("main-3", "FILLED", None, "stop", "GTC", "main-1/bracket", "stop_loss", "main"),
        ("main-4", "FILLED", None, "limit", "GTC", None, None, "main"),
        ("main-5", "REJECTED", "post_only_would_cross", "limit", "GTC", None, None, "main"),
        ("main-6", "FILLED", None, "market", "DAY", None, None, "main"),
    ]


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({}, "market"),
        ({"limit_price": 9}, "limit"),
        ({"stop_price": 11}, "stop"),
        ({"stop_price": 11, "limit_price": 12}, "stop_limit"),
        ({"trail_amount": 1}, "trailing_stop"),
        ({"limit_price": 9, "visible": 2}, "iceberg"),
    ],
)
def test_every_type_has_its_name(how: dict[str, Any], name: str) -> None:
    assert told(tell("10 | 10", {0: order(4, **how)}))[0][3] == name


def test_legs_of_an_oco_order_are_told() -> None:
    story = tell("10 | 10", {0: order(-3, style=OCOOrder(LimitOrder(12), StopOrder(8)))})
    assert [row[6] for row in told(story)] == ["leg", "leg"]


def test_zipline_sees_what_it_always_saw() -> None:
    pytest.importorskip("pandas")
    story = tell("10 | 10", {0: order(3)}, events=[split(SHARE, "2020-06-02", "1/2")])
    rows = story.played.result.to_pandas()["orders"].iloc[-1]
    assert list(rows[0]) == [
        "id", "dt", "reason", "created", "amount", "filled", "commission", "stop", "limit",
        "stop_reached", "limit_reached", "sid", "status",
    ]  # fmt: skip
