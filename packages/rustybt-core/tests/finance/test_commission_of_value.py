"""Commissions on the value traded: tables computed by hand, and brokers' published examples."""

from decimal import Decimal, localcontext
from typing import Any

import pytest
from cost_stubs import AAA, BTC, CL, EUR, Fill, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.commission import CommissionModel, MakerTaker, Percentage, PerShare
from rustybt.values import KERNEL_CONTEXT

D = Decimal
LIMIT = D(10)


def charges(
    model: CommissionModel,
    fills: list[tuple[str, str]],
    *,
    asset: Asset = AAA,
    limit: Decimal | None = None,
    order_id: str = "main-1",
    number: Any = Decimal,
) -> list[Any]:
    """What each fill of one order, given as amounts and prices, is charged."""
    amounts = [number(amount) for amount, _ in fills]
    order = Order(asset, sum(amounts), number(0), number(0), limit)
    answers = []
    with localcontext(KERNEL_CONTEXT):
        for amount, (_, price) in zip(amounts, fills, strict=True):
            fill = Fill(amount, number(price), order_id=order_id)
            charge = model.calculate(order, fill)
            model.record(order, fill)
            order.filled += amount
            order.commission += charge
            answers.append(charge)
    return answers


@pytest.mark.parametrize(
    ("bounds", "fills", "expected"),
    [
        # A tenth of a percent.
        ((), [("100", "10")], ["1"]),
        ((), [("-100", "10"), ("-50", "10")], ["1", "0.5"]),
        ((), [("3", "33.33")], ["0.09999"]),
        # Shares and funds on Xetra, Interactive Brokers: 0.1 %, at least 4 EUR, at most 29 EUR.
        (("4", "29"), [("100", "10")], ["4"]),
        (("4", "29"), [("100", "40")], ["4"]),
        (("4", "29"), [("1000", "10")], ["10"]),
        (("4", "29"), [("2900", "10")], ["29"]),
        (("4", "29"), [("3000", "10")], ["29"]),
        (("4", "29"), [("100000", "10")], ["29"]),
        # The minimum counts for the order: 1, 3 and 5 in sum without it.
        (("4",), [("100", "10"), ("200", "10"), ("200", "10")], ["4", "0", "1"]),
        # The first fill at another price than the second: 1 and 2 in sum 3, not twice 2.
        (("2.5",), [("100", "10"), ("100", "20")], ["2.5", "0.5"]),
        # The maximum counts for the order: 20, 40 and 50 in sum without it.
        ((None, "29"), [("2000", "10"), ("2000", "10"), ("1000", "10")], ["20", "9", "0"]),
        # Both the same: a price per order.
        (("7", "7"), [("1", "10"), ("2000", "10")], ["7", "0"]),
        ((0, None), [("100", "10")], ["1"]),
    ],
    ids=str,
)
def test_percentage(bounds: Any, fills: list[tuple[str, str]], expected: list[str]) -> None:
    assert charges(Percentage("0.001", *bounds), fills) == list(map(D, expected))
    floats = charges(Percentage("0.001", *bounds), fills, number=float)
    assert floats == pytest.approx(list(map(float, expected)), abs=1e-12)


@pytest.mark.parametrize(
    ("asset", "fill", "expected"),
    [
        (CL, ("2", "60"), "12"),  # 2 contracts x 1000 x 60 x 0.0001
        (BTC, ("0.5", "40000"), "2"),
        (EUR, ("10000", "1.1"), "1.1"),
    ],
)
def test_the_value_of_a_future_is_that_of_its_contracts(
    asset: Asset, fill: tuple[str, str], expected: str
) -> None:
    assert charges(Percentage("0.0001"), [fill], asset=asset) == [D(expected)]
    assert charges(MakerTaker("0.0001", "0.0001"), [fill], asset=asset) == [D(expected)]


def test_orders_are_added_up_each_for_itself() -> None:
    model = Percentage("0.001", "4")
    order, other = (Order(AAA, D(1000), D(0), D(0)) for _ in range(2))
    first = Fill(D(300), D(10), order_id="main-1")
    assert model.calculate(order, first) == 4
    model.record(order, first)
    order.filled, order.commission = D(300), D(4)
    second = Fill(D(200), D(10), order_id="main-2")
    assert model.calculate(other, second) == 4
    model.record(other, second)
    assert model.calculate(order, Fill(D(200), D(10), order_id="main-1")) == 1


def test_a_new_run_starts_anew() -> None:
    model = Percentage("0.001", "4")
    order = Order(AAA, D(1000), D(0), D(0))
    model.record(order, Fill(D(900), D(10)))
    assert model.calculate(order, Fill(D(1), D(10))) == D("9.01")
    model.reset()
    assert model.calculate(order, Fill(D(1), D(10))) == 4


