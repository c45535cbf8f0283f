"""Words in which the tables of indicators are written."""

from __future__ import annotations

from rustybt.indicators.kernels._models import Number, Parameter

LONGEST = 100_000
BAR = ("high", "low", "close")
RANGE = ("high", "low")
TRADED = ("high", "low", "close", "volume")


def rows(name: str, default: int, minimum: int = 1, maximum: int = LONGEST) -> Parameter:
    """A number of rows, or another whole number."""
    return Parameter(name=name, default=default, minimum=minimum, maximum=maximum)


def window(default: int, minimum: int = 1) -> tuple[Parameter, ...]:
    """The one parameter of most indicators: how many rows a value is made of."""
    return (rows("window", default, minimum),)


def number(name: str, default: float, minimum: Number, maximum: Number) -> Parameter:
    """A float."""
    return Parameter(name=name, default=default, minimum=minimum, maximum=maximum)
