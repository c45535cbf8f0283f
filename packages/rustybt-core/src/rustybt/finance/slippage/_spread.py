"""Models that fill the whole order at once, at the close or a spread away from it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import ByAsset, Number, not_negative
from rustybt.finance.slippage._base import SlippageModel
from rustybt.values import like, parse_decimal

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure, Market, WorkingOrder
    from rustybt.finance.slippage._base import Outcome

_HALF_SPREADS_IN_ONE = 20_000
_ZERO = Decimal(0)


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
        self.half_spread: Decimal = self.spread / 2

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close ± spread / 2 and the order's open amount."""
        price = data.current(order.asset, "close")
        return price + like(self.half_spread, price) * order.direction, order.open_amount

    def __repr__(self) -> str:
        return f"FixedSlippage(spread={self.spread})"


class BidAskSpread(SlippageModel, exact=True):
    """The whole order at half the spread between bid and ask from the close; for currency pairs.

    The spread is constant, one for each asset, or read from the user's own columns beside the
    bars. A bar without a quote (a value is missing, or the ask lies below the bid) fills nothing.

    Args:
        basis_points: Distance between bid and ask in hundredths of a percent of the price: one
            for all, or by asset or symbol. Of no meaning where a column is named.
        spread: Name of the column of the distance in money per unit.
        bid: Name of the column of the best bid; `ask` goes with it. Only the distance between
            the two counts, since the price that it is added to need not be their middle.
        ask: Name of the column of the best ask.

    Raises:
        InvalidArgument: `bid` without `ask` or the other way round, or `spread` beside them.
    """

    def __init__(
        self,
        basis_points: Number | ByAsset[Number] = 1,
        *,
        spread: str | None = None,
        bid: str | None = None,
        ask: str | None = None,
    ) -> None:
        super().__init__()
        if (bid is None) != (ask is None) or (spread is not None and bid is not None):
            raise InvalidArgument(
                field="columns",
                value={"spread": spread, "bid": bid, "ask": ask},
                reason="name spread, or bid and ask",
            )
        self.columns = tuple(name for name in (spread, bid, ask) if name is not None)
        self._half: Decimal | None = None
        self._halves: dict[Asset | str, Decimal] = {}
        if isinstance(basis_points, Mapping):
            self._halves = {
                key: not_negative(number, field=f"basis_points of {key}") / _HALF_SPREADS_IN_ONE
                for key, number in basis_points.items()
            }
            self._shown = "<varies>"
        else:
            number = not_negative(basis_points, field="basis_points")
            self._half = number / _HALF_SPREADS_IN_ONE
            self._shown = str(number)

    def process_order(self, data: Market, order: WorkingOrder) -> Outcome:
        """Close ± half the spread and the order's open amount."""
        price = data.current(order.asset, "close")
        if self.columns:
            distance = self._quoted(data, order.asset, price)
            if distance is None:
                return None, None
        else:
            distance = price * like(self.half_of(order.asset), price)
        return price + distance * order.direction, order.open_amount

    def half_of(self, asset: Asset) -> Decimal:
        """Half the spread of an asset as a share of its price, where no column is named.

        Raises:
            InvalidArgument: There are spreads by asset and none for this one.
        """
        if self._half is not None:
            return self._half
        half = self._halves.get(asset, self._halves.get(asset.symbol))
        if half is None:
            raise InvalidArgument(
                field="basis_points", value=asset.symbol, reason="give a spread for this asset"
            )
        return half

    def _quoted(self, data: Market, asset: Asset, price: Figure) -> Figure | None:
        """Half the quoted spread in money; None without a quote."""
        distance = like(_ZERO, price)
        for column in self.columns:
            quote = _number(data.current(asset, column), price)
            if quote is None:
                return None
            distance = quote - distance
        return None if distance < 0 else distance / 2

    def __repr__(self) -> str:
        if len(self.columns) == 1:
            return f"BidAskSpread(spread={self.columns[0]!r})"
        if self.columns:
            return f"BidAskSpread(bid={self.columns[0]!r}, ask={self.columns[1]!r})"
        return f"BidAskSpread(basis_points={self._shown})"


def _number(value: Figure | None, sample: Figure) -> Figure | None:
    """A value of a user's column as the kind of number that `sample` is; None for no number."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    return like(parse_decimal(value, field="quote"), sample)
