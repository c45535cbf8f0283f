"""Who rests in the book and who takes from it, by what is charged: hand-computed cases.

Makers pay a tenth of a percent, takers two tenths. Orders are placed on bar 0, at a price of 10.
"""

from decimal import Decimal as D
from typing import Any

import pytest
from order_stories import (
    AT_CLOSE,
    AT_OPEN,
    INSIDE,
    TENTH,
    Act,
    order,
    orders,
    replaced,
    tell,
)

from rustybt.finance.commission import CommissionModel, MakerTaker, Tiered
from rustybt.finance.execution import IcebergOrder, StopLimitOrder
from rustybt.finance.fills import PassiveFillProbability
from rustybt.finance.latency import FixedLatency

BEYOND = {"limit_price": "10.50"}
BELOW = {"limit_price": "9.50"}
AFTER_STOP = {"style": StopLimitOrder(11, "10.50")}
BACK_TO = {"style": StopLimitOrder("10.20", "10.50")}

CASES: list[tuple[str, Any, Act, str, str]] = [
    # A limit that was not reached as the order arrived rests.
    ("below the price", AT_CLOSE, order(5, **BELOW), "10 | 9.4", "0.047"),  # 47 x 0.001
    ("below the price, at the open", AT_OPEN, order(5, **BELOW), "10 | 9.4 | 9.2", "0.046"),
    ("below the price, in the bar", INSIDE, order(5, **BELOW), "10 | 10 11 9 10", "0.0475"),
    ("a gap to it", INSIDE, order(5, **BELOW), "10 | 9.4 9.6 9.3 9.6", "0.047"),
    ("a sale above the price", AT_CLOSE, order(-5, **BEYOND), "10 | 10.6", "0.053"),
    ("post-only", AT_CLOSE, order(5, post_only=True, **BELOW), "10 | 9.4", "0.047"),
    # One that was reached takes what is there.
    ("beyond the price", AT_CLOSE, order(5, **BEYOND), "10 | 10.2", "0.102"),  # 51 x 0.002
    ("beyond the price, at the open", AT_OPEN, order(5, **BEYOND), "10 | 10.2 | 10.3", "0.103"),
    ("beyond the price, in the bar", INSIDE, order(5, **BEYOND), "10 | 10.2 11 10 11", "0.102"),
    ("at the price", AT_CLOSE, order(5, limit_price=10), "10 | 10", "0.1"),
    ("a sale below the price", AT_CLOSE, order(-5, **BELOW), "10 | 9.8", "0.098"),
    ("an iceberg", AT_CLOSE, order(5, style=IcebergOrder("10.50", 5)), "10 | 10.2", "0.102"),
    ("a bar without a trade", AT_CLOSE, order(5, **BEYOND), "10 | - | 10.2", "0.102"),
    # Unless its first bar leaves it: then it rests.
    ("left by its bar", AT_CLOSE, order(5, **BEYOND), "10 | 11 | 10.4", "0.052"),
    ("left by its bar, then an open", AT_OPEN, order(5, **BEYOND),
     "10 | 11 | 10.4 | 10.3", "0.0515"),
    ("left by its whole bar", INSIDE, order(5, **BEYOND), "10 | 11 | 10.4", "0.052"),
    # 10 at 10 are a tenth of the bar's volume and pay 100 x 0.002, the other 5 pay 50 x 0.001.
    ("what is left over", AT_CLOSE, order(15, **BEYOND), "10 | 10 x100 | 10 x900", "0.25"),
    ("what is left over, in the bar", INSIDE, order(15, **BEYOND),
     "10 | 10 x100 | 10 x900", "0.25"),
    ("what an open leaves over", AT_OPEN, order(15, **BEYOND),
     "10 | 10 x100 | 10 x100 | 10 x900", "0.25"),
    # At once or not at all.
    ("IOC", AT_CLOSE, order(5, time_in_force="IOC", **BELOW), "10 | 9.4", "0.094"),
    ("FOK", INSIDE, order(5, time_in_force="FOK", **BELOW), "10 | 10 11 9 10", "0.095"),
    # Without a limit.
    ("market", AT_CLOSE, order(5), "10 | 10.2", "0.102"),
    ("a stop", INSIDE, order(5, stop_price="10.50"), "10 | 10 11 9 10", "0.105"),
    ("a trailing stop", AT_CLOSE, order(-5, trail_amount=1), "10 | 8.9", "0.089"),
    # A limit behind a stop meets the price that reached the stop.
    ("a limit beyond its stop", AT_CLOSE, order(5, **AFTER_STOP), "10 | 10.6", "0.106"),
    ("a limit beyond its stop, at the open", AT_OPEN, order(5, **AFTER_STOP),
     "10 | 10.6 | 10.7", "0.107"),
    ("a limit beyond its stop, in the bar", INSIDE, order(5, **AFTER_STOP),
     "10 | 10 10.7 9.9 10.2", "0.105"),
    # 106 x 0.002 and 53 x 0.001.
    ("what is left of it", AT_CLOSE, order(15, **AFTER_STOP),
     "10 | 10.6 x100 | 10.6 x900", "0.265"),
    ("what is left of it, in the bar", INSIDE, order(15, **AFTER_STOP),
     "10 | 10.6 x100 | 10.6 x900", "0.265"),
    ("what is left of it, at the open", AT_OPEN, order(15, **AFTER_STOP),
     "10 | 10.6 | 10.6 x100 | 10.6 x900", "0.265"),
    ("a limit before its stop", AT_CLOSE, order(5, **BACK_TO), "10 | 10.6 | 10.1", "0.0505"),
    ("a limit before its stop, in the bar", INSIDE, order(5, **BACK_TO),
     "10 | 10 10.7 9.9 10.2", "0.051"),
    # A replacement arrives anew, unless the order only becomes smaller.
    ("replaced to rest", AT_CLOSE, orders(order(5, **BEYOND), replaced(1, limit_price="9.50")),
     "10 | 9.4", "0.047"),
    ("replaced to take", AT_CLOSE, orders(order(5, **BELOW), replaced(1, limit_price="10.50")),
     "10 | 10.2", "0.102"),
    ("made smaller", AT_CLOSE, orders(order(9, **BEYOND), replaced(1, amount=5)),
     "10 | 10.2", "0.102"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "act", "text", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
@pytest.mark.parametrize(
    "model",
    [
        MakerTaker("0.001", "0.002"),
        Tiered([(0, "0.001", "0.002")], by="notional"),
    ],
    ids=["maker and taker", "tiered"],
)
def test_what_an_order_pays(
    model: CommissionModel, rules: Any, act: Act, text: str, expected: str
) -> None:
    story = tell(text, {0: act}, rules=rules, slippage=TENTH, commission=model)
    assert story.view(1).commission == D(expected)


def test_what_a_later_replacement_pays() -> None:
    acts = {0: order(5, **BELOW), 1: replaced(1, limit_price=11)}
    story = tell("10 | 10 | 10.2", acts, commission=MakerTaker("0.001", "0.002"))
    assert story.view(1).commission == D("0.102")


def test_a_profit_rests_unless_its_entry_filled_beyond_it() -> None:
    """55 x 0.001 for a profit of 11 after an entry at 10; after one at 12, 60 x 0.002."""
    acts = {0: order(5, take_profit=11)}
    model = MakerTaker("0.001", "0.002")
    assert tell("10 | 10 | 11", acts, commission=model).view(2).commission == D("0.055")
    assert tell("10 | 12 | 12", acts, commission=model).view(2).commission == D("0.12")


@pytest.mark.parametrize(
    ("limit", "text", "expected"),
    [
        # An order of bar 0 arrives inside bar 1, whose close is the first price it meets.
        ("10.50", "10 | 9 11 9 10.2", "0.102"),
        ("10.10", "10 | 9 11 9 10.2 | 9.8", "0.049"),
        ("9.50", "9 | 10 10.5 9.7 9.4", "0.094"),
    ],
)
def test_with_latency_the_first_price_after_the_arrival_counts(
    limit: str, text: str, expected: str
) -> None:
    late = FixedLatency(20 * 3_600_000)  # from 20:00 to 16:00 of the next day
    story = tell(
        text,
        {0: order(5, limit_price=limit)},
        setup=lambda context: context.set_latency(late),
        commission=MakerTaker("0.001", "0.002"),
    )
    assert story.view(1).commission == D(expected)


def test_who_takes_does_not_wait_behind_others() -> None:
    acts = {
        0: orders(order(1, **BELOW), order(2, **BEYOND), order(3, time_in_force="IOC", **BELOW))
    }
    story = tell(
        "10 | 9.4 | 9.4",
        acts,
        setup=lambda context: context.set_fill_model(PassiveFillProbability(0)),
    )
    assert [fill.amount for fill in story.fills] == [2, 3]


def test_a_strategy_sees_it() -> None:
    story = tell("10 | 9.4", {0: orders(order(1, **BELOW), order(2, **BEYOND), order(3))})
    assert [story.view(n).takes_liquidity for n in (1, 2, 3)] == [False, True, True]
