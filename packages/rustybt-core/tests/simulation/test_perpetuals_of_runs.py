"""Perpetual swaps in whole runs: margin instead of money, settlement, liquidation. By hand."""

from decimal import Decimal as D
from typing import Any

import pytest
from funding_markets import funding_market, postings_of, swap
from markets import VENUE, daily_market, play, split

from rustybt import TradingAlgorithm
from rustybt.assets import Cryptocurrency, CurrencyPair
from rustybt.calendars import get_calendar
from rustybt.errors import InvalidArgument
from rustybt.finance.account_types import CashAccount, MarginAccount
from rustybt.finance.borrow import BorrowRates
from rustybt.finance.commission import Percentage
from rustybt.finance.financing import OvernightFinancing
from rustybt.finance.margin import ByAssetClass, CryptoCross, CryptoIsolated

SWAP = swap()
ETH = swap("ETH/USDT:USDT", 2)
COIN = Cryptocurrency(sid=3, symbol="BTC/USDT", exchange_info=VENUE, currency="USDT")
BOTH = pytest.mark.parametrize("numeric", ["decimal", "float64"])


def buying(amount: object, asset: Any = SWAP) -> dict[int, Any]:
    return {0: lambda c, d: c.order(asset, amount)}


def listening(told: list[Any]) -> TradingAlgorithm:
    return TradingAlgorithm(
        on_order_reject=lambda c, order, reason: told.append(("rejected", order.amount)),
        on_broker_message=lambda c, message: told.append((message.kind, message.asset)),
    )


# ------------------------------------------------------------------ settlement


@BOTH
def test_a_swap_takes_no_money_and_its_profit_is_cash(numeric: str) -> None:
    """2 from 100 to 110 and 105; 2 x 110 x 0.01 = 2.2 are paid for them."""
    played = play(funding_market({SWAP: "100 100 110@0.01 105"}), buying(2), numeric=numeric)
    cash = [float(money) for money in played.column("ending_cash")]
    assert cash == pytest.approx([100_000, 100_000, 100_017.8, 100_007.8], rel=1e-15)
    assert played.column("ending_value") == [0] * 4
    assert played.column("portfolio_value") == played.column("ending_cash")
    assert played.column("long_exposure") == [0, 200, 220, 210]
    assert [float(value) for value in played.column("gross_pnl")] == pytest.approx([0, 0, 20, -10])
    assert [float(value) for value in played.column("pnl")] == pytest.approx([0, 0, 17.8, -10])


@BOTH
def test_a_short_loses_what_a_long_gains(numeric: str) -> None:
    """-2 from 100 to 110 and 105; 2.2 are received."""
    played = play(funding_market({SWAP: "100 100 110@0.01 105"}), buying(-2), numeric=numeric)
    assert [float(value) for value in played.column("ending_cash")] == pytest.approx(
        [100_000, 100_000, 99_982.2, 99_992.2]
    )
    assert played.column("short_exposure") == [0, -200, -220, -210]
    assert played.column("funding")[2] == pytest.approx(D("-2.2") if numeric == "decimal" else -2.2)


def test_the_journal_tells_of_settlements_and_payments() -> None:
    played = play(funding_market({SWAP: "100 100 110@0.01 105"}), buying(2))
    journal = played.result.journal
    assert journal is not None
    cash = journal.filter(journal["account"] == "assets:cash")
    assert list(zip(cash["cause"], cash["amount"], strict=True)) == [
        ("capital", 100_000),
        ("funding:perpetual:TEST:BTC/USDT:USDT:2015-01-02", D("-2.2")),
        ("settlement", 20),
        ("settlement", -10),
    ]
    assert set(cash["commodity"]) == {"USDT"}
    (at,) = journal.filter(journal["account"] == "expenses:funding")["at"]
    assert str(at) == "2020-06-04 00:00:00+00:00"  # the close of the third day


def test_the_round_trip_pays_its_funding() -> None:
    """2 from 100 to 105: 10, less 2.2 of funding and 0.1 % of 200 and of 210."""
    played = play(
        funding_market({SWAP: "100 100 110@0.01 105"}),
        {0: lambda c, d: c.order(SWAP, 2), 2: lambda c, d: c.order(SWAP, -2)},
        commission=Percentage("0.001"),
    )
    (trade,) = played.result.trades.iter_rows(named=True)
    named = ("gross_pnl", "commission", "other_costs", "net_pnl")
    assert [trade[name] for name in named] == [10, D("0.41"), D("2.2"), D("7.39")]


