"""What every slippage model has to do."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal, localcontext
from math import isfinite
from typing import Any, ClassVar

import pytest

from rustybt.assets import Asset
from rustybt.finance.slippage import LiquidityExceeded, SlippageModel
from rustybt.testing._market import (
    NUMERICS,
    VOLUME_IN_LOTS,
    Numeric,
    SmallMarket,
    assets_for,
    in_lots,
    number,
    placed,
)
from rustybt.testing._runs import traded
from rustybt.values import KERNEL_CONTEXT

_SMALL, _HUGE = 30, 50 * VOLUME_IN_LOTS
_SIZES = (1, -1, _SMALL, -_SMALL, _HUGE, -_HUGE)

Answer = tuple[Any, Any]


class SlippageModelSuite:
    """Tests of a slippage model. A subclass gives the model by a fixture ``model``.

    The model is asked about ordinary bars of every kind of asset that it allows, in Decimals and
    in floats.

    Attributes:
        limits_volume: Whether fills count against the volume of the bar. A model that fills whole
            orders whatever the volume says False.
    """

    limits_volume: ClassVar[bool] = True

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_ordinary_order_fills_in_part_or_whole(
        self, model: SlippageModel, numeric: Numeric
    ) -> None:
        """An order that is small beside the volume gets something."""
        for asset in assets_for(model):
            for lots in (_SMALL, -_SMALL):
                price, amount = answer(model, asset, lots, numeric)
                assert price is not None, f"{asset} {lots} lots"
                assert amount != 0, f"{asset} {lots} lots"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_amount_has_the_sign_of_the_order_and_is_no_more_than_is_open(
        self, model: SlippageModel, numeric: Numeric
    ) -> None:
        """A buy buys, a sell sells, and no more than is left of it."""
        for asset in assets_for(model):
            for lots in _SIZES:
                _, amount = answer(model, asset, lots, numeric)
                wanted = in_lots(asset, lots, numeric)
                assert amount is None or 0 < amount / wanted <= 1, f"{asset} {lots} lots"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_amount_is_whole_lots(self, model: SlippageModel, numeric: Numeric) -> None:
        """Nothing smaller than a lot can be traded."""
        for asset in assets_for(model):
            for lots in _SIZES:
                _, amount = answer(model, asset, lots, numeric)
                if amount is not None:
                    count = amount / number(asset.lot_size, numeric)
                    assert abs(count - round(count)) < 1e-6, f"{asset} {lots} lots: {amount}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_numbers_come_back_as_they_were_given(
        self, model: SlippageModel, numeric: Numeric
    ) -> None:
        """Decimals in, Decimals out; floats in, floats out; always finite, a price above zero."""
        kind = Decimal if numeric == "decimal" else float
        for asset in assets_for(model):
            for lots in _SIZES:
                price, amount = answer(model, asset, lots, numeric)
                assert (price is None) is (amount is None), f"{asset} {lots} lots"
                if price is not None:
                    assert isinstance(price, kind), f"{asset}: price {price!r}"
                    assert isinstance(amount, kind | int), f"{asset}: amount {amount!r}"
                    assert isfinite(price), f"{asset} {lots} lots"
                    assert price > 0, f"{asset} {lots} lots"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_buy_pays_no_less_than_a_sell_gets(
        self, model: SlippageModel, numeric: Numeric
    ) -> None:
        """In one bar nobody earns by buying and selling the same."""
        for asset in assets_for(model):
            for lots in (1, _SMALL, _HUGE):
                bought, _ = answer(model, asset, lots, numeric)
                sold, _ = answer(model, asset, -lots, numeric)
                assert bought is None or sold is None or bought >= sold, f"{asset} {lots} lots"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_no_fill_is_better_than_the_best_price_of_the_bar(
        self, model: SlippageModel, numeric: Numeric
    ) -> None:
        """A buy pays at least the low, a sale gets at most the high."""
        for asset in assets_for(model):
            bar = SmallMarket(numeric=numeric)
            low, high = bar.current(asset, "low"), bar.current(asset, "high")
            for lots in (1, _SMALL, _HUGE):
                bought, _ = answer(model, asset, lots, numeric)
                sold, _ = answer(model, asset, -lots, numeric)
                assert bought is None or bought >= low, f"{asset} {lots} lots"
                assert sold is None or sold <= high, f"{asset} {lots} lots"

    def test_decimals_and_floats_agree(self, model: SlippageModel) -> None:
        """The two arithmetics are one formula."""
        for asset in assets_for(model):
            for lots in _SIZES:
                exact = answer(deepcopy(model), asset, lots, "decimal")
                floating = answer(deepcopy(model), asset, lots, "float64")
                assert (exact[0] is None) is (floating[0] is None), f"{asset} {lots} lots"
                if exact[0] is not None:
                    assert floating == pytest.approx(tuple(map(float, exact)), rel=1e-9)

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_same_question_has_the_same_answer(
        self, model: SlippageModel, numeric: Numeric
    ) -> None:
        """A run repeats to the last digit, so a model depends on its arguments alone."""
        for asset in assets_for(model):
            for lots in _SIZES:
                first = answer(model, asset, lots, numeric)
                assert answer(model, asset, lots, numeric) == first, f"{asset} {lots} lots"

    def test_one_object_serves_one_run_after_the_other(self, model: SlippageModel) -> None:
        """What a model keeps from one run must not show in the next."""
        for asset in assets_for(model):
            for first, then in (NUMERICS, NUMERICS[::-1]):
                alone = answer(deepcopy(model), asset, _SMALL, then)
                used = deepcopy(model)
                answer(used, asset, _SMALL, first)
                assert answer(used, asset, _SMALL, then) == alone, f"{asset}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_fills_of_a_bar_share_its_volume(self, model: SlippageModel, numeric: Numeric) -> None:
        """No more than the volume fills, and nothing once it is used up."""
        if not self.limits_volume:
            return
        for asset in assets_for(model):
            volume = in_lots(asset, VOLUME_IN_LOTS, numeric)
            for lots in (_HUGE, -_HUGE):
                _, amount = answer(model, asset, lots, numeric)
                assert amount is None or abs(amount) <= volume, f"{asset} {lots} lots"
                _, more = answer(model, asset, lots, numeric, taken=VOLUME_IN_LOTS)
                assert more is None, f"{asset}: {more} beyond a volume of {volume}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_works_in_a_run(self, model: SlippageModel, numeric: Numeric) -> None:
        """A strategy that sets the model buys and sells with it."""
        for asset in assets_for(model):
            result = traded(asset, _SMALL, numeric, slippage=model)
            amounts = result.transactions["amount"]
            assert amounts.len() >= 2, f"{asset}: nothing was filled"
            assert (amounts > 0).any(), f"{asset}: nothing was bought"
            assert (amounts < 0).any(), f"{asset}: nothing was sold"


def answer(
    model: SlippageModel, asset: Asset, lots: int, numeric: Numeric, *, taken: int = 0
) -> Answer:
    """What a model says to an order of so many lots, of which nothing is filled yet.

    Args:
        model: The model.
        asset: What is ordered.
        lots: How many lots, below zero for a sell.
        numeric: The arithmetic.
        taken: Lots that other orders have taken of the bar.

    Returns:
        Price and amount, twice None where nothing fills.
    """
    model.volume_for_bar = in_lots(asset, taken, numeric)
    with localcontext(KERNEL_CONTEXT):
        try:
            return model.process_order(SmallMarket(numeric=numeric), placed(asset, lots, numeric))
        except LiquidityExceeded:
            return None, None
