"""What slippage, fill models and commissions are asked inside a bar, and what they may answer."""

from decimal import Decimal as D
from typing import Any

import pytest
from order_stories import AT_CLOSE, AT_OPEN, INSIDE, TENTH, fills, order, orders, tell

from rustybt.errors import InvalidArgument
from rustybt.finance.commission import CommissionModel
from rustybt.finance.execution import LimitOrder, OCOOrder
from rustybt.finance.fills import PartialFill, PassiveFillProbability
from rustybt.finance.slippage import (
    FixedBasisPointsSlippage,
    FixedSlippage,
    NoSlippage,
    SlippageModel,
    SquareRootImpact,
    VolumeShareSlippage,
)

# ------------------------------------------------------------------ prices


@pytest.mark.parametrize(
    ("amount", "how", "text", "price"),
    [
        # Half the spread of 0.10 away from the trigger, never beyond the limit.
        (5, {"stop_price": "10.50"}, "10 | 10 10.7 9.9 10.2", "10.55"),
        (-5, {"stop_price": "9.50"}, "10 | 10 10.1 9.3 9.9", "9.45"),
        (5, {"limit_price": "9.50"}, "10 | 10 10.5 9.4 10.2", "9.50"),
        (-5, {"limit_price": "10.50"}, "10 | 10 10.6 9.9 10.2", "10.50"),
        # From the open of a gap there is room up to the limit.
        (5, {"limit_price": "9.50"}, "10 | 9.2 9.9 9.1 9.8", "9.25"),
        (5, {"limit_price": "9.50"}, "10 | 9.48 9.9 9.1 9.8", "9.50"),
        (5, {"stop_price": "10.50"}, "10 | 10.9 11 10.7 10.8", "10.95"),
        (5, {"stop_price": "10.50", "limit_price": "10.52"}, "10 | 10 10.7 9.9 10.2", "10.52"),
        (-5, {"trail_amount": 1}, "10 | 10 12 9.8 11.5 | 11.5 11.6 10.9 11.2", "10.95"),
        (5, {}, "10 | 10 12 9 11", "11.05"),
    ],
)
def test_slippage_starts_from_the_trigger(
    amount: int, how: dict[str, Any], text: str, price: str
) -> None:
    story = tell(text, {0: order(amount, **how)}, rules=INSIDE, slippage=FixedSlippage("0.10"))
    assert [fill.price for fill in story.fills] == [D(price)]


