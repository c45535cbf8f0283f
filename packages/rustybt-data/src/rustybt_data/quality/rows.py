"""Bars of one symbol as columns of integers, in the order in which they came."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt.values import from_scaled

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

_COLUMNS: Final = ("row", "at", "session", *BAR_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Bars of one symbol, without empty cells.

    Attributes:
        row: Where each one is in the frame, or how many came before it.
        at: Labels, in days for sessions and in ns otherwise.
        session: Session of each label (`rustybt_data.quality.axis`).
        open: Coefficients, as those of the other fields.
        high: The same.
        low: The same.
        close: The same.
        volume: The same, at its own scale.
        price_scale: Decimals of the prices.
        volume_scale: Decimals of the volumes.
    """

    row: IntArray
    at: IntArray
    session: IntArray
    open: IntArray
    high: IntArray
    low: IntArray
    close: IntArray
    volume: IntArray
    price_scale: int
    volume_scale: int

    def __len__(self) -> int:
        return len(self.at)

    def take(self, which: BoolArray | IntArray | slice) -> Self:
        """Some of them."""
        return type(self)(
            **{name: getattr(self, name)[which] for name in _COLUMNS},
            price_scale=self.price_scale,
            volume_scale=self.volume_scale,
        )

    @property
    def last(self) -> Self:
        """The last one."""
        return self.take(slice(-1, None))

    def like(self, other: "Rows") -> Self:
        """The same bars at the scales of others, which have as many decimals or more.

        What 64 bits cannot hold there becomes the largest number: it equals none of the others.
        """
        prices, volumes = other.price_scale, other.volume_scale
        if (prices, volumes) == (self.price_scale, self.volume_scale):
            return self
        by = dict.fromkeys(PRICE_FIELDS, prices - self.price_scale)
        by["volume"] = volumes - self.volume_scale
        scaled = {name: _scaled(self.coefficients(name), more) for name, more in by.items()}
        return replace(self, **scaled, price_scale=prices, volume_scale=volumes)

    def coefficients(self, field: str) -> IntArray:
        """A field of `rustybt.data.schemas.BAR_FIELDS`, or the labels as ``at``."""
        column: IntArray = getattr(self, field)
        return column

    def scale_of(self, field: str) -> int:
        """Decimals of a field."""
        return self.volume_scale if field == "volume" else self.price_scale

    def floats(self, field: str) -> FloatArray:
        """A field as the floats that verdicts are computed with."""
        numbers: FloatArray = self.coefficients(field) / 10.0 ** self.scale_of(field)
        return numbers

    def number(self, field: str, place: int) -> Decimal:
        """An exact value."""
        return from_scaled(int(self.coefficients(field)[place]), self.scale_of(field))


def _scaled(coefficients: IntArray, more: int) -> IntArray:
    largest = int(np.iinfo(np.int64).max)
    exact = (number * 10**more for number in coefficients.tolist())
    return np.array([max(min(number, largest), -largest) for number in exact], dtype=np.int64)


def shifted(values: NDArray[np.generic], before: object) -> NDArray[np.generic]:
    """Each value's predecessor, of the first one `before`."""
    result = np.empty_like(values)
    result[0] = before
    result[1:] = values[:-1]
    return result


def places(mask: BoolArray) -> Iterator[int]:
    """Where a mask is true."""
    yield from np.flatnonzero(mask).tolist()
