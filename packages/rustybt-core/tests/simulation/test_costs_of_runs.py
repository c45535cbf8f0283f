"""Costs in whole runs: each has its column, and gross less costs is net. By hand."""

from decimal import Decimal as D
from typing import Any

import pytest
from markets import daily_market, dividend, play, stock

from rustybt.errors import SetModelPostInit, UnsupportedModel
from rustybt.finance.accounts import COSTS
from rustybt.finance.borrow import BorrowRates
from rustybt.finance.commission import PerShare
from rustybt.finance.financing import OvernightFinancing

A = stock("AAA", 1)
FLAT = {A: ["10"] * 6}
"""Monday to Friday, and Monday."""


def decimals(played: Any, name: str) -> list[D]:
    return [round(value, 12) for value in played.column(name)]


def test_a_short_pays_every_night_from_its_fill_on() -> None:
    """Filled on Tuesday: 36 % of 1,000 are 1 a night; three nights over the weekend."""
    played = play(
        daily_market(FLAT),
        {0: lambda c, d: c.order(A, -100)},
        setup=lambda c: c.set_borrow(BorrowRates(default="0.36")),
    )
    assert decimals(played, "borrow") == [0, 0, 1, 1, 1, 3]
    assert decimals(played, "pnl") == [0, 0, -1, -1, -1, -3]
    assert decimals(played, "gross_pnl") == [0] * 6
    assert played.column("ending_cash")[-1] == 101_000 - 6


def test_debt_and_idle_cash_bear_interest() -> None:
    """100,000 at 3.6 % are 10 a night; from Tuesday on 20,000 are owed at 7.2 %: 4 a night."""

    def setup(context: Any) -> None:
        context.set_financing(OvernightFinancing(debit_rate="0.072", credit_rate="0.036"))

    played = play(daily_market(FLAT), {0: lambda c, d: c.order(A, 12_000)}, setup=setup)
    assert [round(cost, 2) for cost in played.column("financing")] == [0, -10, 4, 4, 4, 12]


def test_gross_less_costs_is_net_in_every_row() -> None:
    def setup(context: Any) -> None:
        context.set_borrow(BorrowRates(default="0.36"))
        context.set_financing(OvernightFinancing(debit_rate="0.1", credit_rate="0.01"))

    prices = {A: ["10", "11", "12", "11.5", "9", "9.25"]}
    played = play(
        daily_market(prices, events=[dividend(A, "2020-06-04", "2020-06-05", "0.3")]),
        {0: lambda c, d: c.order(A, -100), 3: lambda c, d: c.order(A, 300)},
        setup=setup,
        commission=PerShare("0.01"),
    )
    table = played.result.performance
    for row in table.iter_rows(named=True):
        assert row["gross_pnl"] - sum(row[kind] for kind in COSTS) == row["pnl"]
    assert table["commission"].to_list() == [0, 1, 0, 0, 3, 0]
    assert table["dividends"].to_list() == [0, 0, 0, -30, 0, 0]
    # What prices and dividends alone made: short from 11, covered and turned at 9.
    assert table["gross_pnl"].to_list() == [0, 0, -100, 50 - 30, 250, 50]


def test_models_are_chosen_in_initialize() -> None:
    seen: list[type] = []

    def late(context: Any, _: Any) -> None:
        with pytest.raises(SetModelPostInit, match="set_borrow was called outside initialize"):
            context.set_borrow(BorrowRates())
        seen.append(SetModelPostInit)

    play(daily_market(FLAT), {0: late})
    assert seen


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(UnsupportedModel):
        play(daily_market(FLAT), setup=lambda c: c.set_borrow(0.05))
