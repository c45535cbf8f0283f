"""Margin calls: when they come, what they say, and what is sold."""

from typing import Any

import pytest
from finance.account_desk import Account, account
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, OIL

from rustybt.assets import Asset, Equity, ExchangeInfo
from rustybt.finance.account_types import BarRange, CallPolicy, Liquidation, MarginAccount
from rustybt.finance.margin import (
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    PortfolioPercent,
    RegT,
)
from rustybt.values import Ratio

SAP = Equity(sid=21, symbol="SAP", exchange_info=ExchangeInfo("Xetra"), currency="EUR")


def holding(
    *trades: tuple[Asset, object, object], capital: int, model: Any = None, **policy: Any
) -> Account:
    desk = account(MarginAccount(model or RegT(), calls=CallPolicy(**policy)), capital)
    for asset, amount, price in trades:
        desk.fill(asset, amount, price)
    return desk


# ---------------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("model", "capital", "amount", "opened", "just_enough", "too_little"),
    [
        # open-exam-prep.com, "Margin calculations": a debit of 10,000 is called below 13,333 of
        # market value, 10,000 / 0.75.
        (RegT(), 10_000, 200, 100, "66.67", "66.66"),
        # studystack.com, "Margin accounts": 15,000 with a debit of 7,500 may fall to 10,000.
        (RegT(), 7_500, 1_000, 15, "10.00", "9.99"),
        # Bodie, Kane and Marcus, example 3.2: 100 shares at 100 with 6,000, maintenance 30 %:
        # 57.14.
        (RegT("0.6", "0.3"), 6_000, 100, 100, "57.15", "57.14"),
        # Ross, Westerfield and Jordan: 300 shares, 6,600 borrowed, maintenance 40 %: 36.67.
        (PortfolioPercent("0.5", "0.4"), 11_400, 300, 60, "36.67", "36.66"),
        # Bodie, Kane and Marcus, example 3.4: 1,000 short at 100 with 50,000, 30 %: 115.38.
        (RegT(), 50_000, -1_000, 100, "115.38", "115.39"),
        # analystforum.com: a short at 50 with 40 %, maintenance 30 %: 53.85.
        (PortfolioPercent("0.4", "0.3"), 2_000, -100, 50, "53.84", "53.85"),
        # wizedu.com: 100 short at 49 with 50 %, maintenance 25 %: 58.80 is the limit.
        (PortfolioPercent("0.5", "0.25"), 2_450, -100, 49, "58.80", "58.81"),
        # The same with tutorsglobe.com's 500 shares at 45: 54.00.
        (PortfolioPercent("0.5", "0.25"), 11_250, -500, 45, "54.00", "54.01"),
    ],
)
def test_the_price_of_a_call(
    model: Any, capital: int, amount: int, opened: int, just_enough: str, too_little: str
) -> None:
    for arithmetic in (DECIMAL, FLOAT):
        desk = account(MarginAccount(model), capital, arithmetic)
        desk.fill(AAA, amount, opened)
        assert desk.assess() is None
        if arithmetic is DECIMAL:  # to the cent; floats may be off by a bit where it is equal
            desk.book.mark(AAA, just_enough)
            assert desk.assess() is None
        desk.book.mark(AAA, too_little)
        assert desk.assess() is not None


@pytest.mark.parametrize(
    ("price_change", "called"),
    # wizedu.com: crude oil at 31.50, contracts of 10,000 barrels, 8,000 to open and 6,000 to
    # keep: a fall of 0.20 leads to the call.
    [("-0.19", False), ("-0.20", False), ("-0.21", True)],
)
def test_the_price_of_a_call_of_futures(price_change: str, called: bool) -> None:
    oil = type(OIL)(
        sid=30, symbol="CLQ9", exchange_info=OIL.exchange_info, root_symbol="CL",
        price_multiplier=10 * OIL.lot_size * 1000,
    )  # fmt: skip
    desk = holding((oil, 1, "31.50"), capital=8_000, model=FutureMargins({"CL": (8000, 6000)}))
    number = DECIMAL.price("31.50") + DECIMAL.price(price_change)
    desk.book.ledger.mark(oil, number, desk.book.tick())
    assert (desk.assess() is not None) is called


