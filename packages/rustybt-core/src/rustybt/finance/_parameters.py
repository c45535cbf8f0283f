"""The gate for arguments of cost models and controls: any number in, an exact Decimal out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias, TypeVar

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.values import parse_decimal

Number: TypeAlias = int | float | Decimal | str
"""What a constructor accepts; a float means its shortest text."""

ItemT = TypeVar("ItemT")

ByAsset: TypeAlias = Mapping[Asset, ItemT] | Mapping[str, ItemT] | Mapping[Asset | str, ItemT]
"""Items by asset or symbol; an asset goes before its symbol."""


def not_negative(value: Number, *, field: str) -> Decimal:
    """The value of an argument that may be zero.

    Raises:
        InvalidNumber: It is no finite number.
        InvalidArgument: It is below zero.
    """
    number = parse_decimal(value, field=field)
    if number < 0:
        raise InvalidArgument(field=field, value=value, reason="give zero or more")
    return number


def positive(value: Number, *, field: str) -> Decimal:
    """The value of an argument that has to be above zero.

    Raises:
        InvalidNumber: It is no finite number.
        InvalidArgument: It is zero or below.
    """
    number = parse_decimal(value, field=field)
    if number <= 0:
        raise InvalidArgument(field=field, value=value, reason="give more than zero")
    return number
