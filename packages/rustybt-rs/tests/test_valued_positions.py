"""Positions marked to the market, against core's own arithmetic and by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs.valuation import Totals, value_positions  # noqa: E402

from rustybt.finance.totals import BookTotals, sum_values  # noqa: E402
from rustybt.values import DecimalArithmetic  # noqa: E402
from rustybt.values.ratios import Ratio  # noqa: E402

ARITHMETIC = DecimalArithmetic()


class Position(NamedTuple):
    """A row: coefficients, and ratios as pairs."""

    amount: int
    price: int
    multiplier: tuple[int, int]
    rate: tuple[int, int]
    settled: int | None


positions = st.builds(
    Position,
    st.integers(-(10**14), 10**14) | st.integers(-5, 5).map(lambda n: n * 10**8),
    st.integers(-(10**15), 10**18),
    st.tuples(st.integers(1, 10**6), st.integers(1, 1_000)),
    st.tuples(st.integers(1, 10**12), st.integers(1, 10**12)),
    st.none() | st.integers(0, 10**17),
)


def whole(values: list[int]) -> pl.Series:
    return pl.Series("whole", values, dtype=pl.Int64)


def ratios(pairs: list[tuple[int, int]]) -> tuple[pl.Series, pl.Series]:
    return whole([above for above, _ in pairs]), whole([below for _, below in pairs])


def worth_of(position: Position, price: int) -> int:
    """As `rustybt.finance.totals.sum_positions` computes it."""
    local = ARITHMETIC.notional(position.amount, price, Ratio(*position.multiplier))
    money = ARITHMETIC.converted(local, Ratio(*position.rate))
    assert isinstance(money, int)
    return money


def totals_of(book: list[Position]) -> BookTotals:
    long_value = short_value = long_exposure = short_exposure = unsettled = 0
    longs = shorts = 0
    for position in book:
        value = exposure = worth_of(position, position.price)
        if position.settled is not None:
            value = 0
            unsettled += worth_of(position, position.price - position.settled)
        longs += exposure > 0
        shorts += exposure < 0
        long_value += value if exposure > 0 else 0
        short_value += value if exposure < 0 else 0
        long_exposure += max(exposure, 0)
        short_exposure += min(exposure, 0)
    return BookTotals(
        long_value, short_value, long_exposure, short_exposure, longs, shorts, unsettled
    )


@given(st.lists(positions, max_size=20))
def test_a_book_is_worth_what_core_says(book: list[Position]) -> None:
    found = value_positions(
        whole([position.amount for position in book]),
        whole([position.price for position in book]),
        multipliers=ratios([position.multiplier for position in book]),
        rates=ratios([position.rate for position in book]),
        settled_prices=pl.Series([position.settled for position in book], dtype=pl.Int64),
    )
    expected = totals_of(book)
    assert found.totals == tuple(expected)
    assert found.totals.net_value == expected.net_value
    assert found.totals.net_exposure == expected.net_exposure
    assert found.totals.gross_exposure == expected.gross_exposure
    exposures = pl.Series(found.exposures)
    assert exposures.dtype == pl.Decimal(38, 16)
    assert [Fraction(exposure) * 10**16 for exposure in exposures] == [
        worth_of(position, position.price) for position in book
    ]


@given(st.lists(positions, max_size=20))
def test_a_plain_book_is_worth_what_core_says(book: list[Position]) -> None:
    amounts, prices = [row.amount for row in book], [row.price for row in book]
    found = value_positions(whole(amounts), whole(prices))
    assert found.totals == tuple(sum_values(amounts, prices, ARITHMETIC))


def test_a_book_by_hand() -> None:
    # 3.25 x 10.10 = 32.825; -2 x 4.005 = -8.01; in half of the account's money: 16.4125, -4.005
    found = value_positions(
        pl.Series([Decimal("3.25"), Decimal(-2)], dtype=pl.Decimal(18, 8)),
        pl.Series([Decimal("10.10"), Decimal("4.005")], dtype=pl.Decimal(18, 3)),
        rates=(whole([1, 1]), whole([2, 2])),
    )
    assert pl.Series(found.exposures).to_list() == [Decimal("16.4125"), Decimal("-4.005")]
    unit = 10**16
    assert found.totals == Totals(
        164125 * unit // 10_000,
        -4005 * unit // 1_000,
        164125 * unit // 10_000,
        -4005 * unit // 1_000,
        1,
        1,
        0,
    )


def test_a_future_by_hand() -> None:
    # 2 contracts of 50 at 4,000.25 of which the profit up to 4,000 is paid: 400,025; 25
    found = value_positions(
        whole([2 * 10**8]),
        whole([400_025 * 10**10]),
        multipliers=(whole([50]), whole([1])),
        settled_prices=whole([4_000 * 10**12]),
    )
    money = 10**16
    assert found.totals == Totals(0, 0, 400_025 * money, 0, 1, 0, 25 * money)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (
            lambda: value_positions(whole([1]), whole([1, 2])),
            rustybt_rs.InvalidInputError,
            "prices: give 1 rows",
        ),
        (
            lambda: value_positions(pl.Series([1, None]), whole([1, 2])),
            rustybt_rs.InvalidInputError,
            "amounts: give each position an amount and a price .met null in row 1",
        ),
        (
            lambda: value_positions(whole([1]), whole([1]), rates=ratios([(1, 0)])),
            rustybt_rs.InvalidInputError,
            "rates: give denominators above zero .met 0 in row 0",
        ),
        (
            lambda: value_positions(whole([1]), whole([1]), rates=(whole([1]), pl.Series([0.5]))),
            rustybt_rs.InvalidInputError,
            "rates: give decimals or whole numbers",
        ),
        (
            lambda: value_positions(
                whole([2**62]), whole([2**62]), multipliers=ratios([(2**62, 1)])
            ),
            rustybt_rs.NumberTooLargeError,
            "value of the position in row 0",
        ),
    ],
)
def test_what_cannot_be_valued_is_refused(
    value: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        value()