def test_what_a_call_says() -> None:
    # open-exam-prep.com: LMV 12,000, DR 10,000, EQ 2,000: the call is for 1,000.
    desk = holding((AAA, 200, 100), capital=10_000)
    desk.book.mark(AAA, 60)
    call = desk.assess()
    assert call is not None
    money = desk.book.money
    assert (call.currency, call.forced, call.since) == ("USD", True, call.at)
    assert money(call.equity) == "2000.00"
    assert money(call.requirement) == "3000.00"
    assert money(call.deficit) == "1000.00"
    assert call.text(DECIMAL) == (
        "equity of 2000.00 USD is 1000.00 USD below the maintenance requirement of "
        "3000.00 USD; forced trades: -134 AAA"
    )


def test_nothing_is_called_without_positions_or_with_enough() -> None:
    desk = holding(capital=100)
    assert desk.assess() is None
    desk.book.charge(AAA, 500)
    assert desk.assess() is None  # in debt, but there is nothing to sell
    assert desk.funds.called


# ---------------------------------------------------------------------- grace


def test_at_once_unless_there_is_a_grace() -> None:
    desk = holding((AAA, 200, 100), capital=10_000, grace_bars=2)
    desk.book.mark(AAA, 60)
    first = desk.assess()
    assert first is not None
    assert (first.forced, "would be: -134 AAA" in first.text(DECIMAL)) == (False, True)
    found = [desk.assess() for _ in range(3)]
    assert [call and (call.since, call.forced) for call in found] == [
        (first.at, False), (first.at, True), (first.at, True),
    ]  # fmt: skip


def test_a_call_that_was_met_begins_anew() -> None:
    desk = holding((AAA, 200, 100), capital=10_000, grace_bars=1)
    desk.book.mark(AAA, 60)
    first = desk.assess()
    desk.book.mark(AAA, 90)
    assert desk.assess() is None
    desk.book.mark(AAA, 60)
    again = desk.assess()
    assert first is not None
    assert again is not None
    assert (again.since > first.since, again.forced) == (True, False)


def test_a_grace_of_sessions() -> None:
    desk = holding((AAA, 200, 100), capital=10_000, grace_sessions=2, grace_bars=1)
    desk.book.mark(AAA, 60)
    forced = []
    for _ in range(3):
        for _ in range(2):
            call = desk.assess()
            assert call is not None
            forced.append(call.forced)
        desk.next_session()
    assert forced == [False, False, False, False, True, True]


# ---------------------------------------------------------------------- what is sold


@pytest.mark.parametrize(
    ("restored_to", "sold"),
    [
        # 2,000 of equity at 60 carry 4,000 of stock to open (66 shares), 8,000 to keep (133).
        ("initial", "-134"),
        ("maintenance", "-67"),
    ],
)
def test_no_more_is_sold_than_is_needed(restored_to: Any, sold: str) -> None:
    desk = holding((AAA, 200, 100), capital=10_000, restored_to=restored_to)
    desk.book.mark(AAA, 60)
    assert desk.sales() == {AAA: sold}
    desk.fill(AAA, sold, 60)
    assert desk.assess() is None


def test_shorts_are_covered() -> None:
    desk = holding((AAA, -1000, 100), capital=50_000, restored_to="maintenance")
    desk.book.mark(AAA, 120)  # 30,000 against 36,000; 833 shares are kept with 29,988
    assert desk.sales() == {AAA: "167"}


def test_coins_are_sold_in_their_lots() -> None:
    desk = holding((COIN, 1, 30_000), capital=6_000, model=CryptoCross("0.1", leverage=5))
    desk.book.mark(COIN, 26_000)  # 2,000 against 2,600; 2,000 x 5 / 26,000 are kept
    assert desk.sales() == {COIN: "-0.61538462"}


def test_everything_is_sold_where_nothing_less_does() -> None:
    desk = holding((AAA, 150, 100), (BBB, 50, 100), capital=10_000)
    desk.book.mark(AAA, 20)
    assert desk.sales() == {AAA: "-150", BBB: "-50"}  # -2,000 of equity


def three(**policy: Any) -> Account:
    """Shares worth 6,000, 3,000 and 4,000 in order of opening, with losses; 2,500 of equity."""
    desk = holding(
        (BBB, 100, 50), (AAA, 100, 80), (SAP, 40, 100), capital=7_500, model=RegT(), **policy
    )
    desk.book.ledger.rates = lambda currency, base: Ratio(1)
    desk.book.mark(BBB, 30)
    desk.book.mark(AAA, 60)
    desk.book.mark(SAP, 75)
    return desk


