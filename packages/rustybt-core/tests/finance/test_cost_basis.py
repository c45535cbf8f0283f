"""Zipline's column was recorded by running zipline 3.2.1's own position with the same input."""

from decimal import Decimal

import pytest
from finance.books import AAA, COIN, DECIMAL, FLOAT, OIL, ZIPLINE_RULES, Rules, desk

from rustybt.values import Arithmetic

BOTH = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])


@pytest.mark.parametrize(
    ("fills", "basis"),
    [
        ([(100, "10"), (100, "11")], "10.5"),
        ([(100, "10"), (50, "13")], "11"),
        ([(100, "10"), (-40, "99")], "10"),
        ([(100, "10"), (-150, "12")], "12"),
        ([(-100, "10"), (-100, "12")], "11"),
        ([(-100, "10"), (40, "1")], "10"),
        ([(-100, "10"), (101, "7.77")], "7.77"),
        ([(3, "10"), (-3, "11"), (2, "12")], "12"),
        ([(1, "1"), (2, "1.01")], "1.0066666666666667"),
    ],
)
@pytest.mark.parametrize("rules", [{}, ZIPLINE_RULES], ids=["standard", "zipline"])
def test_same_side_averages_reducing_keeps_and_crossing_zero_starts_afresh(
    fills: list[tuple[int, str]], basis: str, rules: Rules
) -> None:
    book = desk(**rules)
    for amount, price in fills:
        book.fill(AAA, amount, price)
    assert float(book.cost_basis(AAA)) == pytest.approx(float(basis), rel=1e-12)


def test_the_exact_average_is_rounded_half_even_at_the_sixteenth_decimal_on_read_only() -> None:
    book = desk()
    book.fill(AAA, 1, "1")
    book.fill(AAA, 2, "1.01")
    assert book.cost_basis(AAA) == "1.0066666666666667"
    book.fill(AAA, -1, "5")
    book.fill(AAA, -1, "5")
    assert book.cost_basis(AAA) == "1.0066666666666667"


@BOTH
@pytest.mark.parametrize("rules", [{}, ZIPLINE_RULES], ids=["standard", "zipline"])
def test_a_commission_raises_the_basis_of_a_long_and_lowers_that_of_a_short(
    arithmetic: Arithmetic, rules: Rules
) -> None:
    book = desk(arithmetic=arithmetic, **rules)
    book.fill(AAA, 10, 50)
    book.charge(AAA, 10)
    assert float(book.cost_basis(AAA)) == 51.0
    short = desk(arithmetic=arithmetic, **rules)
    short.fill(AAA, -10, 50)
    short.charge(AAA, 10)
    assert float(short.cost_basis(AAA)) == 49.0
    short.fill(AAA, -10, 40)
    short.fill(AAA, 5, 30)
    assert float(short.cost_basis(AAA)) == 44.5


@pytest.mark.parametrize("rules", [{}, ZIPLINE_RULES], ids=["standard", "zipline"])
def test_a_futures_basis_is_a_price_so_a_commission_counts_by_the_multiplier(
    rules: Rules,
) -> None:
    book = desk(**rules)
    book.fill(OIL, 2, 100)
    book.charge(OIL, 10)
    assert float(book.cost_basis(OIL)) == 100.1


def test_a_commission_on_a_closed_position_costs_cash_only() -> None:
    book = desk()
    book.fill(AAA, 10, 50)
    book.fill(AAA, -10, 50)
    book.charge(AAA, 3)
    assert book.cash == "99997.00"
    assert book.ledger.positions == {}


@BOTH
@pytest.mark.parametrize(
    ("amount", "basis", "ratio", "after"),
    [
        (101, "95.67", "2/3", (151, 63.78, 31.89)),
        (-101, "95.67", "2/3", (-151, 63.78, -31.89)),
        (7, "181.59", "5", (1, 907.95, 363.18)),
        (-7, "181.59", "5", (-1, 907.95, -363.18)),
        (101, "95.685", "2/3", (151, 63.79, 31.89)),
        (21, "10", "0.3", (70, 3.0, 0.0)),
    ],
)
def test_zipline_splits_whole_shares_and_pays_the_fraction_at_the_basis_in_cents(
    arithmetic: Arithmetic, amount: int, basis: str, ratio: str, after: tuple[float, float, float]
) -> None:
    book = desk(arithmetic=arithmetic, **ZIPLINE_RULES)
    book.fill(AAA, amount, basis)
    before = book.ledger.cash
    book.split(AAA, ratio)
    paid = float(arithmetic.money_value(book.ledger.cash - before))
    assert float(book.amount(AAA)) == after[0]
    assert float(book.cost_basis(AAA)) == after[1]
    assert paid == pytest.approx(after[2], abs=1e-9)


