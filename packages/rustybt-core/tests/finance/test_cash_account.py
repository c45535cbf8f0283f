"""Cash accounts: what is covered, what settles when, and what free-riding costs."""

from datetime import date
from typing import Any

import pytest
from finance.account_desk import Account, account
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, OIL

from rustybt.assets import Asset, CurrencyPair, Equity, ExchangeInfo
from rustybt.errors import (
    AccountRefusal,
    InsufficientFundsError,
    InvalidArgument,
    ShortSaleRefused,
)
from rustybt.finance.account_types import (
    STANDARD_DAYS,
    CallPolicy,
    CashAccount,
    CashFunds,
    Funds,
    MarginAccount,
    SettlementBook,
    UnlimitedAccount,
    account_type,
    expected_price,
)
from rustybt.finance.margin import RegT
from rustybt.values import Ratio

SAP = Equity(sid=21, symbol="SAP", exchange_info=ExchangeInfo("Xetra"), currency="EUR")
PAIR = CurrencyPair(sid=22, symbol="EUR/USD", exchange_info=ExchangeInfo("IDEALPRO"))
Waiting = tuple[tuple[Asset, object, object], ...]


# ---------------------------------------------------------------------- before an order


@pytest.mark.parametrize(
    ("amount", "price", "commission", "waiting", "needed"),
    [
        (100, 100, 0, (), None),  # all of it
        (100, 100, "0.01", (), ("10000.01", "10000.00")),
        (101, 100, 0, (), ("10100.00", "10000.00")),
        (1, "10000.0000000001", 0, (), ("10000.0000000001", "10000.00")),
        # What waits is kept for it, sales are not waited for.
        (50, 100, 0, ((BBB, 100, 50),), None),
        (50, 100, 1, ((BBB, 100, 50),), ("5001.00", "5000.00")),
        (60, 100, 0, ((BBB, 100, 50), (AAA, -10, 100)), ("6000.00", "5000.00")),
        (1, 100, 0, ((AAA, 60, 100), (AAA, 40, 100)), ("100.00", "0.00")),
        # A rebate is not counted on.
        (100, 100, -5, (), None),
        (101, 100, -500, (), ("10100.00", "10000.00")),
    ],
)
def test_a_purchase_has_to_be_covered(
    amount: object, price: object, commission: object, waiting: Waiting, needed: Any
) -> None:
    desk = account(CashAccount(), 10_000)
    if needed is None:
        desk.check(AAA, amount, price, commission=commission, waiting=waiting)
        return
    with pytest.raises(InsufficientFundsError) as caught:
        desk.check(AAA, amount, price, commission=commission, waiting=waiting)
    error = caught.value
    assert (str(error.required), str(error.available), error.currency) == (*needed, "USD")
    assert (error.asset, str(error.amount)) == (AAA, str(amount))
    assert f"needs {needed[0]} USD, available is {needed[1]} USD" in str(error)


@pytest.mark.parametrize(
    ("amount", "waiting", "held"),
    [
        (-40, (), None),
        (-41, (), "40"),
        (-10, ((AAA, -30, 100), (BBB, -5, 1), (AAA, 20, 90)), None),
        (-11, ((AAA, -30, 100),), "10"),
    ],
)
def test_only_what_is_held_can_be_sold(amount: int, waiting: Waiting, held: str | None) -> None:
    desk = account(CashAccount(), 10_000)
    desk.fill(AAA, 40, 100)
    if held is None:
        desk.check(AAA, amount, 100, waiting=waiting)
        return
    with pytest.raises(ShortSaleRefused, match=f"{held} can be sold") as caught:
        desk.check(AAA, amount, 100, waiting=waiting)
    assert isinstance(caught.value, AccountRefusal)


def test_a_short_that_came_from_elsewhere_may_be_covered() -> None:
    desk = account(CashAccount(), 100)
    desk.fill(AAA, -10, 100)
    desk.fill(BBB, 10, 110)
    desk.check(AAA, 10, 100)
    with pytest.raises(InsufficientFundsError):
        desk.check(AAA, 11, 100)


