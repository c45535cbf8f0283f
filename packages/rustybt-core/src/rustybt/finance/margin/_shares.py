"""Margin as a share of value: US stocks, and any share by asset or class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rustybt.assets import Asset, Equity
from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import ByAsset, Number, not_negative, positive
from rustybt.finance.margin._base import (
    ONE,
    MarginModel,
    MarginPart,
    MarginPosition,
    MarginRequirement,
    at_least,
    of_value,
    total,
)
from rustybt.values import divide_exact, like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure

Shares: TypeAlias = Number | ByAsset[Number]
"""A share of value for everything; or shares by asset, symbol or asset class."""

_CHEAP: Final = Decimal(5)
_PER_CHEAP_SHARE: Final = Decimal("2.50")
_PER_SHARE: Final = Decimal(5)


class RegT(MarginModel):
    """US stocks: the Federal Reserve's Regulation T and FINRA's Rule 4210.

    Initial: 50 % of the value of longs and of shorts (Regulation T, 12 CFR 220.12). For shorts
    the rule says 150 %; 100 % of it are the proceeds of the sale, which are in the account
    already and are owed with the shares, so that the equity required is 50 %.

    Maintenance (FINRA Rule 4210(c)): 25 % of the value of longs. Of shorts, at $5.00 per share
    or above, 30 % but no less than $5.00 per share; below it 100 % but no less than $2.50 per
    share. The amounts per share hold for what is quoted in US dollars. Where maintenance is more
    than the initial share, it is the initial requirement too.

    Args:
        initial: Share of value to open a position.
        maintenance_long: Share of value to keep a long one.
        maintenance_short: Share of value to keep a short one.
        minimum_equity: Least equity of an account that opens a position, in its currency; of one
            without shorts no more than the longs are worth (Rule 4210(b): 2,000 dollars).

    Raises:
        InvalidArgument: A share is below zero, or the initial one is zero.
    """

    def __init__(
        self,
        initial: Number = "0.5",
        maintenance_long: Number = "0.25",
        maintenance_short: Number = "0.3",
        *,
        minimum_equity: Number = 0,
    ) -> None:
        self.initial = positive(initial, field="initial")
        self.maintenance_long = not_negative(maintenance_long, field="maintenance_long")
        self.maintenance_short = not_negative(maintenance_short, field="maintenance_short")
        self.minimum_equity = not_negative(minimum_equity, field="minimum_equity")

    def position(self, held: MarginPosition) -> MarginRequirement:
        value = held.value
        if held.amount >= 0:
            return of_value(value, self.initial, self.maintenance_long)
        return at_least(like(self.initial, value) * value, self._short(held, value))

    def _short(self, held: MarginPosition, value: Figure) -> Figure:
        share = like(self.maintenance_short, value) * value
        if held.currency != "USD":
            return share
        units = abs(held.amount * held.multiplier)
        if held.price < _CHEAP:
            return max(value, like(_PER_CHEAP_SHARE, units) * units)
        return max(share, like(_PER_SHARE, units) * units)

    def book(self, parts: Sequence[MarginPart]) -> MarginRequirement:
        needed = total(parts)
        if not parts or not self.minimum_equity:
            return needed
        least = like(self.minimum_equity, parts[0].value)
        if all(part.position.amount >= 0 for part in parts):
            least = min(least, sum(part.value for part in parts))
        return at_least(max(needed.initial, least), needed.maintenance)

    def leverage(self) -> Decimal:
        return max(ONE, divide_exact(ONE, max(self.initial, self.maintenance_long)))

    def ceiling(self, *, shorts: bool) -> Decimal | None:
        """None with shorts: money per share is any share of a low price."""
        return None if shorts else self.maintenance_long

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""
        return {
            "initial": self.initial,
            "maintenance_long": self.maintenance_long,
            "maintenance_short": self.maintenance_short,
            "minimum_equity": self.minimum_equity,
        }

    def __repr__(self) -> str:
        return (
            f"RegT(initial={self.initial}, maintenance_long={self.maintenance_long}, "
            f"maintenance_short={self.maintenance_short})"
        )


class PortfolioPercent(MarginModel):
    """A share of the value of every position, long or short.

    Args:
        initial: Share to open a position: one for all, or by asset, symbol, asset type
            (perpetual) or asset class (equity, future, crypto, forex), in this order. What a
            table does not name is paid in full: 1.
        maintenance: Share to keep it; the initial one when not given. Where it is more than the
            initial share, it is the initial requirement too.

    Raises:
        InvalidArgument: A share is below zero, or an initial one is zero.
    """

    def __init__(self, initial: Shares, maintenance: Shares | None = None) -> None:
        self._initial = _table(initial, field="initial")
        kept = initial if maintenance is None else maintenance
        self._maintenance = _table(kept, field="maintenance")
        if not all(self._initial.values()):
            raise InvalidArgument(field="initial", value=0, reason="give more than zero")

    def position(self, held: MarginPosition) -> MarginRequirement:
        shares = (_share(table, held.asset) for table in (self._initial, self._maintenance))
        return of_value(held.value, *shares)

    def leverage(self) -> Decimal:
        """That of equities where they have a share of their own, else the smallest."""
        share = self._initial.get(Equity.asset_class, max(self._initial.values(), default=ONE))
        return max(ONE, divide_exact(ONE, share))

    def ceiling(self, *, shorts: bool) -> Decimal | None:
        shares = list(self._maintenance.values())
        if "" not in self._maintenance:
            shares.append(ONE)
        return max(shares)

    def arguments(self) -> dict[str, Any]:
        """What makes the same one again: the arguments of its class."""
        return {"initial": dict(self._initial), "maintenance": dict(self._maintenance)}

    def __repr__(self) -> str:
        return f"PortfolioPercent({_shown(self._initial)}, {_shown(self._maintenance)})"


def _table(shares: Shares, *, field: str) -> dict[Asset | str, Decimal]:
    """Shares by asset, symbol or class; under the empty name the one of everything."""
    given = shares if isinstance(shares, Mapping) else {"": shares}
    return {
        key: not_negative(share, field=f"{field} {key}".strip()) for key, share in given.items()
    }


def _share(table: Mapping[Asset | str, Decimal], asset: Asset) -> Decimal:
    for key in (asset, asset.symbol, asset.asset_type, asset.asset_class):
        if key in table:
            return table[key]
    return table.get("", ONE)


def _shown(table: Mapping[Asset | str, Decimal]) -> str:
    return str(table[""]) if set(table) == {""} else f"<{len(table)} shares>"
