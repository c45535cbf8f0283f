"""Assets and how to find them."""

from rustybt.assets.asset import (
    Asset,
    AssetKey,
    Cryptocurrency,
    CurrencyPair,
    Equity,
    Future,
    Perpetual,
)
from rustybt.assets.continuous import ContinuousFuture, Instrument
from rustybt.assets.exchange import ExchangeInfo
from rustybt.assets.finder import AssetFinder
from rustybt.assets.kinds import asset_of_symbol, kind_of
from rustybt.assets.supplementary import SupplementaryValue
from rustybt.assets.symbols import SymbolOwnership

__all__ = [
    "Asset",
    "AssetFinder",
    "AssetKey",
    "ContinuousFuture",
    "Cryptocurrency",
    "CurrencyPair",
    "Equity",
    "ExchangeInfo",
    "Future",
    "Instrument",
    "Perpetual",
    "SupplementaryValue",
    "SymbolOwnership",
    "asset_of_symbol",
    "kind_of",
]
