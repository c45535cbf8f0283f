"""A suite that nothing can fail is worth nothing: each fault here is found by the named test."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from rustybt.finance.margin import CryptoIsolated, MarginModel, MarginRequirement, total
from rustybt.testing import MarginModelSuite

Answer = Callable[[Any], tuple[Any, Any]]
asked: list[int] = []


class Faulty(MarginModel):
    def __init__(self, answer: Answer, **other: Any) -> None:
        self.answer = answer
        self.other = other

    def position(self, held: Any) -> MarginRequirement:
        return MarginRequirement(*self.answer(held))

    def book(self, parts: Any) -> MarginRequirement:
        return self.other.get("book", total)(parts)  # type: ignore[no-any-return]

    def leverage(self) -> Any:
        return self.other.get("leverage", Decimal(1))

    def ceiling(self, *, shorts: bool) -> Any:
        return self.other.get("ceiling")

    def isolated(self, asset: Any) -> Any:
        return self.other.get("terms")


def half(held: Any) -> tuple[Any, Any]:
    return held.value / 2, held.value / 4


def in_turn(held: Any) -> tuple[Any, Any]:
    asked.append(1)
    return held.value * len(asked), held.value * 0


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("nothing_requires_nothing", lambda p: (p.price, p.price * 0)),
        ("requirements_are_money", lambda p: (float(p.value), float(p.value))),
        ("requirements_are_money", lambda p: (-p.value, -p.value)),
        ("requirements_are_money", lambda p: (p.value, p.value * 2)),
        ("more_of_it_requires_no_less", lambda p: (p.value, max(p.value - p.value * p.value, 0))),
        ("more_of_it_requires_no_less", lambda p: (1000 / (p.value + 1), p.value * 0)),
        ("same_question_has_the_same_answer", in_turn),
    ],
)
def test_faults_of_a_position(test: str, answer: Answer) -> None:
    found = getattr(MarginModelSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(Faulty(answer), "decimal")


def test_a_float_formula_is_found() -> None:
    def answer(held: Any) -> tuple[Any, Any]:
        return held.value * (2 if isinstance(held.value, float) else 1), held.value

    with pytest.raises(AssertionError):
        MarginModelSuite().test_decimals_and_floats_agree(Faulty(answer))


@pytest.mark.parametrize(
    "book",
    [
        lambda parts: MarginRequirement(parts[0].value, parts[0].value),
        lambda parts: MarginRequirement(parts[0].value * 0, Decimal(1)),
    ],
)
def test_faults_of_a_book(book: Any) -> None:
    with pytest.raises(AssertionError):
        MarginModelSuite().test_a_book_has_no_order(Faulty(half, book=book), "decimal")


@pytest.mark.parametrize("leverage", [2.0, Decimal("0.5"), None])
def test_faults_of_leverage(leverage: Any) -> None:
    with pytest.raises(AssertionError):
        MarginModelSuite().test_funds_carry_their_own_amount_or_more(
            Faulty(half, leverage=leverage)
        )


@pytest.mark.parametrize("ceiling", [0.25, Decimal("0.2"), Decimal(0)])
def test_faults_of_a_ceiling(ceiling: Any) -> None:
    with pytest.raises(AssertionError):
        MarginModelSuite().test_no_position_takes_more_than_the_ceiling(
            Faulty(half, ceiling=ceiling)
        )


class BeyondBankruptcy(CryptoIsolated):
    def liquidation_price(self, size: Any, entry_price: Any, margin: Any) -> Any:
        return entry_price * (10 if size < 0 else Decimal("0.01"))


class Never(CryptoIsolated):
    def liquidation_price(self, size: Any, entry_price: Any, margin: Any) -> Any:
        return None


@pytest.mark.parametrize("terms", [BeyondBankruptcy(10), Never(10)])
def test_faults_of_isolated_terms(terms: Any) -> None:
    model = Faulty(lambda p: (p.value / 10, p.value / 100), terms=terms)
    with pytest.raises(AssertionError):
        MarginModelSuite().test_isolated_positions_end_before_their_margin_does(model, "decimal")


def test_what_is_no_margin_model() -> None:
    with pytest.raises(AssertionError):
        MarginModelSuite().test_is_a_margin_model(object())  # type: ignore[arg-type]
