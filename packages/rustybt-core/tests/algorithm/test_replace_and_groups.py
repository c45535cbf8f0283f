"""Replacing orders and groups, reading groups, and the hooks for what the venue ends."""

from decimal import Decimal as D
from typing import Any

import pytest
from order_stories import SHARE, TENTH, cancel, fills, order, orders, replaced, tell

from rustybt.algorithm import TradingAlgorithm
from rustybt.errors import (
    BadOrderParameters,
    InvalidArgument,
    TradingControlViolation,
    UnsupportedOrderParameters,
)
from rustybt.finance.execution import LimitOrder, OCOOrder, StopLimitOrder, StopOrder

BOTH = {"take_profit": 11, "stop_loss": 9}
WAITING = {"limit_price": 8}

# ------------------------------------------------------------------ replacing


@pytest.mark.parametrize(
    ("first", "param", "figures", "error", "message"),
    [
        (order(5, **WAITING), "main-1", {}, UnsupportedOrderParameters, "no figure"),
        (order(5, **WAITING), "main-9", {"amount": 1}, InvalidArgument, "order_param was 'main-9'"),
        (order(5, **WAITING), None, {"amount": 1}, InvalidArgument, "give the id of an order"),
        (order(5, **WAITING), "main-1", {"amount": -5}, BadOrderParameters, "above zero"),
        (order(-5, limit_price=12), "main-1", {"amount": 5}, BadOrderParameters, "below zero"),
        (order(5, **WAITING), "main-1", {"amount": "0.4"}, BadOrderParameters, "a whole lot"),
        (order(5, **WAITING), "main-1", {"amount": "many"}, BadOrderParameters, "finite number"),
        (order(5, **WAITING), "main-1", {"limit_price": -1},
         BadOrderParameters, "limit price was -1"),
        (order(5, **WAITING), "main-1", {"stop_price": 9},
         UnsupportedOrderParameters, "has no stop"),
        (order(5, stop_price=12), "main-1", {"limit_price": 9},
         UnsupportedOrderParameters, "no limit price"),
        (order(-5, trail_amount=1), "main-1", {"stop_price": 9},
         UnsupportedOrderParameters, "follows the market"),
        (order(5, **WAITING), "main-1", {"stop_loss": 9},
         UnsupportedOrderParameters, "for the group"),
        # Groups.
        (order(5, **BOTH), "main-2", {"amount": -3},
         UnsupportedOrderParameters, "follows its entry's"),
        (order(5, **BOTH), "main-1/bracket", {"limit_price": 9},
         UnsupportedOrderParameters, "no limit price"),
        (order(5, stop_loss=9), "main-1/bracket", {"take_profit": 9},
         UnsupportedOrderParameters, "which has none"),
        (order(-5, style=OCOOrder(LimitOrder(12), StopOrder(8))), "main-1/oco", {"stop_loss": 7},
         UnsupportedOrderParameters, "is no bracket"),
        (order(5, style=OCOOrder(LimitOrder(8), LimitOrder(7))), "main-1/oco", {"limit_price": 6},
         UnsupportedOrderParameters, "2 legs have a limit price"),
    ],
)  # fmt: skip
def test_what_cannot_be_replaced_is_an_error(
    first: Any, param: object, figures: dict[str, Any], error: type[Exception], message: str
) -> None:
    def replace(context: Any) -> None:
        first(context)
        with pytest.raises(error, match=message):
            context.replace_order(param, **figures)

    tell("10 | 10", {0: replace})


def test_a_stop_that_was_reached_cannot_be_moved() -> None:
    """A stop-limit whose stop was touched on bar 1 waits for its limit."""

    def late(context: Any) -> None:
        with pytest.raises(UnsupportedOrderParameters, match="still to be reached"):
            context.replace_order("main-1", stop_price=12)

    tell("10 | 11.50", {0: order(5, style=StopLimitOrder("10.50", 11)), 1: late})


def test_it_says_whether_there_was_an_open_order() -> None:
    said = []

    def ask(context: Any) -> None:
        said.append(context.replace_order("main-1", amount=6))
        said.append(context.replace_order(context.get_order("main-1"), limit_price=7))

    tell("10 | 10 | 8", {0: orders(order(5, **WAITING), ask), 1: ask, 2: ask})
    # Bar 2 closes at 8, above the 7 that the second call asks for.
    assert said == [True] * 6
    said.clear()
    tell("10 | 10", {0: order(5), 1: ask})
    assert said == [False, False]


def test_figures_of_orders_that_have_ended_are_left_alone() -> None:
    """The entry has filled: the amount of the group is no longer anybody's."""
    acts = {
        0: order(5, **BOTH),
        1: replaced("main-1/bracket", amount=9, take_profit=12),
    }
    story = tell("10 | 10 | 11 | 12", acts)
    assert story.fills == fills("1 1 5 10", "3 2 -5 12")


