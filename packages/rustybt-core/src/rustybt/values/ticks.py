"""Order prices on the tick, amounts on the lot."""

import sys
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Protocol

from rustybt.values.models import KERNEL_CONTEXT
from rustybt.values.ratios import Ratio

_ONE = Decimal(1)
_MINUS_ONE = Decimal(-1)
_TWENTY = Decimal(20)
_NEARLY_ONE = Decimal("0.9999")
_FLOAT_SLACK = 0.95 - 0.5
_FLOAT_EPSILON = 10 * sys.float_info.epsilon


class OrderRounding(Protocol):
    """How order prices get onto the tick, and resting orders to the scale after a split."""

    def order_price(self, price: Decimal, tick: Decimal, *, prefer_down: bool) -> Decimal:
        """The price of a new order; `prefer_down` for buy limits and sell stops."""

    def split_price(self, price: Decimal, ratio: Ratio, tick: Decimal) -> Decimal:
        """The price of a resting order after a split."""

    def split_amount(self, amount: Decimal, ratio: Ratio, lot: Decimal) -> Decimal:
        """An amount after a split, in whole lots toward zero."""


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
    with_slack = KERNEL_CONTEXT.multiply(price, _TWENTY)
    twenty_ticks = KERNEL_CONTEXT.multiply(tick, _TWENTY)
    if prefer_down:
        count = KERNEL_CONTEXT.divide_int(KERNEL_CONTEXT.add(with_slack, tick), twenty_ticks)
    else:
        below = KERNEL_CONTEXT.subtract(with_slack, tick)
        count, rest = KERNEL_CONTEXT.divmod(below, twenty_ticks)
        if rest > 0:
            count = KERNEL_CONTEXT.add(count, _ONE)
    return KERNEL_CONTEXT.multiply(tick, abs(count))


class ExactRounding:
    """In exact arithmetic: :func:`round_to_tick`, and half even after a split."""

    def order_price(self, price: Decimal, tick: Decimal, *, prefer_down: bool) -> Decimal:
        return round_to_tick(price, tick, prefer_down=prefer_down)

    def split_price(self, price: Decimal, ratio: Ratio, tick: Decimal) -> Decimal:
        ticks = Fraction(price) * ratio.as_fraction() / Fraction(tick)
        return KERNEL_CONTEXT.multiply(tick, Decimal(round(ticks)))

    def split_amount(self, amount: Decimal, ratio: Ratio, lot: Decimal) -> Decimal:
        lots = Fraction(amount) / ratio.as_fraction() / Fraction(lot)
        return KERNEL_CONTEXT.multiply(lot, Decimal(int(lots)))


class FloatRounding:
    """As zipline-reloaded 3.2.1 computes it, in floats.

    Prices at the very edge of a band fall on either side, as the floats happen to be.
    """

    def order_price(self, price: Decimal, tick: Decimal, *, prefer_down: bool) -> Decimal:
        step = float(tick)
        slack = _FLOAT_SLACK * step - _FLOAT_EPSILON
        ticks = (float(price) - (slack if prefer_down else -slack)) / step
        whole = floor(ticks)
        count = whole + 1 if ticks - whole >= 0.5 else whole
        return KERNEL_CONTEXT.multiply(tick, Decimal(count))

    def split_price(self, price: Decimal, ratio: Ratio, tick: Decimal) -> Decimal:
        """To cents, whatever the tick; from the float that zipline has for the price."""
        step = float(tick)
        before = step * round(float(price) / step)
        return Decimal(repr(round(before * ratio.as_float(), 2)))

    def split_amount(self, amount: Decimal, ratio: Ratio, lot: Decimal) -> Decimal:
        """To whole units, whatever the lot."""
        return Decimal(int(float(amount) / ratio.as_float()))


def round_to_lot(amount: Decimal, lot: Decimal) -> Decimal:
    """An amount in whole lots: the nearest when within 1e-4 of it, else toward zero.

    Args:
        amount: Signed.
        lot: The smallest tradable amount, positive.
    """
    lots, rest = KERNEL_CONTEXT.divmod(amount, lot)
    if rest and abs(rest) >= KERNEL_CONTEXT.multiply(lot, _NEARLY_ONE):
        lots = KERNEL_CONTEXT.add(lots, _ONE if rest > 0 else _MINUS_ONE)
    return KERNEL_CONTEXT.multiply(lot, lots)