@BOTH
@pytest.mark.parametrize(("amount", "cash"), [(3, 30), (-3, -30)])
def test_zipline_a_position_of_less_than_a_share_is_paid_out_and_gone(
    arithmetic: Arithmetic, amount: int, cash: int
) -> None:
    book = desk(arithmetic=arithmetic, **ZIPLINE_RULES)
    book.fill(AAA, amount, 10)
    before = book.ledger.cash
    book.split(AAA, 5)
    assert float(arithmetic.money_value(book.ledger.cash - before)) == cash
    assert book.ledger.positions == {}


@BOTH
@pytest.mark.parametrize(
    ("amount", "price", "basis"),
    [
        (71, "196.51", 98.25),
        (35, "93.59", 46.8),
        (63, "172.35", 86.17),
        (233, "164.75", 82.38),
        # The float average of these is off by its last bit, and the cents go the other way.
        (189, "196.77", 98.38),
        (154, "230.83", 115.41),
        (43, "25.15", 12.58),
        (289, "245.73", 122.87),
    ],
)
def test_zipline_a_basis_on_half_a_cent_goes_where_its_float_lies(
    arithmetic: Arithmetic, amount: int, price: str, basis: float
) -> None:
    book = desk(arithmetic=arithmetic, **ZIPLINE_RULES)
    book.fill(AAA, amount, price)
    book.split(AAA, "1/2")
    assert float(book.cost_basis(AAA)) == basis


@pytest.mark.parametrize(
    ("amount", "ratio", "after", "cash"),
    [
        # 101 x 3/2 = 151.5 shares; half a share at 95.67 x 2/3 = 63.78 is 31.89.
        (101, "2/3", "151", "31.89"),
        # 7 / 5 = 1.4; 0.4 x 478.35 = 191.34.
        (7, "5", "1", "191.34"),
        (-7, "5", "-1", "-191.34"),
        # 102 x 3/2 = 153: exact, where floats see 0.6666666666666666.
        (102, "0.6666666666666666", "153", "0.00"),
        # 1 x 3/2 = 1.5: 0.5 x 63.78 = 31.89.
        (1, "2/3", "1", "31.89"),
    ],
)
def test_standard_pays_a_fraction_at_the_market_on_the_new_scale(
    amount: int, ratio: str, after: str, cash: str
) -> None:
    book = desk()
    book.fill(AAA, amount, "60")
    book.mark(AAA, "95.67")
    before = book.ledger.cash
    value = book.ledger.portfolio_value()
    book.split(AAA, ratio)
    assert book.amount(AAA) == after
    assert book.money(book.ledger.cash - before) == cash
    assert book.ledger.portfolio_value() == value


def test_standard_cash_in_lieu_is_rounded_half_even_to_cents() -> None:
    # 3 / 2 = 1.5; half a share at 20.01 x 2 = 40.02 is 20.01; at 20.005 x 2 = 40.01 it is 20.005.
    paid = []
    for price in ("20.01", "20.005", "20.015"):
        book = desk()
        book.fill(AAA, 3, price)
        before = book.ledger.cash
        book.split(AAA, 2)
        paid.append(book.money(book.ledger.cash - before))
    assert paid == ["20.01", "20.00", "20.02"]


def test_standard_the_cost_loses_the_share_of_the_fraction() -> None:
    book = desk()
    book.fill(AAA, 3, "20")
    book.split(AAA, 2)
    assert book.cost_basis(AAA) == "40"


def test_standard_a_position_of_less_than_a_share_is_paid_out_and_gone() -> None:
    book = desk()
    book.fill(AAA, 3, "10")
    book.split(AAA, 5)
    assert book.ledger.positions == {}
    assert book.cash == "100000.00"


def test_standard_a_coin_is_split_to_its_own_lot() -> None:
    book = desk()
    book.fill(COIN, "1.00000001", "3")
    book.split(COIN, 2)
    assert book.amount(COIN) == "0.5"
    assert Decimal(book.cash) == Decimal("99996.99999997")


def test_a_split_of_what_is_not_held_posts_nothing() -> None:
    book = desk()
    assert book.split(AAA, 2) == ()