def test_a_stop_limit_gets_both_prices() -> None:
    acts = {
        0: order(5, style=StopLimitOrder(12, 13)),
        1: replaced(1, limit_price=11, stop_price="10.50"),
    }
    story = tell("10 | 10 | 10.60", acts)
    assert story.fills == fills("2 1 5 10.60")


def controlled(setup: Any, acts: dict[int, Any]) -> Any:
    return tell("10 | 10 | 10", acts, setup=setup)


def test_a_larger_amount_asks_the_trading_controls() -> None:
    """At most 10 in a position; 4 are open: 10 would do, 11 would not."""

    def limited(context: Any) -> None:
        context.set_max_position_size(max_shares=10)

    story = controlled(limited, {0: order(4, **WAITING), 1: replaced(1, amount=10)})
    assert story.view(1).amount == 10
    with pytest.raises(TradingControlViolation):
        controlled(limited, {0: order(4, **WAITING), 1: replaced(1, amount=11)})


def test_a_control_may_refuse_a_replacement() -> None:
    refused = []

    class Listening(TradingAlgorithm):
        def on_order_reject(self, context: Any, order: Any, reason: str) -> None:
            refused.append((order.id, order.amount, order.open, reason.split(":", maxsplit=1)[0]))

    story = tell(
        "10 | 10",
        {0: order(4, **WAITING), 1: replaced(1, amount=11)},
        setup=lambda context: context.set_max_order_size(max_shares=10, on_error="reject"),
        algorithm=Listening(),
    )
    assert refused == [("main-1", 4, True, "replacement refused")]
    assert story.view(1).amount == 4


def test_a_group_is_replaced_as_a_whole_or_not_at_all() -> None:
    """The amount is refused, so the profit stays where it was."""
    acts = {
        0: order(4, limit_price=8, take_profit=11),
        1: replaced("main-1/bracket", amount=11, take_profit=12),
    }
    story = tell(
        "10 | 10",
        acts,
        setup=lambda context: context.set_max_order_size(max_shares=10, on_error="reject"),
    )
    assert (story.view(1).amount, story.view(2).limit) == (4, 11)


# ------------------------------------------------------------------ groups


def test_a_group_is_read_by_any_of_its_ids() -> None:
    found = []

    def look(context: Any) -> None:
        group = context.get_order_group("main-1/bracket")
        found.append(group)
        for param in ("main-1", "main-3", group, context.get_order("main-2")):
            assert context.get_order_group(param) == group
        assert context.get_order_group("main-4") is None
        assert context.get_order_group("nobody") is None

    tell("10 | 10", {0: orders(order(5, limit_price=9, **BOTH), order(1, limit_price=9), look)})
    (group,) = found
    assert (group.id, group.kind, group.asset, group.open) == (
        "main-1/bracket", "bracket", SHARE, True,
    )  # fmt: skip
    assert [(each.role, each.state.value) for each in group.orders] == [
        ("entry", "Accepted"), ("take_profit", "Pending"), ("stop_loss", "Pending"),
    ]  # fmt: skip
    assert (group["stop_loss"].stop, group["take_profit"].limit) == (9, 11)
    with pytest.raises(KeyError):
        group["leg"]


def test_orders_say_what_they_are() -> None:
    acts = {
        0: orders(
            order(5, limit_price=9, visible=2, good_till="2020-06-05"),
            order(-5, trail_percent="0.1"),
        )
    }
    story = tell("10 | 10", acts)
    iceberg, trailing = story.view(1), story.view(2)
    assert (iceberg.order_type, iceberg.visible, iceberg.time_in_force) == ("iceberg", 2, "GTD")
    assert iceberg.good_till.isoformat() == "2020-06-05"
    assert (trailing.order_type, trailing.trail_percent, trailing.stop) == (
        "trailing_stop",
        D("0.1"),
        9,
    )
    assert (iceberg.triggered, trailing.triggered) == (False, False)
    assert (iceberg.group_id, iceberg.role, iceberg.post_only) == (None, None, False)


def test_every_order_function_takes_the_keywords() -> None:
    def place(context: Any) -> None:
        for method, number in (
            ("order", 5), ("order_value", 50), ("order_percent", "0.0005"), ("order_target", 5),
            ("order_target_value", 50), ("order_target_percent", "0.0005"),
        ):  # fmt: skip
            assert getattr(context, method)(SHARE, number, stop_loss=9, time_in_force="DAY")

    story = tell("10 | 10", {0: place})
    entries = [story.view(n) for n in range(1, 13, 2)]
    assert {(o.role, o.time_in_force, o.amount) for o in entries} == {("entry", "DAY", 5)}


