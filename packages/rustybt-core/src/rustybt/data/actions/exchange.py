"""What effects of actions ask for: earlier closes, and money in the currency of an asset."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

PreviousClose = Callable[[int, int], Decimal | Fraction | None]
"""``(sid, day) -> raw close before day``, on the scale of its eve; None where there is none."""


class Exchange(Protocol):
    """Makes money of one currency money of an asset's."""

    def __call__(self, amount: Decimal | Fraction, paid: str | int, sid: int, day: int) -> Fraction:
        """What an amount is worth in the currency of an asset, as of a close.

        Args:
            amount: The money.
            paid: Its currency, or the sid of an asset that it is a price of.
            sid: The asset.
            day: The rate is that known at the close of the session before this day.
        """


def unexchanged(
    amount: Decimal | Fraction,
    paid: str | int,  # noqa: ARG001
    sid: int,  # noqa: ARG001
    day: int,  # noqa: ARG001
) -> Fraction:
    """The exchange where all money counts as that of the asset."""
    return Fraction(amount)
