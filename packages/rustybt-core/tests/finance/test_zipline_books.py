"""What recorded zipline runs did to their ledgers, done to ours: it must end up the same.

The data is cut out of the recorded runs by `data/make_zipline_books.py`: transactions, splits,
dividends and the marks go in; performance columns, positions and account fields must come out.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Any

import pytest
from finance.books import DECIMAL, FLOAT, NYSE, ZIPLINE_RULES

from rustybt.assets import Equity
from rustybt.finance.accounts import commodity_of
from rustybt.finance.book_events import (
    CloseOut,
    CommissionCharge,
    DividendEarned,
    Fill,
    SplitApplied,
)
from rustybt.finance.journal import replay
from rustybt.finance.ledger import DecimalLedger
from rustybt.finance.portfolio import Account, Portfolio
from rustybt.finance.snapshot import SessionSnapshot
from rustybt.values import Arithmetic, Num, Ratio
from rustybt.views import ZiplineView

DATA = Path(__file__).parent.parent / "data" / "zipline_books.json.gz"
EPOCH = date(1970, 1, 1)
MONEY = 1e-6
RATE = 1e-9
MONEY_COLUMNS = (
    "capital_used", "ending_cash", "ending_exposure", "ending_value", "long_exposure",
    "long_value", "pnl", "portfolio_value", "short_exposure", "short_value", "starting_cash",
    "starting_exposure", "starting_value",
)  # fmt: skip
RATE_COLUMNS = ("returns", "gross_leverage", "net_leverage", "longs_count", "shorts_count")


@cache
def books() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(gzip.decompress(DATA.read_bytes()))
    return data


def names() -> list[str]:
    return sorted(books()["runs"])


def nanoseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) * 10**9


def days(label: str) -> int:
    return (date.fromisoformat(label) - EPOCH).days


class Replayed:
    """A recorded run whose events are applied to a ledger of ours, session by session."""

    def __init__(self, name: str, arithmetic: Arithmetic) -> None:
        self.run = books()["runs"][name]
        self.market = books()["markets"][self.run["market"]]
        self.arithmetic = arithmetic
        self.assets = {
            row["symbol"]: Equity(
                sid=int(row["sid"]),
                symbol=row["symbol"],
                exchange_info=NYSE,
                start_date=date.fromisoformat(row["start_date"]),
            )
            for row in self.market["assets"]
        }
        capital = arithmetic.money_value(arithmetic.money(self.run["capital_base"]))
        self.ledger = DecimalLedger(arithmetic, capital, **ZIPLINE_RULES)
        self.sequence = 0

    def sessions(self) -> Iterator[tuple[int, str]]:
        """Every session up to the point where the book is marked at its close."""
        waiting = list(self.run["transactions"])
        for index, label in enumerate(self.run["sessions"]):
            close = nanoseconds(self.run["period_close"][index])
            self.morning(label)
            today = [row for row in waiting if nanoseconds(row["dt"]) <= close]
            waiting = waiting[len(today) :]
            for _, bar in groupby(today, key=lambda row: (row["dt"], row["order"] is None)):
                self.trade(list(bar), index)
            marks = {row[0]: row[3] for row in self.run["positions"][index]}
            self.ledger.mark_all(
                [self.price(marks.get(asset.symbol)) for asset in self.ledger.positions], close
            )
            yield index, label

    def price(self, mark: float | None) -> Num | None:
        return None if mark is None else self.arithmetic.price(mark)

    def morning(self, label: str) -> None:
        at = nanoseconds(f"{label}T00:00:00Z")
        self.ledger.start_session(
            day=days(label),
            at=at,
            dividends=[
                DividendEarned(
                    asset=self.assets[row["symbol"]],
                    at=at,
                    pay=days(row["pay_date"]),
                    per_share=self.arithmetic.price(row["amount"]),
                )
                for row in self.market["dividends"]
                if row["ex_date"] == label
            ],
        )
        for row in self.market["splits"]:
            if row["effective_date"] == label:
                ratio = Ratio.parse(row["ratio"])
                asset = self.assets[row["symbol"]]
                self.ledger.apply(SplitApplied(asset=asset, at=at, ratio=ratio))

    def trade(self, bar: list[dict[str, Any]], session: int) -> None:
        """All executions of a bar, then all their commissions."""
        for row in bar:
            self.sequence += 1
            self.ledger.apply(self.execution(row, session))
        for row in bar:
            if row["commission"]:
                self.ledger.apply(
                    CommissionCharge(
                        order_id=str(row["order"]),
                        asset=self.assets[row["symbol"]],
                        at=nanoseconds(row["dt"]),
                        amount=self.arithmetic.money(row["commission"]),
                        strategy="recorded",
                    )
                )

    def execution(self, row: dict[str, Any], session: int) -> Fill | CloseOut:
        asset, at = self.assets[row["symbol"]], nanoseconds(row["dt"])
        price = self.arithmetic.price(row["price"])
        if row["order"] is None:
            return CloseOut(
                asset=asset, at=at, session=session, price=price, sequence=self.sequence
            )
        return Fill(
            order_id=str(row["order"]),
            asset=asset,
            at=at,
            session=session,
            amount=self.arithmetic.amount(row["amount"]),
            price=price,
            sequence=self.sequence,
            strategy="recorded",
        )

    def end(self, label: str) -> SessionSnapshot:
        return self.ledger.end_session(
            session=date.fromisoformat(label), period_open=0, period_close=0
        )

    def recorded(self, column: str, index: int) -> Any:
        values = self.run["perf"][column]
        return values["constant"] if isinstance(values, dict) else values[index]


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
@pytest.mark.parametrize("name", names())
def test_the_book_of_a_recorded_run(name: str, arithmetic: Arithmetic) -> None:
    replayed = Replayed(name, arithmetic)
    for index, label in replayed.sessions():
        row = replayed.end(label)
        for column in MONEY_COLUMNS:
            if column in replayed.run["perf"]:
                figure = float(arithmetic.money_value(getattr(row, column)))
                wanted = replayed.recorded(column, index)
                assert figure == pytest.approx(wanted, abs=MONEY, rel=0), (label, column)
        for column in RATE_COLUMNS:
            wanted = replayed.recorded(column, index)
            assert float(getattr(row, column)) == pytest.approx(wanted, abs=RATE), (label, column)
        total = replayed.recorded("algorithm_period_return", index)
        assert float(replayed.ledger.returns()) == pytest.approx(total, abs=RATE), label
        check_positions(row, replayed.run["positions"][index], arithmetic)


def check_positions(
    row: SessionSnapshot, recorded: list[tuple[str, int, float, float]], arithmetic: Arithmetic
) -> None:
    held = row.positions
    assert [asset.symbol for asset in held.assets] == [symbol for symbol, *_ in recorded]
    assert [arithmetic.amount_value(amount) for amount in held.amounts] == [
        amount for _, amount, *_ in recorded
    ]
    assert [float(arithmetic.money_value(cost)) for cost in held.cost_bases] == pytest.approx(
        [cost_basis for _, _, cost_basis, _ in recorded], abs=RATE
    )
    prices = [float(arithmetic.price_value(price)) for price in held.last_sale_prices]
    assert prices == pytest.approx([price for *_, price in recorded], abs=RATE)


@pytest.mark.parametrize("name", names())
def test_in_floats_cash_and_cost_basis_are_ziplines_to_the_last_bit(name: str) -> None:
    replayed = Replayed(name, FLOAT)
    for index, label in replayed.sessions():
        row = replayed.end(label)
        assert row.ending_cash == replayed.recorded("ending_cash", index)
        recorded = [cost_basis for _, _, cost_basis, _ in replayed.run["positions"][index]]
        assert list(row.positions.cost_bases) == recorded


@pytest.mark.parametrize("name", names())
def test_replaying_the_journal_of_a_recorded_run_gives_its_book(name: str) -> None:
    replayed = Replayed(name, DECIMAL)
    for _, label in replayed.sessions():
        replayed.end(label)
    ledger = replayed.ledger
    assert ledger.journal is not None
    state = replay(ledger.journal)
    assert state.cash == {"USD": ledger.cash}
    assert state.receivables.get("USD", 0) == ledger.receivables
    assert state.positions == {
        commodity_of(asset): held.amount for asset, held in ledger.positions.items()
    }


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
def test_every_field_that_a_strategy_saw_around_the_splits(arithmetic: Arithmetic) -> None:
    replayed = Replayed("a09_splits_fractional", arithmetic)
    captured = {capture["date"]: capture for capture in replayed.run["captures"]}
    view = ZiplineView(arithmetic)
    account = Account(replayed.ledger, view)
    portfolio = Portfolio(replayed.ledger, view, start_date=date(2019, 9, 3))
    seen = 0
    for _, label in replayed.sessions():
        if label in captured:
            seen += 1
            check_capture(captured[label], portfolio, account)
        replayed.end(label)
    assert seen == 6


def check_capture(wanted: dict[str, Any], portfolio: Portfolio, account: Account) -> None:
    for field, value in wanted["account"].items():
        # The recording has null for infinity.
        expected = inf if value is None else value
        assert getattr(account, field) == pytest.approx(expected, abs=MONEY), field
    for field, value in wanted["portfolio"].items():
        assert getattr(portfolio, field) == pytest.approx(value, abs=MONEY), field
    weights = portfolio.current_portfolio_weights
    assert [asset.symbol for asset in dict(weights)] == wanted["weights"]["index"]
    assert list(dict(weights).values()) == pytest.approx(wanted["weights"]["data"], abs=RATE)
    for position, recorded in zip(portfolio.positions.values(), wanted["positions"], strict=True):
        assert position.asset.symbol == recorded["symbol"]
        assert type(position.amount) is int
        for field in ("amount", "cost_basis", "last_sale_price"):
            assert getattr(position, field) == pytest.approx(recorded[field], abs=RATE)
