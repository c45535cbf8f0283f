"""What becomes of holdings and orders of an asset that ends, by a table worked out by hand.

Bars are daily closes from Monday 1 June 2020 on, numbered from 0; a market order fills at the next
one. Number 5 is Monday 8: Saturday and Sunday are days without a session.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from markets import VENUE, Market, Played, daily_market, play, stock
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Asset, Cryptocurrency, Future
from rustybt.calendars import to_day
from rustybt.data.actions import Delisting
from rustybt.data.adjustments import Adjustments
from rustybt.data.rates import ExchangeRates

CASES = table(__file__, "ending_cases.csv")
OTHER = stock("ZZZ", 9)
SESSIONS = tuple(date(2020, 6, day) for day in (1, 2, 3, 4, 5, 8))
DAYS = {**{str(n): day for n, day in enumerate(SESSIONS)}, "sat": date(2020, 6, 6)}
DAYS["sun"] = date(2020, 6, 7)


def ends_of(row: Row) -> dict[str, str]:
    return dict(each.split("=") for each in row["ends"].split())


def asset_of(row: Row) -> Asset:
    ends = ends_of(row)
    terms: dict[str, Any] = {"sid": 1, "start_date": date(2015, 1, 2)}
    for name, field in (("end", "end_date"), ("close", "auto_close_date")):
        if name in ends:
            terms[field] = DAYS[ends[name]]
    match row["asset"]:
        case "future":
            return Future(
                symbol="CLF21", exchange_info=VENUE, price_multiplier=Decimal(50), **terms
            )
        case "coin":
            return Cryptocurrency(symbol="BTC/USD", exchange_info=VENUE, **terms)
        case "euro":
            return stock("SAP", currency="EUR", **terms)
    return stock("AAA", **terms)


def market_of(row: Row, asset: Asset) -> Market:
    closes = [None if close == "-" else close for close in row["bars"].split()]
    made = daily_market({asset: closes, OTHER: ["1"] * len(SESSIONS)})
    ends = ends_of(row)
    actions = []
    if "delisted" in ends:
        price = Decimal(ends["price"]) if "price" in ends else None
        actions = [Delisting(sid=1, effective=to_day(DAYS[ends["delisted"]]), price=price)]
    bundle = replace(made.bundle, adjustments=Adjustments.of(actions), rates=rates_of(row))
    return replace(made, bundle=bundle)


def rates_of(row: Row) -> ExchangeRates:
    if not row["rates"]:
        return ExchangeRates()
    rows = {"timestamp": SESSIONS, "base": "EUR", "quote": "USD", "rate": row["rates"].split()}
    stamps = pl.col("timestamp").cast(pl.Datetime("us", "UTC"))
    return ExchangeRates.from_frame(pl.DataFrame(rows).with_columns(stamps))


def played(row: Row, **options: Any) -> Played:
    asset = asset_of(row)

    def ordering(orders: list[str]) -> Any:
        def order(context: Any, _: Any) -> None:
            for text in orders:
                amount, _, limit = text.partition("@")
                context.order(asset, Decimal(amount), limit_price=limit or None)

        return order

    by_bar: dict[int, list[str]] = {}
    for text in row["orders"].split():
        bar, _, order = text.partition(":")
        by_bar.setdefault(int(bar), []).append(order)
    actions = {bar: ordering(orders) for bar, orders in by_bar.items()}
    return play(market_of(row, asset), actions, lots=row["lots"], account=row["account"], **options)


@pytest.mark.parametrize(**column(CASES, labels=("asset", "bars", "orders", "ends", "lots")))
def test_the_end_of_an_asset(row: Row) -> None:
    assert agree(row, "value")
    assert not row["how_profits"] or agree(row, "profits", how="how_profits")
    run = played(row)
    closings = run.result.transactions.filter(pl.col("order_id").is_null())
    found = [
        (SESSIONS.index(at.date()), amount, price)
        for at, amount, price in closings["dt", "amount", "price"].iter_rows()
    ]
    expected = []
    if row["closed"]:
        day, amount, price = decimals(row["closed"])
        expected = [(int(day), amount, price)]
    assert found == expected
    assert run.column("portfolio_value")[-1] == Decimal(row["value"])
    assert run.result.lots["net_pnl"].to_list() == decimals(row["profits"])
    assert run.statuses == row["statuses"].split()
    assert not run.context.portfolio.positions


@pytest.mark.parametrize(**column(CASES, labels=("asset", "bars", "orders", "ends", "lots")))
def test_the_end_of_an_asset_in_floats(row: Row) -> None:
    run = played(row, numeric="float64")
    value, profits = Fraction(row["value"]), decimals(row["profits"])
    assert run.column("portfolio_value")[-1] == pytest.approx(float(value), rel=1e-12)
    assert run.result.lots["net_pnl"].to_list() == pytest.approx(
        [float(profit) for profit in profits], abs=1e-9
    )
    assert run.statuses == row["statuses"].split()
