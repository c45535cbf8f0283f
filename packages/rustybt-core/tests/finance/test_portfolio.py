from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf, isnan

import pandas as pd
import pytest
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, Desk, desk

from rustybt.finance.portfolio import Account, Portfolio
from rustybt.views import FloatView, PublicView, ValueView, ZiplineView

MORNING = date(2020, 1, 2)


def portfolio(book: Desk, view: ValueView | None = None) -> Portfolio:
    return Portfolio(book.ledger, view or PublicView(book.arithmetic), start_date=MORNING)


def invested() -> Desk:
    """10,000 of capital; 20 AAA at 100, marked at 110, and 10 BBB short at 50, marked at 45."""
    book = desk(10_000)
    book.fill(AAA, 20, 100)
    book.fill(BBB, -10, 50)
    book.mark(AAA, 110)
    book.mark(BBB, 45)
    return book


# ---------------------------------------------------------------------- positions


def test_a_held_asset_is_followed_from_opening_to_closing() -> None:
    book = desk()
    positions = portfolio(book).positions
    assert (len(positions), AAA in positions) == (0, False)
    book.fill(AAA, 10, 50)
    held = positions[AAA]
    assert held.amount == 10
    book.fill(AAA, 5, 50)
    assert held.amount == 15
    assert list(positions.items()) == [(AAA, held)]
    book.fill(AAA, -15, 50)
    assert (held.amount, held.cost_basis) == (0, 0)
    assert AAA not in positions


def test_a_portfolio_made_late_knows_what_is_held() -> None:
    assert list(portfolio(invested()).positions) == [AAA, BBB]


def test_a_position_shows_decimals() -> None:
    held = portfolio(invested()).positions[AAA]
    assert (held.asset, held.sid) == (AAA, AAA)
    assert str(held.amount) == "20"
    assert str(held.cost_basis) == "100"
    assert str(held.last_sale_price) == "110.00"
    assert held.last_sale_date == datetime(1970, 1, 1, tzinfo=UTC)
    assert repr(held).startswith("Position(asset=Equity(1 [AAA]), amount=Decimal('20')")


def test_an_asset_that_is_not_held_gives_an_empty_position_that_is_not_stored() -> None:
    positions = portfolio(desk()).positions
    empty = positions[AAA]
    assert (empty.asset, empty.sid) == (AAA, AAA)
    assert (empty.amount, empty.cost_basis, empty.last_sale_price) == (0, 0, 0)
    assert empty.last_sale_date is None
    assert repr(empty) == "Position(asset=Equity(1 [AAA]), amount=Decimal('0'))"
    assert len(positions) == 0


@pytest.mark.parametrize("key", [1, "AAA", None])
def test_a_key_that_is_no_asset_is_a_value_error(key: object) -> None:
    with pytest.raises(ValueError, match="positions"):
        portfolio(invested()).positions[key]  # type: ignore[index]


def test_positions_cannot_be_changed() -> None:
    positions = portfolio(invested()).positions
    held = positions[AAA]
    with pytest.raises(TypeError):
        positions[AAA] = held
    with pytest.raises(TypeError):
        del positions[AAA]
    for change in (positions.clear, positions.popitem, positions.update):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(AttributeError):
        held.amount = 5  # type: ignore[misc]
    assert positions[AAA].amount == 20


def test_reading_an_amount_does_not_mark_and_reading_a_price_does() -> None:
    book = invested()
    held = portfolio(book).positions[AAA]
    marked = []
    book.ledger.refresh = lambda: marked.append(True)
    for read in ("last_sale_price", "last_sale_date"):
        book.ledger.stale = True
        assert held.amount == 20
        assert marked == []
        getattr(held, read)
        assert marked.pop()


# ---------------------------------------------------------------------- portfolio, account


def test_the_fields_of_a_portfolio() -> None:
    seen = portfolio(invested())
    assert {
        name: str(getattr(seen, name))
        for name in (
            "cash_flow", "capital_used", "starting_cash", "portfolio_value", "pnl", "returns",
            "cash", "positions_value", "positions_exposure", "start_date",
        )
    } == {
        "cash_flow": "-1500.00",
        "capital_used": "-1500.00",
        "starting_cash": "10000.00",
        "portfolio_value": "10250.00",
        "pnl": "250.00",
        "returns": "0.025",
        "cash": "8500.00",
        "positions_value": "1750.00",
        "positions_exposure": "1750.00",
        "start_date": "2020-01-02",
    }  # fmt: skip
    assert seen.current_portfolio_weights == {
        AAA: Decimal("0.2146341463414634"),
        BBB: Decimal("-0.0439024390243902"),
    }
    assert repr(seen).startswith("Portfolio(cash_flow=Decimal('-1500.00')")


