"""What every commission model has to do."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal, localcontext
from math import isfinite
from typing import Any

import pytest

from rustybt.assets import Asset
from rustybt.finance.commission import CommissionModel
from rustybt.testing._market import (
    NUMERICS,
    Filled,
    Numeric,
    assets_for,
    fields_of_bar,
    in_lots,
    number,
    placed,
)
from rustybt.testing._runs import traded
from rustybt.values import KERNEL_CONTEXT

_SIZES = (1, -1, 30, -30, 1_000_000, -1_000_000)


class CommissionModelSuite:
    """Tests of a commission model. A subclass gives the model by a fixture ``model``.

    The model is asked about orders of every kind of asset that it allows, filled at once and in
    two parts, with and without a limit price, in Decimals and in floats. It is told of every fill
    (`record`), and of a new run before each list of orders (`reset`).
    """

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_numbers_come_back_as_they_were_given(
        self, model: CommissionModel, numeric: Numeric
    ) -> None:
        """Decimals in, Decimals out; floats in, floats out; always finite."""
        kind = Decimal if numeric == "decimal" else float
        for asset in assets_for(model):
            for charge in charges_of_all_orders(model, asset, numeric):
                assert isinstance(charge, kind | int), f"{asset}: {charge!r}"
                assert isfinite(charge), f"{asset}: {charge!r}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_nothing_is_paid_back_unless_the_model_says_so(
        self, model: CommissionModel, numeric: Numeric
    ) -> None:
        """Only a model with `pays_rebates` charges less than nothing."""
        if model.pays_rebates:
            return
        for asset in assets_for(model):
            assert min(charges_of_all_orders(model, asset, numeric)) >= 0, f"{asset}"

    def test_decimals_and_floats_agree(self, model: CommissionModel) -> None:
        """The two arithmetics are one formula."""
        for asset in assets_for(model):
            exact = charges_of_all_orders(deepcopy(model), asset, "decimal")
            floating = charges_of_all_orders(deepcopy(model), asset, "float64")
            assert floating == pytest.approx([float(charge) for charge in exact], rel=1e-9)

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_same_question_has_the_same_answer(
        self, model: CommissionModel, numeric: Numeric
    ) -> None:
        """A run repeats to the last digit, whatever the model was asked before."""
        for asset in assets_for(model):
            first = charges_of_all_orders(model, asset, numeric)
            assert charges_of_all_orders(model, asset, numeric) == first, f"{asset}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_a_question_changes_nothing(self, model: CommissionModel, numeric: Numeric) -> None:
        """Only `record` tells a model that something was traded."""
        for asset in assets_for(model):
            order = placed(asset, 30, numeric)
            price = number(fields_of_bar(asset, 0)["close"], numeric)
            fill = Filled(amount=in_lots(asset, 10, numeric), price=price)
            first = charge_of(model, order, fill)
            assert charge_of(model, order, fill) == first, f"{asset}"

    def test_one_object_serves_one_run_after_the_other(self, model: CommissionModel) -> None:
        """What a model keeps from one run must not show in the next."""
        for asset in assets_for(model):
            for first, then in (NUMERICS, NUMERICS[::-1]):
                alone = charges_of_all_orders(deepcopy(model), asset, then)
                used = deepcopy(model)
                charges_of_all_orders(used, asset, first)
                assert charges_of_all_orders(used, asset, then) == alone, f"{asset}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_run_pays_what_the_model_says(self, model: CommissionModel, numeric: Numeric) -> None:
        """The commissions of a run's fills are the model's, and each order's is their sum."""
        for asset in assets_for(model):
            result = traded(asset, 30, numeric, commission=model)
            fills, orders = result.transactions, result.orders
            model.reset()
            assert fills.height >= 2, f"{asset}: nothing was filled"
            assert float(fills["commission"].sum()) == pytest.approx(
                float(orders["commission"].sum())
            )
            first = fills.row(0, named=True)
            order = placed(asset, 30, "decimal")
            fill = Filled(
                amount=number(first["amount"], "decimal"), price=number(first["price"], "decimal")
            )
            assert float(first["commission"]) == pytest.approx(float(charge_of(model, order, fill)))


def charges_of_all_orders(model: CommissionModel, asset: Asset, numeric: Numeric) -> list[Any]:
    """What every fill of every order costs, in one list."""
    model.reset()
    charges: list[Any] = []
    for lots in _SIZES:
        for limit in (None, number(fields_of_bar(asset, 0)["close"], numeric)):
            charges += charges_of(model, asset, lots, numeric, limit=limit)
    return charges


def charges_of(
    model: CommissionModel,
    asset: Asset,
    lots: int,
    numeric: Numeric,
    *,
    limit: Any,  # noqa: ANN401 - a Decimal or a float
) -> list[Any]:
    """What the fills of two equal orders cost, of which one fills at once, the other in parts."""
    name = f"{lots}{'' if limit is None else ' limit'}"
    price = number(fields_of_bar(asset, 0)["close"], numeric)
    order = replace(placed(asset, lots, numeric), limit=limit)
    whole = Filled(amount=order.amount, price=price, order_id=f"{name} at once")
    charges = [charged(model, order, whole)]
    part = lots // 3 if lots > 0 else -(-lots // 3)
    for filled in (part, lots - part) if part else ():
        amount = in_lots(asset, filled, numeric)
        fill = Filled(amount=amount, price=price, order_id=f"{name} in parts")
        charge = charged(model, order, fill)
        charges.append(charge)
        order = replace(
            order, filled=order.filled + fill.amount, commission=order.commission + charge
        )
    return charges


def charged(model: CommissionModel, order: Any, fill: Filled) -> Any:  # noqa: ANN401 - as above
    """What a model charges for a fill, which it is told of."""
    charge = charge_of(model, order, fill)
    with localcontext(KERNEL_CONTEXT):
        model.record(order, fill)
    return charge


def charge_of(model: CommissionModel, order: Any, fill: Filled) -> Any:  # noqa: ANN401 - as above
    """What a model charges for a fill."""
    with localcontext(KERNEL_CONTEXT):
        return model.calculate(order, fill)
