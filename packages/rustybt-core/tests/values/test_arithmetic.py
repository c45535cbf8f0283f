"""Two policies, one meaning: exact integers, and floats beside them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidNumber, ScaleExceeded
from rustybt.values import (
    Arithmetic,
    DecimalArithmetic,
    FloatArithmetic,
    Ratio,
    divide,
    divide_exact,
    like,
    quantize_price,
    quantize_rate,
)

D = Decimal

EXACT = DecimalArithmetic()
FLOAT = FloatArithmetic()
POLICIES: list[Arithmetic] = [EXACT, FLOAT]

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=8)
prices = st.decimals(min_value=0, max_value=10**7, places=8)
ratios = st.builds(Ratio, st.integers(1, 50), st.integers(1, 50))


@given(amounts, prices)
def test_a_fill_of_eight_decimals_is_exact(amount: D, price: D) -> None:
    found = EXACT.notional(EXACT.amount(amount), EXACT.price(price))
    assert Fraction(found) / 10**16 == Fraction(amount) * Fraction(price)


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), prices)))
def test_sums_that_need_no_rounding(pairs: list[tuple[int, D]]) -> None:
    held = [EXACT.amount(amount) for amount, _ in pairs]
    assert EXACT.are_unrounded(held)
    found = EXACT.unrounded_sum(held, [EXACT.price(price) for _, price in pairs])
    assert Fraction(found) / 10**16 == sum(amount * Fraction(price) for amount, price in pairs)


def test_an_amount_that_may_need_rounding_is_told() -> None:
    # Prices have twelve decimals and money sixteen: up to the fourth decimal nothing is lost.
    assert EXACT.are_unrounded([EXACT.amount("0.0001"), EXACT.amount(-3)])
    assert not EXACT.are_unrounded([EXACT.amount(3), EXACT.amount("0.00001")])
    assert FLOAT.are_unrounded([0.1, 0.2])
    assert FLOAT.unrounded_sum([0.1, 0.2], [3.0, 5.0]) == 0.1 * 3.0 + 0.2 * 5.0


@given(amounts, st.decimals(min_value=0, max_value=10**7, places=12), ratios)
def test_a_notional_is_rounded_half_even_at_sixteen(amount: D, price: D, ratio: Ratio) -> None:
    found = EXACT.notional(EXACT.amount(amount), EXACT.price(price), ratio)
    exact = Fraction(amount) * Fraction(price) * ratio.as_fraction()
    assert found == round(exact * 10**16)


@given(amounts, prices, ratios)
def test_floats_follow_closely(amount: D, price: D, ratio: Ratio) -> None:
    exact = EXACT.notional(EXACT.amount(amount), EXACT.price(price), ratio)
    near = FLOAT.notional(FLOAT.amount(amount), FLOAT.price(price), ratio)
    assert near == pytest.approx(exact / 10**16, rel=1e-12, abs=1e-12)


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from([D(1), D("0.01"), D("0.00000001")]),
    ratios,
)
def test_a_split_keeps_whole_lots_and_the_rest(lots: int, lot: D, ratio: Ratio) -> None:
    held = Fraction(lots) * Fraction(lot)
    whole, fraction = EXACT.split_amount(EXACT.amount(lots * lot), ratio, EXACT.amount(lot))
    after = held / ratio.as_fraction()
    assert isinstance(whole, int)
    assert Fraction(whole, 10**8) == int(after / Fraction(lot)) * Fraction(lot)
    assert fraction == round((after - Fraction(whole, 10**8)) * 10**8)


def test_a_hundred_and_two_shares_three_for_two_are_a_hundred_and_fifty_three() -> None:
    for policy in POLICIES:
        whole, fraction = policy.split_amount(
            policy.amount(102), Ratio.parse("0.6666666666666666"), policy.amount(1)
        )
        assert policy.amount_value(whole) == 153
        assert fraction == 0


@given(
    st.integers(-(10**20), 10**20),
    st.integers(-(10**12), 10**12),
    st.integers(-(10**12), 10**12).filter(bool),
)
def test_a_portion_is_rounded_half_even(money: int, part: int, whole: int) -> None:
    assert EXACT.portion(money, part, whole) == round(Fraction(money * part, whole))


@given(st.integers(-(10**20), 10**20), st.integers(-(10**12), 10**12).filter(bool), ratios)
def test_a_unit_cost_is_money_over_amount(money: int, amount: int, multiplier: Ratio) -> None:
    exact = Fraction(money, 10**16) / Fraction(amount, 10**8)
    assert EXACT.unit_cost(money, amount) == round(exact * 10**16)
    over = exact / multiplier.as_fraction()
    assert EXACT.unit_cost(money, amount, multiplier) == round(over * 10**16)
    assert FLOAT.unit_cost(float(money), float(amount), multiplier) == pytest.approx(
        money / amount / multiplier.as_float()
    )


def test_quotients_have_sixteen_digits() -> None:
    assert EXACT.quotient(1, 3) == D("0.3333333333333333")
    assert EXACT.quotient(2, -3) == D("-0.6666666666666667")
    assert FLOAT.quotient(1.0, 4.0) == 0.25


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: p.name)
def test_public_values_go_in_and_come_out(policy: Arithmetic) -> None:
    assert policy.price_value(policy.price("101.25")) == D("101.25")
    assert policy.amount_value(policy.amount(7)) == 7
    assert policy.money_value(policy.money(0.5)) == D("0.5")
    assert policy.price_value(policy.price_from(10125, 2)) == D("101.25")
    assert policy.amount_value(policy.amount_from(700, 2)) == 7
    assert policy.price_value(policy.scale_price(policy.price(3), Ratio(1, 2))) == D("1.5")
    assert policy.portion(policy.money(10), policy.amount(1), policy.amount(4)) == policy.money(2.5)


def test_decimals_are_shown_without_needless_zeros() -> None:
    assert str(EXACT.price_value(EXACT.price("101.50"), keep=2)) == "101.50"
    assert str(EXACT.price_value(EXACT.price("101.50"))) == "101.5"
    assert str(EXACT.money_value(EXACT.money(1_000_000))) == "1000000.00"
    assert str(EXACT.amount_value(EXACT.amount(100))) == "100"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: p.name)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x", True])
def test_what_is_no_number_is_refused(policy: Arithmetic, value: object) -> None:
    with pytest.raises(InvalidNumber, match="price"):
        policy.price(value)


def test_an_amount_is_never_rounded() -> None:
    with pytest.raises(ScaleExceeded, match="amount"):
        EXACT.amount("0.000000001")
    assert DecimalArithmetic(amount_scale=9).amount("0.000000001") == 1


def test_no_float_enters_the_exact_kernel() -> None:
    with pytest.raises(AssertionError):
        EXACT.notional(1.5, EXACT.price(2))


def test_models_write_one_formula_for_both_kinds() -> None:
    assert like(D("0.1"), D(5)) == D("0.1")
    assert like(D("0.1"), 5.0) == 0.1
    assert divide(D(2), D(3)) == D("0.666666666666666667")
    assert divide_exact(D(1), D(3)) == D("0.333333333333333333")
    assert divide(1.0, 4.0) == 0.25
    assert quantize_rate(D("0.1234567890123456785")) == D("0.123456789012345678")
    assert quantize_price(D("1.0000000000005")) == D("1.000000000000")
    assert quantize_rate(0.1) == 0.1
    assert quantize_price(0.1) == 0.1
