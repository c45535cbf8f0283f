"""Fill models: tables by hand, frequencies, and what constructors refuse."""

from decimal import Decimal, localcontext
from math import sqrt
from typing import Any

import pytest
from cost_stubs import AAA, BTC, Bar, Order
from hypothesis import given
from hypothesis import strategies as st
from worked_tables import Row, agree, column, table

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.draws import Draws
from rustybt.finance.fills import AlwaysFill, FillModel, PartialFill, PassiveFillProbability
from rustybt.values import KERNEL_CONTEXT, rounded_scaled

D = Decimal
BAR = Bar({"low": D("9.90"), "high": D("10.10")})
TRIES = 20_000
CASES = table(__file__, "fill_cases.csv")


def may_fill(
    model: FillModel,
    amount: str,
    *,
    filled: str = "0",
    limit: str | None = None,
    asset: Asset = AAA,
    bar: Bar = BAR,
    sequence: int = 1,
    at: int = 0,
    number: Any = Decimal,
) -> Any:
    order = Order(
        asset,
        number(amount),
        number(filled),
        limit=None if limit is None else number(limit),
        sequence=sequence,
    )
    with localcontext(KERNEL_CONTEXT):
        return model.fillable(bar, order, at, Draws(7))


@pytest.mark.parametrize(
    ("model", "amount", "filled", "limit", "expected"),
    [
        (AlwaysFill(), "100", "0", None, "100"),
        (AlwaysFill(), "-100", "-30", "10", "-70"),
        (PassiveFillProbability(1), "100", "0", "10", "100"),
        (PassiveFillProbability(0), "100", "0", "10", "0"),
        (PassiveFillProbability(0), "100", "40", None, "60"),  # takes what is there
        (PassiveFillProbability(0), "-100", "0", None, "-100"),
        # The bar trades from 9.90 to 10.10.
        (PassiveFillProbability(0, touch_only=True), "100", "0", "9.91", "100"),
        (PassiveFillProbability(0, touch_only=True), "100", "0", "9.90", "0"),
        (PassiveFillProbability(0, touch_only=True), "-100", "0", "10.09", "-100"),
        (PassiveFillProbability(0, touch_only=True), "-100", "0", "10.10", "0"),
        (PassiveFillProbability(1, touch_only=True), "100", "0", "9.90", "100"),
        (PartialFill(), "100", "0", None, "50"),
        (PartialFill(), "101", "0", "10", "50"),
        (PartialFill(), "-101", "0", None, "-50"),
        (PartialFill(), "100", "60", None, "20"),  # of what is open
        (PartialFill(), "1", "0", None, "1"),  # at least a lot
        (PartialFill("0.01"), "-20", "0", None, "-1"),
        (PartialFill("0.3"), "10", "0", None, "3"),
        (PartialFill("0.999"), "10", "0", None, "9"),
        (PartialFill(1), "10", "3", None, "7"),
        (PartialFill(("0.25", "0.25")), "100", "0", None, "25"),
    ],
    ids=str,
)
def test_what_is_certain(
    model: FillModel, amount: str, filled: str, limit: str | None, expected: str
) -> None:
    assert may_fill(model, amount, filled=filled, limit=limit) == D(expected)
    bar = Bar({"low": 9.9, "high": 10.1})
    found = may_fill(model, amount, filled=filled, limit=limit, number=float, bar=bar)
    assert (type(found), found) == (float, float(expected))


@pytest.mark.parametrize(
    **column(CASES, labels=("model", "arguments", "amount", "filled", "limit"))
)
def test_fills_by_table(row: Row) -> None:
    """The bar trades from 9.90 to 10.10; "touch" is for orders that it only touched."""
    assert agree(row, "fillable")
    share, *touch = row["arguments"].split()
    passive = row["model"] == "PassiveFillProbability"
    model = PassiveFillProbability(share, touch_only=bool(touch)) if passive else PartialFill(share)
    terms: dict[str, Any] = {"filled": row["filled"], "limit": row["limit"] or None}
    assert may_fill(model, row["amount"], **terms) == D(row["fillable"])
    bar = Bar({"low": 9.9, "high": 10.1})
    assert may_fill(model, row["amount"], number=float, bar=bar, **terms) == float(row["fillable"])


