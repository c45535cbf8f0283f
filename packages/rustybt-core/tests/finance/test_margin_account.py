"""Margin accounts: what positions and orders require, by published examples and by hand."""

from decimal import Decimal
from typing import Any

import pytest
from finance.account_desk import Account, account
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, OIL

from rustybt.assets import Asset, Equity, ExchangeInfo
from rustybt.errors import DayTradeLimitReached, InsufficientFundsError, InvalidArgument
from rustybt.finance.account_types import CallPolicy, MarginAccount
from rustybt.finance.margin import (
    BTCUSDT_TIERS,
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    PortfolioPercent,
    RegT,
)
from rustybt.values import Ratio

SAP = Equity(sid=21, symbol="SAP", exchange_info=ExchangeInfo("Xetra"), currency="EUR")
ETH = type(COIN)(sid=22, symbol="ETH/USD", exchange_info=COIN.exchange_info)
Waiting = tuple[tuple[Asset, object, object], ...]

REG_T = MarginAccount(RegT())
FIGURES = ("regt_equity", "initial_margin", "maintenance_margin", "available_funds",
           "excess_liquidity", "buying_power", "regt_margin")  # fmt: skip


def holding(*trades: tuple[Asset, object, object], capital: int, kind: Any = REG_T) -> Account:
    desk = account(kind, capital)
    for asset, amount, price in trades:
        desk.fill(asset, amount, price)
    return desk


# ---------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("capital", "trades", "mark", "expected"),
    [
        # tamerhamed.com, "Long positions": 1,000 at 40 with 20,000. At 50 the equity is 30,000,
        # Regulation T asks for 25,000, 5,000 is excess equity and buys twice as much.
        (20_000, [(AAA, 1000, 40)], 40, "20000 20000 10000 0 10000 0 20000"),
        (20_000, [(AAA, 1000, 40)], 50, "30000 25000 12500 5000 17500 10000 25000"),
        # open-exam-prep.com, "Margin calculations": 20,000 of stock with a debit of 10,000 rises
        # to 24,000 and falls to 16,000: equity 14,000 and 6,000.
        (10_000, [(AAA, 200, 100)], 120, "14000 12000 6000 2000 8000 4000 12000"),
        (10_000, [(AAA, 200, 100)], 80, "6000 8000 4000 -2000 2000 0 8000"),
        # SEC, "Understanding margin accounts": 16,000 of which 8,000 are borrowed falls to
        # 12,000: equity 4,000, and 25 % of 12,000 are 3,000.
        (8_000, [(AAA, 160, 100)], 75, "4000 6000 3000 -2000 1000 0 6000"),
        # Bodie, Kane and Marcus, example 3.3: 1,000 short at 100 with 50,000 beside the proceeds.
        (50_000, [(AAA, -1000, 100)], 100, "50000 50000 30000 0 20000 0 50000"),
        (50_000, [(AAA, -1000, 100)], 110, "40000 55000 33000 -15000 7000 0 55000"),
        # A short that falls: 500 at 40, now 30.
        (10_000, [(AAA, -500, 40)], 30, "15000 7500 4500 7500 10500 15000 7500"),
        (10_000, [], 1, "10000 0 0 10000 10000 20000 0"),
    ],
)
def test_figures(capital: int, trades: Any, mark: object, expected: str) -> None:
    desk = holding(*trades, capital=capital)
    desk.book.mark(AAA, mark)
    assert [desk.figure(name) for name in FIGURES] == [f"{each}.00" for each in expected.split()]


def test_settled_cash_is_a_figure_only() -> None:
    desk = holding((AAA, 100, 100), capital=20_000)
    desk.fill(AAA, -50, 100)
    assert desk.figure("settled_cash") == "10000.00"
    desk.check(BBB, 300, 100)  # what has not settled is equity all the same
    desk.next_session()
    assert desk.figure("settled_cash") == "15000.00"


def test_longs_and_shorts_require_the_sum() -> None:
    desk = holding((AAA, 100, 100), (BBB, -100, 50), capital=20_000)
    assert desk.figure("initial_margin") == "7500.00"
    assert desk.figure("maintenance_margin") == "4000.00"
    assert desk.figure("available_funds") == "12500.00"


