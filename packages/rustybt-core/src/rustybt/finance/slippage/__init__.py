"""Slippage models: at what price, and how much of an order, fills in a bar.

Every model is told the bar (`data.current(asset, "close")`, ...) and one triggered order, and
answers with price and signed amount. `price` below is the bar's close, the sign is that of the
order:

==========================  ==================================  ================================
model                       price of the fill                   size per bar
==========================  ==================================  ================================
NoSlippage                  price                               the whole order
FixedSlippage               price ± spread / 2                  the whole order
BidAskSpread                price ± spread / 2                  the whole order
FixedBasisPointsSlippage    price x (1 ± basis points / 10^4)   volume limit x volume
VolumeShareSlippage         price x (1 ± impact x share^2)      volume limit x volume
VolatilityVolumeShare       mid x (1 ± market impact / 10^4)    volume limit x volume
SquareRootImpact            price x (1 ± Y x sigma x root)      volume limit x volume
==========================  ==================================  ================================

The volume limit is shared by all orders of an asset in a bar; sizes are cut to whole lots,
as `whole_lots` does it. None of these models improves a fill: a buy pays no less than the price (of
`VolatilityVolumeShare`, the mid), and a sale gets no more.
"""

from typing import TYPE_CHECKING

from rustybt.finance._cost_model import Market, WorkingOrder
from rustybt.finance.slippage._base import (
    EquitySlippageModel,
    FutureSlippageModel,
    LiquidityExceeded,
    Outcome,
    SlippageModel,
    fill_price_worse_than_limit_price,
    whole_lots,
)
from rustybt.finance.slippage._impact import MarketImpactBase, VolatilityVolumeShare
from rustybt.finance.slippage._spread import BidAskSpread, FixedSlippage, NoSlippage
from rustybt.finance.slippage._volume import FixedBasisPointsSlippage, VolumeShareSlippage
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from rustybt.finance.slippage._square_root import SquareRootImpact
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.finance.slippage._square_root": ("SquareRootImpact",),
        },
    )

__all__ = [
    "BidAskSpread",
    "EquitySlippageModel",
    "FixedBasisPointsSlippage",
    "FixedSlippage",
    "FutureSlippageModel",
    "LiquidityExceeded",
    "Market",
    "MarketImpactBase",
    "NoSlippage",
    "Outcome",
    "SlippageModel",
    "SquareRootImpact",
    "VolatilityVolumeShare",
    "VolumeShareSlippage",
    "WorkingOrder",
    "fill_price_worse_than_limit_price",
    "whole_lots",
]
