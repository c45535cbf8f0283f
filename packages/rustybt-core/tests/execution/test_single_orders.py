"""Single orders against tables worked out by hand, in each of the three ways to meet a bar."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pytest
from markets import daily_market, play, stock
from order_stories import AT_CLOSE, AT_OPEN, INSIDE, bars
from worked_tables import Row, column, table

CASES = table(__file__, "single_cases.csv")
RULES = {"close": AT_CLOSE, "open": AT_OPEN, "inside": INSIDE}


class Outcome(NamedTuple):
    """What came of an order: bar, number, amount and price of its fill, and its last stop."""

    fills: list[tuple[int, int, Decimal]]
    stop: Decimal | None


@cache
def outcomes(rules: str) -> Mapping[int, Outcome]:
    """Every row of some rules, by its number: all in one run, each with a share of its own."""
    rows = {n: row for n, row in enumerate(CASES, start=1) if row["rules"] == rules}
    shares = {n: stock(f"S{n}", n) for n in rows}
    market = daily_market({shares[n]: bars(row["bars"]) for n, row in rows.items()})

    def place(context: Any, data: Any) -> None:
        for n, row in rows.items():
            prices = dict(price.split("=") for price in row["prices"].split())
            context.order(shares[n], int(row["amount"]), **prices)

    played = play(market, {0: place}, rules=RULES[rules], capital_base=10**9)
    days = played.result.performance["session"].to_list()
    made: dict[int, Outcome] = {}
    for order, n in enumerate(rows, start=1):
        view = played.context.get_order(f"main-{order}")
        made[n] = Outcome([], view.stop)
    for day, symbol, amount, price in played.fills:
        made[int(symbol[1:])].fills.append((days.index(day), int(amount), price))
    return made


@pytest.mark.parametrize(**column(CASES, labels=("kind", "rules", "amount", "prices", "bars")))
def test_where_it_fills(row: Row) -> None:
    """The order comes with bar 0; of trailing stops the table shows every stop, in order."""
    found = outcomes(row["rules"])[CASES.index(row) + 1]
    expected = []
    if row["fill"]:
        bar, _, amount, price = row["fill"].split()
        expected = [(int(bar), int(amount), Decimal(price))]
    assert found.fills == expected
    if row["why"]:
        assert found.stop == Decimal(row["why"].split()[-1])