def test_a_portfolio_cannot_be_changed() -> None:
    seen = portfolio(invested())
    for name in ("cash", "positions", "start_date", "something"):
        with pytest.raises(AttributeError):
            setattr(seen, name, 1)


def test_the_fields_of_an_account() -> None:
    book = invested()
    seen = Account(book.ledger, PublicView(DECIMAL))
    names = [name for name, kind in vars(Account).items() if isinstance(kind, property)]
    assert {name: str(getattr(seen, name)) for name in names} == {
        "settled_cash": "8500.00",
        "accrued_interest": "0",
        "buying_power": "Infinity",
        "equity_with_loan": "10250.00",
        "total_positions_value": "1750.00",
        "total_positions_exposure": "1750.00",
        "regt_equity": "8500.00",
        "regt_margin": "Infinity",
        "initial_margin_requirement": "0",
        "maintenance_margin_requirement": "0",
        "available_funds": "8500.00",
        "excess_liquidity": "8500.00",
        "cushion": "0.8292682926829268",
        "day_trades_remaining": "Infinity",
        "leverage": "0.2585365853658537",
        "gross_leverage": "0.2585365853658537",
        "net_leverage": "0.1707317073170732",
        "net_liquidation": "10250.00",
    }
    assert repr(seen).startswith("Account(settled_cash=Decimal('8500.00')")


def test_the_cushion_of_an_account_worth_nothing_is_no_number() -> None:
    book = desk(1000)
    book.fill(AAA, 10, 100)
    book.mark(AAA, 0)
    seen = Account(book.ledger, FloatView(DECIMAL))
    assert isnan(seen.cushion)
    assert seen.gross_leverage == inf


# ---------------------------------------------------------------------- views


def test_a_float_view_shows_the_nearest_float_over_either_arithmetic() -> None:
    for arithmetic in (DECIMAL, FLOAT):
        book = desk(10_000, arithmetic=arithmetic)
        book.fill(AAA, 3, "33.10")
        seen = portfolio(book, FloatView(arithmetic))
        assert seen.cash == 9900.7
        assert type(seen.returns) is float
        held = seen.positions[AAA]
        assert (held.amount, held.last_sale_price) == (3.0, 33.1)
        assert held.cost_basis == pytest.approx(33.1, rel=1e-15)
        assert type(held.amount) is float
        assert held.last_sale_date == datetime(1970, 1, 1, tzinfo=UTC)
        assert seen.start_date == MORNING
        assert list(seen.current_portfolio_weights) == [AAA]


def test_a_float_book_shows_floats_publicly() -> None:
    book = desk(10_000, arithmetic=FLOAT)
    seen = portfolio(book)
    assert type(seen.cash) is float
    assert type(seen.positions[AAA].cost_basis) is float


def test_the_zipline_view_shows_whole_amounts_as_int_and_pandas_objects() -> None:
    book = desk(10_000)
    book.fill(AAA, 3, "33.10")
    book.fill(COIN, "0.5", "10")
    seen = portfolio(book, ZiplineView(DECIMAL))
    amounts = [held.amount for held in seen.positions.values()]
    assert amounts == [3, 0.5]
    assert [type(amount) for amount in amounts] == [int, float]
    assert type(seen.positions[BBB].amount) is int
    assert type(seen.positions[BBB].cost_basis) is float
    assert seen.start_date == pd.Timestamp("2020-01-02")
    assert seen.positions[COIN].last_sale_date == pd.Timestamp(2, unit="ns", tz="UTC")
    weights = seen.current_portfolio_weights
    assert isinstance(weights, pd.Series)
    assert weights[COIN] == pytest.approx(5 / 10_000)


def test_the_zipline_views_weights_of_nothing_are_an_empty_series_of_floats() -> None:
    weights = portfolio(desk(), ZiplineView(DECIMAL)).current_portfolio_weights
    assert isinstance(weights, pd.Series)
    assert (len(weights), weights.dtype) == (0, "float64")