def test_a_future_keeps_the_value_of_its_contracts() -> None:
    desk = account(CashAccount(), 10_000)
    desk.fill(OIL, 2, 60)  # 2 x 60 x 50 = 6,000
    assert (desk.book.cash, desk.figure("available_funds")) == ("10000.00", "4000.00")
    desk.book.mark(OIL, 50)  # 1,000 lost, 5,000 kept
    assert (desk.book.cash, desk.figure("available_funds")) == ("9000.00", "4000.00")
    desk.check(AAA, 40, 100)
    with pytest.raises(InsufficientFundsError):
        desk.check(OIL, 2, 50)
    desk.check(OIL, -2, 50)
    desk.fill(OIL, -2, 50)
    assert desk.figure("available_funds") == desk.figure("settled_cash") == "9000.00"


def test_money_is_that_of_the_account() -> None:
    desk = account(CashAccount(settlement_days=1), 10_000)
    desk.book.ledger.rates = lambda currency, base: Ratio.parse("1.10")
    desk.check(SAP, 90, 100)
    with pytest.raises(InsufficientFundsError) as caught:
        desk.check(SAP, 91, 100)  # 91 x 100 x 1.10
    assert (str(caught.value.required), caught.value.currency) == ("10010.00", "USD")
    desk.fill(SAP, 50, 100)
    assert desk.figure("buying_power") == "4500.00"
    desk.fill(SAP, -50, 100)
    assert (desk.figure("settled_cash"), desk.book.cash) == ("4500.00", "10000.00")
    desk.next_session()
    assert desk.figure("settled_cash") == "10000.00"


def test_in_one_currency_there_is_no_rate_to_ask_for() -> None:
    desk = account(CashAccount(), 10_000)
    funds = CashAccount().open(desk.book.ledger, one_currency=True)
    funds.check(SAP, DECIMAL.amount(100), DECIMAL.price(100))


# ---------------------------------------------------------------------- with a fill


@pytest.mark.parametrize(
    ("asset", "amount", "price", "commission", "part"),
    [
        (AAA, 100, "100", 0, "100"),
        (AAA, 100, "100.01", 0, "99"),
        (AAA, 100, "100", 1, "99"),
        (AAA, 100, "125", 0, "80"),
        (AAA, 100, "10001", 0, "0"),
        (AAA, 100, "1", "10000.5", "0"),
        (AAA, 1_000_000, "0.03", 0, "333333"),
        (COIN, "2", "30000", "0", "0.33333333"),
        (OIL, 10, "60", 0, "3"),  # 3,000 for each
        (AAA, -10, "100", 0, "0"),  # nothing is held
    ],
)
def test_what_a_price_that_ran_away_leaves(
    asset: Asset, amount: object, price: str, commission: object, part: str
) -> None:
    for arithmetic in (DECIMAL, FLOAT):
        desk = account(CashAccount(), 10_000, arithmetic)
        found = desk.affordable(asset, amount, price, commission)
        assert float(found) == pytest.approx(float(part))
        assert arithmetic is FLOAT or found == part


def test_executions_of_a_bar_share_the_cash() -> None:
    desk = account(CashAccount(), 1_000)
    desk.claim(AAA, 6, 100, 1)
    assert desk.affordable(BBB, 10, 50) == "7"  # 399 are left
    desk.claim(BBB, 7, 50)
    assert desk.affordable(BBB, 10, 50) == "0"
    assert desk.affordable(AAA, -10, 100) == "-6"
    desk.claim(AAA, -6, 100)
    assert desk.affordable(AAA, -10, 100) == "0"
    assert desk.affordable(BBB, 1, 50) == "0"  # proceeds of shares settle tomorrow
    desk.fill(AAA, 6, 100, 1)  # the book knows, the claims are gone
    assert desk.affordable(BBB, 10, 50) == "7"


def test_proceeds_that_settle_at_once_can_be_spent_in_the_same_bar() -> None:
    desk = account(CashAccount(), 1_000)
    desk.fill(COIN, 10, 100)
    assert desk.affordable(AAA, 10, 50) == "0"
    desk.claim(COIN, -5, 100, 1)
    assert desk.affordable(AAA, 10, 50) == "9"
    impatient = account(CashAccount(allow_unsettled=True), 1_000)
    impatient.fill(AAA, 10, 100)
    impatient.claim(AAA, -5, 100)
    assert impatient.affordable(BBB, 10, 50) == "10"


