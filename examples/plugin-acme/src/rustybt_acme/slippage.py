"""A slippage model for equities that takes the spread from the bar itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.finance.slippage import EquitySlippageModel, LiquidityExceeded
from rustybt.values import like, parse_decimal

if TYPE_CHECKING:
    from rustybt.finance.slippage import Market, Outcome, WorkingOrder


class HalfSpread(EquitySlippageModel):
    """Fills half a spread from the close, where the spread is a share of the bar's range.

    A buy fills at close + share x (high - low) / 2, but not above the high; a sell likewise below
    the close, not below the low. At most `volume_limit` of the bar's volume fills.

    Args:
        share: Spread as a share of the bar's range; 0.1 unless given.
        volume_limit: Share of the bar's volume that may fill.
    """

    def __init__(self, share: Decimal | str = "0.1", volume_limit: Decimal | str = "0.1") -> None:
        super().__init__()
        self.share = parse_decimal(share, field="share")
        self.volume_limit = parse_decimal(volume_limit, field="volume_limit")

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Price and signed amount of a fill in this bar."""
        asset = order.asset
        volume = data.current(asset, "volume")
        left = like(self.volume_limit, volume) * volume - self.volume_for_bar
        lot = like(asset.lot_size, left)
        size = min(left // lot * lot, abs(order.open_amount))
        if size <= 0:
            raise LiquidityExceeded
        high, low, close = (data.current(asset, field) for field in ("high", "low", "close"))
        half = like(self.share, close) * (high - low) / 2
        price = min(close + half, high) if order.direction > 0 else max(close - half, low)
        return price, size * order.direction
