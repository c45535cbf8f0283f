"""Models that fill the whole order at once, at the close or a spread away from it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.slippage._base import SlippageModel
from rustybt.values import like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Market, WorkingOrder
    from rustybt.finance.slippage._base import Outcome

_HALF_SPREADS_IN_ONE = 20_000


class NoSlippage(SlippageModel, exact=True):
    """The whole order at the close, whatever the volume."""

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """The close and the order's open amount."""
        return data.current(order.asset, "close"), order.open_amount

    def __repr__(self) -> str:
        return "NoSlippage()"


class FixedSlippage(SlippageModel, exact=True):
    """The whole order at half a constant spread from the close, whatever volume and limit.

    Args:
        spread: Distance between bid and ask, in money per unit.
    """

    def __init__(self, spread: Number = 0.0) -> None:
        super().__init__()
        self.spread = not_negative(spread, field="spread")
        self._half: Decimal = self.spread / 2

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close ± spread / 2 and the order's open amount."""
        price = data.current(order.asset, "close")
        return price + like(self._half, price) * order.direction, order.open_amount

    def __repr__(self) -> str:
        return f"FixedSlippage(spread={self.spread})"


class BidAskSpread(SlippageModel, exact=True):
    """The whole order at half a constant relative spread from the close; for currency pairs.

    Args:
        basis_points: Distance between bid and ask in hundredths of a percent of the price.
    """

    def __init__(self, basis_points: Number = 1) -> None:
        super().__init__()
        self.basis_points = not_negative(basis_points, field="basis_points")
        self._half: Decimal = self.basis_points / _HALF_SPREADS_IN_ONE

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close x (1 ± half the spread) and the order's open amount."""
        price = data.current(order.asset, "close")
        return price + price * like(self._half, price) * order.direction, order.open_amount

    def __repr__(self) -> str:
        return f"BidAskSpread(basis_points={self.basis_points})"