def test_a_sale_that_does_not_pay_its_commission_does_not_happen() -> None:
    desk = account(CashAccount(), 1_000)
    desk.fill(AAA, 10, 100)
    assert desk.affordable(AAA, -10, "0.05", "0.50") == "-10"
    assert desk.affordable(AAA, -10, "0.05", "0.51") == "0"


def test_a_sale_of_futures_brings_the_change_of_their_price() -> None:
    desk = account(CashAccount(), 3_000)
    desk.fill(OIL, 1, 60)
    assert desk.affordable(OIL, -1, 10, 500) == "-1"  # 3,000 - 50 x 50 - 500 = 0
    assert desk.affordable(OIL, -1, 10, 501) == "0"


# ---------------------------------------------------------------------- settlement


@pytest.mark.parametrize(
    ("days", "asset", "settled"),
    [
        # Settled cash after a sale for 1,000, on the day of trade and the two after it.
        (1, AAA, ["9000.00", "10000.00", "10000.00"]),
        (2, AAA, ["9000.00", "9000.00", "10000.00"]),
        (0, AAA, ["10000.00", "10000.00", "10000.00"]),
        (1, COIN, ["10000.00", "10000.00", "10000.00"]),
        (1, PAIR, ["9000.00", "9000.00", "10000.00"]),
        ({"forex": 1}, PAIR, ["9000.00", "10000.00", "10000.00"]),
        ({"crypto": 2}, COIN, ["9000.00", "9000.00", "10000.00"]),
        ({"crypto": 2}, AAA, ["9000.00", "10000.00", "10000.00"]),
    ],
)
def test_proceeds_settle_after_so_many_sessions(days: Any, asset: Asset, settled: Any) -> None:
    desk = account(CashAccount(days), 10_000)
    desk.fill(asset, 10, 100)
    desk.fill(asset, -10, 100)
    found = []
    for _ in range(3):
        found.append(desk.figure("settled_cash"))
        desk.next_session()
    assert found == settled
    assert desk.book.cash == "10000.00"


def test_unsettled_proceeds_buy_nothing() -> None:
    desk = account(CashAccount(), 1_000)
    desk.fill(AAA, 10, 100)
    desk.fill(AAA, -10, 110)
    with pytest.raises(InsufficientFundsError, match=r"available is 0\.00 USD"):
        desk.check(BBB, 1, 100)
    assert desk.affordable(BBB, 11, 100) == "0"
    desk.next_session()
    desk.check(BBB, 11, 100)
    assert desk.affordable(BBB, 11, 100) == "11"


def test_futures_have_nothing_to_settle() -> None:
    desk = account(CashAccount({"future": 3}), 10_000)
    desk.fill(OIL, 1, 60)
    desk.fill(OIL, -1, 61)
    assert desk.figure("settled_cash") == "10050.00"


def test_what_a_settlement_book_says() -> None:
    book = SettlementBook(DECIMAL, STANDARD_DAYS)
    book.start_session(4)
    book.sold("equity", DECIMAL.money(10), "USD")
    book.sold("equity", DECIMAL.money(5), "EUR")
    book.sold("forex", DECIMAL.money(7), "USD")
    book.sold("crypto", DECIMAL.money(9), "USD")
    book.sold("equity", DECIMAL.money(-3), "USD")
    twice = {"EUR": 2, "USD": 1}

    def worth(money: Any, currency: str) -> Any:
        return money * twice[currency]

    assert list(book.schedule(worth)) == [(5, DECIMAL.money(20)), (6, DECIMAL.money(7))]
    assert book.unsettled(worth) == DECIMAL.money(27)
    book.start_session(5)
    assert book.unsettled(worth) == DECIMAL.money(7)
    book.start_session(9)
    assert book.unsettled(worth) == 0


# ---------------------------------------------------------------------- free-riding


def freely(capital: int = 0) -> tuple[Account, CashFunds]:
    """An account that may spend what has not settled, and 100 shares of AAA beside its cash."""
    desk = account(CashAccount(allow_unsettled=True), capital + 10_000)
    desk.fill(AAA, 100, 100)
    assert isinstance(desk.funds, CashFunds)
    return desk, desk.funds


