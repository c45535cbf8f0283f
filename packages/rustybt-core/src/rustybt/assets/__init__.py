"""Assets and how to find them."""

from typing import TYPE_CHECKING

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
from rustybt.assets.symbols import SymbolOwnership
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from rustybt.assets.kinds import asset_of_symbol, kind_of
    from rustybt.assets.supplementary import SupplementaryValue
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.assets.supplementary": ("SupplementaryValue",),
            "rustybt.assets.kinds": ("asset_of_symbol", "kind_of"),
        },
    )

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
