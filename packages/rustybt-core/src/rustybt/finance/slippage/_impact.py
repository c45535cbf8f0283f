"""Models that estimate the impact of a fill from 20 sessions of history."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from rustybt.assets import Asset, Future
from rustybt.finance._future_tables import DEFAULT_ETA, ETA_BY_ROOT_SYMBOL
from rustybt.finance._parameters import Number, not_negative, positive
from rustybt.finance.slippage._base import (
    SlippageModel,
    fill_price_worse_than_limit_price,
    whole_lots,
)
from rustybt.finance.slippage._sessions import SessionWindows, square_root
from rustybt.values import divide, like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure, Market, WorkingOrder
    from rustybt.finance.slippage._base import Outcome

_SESSIONS = 20
_SESSIONS_IN_YEAR = 252
_BASIS_POINTS_IN_ONE = Decimal(10_000)


class MarketImpactBase(SlippageModel):
    """Base of models that move the price by an impact estimated from history.

    The impact is added to the middle between the bar's high and low. An asset without 20 complete
    sessions of history moves by a constant share of the price instead.

    Attributes:
        NO_DATA_VOLATILITY_SLIPPAGE_IMPACT: That constant share.
    """

    NO_DATA_VOLATILITY_SLIPPAGE_IMPACT: ClassVar[Decimal] = Decimal("0.001")

    def __init__(self) -> None:
        super().__init__()
        self._windows = SessionWindows(_SESSIONS, periods=_SESSIONS_IN_YEAR)

    @abstractmethod
    def get_txn_volume(self, data: Market, order: WorkingOrder) -> Figure:
        """How much of `order` may fill in this bar, without sign and before cutting to lots."""

    @abstractmethod
    def get_simulated_impact(
        self,
        order: WorkingOrder,
        current_price: Figure,
        current_volume: Figure,
        txn_volume: Figure,
        mean_volume: Figure,
        volatility: Figure,
    ) -> Figure:
        """By how much the price moves, without sign.

        Args:
            order: The order.
            current_price: Middle between the bar's high and low.
            current_volume: The bar's volume.
            txn_volume: What fills, without sign.
            mean_volume: Mean volume of 20 sessions.
            volatility: Annualised standard deviation of 20 sessions' returns.
        """

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Mid ± impact and what `get_txn_volume` leaves of the order."""
        asset = order.asset
        volume = data.current(asset, "volume")
        mid = (data.current(asset, "high") + data.current(asset, "low")) / 2
        size = whole_lots(min(self.get_txn_volume(data, order), abs(order.open_amount)), asset)
        if not volume or size <= 0:
            return None, None
        mean_volume, volatility = self._windows.before_today(data, asset)
        if not mean_volume or volatility is None:
            impact = mid * like(self.NO_DATA_VOLATILITY_SLIPPAGE_IMPACT, mid)
        else:
            impact = self.get_simulated_impact(order, mid, volume, size, mean_volume, volatility)
        price = mid + impact * order.direction
        if fill_price_worse_than_limit_price(price, order):
            return None, None
        return price, size * order.direction


class VolatilityVolumeShare(MarketImpactBase, exact=True):
    """The default for futures: impact = eta x sigma x sqrt(psi) basis points.

    `eta` depends on the root symbol, `sigma` is the annualised volatility of 20 sessions and
    `psi` the fill as a share of their mean volume. Without such a history the price moves by
    7.5 basis points. The middle of a bar that the impact is added to can be better than its close;
    standard rules fill no better than the close, zipline's do.

    Args:
        volume_limit: Share of the bar's volume that may fill.
        eta: One constant for every future, or constants by root symbol that go before the
            built-in table.
        per_order: Whether each order has the whole limit to itself, as in zipline 3.2.1, instead
            of sharing it with the other orders of the bar. None leaves it to the run's rules:
            zipline's do, standard ones share.
    """

    NO_DATA_VOLATILITY_SLIPPAGE_IMPACT: ClassVar[Decimal] = Decimal("0.00075")
    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Future,)

    def __init__(
        self,
        volume_limit: Number,
        eta: Number | Mapping[str, Number] = ETA_BY_ROOT_SYMBOL,
        *,
        per_order: bool | None = None,
    ) -> None:
        super().__init__()
        self.volume_limit = positive(volume_limit, field="volume_limit")
        self.per_order = bool(per_order)
        self._is_open = per_order is None
        self._betters_close = True
        self._constant_eta: Decimal | None = None
        self._eta: dict[str, Decimal] = dict(ETA_BY_ROOT_SYMBOL)
        if isinstance(eta, Mapping):
            own = {
                root: not_negative(number, field=f"eta of {root}") for root, number in eta.items()
            }
            self._eta.update(own)
        else:
            self._constant_eta = not_negative(eta, field="eta")

    def follow(self, *, zipline: bool) -> None:
        """Follow the rules of a run.

        Where `zipline` is, each order has the whole limit, unless the model was told, and a fill
        may be better than the close.
        """
        self._betters_close = zipline
        if self._is_open:
            self.per_order = zipline

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Mid ± impact, no better than the close under standard rules."""
        outcome = super().process_order(data, order)
        price, size = outcome
        if price is None or size is None or self._betters_close:
            return outcome
        close = data.current(order.asset, "close")
        price = max(price, close) if order.direction > 0 else min(price, close)
        if fill_price_worse_than_limit_price(price, order):
            return None, None
        return price, size

    def eta_of(self, asset: Asset) -> Decimal:
        """The constant for an asset's chain."""
        if self._constant_eta is not None:
            return self._constant_eta
        root = asset.root_symbol if isinstance(asset, Future) else ""
        return self._eta.get(root, DEFAULT_ETA)

    def get_txn_volume(self, data: Market, order: WorkingOrder) -> Figure:
        """The volume limit, less what filled in this bar already."""
        volume = data.current(order.asset, "volume")
        limit = volume * like(self.volume_limit, volume)
        return limit if self.per_order else limit - self.volume_for_bar

    def get_simulated_impact(
        self,
        order: WorkingOrder,
        current_price: Figure,
        current_volume: Figure,
        txn_volume: Figure,
        mean_volume: Figure,
        volatility: Figure,
    ) -> Figure:
        """Price x eta x sigma x sqrt(psi) / 10,000."""
        eta = like(self.eta_of(order.asset), volatility)
        impact = eta * volatility * square_root(divide(txn_volume, mean_volume))
        return divide(current_price * impact, like(_BASIS_POINTS_IN_ONE, current_price))

    def __repr__(self) -> str:
        eta = "<varies>" if self._constant_eta is None else self._constant_eta
        return f"VolatilityVolumeShare(volume_limit={self.volume_limit}, eta={eta})"
