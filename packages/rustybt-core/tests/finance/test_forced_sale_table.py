"""Which positions a margin call sells first, and how much of them: a table worked out by hand.

A position is written ``AAA:200@100>60``: 200 bought at 100, now at 60. Equity is the capital and
what all positions have gained; of the position that is sold in part as many lots are kept as the
equity, less what the others need, carries.
"""

from decimal import Decimal
from typing import Any

import pytest
from finance.account_desk import Account, account
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, NYSE, OIL, SAP
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Asset, Equity
from rustybt.finance.account_types import CallPolicy, MarginAccount
from rustybt.finance.margin import (
    ByAssetClass,
    CryptoCross,
    FutureMargins,
    MarginModel,
    PortfolioPercent,
    RegT,
)
from rustybt.values import Arithmetic, Ratio

CASES = table(__file__, "forced_sale_cases.csv")
CCC = Equity(sid=20, symbol="CCC", exchange_info=NYSE)
ASSETS: dict[str, Asset] = {
    "AAA": AAA, "BBB": BBB, "CCC": CCC, "SAP": SAP, "OIL": OIL, "COIN": COIN,
}  # fmt: skip
MODELS: dict[str, MarginModel] = {
    "half": PortfolioPercent("0.5", "0.25"),
    "RegT": RegT(),
    "futures": ByAssetClass({"equity": RegT(), "future": FutureMargins({"CLF21": (1000, 800)})}),
    "cross": CryptoCross("0.1", leverage=5),
}


def desk_of(row: Row, arithmetic: Arithmetic) -> Account:
    choices: dict[str, Any] = {name: row[name] for name in ("sale_order", "restored_to")}
    kind = MarginAccount(MODELS[row["model"]], calls=CallPolicy(**choices))
    desk = account(kind, row["capital"], arithmetic)
    if row["rate"]:
        rate = Ratio.parse(row["rate"])
        desk.book.ledger.rates = lambda currency, base: rate
    marks = {}
    for text in row["positions"].split():
        symbol, _, numbers = text.partition(":")
        amount, _, prices = numbers.partition("@")
        entry, _, mark = prices.partition(">")
        desk.fill(ASSETS[symbol], amount, entry)
        marks[ASSETS[symbol]] = mark
    for asset, mark in marks.items():
        desk.book.mark(asset, mark)
    return desk


def check(row: Row, arithmetic: Arithmetic) -> None:
    desk = desk_of(row, arithmetic)
    call = desk.assess()
    if not row["sold"]:
        assert call is None
        return
    assert call is not None
    number = arithmetic.amount_value
    found = [(sale.asset, round(Decimal(str(number(sale.amount))), 8)) for sale in call.sales]
    names = [ASSETS[name] for name in row["sold"].split()]
    assert found == list(zip(names, decimals(row["amounts"]), strict=True))
    for asset, amount in found:
        price = arithmetic.price_value(desk.book.ledger.positions[asset].last_price)
        desk.fill(asset, amount, price)
    assert desk.assess() is None


@pytest.mark.parametrize(
    **column(CASES, labels=("model", "sale_order", "restored_to", "capital", "positions", "rate"))
)
def test_what_is_sold(row: Row) -> None:
    """After the sales at the marks there is no call any more."""
    assert not row["how"] or agree(row, "amounts")
    check(row, DECIMAL)
    if row["numbers"] == "both":  # floats may be off by a bit, and a lot, where it is equal
        check(row, FLOAT)
