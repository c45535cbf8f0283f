"""What every fill model has to do."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any, ClassVar, Final

import pytest

from rustybt.assets import Asset
from rustybt.finance.draws import Draws
from rustybt.finance.fills import FillModel
from rustybt.testing._market import (
    ASSETS,
    NUMERICS,
    Numeric,
    PlacedOrder,
    SmallMarket,
    in_lots,
    number,
    placed,
)
from rustybt.values import KERNEL_CONTEXT, round_to_lot

_SIZES: Final = (1, -1, 30, -30, 1_000_000, -1_000_000)
_LIMITS: Final = (None, "99.95", "101.50", "98.50")
_NANOSECONDS_IN_DAY: Final = 86_400_000_000_000
_FIRST_BAR: Final = 19_783 * _NANOSECONDS_IN_DAY
_BARS: Final = 200
_SEED: Final = 7


class FillModelSuite:
    """Tests of a fill model. A subclass gives the model by a fixture ``model``.

    The model is asked about orders of every kind of asset, with and without a limit price, in
    Decimals and in floats.

    Attributes:
        fills_in_the_end: Whether an order of 30 lots that every one of 200 bars triggers is
            filled after them.
    """

    fills_in_the_end: ClassVar[bool] = True

    def test_is_a_fill_model(self, model: FillModel) -> None:
        """It has the methods of the protocol."""
        assert isinstance(model, FillModel)

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_amount_is_between_nothing_and_what_is_open(
        self, model: FillModel, numeric: Numeric
    ) -> None:
        """A buy buys, a sell sells, and no more than is left of it."""
        kind = Decimal if numeric == "decimal" else float
        for order in orders(numeric):
            amount = answer(model, order, numeric)
            assert isinstance(amount, kind), f"{order}: {amount!r}"
            assert 0 <= amount / order.open_amount <= 1, f"{order}: {amount}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_amount_is_whole_lots(self, model: FillModel, numeric: Numeric) -> None:
        """Nothing smaller than a lot can be traded."""
        for order in orders(numeric):
            amount = number(answer(model, order, numeric), "decimal")
            off = amount - round_to_lot(amount, order.asset.lot_size)
            assert abs(off) <= order.asset.lot_size / 1000, f"{order}: {amount}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_same_question_has_the_same_answer(self, model: FillModel, numeric: Numeric) -> None:
        """A run repeats, whatever was drawn before, and in whatever order."""
        asked = orders(numeric)
        first = [answer(model, order, numeric) for order in asked]
        assert [answer(model, order, numeric) for order in asked] == first
        draws = Draws(_SEED)
        backwards = [answer(model, order, numeric, draws=draws) for order in reversed(asked)]
        assert backwards[::-1] == first

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_order_is_filled_in_the_end(self, model: FillModel, numeric: Numeric) -> None:
        """What is triggered again and again is not held back for ever."""
        if not self.fills_in_the_end:
            return
        for asset in ASSETS:
            for limit in (None, number("99.95", numeric)):
                order = replace(placed(asset, 30, numeric), limit=limit)
                assert is_done(model, order, numeric), f"{order}"


def is_done(model: FillModel, order: PlacedOrder, numeric: Numeric) -> bool:
    """Whether an order is filled when every bar takes what the model lets it take."""
    for bar in range(_BARS):
        amount = answer(model, order, numeric, at=_FIRST_BAR + bar * _NANOSECONDS_IN_DAY)
        if abs(order.open_amount - amount) < order.asset.lot_size / 1000:
            return True
        order = replace(order, filled=order.filled + amount)
    return False


def answer(
    model: FillModel,
    order: PlacedOrder,
    numeric: Numeric,
    *,
    at: int = _FIRST_BAR,
    draws: Draws | None = None,
) -> Any:  # noqa: ANN401 - a Decimal or a float
    """How much of an order a model lets a bar fill."""
    market = SmallMarket(numeric=numeric)
    with localcontext(KERNEL_CONTEXT):
        return model.fillable(market, order, at, Draws(_SEED) if draws is None else draws)


def orders(numeric: Numeric) -> list[PlacedOrder]:
    """Orders of all sizes and kinds, a part of some of them filled."""
    found: list[PlacedOrder] = []
    for asset in ASSETS:
        for lots in _SIZES:
            for limit in _LIMITS:
                found.append(_order(asset, lots, limit, numeric, sequence=len(found) + 1))
    return found


def _order(
    asset: Asset, lots: int, limit: str | None, numeric: Numeric, *, sequence: int
) -> PlacedOrder:
    filled = lots // 3 if lots > 3 else 0
    return PlacedOrder(
        asset=asset,
        amount=in_lots(asset, lots, numeric),
        filled=in_lots(asset, filled, numeric),
        commission=number(0, numeric),
        limit=None if limit is None else number(limit, numeric),
        sequence=sequence,
    )
