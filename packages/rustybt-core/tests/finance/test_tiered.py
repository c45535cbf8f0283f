"""Commissions by monthly volume: a broker's published examples, tables by hand, and laws."""

from datetime import UTC, datetime
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any

import pytest
from cost_stubs import AAA, BTC, CL, Fill, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.commission import Tiered
from rustybt.values import KERNEL_CONTEXT

D = Decimal
JUNE = datetime(2020, 6, 1, 16, tzinfo=UTC)

# Interactive Brokers' tiers of US stocks, per share and calendar month, applied at the margin.
STOCKS = [
    (0, "0.0035"),
    (300_000, "0.002"),
    (3_000_000, "0.0015"),
    (20_000_000, "0.001"),
    (100_000_000, "0.0005"),
]
FUTURES = [(0, "0.60"), (1_000, "0.45")]
ANY: list[Any] = [[(0,)], "lots"]
VENUE = [(0, "0.001"), (1_000_000, "0.0008")]


def charge(
    model: Tiered,
    amount: str,
    price: str = "10",
    *,
    asset: Asset = AAA,
    dt: datetime = JUNE,
    limit: Decimal | None = None,
    number: Any = Decimal,
) -> Any:
    """What an order that fills at once is charged; the model is told of it."""
    order = Order(asset, number(amount), number(0), number(0), limit)
    fill = Fill(number(amount), number(price), dt)
    with localcontext(KERNEL_CONTEXT):
        answer = model.calculate(order, fill)
        model.record(order, fill)
    return answer


@pytest.mark.parametrize(
    ("tiers", "amounts", "expected"),
    [
        # The broker's examples: 1,050 + 5,400 + 25,500 + 10,000, and 200,000 shares.
        (STOCKS, ["-30000000"], ["41950"]),
        (STOCKS, ["-200000"], ["700"]),
        (STOCKS, ["300000", "1"], ["1050", "0.002"]),
        (STOCKS, ["299999", "2"], ["1049.9965", "0.0055"]),
        # 1,500 contracts: 1,000 at 0.60 and 500 at 0.45.
        (FUTURES, ["1500"], ["825"]),
        (FUTURES, ["900", "-200", "400"], ["540", "105", "180"]),
        (FUTURES, ["1000", "1000"], ["600", "450"]),
        ([(0, "0.5")], ["10", "20"], ["5", "10"]),
        # Rates may also rise.
        ([(0, "0.01"), (100, "0.02")], ["150"], ["2"]),
    ],
    ids=str,
)
def test_marginal(tiers: Any, amounts: list[str], expected: list[str]) -> None:
    for number in (Decimal, float):
        model = Tiered(tiers)
        answers = [charge(model, amount, number=number) for amount in amounts]
        assert list(map(float, answers)) == pytest.approx(list(map(float, expected)))
        if number is Decimal:
            assert answers == list(map(D, expected))


@pytest.mark.parametrize(
    ("tiers", "amounts", "expected"),
    [
        # A fill pays the rate of what the month had reached before it.
        (FUTURES, ["1500"], ["900"]),
        (FUTURES, ["900", "-200", "400"], ["540", "120", "180"]),
        (FUTURES, ["999", "1", "1"], ["599.4", "0.6", "0.45"]),
        (FUTURES, ["1000", "1000"], ["600", "450"]),
    ],
    ids=str,
)
def test_whole(tiers: Any, amounts: list[str], expected: list[str]) -> None:
    model = Tiered(tiers, mode="whole")
    assert [charge(model, amount) for amount in amounts] == list(map(D, expected))


@pytest.mark.parametrize(
    ("mode", "fills", "expected"),
    [
        # 1.5 million: a million at 0.1 %, half a million at 0.08 %.
        ("marginal", [("150000", "10")], ["1400"]),
        ("marginal", [("90000", "10"), ("-20000", "10"), ("1", "10")], ["900", "180", "0.008"]),
        ("whole", [("150000", "10"), ("1", "10")], ["1500", "0.008"]),
    ],
)
def test_by_notional(mode: Any, fills: list[tuple[str, str]], expected: list[str]) -> None:
    model = Tiered(VENUE, by="notional", mode=mode)
    assert [charge(model, *fill) for fill in fills] == list(map(D, expected))


def test_the_notional_of_a_future_is_that_of_its_contracts() -> None:
    # 20 contracts x 1,000 x 60 = 1.2 million
    assert charge(Tiered(VENUE, by="notional"), "20", "60", asset=CL) == D(1160)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("2020-06-01T00:00Z", "2020-06-30T23:59Z", "45"),
        ("2020-06-30T23:59Z", "2020-07-01T00:00Z", "60"),
        ("2019-06-01T00:00Z", "2020-06-01T00:00Z", "60"),
        ("2020-12-31T23:59Z", "2021-01-01T00:00Z", "60"),
    ],
)
def test_a_month_starts_at_zero(before: str, now: str, expected: str) -> None:
    model = Tiered(FUTURES)
    charge(model, "1500", dt=datetime.fromisoformat(before))
    assert charge(model, "100", dt=datetime.fromisoformat(now)) == D(expected)


def test_an_asset_class_may_have_a_month_of_its_own() -> None:
    together, apart = Tiered(FUTURES), Tiered(FUTURES, per_asset_class=True)
    for model, expected in ((together, "4.5"), (apart, "6")):
        charge(model, "1500", asset=CL)
        assert charge(model, "10", asset=BTC) == D(expected)
        assert charge(model, "10", asset=CL) == D("4.5")


