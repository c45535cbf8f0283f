"""Stops that follow the price: by hand, in both arithmetics, and what always holds."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markets import stock

from rustybt.assets import Future
from rustybt.orders import Trail
from rustybt.values import Arithmetic, DecimalArithmetic, ExactRounding, FloatArithmetic, Ratio

SHARE = stock("AAA", 1)
CONTRACT = Future(sid=2, symbol="ESH21", exchange_info=SHARE.exchange_info, tick_size=D("0.25"))
EXACT, FLOATS = DecimalArithmetic(), FloatArithmetic()


def trail(
    *,
    is_buy: bool,
    amount: str | None = None,
    share: str | None = None,
    arithmetic: Arithmetic = EXACT,
    asset: object = SHARE,
) -> Trail:
    return Trail(
        asset=asset,  # type: ignore[arg-type] # one of the two above
        is_buy=is_buy,
        amount=None if amount is None else D(amount),
        share=None if share is None else D(share),
        arithmetic=arithmetic,
        rounding=ExactRounding(),
    )


def stops(made: Trail, *prices: str, arithmetic: Arithmetic = EXACT) -> list[str | None]:
    """The new stop after each price, None where it stays."""
    moved = [made.follow(arithmetic.price(price)) for price in prices]
    return [None if stop is None else str(arithmetic.price_value(stop, 2)) for stop in moved]


@pytest.mark.parametrize(
    ("is_buy", "amount", "share", "prices", "expected"),
    [
        (False, "1", None, ("10", "11", "10.50", "11.01"), ["9.00", "10.00", None, "10.01"]),
        (True, "1", None, ("10", "11", "9", "9.50"), ["11.00", None, "10.00", None]),
        (False, None, "0.1", ("10", "20"), ["9.00", "18.00"]),
        # 33.33 x 0.95 is 31.6635: a sell stop goes down; x 1.05 is 34.9965: a buy stop goes up.
        (False, None, "0.05", ("33.33",), ["31.66"]),
        (True, None, "0.05", ("33.33",), ["35.00"]),
        # Never below zero.
        (False, "12", None, ("10",), ["0.00"]),
    ],
)
@pytest.mark.parametrize("arithmetic", [EXACT, FLOATS], ids=["decimal", "float64"])
def test_a_stop_follows_the_best_price(
    arithmetic: Arithmetic,
    is_buy: bool,
    amount: str | None,
    share: str | None,
    prices: tuple[str, ...],
    expected: list[str | None],
) -> None:
    made = trail(is_buy=is_buy, amount=amount, share=share, arithmetic=arithmetic)
    found = stops(made, *prices, arithmetic=arithmetic)
    assert [stop and D(stop) for stop in found] == [stop and D(stop) for stop in expected]


def test_a_stop_is_on_the_tick_of_its_asset() -> None:
    assert stops(trail(is_buy=False, amount="1.10", asset=CONTRACT), "100") == ["98.75"]


def test_a_split_scales_mark_and_distance() -> None:
    made = trail(is_buy=False, amount="1")
    made.follow(EXACT.price("10"))
    made.split(Ratio(1, 2))
    assert (made.amount, made.mark) == (D("0.5"), EXACT.price("5"))
    assert stops(made, "4.99", "6") == [None, "5.50"]
    shared = trail(is_buy=False, share="0.1")
    shared.split(Ratio(1, 2))
    assert (shared.share, shared.mark) == (D("0.1"), None)


prices = st.lists(st.integers(1, 5_000).map(lambda cents: D(cents).scaleb(-2)), min_size=1)


@given(prices=prices, is_buy=st.booleans(), cents=st.integers(1, 900))
def test_a_stop_only_comes_nearer_and_keeps_its_distance(
    prices: list[D], is_buy: bool, cents: int
) -> None:
    distance = D(cents).scaleb(-2)
    exact, rough = (
        trail(is_buy=is_buy, amount=str(distance), arithmetic=arithmetic)
        for arithmetic in (EXACT, FLOATS)
    )
    last = None
    for count, price in enumerate(prices, start=1):
        moved, again = exact.follow(EXACT.price(price)), rough.follow(FLOATS.price(price))
        assert (moved is None) == (again is None)
        best = min(prices[:count]) if is_buy else max(prices[:count])
        if moved is not None:
            assert again is not None
            stop = EXACT.price_value(moved, 2)
            assert float(stop) == pytest.approx(float(FLOATS.price_value(again)))
            assert stop == max(best + distance if is_buy else best - distance, D(0))
            assert last is None or (stop <= last if is_buy else stop >= last)
            last = stop
