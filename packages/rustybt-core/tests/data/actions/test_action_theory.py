"""Prices after actions, worked out by hand and in published examples."""

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.actions import theory
from rustybt.values import Ratio

PRICES = st.decimals("0.01", "10000", places=2)
RATIOS = st.builds(Ratio, st.integers(1, 50), st.integers(1, 50))


@pytest.mark.parametrize(
    ("ratio", "factor"),
    [
        ("1/20", "20/21"),  # five per cent: 100 shares at 21.00 are 105 at 20.00
        ("1/10", "10/11"),
        ("1/4", "4/5"),  # one for four: 4 at 5 are 5 at 4
        ("1/2", "2/3"),
        ("1", "1/2"),  # a bonus of one for one is a split of two for one
        ("3", "1/4"),
        ("0.02", "50/51"),
        ("7/13", "13/20"),
    ],
)
def test_a_stock_dividend_divides_a_price_by_the_shares_there_are(ratio: str, factor: str) -> None:
    assert theory.stock_dividend_factor(Ratio.parse(ratio)) == Ratio.parse(factor)


@pytest.mark.parametrize(
    ("close", "shares", "price", "after"),
    [
        # Published: XPLAIND, "Theoretical Ex-rights Price": 3 for 5 at 12, market price 15.
        ("15", "3/5", "12", "13.875"),
        # Published: accounting-simplified.com on IAS 33: 1 for 4 at 1.00, market price 1.50.
        ("1.5", "1/4", "1", "1.4"),
        # IAS 33, illustrative example 4: 1 for 5 at 5.00, 11.00 before; (11 x 500 + 5 x 100) / 600.
        ("11", "1/5", "5", "10"),
        ("100", "1", "80", "90"),
        ("10", "2/3", "6", "8.4"),
        ("4.20", "5/7", "1.80", "3.2"),
        ("3", "1/10", "3", "3"),
        ("60", "1/4", "70", "62"),  # nobody takes up new shares at more than the market's price
    ],
)
def test_the_theoretical_ex_rights_price(close: str, shares: str, price: str, after: str) -> None:
    expected = Fraction(after)
    assert theory.ex_rights_price(Fraction(close), Ratio.parse(shares), D(price)) == expected
    lost = max(Fraction(close) - expected, Fraction(0))
    assert theory.rights_value(Fraction(close), Ratio.parse(shares), D(price)) == lost


@pytest.mark.parametrize(
    ("value", "close", "factor"),
    [
        ("5", "100", "19/20"),
        ("0.82", "41", "49/50"),
        ("20", "80", "3/4"),
        ("1", "3", "2/3"),
        ("9.99", "10", "1/1000"),
        ("10", "10", None),  # nothing would be left
        ("11", "10", None),
        ("1", "0", None),  # no close
    ],
)
def test_what_is_left_of_a_price(value: str, close: str, factor: str | None) -> None:
    expected = None if factor is None else Ratio.parse(factor)
    assert theory.factor_without(Fraction(value), Fraction(close)) == expected


@pytest.mark.parametrize(
    ("ratio", "parent", "child", "share"),
    [
        ("1", "60", "40", "2/5"),
        ("1/4", "80", "80", "1/5"),  # a quarter of 80 beside 80: 20 of 100
        ("1/2", "54", "36", "1/4"),  # 18 of 72
        ("2", "10", "5", "1/2"),
        ("1/3", "29", "3", "1/30"),
        ("0.5", "17.50", "5.00", "1/8"),
    ],
)
def test_the_child_s_share_of_the_cost(ratio: str, parent: str, child: str, share: str) -> None:
    assert theory.cost_share(Ratio.parse(ratio), D(parent), D(child)) == Ratio.parse(share)


@given(close=PRICES, shares=RATIOS, price=PRICES)
def test_who_takes_up_rights_neither_wins_nor_loses(close: D, shares: Ratio, price: D) -> None:
    after = theory.ex_rights_price(Fraction(close), shares, price)
    new = shares.as_fraction()
    assert Fraction(close) + new * Fraction(price) == (1 + new) * after


@given(ratio=RATIOS, parent=PRICES, child=PRICES)
def test_costs_are_in_proportion_to_values(ratio: Ratio, parent: D, child: D) -> None:
    share = theory.cost_share(ratio, parent, child).as_fraction()
    assert share * Fraction(parent) == (1 - share) * ratio.as_fraction() * Fraction(child)