def test_selling_what_unsettled_money_bought_is_free_riding() -> None:
    # Fidelity, "Avoiding cash account trading violations", Marty: no cash, sells XYZ for 10,000
    # on Monday, buys ABC with it and sells ABC before Tuesday.
    desk, funds = freely()
    desk.fill(AAA, -100, 100)
    desk.check(BBB, 100, 100)
    assert desk.affordable(BBB, 100, 100) == "100"
    desk.fill(BBB, 100, 100)
    assert desk.figure("settled_cash") == "-10000.00"
    desk.fill(BBB, -100, 100)
    assert funds.frozen_until == date(2024, 9, 1)  # 90 calendar days after 3 June
    with pytest.raises(InsufficientFundsError):
        desk.check(AAA, 1, 100)
    desk.next_session()
    desk.check(AAA, 100, 100)  # settled money can be spent
    desk.next_session(88)
    assert funds.frozen_until is not None
    desk.next_session()
    assert funds.frozen_until is None


def test_waiting_for_the_settlement_is_none() -> None:
    desk, funds = freely()
    desk.fill(AAA, -100, 100)
    desk.fill(BBB, 100, 100)
    desk.next_session()
    desk.fill(BBB, -100, 100)
    assert funds.frozen_until is None


def test_what_settled_money_bought_can_be_sold_at_once() -> None:
    # Fidelity, Trudy: 10,000 settled; buys and sells XYZ on Monday (no violation), buys ABC with
    # the proceeds and sells that as well (violation).
    desk = account(CashAccount(allow_unsettled=True), 10_000)
    funds = desk.funds
    assert isinstance(funds, CashFunds)
    desk.fill(AAA, 100, 100)
    desk.fill(AAA, -100, 105)
    assert funds.frozen_until is None
    desk.fill(BBB, 105, 100)
    assert funds.frozen_until is None
    desk.fill(BBB, -105, 100)
    assert funds.frozen_until == date(2024, 9, 1)


def test_a_part_of_unsettled_money_is_enough() -> None:
    # Firstrade, Amy: sells XYZ for 2,000, buys UVW for 1,000 of it, sells UVW the same day.
    desk, funds = freely(500)
    desk.fill(AAA, -20, 100)
    desk.fill(BBB, 10, 100)
    desk.fill(BBB, -10, 150)
    assert funds.frozen_until is not None


def test_purchases_of_one_bar_are_paid_in_their_order() -> None:
    desk, funds = freely(500)
    desk.fill(AAA, -100, 100)
    desk.book.fill(BBB, 5, 100)
    first = desk.as_fill(BBB, 5, 100)
    desk.book.fill(COIN, 10, 100)
    funds.filled([first, desk.as_fill(COIN, 10, 100)])
    desk.fill(BBB, -5, 100)  # the settled 500 paid for it
    assert funds.frozen_until is None
    desk.fill(COIN, -10, 100)
    assert funds.frozen_until is not None


def test_the_end_of_an_asset_is_no_free_riding() -> None:
    desk, funds = freely()
    desk.fill(AAA, -100, 100)
    desk.fill(BBB, 100, 100)
    desk.book.close_out(BBB)
    funds.filled([desk.as_fill(BBB, -100, 100)._replace(order_id=None)])
    assert funds.frozen_until is None


# ---------------------------------------------------------------------- figures and arguments


def test_figures_of_a_cash_account() -> None:
    desk = account(CashAccount(), 10_000)
    desk.fill(AAA, 60, 100)
    desk.book.mark(AAA, 110)
    desk.fill(AAA, -10, 110)
    assert {name: desk.figure(name) for name in FIGURES} == {
        "settled_cash": "4000.00",  # 1,100 settle tomorrow
        "buying_power": "4000.00",
        "regt_equity": "10600.00",
        "regt_margin": "5500.00",
        "initial_margin": "5500.00",
        "maintenance_margin": "5500.00",
        "available_funds": "4000.00",
        "excess_liquidity": "4000.00",
    }
    assert desk.funds.day_trades_remaining() is None
    assert (desk.funds.limited, desk.funds.called) == (True, False)
    assert desk.funds.assess(5) is None
    assert desk.funds.liquidations(5, lambda _: None) == []
    assert desk.funds.liquidation_price(AAA) is None