def test_a_second_round_trip_has_its_own() -> None:
    played = play(
        funding_market({SWAP: "100 100 100@0.01 100 100@0.02 100"}),
        {
            0: lambda c, d: c.order(SWAP, 2),
            1: lambda c, d: c.order(SWAP, -2),
            2: lambda c, d: c.order(SWAP, -1),
        },
    )
    assert played.result.trades["other_costs"].to_list() == [D(2), D(-2)]


def test_a_strategy_sees_it_at_the_payment() -> None:
    """The bar that pays is the bar in which the money is gone."""
    played = play(
        funding_market({SWAP: "100 100 100@0.01"}),
        {0: lambda c, d: c.order(SWAP, 2), 2: lambda c, d: c.portfolio.cash},
    )
    assert played.seen[2] == 99_998


def test_each_swap_has_its_own_rates() -> None:
    """2 x 100 x 0.001 and -3 x 10 x 0.01; what is not held pays nothing, nor does a coin."""
    other = swap("XRP/USDT:USDT", 4)
    rows = {SWAP: "100 100 100@0.001", ETH: "10 10 10@0.01", other: "1 1 1@0.5", COIN: "9 9 9@0.5"}
    played = play(
        funding_market(rows),
        {0: lambda c, d: (c.order(SWAP, 2), c.order(ETH, -3), c.order(COIN, 1))},
    )
    assert postings_of(played.result, SWAP) == [D("0.2")]
    assert postings_of(played.result, ETH) == [D("-0.3")]
    assert len(postings_of(played.result)) == 2
    assert played.column("funding") == [0, 0, D("-0.1")]


def test_without_a_journal_it_is_paid_as_well() -> None:
    market = funding_market({SWAP: "100 100 110@0.01 105"})
    played = play(market, buying(2), journal=False)
    assert played.column("funding") == [0, 0, D("2.2"), 0]
    assert played.column("ending_cash")[-1] == D("100007.8")


def test_without_rates_nothing_is_paid() -> None:
    played = play(funding_market({SWAP: "100 100 110 105"}), buying(2))
    assert played.column("funding") == [0] * 4
    assert played.column("ending_cash")[-1] == 100_010


def test_under_zipline_s_rules_too() -> None:
    played = play(funding_market({SWAP: "100 100 110@0.01 105"}), buying(2), profile="zipline")
    assert float(played.column("funding")[2]) == pytest.approx(2.2)
    assert float(played.column("ending_cash")[-1]) == pytest.approx(100_007.8)


def test_daily_rates_in_a_run_of_minutes_are_paid_at_the_close() -> None:
    market = funding_market({SWAP: "100@0.001 100@0.002"}, {SWAP: "1 1 1 1 1 7 | 1 1 1 1 1 9"},
                            calendar=funding_market(minute={SWAP: "1"}).calendar)  # fmt: skip
    played = play(market, buying(2), data_frequency="1m")
    assert postings_of(played.result) == [D("0.014"), D("0.036")]  # 2 x 7 x 0.001; 2 x 9 x 0.002


@BOTH
def test_a_weekend_is_paid_on_monday_where_the_run_has_no_weekend(numeric: str) -> None:
    """Held from Tuesday, on New York's sessions: Saturday, Sunday and Monday on Monday's mark."""
    market = funding_market(
        {SWAP: "100 100 100 100 100@0.001 101@0.002 102@0.004 103@0.008"},
        trades_on=get_calendar("XNYS"),
    )
    played = play(market, buying(2), numeric=numeric)
    # 2 x 100 x 0.001; then 2 x 103 x 0.002, 0.004 and 0.008
    expected = [0.2, 0.412, 0.824, 1.648]
    assert [float(money) for money in postings_of(played.result)] == pytest.approx(expected)
    assert [float(paid) for paid in played.column("funding")] == pytest.approx(
        [0, 0, 0, 0, 0.2, 2.884]
    )


def test_of_an_account_in_another_currency() -> None:
    """2 x 100 x 0.001 = 0.2 EUR are 0.25 USD at 1.25; a profit of 20 EUR was 25."""
    euro = swap("BTC/EUR:EUR", 5, currency="EUR")
    pair = CurrencyPair(sid=6, symbol="EUR/USD", exchange_info=VENUE,
                        base_currency="EUR", quote_currency="USD")  # fmt: skip
    market = funding_market({euro: "100 100 110 100@0.001", pair: "1.25 1.25 1.25 1.25"})
    played = play(market, buying(2, euro), currency="USD")
    assert played.column("funding") == [0, 0, 0, D("0.25")]
    assert played.column("pnl") == [0, 0, 25, D("-25.25")]


