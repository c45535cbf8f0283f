"""What tax lots and round trips have to know of a book, beside its executions.

The ledger tells these as it books them (`Bookkeeping.follow`), with what came of them: ``stays`` is
the whole amount that was got, ``cash`` the money for the fraction beside it, ``price`` what a unit
was worth. Where a field that may be None is not given, it is what the ledger would have made it.

All numbers are kernel numbers of one arithmetic, all times nanoseconds UTC. Money and prices are in
the currency of the asset that they are of; ``rate`` puts the cost of one asset into the currency of
another one, None where that is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Num, Ratio


class SharesSplit(NamedTuple):
    """Units were exchanged at another scale: a split, or a stock dividend.

    Attributes:
        asset: What was split.
        at: When.
        ratio: Factor on earlier prices: 1/2 for two new shares per old one.
        price: Price of a unit on the new scale.
        stays: The whole amount that is left.
        cash: The money for the fraction, of the amount's sign.
    """

    asset: Asset
    at: int
    ratio: Ratio
    price: Num | None = None
    stays: Num | None = None
    cash: Num | None = None


class SpunOff(NamedTuple):
    """Units of another asset, the child, were given for those held: a spin-off, rights that trade.

    Attributes:
        asset: The parent.
        at: When.
        child: What was given.
        shares: Units of the child per unit of the parent.
        cost_share: The share of the cost that goes to the child, at most 1; None for nothing.
        price: Price of a unit of the child.
        stays: The whole amount of the child that arrived.
        cash: The money for the fraction of a unit of the child.
        rate: Units of the child's currency for one of the parent's.
    """

    asset: Asset
    at: int
    child: Asset
    shares: Ratio
    cost_share: Ratio | None
    price: Num | None = None
    stays: Num | None = None
    cash: Num | None = None
    rate: Ratio | None = None


class Merged(NamedTuple):
    """An asset ended in another one, in cash, or in both.

    Attributes:
        asset: What ended.
        at: When.
        into: What took its place; None for cash alone.
        shares: Units of `into` per unit of `asset`; None for cash alone.
        cash_per_share: Money per unit of `asset`, in its currency.
        price: Price of a unit of `into`.
        stays: The whole amount of `into` that arrived.
        cash: The money for the fraction of a unit of `into`.
        worth: What all that came of `into` was worth, in the currency of `asset`.
        rate: Units of the currency of `into` for one of that of `asset`.
    """

    asset: Asset
    at: int
    into: Asset | None
    shares: Ratio | None
    cash_per_share: Num | None = None
    price: Num | None = None
    stays: Num | None = None
    cash: Num | None = None
    worth: Num | None = None
    rate: Ratio | None = None


class CapitalReturned(NamedTuple):
    """Cash per unit that lowers the cost; what is more than the cost is a profit.

    Attributes:
        asset: What paid.
        at: When.
        per_share: Money per unit, a kernel price.
    """

    asset: Asset
    at: int
    per_share: Num


class UnitsTaken(NamedTuple):
    """New units came at a price without an order: rights were exercised.

    They cost what was paid and what the rights had cost, and their holding period begins now
    (Internal Revenue Service, Publication 550, "Stock rights").

    Attributes:
        asset: What came.
        at: When.
        units: The whole amount that came.
        paid: What was paid for it, of the amount's sign.
        price: Price of a unit in the market.
        rights: What was given up for it, None where nothing was that had been held.
        shares: Units of `asset` per unit of `rights`.
        cash: The money for the fraction of a unit that was left of `rights`.
        rate: Units of the currency of `asset` for one of that of `rights`.
    """

    asset: Asset
    at: int
    units: Num
    paid: Num
    price: Num
    rights: Asset | None = None
    shares: Ratio | None = None
    cash: Num | None = None
    rate: Ratio | None = None


class RightsEnded(NamedTuple):
    """All that was held of rights ended, for money or for nothing.

    Attributes:
        asset: What the rights were traded as.
        at: When.
        price: Money per right; zero where they lapsed.
    """

    asset: Asset
    at: int
    price: Num


class RightsPaid(NamedTuple):
    """Money came for rights that cost nothing and were no position.

    Attributes:
        asset: What they were rights to.
        at: When.
        money: Positive was received.
    """

    asset: Asset
    at: int
    money: Num


class MoneyPaid(NamedTuple):
    """Money that an asset brought or cost while it was held; it belongs to no lot.

    Attributes:
        asset: For what.
        at: When.
        kind: A dividend, or another cost: borrow fee, financing, funding, tax.
        money: Positive was received.
    """

    asset: Asset
    at: int
    kind: Literal["dividend", "cost"]
    money: Num


LotAction: TypeAlias = (
    SharesSplit | SpunOff | Merged | CapitalReturned | UnitsTaken | RightsEnded | RightsPaid
)
"""What changes lots without an execution."""

LotEvent: TypeAlias = LotAction | MoneyPaid
