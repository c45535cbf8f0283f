"""A margin model that asks for more where an account holds little else."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.finance.margin import MarginModel, MarginRequirement, total
from rustybt.values import like, parse_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustybt.finance.margin import MarginPart, MarginPosition


class Concentrated(MarginModel):
    """Half of a position's value to open it and a quarter to keep it; more for large ones.

    What a position is worth above a share of all that is held has to be paid in full.

    Args:
        largest: The share of the book up to which a position needs no more; 0.3 unless given.
    """

    def __init__(self, largest: Decimal | str = "0.3") -> None:
        self.largest = parse_decimal(largest, field="largest")

    def position(self, held: MarginPosition) -> MarginRequirement:
        """What a position requires alone."""
        value = held.value
        return MarginRequirement(value / 2, value / 4)

    def book(self, parts: Sequence[MarginPart]) -> MarginRequirement:
        """The sum, and what is missing to the full value of what is too large."""
        initial, maintenance = total(parts)
        held = sum(part.value for part in parts)
        for part in parts:
            above = part.value - like(self.largest, part.value) * held
            if above > 0:
                initial += above / 2
                maintenance += above * 3 / 4
        return MarginRequirement(initial, maintenance)

    def leverage(self) -> Decimal:
        """Half is required, so funds carry twice their amount."""
        return Decimal(2)
