"""The fill envelope: the same strategy with better and with worse fills. By hand."""

from pathlib import Path
from typing import Any

from markets import bar, daily_market, stock

from rustybt import BacktestResult, SimulationRules, TradingAlgorithm, run_algorithm
from rustybt.api import order, set_commission, set_slippage, symbol
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import FixedSlippage

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
