"""Margin models: how much equity positions require, to open them and to keep them."""

from rustybt.finance.margin._base import (
    IsolatedTerms,
    MarginModel,
    MarginPart,
    MarginPosition,
    MarginRequirement,
    total,
)
from rustybt.finance.margin._combined import ByAssetClass, standard_margin
from rustybt.finance.margin._crypto import BTCUSDT_TIERS, CryptoCross, CryptoIsolated
from rustybt.finance.margin._futures import FutureMargins
from rustybt.finance.margin._shares import PortfolioPercent, RegT
from rustybt.finance.margin._tiers import MarginTiers, TierTable

__all__ = [
    "BTCUSDT_TIERS",
    "ByAssetClass",
    "CryptoCross",
    "CryptoIsolated",
    "FutureMargins",
    "IsolatedTerms",
    "MarginModel",
    "MarginPart",
    "MarginPosition",
    "MarginRequirement",
    "MarginTiers",
    "PortfolioPercent",
    "RegT",
    "TierTable",
    "standard_margin",
    "total",
]
