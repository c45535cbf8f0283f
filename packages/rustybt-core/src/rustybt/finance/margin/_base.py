"""The protocol of margin models, and what they answer with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, runtime_checkable

from rustybt.assets import Asset
from rustybt.values import like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)


class MarginPosition(NamedTuple):
    """What a margin model is asked about: an amount of an asset, held or to be held.

    All figures are Decimals or all are floats.

    Attributes:
        asset: What is held.
        amount: Signed amount.
        price: Price per unit.
        multiplier: Money per unit of price and amount: the size of a future's contract.
        currency: What the price is counted in.
    """

    asset: Asset
    amount: Figure
    price: Figure
    multiplier: Figure
    currency: str

    @property
    def value(self) -> Figure:
        """What it is worth, without sign; of a future what its contracts are worth."""
        return abs(self.amount * self.price * self.multiplier)


class MarginRequirement(NamedTuple):
    """The equity that is needed, in money.

    Attributes:
        initial: To open a position.
        maintenance: To keep it; no more than `initial`.
    """

    initial: Figure
    maintenance: Figure


class MarginPart(NamedTuple):
    """A position of a book with what it requires alone, in the currency of the account.

    Attributes:
        position: The position.
        value: What it is worth, without sign.
        requirement: What it requires alone.
    """

    position: MarginPosition
    value: Figure
    requirement: MarginRequirement


@runtime_checkable
class IsolatedTerms(Protocol):
    """When a position that has margin of its own is closed by force, and what that costs.

    Attributes:
        liquidation_fee: Share of the value that a forced closing costs.
    """

    liquidation_fee: Decimal

    def liquidation_price(self, size: Figure, entry_price: Figure, margin: Figure) -> Figure | None:
        """The price at which margin and profit are just enough to keep the position.

        Args:
            size: Signed amount x multiplier, not zero.
            entry_price: Average price of opening.
            margin: Money set aside for it.

        Returns:
            The price, rounded half even to 18 decimals where it is a Decimal; None where no
            price above zero liquidates the position.
        """

    def bankruptcy_price(self, size: Figure, entry_price: Figure, margin: Figure) -> Figure | None:
        """The price at which the margin is lost.

        Returns:
            The price; None where no price above zero takes all of the margin.
        """


@runtime_checkable
class MarginModel(Protocol):
    """How much equity positions require.

    A class that names this one as its base has to define `position` only: then a book requires
    the sum of its positions, nothing is isolated, and funds carry their own amount.

    What a model computes with is decided by the numbers that it is asked with: parameters are
    brought into a formula with `rustybt.values.like`. Models are asked under a context of 120
    digits, so sums and products of Decimals are exact.
    """

    @abstractmethod
    def position(self, held: MarginPosition) -> MarginRequirement:
        """What a position requires alone.

        It is zero for an amount of zero, and no smaller for a larger amount on the same side.

        Args:
            held: The position.

        Returns:
            Money in the position's currency, Decimals or floats as it has.
        """

    def book(self, parts: Sequence[MarginPart]) -> MarginRequirement:
        """What all positions of a book require together.

        Args:
            parts: The positions and what each requires alone.

        Returns:
            Money in the currency of the account.
        """
        return total(parts)

    def leverage(self) -> Decimal:
        """How much of a position's value free funds can carry: 2 where one half is required.

        It is what buying power is reckoned with; 1 or more.
        """
        return ONE

    def ceiling(self, *, shorts: bool) -> Decimal | None:
        """The largest share of its value that it can take to keep a position, whatever its price.

        An account whose equity is above that share of its exposure is not looked at any closer,
        so that keeping a margin account costs little in most bars. A model that does not know
        gives None.

        Args:
            shorts: Whether short positions are among them.
        """
        return None

    def isolated(self, asset: Asset) -> IsolatedTerms | None:
        """The terms under which positions in an asset have margin of their own.

        Returns:
            The terms; None where the whole account stands for the position.
        """
        return None


def total(parts: Iterable[MarginPart]) -> MarginRequirement:
    """The sum of what positions require alone; zero for none."""
    initial: Figure = 0
    maintenance: Figure = 0
    for part in parts:
        initial += part.requirement.initial
        maintenance += part.requirement.maintenance
    return MarginRequirement(initial, maintenance)


def at_least(initial: Figure, maintenance: Figure) -> MarginRequirement:
    """A requirement whose initial part is no less than the one to keep the position."""
    return MarginRequirement(max(initial, maintenance), maintenance)


def of_value(value: Figure, initial: Decimal, maintenance: Decimal) -> MarginRequirement:
    """Shares of a value."""
    return at_least(like(initial, value) * value, like(maintenance, value) * value)
