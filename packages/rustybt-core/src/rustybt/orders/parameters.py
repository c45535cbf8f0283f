"""Figures of an order as they were given, checked."""

from decimal import Decimal

from rustybt.errors import BadOrderParameters, InvalidNumber
from rustybt.values import parse_decimal


def order_price(value: object, label: str) -> Decimal:
    """A price that an order may have.

    Args:
        value: What was given.
        label: Which price it is.

    Raises:
        BadOrderParameters: It is no number, not finite or negative.
    """
    try:
        price = parse_decimal(value, field=f"{label} price")
    except InvalidNumber as error:
        raise BadOrderParameters(
            msg=f"an order's {label} price was {value!r}; give a finite number"
        ) from error
    if price < 0:
        raise BadOrderParameters(
            msg=f"an order's {label} price was {value}; give a price that is not negative"
        )
    return price


def distance(value: object, name: str) -> Decimal:
    """A figure of an order that is above zero.

    Args:
        value: What was given.
        name: Which figure it is.

    Raises:
        BadOrderParameters: It is no number, not finite or not above zero.
    """
    try:
        number = parse_decimal(value, field=name)
    except InvalidNumber as error:
        raise BadOrderParameters(msg=f"{name} was {value!r}; give a finite number") from error
    if number <= 0:
        raise BadOrderParameters(msg=f"{name} was {value}; give a number above zero")
    return number
