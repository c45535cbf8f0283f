"""One execution as a strategy sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from datetime import datetime

    from rustybt.assets import Asset
    from rustybt.finance.book_events import Fill
    from rustybt.values import Value
    from rustybt.views import ValueView


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalTransaction:
    """An execution in public values: what commission models and `on_order_fill` are given.

    Attributes:
        asset: What changed hands.
        amount: Signed amount: positive was bought.
        dt: When.
        price: Price per unit.
        order_id: The order; None where no order stands behind it (a delisting).
        commission: What was charged for it; None while it is not known.
    """

    asset: Asset
    amount: Value
    dt: datetime
    price: Value
    order_id: str | None
    commission: Value | None = None

    @property
    def sid(self) -> Asset:
        """The asset, under Zipline's other name for it."""
        return self.asset

    @classmethod
    def from_fill(cls, fill: Fill, view: ValueView, commission: Value | None = None) -> Self:
        """The transaction of a fill, with numbers and times as `view` shows them."""
        asset = fill.asset
        return cls(
            asset=asset,
            amount=view.amount(fill.amount),
            dt=view.instant(fill.at),
            price=view.price(fill.price, asset.price_decimals),
            order_id=fill.order_id,
            commission=commission,
        )

    def to_dict(self) -> dict[str, Any]:
        """Zipline's dictionary of a transaction: the asset is under ``sid``."""
        return {
            "amount": self.amount,
            "dt": self.dt,
            "price": self.price,
            "order_id": self.order_id,
            "sid": self.asset,
            "commission": self.commission,
        }


class FillView:
    """A fill as a commission model sees it while it is asked: made of what it reads, and no more.

    It is for the length of a call.
    """

    __slots__ = ("_fill", "_view", "asset", "order_id")

    def __init__(self, fill: Fill, view: ValueView) -> None:
        self._fill = fill
        self._view = view
        self.asset = fill.asset
        self.order_id = fill.order_id

    @property
    def amount(self) -> Value:
        """Signed amount: positive was bought."""
        return self._view.amount(self._fill.amount)

    @property
    def price(self) -> Value:
        """Price per unit."""
        return self._view.price(self._fill.price, self.asset.price_decimals)

    @property
    def dt(self) -> datetime:
        """When."""
        return self._view.instant(self._fill.at)