def test_a_profit_beyond_the_loss_is_refused_when_it_is_ordered() -> None:
    def place(context: Any) -> None:
        with pytest.raises(BadOrderParameters, match="of a sale the profit lies below the loss"):
            context.order(SHARE, -5, take_profit=11, stop_loss=9)

    assert tell("10 | 10", {0: place}).ends == []


def test_position_controls_count_an_exit_once_and_only_when_it_lives() -> None:
    """Long only: 5 are held, and two exits of 5 each wait; 5 can still be sold by hand, not 6."""

    def sell(amount: int) -> Any:
        return {0: order(5, **BOTH), 1: order(-amount)}

    def careful(context: Any) -> None:
        context.set_long_only()

    with pytest.raises(TradingControlViolation):
        controlled(careful, sell(1))
    held = {0: orders(order(5), order(5, limit_price=8, **BOTH)), 1: order(-5)}
    assert controlled(careful, held).ends[-1] == "Filled"


# ------------------------------------------------------------------ hooks


class Witness(TradingAlgorithm):
    """Keeps what the hooks are told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str, str | None]] = []

    def on_order_cancel(self, context: Any, order: Any, reason: str | None) -> None:
        self.told.append(("cancel", order.id, order.code and str(order.code)))

    def on_order_reject(self, context: Any, order: Any, reason: str) -> None:
        self.told.append(("reject", order.id, order.code and str(order.code)))

    def on_order_fill(self, context: Any, order: Any, transaction: Any) -> None:
        self.told.append(("fill", order.id, None))


@pytest.mark.parametrize(
    ("text", "acts", "told"),
    [
        ("10 | 10", {0: order(5, time_in_force="DAY", **WAITING)},
         [("cancel", "main-1", "day_over")]),
        ("10 | 10 | 10 | 10 | 10", {0: order(5, good_till="2020-06-03", **WAITING)},
         [("cancel", "main-1", "good_till_passed")]),
        ("10 | 10 x100", {0: order(25, time_in_force="IOC")},
         [("fill", "main-1", None), ("cancel", "main-1", "ioc_remainder")]),
        ("10 | 10 x100", {0: order(25, time_in_force="FOK")},
         [("reject", "main-1", "fok_unfilled")]),
        ("10 | 10", {0: order(5, limit_price=11, post_only=True)},
         [("reject", "main-1", "post_only_would_cross")]),
        ("10 | 10", {0: order(-5, reduce_only=True)},
         [("reject", "main-1", "reduce_only_no_position")]),
        ("10 | 12", {0: order(-5, style=OCOOrder(LimitOrder(11), StopOrder(9)))},
         [("fill", "main-1", None), ("cancel", "main-2", "group")]),
        ("10 | 10", {0: orders(order(5, limit_price=9, **BOTH), cancel(1))},
         [("cancel", "main-1", None), *[("cancel", f"main-{n}", "group") for n in (2, 3)]]),
        ("10 | 10 x100 | 10", {0: order(25), 1: replaced(1, amount=10)},
         [("fill", "main-1", None), ("cancel", "main-1", "replaced")]),
    ],
)  # fmt: skip
def test_a_strategy_is_told_of_every_end(
    text: str, acts: dict[int, Any], told: list[tuple[str, str, str | None]]
) -> None:
    witness = Witness()
    tell(text, acts, slippage=TENTH, algorithm=witness)
    assert witness.told == told


def test_a_hook_may_order_anew() -> None:
    """Each refusal is answered by an order a cent lower, until one rests."""

    class Stubborn(TradingAlgorithm):
        def on_order_reject(self, context: Any, order: Any, reason: str) -> None:
            context.order(SHARE, 1, limit_price=order.limit - D("0.01"), post_only=True)

    story = tell(
        "10 | 10", {0: order(1, limit_price="10.02", post_only=True)}, algorithm=Stubborn()
    )
    assert [end.split()[0] for end in story.ends] == ["Rejected"] * 3 + ["Accepted"]
    assert story.view(4).limit == D("9.99")


def test_a_control_refuses_with_a_code() -> None:
    witness = Witness()
    tell(
        "10 | 10",
        {0: order(5, **BOTH)},
        setup=lambda context: context.set_max_order_size(max_shares=4, on_error="reject"),
        algorithm=witness,
    )
    assert witness.told == [("reject", "main-1", "control")]


def test_an_account_refuses_with_a_code() -> None:
    """20,000 shares at 10 are more than the 100,000 in cash."""
    witness = Witness()
    tell("10 | 10", {0: order(20_000)}, account="cash", algorithm=witness)
    assert witness.told == [("reject", "main-1", "account")]