def test_regulation_t_looks_at_equities_only() -> None:
    kind = MarginAccount(
        ByAssetClass({"equity": PortfolioPercent("0.9"), "future": FutureMargins()})
    )
    desk = holding((AAA, 100, 100), (OIL, 1, 60), capital=20_000, kind=kind)
    assert desk.figure("regt_margin") == "5000.00"
    assert desk.figure("initial_margin") == "9330.00"  # 90 % of 10,000 and 11 % of 3,000


def test_requirements_are_in_the_currency_of_the_account() -> None:
    desk = account(REG_T, 20_000)
    desk.book.ledger.rates = lambda currency, base: Ratio.parse("1.25")
    desk.fill(SAP, 100, 100)  # 12,500 dollars
    assert desk.figure("initial_margin") == "6250.00"
    assert desk.figure("available_funds") == "13750.00"
    with pytest.raises(InsufficientFundsError) as caught:
        desk.check(SAP, 221, 100)  # 221 x 100 x 1.25 x 50 %
    assert (str(caught.value.required), str(caught.value.available)) == ("13812.50", "13750.00")
    desk.check(SAP, 220, 100)


# ---------------------------------------------------------------------- before an order


@pytest.mark.parametrize(
    ("trades", "order", "commission", "waiting", "needed"),
    [
        # 10,000 carry 20,000 of stock on either side.
        ([], (AAA, 200, 100), 0, (), None),
        ([], (AAA, 200, 100), "0.01", (), ("10000.01", "10000.00")),
        ([], (AAA, 201, 100), 0, (), ("10050.00", "10000.00")),
        ([], (AAA, -200, 100), 0, (), None),
        ([], (AAA, -201, 100), 0, (), ("10050.00", "10000.00")),
        ([], (AAA, -2000, 5), 0, (), None),
        ([], (AAA, -5000, 2), 0, (), ("12500.00", "10000.00")),  # $2.50 per share
        # What is held counts.
        ([(AAA, 100, 100)], (BBB, 100, 100), 0, (), None),
        ([(AAA, 100, 100)], (BBB, 101, 100), 0, (), ("5050.00", "5000.00")),
        # Orders that wait count, on the side that requires more.
        ([], (AAA, 100, 100), 0, ((BBB, 100, 100),), None),
        ([], (AAA, 101, 100), 0, ((BBB, 100, 100),), ("5050.00", "5000.00")),
        ([], (AAA, 101, 100), 0, ((BBB, -100, 100),), ("5050.00", "5000.00")),
        ([], (AAA, -200, 100), 0, ((AAA, 200, 100),), None),  # one side of a pair of orders
        ([], (AAA, 1, 100), 0, ((AAA, 200, 100),), ("50.00", "0.00")),
        # Less risk is always allowed, more of it on the other side is not.
        ([(AAA, 200, 100)], (AAA, -200, 100), 50, (), None),
        ([(AAA, 200, 100)], (AAA, -100, 900), 0, (), None),
        ([(AAA, 200, 100)], (AAA, -400, 100), 0, (), None),
        ([(AAA, 200, 100)], (AAA, -401, 100), 0, (), ("50.00", "0.00")),
        ([(AAA, 200, 100)], (AAA, -200, 100), 0, ((AAA, -200, 100),), None),
        ([(AAA, 200, 100)], (AAA, -201, 100), 0, ((AAA, -200, 100),), ("50.00", "0.00")),
        # What is held counts at its mark, what is added at the order's price.
        ([(AAA, 100, 100)], (AAA, 125, 80), 0, (), None),
        ([(AAA, 100, 100)], (AAA, 84, 120), 0, (), ("5040.00", "5000.00")),
    ],
)
def test_an_order_needs_equity_that_is_not_required(
    trades: Any, order: Any, commission: object, waiting: Waiting, needed: Any
) -> None:
    desk = holding(*trades, capital=10_000)
    if needed is None:
        desk.check(*order, commission=commission, waiting=waiting)
        return
    with pytest.raises(InsufficientFundsError) as caught:
        desk.check(*order, commission=commission, waiting=waiting)
    assert (str(caught.value.required), str(caught.value.available)) == needed
    assert caught.value.currency == "USD"


def test_after_a_loss_positions_can_only_be_closed() -> None:
    desk = holding((AAA, 200, 100), capital=10_000)
    desk.book.mark(AAA, 60)
    desk.check(AAA, -1, 60)
    desk.check(AAA, -200, 60)
    with pytest.raises(InsufficientFundsError) as caught:
        desk.check(AAA, 1, 60)
    assert str(caught.value.available) == "-4000.00"  # 2,000 of equity against 6,000