def test_lots_may_be_fractions() -> None:
    assert may_fill(PartialFill(), "0.00000003", asset=BTC) == D("0.00000001")
    assert may_fill(PartialFill("0.1"), "0.00000003", asset=BTC) == D("0.00000001")
    assert may_fill(PartialFill("0.3"), "1", asset=BTC) == D("0.3")
    assert may_fill(PartialFill("0.3"), "1", asset=BTC, number=float) == 0.3


def test_less_than_a_lot_is_filled_as_it_is() -> None:
    assert may_fill(PartialFill(), "0.5") == D("0.5")


def test_a_bar_without_a_price_is_drawn_for() -> None:
    bar = Bar({"low": None, "high": None})
    model = PassiveFillProbability(0, touch_only=True)
    assert may_fill(model, "100", limit="10", bar=bar) == 0


@pytest.mark.parametrize("probability", ["0.05", "0.3", "0.9"])
def test_passive_orders_fill_as_often_as_they_should(probability: str) -> None:
    model = PassiveFillProbability(probability)
    share = float(probability)
    slack = 4 * sqrt(share * (1 - share) / TRIES)
    by_order = sum(may_fill(model, "1", limit="10", sequence=n) for n in range(TRIES))
    by_bar = sum(may_fill(model, "1", limit="10", at=n * 60_000_000_000) for n in range(TRIES))
    assert float(by_order / TRIES) == pytest.approx(share, abs=slack)
    assert float(by_bar / TRIES) == pytest.approx(share, abs=slack)


def test_a_fill_is_the_draw_of_order_and_bar() -> None:
    draws = Draws(7)
    for sequence in range(50):
        for at in (0, 60_000_000_000):
            uniform = draws.uniform("fill", sequence, at)
            fills = may_fill(
                PassiveFillProbability("0.4"), "100", limit="10", sequence=sequence, at=at
            )
            assert (fills == 100) is (uniform < 4 * 10**17)
            part = may_fill(PartialFill(("0.2", "0.8")), "1000", sequence=sequence, at=at)
            assert part == (2 * 10**17 + uniform * 6 // 10) * 1000 // 10**18


@given(
    amount=st.integers(-10_000, 10_000).filter(bool),
    least=st.decimals("0.01", "1", places=2),
    more=st.decimals("0", "1", places=2),
    sequence=st.integers(0, 10**6),
)
def test_a_part_lies_within_its_range(
    amount: int, least: Decimal, more: Decimal, sequence: int
) -> None:
    most = min(least + more, D(1))
    found = may_fill(PartialFill((least, most)), str(amount), sequence=sequence)
    assert found == int(found)
    part = found / amount
    assert 0 < part <= 1
    assert abs(found) >= int(abs(amount) * least)
    assert abs(found) <= max(abs(amount) * most, 1)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: PassiveFillProbability(-0.1), InvalidArgument),
        (lambda: PassiveFillProbability(1.1), InvalidArgument),
        (lambda: PassiveFillProbability("often"), InvalidNumber),
        (lambda: PartialFill(0), InvalidArgument),
        (lambda: PartialFill(1.5), InvalidArgument),
        (lambda: PartialFill((0, 1)), InvalidArgument),
        (lambda: PartialFill((0.8, 0.2)), InvalidArgument),
    ],
)
def test_impossible_arguments(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (AlwaysFill(), "AlwaysFill()"),
        (
            PassiveFillProbability("0.3"),
            "PassiveFillProbability(probability=0.3, touch_only=False)",
        ),
        (PartialFill("0.3"), "PartialFill(share=0.3)"),
        (PartialFill(("0.2", "0.8")), "PartialFill(share=(0.2, 0.8))"),
    ],
)
def test_a_model_shows_its_arguments(model: FillModel, text: str) -> None:
    assert repr(model) == text


def test_a_probability_is_kept_to_eighteen_digits() -> None:
    third = D(1) / 3
    assert rounded_scaled(PassiveFillProbability(third).probability, 18) == 333333333333333333
