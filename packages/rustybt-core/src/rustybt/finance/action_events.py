"""What corporate actions do to a book: its messages beside those of trading.

All numbers are kernel numbers of the run's arithmetic. Times are nanoseconds UTC, days are counted
from 1970-01-01. Each is applied on the first session on the new terms, before its bars; who holds
nothing of the asset then is not concerned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.data.actions.records import Fractions
    from rustybt.values import Num, Ratio


class SharesDistributed(NamedTuple):
    """A stock dividend: new units of an asset for those held.

    The units are there on the ex-date, with the fall of the price. Under zipline's rules they
    are earned then and come on the pay date, as `SharesPaid`.

    Attributes:
        asset: What pays, and in what.
        at: Start of the ex-date's session.
        pay: Day of payment.
        ratio: New units per unit held: 1/20 for five per cent.
        fractions: What becomes of a fraction of a unit.
    """

    asset: Asset
    at: int
    pay: int
    ratio: Ratio
    fractions: Fractions = "cash"


class SharesPaid(NamedTuple):
    """The units of a stock dividend arrive, under zipline's rules.

    Attributes:
        asset: What pays.
        at: Time of arrival.
        pay: The pay date that the stock dividend named.
    """

    asset: Asset
    at: int
    pay: int


class Merged(NamedTuple):
    """An asset has ended; its holders get units of another one, cash, or both.

    Attributes:
        asset: What ends.
        at: Start of the first session after it.
        into: What takes its place, None for nothing.
        ratio: Units of `into` per unit of `asset`.
        cash: Money per unit of `asset`, a kernel price; None for none.
        currency: What the cash is paid in; None for the asset's.
        price: Price of a unit of `into`: it weighs the profit against the cash, pays for a
            fraction and marks a new position. None for the mark of `into` where it is held, else
            for the price at which the terms are fair.
        fractions: What becomes of a fraction of a unit of `into`.
    """

    asset: Asset
    at: int
    into: Asset | None = None
    ratio: Ratio | None = None
    cash: Num | None = None
    currency: str | None = None
    price: Num | None = None
    fractions: Fractions = "cash"


class SpunOff(NamedTuple):
    """Units of another asset, the child, are given for those held of the parent.

    Attributes:
        asset: The parent.
        at: Start of the first session of the parent without the child.
        child: What is given.
        ratio: Units of the child per unit of the parent.
        cost_share: The share of the cost that goes to the child, at most 1; None for nothing.
        price: Price of a unit of the child: it pays for a fraction, marks a new position and
            comes off the mark of the parent. None for the mark of the child where it is held,
            else for the price that the share of the cost means.
        fractions: What becomes of a fraction of a unit of the child.
    """

    asset: Asset
    at: int
    child: Asset
    ratio: Ratio
    cost_share: Ratio | None = None
    price: Num | None = None
    fractions: Fractions = "cash"


class RightsGranted(NamedTuple):
    """Rights to new units of an asset are given for those held.

    Rights that trade become a position, by the rules of a spin-off. Those that don't are
    remembered until they are exercised, sold or lapse, and count as nothing.

    Attributes:
        asset: What is held, and what the rights buy.
        at: Start of the ex-date's session.
        expiry: Last day of exercise.
        ratio: Rights per unit held.
        rights: What the rights trade as, None where they don't.
        cost_share: The share of the cost that goes to rights that trade; None for nothing.
        price: Price of a right that trades; None as for the child of a spin-off.
        fractions: What becomes of a fraction of a right that trades.
    """

    asset: Asset
    at: int
    expiry: int
    ratio: Ratio
    rights: Asset | None = None
    cost_share: Ratio | None = None
    price: Num | None = None
    fractions: Fractions = "drop"


class RightsExercised(NamedTuple):
    """All rights of an offering that are held buy new units.

    The new units cost what was paid for them and what the rights had cost. A short of rights has
    to deliver the units, for the same money.

    Attributes:
        asset: What the rights buy.
        at: Time of the exercise.
        expiry: Last day of exercise, as it was granted.
        ratio: New units per right.
        price: Money per new unit.
        rights: What the rights trade as, None where they don't.
        currency: What the new units are paid in; None for the asset's.
        market: Price of a unit: it marks a new position, and pays for a fraction with what it is
            above `price`. None for the mark of the asset where it is held, else for `price`.
        fractions: What becomes of a fraction of a new unit.
    """

    asset: Asset
    at: int
    expiry: int
    ratio: Ratio
    price: Num
    rights: Asset | None = None
    currency: str | None = None
    market: Num | None = None
    fractions: Fractions = "drop"


class RightsSold(NamedTuple):
    """All rights of an offering that are held are sold, without an order.

    Attributes:
        asset: What the rights buy.
        at: Time of the sale.
        expiry: Last day of exercise, as it was granted.
        price: Money per right, in the currency of the rights, else of the asset.
        rights: What the rights trade as, None where they don't.
    """

    asset: Asset
    at: int
    expiry: int
    price: Num
    rights: Asset | None = None


class RightsLapsed(NamedTuple):
    """All rights of an offering that are still held have ended, for nothing.

    Attributes:
        asset: What the rights bought.
        at: When they ended.
        expiry: Last day of exercise, as it was granted.
        rights: What the rights traded as, None where they didn't.
    """

    asset: Asset
    at: int
    expiry: int
    rights: Asset | None = None


class ReturnOfCapital(NamedTuple):
    """Money is paid on every unit that lowers its cost; what is more than the cost is a profit.

    Attributes:
        asset: What pays.
        at: Start of the ex-date's session; the money is there at once.
        per_share: Money per unit, a kernel price; it comes off the mark.
        currency: What it is paid in; None for the asset's.
    """

    asset: Asset
    at: int
    per_share: Num
    currency: str | None = None


CorporateAction = (
    SharesDistributed
    | SharesPaid
    | Merged
    | SpunOff
    | RightsGranted
    | RightsExercised
    | RightsSold
    | RightsLapsed
    | ReturnOfCapital
)