# ---------------------------------------------------------------------- with a fill


@pytest.mark.parametrize(
    ("trades", "order", "commission", "part"),
    [
        ([], (AAA, 200, "100"), 0, "200"),
        ([], (AAA, 200, "100"), "0.01", "199"),
        ([], (AAA, 200, "110"), 0, "181"),  # 181 x 110 x 50 % = 9,955
        ([], (AAA, -200, "110"), 0, "-181"),
        ([], (AAA, 200, "50000"), 0, "0"),
        ([(AAA, 100, 100)], (AAA, 200, "100"), 0, "100"),
        # At 110 the shares held have won 1,000: 11,000 carry 22,000, of which 11,000 are held.
        ([(AAA, 100, 100)], (AAA, 200, "110"), 0, "100"),
        # At 90 they have lost 1,000: 9,000 carry 200 at 90.
        ([(AAA, 100, 100)], (AAA, 200, "90"), 0, "100"),
        ([(AAA, 100, 100)], (BBB, 500, "50"), 0, "200"),
        # Closing is always possible, and then as much short as equity carries.
        ([(AAA, 200, 100)], (AAA, -200, "60"), 99, "-200"),
        ([(AAA, 200, 100)], (AAA, -500, "100"), 0, "-400"),
        ([(AAA, 200, 100)], (AAA, -500, "60"), 0, "-266"),  # 2,000 carry 66 at 60
        ([(AAA, 200, 100)], (AAA, -500, "20"), 0, "-200"),
        ([(OIL, 1, 60)], (OIL, -1, "20"), 0, "-1"),
        ([(COIN, "0.5", 100)], (COIN, "1000", "100"), 0, "199.5"),
    ],
)
def test_what_a_price_that_ran_away_leaves(
    trades: Any, order: Any, commission: object, part: str
) -> None:
    asset, amount, price = order
    for arithmetic in (DECIMAL, FLOAT):
        desk = account(REG_T, 10_000, arithmetic)
        for trade in trades:
            desk.fill(*trade)
        found = desk.affordable(asset, amount, price, commission)
        assert float(found) == pytest.approx(float(part), abs=1e-7)
        assert arithmetic is FLOAT or found == part


def test_executions_of_a_bar_share_the_equity() -> None:
    desk = holding((AAA, 50, 100), capital=10_000)
    desk.claim(AAA, 50, 110, 100)  # 500 won, 100 paid: 10,400 against 5,500
    assert desk.affordable(BBB, 500, 50) == "196"  # 4,900 carry 9,800
    desk.claim(BBB, 100, 50)
    assert desk.affordable(BBB, 500, 50) == "96"
    assert desk.affordable(AAA, 10, 111) == "10"
    assert desk.affordable(AAA, -100, 50) == "-100"
    desk.fill(AAA, 50, 110, 100)  # the book knows of this one, the other did not happen
    assert desk.affordable(BBB, 500, 50) == "196"


def test_a_fill_does_not_look_at_newer_marks() -> None:
    desk = holding((AAA, 100, 100), capital=10_000)
    desk.book.ledger.refresh = lambda: desk.book.mark(AAA, 10)
    desk.book.ledger.stale = True
    assert desk.affordable(BBB, 500, 50) == "200"
    assert desk.figure("available_funds") == "500.00"  # the question before it is answered anew


# ---------------------------------------------------------------------- futures and coins


def test_futures_by_contract() -> None:
    # "Futures Money Machine", page 24: 10,000 and one contract of crude oil that takes 9,000 to
    # open and 6,500 to keep, bought at 40. At 38 there is no call, at 35 there is.
    oil = type(OIL)(
        sid=30, symbol="CLQ9", exchange_info=OIL.exchange_info, root_symbol="CL",
        price_multiplier=Decimal(1000),
    )  # fmt: skip
    desk = account(MarginAccount(FutureMargins({"CL": (9000, 6500)})), 10_000)
    desk.check(oil, 1, 40)
    with pytest.raises(InsufficientFundsError):
        desk.check(oil, 2, 40)
    desk.fill(oil, 1, 40)
    assert desk.figure("available_funds") == "1000.00"
    desk.book.mark(oil, 38)
    assert (desk.figure("regt_equity"), desk.assess()) == ("8000.00", None)
    desk.book.mark(oil, 35)
    call = desk.assess()
    assert call is not None
    money = desk.book.money
    assert (money(call.equity), money(call.deficit)) == ("5000.00", "1500.00")
    assert desk.figure("available_funds") == "-4000.00"  # what has to be paid in


