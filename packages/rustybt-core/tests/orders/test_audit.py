"""The audit log: columns and keys as the specification has them."""

import json
from typing import Any

from markets import split
from order_stories import INSIDE_OPEN, SHARE, order, orders, replaced, tell

from rustybt.finance.commission import PerShare
from rustybt.finance.latency import FixedLatency
from rustybt.finance.slippage import FixedSlippage
from rustybt.orders import audit_json, order_audit_log
from rustybt.values import DecimalArithmetic
from rustybt.views import FloatView

COLUMNS = [
    "id", "strategy_id", "broker_connection_id", "order_id", "broker_order_id", "asset_sid",
    "event_type", "event_timestamp", "event_data",
]  # fmt: skip
"""Of the table order_audit_log."""

SPECIFIED = {
    "order_type", "side", "amount", "price", "fill_price", "filled_amount", "commission",
    "slippage", "reason", "latency_ms",
}  # fmt: skip
"""Keys of the schema of event_data."""

TUESDAY_CLOSE = 1_591_128_000_000_000
"""2020-06-02 20:00 UTC in microseconds."""


def log(story: Any, **options: Any) -> list[dict[str, Any]]:
    context = story.played.context
    rows: list[dict[str, Any]] = order_audit_log(
        context.blotter.orders.values(), context._env.view, **options
    )
    return rows


def test_a_fill_is_told_with_its_price_its_costs_and_the_time_on_the_way() -> None:
    """Bought at a close of 10 with half a spread of 0.10; a cent a share."""
    story = tell(
        "10 | 10",
        {0: order(100, limit_price="10.50")},
        slippage=FixedSlippage("0.10"),
        commission=PerShare("0.01"),
        setup=lambda context: context.set_latency(FixedLatency(125)),
    )
    rows = log(story)
    assert [list(row) for row in rows] == [COLUMNS] * 4
    assert [row["event_type"] for row in rows] == ["submitted", "accepted", "triggered", "filled"]
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    filled = rows[-1]
    assert (filled["strategy_id"], filled["order_id"], filled["asset_sid"]) == ("main", "main-1", 1)
    assert filled["event_timestamp"] == TUESDAY_CLOSE
    assert filled["event_data"] == {
        "order_type": "limit", "side": "buy", "amount": "100", "price": "10.50",
        "limit_price": "10.50", "stop_price": None, "filled_amount": "100", "status": "Filled",
        "time_in_force": "GTC", "cause": "venue", "reason": None, "code": None, "latency_ms": 125,
        "fill_amount": "100", "fill_price": "10.05", "commission": "1.00", "slippage": "0.05",
    }  # fmt: skip
    assert all(set(row["event_data"]) >= SPECIFIED for row in rows)


def test_the_slippage_of_a_sale_is_a_cost_too() -> None:
    story = tell("10 | 10", {0: order(-5, stop_price=11)}, slippage=FixedSlippage("0.10"))
    data = log(story)[-1]["event_data"]
    assert (data["side"], data["fill_price"], data["slippage"], data["price"]) == (
        "sell", "9.95", "0.05", "11.00",
    )  # fmt: skip


def test_rows_are_in_the_order_of_time() -> None:
    """An entry and its exits: what happens at one time goes by order, and by its trail."""
    story = tell("10 | 10 12 9 11", {0: order(9, take_profit=11, stop_loss=9)}, rules=INSIDE_OPEN)
    told = [(row["order_id"], row["event_type"]) for row in log(story)]
    assert told == [
        ("main-1", "submitted"), ("main-1", "accepted"), ("main-1", "filled"),
        ("main-2", "submitted"), ("main-2", "accepted"), ("main-2", "triggered"),
        ("main-2", "canceled"),
        ("main-3", "submitted"), ("main-3", "accepted"), ("main-3", "triggered"),
        ("main-3", "filled"),
    ]  # fmt: skip
    stamps = [row["event_timestamp"] for row in log(story)]
    assert stamps == sorted(stamps)


def test_other_events_have_names_of_their_own() -> None:
    story = tell(
        "10 | 10 | 5",
        {
            0: orders(order(8, limit_price=9), order(8, limit_price=10, post_only=True)),
            1: orders(replaced(1, limit_price=8), lambda context: context.cancel_order("main-1")),
        },
    )
    assert [row["event_type"] for row in log(story)] == [
        "submitted", "accepted", "submitted", "rejected", "replaced", "canceled",
    ]  # fmt: skip
    rejected = log(story)[3]["event_data"]
    assert rejected["code"] == "post_only_would_cross"
    assert rejected["reason"] == "post-only: it would have filled at once"


def test_it_is_json_with_a_line_for_each_row() -> None:
    story = tell("10 | 10", {0: order(3)})
    rows = log(story, broker_connection_id=4)
    text = audit_json(rows)
    assert json.loads(text) == rows
    assert len(text.splitlines()) == len(rows) + 2
    assert {row["broker_connection_id"] for row in rows} == {4}
    assert audit_json([]) == "[]\n"


def test_floats_are_told_by_their_shortest_text() -> None:
    story = tell("10.1 | 10.1", {0: order(3)})
    made = order_audit_log(
        story.played.context.blotter.orders.values(), FloatView(DecimalArithmetic())
    )
    data: Any = made[-1]["event_data"]
    assert (data["amount"], data["fill_price"], data["slippage"]) == ("3.0", "10.1", "0.0")


def test_an_order_that_a_split_emptied_was_a_buy() -> None:
    story = tell(
        "10 | 10 | 50",
        {0: order(3, limit_price=9)},
        events=[split(SHARE, "2020-06-03", "5")],
    )
    last = log(story)[-1]
    assert (last["event_type"], last["event_data"]["side"]) == ("filled", "buy")
