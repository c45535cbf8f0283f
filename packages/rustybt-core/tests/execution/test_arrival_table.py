"""Latency in parts against a table worked out by hand: when an order arrives, and what it meets.

It is sent at the end of bar 0; a bar is a minute, 60,000 milliseconds. A market order fills at the
close of the bar in which it arrives, or at the first open that is not before its arrival; a limit
order inside the first bar that begins no sooner.
"""

from decimal import Decimal
from typing import Any

import pytest
from markets import play
from order_stories import AT_CLOSE, AT_OPEN, INSIDE, SHARE, minutes_of
from worked_tables import Row, agree, column, table

from rustybt.finance.latency import Latency

CASES = table(__file__, "arrival_cases.csv")
RULES = {"close": AT_CLOSE, "open": AT_OPEN, "limit": INSIDE}
PRICES = {"close": Decimal(10), "open": Decimal(11), "limit": Decimal(9)}
MARKET = minutes_of(" | ".join(["11 12 8 10"] * 7))


@pytest.mark.parametrize(**column(CASES, labels=("parts", "mode")))
def test_when_an_order_meets_the_market(row: Row) -> None:
    assert agree(row, "milliseconds")
    parts: dict[str, Any] = dict(part.split("=") for part in row["parts"].split())
    how = {"limit_price": 9} if row["mode"] == "limit" else {}
    played = play(
        MARKET,
        {0: lambda context, data: context.order(SHARE, 5, **how)},
        setup=lambda context: context.set_latency(Latency(**parts)),
        data_frequency="minute",
        rules=RULES[row["mode"]],
    )
    ((at, price),) = played.result.transactions["dt", "price"].iter_rows()
    assert (at.minute - 31, price) == (int(row["bar"]), PRICES[row["mode"]])
    order = played.context.blotter.orders["main-1"]
    sent, accepted = order.created, order.trail[1].at
    assert accepted - sent == Decimal(row["milliseconds"]) * 10**6
