"""Where a finder gets its assets from."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from rustybt.assets.asset import Asset, Cryptocurrency, CurrencyPair, Future
from rustybt.assets.symbols import SymbolOwnership
from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from rustybt.assets.exchange import ExchangeInfo
    from rustybt.assets.root_symbol import RootSymbol
    from rustybt.assets.supplementary import SupplementaryValue


class AssetSource(Protocol):
    """Rows behind an `AssetFinder`. Immutable while the finder uses it."""

    def types(self) -> Mapping[int, str]:
        """`Asset.asset_type` by sid, in ascending order of sid."""
        ...

    def load(self, sids: Collection[int]) -> Iterable[Asset]:
        """The assets of `sids`, all of which are in `types`, in any order."""
        ...

    def ownerships(self) -> Iterable[SymbolOwnership]:
        """Who owned which symbol when; futures are found by their own symbol."""
        ...

    def supplementary(self) -> "Iterable[SupplementaryValue]":
        """All supplementary values."""
        ...

    def exchanges(self) -> "Iterable[ExchangeInfo]":
        """The venues, with or without assets."""
        ...

    def root_symbols(self) -> "Iterable[RootSymbol]":
        """The chains of futures, with or without contracts."""
        ...

    def close(self) -> None:
        """Release connections. The source may be used again."""
        ...


class MemorySource:
    """Assets that are already objects.

    Args:
        assets: One per sid.
        ownerships: Periods of symbols; by default each asset owns its symbol while it lives.
        supplementary: Supplementary values.

    Raises:
        InvalidArgument: Two assets have one sid.
    """

    def __init__(
        self,
        assets: Iterable[Asset],
        *,
        ownerships: Iterable[SymbolOwnership] | None = None,
        supplementary: "Iterable[SupplementaryValue]" = (),
    ) -> None:
        self._assets: dict[int, Asset] = {}
        for asset in sorted(assets):
            if asset.sid in self._assets:
                raise InvalidArgument(
                    field="assets",
                    value=[self._assets[asset.sid], asset],
                    reason=f"both have sid {asset.sid}; give each asset its own",
                )
            self._assets[asset.sid] = asset
        self._ownerships = (
            [ownership_of(asset) for asset in self._assets.values() if asset.asset_type != "future"]
            if ownerships is None
            else list(ownerships)
        )
        self._supplementary = list(supplementary)

    def types(self) -> Mapping[int, str]:
        """`Asset.asset_type` by sid."""
        return {sid: asset.asset_type for sid, asset in self._assets.items()}

    def load(self, sids: Collection[int]) -> Iterable[Asset]:
        """The assets of `sids`."""
        return [self._assets[sid] for sid in sids]

    def ownerships(self) -> Iterable[SymbolOwnership]:
        """Who owned which symbol when."""
        return self._ownerships

    def supplementary(self) -> "Iterable[SupplementaryValue]":
        """All supplementary values."""
        return self._supplementary

    def exchanges(self) -> "Iterable[ExchangeInfo]":
        """The venues of the assets."""
        return {asset.exchange_info: None for asset in self._assets.values()}

    def root_symbols(self) -> "Iterable[RootSymbol]":
        """The chains of the futures."""
        from rustybt.assets.root_symbol import RootSymbol

        futures = (asset for asset in self._assets.values() if isinstance(asset, Future))
        named = dict.fromkeys(future.root_symbol for future in futures)
        return [RootSymbol(root_symbol=name) for name in named]

    def close(self) -> None:
        """Nothing to release."""


def ownership_of(asset: Asset) -> SymbolOwnership:
    """The period in which an asset that was never renamed owns its symbol: its life."""
    assert not isinstance(asset, Future), "futures are found by their own unique symbol"
    is_pair = isinstance(asset, Cryptocurrency | CurrencyPair)
    return SymbolOwnership(
        symbol=asset.symbol,
        sid=asset.sid,
        start=asset.start_date,
        end=asset.end_date,
        country_code=asset.country_code,
        venue=asset.exchange if is_pair else "",
    )