def test_a_swap_has_no_splits() -> None:
    market = daily_market(
        {SWAP: ["100"] * 3},
        calendar=get_calendar("24/7"),
        events=[split(SWAP, "2020-06-03", "1/2")],
    )
    with pytest.raises(InvalidArgument, match="no corporate actions"):
        play(market, buying(2))


# ------------------------------------------------------------------ nights


def test_nobody_lends_a_swap() -> None:
    """36 % a year on a coin at 100 are 0.10 a night; a swap that is sold owes no loan."""
    played = play(
        funding_market({SWAP: "100 100 100 100", COIN: "100 100 100 100"}),
        {0: lambda c, d: (c.order(SWAP, -1), c.order(COIN, -1))},
        setup=lambda c: c.set_borrow(BorrowRates(default="0.36")),
    )
    assert [round(fee, 9) for fee in played.column("borrow")] == [0, 0, D("0.1"), D("0.1")]


@pytest.mark.parametrize("amount", [900, -900])
def test_a_swap_ties_no_cash(amount: int) -> None:
    """100,000 at 3.6 % bring 10 a night, whatever is held in swaps of 90,000."""
    played = play(
        funding_market({SWAP: "100 100 100 100"}),
        buying(amount),
        setup=lambda c: c.set_financing(OvernightFinancing(credit_rate="0.036", debit_rate="0.1")),
    )
    assert [round(paid, 2) for paid in played.column("financing")] == [0, -10, -10, -10]


# ------------------------------------------------------------------ accounts


def test_a_cash_account_pays_in_full_and_sells_nothing_short() -> None:
    """10 at 100 keep all of 1,000, though no money went; no more of it, and none short."""
    told: list[Any] = []
    played = play(
        funding_market({SWAP: "100 100 100 100", ETH: "10 10 10 10"}),
        {
            0: lambda c, d: (c.order(SWAP, 11), c.order(SWAP, 10), c.order(ETH, -1)),
            1: lambda c, d: c.order(ETH, 1),
        },
        algorithm=listening(told),
        capital_base=1_000,
        account="cash",
    )
    assert played.statuses == ["REJECTED", "FILLED", "REJECTED", "REJECTED"]
    assert played.column("ending_cash") == [1_000] * 4


def test_a_sold_swap_has_nothing_to_settle_whatever_is_said_of_coins() -> None:
    played = play(
        funding_market({SWAP: "100 100 100 100 100"}),
        {
            0: lambda c, d: c.order(SWAP, 10),
            1: lambda c, d: c.order(SWAP, -10),
            2: lambda c, d: c.order(SWAP, 10),
        },
        capital_base=1_000,
        account=CashAccount({"crypto": 2}),
    )
    assert played.statuses == ["FILLED"] * 3


def test_twenty_times_the_equity_by_default() -> None:
    """100 at 100 need 500 of 1,000; 20,001 of value are too much."""
    played = play(
        funding_market({SWAP: "100 100 101"}),
        {0: lambda c, d: (c.order(SWAP, "200.01"), c.order(SWAP, 100))},
        capital_base=1_000,
        account="margin",
    )
    assert played.statuses == ["REJECTED", "FILLED"]
    assert played.column("ending_cash") == [1_000, 1_000, 1_100]
    assert played.column("gross_leverage")[1] == 10


def test_funding_can_bring_a_margin_call() -> None:
    """10 at 100 on 100: 10 x 100 x 0.095 = 95 leave 5 of the 10 that it takes to keep them.

    At the next close 5 are left of 100, which carry 0.5 of them at 10 x.
    """
    told: list[Any] = []
    played = play(
        funding_market({SWAP: "100 100 100 100@0.095 100 100"}),
        buying(10),
        algorithm=listening(told),
        capital_base=100,
        account=MarginAccount(CryptoCross("0.01", leverage=10)),
    )
    assert told == [("margin_call", SWAP)]
    assert [fill[2:] for fill in played.fills] == [(10, 100), (D("-9.5"), 100)]
    assert played.column("portfolio_value")[-1] == 5


ISOLATED = MarginAccount(CryptoIsolated(10, "0.005"))


def prices_of(played: Any, bars: range) -> list[Any]:
    return [None if (p := played.seen[bar]) is None else round(p, 9) for bar in bars]


def watching(amount: int, bars: int) -> dict[int, Any]:
    """Buy at first, then note the liquidation price at every bar."""
    return {
        0: lambda c, d: c.order(SWAP, amount),
        **{n: (lambda c, d: c.account.liquidation_price(SWAP)) for n in range(1, bars)},
    }