@pytest.mark.parametrize(
    "model",
    [
        FixedBasisPointsSlippage(5, "0.1"),
        VolumeShareSlippage("0.1", 1),
        SquareRootImpact(),
        FixedSlippage(1),
        NoSlippage(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_every_model_fills_a_limit_at_its_limit(model: SlippageModel) -> None:
    """Those that look at the limit themselves are not asked to: the venue cuts their price off."""
    acts = {0: order(5, limit_price="9.50")}
    story = tell("10 | 10 10.5 9.4 10.2 x1000", acts, rules=INSIDE, slippage=model)
    assert story.fills == fills("1 1 5 9.50")


class Generous(SlippageModel):
    """Would give a better price than the market's."""

    def process_order(self, data: Any, order: Any) -> Any:
        return data.current(order.asset, "close") - order.direction, order.open_amount


@pytest.mark.parametrize(("amount", "stop", "price"), [(5, "10.50", "10.50"), (-5, "9.50", "9.50")])
def test_slippage_never_betters_the_trigger(amount: int, stop: str, price: str) -> None:
    acts = {0: order(amount, stop_price=stop)}
    story = tell("10 | 10 10.7 9.3 10.2", acts, rules=INSIDE, slippage=Generous())
    assert [fill.price for fill in story.fills] == [D(price)]


def test_a_model_sees_a_bar_of_the_one_price() -> None:
    seen = []

    class Looking(SlippageModel):
        def process_order(self, data: Any, order: Any) -> Any:
            fields = ("open", "high", "low", "close", "price", "volume")
            seen.append([data.current(order.asset, field) for field in fields])
            seen.append([order.limit, data.current_session.isoformat()])
            return data.current(order.asset, "close"), order.open_amount

    acts = {0: order(5, limit_price="9.50")}
    tell("10 | 10 10.5 9.4 10.2 x700", acts, rules=INSIDE, slippage=Looking())
    assert seen == [[D("9.50")] * 5 + [700], [None, "2020-06-02"]]


# ------------------------------------------------------------------ parts of an order


def test_a_model_is_asked_for_the_part_that_may_fill() -> None:
    """An iceberg of 20 that shows 8, reduce-only 20 of 5 held, and 20 of which half may fill."""
    asked = []

    class Looking(SlippageModel):
        def process_order(self, data: Any, order: Any) -> Any:
            asked.append((order.amount, order.filled, order.open_amount))
            return data.current(order.asset, "close"), order.open_amount

    acts = {
        0: orders(order(5), order(20, limit_price=10, visible=8)),
        1: order(-20, reduce_only=True),
    }
    tell("10 | 10 | 10", acts, slippage=Looking())
    # 5; then 8 at a time; of what is sold, no more than is held after the bar's own purchases.
    assert asked == [(5, 0, 5), (8, 0, 8), (16, 8, 8), (-20, 0, -20)]


def test_a_commission_model_sees_the_whole_order() -> None:
    seen = []

    class Fee(CommissionModel):
        def calculate(self, order: Any, transaction: Any) -> Any:
            seen.append((order.amount, order.limit, transaction.amount))
            return D(0)

    tell(
        "10 | 10 10 9 10",
        {0: order(20, limit_price="9.50", visible=8)},
        rules=INSIDE,
        commission=Fee(),
    )
    assert seen == [(20, D("9.50"), 8)]


def test_a_commission_model_is_told_of_each_fill_once() -> None:
    told = []

    class Counting(CommissionModel):
        def calculate(self, order: Any, transaction: Any) -> Any:
            return D(1)

        def record(self, order: Any, transaction: Any) -> None:
            told.append((order.filled, transaction.amount))

    story = tell("10 | 10 x100 | 10 x500", {0: order(15)}, slippage=TENTH, commission=Counting())
    assert told == [(0, 10), (10, 5)]
    assert story.view(1).commission == 2


# ------------------------------------------------------------------ fill models


def filling(model: Any) -> Any:
    return lambda context: context.set_fill_model(model)


def test_half_of_what_is_open_fills() -> None:
    """13: 6, then 3 of 7, 2 of 4, 1 of 2, 1."""
    text = "10 | 10 | 10 | 10 | 10 | 10"
    story = tell(text, {0: order(13)}, setup=filling(PartialFill("0.5")))
    assert [fill.amount for fill in story.fills] == [6, 3, 2, 1, 1]


@pytest.mark.parametrize("rules", [AT_CLOSE, AT_OPEN, INSIDE])
def test_an_order_in_the_book_may_never_be_served(rules: Any) -> None:
    acts = {0: orders(order(5, limit_price=9), order(5, stop_price=9), order(5))}
    text = "10 | 9 | 9 | 9"
    story = tell(text, acts, rules=rules, setup=filling(PassiveFillProbability(0)))
    # Stops and market orders take what is there; the limit order waits behind others.
    assert sorted(fill.order for fill in story.fills) == [2, 3]


def test_a_draw_is_for_each_order_and_bar() -> None:
    """With a probability of a half each order fills in some bar, not all in the same one."""
    acts = {0: lambda context: [order(1, limit_price=10)(context) for _ in range(30)]}
    text = "11 | " + " | ".join(["10"] * 19)
    stories = [
        tell(text, acts, setup=filling(PassiveFillProbability("0.5")), seed=n) for n in (1, 1, 2)
    ]
    days = [[fill.bar for fill in story.fills] for story in stories]
    assert days[0] == days[1] != days[2]
    assert len(days[0]) == 30
    # About half in the first bar, a quarter in the second: between 8 and 22 of 30.
    assert 8 <= days[0].count(1) <= 22


def test_fok_wants_the_fill_model_to_give_all() -> None:
    story = tell("10 | 10", {0: order(9, time_in_force="FOK")}, setup=filling(PartialFill("0.5")))
    assert (story.fills, story.ends) == ([], ["Rejected fok_unfilled"])


def test_one_leg_a_bar_even_where_it_fills_in_part() -> None:
    """Half of the loss fills; the profit, reached in the same bar, waits for the next."""
    acts = {0: order(8, take_profit=11, stop_loss="9.50")}
    text = "10 | 10 | 10 12 9 10 | 10 12 10 11"

    class HalfOfExits:
        def fillable(self, data: Any, order: Any, at: int, draws: Any) -> Any:
            return order.open_amount if order.sequence == 1 else order.open_amount / 2

    story = tell(text, acts, rules=INSIDE, setup=filling(HalfOfExits()))
    # What is left of the loss is a market order for the close; the profit is reached before that.
    assert story.fills == fills("1 1 8 10", "2 3 -4 9.50", "3 2 -2 11")
    assert story.ends == ["Filled", "PartiallyFilled", "PartiallyFilled"]


def test_a_group_waits_for_the_leg_that_the_bar_reached_first() -> None:
    class NeverTheFirst:
        def fillable(self, data: Any, order: Any, at: int, draws: Any) -> Any:
            return order.open_amount if order.sequence != 1 else order.open_amount * 0

    style = OCOOrder(LimitOrder("9.50"), LimitOrder("9.20"))
    story = tell(
        "10 | 10 10 9 10", {0: order(5, style=style)}, rules=INSIDE, setup=filling(NeverTheFirst())
    )
    assert story.fills == fills("1 2 5 9.20")


def test_a_part_is_a_share() -> None:
    with pytest.raises(InvalidArgument):
        PartialFill(2)