def test_an_order_that_is_done_is_forgotten() -> None:
    model = Percentage("0.001", "4")
    assert charges(model, [("500", "10"), ("500", "10")]) == [5, 5]
    assert charges(model, [("500", "10"), ("500", "10")]) == [5, 5]


@pytest.mark.parametrize(
    ("maker", "taker", "limit", "expected"),
    [
        ("-0.0001", "0.0004", LIMIT, "-0.1"),  # a rebate on 1,000
        ("-0.0001", "0.0004", None, "0.4"),
        ("0.0003", "-0.0002", LIMIT, "0.3"),  # an inverted venue pays takers
        ("0.0003", "-0.0002", None, "-0.2"),
        ("0", "0.0005", LIMIT, "0"),
        ("-0.0005", "0.0005", LIMIT, "-0.5"),
    ],
)
def test_rebates(maker: str, taker: str, limit: Decimal | None, expected: str) -> None:
    model = MakerTaker(maker, taker)
    assert model.pays_rebates
    assert charges(model, [("0.025", "40000")], asset=BTC, limit=limit) == [D(expected)]


def test_a_venue_may_ask_for_a_minimum() -> None:
    model = MakerTaker("0.0002", "0.0004", "1")
    fills = [("0.025", "40000"), ("0.05", "40000"), ("0.05", "40000")]
    assert charges(model, fills, asset=BTC) == [D(1), D("0.2"), D("0.8")]  # 0.4, 1.2, 2 in sum


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Percentage(-0.1), InvalidArgument, "rate was -0.1; give zero or more"),
        (lambda: Percentage("much"), InvalidNumber, "rate was 'much'"),
        (lambda: Percentage(0.1, -1), InvalidArgument, "min_trade_cost was -1"),
        (lambda: Percentage(0.1, 5, 4), InvalidArgument, "give at least the min_trade_cost, 5"),
        (lambda: MakerTaker(-0.002, 0.001), InvalidArgument, "add up to zero or more"),
        (lambda: MakerTaker(-0.001, 0.002, 1), InvalidArgument, "give none beside a rebate"),
    ],
)
def test_impossible_arguments(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (Percentage("0.001"), "Percentage(rate=0.001)"),
        (Percentage("0.001", 4), "Percentage(rate=0.001, min_trade_cost=4)"),
        (
            Percentage("0.001", 4, 29),
            "Percentage(rate=0.001, min_trade_cost=4, max_trade_cost=29)",
        ),
        (MakerTaker(-0.1, 0.2), "MakerTaker(maker=-0.1, taker=0.2)"),
        (MakerTaker(0.1, 0.2, 3), "MakerTaker(maker=0.1, taker=0.2, min_trade_cost=3)"),
    ],
)
def test_a_model_shows_its_arguments(model: CommissionModel, text: str) -> None:
    assert repr(model) == text


# ------------------------------------------------------------------ laws

FILLS = st.lists(
    st.tuples(st.integers(1, 10_000), st.decimals("0.01", "5000", places=2)), min_size=1, max_size=8
)
MONEY = st.decimals("0", "100", places=2)


@given(fills=FILLS, minimum=MONEY, more=MONEY, is_bounded=st.booleans())
def test_however_it_is_split_an_order_pays_its_share_within_the_bounds(
    fills: list[tuple[int, Decimal]], minimum: Decimal, more: Decimal, is_bounded: bool
) -> None:
    maximum = minimum + more if is_bounded else None
    model = Percentage("0.001", minimum, maximum)
    answers = charges(model, [(str(amount), str(price)) for amount, price in fills])
    share = sum(amount * price for amount, price in fills) * D("0.001")
    owed = max(share, minimum)
    assert sum(answers) == (owed if maximum is None else min(owed, maximum))
    assert min(answers) >= 0
    assert answers[0] >= minimum


@given(
    amounts=st.lists(st.integers(1, 10_000), min_size=1, max_size=8),
    cost=st.decimals("0", "1", places=4),
    minimum=st.decimals("0.01", "100", places=2),
)
def test_splitting_an_order_never_lowers_the_cost_per_share_below_its_minimum(
    amounts: list[int], cost: Decimal, minimum: Decimal
) -> None:
    split = charges(PerShare(cost, minimum), [(str(amount), "10") for amount in amounts])
    whole = charges(PerShare(cost, minimum), [(str(sum(amounts)), "10")])
    assert sum(split) == sum(whole) == max(minimum, sum(amounts) * cost)


@given(
    maker=st.decimals("-0.01", "0.01", places=5),
    extra=st.decimals("0", "0.01", places=5),
    fills=FILLS,
)
def test_nobody_earns_by_trading_with_himself(
    maker: Decimal, extra: Decimal, fills: list[tuple[int, Decimal]]
) -> None:
    model = MakerTaker(maker, extra - maker)
    traded = [(str(amount), str(price)) for amount, price in fills]
    both = charges(model, traded, limit=LIMIT) + charges(model, traded)
    assert sum(both) >= 0