ETH_TIERS = (
    (0, "0.005"), (10_000, "0.0065"), (100_000, "0.01"), (500_000, "0.02"), (1_000_000, "0.05"),
    (2_000_000, "0.1"), (5_000_000, "0.125"), (10_000_000, "0.15"),
)  # fmt: skip


class Perpetuals(CryptoCross):
    """Binance's tiers of two contracts."""

    def __init__(self) -> None:
        super().__init__(BTCUSDT_TIERS, leverage=5)
        self._eth = CryptoCross(ETH_TIERS, leverage=5)

    def position(self, held: Any) -> Any:
        return self._eth.position(held) if held.asset is ETH else super().position(held)


@pytest.mark.parametrize(
    ("asset", "above", "below"),
    [
        # Binance, "How to Calculate Liquidation Price of USDT-M Futures Contracts", cross margin:
        # a wallet of 1,535,443.01, 109.488 BTC at 32,481.98 (marked at 31,967.27) and 3,683.979
        # ETH at 1,456.84 (marked at 1,335.18). Liquidation: BTC 26,316.89, ETH 1,153.26.
        (COIN, "26316.90", "26316.88"),
        (ETH, "1153.27", "1153.25"),
    ],
)
def test_cross_margin_is_called_at_the_liquidation_price(
    asset: Asset, above: str, below: str
) -> None:
    desk = account(MarginAccount(Perpetuals()), "1535443.01")
    desk.fill(COIN, "109.488", "32481.98")
    desk.fill(ETH, "3683.979", "1456.84")
    desk.book.mark(COIN, "31967.27")
    desk.book.mark(ETH, "1335.18")
    assert desk.assess() is None
    desk.book.mark(asset, above)
    assert desk.assess() is None
    desk.book.mark(asset, below)
    assert desk.assess() is not None


def test_isolated_positions_stand_apart() -> None:
    kind = MarginAccount(ByAssetClass({"equity": RegT(), "crypto": CryptoIsolated(10)}))
    desk = account(kind, 10_000)
    desk.fill(COIN, 1, 30_000)  # 3,000 set aside
    assert desk.figure("available_funds") == "7000.00"
    assert desk.figure("initial_margin") == desk.figure("maintenance_margin") == "3000.00"
    desk.fill(AAA, 100, 100)
    assert desk.figure("available_funds") == "2000.00"
    desk.book.mark(COIN, 32_000)  # its profit is its own
    assert desk.figure("available_funds") == "2000.00"
    assert (desk.figure("regt_equity"), desk.figure("initial_margin")) == ("12000.00", "10000.00")
    desk.book.mark(COIN, 27_500)
    assert desk.figure("available_funds") == "2000.00"
    with pytest.raises(InsufficientFundsError) as caught:
        desk.check(COIN, "0.8", 27_500)
    assert (str(caught.value.required), str(caught.value.available)) == ("2200.00", "2000.00")
    # Closing 1 gives back 500, opening 0.9 short sets 2,475 aside.
    desk.check(COIN, "-1.9", 27_500)
    with pytest.raises(InsufficientFundsError):
        desk.check(COIN, "-2", 27_500)
    assert desk.affordable(COIN, 1, 27_500) == "0.72727272"
    assert desk.affordable(COIN, -2, 27_500) == "-1.9090909"
    desk.claim(COIN, "0.5", 27_500)
    assert desk.affordable(COIN, 1, 27_500) == "0.22727272"
    assert desk.affordable(AAA, 100, 100) == "12"  # 625 carry 1,250


# ---------------------------------------------------------------------- day trades

DAY_TRADER = MarginAccount(RegT(), pattern_day_trader=True)

