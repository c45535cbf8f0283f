"""Open orders through splits and stock dividends, against a table worked out by hand."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from markets import daily_market, play, stock
from worked_tables import Row, agree, column, decimals, table

from rustybt.calendars import to_day
from rustybt.data.actions import Action, Split, StockDividend
from rustybt.data.adjustments import Adjustments
from rustybt.values import Ratio

CASES = table(__file__, "scaled_cases.csv")
WEDNESDAY = to_day("2020-06-03")


def action_of(row: Row, sid: int) -> Action:
    ratio = Ratio.parse(row["ratio"])
    if row["action"] == "split":
        return Split(sid=sid, effective=WEDNESDAY, ratio=ratio)
    return StockDividend(sid=sid, ex=WEDNESDAY, pay=WEDNESDAY, ratio=ratio)


def far_away(row: Row) -> str:
    """A price at which the order does not fill on either scale."""
    return "1000" if (int(row["amount"]) > 0) is not bool(row["stop"]) else "0.01"


@cache
def orders() -> dict[int, Any]:
    """Every order after the action, by number of the row: all in one run."""
    shares = {n: stock(f"S{n}", n) for n in range(1, len(CASES) + 1)}
    rows = dict(enumerate(CASES, start=1))
    market = daily_market({shares[n]: [far_away(row)] * 3 for n, row in rows.items()})
    actions = Adjustments.of(action_of(row, n) for n, row in rows.items())
    market = replace(market, bundle=replace(market.bundle, adjustments=actions))

    def place(context: Any, data: Any) -> None:
        for n, row in rows.items():
            prices = {f"{name}_price": row[name] for name in ("limit", "stop") if row[name]}
            context.order(shares[n], int(row["amount"]), **prices)

    played = play(market, {0: place})
    assert played.fills == []
    return {n: played.context.get_order(f"main-{n}") for n in rows}


@pytest.mark.parametrize(**column(CASES, labels=("action", "ratio", "amount", "limit", "stop")))
def test_what_is_left_of_an_order(row: Row) -> None:
    """Amounts are divided and cut to whole shares; prices are multiplied, to the tick."""
    assert agree(row, "left")
    order = orders()[CASES.index(row) + 1]
    found = [order.amount, order.limit, order.stop]
    assert [number for number in found if number is not None] == decimals(row["left"])
    assert (order.status.name == "OPEN") is bool(order.amount)
