"""The fill envelope: the same strategy with better and with worse fills. By hand."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from markets import bar, daily_market, stock
from order_stories import fills as told
from order_stories import order as order_of
from order_stories import tell

from rustybt import BacktestResult, SimulationRules, TradingAlgorithm, run_algorithm
from rustybt.api import order, set_commission, set_slippage, symbol
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import FixedBasisPointsSlippage, FixedSlippage

A = stock("AAA", 1)
MARKET = daily_market(
    {
        A: [
            bar("10", open="10", high="10", low="10"),
            bar("10", open="10", high="12", low="9"),
            bar("11", open="11", high="13", low="8"),
        ]
    }
)


def initialize(context: Any) -> None:
    context.days = 0
    set_slippage(FixedSlippage(spread=1))
    set_commission(NoCommission())


def handle_data(context: Any, data: Any) -> None:
    """Buy 100 on the first day, sell them on the second."""
    context.days += 1
    if context.days <= 2:
        order(symbol("AAA"), 100 if context.days == 1 else -100)


def run(**choices: Any) -> BacktestResult:
    return run_algorithm(
        MARKET.first, MARKET.last, capital_base=10_000, data=MARKET.bundle, **choices
    )


def test_three_ways_of_filling() -> None:
    """Buys at 10, sells at 11; half a point of slippage each; worst: 12 and 8."""
    result = run(initialize=initialize, handle_data=handle_data, envelope=True)
    envelope = result.envelope
    assert envelope is not None
    assert [outcome.fills for outcome in envelope.outcomes] == [
        "optimistic", "expected", "pessimistic",
    ]  # fmt: skip
    assert [outcome.ending_value for outcome in envelope.outcomes] == [10_100, 10_000, 9_600]
    assert [outcome.transactions for outcome in envelope.outcomes] == [2, 2, 2]
    assert envelope.touch_decisions == 0
    assert result.performance["portfolio_value"][-1] == 10_000


def test_a_limit_is_kept_by_the_worst_fill_too() -> None:
    def limited(context: Any, data: Any) -> None:
        context.days += 1
        if context.days == 1:
            order(symbol("AAA"), 100, limit_price=11)

    rules = SimulationRules(fills="pessimistic")
    result = run(initialize=initialize, handle_data=limited, rules=rules)
    assert result.transactions["price"].to_list() == [11]


# Orders that come with bar 0: amount and prices, the bars, and what fills. A spread of 1, half of
# it on either side, is what slippage is expected to cost.
WAYS: tuple[Any, ...] = ("optimistic", "expected", "pessimistic")
PLAIN: dict[str, Any] = {}
FILLS = [
    # name, amount, prices, bars, optimistic, expected, pessimistic
    ("a purchase", 5, PLAIN, "10 | 10 12 9 11", "11", "11.50", "12"),
    ("a sale", -5, PLAIN, "10 | 10 12 9 11", "11", "10.50", "9"),
    ("slippage beyond the high", 5, PLAIN, "10 | 11 11 11 11", "11", "11.50", "11.50"),
    ("slippage beyond the low", -5, PLAIN, "10 | 11 11 11 11", "11", "10.50", "10.50"),
    # 9 is within the limit; 9.50 is so too; 12 is not, the limit is the worst that there is.
    ("a limit", 5, {"limit_price": "9.80"}, "10 | 10 12 8 9", "9", "9.50", "9.80"),
    ("the limit of a sale", -5, {"limit_price": "10.20"}, "10 | 10 12 8 11", "11", "10.50",
     "10.20"),
    # 9.50 is beyond the limit of 9.40: expected fills do not happen, the others do.
    ("a limit that slippage passes", 5, {"limit_price": "9.40"}, "10 | 10 12 8 9", "9", None,
     "9.40"),
    ("a limit that is not reached", 5, {"limit_price": "8.90"}, "10 | 10 12 8 9", None, None,
     None),
    ("a stop", -5, {"stop_price": "9.50"}, "10 | 10 12 8 9", "9", "8.50", "8"),
    ("a stop that buys", 5, {"stop_price": "10.50"}, "10 | 10 12 8 11", "11", "11.50", "12"),
    ("a stop-limit", -5, {"stop_price": "9.50", "limit_price": "8.70"}, "10 | 10 12 8 9", "9",
     None, "8.70"),
    ("a trail", -5, {"trail_amount": 1}, "10 | 11 11 11 11 | 11 11.2 9 9.8", "9.80", "9.30", "9"),
]  # fmt: skip


@pytest.mark.parametrize("place", range(3), ids=WAYS)
@pytest.mark.parametrize("case", FILLS, ids=[case[0] for case in FILLS])
def test_where_each_of_the_three_fills(case: Any, place: int) -> None:
    _, amount, prices, text, *outcomes = case
    rules = SimulationRules(fills=WAYS[place])
    story = tell(text, {0: order_of(amount, **prices)}, rules=rules, slippage=FixedSlippage(1))
    found = [fill.price for fill in story.fills]
    assert found == ([] if outcomes[place] is None else [Decimal(outcomes[place])])


INSIDE_FILLS = [
    # Inside the bar a fill starts from its trigger; the spread is 1.
    ("a stop", -5, {"stop_price": "9.50"}, "10 | 10 11 8 9", "9.50", "9", "8"),
    ("a stop through a gap", -5, {"stop_price": "9.50"}, "10 | 9 9.2 8 9", "9", "8.50", "8"),
    ("a stop that buys", 5, {"stop_price": "10.50"}, "10 | 10 12 9 11", "10.50", "11", "12"),
    ("a limit", 5, {"limit_price": "9.50"}, "10 | 10 11 8 9", "9.50", "9.50", "9.50"),
    ("a limit under the open", 5, {"limit_price": "9.50"}, "10 | 9 11 8 9", "9", "9.50", "9.50"),
    ("a stop-limit", 5, {"stop_price": "10.50", "limit_price": "10.80"}, "10 | 10 12 9 11",
     "10.50", "10.80", "10.80"),
    ("a trail", -5, {"trail_amount": 1}, "10 | 10 10.2 8 9.5", "9", "8.50", "8"),
]  # fmt: skip


@pytest.mark.parametrize("place", range(3), ids=WAYS)
@pytest.mark.parametrize("case", INSIDE_FILLS, ids=[case[0] for case in INSIDE_FILLS])
def test_where_each_of_the_three_fills_inside_a_bar(case: Any, place: int) -> None:
    _, amount, prices, text, *outcomes = case
    rules = SimulationRules(trigger="intrabar", fills=WAYS[place])
    story = tell(text, {0: order_of(amount, **prices)}, rules=rules, slippage=FixedSlippage(1))
    assert [fill.price for fill in story.fills] == [Decimal(outcomes[place])]


@pytest.mark.parametrize("fills", WAYS)
def test_a_market_beyond_the_limit_fills_nothing_at_the_limit(fills: Any) -> None:
    """10 of 15 at 9. The next bar opens at 8.80 and closes at 10.50: 9.50 cannot be had there."""
    text = "10 | 9 x100 | 8.8 11 8.5 10.5 x500 | 9 x500"
    rules = SimulationRules(fills=fills)
    acts = {0: order_of(15, limit_price="9.50")}
    story = tell(text, acts, rules=rules, slippage=FixedBasisPointsSlippage(0, "0.1"))
    assert story.fills == told("1 1 10 9", "3 1 5 9")


def test_an_algorithm_runs_afresh_each_time() -> None:
    class Counting(TradingAlgorithm):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[int] = []

        def initialize(self, context: Any) -> None:
            initialize(context)

        def handle_data(self, context: Any, data: Any) -> None:
            self.seen.append(1)
            handle_data(context, data)

    algorithm = Counting()
    result = run(algorithm=algorithm, envelope=True)
    assert len(algorithm.seen) == 3
    assert result.envelope is not None
    assert result.envelope.outcomes[2].ending_value == 9_600


def test_it_is_shown_saved_and_loaded(tmp_path: Path) -> None:
    result = run(initialize=initialize, handle_data=handle_data, envelope=True)
    text = str(result.envelope)
    assert "10,100.00" in text
    assert "0 decisions hung on the order of touch within a bar" in text
    result.save(tmp_path / "run")
    assert BacktestResult.load(tmp_path / "run").envelope == result.envelope
    assert result.envelope is not None
    assert result.envelope.frame()["fills"].to_list() == ["optimistic", "expected", "pessimistic"]


def test_without_asking_there_is_none() -> None:
    assert run(initialize=initialize, handle_data=handle_data).envelope is None
