"""Corporate actions and currencies in whole runs, by hand."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from markets import daily_market, play, stock

from rustybt import TradingAlgorithm
from rustybt.calendars import to_day
from rustybt.data.adjustments import (
    Adjustments,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.data.rates import ExchangeRates
from rustybt.errors import InsufficientFundsError, MissingRate
from rustybt.finance.conversion import ConversionCost
from rustybt.finance.withholding import Withholding
from rustybt.simulation.rules import SimulationRules
from rustybt.values import Ratio

A, B = stock("AAA", 1), stock("BBB", 2)
MON, TUE, WED, THU, FRI = (to_day(date(2020, 6, day)) for day in (1, 2, 3, 4, 5))


def market(prices: Any, *actions: Any, **parts: Any) -> Any:
    """Daily bars with corporate actions, and rates of exchange where given."""
    from dataclasses import replace

    made = daily_market(prices)
    bundle = replace(made.bundle, adjustments=Adjustments.of(actions), **parts)
    return replace(made, bundle=bundle)


def buys(asset: Any = A, amount: int = 100) -> dict[int, Any]:
    return {0: lambda c, d: c.order(asset, amount)}


def holdings(played: Any) -> list[tuple[Any, ...]]:
    table = played.result.positions
    return list(table.select("session", "symbol", "amount", "cost_basis").iter_rows())


# ------------------------------------------------------------------ actions


def test_a_stock_dividend_brings_shares_and_scales_orders() -> None:
    """One for ten on Thursday: 100 shares are 110, an order of 50 at 8.80 is of 55 at 8."""
    dividend = StockDividend(sid=1, ex=THU, pay=THU, ratio=Ratio(1, 10))
    told: list[Any] = []
    played = play(
        market({A: ["11", "11", "11", "10", "10"]}, dividend),
        {
            0: lambda c, d: c.order(A, 100),
            1: lambda c, d: c.order(A, 50, limit_price="8.80"),
        },
        algorithm=TradingAlgorithm(on_broker_message=lambda c, m: told.append(m.kind)),
    )
    assert [row[2] for row in holdings(played)] == [100, 100, 110, 110]
    assert [row[3] for row in holdings(played)][-1] == 10
    assert played.result.orders["amount"].to_list()[-1] == 55
    assert played.result.orders["limit"].to_list()[-1] == 8
    assert played.column("pnl") == [0] * 5
    assert told == ["split"]


def test_a_merger_for_cash_and_shares() -> None:
    """2.00 and half a share of B at 16 for each share of A at 10: as much as before."""
    merger = Merger(sid=1, effective=THU, cash=D(2), acquirer=2, ratio=Ratio(1, 2))
    told: list[Any] = []
    played = play(
        market({A: ["10", "10", "10"], B: ["16"] * 5}, merger),
        {0: lambda c, d: (c.order(A, 100), c.order(A, 5, limit_price=1))},
        algorithm=TradingAlgorithm(on_broker_message=lambda c, m: told.append((m.kind, m.asset))),
    )
    assert [row[1:3] for row in holdings(played)] == [("AAA", 100)] * 2 + [("BBB", 50)] * 2
    assert played.column("ending_cash") == [100_000, 99_000, 99_000, 99_200, 99_200]
    assert played.column("portfolio_value") == [100_000] * 5
    assert played.statuses == ["FILLED", "CANCELLED"]
    assert told == [("merger", A)]


def test_orders_that_a_merger_ends_are_told() -> None:
    told: list[Any] = []
    played = play(
        market({A: ["10"] * 3, B: ["16"] * 5}, Merger(sid=1, effective=THU, cash=D(12))),
        {0: lambda c, d: c.order(A, 5, limit_price=8)},
        algorithm=TradingAlgorithm(
            on_order_cancel=lambda c, order, reason: told.append((order.id, order.code, reason))
        ),
    )
    assert told == [("main-1", "merger", "the asset is exchanged for what its holders get")]
    assert played.result.orders["code"].to_list() == ["merger"]


@pytest.mark.parametrize("last", [1, 3], ids=["against the order of sids", "in the order of sids"])
def test_two_mergers_of_one_day_are_a_chain(last: int) -> None:
    """A share becomes two B, each of them half of the last asset and 1.00: 12 for a share at 10."""
    first, last_asset = (A, stock("CCC", 3)) if last == 3 else (stock("CCC", 3), A)
    mergers = [
        Merger(sid=first.sid, effective=THU, acquirer=2, ratio=Ratio(2)),
        Merger(sid=2, effective=THU, acquirer=last, ratio=Ratio(1, 2), cash=D(1)),
    ]
    made = market({first: ["10"] * 3, B: ["5"] * 3, last_asset: ["10"] * 5}, *mergers)
    played = play(made, {0: lambda c, d: c.order(first, 100)})
    assert holdings(played)[-1][1:3] == (last_asset.symbol, 100)
    assert played.column("portfolio_value") == [100_000] * 3 + [100_200] * 2


def test_a_spin_off_shares_the_cost() -> None:
    """One B for four A, with a fifth of the cost: 100 A at 10 are 100 A at 8 and 25 B at 8."""
    spin_off = SpinOff(
        sid=1,
        effective=THU,
        child=2,
        ratio=Ratio(1, 4),
        cost_share=Ratio(1, 5),
        child_price=D(8),
    )
    played = play(
        market({A: ["10", "10", "10", "8", "8"], B: [None, None, None, "8", "8"]}, spin_off), buys()
    )
    assert holdings(played)[-2:] == [
        (date(2020, 6, 5), "AAA", 100, 8),
        (date(2020, 6, 5), "BBB", 25, 8),
    ]
    assert played.column("portfolio_value") == [100_000] * 5


def offering() -> RightsOffering:
    """A right for every share, two of which buy a share at 6 until Friday."""
    return RightsOffering(sid=1, ex=WED, expiry=FRI, price=D(6), ratio=Ratio(1, 2))


def test_rights_are_exercised_where_that_pays() -> None:
    played = play(market({A: ["10"] * 6}, offering()), buys())
    assert [row[2] for row in holdings(played)] == [100, 100, 100, 150, 150]
    assert played.column("ending_cash")[-1] == 99_000 - 300


@pytest.mark.parametrize(
    ("change", "prices", "shares", "paid"),
    [
        # Two for one: 100 rights buy 100 new shares at 3.
        (Split(sid=1, effective=THU, ratio=Ratio(1, 2)), ["10", "10", "10", "5", "5", "5"], 300,
         300),
        # One for five: 100 rights buy 60 at 5, for the same 300.
        (StockDividend(sid=1, ex=THU, pay=THU, ratio=Ratio(1, 5)), [*["10"] * 3, *["9"] * 3], 180,
         300),
        # On the day on which they are given the terms are those of the new shares.
        (Split(sid=1, effective=WED, ratio=Ratio(1, 2)), ["20"] * 2 + ["10"] * 4, 300, 600),
    ],
)  # fmt: skip
def test_rights_keep_what_they_are_worth_when_shares_split(
    change: Any, prices: list[str], shares: int, paid: int
) -> None:
    played = play(market({A: prices}, offering(), change), buys())
    assert holdings(played)[-1][2] == shares
    cash = played.column("ending_cash")
    assert cash[-1] == 100_000 - 100 * int(prices[1]) - paid


@pytest.mark.parametrize(
    ("price", "rules"),
    [("5", SimulationRules.standard()), ("10", SimulationRules(rights="lapse"))],
)
def test_rights_lapse_where_it_does_not_or_the_rules_say_so(
    price: str, rules: SimulationRules
) -> None:
    played = play(market({A: ["10", "10", *[price] * 4]}, offering()), buys(), rules=rules)
    assert {row[2] for row in holdings(played)} == {100}


@pytest.mark.parametrize(
    ("euro", "dollars", "amount"),
    [
        # A share is 10 euros; what the new ones cost in euros stands beside it.
        ("1.25", "11", 150),  # 8.80: it pays, although 11 is more than 10
        ("1.25", "12.49", 150),  # 9.992
        ("1.25", "12.50", 100),  # 10: as much as in the market
        ("0.80", "9", 100),  # 11.25: it does not pay, although 9 is less than 10
        ("0.80", "7.99", 150),  # 9.9875
        ("0.80", "8", 100),  # 10
    ],
)
def test_rights_of_another_currency_are_exercised_where_that_pays(
    euro: str, dollars: str, amount: int
) -> None:
    rights = RightsOffering(
        sid=3, ex=WED, expiry=FRI, price=D(dollars), currency="USD", ratio=Ratio(1, 2)
    )
    made = market({A: ["1"] * 5, EURO: ["10"] * 5}, rights, rates=rates(*[euro] * 5))
    played = play(made, buys(EURO))
    assert holdings(played)[-1][2] == amount
    paid = 50 * D(dollars) if amount == 150 else 0
    assert (
        played.column("portfolio_value")[-1] == 100_000 + 50 * 10 * D(euro) * (amount > 100) - paid
    )


@pytest.mark.parametrize(
    ("close", "rights", "ratio", "price", "worth", "left"),
    [
        # Ex rights a share is (close + shares x price) / (1 + shares), a right what it lost.
        ("10", "1", "1/2", "6", "1.3333333333", "8.6666666667"),  # (2 x 10 + 6) / 3 = 26/3
        ("12", "1", "1/5", "6", "1", "11"),  # (5 x 12 + 6) / 6
        ("15", "1", "3/5", "12", "1.125", "13.875"),  # XPLAIND: (5 x 15 + 3 x 12) / 8
        ("1.5", "1", "1/4", "1", "0.1", "1.4"),  # (4 x 1.50 + 1) / 5
        ("11", "1", "1/5", "5", "1", "10"),  # IAS 33, example 4: (11 x 500 + 5 x 100) / 600
        # Two rights for a share, each of which buys a half: 10 - (10 + 6) / 2 = 2 for the two.
        ("10", "2", "1/2", "6", "1", "8"),
        # A right for two shares, two of which buy one: a quarter each, (40 + 6) / 5 = 9.20.
        ("10", "1/2", "1/2", "6", "1.6", "9.2"),
        ("10", "1", "1/2", "10", "0", "10"),  # nothing is saved
        ("10", "1", "1/2", "11", "0", "10"),
    ],
)
def test_a_right_that_has_not_traded_is_worth_what_the_share_loses(
    close: str, rights: str, ratio: str, price: str, worth: str, left: str
) -> None:
    """Nothing trades on the ex-date, so that the value shows what the right was taken in at."""
    right = stock("RTS", 4)
    terms: dict[str, Any] = {"sid": 1, "ex": WED, "expiry": FRI, "rights_sid": 4}
    offering = RightsOffering(
        price=D(price), ratio=Ratio.parse(ratio), rights=Ratio.parse(rights), **terms
    )
    prices = {A: [close, close, None], B: ["1"] * 3, right: [None] * 3}
    played = play(market(prices, offering), buys(amount=1_000))
    shown = played.result.positions.filter(pl.col("session") == date(2020, 6, 3))
    marks = dict(shown["symbol", "last_sale_price"].iter_rows())
    assert {symbol: round(mark, 10) for symbol, mark in marks.items()} == {
        "AAA": D(left),
        "RTS": D(worth),
    }
    assert round(played.column("portfolio_value")[-1], 6) == 100_000


def test_a_right_is_worth_what_it_saves_in_the_shares_currency() -> None:
    """Two buy a share for 7.50 dollars, which are 6 euros: 10 - 26/3 = 4/3 of a euro."""
    right = stock("RTS", 4, currency="EUR")
    terms: dict[str, Any] = {"sid": 3, "ex": WED, "expiry": FRI, "rights_sid": 4}
    offering = RightsOffering(price=D("7.50"), currency="USD", ratio=Ratio(1, 2), **terms)
    prices = {A: ["1"] * 3, EURO: ["10"] * 3, right: [None] * 3}
    played = play(market(prices, offering, rates=rates(*["1.25"] * 3)), buys(EURO))
    (row,) = played.result.positions.filter(pl.col("symbol") == "RTS").to_dicts()
    assert (row["amount"], round(row["last_sale_price"], 10)) == (100, D("1.3333333333"))


def test_money_of_no_currency_is_in_that_of_its_asset() -> None:
    """100 shares get 2 euros each: 200 euros, at 1.25 dollars each."""
    dividend = CashDividend(sid=3, ex=WED, pay=THU, amount=D(2))
    prices = {A: ["1"] * 5, EURO: ["10", "10", "8", "8", "8"]}
    played = play(market(prices, dividend, rates=rates(*["1.25"] * 5)), buys(EURO))
    assert sum(played.column("dividends")) == D(250)
    assert played.column("portfolio_value")[-1] == 100_000


def test_without_shares_an_offering_asks_for_no_rate() -> None:
    rights = RightsOffering(
        sid=3, ex=WED, expiry=FRI, price=D(9), currency="USD", ratio=Ratio(1, 2)
    )
    played = play(market({A: ["1"] * 5, EURO: ["10"] * 5}, rights))
    assert played.column("portfolio_value") == [100_000] * 5


@pytest.mark.parametrize(("price", "cash"), [("3", 99_300), ("0", 99_000), (None, 100_000)])
def test_a_delisting_pays_what_it_says(price: str | None, cash: int) -> None:
    delisting = Delisting(sid=1, effective=THU, price=None if price is None else D(price))
    played = play(market({A: ["10"] * 4, B: ["1"] * 5}, delisting), buys())
    assert played.column("ending_cash")[-1] == cash
    assert played.result.transactions["order_id"].to_list()[-1] is None


def test_dividends_are_taxed_at_their_source() -> None:
    """100 x 0.333 = 33.30, of which 15 % are 4.995, rounded to 5.00 (half even: 4.99 or 5.00)."""
    from markets import dividend

    played = play(
        market({A: ["10"] * 5}, dividend(A, "2020-06-03", "2020-06-04", "0.333")),
        buys(),
        setup=lambda c: c.set_withholding(Withholding("0.15")),
    )
    assert played.column("withholding") == [0, 0, 0, 5, 0]
    assert played.column("dividends") == [0, 0, D("33.3"), 0, 0]
    assert played.column("ending_cash")[-1] == D("99028.30")


# ------------------------------------------------------------------ currencies

EURO = stock("SAP", 3, currency="EUR")


def rates(*dollars: str) -> ExchangeRates:
    """Dollars for a euro, known at the open of each session from Monday on."""
    days = [date(2020, 6, day) for day in (1, 2, 3, 4, 5)][: len(dollars)]
    frame = pl.DataFrame(
        {"timestamp": days, "base": "EUR", "quote": "USD", "rate": list(dollars)}
    ).with_columns(pl.col("timestamp").cast(pl.Datetime("us", "UTC")))
    return ExchangeRates.from_frame(frame)


def test_a_share_in_euros_is_worth_dollars() -> None:
    """Bought on Tuesday on credit: 1,000 EUR; its 10 % are worth 100 EUR, at 1.3 130 USD."""
    played = play(
        market({A: ["1"] * 3, EURO: ["10", "10", "11"]}, rates=rates("1.2", "1.25", "1.3")),
        buys(EURO),
    )
    assert played.column("portfolio_value") == [100_000, 100_000, 100_130]
    assert played.column("pnl") == [0, 0, 130]
    assert played.column("fx_pnl") == [0, 0, 0]
    assert played.column("ending_value") == [0, 1_250, 1_430]


def test_swept_cash_leaves_the_share_to_the_rate() -> None:
    """Paid with 1,250 USD and 10 basis points; then 1,000 EUR gain 0.05 each and 100 EUR."""
    played = play(
        market({A: ["1"] * 3, EURO: ["10", "10", "11"]}, rates=rates("1.2", "1.25", "1.3")),
        buys(EURO),
        setup=lambda c: c.set_conversion(ConversionCost(10)),
        rules=SimulationRules(foreign_cash="sweep"),
    )
    assert played.column("conversion") == [0, D("1.25"), 0]
    assert played.column("ending_cash") == [100_000, D("98748.75"), D("98748.75")]
    assert played.column("pnl") == [0, D("-1.25"), 180]
    assert played.column("fx_pnl") == [0, 0, 50]


def test_currencies_can_be_exchanged_by_the_strategy() -> None:
    played = play(
        market({A: ["1"] * 3, EURO: ["10", "10", "11"]}, rates=rates("1.25", "1.25", "1.5")),
        {0: lambda c, d: c.convert_currency(1250, "USD", "EUR")},
    )
    assert played.column("portfolio_value") == [100_000, 100_000, 100_250]
    assert played.column("fx_pnl") == [0, 0, 250]


def test_a_cash_account_exchanges_what_it_has() -> None:
    """1,000 dollars at 1.25 are 800 euros; of those 300 are given back for 375 dollars."""
    refused: list[str] = []

    def exchange(context: Any, data: Any) -> None:
        for amount, sell, buy in (
            (1001, "USD", "EUR"), (1, "EUR", "USD"), (1000, "USD", "EUR"), (1, "USD", "EUR"),
            (300, "EUR", "USD"), ("500.01", "EUR", "USD"),
        ):  # fmt: skip
            try:
                context.convert_currency(amount, sell, buy)
            except InsufficientFundsError as refusal:
                refused.append(f"{refusal.required} of {refusal.available} {refusal.currency}")

    played = play(
        market({A: ["1"] * 2, EURO: ["10"] * 2}, rates=rates("1.25", "1.50")),
        {0: exchange},
        capital_base=1_000,
        account="cash",
    )
    assert played.column("portfolio_value") == [1_000, 1_125]  # 375 + 500 x 1.50
    assert [text.split() for text in refused] == [
        ["1001.00", "of", "1000.00", "USD"], ["1.00", "of", "0.00", "EUR"],
        ["1.00", "of", "0.00", "USD"], ["500.01", "of", "500.00", "EUR"],
    ]  # fmt: skip


def test_a_missing_rate_names_pair_and_time() -> None:
    with pytest.raises(MissingRate, match="EUR in USD at 2020-06-02"):
        play(market({A: ["1"] * 3, EURO: ["10"] * 3}), buys(EURO))


def test_the_account_has_the_only_currency_of_the_assets() -> None:
    played = play(market({EURO: ["10", "10", "11"]}), buys(EURO))
    assert played.column("portfolio_value") == [100_000, 100_000, 100_100]
