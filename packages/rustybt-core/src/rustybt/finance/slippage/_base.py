"""The base of slippage models, and what several of them need."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from math import copysign, trunc
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rustybt.assets import Asset, Equity, Future
from rustybt.finance._cost_model import CostModel

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure, Market, WorkingOrder
    from rustybt.values import Value

Outcome: TypeAlias = "tuple[Value, Value] | tuple[None, None]"
"""Price and signed amount of a fill, or twice None when nothing fills."""

_LOT_TOLERANCE = 1e-6


class LiquidityExceeded(Exception):  # noqa: N818 - Zipline's name
    """Raised by a model to say: nothing more of this asset fills in this bar.

    A signal to the venue, not a fault, hence outside the tree of `rustybt.errors`.
    """


class SlippageModel(CostModel):
    """Base of all slippage models; a subclass implements `process_order`.

    Attributes:
        volume_for_bar: What has been filled of the order's asset in the current bar, buys and
            sells added up. The venue keeps it.
    """

    volume_for_bar: Figure = 0

    @abstractmethod
    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Price and amount of a fill of `order` in the current bar.

        Called once per bar for every triggered order of an asset that traded in the bar.

        Args:
            data: The market at the current bar.
            order: A triggered order with an open amount.

        Returns:
            The price and the signed amount to fill, at most the order's open amount; or
            `(None, None)` when nothing fills.

        Raises:
            LiquidityExceeded: No further order of the asset is to be tried in this bar.
        """


class EquitySlippageModel(SlippageModel):
    """Base of models for equities only."""

    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Equity,)


class FutureSlippageModel(SlippageModel):
    """Base of models for futures only."""

    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Future,)


def fill_price_worse_than_limit_price(fill_price: Figure, order: WorkingOrder) -> bool:
    """Whether a price breaks the order's limit: above it for a buy, below it for a sell."""
    limit = order.limit
    if limit is None:
        return False
    return bool(fill_price > limit if order.direction > 0 else fill_price < limit)


def whole_lots(size: Figure, asset: Asset) -> Figure:
    """`size` cut toward zero to whole lots of the asset: what a model may answer as an amount.

    A float that misses a whole number of fractional lots by less than a millionth of a lot is
    that number: 0.3 is 30,000,000 lots of 0.00000001 although the float quotient falls short.
    """
    lot = asset.lot_size
    if isinstance(size, Decimal):
        return size // lot * lot
    if lot == 1:
        return float(trunc(size))
    lots = size / float(lot)
    return trunc(lots + copysign(_LOT_TOLERANCE, lots)) * float(lot)
