"""Figures of messages: checked, and exact."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from rustybt.calendars import to_ns
from rustybt.data.schemas import MAX_DIGITS
from rustybt.errors import RustyBTError
from rustybt.values import exact_scaled, parse_decimal

NS_PER: Final = {"s": 9, "ms": 6, "us": 3, "ns": 0}
"""Zeros that make nanoseconds of a unit."""

_NUMBER: Final = re.compile(r"\d{1,38}(\.\d{0,38})?([eE][+-]?\d{1,2})?")
_WHOLE: Final = re.compile(r"\d{1,19}")
_TIME_DIGITS: Final = 28
_ID_MAX: Final = 100
_EARLIEST: Final = to_ns(datetime(1990, 1, 1, tzinfo=UTC))
_LATEST: Final = to_ns(datetime(2200, 1, 1, tzinfo=UTC))


class BadFigure(Exception):  # noqa: N818 - caught at once by who knows the message
    """A value is not what it has to be.

    Attributes:
        value: What it was.
        reason: What it has to be.
    """

    def __init__(self, value: object, reason: str) -> None:
        super().__init__(value, reason)
        self.value = value
        self.reason = reason

    def __str__(self) -> str:
        return self.reason if self.value is None else f"was {self.value!r}; {self.reason}"


def number(value: object, *, above_zero: bool = False, digits_max: int = MAX_DIGITS) -> Decimal:
    """A number of so many digits at most, not negative.

    Args:
        value: A text, as JSON has it between quotation marks or without.
        above_zero: Whether zero is refused, too.
        digits_max: How many digits it may have.

    Raises:
        BadFigure: It is no such number.
    """
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise BadFigure(value, "give a number that is not negative")
    found = parse_decimal(value, field="number").normalize()
    _, digits, exponent = found.as_tuple()
    assert isinstance(exponent, int), "the pattern admits finite numbers alone"
    if len(digits) + max(exponent, 0) > digits_max or -exponent > digits_max:
        raise BadFigure(value, f"a number has {digits_max} digits at most")
    if above_zero and not found:
        raise BadFigure(value, "give a number above 0")
    return found


def moment(value: object, unit: str) -> int:
    """A time in ns since 1970-01-01 UTC, between 1990 and 2200.

    Args:
        value: A count of units, whole or with decimals, or an ISO 8601 text.
        unit: ``s``, ``ms``, ``us``, ``ns`` or ``iso``.

    Raises:
        BadFigure: It is none.
    """
    if not isinstance(value, str) or not value:
        raise BadFigure(value, "give a time")
    try:
        if unit == "iso":
            at = to_ns(value)
        else:
            zeros = NS_PER[unit]
            at = (
                int(value) * 10**zeros
                if _WHOLE.fullmatch(value)
                else exact_scaled(number(value, digits_max=_TIME_DIGITS), zeros, field="time")
            )
    except RustyBTError:
        raise BadFigure(value, f"give a time as {unit}") from None
    if not _EARLIEST <= at <= _LATEST:
        raise BadFigure(value, "give a time between 1990 and 2200")
    return at


def whole(value: object) -> int:
    """A whole number of 19 digits at most.

    Raises:
        BadFigure: It is none.
    """
    if not isinstance(value, str) or not _WHOLE.fullmatch(value):
        raise BadFigure(value, "give a whole number")
    return int(value)


def name(value: object) -> str:
    """A text or a number as a name, of at most 100 characters.

    Raises:
        BadFigure: It is none.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _ID_MAX:
        raise BadFigure(value, f"give a text of 1 to {_ID_MAX} characters")
    return value
