"""How many whole lots of an amount fit a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Arithmetic, Num


def most_lots(
    asset: Asset, amount: Num, fits: Callable[[Num], bool], arithmetic: Arithmetic
) -> Num:
    """The largest part of a signed amount, in whole lots, that fits; zero where none does.

    Args:
        asset: Whose lots they are.
        amount: The amount.
        fits: Whether a part fits; where one does, every smaller one does.
        arithmetic: The policy of amounts.
    """
    if fits(amount):
        return amount
    part, beyond = _lots_of(asset, amount, arithmetic)
    none, too_many = 0, beyond
    while too_many - none > 1:
        middle = (none + too_many) // 2
        if fits(part(middle)):
            none = middle
        else:
            too_many = middle
    return part(none)


def fewest_lots(
    asset: Asset, amount: Num, suffices: Callable[[Num], bool], arithmetic: Arithmetic
) -> Num:
    """The smallest part of a signed amount, in whole lots, that suffices; else all of it.

    Args:
        asset: Whose lots they are.
        amount: The amount.
        suffices: Whether a part suffices; where one does, every larger one does.
        arithmetic: The policy of amounts.
    """
    part, too_many = _lots_of(asset, amount, arithmetic)
    too_few = 0
    while too_many - too_few > 1:
        middle = (too_few + too_many) // 2
        if suffices(part(middle)):
            too_many = middle
        else:
            too_few = middle
    whole = part(too_many)
    return whole if abs(whole) < abs(amount) and suffices(whole) else amount


def _lots_of(asset: Asset, amount: Num, arithmetic: Arithmetic) -> tuple[Callable[[int], Num], int]:
    """So many lots with the sign of an amount, and how many lots hold all of it."""
    lot = arithmetic.amount(asset.lot_size)
    signed = lot if amount > 0 else -lot
    return (lambda count: count * signed), int(-(-abs(amount) // lot))
