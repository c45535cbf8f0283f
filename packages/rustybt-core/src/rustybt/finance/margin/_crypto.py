"""Margin of leveraged crypto positions: one pot for all, or one for each."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import Number, not_negative, positive
from rustybt.finance.margin._base import (
    ONE,
    MarginModel,
    MarginPosition,
    MarginRequirement,
    at_least,
)
from rustybt.finance.margin._tiers import MarginTiers, TierTable
from rustybt.values import divide, divide_exact, like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure

BTCUSDT_TIERS: Final = (
    (0, "0.004"),
    (50_000, "0.005"),
    (250_000, "0.01"),
    (1_000_000, "0.025"),
    (10_000_000, "0.05"),
    (20_000_000, "0.1"),
    (50_000_000, "0.125"),
    (100_000_000, "0.15"),
    (200_000_000, "0.25"),
    (300_000_000, "0.5"),
)
"""Maintenance rates of Binance's BTCUSDT perpetual by value in USDT, as of 18 March 2021.

Source: Binance, "Updates to Leverage and Margin Tiers of Binance Futures Contracts (2021-03-18)".
"""


class _Leveraged(MarginModel):
    """What both kinds share: value over leverage to open, tiers of value to keep."""

    def __init__(self, leverage: Number, maintenance: MarginTiers) -> None:
        self._leverage = positive(leverage, field="leverage")
        if self._leverage < ONE:
            raise InvalidArgument(field="leverage", value=leverage, reason="give 1 or more")
        self.tiers = TierTable(maintenance)
        if self._leverage * self.tiers.lowest_rate >= ONE:
            raise InvalidArgument(
                field="maintenance rate",
                value=self.tiers.lowest_rate,
                reason=f"give less than 1 / leverage, {divide_exact(ONE, self._leverage)}",
            )

    def position(self, held: MarginPosition) -> MarginRequirement:
        value = held.value
        opened = divide(value, like(self._leverage, value))
        return at_least(opened, self.tiers.maintenance(value))

    def leverage(self) -> Decimal:
        return self._leverage

    def ceiling(self, *, shorts: bool) -> Decimal | None:
        return self.tiers.highest_rate

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""
        return {"leverage": self._leverage, "maintenance": self.tiers.pairs()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(leverage={self._leverage}, maintenance={self.tiers!r})"


class CryptoCross(_Leveraged):
    """Cross margin: the whole account stands for all positions together.

    A position takes value / leverage to open, and to keep what the tiers say of its value; where
    that is more, it takes as much to open. The account is called when its equity is less than
    the sum of what its positions take to keep.

    Args:
        maintenance: Maintenance rate, or tiers of it by the value of a position in its currency:
            ``[(0, "0.004"), (50_000, "0.005")]``.
        leverage: Value over equity with which positions are opened; 20 as on Binance for who
            chooses none.

    Raises:
        InvalidArgument: A leverage below 1, tiers that do not ascend from 0, a rate of 1 or
            more, or a first rate that leaves the leverage no room.
    """

    def __init__(self, maintenance: MarginTiers = BTCUSDT_TIERS, *, leverage: Number = 20) -> None:
        super().__init__(leverage, maintenance)


class CryptoIsolated(_Leveraged):
    """Isolated margin: each position has margin of its own, and no more than that can be lost.

    What is opened sets value / leverage aside, at the price of opening. The position is closed by
    force at its liquidation price, where margin and profit together are what the tiers say it
    takes to keep it.

    Args:
        leverage: Value over margin with which positions are opened.
        maintenance: Maintenance rate, or tiers of it by the value of a position in its currency.
        liquidation_fee: Share of the value that a forced closing costs; no more is taken than
            is left of the margin.

    Raises:
        InvalidArgument: A leverage below 1, tiers that do not ascend from 0, a rate of 1 or
            more, or a first rate that leaves the leverage no room.
    """

    def __init__(
        self,
        leverage: Number,
        maintenance: MarginTiers = "0.005",
        *,
        liquidation_fee: Number = 0,
    ) -> None:
        super().__init__(leverage, maintenance)
        self.liquidation_fee = not_negative(liquidation_fee, field="liquidation_fee")

    def isolated(self, asset: Asset) -> CryptoIsolated:
        """These terms, for every asset."""
        return self

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "liquidation_fee": self.liquidation_fee}

    def liquidation_price(self, size: Figure, entry_price: Figure, margin: Figure) -> Figure | None:
        """See :class:`IsolatedTerms`.

            (margin + deduction - side x size x entry price) / (size x (rate - side))

        with the size without sign, side 1 for longs and -1 for shorts, and rate and deduction of
        the tier that holds at that price. Source: Binance, "How to Calculate Liquidation Price
        of USDT-M Futures Contracts", for one isolated position (TMM = UPNL = 0).
        """
        side = 1 if size > 0 else -1
        price: Figure = 0
        for bracket, end in self.tiers.upwards():
            rate, deduction = like(bracket.rate, margin), like(bracket.deduction, margin)
            price = divide(margin + deduction - size * entry_price, abs(size) * (rate - side))
            if end is None or price * abs(size) <= end:
                break
        return price if price > 0 else None

    def bankruptcy_price(self, size: Figure, entry_price: Figure, margin: Figure) -> Figure | None:
        """See :class:`IsolatedTerms`: entry price - margin / size."""
        price = entry_price - divide(margin, size)
        return price if price > 0 else None
