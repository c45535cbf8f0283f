"""Models that fill no more than a share of the bar's volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.finance._parameters import Number, not_negative, positive
from rustybt.finance.slippage._base import (
    LiquidityExceeded,
    SlippageModel,
    fill_price_worse_than_limit_price,
    whole_lots,
)
from rustybt.values import divide, like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure, Market, WorkingOrder
    from rustybt.finance.slippage._base import Outcome

_BASIS_POINTS_IN_ONE = 10_000


class FixedBasisPointsSlippage(SlippageModel, exact=True):
    """A constant share of the price away from the close; the default for equities and crypto.

    The limit price of an order is not looked at: that is the venue's part.

    Args:
        basis_points: Slippage in hundredths of a percent of the price.
        volume_limit: Share of the bar's volume that may fill.
    """

    def __init__(self, basis_points: Number = 5.0, volume_limit: Number = 0.1) -> None:
        super().__init__()
        self.basis_points = not_negative(basis_points, field="basis_points")
        self.volume_limit = positive(volume_limit, field="volume_limit")
        self.percentage = self.basis_points / _BASIS_POINTS_IN_ONE

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close x (1 ± basis points / 10,000) and what the volume limit leaves of the order."""
        asset = order.asset
        volume = data.current(asset, "volume")
        most = whole_lots(like(self.volume_limit, volume) * volume, asset)
        size = min(abs(order.open_amount), most - self.volume_for_bar)
        if size <= 0:
            raise LiquidityExceeded
        price = data.current(asset, "close")
        slipped = price + price * (like(self.percentage, price) * order.direction)
        return slipped, size * order.direction

    def __repr__(self) -> str:
        return (
            f"FixedBasisPointsSlippage(basis_points={self.basis_points}, "
            f"volume_limit={self.volume_limit})"
        )


class VolumeShareSlippage(SlippageModel, exact=True):
    """An impact that grows with the square of the share of the volume that was taken.

    The share counts everything filled in the asset in this bar, this fill included. A price
    beyond the order's limit fills nothing.

    Args:
        volume_limit: Share of the bar's volume that may fill.
        price_impact: Relative price change if the whole volume were taken.
    """

    def __init__(self, volume_limit: Number = 0.025, price_impact: Number = 0.1) -> None:
        super().__init__()
        self.volume_limit = positive(volume_limit, field="volume_limit")
        self.price_impact = not_negative(price_impact, field="price_impact")

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close x (1 ± impact x share^2) and what the volume limit leaves of the order."""
        asset = order.asset
        volume = data.current(asset, "volume")
        limit = like(self.volume_limit, volume)
        left = limit * volume - self.volume_for_bar
        if whole_lots(left, asset) <= 0:
            raise LiquidityExceeded
        size = whole_lots(min(left, abs(order.open_amount)), asset)
        if not size:
            return None, None
        share: Figure = min(divide(self.volume_for_bar + size, volume), limit)
        price = data.current(asset, "close")
        factor: Figure = like(self.price_impact, price)
        impact = share**2 * (factor * order.direction) * price
        if fill_price_worse_than_limit_price(price + impact, order):
            return None, None
        return price + impact, size * order.direction

    def __repr__(self) -> str:
        return (
            f"VolumeShareSlippage(volume_limit={self.volume_limit}, "
            f"price_impact={self.price_impact})"
        )
