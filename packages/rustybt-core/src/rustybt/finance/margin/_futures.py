"""Margin of futures: money per contract."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from rustybt.assets import Asset, Future
from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import ByAsset, Number, not_negative, positive
from rustybt.finance.margin._base import (
    ONE,
    MarginModel,
    MarginPosition,
    MarginRequirement,
    at_least,
    of_value,
)
from rustybt.values import divide_exact, like

PerContract: TypeAlias = "tuple[Number, Number]"
"""Money to open one contract and money to keep it, in the contract's currency."""


class _Money(NamedTuple):
    """What one contract requires."""

    initial: Decimal
    maintenance: Decimal


class FutureMargins(MarginModel):
    """Money per contract, as exchanges publish it, long or short.

    CME's performance bonds are such amounts; speculators post 110 % of maintenance to open a
    position. Two legs of a spread are not netted.

    Args:
        per_contract: Money to open and to keep a contract, by contract, symbol or root symbol, in
            this order.
        initial: Share of the contracts' value to open what the table does not name.
        maintenance: Share of it to keep that.

    Raises:
        InvalidArgument: An amount is below zero, or money to open is zero or less than to keep.
    """

    def __init__(
        self,
        per_contract: ByAsset[PerContract] | None = None,
        *,
        initial: Number = "0.11",
        maintenance: Number = "0.1",
    ) -> None:
        self._table = {key: _money(key, pair) for key, pair in (per_contract or {}).items()}
        self.initial = positive(initial, field="initial")
        self.maintenance = not_negative(maintenance, field="maintenance")

    def position(self, held: MarginPosition) -> MarginRequirement:
        money = self._of(held.asset)
        if money is None:
            return of_value(held.value, self.initial, self.maintenance)
        contracts = abs(held.amount)
        return at_least(
            like(money.initial, contracts) * contracts,
            like(money.maintenance, contracts) * contracts,
        )

    def leverage(self) -> Decimal:
        return max(ONE, divide_exact(ONE, max(self.initial, self.maintenance)))

    def ceiling(self, *, shorts: bool) -> Decimal | None:
        """None with money per contract: it is any share of a low price."""
        return None if self._table else self.maintenance

    def _of(self, asset: Asset) -> _Money | None:
        root = asset.root_symbol if isinstance(asset, Future) else ""
        for key in (asset, asset.symbol, root):
            if key in self._table:
                return self._table[key]
        return None

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""
        table = {key: tuple(money) for key, money in self._table.items()}
        return {"per_contract": table, "initial": self.initial, "maintenance": self.maintenance}

    def __repr__(self) -> str:
        return (
            f"FutureMargins(<{len(self._table)} contracts>, initial={self.initial}, "
            f"maintenance={self.maintenance})"
        )


def _money(key: Asset | str, pair: PerContract) -> _Money:
    name = key if isinstance(key, str) else key.symbol
    money = _Money(
        positive(pair[0], field=f"initial margin of {name}"),
        not_negative(pair[1], field=f"maintenance margin of {name}"),
    )
    if money.maintenance > money.initial:
        raise InvalidArgument(
            field=f"maintenance margin of {name}",
            value=pair[1],
            reason=f"give no more than the initial one, {money.initial}",
        )
    return money
