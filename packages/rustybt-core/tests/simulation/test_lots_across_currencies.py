"""Lots and round trips whose money changes its currency: by hand, at 1.25 dollars for a euro.

A hundred AAA are bought on Tuesday at 10 dollars. Something happens on Thursday, and on Friday
what there is of SAP, which is quoted in euros, is sold at 18.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from markets import Played, daily_market, play, stock
from simulation.trade_stories import plain

from rustybt.calendars import to_day
from rustybt.data.actions import Action, CashDividend, Merger, RightsOffering, SpinOff
from rustybt.data.adjustments import Adjustments
from rustybt.data.rates import ExchangeRates
from rustybt.values import Ratio

A, SAP = stock("AAA", 1), stock("SAP", 2, currency="EUR")
WED, THU = (to_day(date(2020, 6, day)) for day in (3, 4))
MERGER = Merger(sid=1, effective=THU, acquirer=2, ratio=Ratio(1, 2))

CASES: dict[str, tuple[Action, list[str], list[str]]] = {
    # 1,000 dollars are 800 euros; 50 SAP are sold for 900.
    "merger for shares": (
        MERGER,
        ["SAP 2: 50 for 800 trade 900"],
        ["AAA USD 0 0", "SAP EUR 100 0"],
    ),
    # Half a share at 16 euros is worth 10 dollars; 2 dollars beside are all profit.
    "merger for shares and cash": (
        replace(MERGER, cash=D(2)),
        ["AAA 2: 0 for 0 merger 200", "SAP 2: 50 for 800 trade 900"],
        ["AAA USD 200 0", "SAP EUR 100 0"],
    ),
    # 8.80 euros a share are 11 dollars.
    "merger for cash in euros": (
        Merger(sid=1, effective=THU, cash=D("8.8"), currency="EUR"),
        ["AAA 2: 100 for 1000 merger 1100"],
        ["AAA USD 100 0"],
    ),
    # A fourth of the cost, 250 dollars or 200 euros, goes to 20 SAP, which are sold for 360.
    "spin-off": (
        SpinOff(
            sid=1,
            effective=THU,
            child=2,
            ratio=Ratio(1, 5),
            cost_share=Ratio(1, 4),
            child_price=D(10),
        ),
        ["SAP 2: 20 for 200 trade 360"],
        ["AAA USD 250 0", "SAP EUR 160 0"],
    ),
    # 0.40 euros a share are 50 dollars in all.
    "dividend in euros": (
        CashDividend(sid=1, ex=THU, pay=THU, amount=D("0.4"), currency="EUR"),
        [],
        ["AAA USD 0 50"],
    ),
    # 50 new shares at 4 euros cost 250 dollars, and are worth 500.
    "rights asked for in euros": (
        RightsOffering(sid=1, ex=WED, expiry=THU, price=D(4), ratio=Ratio(1, 2), currency="EUR"),
        [],
        ["AAA USD 250 0"],
    ),
}


def run(action: Action, **options: Any) -> Played:
    made = daily_market({A: ["10"] * 5, SAP: ["16", "16", "16", "16", "18"]})
    days = [date(2020, 6, day) for day in (1, 2, 3, 4, 5)]
    rates = pl.DataFrame({"timestamp": days, "base": "EUR", "quote": "USD", "rate": "1.25"})
    stamps = pl.col("timestamp").cast(pl.Datetime("us", "UTC"))
    bundle = replace(
        made.bundle,
        adjustments=Adjustments.of([action]),
        rates=ExchangeRates.from_frame(rates.with_columns(stamps)),
    )
    return play(
        replace(made, bundle=bundle),
        {0: lambda c, d: c.order(A, 100), 3: lambda c, d: c.order_target(SAP, 0)},
        **options,
    )


@pytest.mark.parametrize("journal", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_lots_and_round_trips(name: str, journal: bool) -> None:
    action, lots, trips = CASES[name]
    result = run(action, journal=journal).result
    parts = ("symbol", "entry_dt", "quantity", "cost", "cause", "proceeds")
    assert [
        f"{symbol} {since.day}: {plain(size)} for {plain(cost)} {cause} {plain(money)}"
        for symbol, since, size, cost, cause, money in result.lots.select(parts).iter_rows()
    ] == lots
    columns = ("symbol", "currency", "gross_pnl", "dividends")
    rows = result.trades.select(columns).iter_rows()
    assert [" ".join(map(plain, row)) for row in rows] == trips


def test_zipline_counts_everything_as_dollars() -> None:
    action = CASES["dividend in euros"][0]
    assert run(action, rules="zipline").result.trades["dividends"].to_list() == [40]