@pytest.mark.parametrize(
    ("amount", "rate", "before", "after"),
    [
        # (margin - side x size x entry) / (size x (rate - side)), margin 100 and then less what
        # is paid: 10 x 100 x 0.01 = 10.
        (10, "0.01", "90.452261307", "91.457286432"),  # (100 - 1000) / -9.95; (90 - 1000) / -9.95
        (10, "-0.01", "90.452261307", "89.447236181"),  # (110 - 1000) / -9.95
        (-10, "0.01", "109.452736318", "110.447761194"),  # 1100 / 10.05; 1110 / 10.05
        (-10, "-0.01", "109.452736318", "108.457711443"),  # 1090 / 10.05
    ],
)
def test_funding_moves_the_liquidation_price(
    amount: int, rate: str, before: str, after: str
) -> None:
    market = funding_market({SWAP: f"100 100 100 100@{rate} 100"})
    played = play(market, watching(amount, 5), capital_base=1_000, account=ISOLATED)
    assert prices_of(played, range(1, 5)) == [D(before)] * 2 + [D(after)] * 2


@BOTH
def test_a_payment_can_cost_the_position(numeric: str) -> None:
    """A low of 91 spares a margin of 100, and ends one of 90 at 91.4572864..."""
    for rate, ends in (("0", False), ("0.01", True)):
        told: list[Any] = []
        played = play(
            funding_market({SWAP: f"100 100 100@{rate} 100/100/91/95"}),
            buying(10),
            algorithm=listening(told),
            capital_base=1_000,
            account=ISOLATED,
            numeric=numeric,
        )
        assert told == ([("liquidation", SWAP)] if ends else [])
        lost = 10 + (100 - 910 / 9.95) * 10 if ends else 50
        assert float(played.column("portfolio_value")[-1]) == pytest.approx(1_000 - lost)


def test_no_more_is_lost_than_the_margin() -> None:
    """The price falls through to 50: the margin of 100 is lost, 10 of it to funding."""
    played = play(
        funding_market({SWAP: "100 100 100@0.01 50/50/40/45"}),
        buying(10),
        capital_base=1_000,
        account=ISOLATED,
    )
    assert [fill[2:] for fill in played.fills] == [(10, 100), (-10, 91)]
    assert played.column("portfolio_value")[-1] == 900


def test_the_fee_of_a_liquidation_is_charged_once() -> None:
    """At 90.4522613... 9.95 x 90.45... = 900 would be kept; the fee of 1 % of 904.52 is 9.05, but
    no more than the 4.52 that are left of the margin."""
    played = play(
        funding_market({SWAP: "100 100 100@0 100/100/80/95"}),
        buying(10),
        capital_base=1_000,
        account=MarginAccount(CryptoIsolated(10, "0.005", liquidation_fee="0.01")),
    )
    (trade,) = played.result.trades.iter_rows(named=True)
    assert [round(trade[name], 2) for name in ("gross_pnl", "commission", "other_costs")] == [
        D("-95.48"),
        D("4.52"),
        0,
    ]
    assert trade["net_pnl"] == sum(played.column("pnl")) == -100


def test_what_is_liquidated_in_a_bar_owes_nothing_in_it() -> None:
    played = play(
        funding_market({SWAP: "100 100 100/100/80/100@0.01 100@0.01"}),
        buying(10),
        capital_base=1_000,
        account=ISOLATED,
    )
    assert postings_of(played.result) == []
    assert played.column("longs_count") == [0, 1, 0, 0]


def test_funding_of_an_isolated_position_is_its_own_matter() -> None:
    """100 of 1,000 are set aside; the 10 that are paid come out of them, 900 stay free."""
    seen = {n: (lambda c, d: c.account.available_funds) for n in range(1, 4)}
    played = play(
        funding_market({SWAP: "100 100 100@0.01 100"}),
        {0: lambda c, d: c.order(SWAP, 10), **seen},
        capital_base=1_000,
        account=ISOLATED,
    )
    assert [played.seen[n] for n in range(1, 4)] == [900, 900, 900]
    assert played.column("portfolio_value")[-1] == 990


def test_a_coin_beside_an_isolated_swap() -> None:
    model = ByAssetClass({"perpetual": CryptoIsolated(10, "0.005")})
    played = play(
        funding_market({SWAP: "100 100 100@0.01", COIN: "100 100 100"}),
        {0: lambda c, d: (c.order(SWAP, 10), c.order(COIN, 1))},
        capital_base=1_000,
        account=MarginAccount(model),
    )
    assert played.column("ending_cash") == [1_000, 900, 890]
    assert played.column("ending_value") == [0, 100, 100]
