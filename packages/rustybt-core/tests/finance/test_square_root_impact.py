"""Impact by the square-root law: tables by hand, and what holds for all numbers."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any

import pytest
from cost_stubs import AAA, BTC, Bar, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.slippage import LiquidityExceeded, SquareRootImpact
from rustybt.values import KERNEL_CONTEXT

D = Decimal

# Returns of 0.1, -0.1 and 0: their sample deviation is 0.1. Today's values do not count.
CLOSES = ("100", "110", "99", "99", "1")
VOLUMES = ("300", "500", "400", "400", "7")


def market(closes: Sequence[str] = CLOSES, volumes: Sequence[str] = VOLUMES, **fields: Any) -> Bar:
    past = {"close": list(map(D, closes)), "volume": list(map(D, volumes))}
    return Bar({"close": D(100), "volume": D(400), **fields}, past)


def filled(
    model: SquareRootImpact,
    amount: str,
    bar: Bar,
    *,
    taken: str = "0",
    limit: str | None = None,
    asset: Asset = AAA,
) -> Any:
    model.volume_for_bar = D(taken)
    order = Order(asset, D(amount), D(0), limit=None if limit is None else D(limit))
    with localcontext(KERNEL_CONTEXT):
        return model.process_order(bar, order)


@pytest.mark.parametrize(
    ("factor", "amount", "taken", "price", "size"),
    [
        # sqrt(100 / 400) = 1/2 of a volatility of 10 %
        ("1", "100", "0", "105", "100"),
        ("1", "-100", "0", "95", "-100"),
        ("0.5", "100", "0", "102.5", "100"),
        ("0", "100", "0", "100", "100"),
        # sqrt(4 / 400) = 1/10
        ("1", "4", "0", "101", "4"),
        ("2", "-4", "0", "98", "-4"),
        # the whole volume
        ("1", "400", "0", "110", "400"),
        ("1", "-9999", "0", "90", "-400"),
        # what others took in the bar counts: sqrt((96 + 4) / 400)
        ("1", "4", "96", "105", "4"),
        ("1", "100", "399", "110", "1"),
        # sqrt(2 / 400) = 0.070710678118654752
        ("1", "2", "0", "100.7071067811865475", "2"),
    ],
)
def test_by_hand(factor: str, amount: str, taken: str, price: str, size: str) -> None:
    model = SquareRootImpact(factor, volume_limit=1, sessions=4)
    found, got = filled(model, amount, market(), taken=taken)
    assert got == D(size)
    assert found == pytest.approx(D(price), abs=D("1e-16"))


def test_a_volatility_that_is_no_finite_decimal() -> None:
    # Returns of 0.1 and -0.1: the square root of 0.02, to 18 digits.
    model = SquareRootImpact(volume_limit=1, sessions=3)
    bar = market(("100", "110", "99", "1"), ("400", "400", "400", "1"))
    assert filled(model, "100", bar) == (D("107.07106781186547525"), D(100))


@pytest.mark.parametrize(
    ("amount", "taken", "size"),
    [("1000", "0", "40"), ("1000", "30", "10"), ("-3", "30", "-3"), ("5", "40", None)],
)
def test_participation_is_limited(amount: str, taken: str, size: str | None) -> None:
    model = SquareRootImpact(volume_limit="0.1", sessions=4)
    if size is None:
        with pytest.raises(LiquidityExceeded):
            filled(model, amount, market(), taken=taken)
    else:
        assert filled(model, amount, market(), taken=taken)[1] == D(size)


@pytest.mark.parametrize(
    ("amount", "limit", "fills"),
    [
        ("100", "104.99", False),
        ("100", "105", True),
        ("-100", "95.01", False),
        ("-100", "95", True),
    ],
)
def test_the_limit_price_is_kept(amount: str, limit: str, *, fills: bool) -> None:
    model = SquareRootImpact(volume_limit=1, sessions=4)
    price, _ = filled(model, amount, market(), limit=limit)
    assert (price is not None) is fills


def test_a_sale_that_would_leave_no_price_does_not_happen() -> None:
    model = SquareRootImpact(10, volume_limit=1, sessions=4)
    assert filled(model, "-400", market()) == (None, None)  # 100 %
    assert filled(model, "400", market()) == (D(200), D(400))


@pytest.mark.parametrize(
    "bar",
    [
        Bar({"close": D(100), "volume": D(400)}),  # no history
        market(volumes=["0"] * 5),
        market(closes=["0", "1", "1", "1", "1"]),
    ],
)
def test_without_a_history_the_impact_is_constant(bar: Bar) -> None:
    assert filled(SquareRootImpact(sessions=4), "-5", bar) == (D("99.9"), D(-5))
    wide = SquareRootImpact(sessions=4, fallback_basis_points=50)
    assert filled(wide, "5", bar) == (D("100.5"), D(5))


def test_sizes_are_whole_lots() -> None:
    bar = market(volume=D("0.000000123"))
    _, size = filled(SquareRootImpact(sessions=4), "5", bar, asset=BTC)
    assert size == D("0.00000001")


def test_history_is_measured_once_per_session() -> None:
    model, bar = SquareRootImpact(volume_limit=1, sessions=4), market()
    assert filled(model, "100", bar)[0] == 105
    bar.past = {"close": [D(100)] * 5, "volume": [D(400)] * 5}
    assert filled(model, "100", bar)[0] == 105
    bar.current_session = bar.current_session.replace(day=2)
    assert filled(model, "100", bar)[0] == 100


@pytest.mark.parametrize(
    "make",
    [
        lambda: SquareRootImpact(-1),
        lambda: SquareRootImpact(volume_limit=0),
        lambda: SquareRootImpact(sessions=2),
        lambda: SquareRootImpact(fallback_basis_points=-1),
    ],
)
def test_impossible_arguments(make: Any) -> None:
    with pytest.raises(InvalidArgument):
        make()


def test_a_model_shows_its_arguments() -> None:
    assert repr(SquareRootImpact("0.5")) == "SquareRootImpact(factor=0.5, volume_limit=0.1)"


# ------------------------------------------------------------------ laws

HISTORY = st.lists(st.integers(50, 200), min_size=5, max_size=5)


@given(closes=HISTORY, amount=st.integers(-500, 500).filter(bool), taken=st.integers(0, 350))
def test_impact_never_improves_a_fill(closes: list[int], amount: int, taken: int) -> None:
    model = SquareRootImpact(volume_limit=1, sessions=4)
    price, size = filled(model, str(amount), market(list(map(str, closes))), taken=str(taken))
    if price is not None:
        assert 0 < size / amount <= 1
        assert (price - 100) * (1 if amount > 0 else -1) >= 0


@given(closes=HISTORY, sizes=st.lists(st.integers(1, 400), min_size=2, max_size=6))
def test_a_greater_size_has_a_greater_impact_and_less_a_unit(
    closes: list[int], sizes: list[int]
) -> None:
    bar = market(list(map(str, closes)))
    model = SquareRootImpact(volume_limit=1, sessions=4)
    impacts = [(size, filled(model, str(size), bar)[0] - 100) for size in sorted(sizes)]
    for (size, impact), (more, greater) in pairwise(impacts):
        assert greater >= impact
        assert greater * size <= impact * more + D("1e-12")


@given(closes=HISTORY, first=st.integers(1, 200), then=st.integers(1, 200))
def test_an_order_cut_in_two_within_a_bar_ends_at_the_same_price(
    closes: list[int], first: int, then: int
) -> None:
    bar = market(list(map(str, closes)))
    model = SquareRootImpact(volume_limit=1, sessions=4)
    whole, _ = filled(model, str(first + then), bar)
    assert filled(model, str(then), bar, taken=str(first))[0] == whole