FIGURES = (
    "settled_cash", "buying_power", "regt_equity", "regt_margin", "initial_margin",
    "maintenance_margin", "available_funds", "excess_liquidity",
)  # fmt: skip


def test_an_unlimited_account_refuses_nothing() -> None:
    desk = account(UnlimitedAccount(), 1_000)
    desk.check(AAA, 1_000_000, 1_000)
    desk.check(AAA, -1_000_000, 1_000)
    assert desk.affordable(AAA, 1_000_000, 1_000) == "1000000"
    desk.claim(AAA, 1_000_000, 1_000)
    desk.fill(AAA, 100, 100)
    assert (desk.funds.limited, desk.funds.called) == (False, False)
    assert {name: desk.figure(name) for name in FIGURES} == {
        "settled_cash": "-9000.00",
        "buying_power": "None",
        "regt_equity": "-9000.00",
        "regt_margin": "None",
        "initial_margin": "None",
        "maintenance_margin": "None",
        "available_funds": "-9000.00",
        "excess_liquidity": "-9000.00",
    }


@pytest.mark.parametrize(
    ("price", "is_buy", "limit", "stop", "expected"),
    [
        (100, True, None, None, 100),
        (100, True, 90, None, 90),
        (100, True, 110, None, 110),
        (100, True, None, 105, 105),
        (100, True, None, 95, 100),
        (100, True, 110, 105, 110),
        (100, False, None, None, 100),
        (100, False, 110, None, 110),
        (100, False, 90, None, 100),
        (100, False, None, 95, 100),
        (100, False, 108, 95, 108),
    ],
)
def test_the_price_that_an_order_counts_with(
    price: int, is_buy: bool, limit: int | None, stop: int | None, expected: int
) -> None:
    assert expected_price(price, is_buy=is_buy, limit=limit, stop=stop) == expected


@pytest.mark.parametrize("name", ["unlimited", "cash", "margin"])
def test_account_types_by_name(name: str) -> None:
    kind = account_type(name)
    assert kind.name == name
    assert account_type(kind) is kind
    assert isinstance(kind.open(account(kind).book.ledger), Funds)


@pytest.mark.parametrize(
    "make",
    [
        lambda: CashAccount(-1),
        lambda: CashAccount(1.5),  # type: ignore[arg-type]
        lambda: CashAccount(True),
        lambda: CashAccount({"bond": 1}),
        lambda: CashAccount({"equity": "2"}),  # type: ignore[dict-item]
        lambda: CashAccount(on_refusal="log"),  # type: ignore[arg-type]
        lambda: account_type("credit"),
        lambda: account_type(5),  # type: ignore[arg-type]
    ],
)
def test_impossible_arguments(make: Any) -> None:
    with pytest.raises(InvalidArgument):
        make()


def test_runs_share_nothing() -> None:
    kind = CashAccount(on_refusal="fail")
    one, other = account(kind, 1_000), account(kind, 1_000)
    one.fill(AAA, 10, 100)
    one.fill(AAA, -10, 100)
    assert one.figure("settled_cash") == "0.00"
    assert other.figure("settled_cash") == "1000.00"
    assert (one.funds.on_refusal, CashAccount().on_refusal) == ("fail", "reject")


@pytest.mark.parametrize(
    "kind",
    [
        UnlimitedAccount(),
        CashAccount({"equity": 2}, allow_unsettled=True, on_refusal="fail"),
        MarginAccount(RegT("0.6"), calls=CallPolicy(grace_bars=3), settlement_days=0,
                      pattern_day_trader=True, on_refusal="fail"),
    ],
    ids=lambda kind: kind.name,
)  # fmt: skip
def test_an_account_type_is_made_again_of_its_arguments(kind: Any) -> None:
    again = type(kind)(**kind.arguments())
    assert again.arguments() == kind.arguments()
    assert repr(again) == repr(kind)


def test_account_types_show_themselves() -> None:
    assert repr(UnlimitedAccount()) == "UnlimitedAccount()"
    assert repr(CashAccount(2)).startswith("CashAccount(settlement_days={'equity': 2,")
