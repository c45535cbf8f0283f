"""The forced end of an isolated position, and what of a bar it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rustybt.assets import Asset

if TYPE_CHECKING:
    from rustybt.values import Num


class BarRange(NamedTuple):
    """The prices of a bar that a liquidation looks at, kernel prices."""

    open: Num
    high: Num
    low: Num


class Liquidation(NamedTuple):
    """An isolated position is closed by force inside a bar.

    Attributes:
        asset: What is closed.
        amount: Signed amount to trade, all of the position.
        price: The liquidation price; the bar's open where it lies beyond, and then no worse
            than the price at which the margin is lost.
        fee: What the closing costs, no more than is left of the margin.
        currency: The currency of price and fee.
        at: Label of the bar.
    """

    asset: Asset
    amount: Num
    price: Num
    fee: Num
    currency: str
    at: int
