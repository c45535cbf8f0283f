"""What becomes of the fraction of a lot that a corporate action leaves over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.data.actions.records import Fractions
    from rustybt.values import Arithmetic, Num, Ratio

_FLOAT_SLACK = 1e-9
"""How far a float may be off a whole lot, relative to the number of lots."""


def whole_units(
    arithmetic: Arithmetic, asset: Asset, amount: Num, ratio: Ratio, fractions: Fractions
) -> tuple[Num, Num]:
    """amount x ratio in whole lots of an asset, toward zero, and the fraction that is left.

    Args:
        arithmetic: The policy of the numbers.
        asset: What the units are of.
        amount: What is held, signed.
        ratio: Units for each unit held.
        fractions: Of ``"round_up"`` no fraction is left: it has become a whole lot, of the sign
            of the amount, so that a short owes one more.
    """
    lot = arithmetic.amount(asset.lot_size)
    whole, fraction = arithmetic.split_amount(amount, ratio.inverse, lot)
    if not arithmetic.exact:
        whole, fraction = _snapped(arithmetic, whole, fraction, lot)
    if not fraction or fractions != "round_up":
        return whole, fraction
    return whole + (lot if fraction > 0 else -lot), arithmetic.zero


def _snapped(arithmetic: Arithmetic, whole: Num, fraction: Num, lot: Num) -> tuple[Num, Num]:
    """Whole lots where a float means them, and no fraction too small to be written."""
    total = whole + fraction
    count = round(total / lot)
    if abs(total - count * lot) <= _FLOAT_SLACK * lot * max(abs(count), 1):
        return count * lot, arithmetic.zero
    smallest = 10**-arithmetic.amount_scale
    return whole, fraction if abs(fraction) > smallest / 2 else arithmetic.zero