@pytest.mark.parametrize(
    ("limit", "value", "expected"),
    [
        (None, "1000", "0.5"),
        (D(10), "1000", "0.2"),
        (None, "2000000", "900"),  # 500 and 400
        (D(10), "2000000", "100"),  # 200 and a rebate of 100
    ],
)
def test_makers_and_takers_have_rates_of_their_own(
    limit: Decimal | None, value: str, expected: str
) -> None:
    tiers = [(0, "0.0002", "0.0005"), (1_000_000, "-0.0001", "0.0004")]
    model = Tiered(tiers, by="notional")
    assert model.pays_rebates
    assert charge(model, value, "1", limit=limit) == D(expected)


def test_orders_have_a_minimum_and_a_maximum() -> None:
    model = Tiered(STOCKS, min_trade_cost="0.35", max_trade_cost=500)
    assert charge(model, "50") == D("0.35")  # 0.175
    assert charge(model, "1000") == D("3.5")
    assert charge(model, "200000") == D(500)


def test_a_question_changes_nothing_and_a_new_run_starts_anew() -> None:
    model = Tiered(FUTURES)
    order, fill = Order(AAA, D(1500), D(0), D(0)), Fill(D(1500), D(10))
    assert [model.calculate(order, fill) for _ in range(2)] == [825, 825]
    model.record(order, fill)
    assert model.calculate(order, fill) == 675
    model.reset()
    assert model.calculate(order, fill) == 825


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Tiered([]), InvalidArgument, "give volumes that start with 0 and ascend"),
        (lambda: Tiered([(1, 1)]), InvalidArgument, "start with 0"),
        (lambda: Tiered([(0, 1), (5, 1), (5, 2)]), InvalidArgument, "ascend"),
        (lambda: Tiered([(0, -1)]), InvalidArgument, "rate from 0 was -1"),
        (lambda: Tiered([(0, "x")]), InvalidNumber, "rate from 0"),
        (lambda: Tiered([(0, -2, 1)]), InvalidArgument, "add up to zero or more"),
        (lambda: Tiered(ANY[0]), InvalidArgument, "give .from, rate. or .from, maker, taker."),
        (lambda: Tiered([(0, 1)], by=ANY[1]), InvalidArgument, "by was 'lots'; give units or"),
        (lambda: Tiered([(0, 1)], mode=ANY[1]), InvalidArgument, "give marginal or whole"),
        (
            lambda: Tiered([(0, -1, 2)], min_trade_cost=1),
            InvalidArgument,
            "give none beside a rebate",
        ),
    ],
)
def test_impossible_arguments(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_model_shows_its_arguments() -> None:
    assert repr(Tiered([(0, "0.6"), (1000, "0.45")])) == (
        "Tiered([(0, 0.6), (1000, 0.45)], by='units', mode='marginal')"
    )
    assert repr(Tiered([(0, -1, 2)], "notional", "whole")) == (
        "Tiered([(0, -1, 2)], by='notional', mode='whole')"
    )


# ------------------------------------------------------------------ laws


@st.composite
def falling_tiers(draw: st.DrawFn) -> list[tuple[int, Decimal]]:
    starts = draw(st.lists(st.integers(1, 10_000), unique=True, max_size=4))
    rate = st.decimals("0", "1", places=4)
    rates = draw(st.lists(rate, min_size=len(starts) + 1, max_size=len(starts) + 1))
    return list(zip([0, *sorted(starts)], sorted(rates, reverse=True), strict=True))


SIZES = st.lists(st.integers(1, 5_000), min_size=1, max_size=8)


@given(tiers=falling_tiers(), sizes=SIZES)
def test_at_the_margin_it_is_all_one_how_a_volume_is_cut(
    tiers: list[tuple[int, Decimal]], sizes: list[int]
) -> None:
    parts, whole = Tiered(tiers), Tiered(tiers)
    assert sum(charge(parts, str(size)) for size in sizes) == charge(whole, str(sum(sizes)))


@given(tiers=falling_tiers(), sizes=SIZES)
def test_a_greater_volume_costs_more_in_all_and_less_a_unit(
    tiers: list[tuple[int, Decimal]], sizes: list[int]
) -> None:
    volumes = sorted(sizes)
    totals = [charge(Tiered(tiers), str(volume)) for volume in volumes]
    for (volume, total), (more, cost) in pairwise(zip(volumes, totals, strict=True)):
        assert cost >= total
        assert cost * volume <= total * more


@given(tiers=falling_tiers(), sizes=SIZES)
def test_rates_of_whole_tiers_never_rise_within_a_month(
    tiers: list[tuple[int, Decimal]], sizes: list[int]
) -> None:
    model = Tiered(tiers, mode="whole")
    rates = [charge(model, str(size)) / size for size in sizes]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == tiers[0][1]


@given(tiers=falling_tiers(), sizes=SIZES)
def test_whole_tiers_cost_no_less_than_marginal_ones(
    tiers: list[tuple[int, Decimal]], sizes: list[int]
) -> None:
    whole, marginal = Tiered(tiers, mode="whole"), Tiered(tiers)
    for size in sizes:
        assert charge(whole, str(size)) >= charge(marginal, str(size))
