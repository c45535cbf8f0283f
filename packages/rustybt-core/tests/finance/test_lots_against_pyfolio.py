"""Lots first in, first out, against what pyfolio-reloaded 0.10.1 made of the same executions.

It was recorded by `make_pyfolio_round_trips.py`.
"""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from finance.books import DECIMAL, FLOAT, NYSE

from rustybt.assets import Equity
from rustybt.finance.lot_book import LotBook
from rustybt.values import Arithmetic

RECORDED: dict[str, Any] = json.loads(
    Path(__file__).with_name("pyfolio_round_trips.json").read_text("utf-8")
)
SYMBOLS = sorted({row["symbol"] for row in RECORDED["executions"]})


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_what_every_closing_execution_made(symbol: str, arithmetic: Arithmetic) -> None:
    asset = Equity(sid=1, symbol=symbol, exchange_info=NYSE)
    book = LotBook(arithmetic)
    for row in RECORDED["executions"]:
        if row["symbol"] == symbol:
            price = arithmetic.price_from(row["price"], 2)
            order = f"order {row['day']}"
            book.execute(asset, arithmetic.amount(row["amount"]), price, row["day"], order)
    trips = []
    for day, found in groupby(book.closed, key=lambda part: part.closed):
        parts = list(found)
        made = float(arithmetic.money_value(sum(part.pnl for part in parts)))
        spent = float(arithmetic.money_value(sum(abs(part.cost) for part in parts)))
        trips.append(
            {
                "symbol": symbol,
                "open": parts[0].opened,
                "close": day,
                "long": parts[0].amount > 0,
                "pnl": pytest.approx(made, abs=1e-6),
                "return": pytest.approx(made / spent, rel=1e-9, abs=1e-12),
            }
        )
    expected = [trip for trip in RECORDED["round_trips"] if trip["symbol"] == symbol]
    assert len(expected) > 20
    assert trips == expected
