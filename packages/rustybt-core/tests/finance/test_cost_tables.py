"""Costs of trades against tables worked out by hand: commission and slippage of every model."""

from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Any

import pytest
from cost_stubs import AAA, BTC, CL, EUR, Bar, Fill, Order
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Asset
from rustybt.finance import commission, slippage
from rustybt.finance.slippage import SlippageModel, SquareRootImpact
from rustybt.values import KERNEL_CONTEXT

ASSETS: dict[str, Asset] = {"AAA": AAA, "BTC": BTC, "CL": CL, "EUR": EUR}
JUNE = datetime(2020, 6, 1, 16, tzinfo=UTC)
COMMISSIONS = table(__file__, "commission_cases.csv")
TIERS = table(__file__, "tiered_cases.csv")
SLIPPAGES = table(__file__, "slippage_cases.csv")

# ------------------------------------------------------------------ commission


def fills(row: Row) -> list[list[str]]:
    """Amount and price of each fill."""
    return [fill.split("@") for fill in row["fills"].split()]


def charges(model: Any, row: Row, number: Any, *, one_order: bool) -> list[Any]:
    """What each fill is charged; they are of one order, or each is an order of its own."""
    asset = ASSETS[row.get("asset") or "AAA"]
    limit = number(row["limit"]) if row.get("limit") else None
    total = sum((number(amount) for amount, _ in fills(row)), number(0))
    order = Order(asset, total, number(0), number(0), limit)
    answers = []
    with localcontext(KERNEL_CONTEXT):
        for amount, price in fills(row):
            if not one_order:
                order = Order(asset, number(amount), number(0), number(0), limit)
            fill = Fill(number(amount), number(price), JUNE)
            answers.append(model.calculate(order, fill))
            model.record(order, fill)
            order.filled += fill.amount
            order.commission += answers[-1]
    return answers


def check(row: Row, make: Any, *, one_order: bool) -> None:
    assert agree(row, "charges")
    expected = decimals(row["charges"])
    assert charges(make(), row, Decimal, one_order=one_order) == expected
    floats = charges(make(), row, float, one_order=one_order)
    assert floats == pytest.approx(list(map(float, expected)), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    **column(COMMISSIONS, labels=("model", "arguments", "asset", "limit", "fills"))
)
def test_commissions(row: Row) -> None:
    arguments = [None if text == "-" else text for text in row["arguments"].split()]
    check(row, lambda: getattr(commission, row["model"])(*arguments), one_order=True)


@pytest.mark.parametrize(**column(TIERS, labels=("mode", "by", "bounds", "tiers", "fills")))
def test_tiers(row: Row) -> None:
    tiers: Any = [tuple(tier.split(":")) for tier in row["tiers"].split()]
    bounds: dict[str, Any]
    bounds = dict(zip(("min_trade_cost", "max_trade_cost"), row["bounds"].split(), strict=False))
    by: Any = row["by"]
    mode: Any = row["mode"]
    check(row, lambda: commission.Tiered(tiers, by, mode, **bounds), one_order=False)


# ------------------------------------------------------------------ slippage

#: Returns of 0.1, -0.1 and 0, whose sample deviation is 0.1; a mean volume of 400.
THREE_RETURNS = (100, 110, 99, 99, 1), (300, 500, 400, 400, 7)
#: Closes of 100 and 110 in turn, and a volume of 400, before today.
ZIGZAG = (*([100, 110] * 10), 1), (*[400] * 20, 1)


def market(row: Row, number: Any) -> Bar:
    """The bar of a row: its close, or its high and low; and the history of models that look."""
    *prices, volume = row["bar"].split()
    names = ("close",) if len(prices) == 1 else ("high", "low")
    values = {name: number(price) for name, price in zip(names, prices, strict=True)}
    closes, volumes = THREE_RETURNS if row["model"] == "SquareRootImpact" else ZIGZAG
    past = {"close": list(map(number, closes)), "volume": list(map(number, volumes))}
    return Bar({**values, "volume": number(volume[1:])}, past)


def model_of(row: Row) -> SlippageModel:
    arguments = row["arguments"].split()
    if row["model"] == "SquareRootImpact":
        return SquareRootImpact(arguments[0], volume_limit=1, sessions=4)
    made: SlippageModel = getattr(slippage, row["model"])(*arguments)
    return made


@pytest.mark.parametrize(
    **column(SLIPPAGES, labels=("model", "arguments", "asset", "order", "bar", "taken"))
)
def test_slippage(row: Row) -> None:
    assert agree(row, "price", places=20 if "sqrt" in row["how"] else 16)
    for number, slack in ((Decimal, "1e-15"), (float, 1e-12)):
        model, asset = model_of(row), ASSETS[row["asset"]]
        model.volume_for_bar = number(row["taken"])
        with localcontext(KERNEL_CONTEXT):
            outcome: Any = model.process_order(
                market(row, number), Order(asset, number(row["order"]), number(0))
            )
        price, amount = outcome
        assert amount == number(row["amount"])
        assert price == pytest.approx(number(row["price"]), rel=number(slack))
        if "/" not in row["how"].replace("/ 10000", "").replace("/ 2", ""):
            assert number is float or price == Decimal(row["price"])


@pytest.mark.parametrize(
    ("amount", "close", "limit", "price"),
    [
        # A bar from 100 to 102 whose history is flat: the middle is 101, the impact is nothing.
        ("5", "100.50", None, "101"),
        ("5", "101", None, "101"),
        ("5", "101.50", None, "101.50"),  # the middle would be better than the close
        ("5", "102", None, "102"),
        ("-5", "101.50", None, "101"),
        ("-5", "100.50", None, "100.50"),
        ("-5", "100", None, "100"),
        # No better than the close is no better than the limit either.
        ("5", "101.50", "101.20", None),
        ("5", "101.50", "101.50", "101.50"),
        ("-5", "100.50", "100.80", None),
        ("-5", "100.50", "100.50", "100.50"),
    ],
)
def test_under_standard_rules_the_impact_on_futures_never_betters_the_close(
    amount: str, close: str, limit: str | None, price: str | None
) -> None:
    model = slippage.VolatilityVolumeShare("0.5")
    bar = {"high": "102", "low": "100", "close": close, "volume": "1000"}
    flat = {"close": [Decimal(100)] * 21, "volume": [Decimal(400)] * 21}
    market = Bar({name: Decimal(value) for name, value in bar.items()}, flat)
    order = Order(CL, Decimal(amount), limit=None if limit is None else Decimal(limit))
    middle = None if limit is not None and order.direction * (101 - Decimal(limit)) > 0 else 101
    with localcontext(KERNEL_CONTEXT):
        assert model.process_order(market, order)[0] == middle  # as zipline
        model.follow(zipline=False)
        found, size = model.process_order(market, order)
    expected = (None, None) if price is None else (Decimal(price), Decimal(amount))
    assert (found, size) == expected
