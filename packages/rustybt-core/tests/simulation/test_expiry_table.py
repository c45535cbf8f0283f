"""Futures until their end, session by session, by a table worked out by hand.

Bars are daily closes of the sessions from Monday 29 June 2020 on, numbered from 0: 29, 30, 01, 02,
06, 07, 08. Friday 3 July is a holiday of the NYSE. A market order fills at the next close, and what
a position gains is settled in cash after every session.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from markets import VENUE, Played, daily_market, play, stock
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Future

CASES = table(__file__, "expiry_cases.csv")
OTHER = stock("ZZZ", 9)
FIRST = date(2020, 6, 29)
SESSIONS = ("29", "30", "01", "02", "06", "07", "08")
FIELDS = {
    "end": "end_date",
    "close": "auto_close_date",
    "notice": "notice_date",
    "expiration": "expiration_date",
}


def day_of(number: str) -> date:
    return date(2020, 7 if int(number) < 20 else 6, int(number))


def future_of(row: Row) -> Future:
    given = (each.split("=") for each in row["ends"].split())
    terms: dict[str, Any] = {FIELDS[name]: day_of(day) for name, day in given}
    return Future(
        sid=1,
        symbol="CLN20",
        root_symbol="CL",
        exchange_info=VENUE,
        start_date=date(2015, 1, 2),
        price_multiplier=Decimal(row["multiplier"]),
        **terms,
    )


def played(row: Row, **options: Any) -> Played:
    future = future_of(row)
    closes = [None if close == "-" else close for close in row["bars"].split()]
    made = daily_market({future: closes, OTHER: ["1"] * len(SESSIONS)}, first=FIRST)
    by_bar: dict[int, list[str]] = {}
    for text in row["orders"].split():
        bar, _, order = text.partition(":")
        by_bar.setdefault(int(bar), []).append(order)

    def acting(orders: list[str]) -> Any:
        def act(context: Any, data: Any) -> bool:
            tradable = data.can_trade(future)
            for text in orders:
                amount, _, limit = text.partition("@")
                context.order(future, int(amount), limit_price=limit or None)
            return bool(tradable)

        return act

    actions = {bar: acting(by_bar.get(bar, [])) for bar in range(len(SESSIONS))}
    return play(made, actions, **options)


def check(row: Row, run: Played) -> None:
    tradable = "".join(str(int(run.seen[bar])) for bar in range(len(SESSIONS)))
    assert (tradable, run.statuses) == (row["tradable"], row["statuses"].split())
    closings = run.result.transactions.filter(pl.col("order_id").is_null())
    found = [(SESSIONS[session], amount, price) for session, amount, price in _closings(closings)]
    expected: list[Any] = []
    if row["closed"]:
        number, amount, price = decimals(row["closed"])
        expected = [(SESSIONS[int(number)], amount, price)]
    assert found == expected


def _closings(table: pl.DataFrame) -> list[tuple[int, Any, Any]]:
    rows = table["dt", "amount", "price"].iter_rows()
    return [(SESSIONS.index(f"{at.day:02}"), amount, price) for at, amount, price in rows]


@pytest.mark.parametrize(**column(CASES, labels=("bars", "orders", "ends")))
def test_a_future_until_its_end(row: Row) -> None:
    assert agree(row, "cash")
    run = played(row)
    check(row, run)
    assert run.column("ending_cash") == decimals(row["cash"])
    assert run.column("portfolio_value") == decimals(row["cash"])


@pytest.mark.parametrize(**column(CASES, labels=("bars", "orders", "ends")))
def test_a_future_until_its_end_in_floats(row: Row) -> None:
    run = played(row, numeric="float64")
    check(row, run)
    cash = [float(each) for each in decimals(row["cash"])]
    assert run.column("ending_cash") == pytest.approx(cash, rel=1e-12)
