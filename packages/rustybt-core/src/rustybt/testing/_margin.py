"""What every margin model has to do."""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import pairwise
from math import isfinite
from typing import ClassVar, Final

import pytest

from rustybt.assets import Asset
from rustybt.finance.margin import (
    MarginModel,
    MarginPart,
    MarginPosition,
    MarginRequirement,
)
from rustybt.testing._market import ASSETS, NUMERICS, Numeric, number
from rustybt.values import KERNEL_CONTEXT

_LOTS: Final = (0, 1, 2, 30, 999, 1_000, 1_000_000)
_PRICES: Final = ("0.05", "2.49", "4.99", "5", "100.10", "25000")


class MarginModelSuite:
    """Tests of a margin model. A subclass gives the model by a fixture ``model``.

    The model is asked about positions of all sizes, long and short, in Decimals and in floats.

    Attributes:
        assets: What it is asked about; by default one asset of each kind, by the symbols SHARE,
            CLJ24, COIN/USDT and EUR/USD.
    """

    assets: ClassVar[tuple[Asset, ...]] = ASSETS

    def test_is_a_margin_model(self, model: MarginModel) -> None:
        """It has the methods of the protocol."""
        assert isinstance(model, MarginModel)

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_nothing_requires_nothing(self, model: MarginModel, numeric: Numeric) -> None:
        """A flat account is free."""
        for asset in self.assets:
            for price in _PRICES:
                found = answer(model, position(asset, 0, price, numeric))
                assert found == (0, 0), f"{asset} at {price}: {found}"
        assert model.book([]) == (0, 0)

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_requirements_are_money(self, model: MarginModel, numeric: Numeric) -> None:
        """Zero or more, of the kind that was asked with, and to open no less than to keep."""
        kind = Decimal if numeric == "decimal" else float
        for held in self._positions(numeric):
            found = answer(model, held)
            for money in found:
                assert isinstance(money, kind), f"{held}: {money!r}"
                assert isfinite(money), f"{held}: {money}"
            assert found.initial >= found.maintenance >= 0, f"{held}: {found}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_more_of_it_requires_no_less(self, model: MarginModel, numeric: Numeric) -> None:
        """On either side; a forced sale could not end otherwise."""
        for asset in self.assets:
            for price in _PRICES:
                for side in (1, -1):
                    found = [
                        answer(model, position(asset, side * lots, price, numeric))
                        for lots in _LOTS
                    ]
                    for less, more in pairwise(found):
                        assert more.initial >= less.initial, f"{asset} at {price}"
                        assert more.maintenance >= less.maintenance, f"{asset} at {price}"

    def test_decimals_and_floats_agree(self, model: MarginModel) -> None:
        """The two arithmetics are one formula."""
        pairs = zip(self._positions("decimal"), self._positions("float64"), strict=True)
        for exact, floating in pairs:
            expected = [float(money) for money in answer(model, exact)]
            found = list(answer(model, floating))
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), f"{exact}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_same_question_has_the_same_answer(self, model: MarginModel, numeric: Numeric) -> None:
        """Whatever was asked before."""
        asked = self._positions(numeric)
        first = [answer(model, held) for held in asked]
        again = [answer(model, held) for held in reversed(asked)]
        assert again[::-1] == first

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_a_book_has_no_order(self, model: MarginModel, numeric: Numeric) -> None:
        """What positions require together is money, whichever of them was opened first."""
        lots = (30, -1, 2, -999)
        held = [
            position(asset, size, "100.10", numeric)
            for asset, size in zip(self.assets, lots, strict=False)
        ]
        with localcontext(KERNEL_CONTEXT):
            parts = [MarginPart(each, each.value, model.position(each)) for each in held]
            found, turned = model.book(parts), model.book(parts[::-1])
        assert found.initial >= found.maintenance >= 0, f"{found}"
        backwards = [float(money) for money in turned]
        assert [float(money) for money in found] == pytest.approx(backwards, rel=1e-12)

    def test_funds_carry_their_own_amount_or_more(self, model: MarginModel) -> None:
        """Leverage is a Decimal, 1 or more."""
        leverage = model.leverage()
        assert isinstance(leverage, Decimal), f"{leverage!r}"
        assert leverage >= 1, f"{leverage}"

    def test_no_position_takes_more_than_the_ceiling(self, model: MarginModel) -> None:
        """What a model says of all positions holds for each."""
        for shorts in (False, True):
            share = model.ceiling(shorts=shorts)
            assert share is None or isinstance(share, Decimal), f"{share!r}"
            for held in self._positions("decimal") if share is not None else ():
                if shorts or held.amount >= 0:
                    found = answer(model, held).maintenance
                    assert found <= share * held.value, f"{held}: {found}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_isolated_positions_end_before_their_margin_does(
        self, model: MarginModel, numeric: Numeric
    ) -> None:
        """The liquidation price lies between entry and bankruptcy, where there is one."""
        for asset in self.assets:
            terms = model.isolated(asset)
            if terms is None:
                continue
            assert terms.liquidation_fee >= 0
            entry = number("100.10", numeric)
            for lots in (30, -30):
                size = number(asset.lot_size * lots, numeric)
                margin = answer(model, position(asset, lots, "100.10", numeric)).initial
                with localcontext(KERNEL_CONTEXT):
                    price = terms.liquidation_price(size, entry, margin)
                    lost = terms.bankruptcy_price(size, entry, margin)
                if price is None:
                    assert lost is None, f"{asset}: margin lost at {lost}, never liquidated"
                elif lots > 0:
                    assert (lost or 0) <= price <= entry, f"{asset}: {lost}, {price}"
                else:
                    assert lost is not None
                    assert entry <= price <= lost, f"{asset}: {price}, {lost}"

    def _positions(self, numeric: Numeric) -> list[MarginPosition]:
        return [
            position(asset, side * lots, price, numeric)
            for asset in self.assets
            for price in _PRICES
            for lots in _LOTS
            for side in (1, -1)
        ]


def position(asset: Asset, lots: int, price: str, numeric: Numeric) -> MarginPosition:
    """So many lots of an asset at a price."""
    return MarginPosition(
        asset,
        number(asset.lot_size * lots, numeric),
        number(price, numeric),
        number(asset.price_multiplier, numeric),
        asset.currency,
    )


def answer(model: MarginModel, held: MarginPosition) -> MarginRequirement:
    """What a model says to a position, asked as an account asks it."""
    with localcontext(KERNEL_CONTEXT):
        return model.position(held)
