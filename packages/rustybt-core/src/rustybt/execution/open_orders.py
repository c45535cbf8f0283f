"""Every open order by asset, as the rest of the engine reads them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.resting import RestingOrders
    from rustybt.orders import Order


class OpenOrders(Mapping["Asset", "list[Order]"]):
    """The orders that can still change, in order of creation; it follows the venue.

    Args:
        resting: The open orders of each asset.
    """

    def __init__(self, resting: "Mapping[Asset, RestingOrders]") -> None:
        self._resting = resting

    def __getitem__(self, asset: "Asset") -> "list[Order]":
        return list(self._resting[asset])

    def __iter__(self) -> "Iterator[Asset]":
        return iter(self._resting)

    def __len__(self) -> int:
        return len(self._resting)
