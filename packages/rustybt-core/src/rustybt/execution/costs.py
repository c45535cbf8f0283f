"""Which slippage and commission model applies to which asset."""

from collections.abc import Mapping
from typing import Final

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity, Future
from rustybt.errors import (
    IncompatibleCommissionModel,
    IncompatibleSlippageModel,
    UnsupportedCommissionModel,
    UnsupportedSlippageModel,
)
from rustybt.finance.commission import CommissionModel
from rustybt.finance.defaults import default_commission, default_slippage
from rustybt.finance.slippage import SlippageModel, VolatilityVolumeShare

CLASSES: Final[Mapping[str, type[Asset]]] = {
    "equity": Equity,
    "future": Future,
    "crypto": Cryptocurrency,
    "forex": CurrencyPair,
}
"""The asset classes that can have models of their own."""


class CostModels:
    """One slippage and one commission model per asset class, defaults included.

    Args:
        zipline: Whether models do as in zipline 3.2.1 where they differ and were not told.
    """

    def __init__(self, *, zipline: bool = False) -> None:
        self._zipline = zipline
        self._slippage = {name: default_slippage(name, zipline=zipline) for name in CLASSES}
        self._commission = {name: default_commission(name) for name in CLASSES}

    def set_slippage(self, asset_class: str, model: object) -> None:
        """Use `model` for a class of assets; what it remembers of another run is forgotten.

        Raises:
            UnsupportedSlippageModel: It is no slippage model.
            IncompatibleSlippageModel: It cannot price assets of that class.
        """
        if not isinstance(model, SlippageModel):
            raise UnsupportedSlippageModel(given=model)
        if not _fits(model.allowed_asset_types, asset_class):
            raise IncompatibleSlippageModel(
                asset_type=asset_class,
                given_model=model,
                supported_asset_types=_names(model.allowed_asset_types),
            )
        if isinstance(model, VolatilityVolumeShare):
            model.follow(zipline=self._zipline)
        model.reset()
        self._slippage[asset_class] = model

    def set_commission(self, asset_class: str, model: object) -> None:
        """Use `model` for a class of assets; what it remembers of another run is forgotten.

        Raises:
            UnsupportedCommissionModel: It is no commission model.
            IncompatibleCommissionModel: It cannot charge for assets of that class.
        """
        if not isinstance(model, CommissionModel):
            raise UnsupportedCommissionModel(given=model)
        if not _fits(model.allowed_asset_types, asset_class):
            raise IncompatibleCommissionModel(
                asset_type=asset_class,
                given_model=model,
                supported_asset_types=_names(model.allowed_asset_types),
            )
        model.reset()
        self._commission[asset_class] = model

    def slippage_for(self, asset: Asset) -> SlippageModel:
        """The model that prices fills of `asset`."""
        return self._slippage[asset.asset_class]

    def commission_for(self, asset: Asset) -> CommissionModel:
        """The model that charges for fills of `asset`."""
        return self._commission[asset.asset_class]


def _fits(allowed: tuple[type[Asset], ...], asset_class: str) -> bool:
    return issubclass(CLASSES[asset_class], allowed)


def _names(kinds: tuple[type[Asset], ...]) -> list[str]:
    return [kind.__name__ for kind in kinds]
