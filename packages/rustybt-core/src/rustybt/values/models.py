"""Public numbers inside cost models: one formula for Decimal and float.

A model writes `price * (1 + like(self.rate, price))`; whether the run computes with Decimals or
floats is decided by the numbers that reach it.
"""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

Value = Decimal | float
"""A number as a strategy or a cost model sees it."""

KERNEL_CONTEXT = Context(
    prec=120,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""Wide enough that products of market numbers are exact; active while a cost model computes."""

_RATE = Decimal("1e-18")
_PRICE = Decimal("1e-12")


def like(parameter: Decimal, sample: Value) -> Value:
    """A model's parameter as the kind of number that `sample` is."""
    return parameter if isinstance(sample, Decimal) else float(parameter)


def divide_exact(a: Decimal, b: Decimal) -> Decimal:
    """a / b rounded half even to 18 digits after the point (a rate)."""
    return KERNEL_CONTEXT.divide(a, b).quantize(_RATE, context=KERNEL_CONTEXT)


def divide(a: Value, b: Value) -> Value:
    """a / b of a cost model's numbers; Decimals as in :func:`divide_exact`."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return divide_exact(a, b)
    return float(a) / float(b)


def quantize_rate(value: Value) -> Value:
    """A rate rounded half even to 18 digits after the point; floats are left alone."""
    return value.quantize(_RATE, context=KERNEL_CONTEXT) if isinstance(value, Decimal) else value


def quantize_price(value: Value) -> Value:
    """A price rounded half even to 12 digits after the point; floats are left alone."""
    return value.quantize(_PRICE, context=KERNEL_CONTEXT) if isinstance(value, Decimal) else value
