"""Impact by the square-root law."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import Number, not_negative, positive
from rustybt.finance.slippage._base import (
    LiquidityExceeded,
    SlippageModel,
    fill_price_worse_than_limit_price,
    whole_lots,
)
from rustybt.finance.slippage._sessions import SessionWindows, square_root
from rustybt.values import divide, like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure, Market, WorkingOrder
    from rustybt.finance.slippage._base import Outcome

_BASIS_POINTS_IN_ONE = Decimal(10_000)
_LEAST_SESSIONS = 3


class SquareRootImpact(SlippageModel, exact=True):
    """An impact of Y x daily volatility x sqrt(size / average daily volume) on the close.

    The size is all that filled of the asset in the bar, this fill included, so that an order cut
    into several of one bar pays no less. Volatility (sample deviation of daily returns) and
    average volume are those of the sessions before the running one. A price beyond the order's
    limit fills nothing, and neither does a sale whose impact would leave no price.

    Source: Grinold and Kahn, "Active Portfolio Management" (2nd edition 2000), chapter 16, with
    a constant of order one; Tóth et al., "Anomalous price impact and the critical nature of
    liquidity in financial markets", Physical Review X 1 (2011), who write it as Y. Almgren, Thum,
    Hauptmann and Li, "Direct estimation of equity market impact" (2005), measured an exponent of
    3/5 in place of 1/2.

    Args:
        factor: Y.
        volume_limit: Share of the bar's volume that may fill, for all orders together.
        sessions: How many sessions volatility and average volume are measured over.
        fallback_basis_points: Impact of an asset that has no such history yet, in hundredths of a
            percent of the price.
    """

    def __init__(
        self,
        factor: Number = 1,
        volume_limit: Number = 0.1,
        *,
        sessions: int = 20,
        fallback_basis_points: Number = 10,
    ) -> None:
        super().__init__()
        self.factor = not_negative(factor, field="factor")
        self.volume_limit = positive(volume_limit, field="volume_limit")
        self.sessions = sessions
        self.fallback_basis_points = not_negative(
            fallback_basis_points, field="fallback_basis_points"
        )
        if sessions < _LEAST_SESSIONS:
            raise InvalidArgument(
                field="sessions", value=sessions, reason=f"give {_LEAST_SESSIONS} or more"
            )
        self._fallback = self.fallback_basis_points / _BASIS_POINTS_IN_ONE
        self._windows = SessionWindows(sessions)

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close x (1 ± impact) and what the volume limit leaves of the order."""
        asset = order.asset
        volume = data.current(asset, "volume")
        most = whole_lots(like(self.volume_limit, volume) * volume, asset)
        size = min(abs(order.open_amount), most - self.volume_for_bar)
        if size <= 0:
            raise LiquidityExceeded
        price = data.current(asset, "close")
        impact = self._impact(data, order, size)
        slipped = price + price * (impact * order.direction)
        if slipped <= 0 or fill_price_worse_than_limit_price(slipped, order):
            return None, None
        return slipped, size * order.direction

    def _impact(self, data: Market, order: WorkingOrder, size: Figure) -> Figure:
        """Relative change of the price, without sign."""
        mean_volume, volatility = self._windows.before_today(data, order.asset)
        if not mean_volume or volatility is None:
            return like(self._fallback, size)
        taken = divide(self.volume_for_bar + size, mean_volume)
        return like(self.factor, volatility) * volatility * square_root(taken)

    def __repr__(self) -> str:
        return f"SquareRootImpact(factor={self.factor}, volume_limit={self.volume_limit})"
