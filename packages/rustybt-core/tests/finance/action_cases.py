"""Cases of corporate actions: positions before, terms, and what is left, in public numbers."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from finance.books import AAA, FLOAT, Desk, desk

from rustybt.assets import Asset

Trade = tuple[Asset, object, object]
"""Asset, amount and price."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Positions before an action, and what it leaves.

    Attributes:
        held: The trades before; by default 100 AAA at 10.
        mark: What the asset is marked at when it happens.
        terms: Of the event.
        left: Amount, whole cost and mark of each position after it.
        cash: The money that it brought.
    """

    held: tuple[Trade, ...] = ((AAA, 100, 10),)
    mark: object = 12
    terms: dict[str, Any] = field(default_factory=dict)
    left: dict[Asset, tuple[str, str, str]]
    cash: str = "0.00"

    @property
    def asset(self) -> Asset:
        return self.held[0][0]


def acted(event: type[Any], case: Case, **rules: Any) -> tuple[Desk, Any]:
    """The book after the action, and its cash before."""
    book = desk(**rules)
    for asset, amount, price in case.held:
        book.fill(asset, amount, price)
    book.mark(case.asset, case.mark)
    before = book.ledger.cash
    book.act(event, case.asset, **case.terms)
    return book, before


def check(event: type[Any], case: Case) -> None:
    book, before = acted(event, case)
    left = {
        asset: (book.amount(asset), book.cost(asset), book.price(asset))
        for asset in book.ledger.positions
    }
    assert left == case.left
    assert book.money(book.ledger.cash - before) == case.cash


def check_floats(event: type[Any], case: Case) -> None:
    book, before = acted(event, case, arithmetic=FLOAT)
    assert list(book.ledger.positions) == list(case.left)
    for asset, numbers in case.left.items():
        held = book.ledger.positions[asset]
        found = held.amount, held.total_cost(), held.last_price
        assert found == pytest.approx([float(number) for number in numbers], rel=1e-9, abs=1e-7)
    assert book.ledger.cash - before == pytest.approx(float(case.cash), abs=1e-9)


def table(cases: dict[str, Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases.values(), ids=cases)
