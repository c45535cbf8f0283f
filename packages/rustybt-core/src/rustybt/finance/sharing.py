"""An amount shared out in proportion, with nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustybt.values import Arithmetic, Num


def shares(arithmetic: Arithmetic, total: Num, weights: Sequence[Num]) -> list[Num]:
    """`total` shared out in proportion to `weights`; the shares add up to it.

    Exactly, by the method of the largest remainder (Hamilton's): each share is cut off at the last
    digit, and the units that are left go one by one to the shares that lost most, of equals to the
    first. Under floats the last share takes what the others leave.

    Args:
        arithmetic: The policy of the numbers.
        total: Any kernel number.
        weights: Kernel numbers of one kind, at least one, not negative; equal shares where all
            are zero.
    """
    assert weights, "there is somebody to share with"
    if len(weights) == 1:
        return [total]
    whole = sum(weights)
    if not whole:
        return shares(arithmetic, total, [1] * len(weights))
    if arithmetic.exact:
        return _by_largest_remainder(total, weights, whole)
    parts = [total * (weight / whole) for weight in weights[:-1]]
    return [*parts, total - sum(parts)]


def _by_largest_remainder(total: Num, weights: Sequence[Num], whole: Num) -> list[Num]:
    size, sign = abs(total), 1 if total >= 0 else -1
    cut = [divmod(size * weight, whole) for weight in weights]
    left = size - sum(part for part, _ in cut)
    if not left:
        return [sign * part for part, _ in cut]
    order = sorted(range(len(cut)), key=lambda place: -cut[place][1])
    lucky = set(order[: int(left)])
    return [sign * (part + (place in lucky)) for place, (part, _) in enumerate(cut)]