#: FINRA, Regulatory Notice 21-13, as Alpaca's "What is the pattern day trading rule" has it.
FINRA_EXAMPLES = [
    ("buy 250, buy 250, sell 500", [250, 250, -500], 1),
    ("buy 100, sell 100, twice", [100, -100, 100, -100], 2),
    ("buy 500, sell 100, 100, 300", [500, -100, -100, -300], 1),
    ("buy 250, 300, 100, sell 150, 175", [250, 300, 100, -150, -175], 1),
    ("buy 199, 142, sell 1, buy 45, sell 100, 200", [199, 142, -1, 45, -100, -200], 2),
    ("shorts count as well", [-100, 100], 1),
    ("through zero and back", [100, -200, 100], 2),
    ("only opened", [100, 100], 0),
]


@pytest.mark.parametrize(
    ("amounts", "made"), [each[1:] for each in FINRA_EXAMPLES], ids=[e[0] for e in FINRA_EXAMPLES]
)
def test_counting_day_trades(amounts: list[int], made: int) -> None:
    desk = account(DAY_TRADER, 20_000)
    for amount in amounts:
        desk.fill(AAA, amount, 10)
    assert desk.funds.day_trades_remaining() == 3 - made


def test_what_was_held_over_night_is_no_day_trade() -> None:
    desk = account(DAY_TRADER, 20_000)
    desk.fill(AAA, 100, 10)
    desk.next_session()
    desk.fill(AAA, -100, 10)
    desk.fill(AAA, 100, 10)  # bought back
    assert desk.funds.day_trades_remaining() == 3
    desk.fill(AAA, -50, 10)
    assert desk.funds.day_trades_remaining() == 2


def test_day_trades_of_two_shares_and_of_coins() -> None:
    desk = account(DAY_TRADER, 20_000)
    for asset, amount in [(AAA, 200), (BBB, 100), (AAA, -100), (BBB, -100), (COIN, 1), (COIN, -1)]:
        desk.fill(asset, amount, 10)
    assert desk.funds.day_trades_remaining() == 1


def test_after_three_day_trades_in_five_sessions_nothing_is_opened() -> None:
    desk = account(DAY_TRADER, 20_000)
    for _ in range(3):
        desk.check(AAA, 100, 10)
        desk.fill(AAA, 100, 10)
        desk.fill(AAA, -100, 10)
        desk.next_session()
    desk.fill(AAA, 10, 10)
    with pytest.raises(DayTradeLimitReached, match="after 3 day trades in 5 sessions"):
        desk.check(AAA, 1, 10)
    with pytest.raises(DayTradeLimitReached):
        desk.check(AAA, -11, 10)
    desk.check(AAA, -10, 10)
    desk.check(COIN, 1, 10)
    desk.next_session()  # the fifth session still counts all three
    assert desk.funds.day_trades_remaining() == 0
    desk.next_session()
    assert desk.funds.day_trades_remaining() == 1
    desk.check(AAA, 1, 10)


def test_large_accounts_may_trade_by_day() -> None:
    desk = account(DAY_TRADER, 25_000)
    assert desk.funds.day_trades_remaining() is None
    for _ in range(4):
        desk.fill(AAA, 100, 10)
        desk.fill(AAA, -100, 10, 1)
    desk.check(AAA, 100, 10)
    assert desk.funds.day_trades_remaining() is None
    desk.next_session()  # 24,996 at the last close
    assert desk.funds.day_trades_remaining() == 0
    assert account(REG_T, 20_000).funds.day_trades_remaining() is None


# ---------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    "make",
    [
        lambda: MarginAccount("reg-t"),  # type: ignore[arg-type]
        lambda: MarginAccount(calls="requirement"),  # type: ignore[arg-type]
        lambda: MarginAccount(settlement_days=-1),
        lambda: MarginAccount(on_refusal="log"),  # type: ignore[arg-type]
        lambda: CallPolicy(sale_order="random"),  # type: ignore[arg-type]
        lambda: CallPolicy(restored_to="zero"),  # type: ignore[arg-type]
        lambda: CallPolicy(grace_bars=-1),
        lambda: CallPolicy(grace_sessions=-1),
    ],
)
def test_impossible_arguments(make: Any) -> None:
    with pytest.raises(InvalidArgument):
        make()


def test_a_margin_account_shows_itself() -> None:
    shown = repr(MarginAccount(RegT("0.6"), calls=CallPolicy(grace_bars=2)))
    assert shown.startswith("MarginAccount(RegT(initial=0.6,")
    assert "grace_bars=2" in shown
