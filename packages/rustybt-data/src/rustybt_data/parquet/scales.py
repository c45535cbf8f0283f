"""Which scale the numbers of a data set need.

A number has 18 digits at most. The scale that readers declare is 8 unless the data need more
decimals, or more digits before the point than 10; then it is as close to 8 as keeps every number
exact. Files hold no more decimals than the data have: cents need two, and files get smaller by
half and more when they are not padded with zeros.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from rustybt.data.coefficients import IntArray
from rustybt.data.schemas import DEFAULT_SCALE, MAX_DIGITS
from rustybt.errors import DataValidationError
from rustybt.values import from_scaled
from rustybt_data.origin import NameOf, name_of


@dataclass(frozen=True, slots=True)
class Scales:
    """Decimals of the columns of a data set.

    Attributes:
        price: Those of the prices.
        volume: Those of the volumes.
    """

    price: int
    volume: int

    def of(self, field: str) -> int:
        """Those of one of `rustybt.data.schemas.BAR_FIELDS`."""
        return self.volume if field == "volume" else self.price


@dataclass(frozen=True, slots=True)
class _Extreme:
    """The most digits met on one side of the point, and where."""

    digits: int
    value: Decimal
    origin: str


_NOTHING = _Extreme(0, Decimal(0), "")


class ScaleNeed:
    """Gathers the digits that the numbers of a column need.

    Args:
        column: Name of the column in errors.
    """

    def __init__(self, column: str) -> None:
        self._column = column
        self._whole = _NOTHING
        self._decimals = _NOTHING

    def add(self, coefficients: IntArray, scale: int, *, origin: NameOf) -> None:
        """Take the numbers ``coefficients / 10**scale`` into account.

        Args:
            coefficients: The coefficients.
            scale: Their decimals.
            origin: Where they come from, for errors.
        """
        if not len(coefficients):
            return
        widest = max(int(coefficients.max()), -int(coefficients.min()))
        whole = len(str(widest // 10**scale)) if widest >= 10**scale else 0
        if whole > self._whole.digits:
            place = int(np.argmax(np.abs(coefficients)))
            self._whole = _Extreme(whole, from_scaled(widest, scale), name_of(origin, place))
        if scale <= self._decimals.digits:
            return
        decimals = scale - _trailing_zeros(int(np.gcd.reduce(coefficients)), scale)
        if decimals > self._decimals.digits:
            unit = 10 ** (scale - decimals + 1)
            place = int(np.argmax(coefficients % unit != 0))
            finest = from_scaled(abs(int(coefficients[place])), scale)
            self._decimals = _Extreme(decimals, finest, name_of(origin, place))

    @property
    def whole(self) -> int:
        """Digits that the numbers have before the point."""
        return self._whole.digits

    @property
    def decimals(self) -> int:
        """Decimals that the numbers have: what files hold."""
        return self._decimals.digits

    @property
    def scale(self) -> int:
        """Decimals that readers declare, never fewer than `decimals`.

        Raises:
            DataValidationError: 18 digits cannot hold all numbers exactly.
        """
        whole, decimals = self._whole.digits, self._decimals.digits
        if whole + decimals > MAX_DIGITS:
            raise DataValidationError(
                file=self._decimals.origin,
                column=self._column,
                value=f"{self._decimals.value:f}",
                reason=(
                    f"a column holds {MAX_DIGITS} digits, and {self._whole.value:f} in "
                    f"{self._whole.origin} needs {whole} before the point; round the data first"
                ),
            )
        return min(max(DEFAULT_SCALE, decimals), MAX_DIGITS - whole)


def rescaled(coefficients: IntArray, scale: int, to_scale: int) -> IntArray:
    """The same numbers at another scale; no digit may be lost."""
    if to_scale == scale:
        return coefficients
    if to_scale > scale:
        return coefficients * np.int64(10 ** (to_scale - scale))
    quotients, remainders = np.divmod(coefficients, np.int64(10 ** (scale - to_scale)))
    assert not remainders.any(), "the scale of a data set covers all its decimals"
    return quotients


def _trailing_zeros(number: int, limit: int) -> int:
    zeros = 0
    while zeros < limit and number % 10 == 0:
        number //= 10
        zeros += 1
    return zeros
