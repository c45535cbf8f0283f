"""Which costs an asset class has when a strategy names none, and which models have a name."""

import inspect
import json
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from cost_stubs import AAA, BTC, CL, EUR, Bar, Fill, Order

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance import borrow, commission, fills, financing, latency, slippage
from rustybt.finance._future_tables import (
    DEFAULT_ETA,
    ETA_BY_ROOT_SYMBOL,
    EXCHANGE_FEE_BY_ROOT_SYMBOL,
)
from rustybt.finance.borrow import BorrowModel
from rustybt.finance.commission import CommissionModel
from rustybt.finance.defaults import default_commission, default_slippage
from rustybt.finance.fills import FillModel
from rustybt.finance.financing import FinancingModel
from rustybt.finance.latency import LatencyModel
from rustybt.finance.slippage import SlippageModel, VolatilityVolumeShare
from rustybt.plugins import groups, registry


@pytest.mark.parametrize(
    ("asset", "price", "filled", "charged"),
    [
        # 5 basis points, a tenth of the volume; 0.001 a share
        (AAA, "100.05", "100", "0.1"),
        # the same slippage; 0.001 of 100 x 100.05
        (BTC, "100.05", "100", "10.005"),
        # half a basis point, everything at once; no commission
        (EUR, "100.005", "500", "0"),
        # 7.5 basis points without history, a twentieth of the volume; 50 x 0.85 + 1.50
        (CL, "100.075", "50", "44"),
    ],
    ids=["equity", "crypto", "forex", "future"],
)
def test_default_costs(asset: Asset, price: str, filled: str, charged: str) -> None:
    hundred, volume = Decimal(100), Decimal(1000)
    bar = Bar({"close": hundred, "high": hundred, "low": hundred, "volume": volume})
    order = Order(asset, Decimal(500), Decimal(0), Decimal(0))
    at, amount = default_slippage(asset.asset_class).process_order(bar, order)
    assert (at, amount) == (Decimal(price), Decimal(filled))
    charge = default_commission(asset.asset_class).calculate(order, Fill(amount, at))
    assert charge == Decimal(charged)


def test_every_call_gives_a_new_model() -> None:
    assert default_slippage("future") is not default_slippage("future")


def test_zipline_gives_each_order_of_a_future_the_whole_limit() -> None:
    shared, alone = default_slippage("future"), default_slippage("future", zipline=True)
    assert isinstance(shared, VolatilityVolumeShare)
    assert isinstance(alone, VolatilityVolumeShare)
    assert (shared.per_order, alone.per_order) == (False, True)


def test_an_unknown_asset_class_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="asset_class was 'bond'; give one of crypto, equity"):
        default_slippage("bond")
    with pytest.raises(InvalidArgument):
        default_commission("bond")


def test_the_tables_of_futures_are_those_of_zipline() -> None:
    recorded = json.loads(Path(__file__).parents[1].joinpath("data/zipline_costs.json").read_text())
    fees = {root: Decimal(repr(fee)) for root, fee in recorded["fees"].items()}
    assert fees == EXCHANGE_FEE_BY_ROOT_SYMBOL
    etas = {root: ETA_BY_ROOT_SYMBOL.get(root, DEFAULT_ETA) for root in recorded["etas"]}
    assert {root: float(eta) for root, eta in etas.items()} == recorded["etas"]
    assert set(ETA_BY_ROOT_SYMBOL) <= set(etas)


@pytest.mark.parametrize(
    ("group", "module", "base"),
    [
        (groups.SLIPPAGE, slippage, SlippageModel),
        (groups.COMMISSION, commission, CommissionModel),
        (groups.LATENCY, latency, LatencyModel),
        (groups.FILLS, fills, FillModel),
        (groups.BORROW, borrow, BorrowModel),
        (groups.FINANCING, financing, FinancingModel),
    ],
)
def test_every_built_in_model_is_a_plugin(group: str, module: ModuleType, base: type) -> None:
    models = {registry(group).load(name) for name in registry(group).names()}
    kinds = [getattr(module, name) for name in vars(module)["__all__"]]
    found = [each for each in kinds if isinstance(each, type) and issubclass(each, base)]
    built_in = {each for each in found if not inspect.isabstract(each) and not is_protocol(each)}
    assert built_in
    assert models >= built_in


def is_protocol(kind: type) -> bool:
    return bool(vars(kind).get("_is_protocol", False))
