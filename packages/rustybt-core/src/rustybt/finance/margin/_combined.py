"""Margin models side by side: each class of assets under its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rustybt.assets import Asset, Equity
from rustybt.errors import InvalidArgument
from rustybt.finance.margin._base import (
    IsolatedTerms,
    MarginModel,
    MarginPart,
    MarginPosition,
    MarginRequirement,
    at_least,
)
from rustybt.finance.margin._crypto import CryptoCross
from rustybt.finance.margin._futures import FutureMargins
from rustybt.finance.margin._shares import PortfolioPercent, RegT


class ByAssetClass(MarginModel):
    """A model for each asset class; a book requires the sum of what they require.

    Args:
        models: Models by asset class (equity, future, crypto, forex), or by asset type where a
            part of a class has its own: perpetual.
        default: The model of what is not named; it is paid in full when there is none.

    Raises:
        InvalidArgument: One is no margin model.
    """

    def __init__(
        self, models: Mapping[str, MarginModel], *, default: MarginModel | None = None
    ) -> None:
        self._models = dict(models)
        self._default = PortfolioPercent(1) if default is None else default
        for model in (*self._models.values(), self._default):
            if not isinstance(model, MarginModel):
                raise InvalidArgument(
                    field="models", value=model, reason="give models with position and book"
                )

    def position(self, held: MarginPosition) -> MarginRequirement:
        return self._of(held.asset).position(held)

    def book(self, parts: Sequence[MarginPart]) -> MarginRequirement:
        groups: dict[int, tuple[MarginModel, list[MarginPart]]] = {}
        for part in parts:
            model = self._of(part.position.asset)
            groups.setdefault(id(model), (model, []))[1].append(part)
        needed = [model.book(own) for model, own in groups.values()]
        return at_least(sum(each.initial for each in needed), sum(e.maintenance for e in needed))

    def leverage(self) -> Decimal:
        """That of equities, which buying power speaks of; without their own model the smallest."""
        if Equity.asset_class in self._models:
            return self._models[Equity.asset_class].leverage()
        return min(model.leverage() for model in (*self._models.values(), self._default))

    def ceiling(self, *, shorts: bool) -> Decimal | None:
        known = [model.ceiling(shorts=shorts) for model in (*self._models.values(), self._default)]
        return None if None in known else max(share for share in known if share is not None)

    def isolated(self, asset: Asset) -> IsolatedTerms | None:
        return self._of(asset).isolated(asset)

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""
        return {"models": dict(self._models), "default": self._default}

    def _of(self, asset: Asset) -> MarginModel:
        of_class = self._models.get(asset.asset_class, self._default)
        return self._models.get(asset.asset_type, of_class)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={model!r}" for name, model in self._models.items())
        return f"ByAssetClass({shown})"


def standard_margin() -> ByAssetClass:
    """What a margin account requires when nothing else is said.

    Equities by `RegT`, futures 11 % of their contracts' value to open and 10 % to keep, currency
    pairs 2 % (50 to 1, the most that the US National Futures Association allows for major
    currencies: Financial Requirements, Section 12), perpetual swaps by `CryptoCross` as Binance's
    are. Coins are paid in full and called at one half; no rule is behind that.
    """
    return ByAssetClass(
        {
            "equity": RegT(),
            "future": FutureMargins(),
            "forex": PortfolioPercent("0.02"),
            "crypto": PortfolioPercent(1, "0.5"),
            "perpetual": CryptoCross(),
        }
    )
