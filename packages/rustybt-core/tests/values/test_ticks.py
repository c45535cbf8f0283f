"""Order prices on ticks and amounts on lots."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.values import ExactRounding, FloatRounding, Ratio, round_to_lot, round_to_tick

D = Decimal

CENT = D("0.01")


# The bands are those of zipline: [X - .0005, X + .0095) prefers down, (X - .0095, X + .0005] up.
@pytest.mark.parametrize(
    ("price", "down", "up"),
    [
        ("10.00", "10.00", "10.00"),
        ("9.9995", "10.00", "10.00"),
        ("9.9994999", "9.99", "10.00"),
        ("10.0094", "10.00", "10.01"),
        ("10.0095", "10.01", "10.01"),
        ("10.0005", "10.00", "10.00"),
        ("10.0005001", "10.00", "10.01"),
        ("0", "0.00", "0.00"),
        ("0.0004", "0.00", "0.00"),
    ],
)
def test_the_bands_of_the_asymmetric_rule(price: str, down: str, up: str) -> None:
    assert round_to_tick(D(price), CENT, prefer_down=True) == D(down)
    assert round_to_tick(D(price), CENT, prefer_down=False) == D(up)


@given(
    st.decimals(min_value=0, max_value=10**7, places=10),
    st.sampled_from([D("0.01"), D("0.25"), D("0.00000001"), D(5), D("0.03125")]),
)
def test_a_tick_is_never_further_than_ninety_five_hundredths(price: D, tick: D) -> None:
    down = round_to_tick(price, tick, prefer_down=True)
    up = round_to_tick(price, tick, prefer_down=False)
    assert -tick * D("0.05") <= down - price + 0 or down <= price
    assert price - tick * D("0.95") < down <= price + tick * D("0.05")
    assert price - tick * D("0.05") <= up < price + tick * D("0.95")
    assert down % tick == 0
    assert up % tick == 0


# As recorded of zipline-reloaded 3.2.1: within 1e-4 of a whole number is that number.
@pytest.mark.parametrize(
    ("amount", "lots"),
    [
        ("1.9", 1), ("2.99989", 2), ("2.99995", 3), ("3.00005", 3), ("0.5", 0), ("0.99995", 1),
        ("-1.9", -1), ("-2.99995", -3), ("6.9999", 7), ("6.99989", 6), ("7.00011", 7), ("1e-5", 0),
    ],
)  # fmt: skip
def test_amounts_are_cut_toward_zero_to_whole_lots(amount: str, lots: int) -> None:
    assert round_to_lot(D(amount), D(1)) == lots


def test_a_lot_may_be_fine() -> None:
    assert round_to_lot(D("0.123456789"), D("1e-8")) == D("0.12345678")
    assert round_to_lot(D("0.07"), D("0.05")) == D("0.05")
    assert round_to_lot(D("0.0999999"), D("0.05")) == D("0.10")


# Recorded of zipline-reloaded 3.2.1: at the edge of a band its floats decide (84.455 is below
# its decimal, 95.085 made of 190.17000000000002 above).
@pytest.mark.parametrize(
    ("price", "exact", "as_float"),
    [("168.91", "84.46", "84.45"), ("190.17", "95.08", "95.09"), ("10.00", "5.00", "5.0")],
)
def test_a_resting_price_after_a_split(price: str, exact: str, as_float: str) -> None:
    half = Ratio(1, 2)
    assert ExactRounding().split_price(D(price), half, CENT) == D(exact)
    assert FloatRounding().split_price(D(price), half, CENT) == D(as_float)


@given(st.decimals(min_value=0, max_value=10**5, places=3), st.booleans())
def test_floats_round_like_the_exact_rule_away_from_the_edges(price: D, down: bool) -> None:
    edges = [D("0.0005"), D("0.0095")]
    if any(abs(price % CENT - edge) < D("0.0001") for edge in edges):
        return
    exact = ExactRounding().order_price(price, CENT, prefer_down=down)
    assert FloatRounding().order_price(price, CENT, prefer_down=down) == exact
