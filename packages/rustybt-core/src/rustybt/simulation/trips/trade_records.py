"""What round trips are made of: executions, what the book told (`lot_events`), and bars.

All numbers are kernel numbers of one arithmetic, all times nanoseconds UTC. Records come in the
order in which they happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rustybt.finance.lot_events import LotEvent

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.data.coefficients import IntArray
    from rustybt.values import Num


class TradeExecuted(NamedTuple):
    """An order, or a part of it, was executed.

    Attributes:
        asset: What was traded.
        at: End of the bar that it happened in.
        amount: Signed amount.
        price: Price per unit.
        commission: What was charged for it; negative is a rebate.
        order_id: The order; None where there is none (a delisting).
        strategy: Whose order it was; None where that is not known.
        slippage: What it cost over the price of the market, which is in `price` already.
    """

    asset: Asset
    at: int
    amount: Num
    price: Num
    commission: Num
    order_id: str | None
    strategy: str | None
    slippage: Num = 0


TradeRecord: TypeAlias = TradeExecuted | LotEvent


class HeldBars(NamedTuple):
    """Bars of an asset in order of time, raw.

    Attributes:
        asset: Whose.
        labels: Ends of the bars; bars without a print are left out.
        high: Highest prices, coefficients at `scale`.
        low: Lowest prices.
        scale: Decimals of the coefficients.
    """

    asset: Asset
    labels: IntArray
    high: IntArray
    low: IntArray
    scale: int


Span: TypeAlias = tuple[int, int]
"""First and last moment of interest."""

BarsOf: TypeAlias = Callable[[Mapping["Asset", Span]], Iterable[HeldBars]]
"""Gives the bars of assets over their spans, in as many pieces as it likes, each asset's in order
of time. The bar in which a span ends belongs to it; more than is asked for does no harm."""
