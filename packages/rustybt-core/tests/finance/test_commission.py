"""Commission models: tables computed by hand, zipline's answers, and what constructors refuse."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cost_stubs import AAA, BTC, CL, NYSE, Fill, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity, Future
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance import commission
from rustybt.finance.commission import (
    CommissionModel,
    MakerTaker,
    NoCommission,
    PerContract,
    PerDollar,
    PerFutureTrade,
    PerShare,
    PerTrade,
)

RECORDED = json.loads(Path(__file__).parents[1].joinpath("data/zipline_costs.json").read_text())


def charges(model: CommissionModel, asset: Asset, fills: list[tuple[str, str]]) -> list[Decimal]:
    """The commission of each fill of one order, given as amounts and prices."""
    order = Order(asset, Decimal(1000), Decimal(0), Decimal(0))
    answers = []
    for amount, price in fills:
        charge = model.calculate(order, Fill(Decimal(amount), Decimal(price)))
        order.filled += Decimal(amount)
        order.commission += charge
        answers.append(charge)
    return answers


@pytest.mark.parametrize(
    ("model", "fills", "expected"),
    [
        (NoCommission(), ["100"], ["0"]),
        (PerShare(), ["100", "50"], ["0.1", "0.05"]),
        (PerShare(), ["-100", "-50"], ["0.1", "0.05"]),
        (PerShare("0.01"), ["33"], ["0.33"]),
        # The first fill pays the minimum, the second brings the total to 0.75 < 1: nothing; the
        # third to 1.25: a quarter.
        (PerShare(0.005, 1), ["100", "50", "100"], ["1", "0", "0.25"]),
        (PerShare(0.005, 1), ["300", "50"], ["1.5", "0.25"]),
        (PerTrade("4.95"), ["10", "20"], ["4.95", "0"]),
        (PerDollar(), ["1000"], ["15"]),  # 0.0015 x 10 x 1000
        (PerDollar(0.01), ["-1000", "-1"], ["100", "0.1"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_equities(model: CommissionModel, fills: list[str], expected: list[str]) -> None:
    answers = charges(model, AAA, [(amount, "10") for amount in fills])
    assert answers == [Decimal(text) for text in expected]


@pytest.mark.parametrize(
    ("model", "fills", "expected"),
    [
        (PerContract(0.85, 1.5), ["2", "3"], ["3.2", "2.55"]),
        (PerContract("0.85", "1.5", "10"), ["2", "3", "10"], ["10", "0", "4.25"]),
        (PerContract({"CL": 1}, {"CL": 2}), ["2"], ["4"]),
        (PerContract({"ES": 1}, {"ES": 2}), ["2"], ["3.2"]),  # 0.85 and the table's 1.50
        (PerFutureTrade(3), ["2", "3"], ["3", "0"]),
        (PerFutureTrade({"CL": 2.5}), ["2", "3"], ["2.5", "0"]),
        (PerFutureTrade({"ES": 2.5}), ["2", "3"], ["1.5", "0"]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_futures(model: CommissionModel, fills: list[str], expected: list[str]) -> None:
    answers = charges(model, CL, [(amount, "60") for amount in fills])
    assert answers == [Decimal(text) for text in expected]


def test_a_root_symbol_without_a_fee_is_an_error() -> None:
    unknown = Future(sid=9, symbol="ZZF20", exchange_info=NYSE, root_symbol="ZZ")
    with pytest.raises(InvalidArgument, match="'ZZ'; give a number for this root symbol"):
        charges(PerContract(1, {"CL": 1}), unknown, [("1", "60")])


@pytest.mark.parametrize(("limit", "expected"), [(Decimal(10), "0.4"), (None, "1")])
def test_a_limit_price_makes_a_maker(limit: Decimal | None, expected: str) -> None:
    model = MakerTaker(maker="0.0004", taker="0.001")
    order = Order(BTC, Decimal(-5), Decimal(0), Decimal(0), limit)
    assert model.calculate(order, Fill(Decimal("-0.025"), Decimal(40_000))) == Decimal(expected)


@pytest.mark.parametrize("kind", [float, lambda number: Decimal(repr(number))])
@pytest.mark.parametrize("case", RECORDED["commission"], ids=lambda case: f"{case['model']}")
def test_zipline_charges_the_same(case: dict[str, Any], kind: Any) -> None:
    model = getattr(commission, case["model"])(**case["arguments"])
    asset = CL if "Contract" in case["model"] or "Future" in case["model"] else AAA
    for fills, expected in zip(RECORDED["orders"], case["charges"], strict=True):
        order = Order(asset, kind(1000), kind(0), kind(0))
        for (amount, price), charge in zip(fills, expected, strict=True):
            answer = model.calculate(order, Fill(kind(amount), kind(price)))
            assert float(answer) == pytest.approx(charge, rel=1e-12, abs=1e-12)
            order.filled += kind(amount)
            order.commission += answer


def test_decimals_in_decimals_out_floats_in_floats_out() -> None:
    for model in (NoCommission(), PerShare(), PerTrade(), PerDollar(), MakerTaker()):
        for number in (Decimal, float):
            order = Order(AAA, number(1), number(0), number(0))
            assert isinstance(model.calculate(order, Fill(number(1), number(10))), number)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: PerShare(-0.001), InvalidArgument),
        (lambda: PerShare(min_trade_cost=-1), InvalidArgument),
        (lambda: PerTrade(float("inf")), InvalidNumber),
        (lambda: PerDollar("free"), InvalidNumber),
        (lambda: PerContract({"CL": -1}, 0), InvalidArgument),
        (lambda: MakerTaker(taker="none"), InvalidNumber),
    ],
)
def test_impossible_arguments_are_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_the_message_names_field_and_value() -> None:
    with pytest.raises(InvalidArgument, match=r"cost was -0.001; give zero or more"):
        PerShare(-0.001)


def test_which_assets_a_model_charges_for() -> None:
    assert PerShare.allowed_asset_types == (Equity,)
    assert PerContract.allowed_asset_types == (Future,)
    assert PerFutureTrade.allowed_asset_types == (Future,)
    assert PerDollar.allowed_asset_types == (Equity, Cryptocurrency, CurrencyPair)
    assert PerTrade.allowed_asset_types == MakerTaker.allowed_asset_types == (Asset,)


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (PerShare(), "PerShare(cost_per_share=0.001, min_trade_cost=0)"),
        (PerTrade(5), "PerTrade(cost_per_trade=5)"),
        (PerDollar(), "PerDollar(cost_per_dollar=0.0015)"),
        (
            PerContract(0.85, {"CL": 1}),
            "PerContract(cost_per_contract=0.85, exchange_fee=<varies>, min_trade_cost=0)",
        ),
        (PerFutureTrade(2), "PerFutureTrade(cost_per_trade=2)"),
        (NoCommission(), "NoCommission()"),
        (MakerTaker(), "MakerTaker(maker=0.001, taker=0.001)"),
    ],
)
def test_a_model_shows_its_arguments(model: CommissionModel, text: str) -> None:
    assert repr(model) == text


@given(
    amounts=st.lists(st.integers(1, 10_000), min_size=1, max_size=8),
    cost=st.decimals("0", "1", places=4),
    fee=st.decimals("0", "5", places=2),
    minimum=st.decimals("0", "100", places=2),
)
def test_an_order_pays_units_and_fee_or_the_minimum(
    amounts: list[int], cost: Decimal, fee: Decimal, minimum: Decimal
) -> None:
    answers = charges(PerContract(cost, fee, minimum), CL, [(str(n), "60") for n in amounts])
    total = max(minimum, sum(amounts) * cost + fee)
    assert all(charge >= 0 for charge in answers)
    if answers[0] > 0:
        assert sum(answers) == total
