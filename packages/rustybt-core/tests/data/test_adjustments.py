from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.actions import unexchanged
from rustybt.data.adjustments import (
    Adjustments,
    CashDividend,
    Factor,
    Split,
    dividend_frame,
    split_frame,
)
from rustybt.values import Ratio

HALF, TWO_THIRDS, FIVE = Ratio(1, 2), Ratio(2, 3), Ratio(5)

SPLITS = (
    Split(sid=1, effective=300, ratio=HALF),
    Split(sid=2, effective=200, ratio=TWO_THIRDS),
    Split(sid=1, effective=100, ratio=FIVE),
)
DIVIDENDS = (
    CashDividend(sid=1, ex=250, pay=260, amount=Decimal("0.82"), declared=240, record=252),
    CashDividend(sid=2, ex=150, pay=260, amount=Decimal("1.255"), currency="EUR"),
)


def events() -> Adjustments:
    return Adjustments(SPLITS, DIVIDENDS)


def test_splits_are_found_by_day_and_by_asset() -> None:
    assert [split.effective for split in events().splits()] == [100, 200, 300]
    assert [split.effective for split in events().splits([1])] == [100, 300]
    assert events().splits_effective(200) == (SPLITS[1],)
    assert events().splits_effective(201) == ()
    assert events().splits([9]) == ()


def test_dividends_are_found_by_ex_day_pay_day_and_asset() -> None:
    assert events().dividends_with_ex(250) == (DIVIDENDS[0],)
    assert events().dividends_paid(260) == (DIVIDENDS[1], DIVIDENDS[0])
    assert events().dividends([1]) == (DIVIDENDS[0],)
    assert [dividend.ex for dividend in events().dividends()] == [150, 250]


def test_there_may_be_no_adjustments() -> None:
    assert Adjustments.empty().splits() == ()
    assert Adjustments.empty().dividends() == ()
    assert Adjustments.empty().factors(1, lambda _sid, _day: Decimal(1), unexchanged) == ()


def test_a_dividend_of_82_cents_on_a_close_of_41_dollars_keeps_98_percent() -> None:
    factors = events().factors(1, lambda _sid, _day: Decimal("41.00"), unexchanged)
    assert factors == (
        Factor(100, FIVE, Ratio(1, 5)),
        Factor(250, Ratio(98, 100), Ratio(1)),
        Factor(300, HALF, Ratio(2)),
    )


def test_the_close_before_the_ex_day_is_asked_for() -> None:
    asked = []

    def previous_close(sid: int, day: int) -> Decimal:
        asked.append((sid, day))
        return Decimal(10)

    events().factors(2, previous_close, unexchanged)
    assert asked == [(2, 150)]


@pytest.mark.parametrize("close", [None, Decimal(0), Decimal("0.82"), Decimal("0.5")])
def test_a_dividend_without_a_positive_factor_changes_no_history(close: Decimal | None) -> None:
    factors = events().factors(1, lambda _sid, _day: close, unexchanged)
    assert [factor.day for factor in factors] == [100, 300]


def test_frames_have_dates_rationals_and_decimals() -> None:
    splits, dividends = split_frame(SPLITS), dividend_frame(DIVIDENDS)
    assert splits.row(1, named=True) == {
        "sid": 2,
        "effective_date": date(1970, 7, 20),
        "numerator": 2,
        "denominator": 3,
    }
    assert dividends.schema["amount"] == pl.Decimal(38, 3)
    assert dividends.row(0, named=True) == {
        "sid": 1,
        "ex_date": date(1970, 9, 8),
        "declared_date": date(1970, 8, 29),
        "record_date": date(1970, 9, 10),
        "pay_date": date(1970, 9, 18),
        "amount": Decimal("0.820"),
        "currency": None,
    }


@given(
    splits=st.lists(
        st.builds(
            Split,
            sid=st.integers(0, 5),
            effective=st.integers(0, 20_000),
            ratio=st.builds(Ratio, st.integers(1, 1_000), st.integers(1, 1_000)),
        )
    ),
    dividends=st.lists(
        st.builds(
            CashDividend,
            sid=st.integers(0, 5),
            ex=st.integers(0, 20_000),
            pay=st.integers(0, 20_000),
            amount=st.decimals("0.000001", 1_000, places=6),
            declared=st.none() | st.integers(0, 20_000),
            record=st.none() | st.integers(0, 20_000),
            currency=st.sampled_from(["USD", "EUR"]),
        )
    ),
)
def test_frames_give_back_what_they_were_made_of(
    splits: list[Split], dividends: list[CashDividend]
) -> None:
    made = Adjustments(splits, dividends)
    again = Adjustments.from_frames(split_frame(made.splits()), dividend_frame(made.dividends()))
    assert again.splits() == made.splits()
    assert again.dividends() == made.dividends()


@given(amount=st.decimals("0.01", 100, places=2), close=st.decimals("0.01", 1_000, places=2))
def test_the_factor_of_a_dividend_is_exact(amount: Decimal, close: Decimal) -> None:
    dividend = CashDividend(sid=1, ex=10, pay=20, amount=amount)
    factors = Adjustments(dividends=[dividend]).factors(1, lambda _sid, _day: close, unexchanged)
    kept = 1 - Fraction(amount) / Fraction(close)
    assert [factor.price.as_fraction() for factor in factors] == ([kept] if kept > 0 else [])
