"""The table of forced sales in whole runs: what the broker orders, and when it fills.

Positions are opened on Tuesday at their entries; on Wednesday all are at their marks and the call
comes; what is sold by force fills on Thursday, at the same marks.
"""

from decimal import Decimal
from math import inf
from pathlib import Path
from typing import Any

import pytest
from markets import daily_market, play, stock
from worked_tables import Row, column, decimals, table

from rustybt.finance.account_types import CallPolicy, MarginAccount
from rustybt.finance.margin import MarginModel, PortfolioPercent, RegT

FINANCE = Path(__file__).parents[1] / "finance" / "test_forced_sale_table.py"
MODELS: dict[str, MarginModel] = {"half": PortfolioPercent("0.5", "0.25"), "RegT": RegT()}
SHARES = {symbol: stock(symbol, sid) for sid, symbol in enumerate(("AAA", "BBB", "CCC"), start=1)}

Position = tuple[str, int, str, str]
"""Symbol, amount, entry, mark."""


def positions_of(row: Row) -> list[Position]:
    found = []
    for text in row["positions"].split():
        symbol, _, numbers = text.partition(":")
        amount, _, prices = numbers.partition("@")
        entry, _, mark = prices.partition(">")
        found.append((symbol, int(amount), entry, mark))
    return found


def can_be_opened(row: Row) -> bool:
    """Whether they are shares in dollars, half of which the capital pays for."""
    if row["model"] not in MODELS or row["rate"]:
        return False
    held = positions_of(row)
    return sum(abs(amount) * Decimal(entry) for _, amount, entry, _ in held) <= 2 * Decimal(
        row["capital"]
    )


CASES = [row for row in table(str(FINANCE), "forced_sale_cases.csv") if can_be_opened(row)]


def test_there_are_such_cases() -> None:
    assert len(CASES) > 20


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
@pytest.mark.parametrize(
    **column(CASES, labels=("model", "sale_order", "restored_to", "capital", "positions"))
)
def test_what_the_broker_orders(row: Row, numeric: Any) -> None:
    held = positions_of(row)
    if numeric == "float64" and row["numbers"] == "exact":
        return
    prices = {SHARES[symbol]: [entry, entry, mark, mark, mark] for symbol, _, entry, mark in held}
    choices: dict[str, Any] = {name: row[name] for name in ("sale_order", "restored_to")}
    run = play(
        daily_market(prices),
        {0: lambda c, d: [c.order(SHARES[symbol], amount) for symbol, amount, _, _ in held]},
        account=MarginAccount(MODELS[row["model"]], calls=CallPolicy(**choices)),
        capital_base=int(row["capital"]),
        numeric=numeric,
    )
    opened = [(symbol, amount) for symbol, amount, _, _ in held]
    sold = list(zip(row["sold"].split(), decimals(row["amounts"]), strict=True))
    orders = run.result.orders
    assert list(orders.select("symbol", "amount").iter_rows()) == opened + sold
    assert set(run.statuses) == {"FILLED"}
    marks = {symbol: Decimal(mark) for symbol, _, _, mark in held}
    fills = [(at.day, name, size, Decimal(str(price))) for at, name, size, price in run.fills]
    assert fills[len(held) :] == [(4, symbol, amount, marks[symbol]) for symbol, amount in sold]


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
def test_a_session_that_ends_with_nothing_has_no_leverage(numeric: Any) -> None:
    """200 at 100, half of them on credit, are worth at 50 what is owed: 10,000."""
    share = SHARES["AAA"]
    run = play(
        daily_market({share: ["100", "100", "50", "60"]}),
        {0: lambda c, d: c.order(share, 200)},
        capital_base=10_000,
        numeric=numeric,
    )
    assert run.column("portfolio_value") == [10_000, 10_000, 0, 2_000]
    assert run.column("returns") == [0, 0, -1, 0]
    leverage = None if numeric == "decimal" else inf
    assert run.column("gross_leverage") == [0, 2, leverage, 6]
    assert run.column("net_leverage") == [0, 2, leverage, 6]
    assert run.column("max_leverage") == [0, 2, inf, inf]
