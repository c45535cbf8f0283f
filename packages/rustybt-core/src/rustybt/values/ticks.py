"""Order prices on the tick, amounts on the lot."""

from decimal import Decimal
from fractions import Fraction

from rustybt.values.models import KERNEL_CONTEXT

_NEAR = Fraction(1, 10_000)


def round_to_tick(price: Decimal, tick: Decimal, *, prefer_down: bool) -> Decimal:
    """An order price on a multiple of the tick, rounded in the order's favour.

    Zipline's asymmetric rule: a buy limit or a sell stop (`prefer_down=True`) within
    [X - 0.05 ticks, X + 0.95 ticks) becomes X; a sell limit or a buy stop within
    (X - 0.95 ticks, X + 0.05 ticks] becomes X.

    Args:
        price: The price asked for, not negative.
        tick: The smallest step, positive.
        prefer_down: True for buy limits and sell stops.
    """
    ticks = Fraction(price) / Fraction(tick)
    if prefer_down:
        count = (20 * ticks.numerator + ticks.denominator) // (20 * ticks.denominator)
    else:
        count = -((ticks.denominator - 20 * ticks.numerator) // (20 * ticks.denominator))
    return KERNEL_CONTEXT.multiply(tick, Decimal(count))


def round_to_lot(amount: Decimal, lot: Decimal) -> Decimal:
    """An amount in whole lots: the nearest when within 1e-4 of it, else toward zero.

    Args:
        amount: Signed.
        lot: The smallest tradable amount, positive.
    """
    lots = Fraction(amount) / Fraction(lot)
    nearest = round(lots)
    count = nearest if abs(lots - nearest) <= _NEAR else int(lots)
    return KERNEL_CONTEXT.multiply(lot, Decimal(count))
