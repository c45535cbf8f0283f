"""Which models a run has for which class of assets."""

import pytest
from markets import VENUE, stock

from rustybt.assets import Cryptocurrency, CurrencyPair, Future
from rustybt.errors import (
    IncompatibleCommissionModel,
    IncompatibleSlippageModel,
    UnsupportedCommissionModel,
    UnsupportedSlippageModel,
)
from rustybt.execution import CostModels
from rustybt.finance.commission import MakerTaker, NoCommission, PerContract, PerShare
from rustybt.finance.slippage import (
    BidAskSpread,
    FixedBasisPointsSlippage,
    FixedSlippage,
    VolatilityVolumeShare,
)

SHARE = stock("AAA", 1)
OIL = Future(sid=2, symbol="CLZ20", exchange_info=VENUE, root_symbol="CL")
COIN = Cryptocurrency(sid=3, symbol="BTC/USDT", exchange_info=VENUE)
EURO = CurrencyPair(sid=4, symbol="EUR/USD", exchange_info=VENUE)


@pytest.mark.parametrize(
    ("asset", "slippage", "commission"),
    [
        (SHARE, FixedBasisPointsSlippage, PerShare),
        (OIL, VolatilityVolumeShare, PerContract),
        (COIN, FixedBasisPointsSlippage, MakerTaker),
        (EURO, BidAskSpread, NoCommission),
    ],
)
def test_each_class_has_its_defaults(asset: object, slippage: type, commission: type) -> None:
    costs = CostModels()
    assert type(costs.slippage_for(asset)) is slippage  # type: ignore[arg-type]
    assert type(costs.commission_for(asset)) is commission  # type: ignore[arg-type]


def test_a_model_is_set_for_one_class() -> None:
    costs, model, charge = CostModels(), FixedSlippage(1), NoCommission()
    costs.set_slippage("equity", model)
    costs.set_commission("equity", charge)
    assert costs.slippage_for(SHARE) is model
    assert costs.commission_for(SHARE) is charge
    assert type(costs.slippage_for(COIN)) is FixedBasisPointsSlippage
    assert type(costs.commission_for(COIN)) is MakerTaker


@pytest.mark.parametrize(
    ("told", "zipline", "per_order"),
    [
        (None, False, False),
        (None, True, True),
        (False, True, False),
        (True, False, True),
    ],
)
def test_a_model_of_futures_follows_the_rules_unless_it_was_told(
    told: bool | None, zipline: bool, per_order: bool
) -> None:
    costs, model = CostModels(zipline=zipline), VolatilityVolumeShare("0.05", per_order=told)
    costs.set_slippage("future", model)
    assert costs.slippage_for(OIL) is model
    assert model.per_order is per_order


def test_two_runs_share_no_model() -> None:
    assert CostModels().slippage_for(SHARE) is not CostModels().slippage_for(SHARE)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(UnsupportedSlippageModel, match="given cheap"):
        CostModels().set_slippage("equity", "cheap")
    with pytest.raises(UnsupportedCommissionModel, match="given 5"):
        CostModels().set_commission("equity", 5)


def test_a_model_of_another_class_is_refused() -> None:
    with pytest.raises(IncompatibleSlippageModel, match="set for equity; it supports Future"):
        CostModels().set_slippage("equity", VolatilityVolumeShare("0.05"))
    with pytest.raises(IncompatibleCommissionModel, match="set for crypto; it supports Equity"):
        CostModels().set_commission("crypto", PerShare())
