"""What corporate actions say: one record for each kind. Days are counted from 1970-01-01.

Terms are per share on the scale of the day's shares: where several actions of an asset fall on one
day, a split comes first.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from rustybt.calendars import from_day
from rustybt.data.actions.theory import cost_share
from rustybt.errors import InvalidArgument
from rustybt.values import Ratio

_ONE = Ratio(1)

Fractions = Literal["cash", "drop", "round_up"]
"""What becomes of the fraction of a share that terms leave over: it is paid for at the market
price of what is given, it is lost, or it is made a whole share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A change of the number of shares.

    Attributes:
        sid: The asset.
        effective: First session at the new scale, in days since 1970-01-01.
        ratio: Factor on earlier prices: 1/2 for two new shares per old one.
    """

    sid: int
    effective: int
    ratio: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDividend:
    """Cash per share. Days are counted from 1970-01-01.

    Attributes:
        sid: The asset.
        ex: First session on which a buyer no longer gets it: who held before is entitled.
        pay: Day of payment.
        amount: Money per share, on the scale of shares of the ex day.
        declared: Day of the announcement, None when unknown.
        record: Day on which the register is read, None when unknown.
        currency: What it is paid in; None for the currency of the asset.
    """

    sid: int
    ex: int
    pay: int
    amount: Decimal
    declared: int | None = None
    record: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDividend:
    """New shares of an asset for those held: a split under another name, with days of its own.

    Attributes:
        sid: The asset.
        ex: First session on which a buyer no longer gets it, and on which prices fall.
        pay: Day on which the new shares arrive.
        ratio: New shares per share held: 1/20 for five per cent.
        declared: Day of the announcement, None when unknown.
        record: Day on which the register is read, None when unknown.
        fractions: What becomes of a fraction of a share.

    Raises:
        InvalidArgument: It is paid before its ex day, or `fractions` is none of the three.
    """

    sid: int
    ex: int
    pay: int
    ratio: Ratio
    declared: int | None = None
    record: int | None = None
    fractions: Fractions = "cash"

    def __post_init__(self) -> None:
        _check_order("pay", self.pay, "ex", self.ex)
        _check_fractions(self.fractions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """The end of an asset whose holders get cash, shares of another asset, or both.

    Attributes:
        sid: The asset that ends.
        effective: First session on which its holders hold what they got.
        cash: Money per share, None for none.
        currency: What the cash is paid in; None for the currency of the asset.
        acquirer: The asset whose shares are given, None for none.
        ratio: Its shares per share of the asset that ends.
        fractions: What becomes of a fraction of a share of the acquirer.

    Raises:
        InvalidArgument: There are no terms, half of them, or ones that cannot be.
    """

    sid: int
    effective: int
    cash: Decimal | None = None
    currency: str | None = None
    acquirer: int | None = None
    ratio: Ratio | None = None
    fractions: Fractions = "cash"

    def __post_init__(self) -> None:
        if self.cash is None and self.ratio is None:
            reason = "give the cash or the shares per share that holders get"
            raise InvalidArgument(field="cash", value=None, reason=reason)
        if self.ratio is not None and self.acquirer is None:
            reason = "say whose shares the ratio counts"
            raise InvalidArgument(field="acquirer", value=None, reason=reason)
        if self.ratio is None and self.acquirer is not None:
            reason = "give the acquirer's shares per share"
            raise InvalidArgument(field="ratio", value=None, reason=reason)
        _check_other("acquirer", self.acquirer, self.sid)
        _check_positive("cash", self.cash)
        _check_fractions(self.fractions)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpinOff:
    """Shares of another asset, the child, for those held of the parent.

    Attributes:
        sid: The parent.
        effective: First session on which the parent trades without the child.
        child: The asset that is given.
        ratio: Its shares per share of the parent.
        cost_share: The share of the parent's cost that goes to the child; None where prices say
            it.
        parent_price: Price of the parent without the child that derives the share of cost.
        child_price: Price of the child that derives the share of cost, and what history loses.
        fractions: What becomes of a fraction of a share of the child.

    Raises:
        InvalidArgument: The child is the parent, more than the whole cost goes to it, or the
            price of the parent stands alone or is not positive.
    """

    sid: int
    effective: int
    child: int
    ratio: Ratio
    cost_share: Ratio | None = None
    parent_price: Decimal | None = None
    child_price: Decimal | None = None
    fractions: Fractions = "cash"

    def __post_init__(self) -> None:
        _check_other("child", self.child, self.sid)
        share = self.cost_share
        if share is not None and share.numerator > share.denominator:
            raise InvalidArgument(field="cost_share", value=str(share), reason="give 1 or less")
        if self.parent_price is not None and self.child_price is None:
            reason = "give the price of the child as well: one alone derives nothing"
            raise InvalidArgument(field="child_price", value=None, reason=reason)
        _check_positive("parent_price", self.parent_price)
        _check_positive("child_price", self.child_price)
        _check_fractions(self.fractions)

    def share_of_cost(
        self, parent_price: Decimal | None = None, child_price: Decimal | None = None
    ) -> Ratio | None:
        """The share of the parent's cost that goes to the child; None where nothing says it.

        It is `cost_share`; else it follows from the prices of the record, else from those given.

        Args:
            parent_price: Market price of the parent without the child.
            child_price: Market price of the child.
        """
        if self.cost_share is not None:
            return self.cost_share
        parent = self.parent_price or parent_price
        child = self.child_price or child_price
        return cost_share(self.ratio, parent, child) if parent and child else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOffering:
    """Rights for shares held, which buy new shares at a price until they lapse.

    Attributes:
        sid: The asset, whose new shares the rights buy.
        ex: First session on which a buyer no longer gets the rights.
        expiry: Last day of exercise.
        price: Money per new share.
        ratio: New shares per right.
        rights: Rights per share held.
        rights_sid: The asset that the rights trade as, None where they don't trade.
        currency: What the new shares are paid in; None for the currency of the asset.
        fractions: What becomes of a fraction of a new share.

    Raises:
        InvalidArgument: The rights lapse before their ex day, their price is not positive, or
            they are the asset itself.
    """

    sid: int
    ex: int
    expiry: int
    price: Decimal
    ratio: Ratio
    rights: Ratio = _ONE
    rights_sid: int | None = None
    currency: str | None = None
    fractions: Fractions = "drop"

    def __post_init__(self) -> None:
        _check_order("expiry", self.expiry, "ex", self.ex)
        _check_positive("price", self.price)
        _check_other("rights_sid", self.rights_sid, self.sid)
        _check_fractions(self.fractions)

    @property
    def shares(self) -> Ratio:
        """New shares per share held."""
        return self.rights * self.ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Delisting:
    """The end of an asset's trading: what is still held is closed.

    Attributes:
        sid: The asset.
        effective: The day at whose end positions are closed and orders cancelled; without a
            session then, the next one that has one.
        price: Money per unit; zero for nothing, None for the last price.

    Raises:
        InvalidArgument: The price is negative.
    """

    sid: int
    effective: int
    price: Decimal | None = None

    def __post_init__(self) -> None:
        if self.price is not None and self.price < 0:
            reason = "give 0 or more, or none for the last price"
            raise InvalidArgument(field="price", value=self.price, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolChange:
    """An asset has another symbol from a day on. It changes nothing that is held.

    Attributes:
        sid: The asset.
        effective: First day of the new symbol.
        old: The symbol before.
        new: The symbol since.
    """

    sid: int
    effective: int
    old: str
    new: str


Action = (
    Split
    | CashDividend
    | StockDividend
    | Merger
    | SpinOff
    | RightsOffering
    | Delisting
    | SymbolChange
)
"""Any corporate action."""


def _check_order(field: str, day: int, before: str, earliest: int) -> None:
    if day < earliest:
        reason = f"it lies before the {before} day, {from_day(earliest)}"
        raise InvalidArgument(field=field, value=str(from_day(day)), reason=reason)


def _check_positive(field: str, number: Decimal | None) -> None:
    if number is not None and number <= 0:
        raise InvalidArgument(field=field, value=number, reason="give a positive number")


def _check_other(field: str, other: int | None, sid: int) -> None:
    if other == sid:
        raise InvalidArgument(field=field, value=other, reason="give another asset than the first")


def _check_fractions(fractions: str) -> None:
    known = get_args(Fractions)
    if fractions not in known:
        reason = f"give one of {', '.join(known)}"
        raise InvalidArgument(field="fractions", value=fractions, reason=reason)
