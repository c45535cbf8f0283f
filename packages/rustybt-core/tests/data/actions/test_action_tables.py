"""Actions by day and by asset, and as frames."""

from datetime import date
from decimal import Decimal as D

import polars as pl
import pytest
from actions_drawn import ACTIONS
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.data.actions import (
    TABLES,
    Action,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
    SymbolChange,
)
from rustybt.data.adjustments import Adjustments, DayActions, dividend_frame, split_frame
from rustybt.errors import ScaleExceeded
from rustybt.values import Ratio

SPLIT = Split(sid=1, effective=100, ratio=Ratio(1, 2))
DIVIDEND = CashDividend(sid=1, ex=100, pay=110, amount=D("0.82"))
STOCK_DIVIDEND = StockDividend(sid=2, ex=100, pay=110, ratio=Ratio(1, 20))
MERGER = Merger(sid=3, effective=100, cash=D("12.5"), currency="USD", acquirer=1, ratio=Ratio(2, 3))
SPIN_OFF = SpinOff(sid=1, effective=200, child=4, ratio=Ratio(1, 4))
RIGHTS = RightsOffering(sid=2, ex=200, expiry=220, price=D("8.50"), ratio=Ratio(3, 5))
DELISTING = Delisting(sid=5, effective=220, price=D(0))
CHANGE = SymbolChange(sid=1, effective=300, old="FB", new="META")
EVERY = (SPLIT, DIVIDEND, STOCK_DIVIDEND, MERGER, SPIN_OFF, RIGHTS, DELISTING, CHANGE)


def test_actions_of_all_kinds_are_found_by_day() -> None:
    every = Adjustments.of(EVERY)
    assert every.splits_effective(100) == (SPLIT,)
    assert every.dividends_with_ex(100) == (DIVIDEND,)
    assert every.dividends_paid(110) == (DIVIDEND,)
    assert every.stock_dividends_effective(100) == (STOCK_DIVIDEND,)
    assert every.stock_dividends_paid(110) == (STOCK_DIVIDEND,)
    assert every.mergers_effective(100) == (MERGER,)
    assert every.spin_offs_effective(200) == (SPIN_OFF,)
    assert every.rights_ex(200) == (RIGHTS,)
    assert every.rights_expiring(220) == (RIGHTS,)
    assert every.delistings_on(220) == (DELISTING,)
    assert every.symbol_changes_on(300) == (CHANGE,)


def test_a_day_tells_all_that_falls_on_it_at_once() -> None:
    every = Adjustments.of(EVERY)
    assert every.events_on(100) == DayActions(
        splits=(SPLIT,), dividends=(DIVIDEND,), stock_dividends=(STOCK_DIVIDEND,), mergers=(MERGER,)
    )
    assert every.events_on(110) == DayActions(
        dividends_paid=(DIVIDEND,), stock_dividends_paid=(STOCK_DIVIDEND,)
    )
    assert every.events_on(220) == DayActions(rights_expiring=(RIGHTS,), delistings=(DELISTING,))
    assert every.events_on(300) == DayActions(symbol_changes=(CHANGE,))
    assert [day for day in range(400) if every.events_on(day)] == [100, 110, 200, 220, 300]
    assert Adjustments.empty().events_on(100) is None


def test_actions_are_found_by_asset() -> None:
    every = Adjustments.of(EVERY)
    assert every.stock_dividends([2]) == (STOCK_DIVIDEND,)
    assert every.stock_dividends([1]) == ()
    assert every.mergers([1, 3]) == (MERGER,)
    assert every.spin_offs([1]) == (SPIN_OFF,)
    assert every.spin_offs([4]) == ()  # the child's own history does not change
    assert every.rights([2]) == (RIGHTS,)
    assert every.delistings() == (DELISTING,)
    assert every.symbol_changes([1]) == (CHANGE,)


def test_frames_show_dates_ratios_as_texts_and_money_as_decimals() -> None:
    frames = Adjustments.of(EVERY).frames()
    assert frames["mergers"].rows(named=True) == [
        {
            "sid": 3,
            "effective_date": date(1970, 4, 11),
            "cash": D("12.5"),
            "currency": "USD",
            "acquirer_sid": 1,
            "ratio": "2/3",
            "fractions": "cash",
        }
    ]
    assert frames["rights"].row(0) == (
        2, date(1970, 7, 20), date(1970, 8, 9), D("8.50"), "3/5", "1/1", None, None, "drop",
    )  # fmt: skip
    assert frames["delistings"].row(0) == (5, date(1970, 8, 9), D(0))
    assert list(frames) == list(TABLES)


def test_there_is_no_frame_of_what_there_is_none_of() -> None:
    assert Adjustments.of([SPLIT, DIVIDEND, CHANGE]).frames() == {}


def test_a_column_that_an_older_version_did_not_have_is_its_default() -> None:
    frame = TABLES["rights"].frame([RIGHTS]).drop("rights", "fractions", "currency")
    assert TABLES["rights"].actions(frame) == [RIGHTS]


@through_files
@given(actions=st.lists(ACTIONS))
def test_frames_give_back_every_action(actions: list[Action]) -> None:
    made = Adjustments.of(actions)
    again = Adjustments.from_frames(
        split_frame(made.splits()), dividend_frame(made.dividends()), made.frames()
    )
    for kind in ("splits", "dividends", *TABLES):
        assert getattr(again, kind)() == getattr(made, kind)(), kind


@through_files
@given(actions=st.lists(ACTIONS))
def test_a_day_s_actions_are_those_of_the_day(actions: list[Action]) -> None:
    made = Adjustments.of(actions)
    told = [action for day in range(20_041) for action in _begun(made.events_on(day))]
    assert sorted(map(repr, told)) == sorted(map(repr, actions))


def _begun(of_day: DayActions | None) -> list[Action]:
    """What a day tells, without payments and expiries of what was told before."""
    if of_day is None:
        return []
    later = {"dividends_paid", "stock_dividends_paid", "rights_expiring"}
    named = of_day._asdict().items()
    return [action for name, actions in named if name not in later for action in actions]


@pytest.mark.parametrize(
    "money", [[D("1e-39")], [D("1e38")], [D("1e-20"), D("1e19")]], ids=lambda money: str(money[0])
)
def test_money_that_no_column_holds_is_refused(money: list[D]) -> None:
    with pytest.raises(ScaleExceeded):
        dividend_frame(CashDividend(sid=1, ex=1, pay=1, amount=amount) for amount in money)


def test_a_split_that_no_column_holds_is_refused() -> None:
    with pytest.raises(ScaleExceeded, match="ratio"):
        split_frame([Split(sid=1, effective=1, ratio=Ratio(1, 10**20))])


def test_empty_frames_have_their_columns() -> None:
    assert split_frame([]).schema == {
        "sid": pl.Int64,
        "effective_date": pl.Date,
        "numerator": pl.Int64,
        "denominator": pl.Int64,
    }
    assert dividend_frame([]).schema["amount"] == pl.Decimal(38, 0)