@pytest.mark.parametrize(
    ("order", "sold"),
    [
        # Values 3,000, 6,000, 3,000; losses 2,000, 2,000, 1,000; equity 2,500 carries 5,000.
        ("requirement", {AAA: "-100", BBB: "-34"}),
        ("loss", {BBB: "-100", AAA: "-67"}),  # of the same loss the one opened first
        ("oldest", {BBB: "-100", AAA: "-67"}),
    ],
)
def test_the_order_of_sale(order: Any, sold: dict[Asset, str]) -> None:
    desk = three(sale_order=order)
    assert (desk.book.value, desk.figure("maintenance_margin")) == ("2500.00", "3000.00")
    found = desk.sales()
    assert found == sold
    assert list(found) == list(sold)
    for asset, amount in found.items():
        desk.fill(asset, amount, desk.arithmetic.price_value(_mark(desk, asset)))
    assert desk.assess() is None
    assert not desk.figure("available_funds").startswith("-")


def _mark(desk: Account, asset: Asset) -> Any:
    return desk.book.ledger.positions[asset].last_price


def test_the_largest_loss_is_sold_first_whatever_it_requires() -> None:
    desk = three(sale_order="loss")
    desk.book.mark(SAP, 60)  # 1,600 lost
    desk.book.mark(BBB, 37)  # 1,300 lost
    desk.book.mark(AAA, 61)  # 1,900 lost
    assert list(desk.sales()) == [AAA, SAP]


def test_the_margin_of_a_multiplied_future_counts_as_loss() -> None:
    desk = holding(
        (AAA, 50, 100), (OIL, 1, 60), capital=5_000, sale_order="loss",
        model=ByAssetClass({"equity": RegT(), "future": FutureMargins()}),
    )  # fmt: skip
    desk.book.mark(AAA, 60)  # 2,000 lost
    desk.book.mark(OIL, 15)  # 45 x 50 lost: 750 of equity against 750 and 75
    assert next(iter(desk.sales())) is OIL


def test_isolated_positions_are_not_sold_for_others() -> None:
    model = ByAssetClass({"equity": RegT(), "crypto": CryptoIsolated(10)})
    desk = holding((COIN, 1, 30_000), (AAA, 140, 100), capital=10_000, model=model)
    desk.book.mark(COIN, 33_000)  # 6,000 stand apart
    desk.book.mark(AAA, 66)  # 2,240 of equity against 2,310
    call = desk.assess()
    assert call is not None
    assert [sale.asset for sale in call.sales] == [AAA]
    assert desk.book.money(call.equity) == "2240.00"


# ---------------------------------------------------------------------- isolated positions


def isolated(
    *trades: tuple[object, object], fee: Any = 0, model: Any = None, asset: Asset = COIN
) -> Account:
    desk = account(MarginAccount(model or CryptoIsolated(10, liquidation_fee=fee)), 10_000)
    for amount, price in trades:
        desk.fill(asset, amount, price)
    return desk


def price_in(desk: Account, asset: Asset = COIN) -> str:
    price = desk.funds.liquidation_price(asset)
    return "None" if price is None else f"{desk.arithmetic.price_value(price):.4f}"


@pytest.mark.parametrize(
    ("trades", "price"),
    [
        ([(1, 100)], "90.4523"),  # 90 / 0.995
        ([(-1, 100)], "109.4527"),  # 110 / 1.005
        ([("0.001", 100)], "90.4523"),
        # Adding averages the entry, and sets aside a tenth of what is added.
        ([(1, 100), (1, 120)], "99.4975"),  # (220 - 22) / (2 x 0.995)
        ([(1, 100), (1, 80)], "81.4070"),
        # Reducing leaves entry and margin of each unit as they are.
        ([(2, 100), (-1, 150)], "90.4523"),
        # Through zero a new position begins.
        ([(1, 100), (-2, 120)], "131.3433"),  # 132 / 1.005
        ([(1, 100), (-1, 120)], "None"),
        ([(1, 100), (-1, 120), (1, 50)], "45.2261"),
        ([], "None"),
    ],
)
def test_liquidation_price_of_a_position(trades: Any, price: str) -> None:
    assert price_in(isolated(*trades)) == price


