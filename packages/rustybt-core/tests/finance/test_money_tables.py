"""Nights, margin, calls, liquidations and settlement against tables worked out by hand."""

from datetime import date
from decimal import Decimal, localcontext

import pytest
from cost_stubs import AAA as SHARE
from finance.account_desk import account
from finance.books import AAA, BBB, COIN, NYSE, OIL
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Asset, CurrencyPair, Future
from rustybt.finance import margin
from rustybt.finance.account_types import CashAccount, MarginAccount
from rustybt.finance.borrow import BorrowRates
from rustybt.finance.financing import OvernightFinancing, SwapPoints
from rustybt.finance.margin import (
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    MarginModel,
    MarginPosition,
)
from rustybt.values import KERNEL_CONTEXT

NIGHTS = table(__file__, "night_cases.csv")
SWAPS = table(__file__, "swap_cases.csv")
MARGINS = table(__file__, "margin_cases.csv")
CALLS = table(__file__, "call_cases.csv")
LIQUIDATIONS = table(__file__, "liquidation_cases.csv")
SETTLEMENTS = table(__file__, "settlement_cases.csv")

PAIR = CurrencyPair(sid=22, symbol="EUR/USD", exchange_info=NYSE)
CL = Future(
    sid=12,
    symbol="CLZ24",
    exchange_info=NYSE,
    root_symbol="CL",
    price_multiplier=Decimal(1000),
)
ASSETS: dict[str, Asset] = {
    "AAA": AAA, "BBB": BBB, "COIN": COIN, "OIL": OIL, "PAIR": PAIR, "CL": CL,
}  # fmt: skip


def days(row: Row) -> dict[str, date]:
    return {name: date.fromisoformat(row[name]) for name in ("since", "until")}


# ------------------------------------------------------------------ over night


@pytest.mark.parametrize(**column(NIGHTS, labels=("what", "rates", "day_count", "money", "since")))
def test_what_a_night_costs(row: Row) -> None:
    """Simple interest by calendar days, over weekends, holidays and leap days."""
    assert agree(row, "charge")
    (expected,) = decimals(row["charge"])
    rates, day_count = row["rates"].split(), int(row["day_count"])
    for number in (Decimal, float):
        money = number(row["money"])
        if row["what"] == "borrow":
            lender = BorrowRates({"AAA": rates[0]}, day_count=day_count)
            found = lender.fee(SHARE, money, **days(row))
        else:
            bank = OvernightFinancing(*rates, day_count=day_count)
            found = bank.interest(money, "USD", **days(row))
        if number is Decimal:
            assert found == expected
        assert float(found) == pytest.approx(float(expected), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(**column(SWAPS, labels=("pair", "amount", "since", "until")))
def test_what_a_roll_costs(row: Row) -> None:
    """Points x pip x nights of value: two business days after the trade, one for USD/CAD."""
    assert agree(row, "swap")
    points = SwapPoints(
        {
            "EUR/USD": ("-0.7", "0.3"),
            "USD/JPY": ("1.2", "-1.5"),
            "USD/CAD": ("-0.2", "-0.1"),
            "GBP/USD": ("0.15", "-0.55"),
        }
    )
    pair = CurrencyPair(sid=11, symbol=row["pair"], exchange_info=NYSE)
    assert points.swap(pair, Decimal(row["amount"]), **days(row)) == Decimal(row["swap"])
    found = points.swap(pair, float(row["amount"]), **days(row))
    assert found == pytest.approx(float(row["swap"]), rel=1e-12)


# ------------------------------------------------------------------ margin


def model_of(row: Row) -> MarginModel:
    arguments = row["arguments"].split()
    if row["model"] == "FutureMargins":
        initial, keep = arguments
        return FutureMargins({"CL": (initial, keep)})
    if row["model"] == "CryptoCross":
        *tiers, leverage = arguments
        parsed = [(int(start), rate) for start, rate in (tier.split(":") for tier in tiers)]
        return CryptoCross(parsed, leverage=leverage)
    made: MarginModel = getattr(margin, row["model"])(*arguments)
    return made


@pytest.mark.parametrize(
    **column(MARGINS, labels=("model", "arguments", "asset", "amount", "price"))
)
def test_requirements(row: Row) -> None:
    assert agree(row, "requirements")
    expected = decimals(row["requirements"])
    model, asset = model_of(row), ASSETS[row["asset"]]
    for number in (Decimal, float):
        amount, price = number(row["amount"]), number(row["price"])
        multiplier = number(asset.price_multiplier)
        held = MarginPosition(asset, amount, price, multiplier, asset.currency)
        with localcontext(KERNEL_CONTEXT):
            found = model.position(held)
        if number is Decimal:
            assert list(found) == expected
        assert list(map(float, found)) == pytest.approx(list(map(float, expected)), rel=1e-12)


@pytest.mark.parametrize(
    **column(CALLS, labels=("model", "arguments", "capital", "amount", "price"))
)
def test_the_price_of_a_call(row: Row) -> None:
    """Longs: debit / (amount x (1 - rate)); shorts: equity and proceeds / (amount x (1 + rate))."""
    model = getattr(margin, row["model"])(*row["arguments"].split())
    desk = account(MarginAccount(model), int(row["capital"]))
    desk.fill(AAA, row["amount"], row["price"])
    for price, called in ((row["enough"], False), (row["too_little"], True)):
        desk.book.mark(AAA, price)
        assert (desk.assess() is not None) is called


@pytest.mark.parametrize(
    **column(LIQUIDATIONS, labels=("leverage", "maintenance", "size", "entry"))
)
def test_the_price_of_a_liquidation(row: Row) -> None:
    """Of a position opened at once: entry x (1 -+ 1 / leverage) / (1 -+ maintenance)."""
    assert agree(row, "prices", places=8)
    model = CryptoIsolated(row["leverage"], row["maintenance"])
    size, entry = Decimal(row["size"]), Decimal(row["entry"])
    with localcontext(KERNEL_CONTEXT):
        aside = abs(size) * entry / Decimal(row["leverage"])
        found = [
            getattr(model, name)(size, entry, aside)
            for name in ("liquidation_price", "bankruptcy_price")
        ]
    assert [round(price, 8) for price in found] == decimals(row["prices"])


# ------------------------------------------------------------------ settlement


@pytest.mark.parametrize(**column(SETTLEMENTS, labels=("settlement", "sold")))
def test_when_proceeds_settle(row: Row) -> None:
    """Settled cash after the trades of each of six sessions."""
    assert agree(row, "settled")
    asset, capital = ASSETS[row["asset"]], int(row["capital"])
    kind, count = row["settlement"].split(":")
    desk = account(CashAccount({kind: int(count)}), capital)
    desk.fill(asset, *row["bought"].split("@"))
    sales = [sale.split(":") for sale in row["sold"].split()]
    found = []
    for session in range(6):
        for _, sale in (each for each in sales if int(each[0]) == session):
            amount, price = sale.split("@")
            desk.fill(asset, f"-{amount}", price)
        found.append(Decimal(desk.figure("settled_cash")))
        desk.next_session()
    assert found == decimals(row["settled"])