def test_commissions_do_not_come_out_of_the_margin() -> None:
    desk = isolated()
    desk.fill(COIN, 1, 100, 7)
    assert price_in(desk) == "90.4523"
    assert desk.figure("available_funds") == "9983.00"


def test_a_multiplier_is_part_of_the_size() -> None:
    desk = isolated((2, 60), asset=OIL)
    assert price_in(desk, OIL) == "54.2714"  # 54 / 0.995
    assert desk.figure("available_funds") == "9400.00"


BARS = [
    # trades, open, high, low: price and fee of the liquidation; entry 100, a margin of 10.
    (1, ("100", "101", "90.46"), None),
    (1, ("100", "101", "90.45"), ("90.4523", "0.1809")),
    (1, ("95", "95", "50"), ("90.4523", "0.1809")),
    # A gap fills at the open, but no worse than where the margin is lost, and without a fee
    # that the margin cannot pay.
    (1, ("90.4", "95", "85"), ("90.4000", "0.1808")),
    (1, ("90.1", "95", "85"), ("90.1000", "0.1000")),
    (1, ("70", "72", "69"), ("90.0000", "0.0000")),
    (-1, ("100", "109.45", "99"), None),
    (-1, ("100", "109.46", "99"), ("109.4527", "0.5473")),
    (-1, ("109.5", "115", "105"), ("109.5000", "0.5000")),
    (-1, ("130", "140", "129"), ("110.0000", "0.0000")),
]


@pytest.mark.parametrize(("amount", "bar", "expected"), BARS)
def test_a_bar_that_touches_the_liquidation_price(amount: int, bar: Any, expected: Any) -> None:
    desk = isolated((amount, 100), fee="0.002" if amount > 0 else "0.05")
    bars: dict[Asset, BarRange] = {COIN: desk.bar(*bar)}
    found = desk.funds.liquidations(77, bars.get)
    if expected is None:
        assert found == []
        return
    assert len(found) == 1
    end = found[0]
    shown = desk.arithmetic
    assert (end.asset, shown.amount_value(end.amount), end.currency, end.at) == (
        COIN, -amount, "USD", 77,
    )  # fmt: skip
    found_numbers = f"{shown.price_value(end.price):.4f}", f"{shown.money_value(end.fee):.4f}"
    assert found_numbers == expected


def test_no_more_than_the_margin_is_lost() -> None:
    desk = isolated((1, 100), fee="0.05")
    bars: dict[Asset, BarRange] = {COIN: desk.bar("91", "91", "80")}
    end = desk.funds.liquidations(1, bars.get)[0]
    settle(desk, end)
    assert desk.book.value == "9990.00"  # 9.5477 lost, the fee takes the rest of the 10
    assert desk.funds.liquidations(2, bars.get) == []
    assert desk.figure("available_funds") == "9990.00"


def settle(desk: Account, end: Liquidation) -> None:
    """What an engine does with a liquidation."""
    number = desk.arithmetic
    desk.fill(end.asset, number.amount_value(end.amount), number.price_value(end.price),
              number.money_value(end.fee))  # fmt: skip


def test_an_asset_without_a_bar_is_left_alone() -> None:
    desk = isolated((1, 100))
    assert desk.funds.liquidations(1, lambda _: None) == []


def test_what_no_price_liquidates() -> None:
    desk = isolated((1, 100), model=CryptoIsolated(1))
    assert price_in(desk) == "None"
    bars: dict[Asset, BarRange] = {COIN: desk.bar("1", "1", "0.01")}
    assert desk.funds.liquidations(1, bars.get) == []


def test_isolated_positions_are_not_called() -> None:
    desk = isolated((10, 1000))
    desk.book.mark(COIN, 500)
    assert desk.assess() is None
    assert desk.figure("available_funds") == "5000.00"  # nobody closed it where he should have


def test_larger_positions_set_more_aside() -> None:
    tiers = CryptoIsolated(20, [(0, "0.01"), (1000, "0.2")])
    desk = isolated((1, 1000), model=tiers)
    assert desk.figure("available_funds") == "9950.00"
    desk.fill(COIN, 1, 1000)  # 20 % of what is above 1,000, and 10: more than a twentieth
    assert desk.figure("available_funds") == "9790.00"
    assert price_in(desk) == "1000.0000"
