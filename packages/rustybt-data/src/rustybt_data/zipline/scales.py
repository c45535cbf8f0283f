"""The decimals of Zipline's integers.

Zipline stores a price as a whole number, 1000 times what it is unless the bundle says otherwise.
As exact decimals such numbers need as many places as the ratio says: 3 for 1000, 2 for 20.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from rustybt.data.schemas import DEFAULT_SCALE, MAX_DIGITS
from rustybt.errors import DataValidationError

DEFAULT_RATIO: Final = 1000
"""What prices are multiplied by where nothing else is said."""

MISSING: Final = 0
"""What stands for a price that is not there."""

LARGEST: Final = 2**32 - 1
"""The largest number that fits. Zipline leaves out what is larger, in minutes this one, too."""


class Ratios:
    """What prices are multiplied by, by sid, and the one scale at which all of them are exact.

    Args:
        default: That of sids that are not in `by_sid`.
        by_sid: Those of some sids.
        path: The file that says so, for errors.

    Raises:
        DataValidationError: Prices at a ratio are not exact decimals, or no scale of 18 digits
            holds the prices of all ratios.
    """

    def __init__(self, default: object, by_sid: Mapping[int, object], *, path: str) -> None:
        self._path = path
        self._default = self._checked(default, None)
        self._by_sid = {sid: self._checked(ratio, sid) for sid, ratio in by_sid.items()}
        everything = {self._default, *self._by_sid.values()}
        self.scale: int = self._scale(everything)
        unit: int = 10**self.scale
        self._factors = {ratio: unit // ratio for ratio in everything}

    def factor(self, sid: int) -> int:
        """What makes a stored price of `sid` a coefficient at `scale`."""
        return self._factors[self._by_sid.get(sid, self._default)]

    def ratio(self, sid: int) -> int:
        """What prices of `sid` are multiplied by."""
        return self._by_sid.get(sid, self._default)

    def _checked(self, value: object, sid: int | None) -> int:
        ratio = int(value) if isinstance(value, int | float) and value == value // 1 else 0
        if ratio < 1 or isinstance(value, bool) or decimals_of(ratio) is None:
            column = "ohlc_ratio" if sid is None else f"ohlc_ratios_per_sid of sid {sid}"
            raise DataValidationError(
                file=self._path,
                column=column,
                value=value,
                reason="prices divided by it are no exact decimals; it has to be a divisor of a "
                "power of ten, such as 1000",
            )
        return ratio

    def _scale(self, ratios: Iterable[int]) -> int:
        decimals = max(decimals_of(ratio) or 0 for ratio in ratios)
        whole = len(str(LARGEST // min(ratios)))
        scale = min(max(DEFAULT_SCALE, decimals), MAX_DIGITS - whole)
        if scale < decimals:
            raise DataValidationError(
                file=self._path,
                column="ohlc_ratios_per_sid",
                value=f"{min(ratios)} to {max(ratios)}",
                reason=f"{MAX_DIGITS} digits cannot hold the prices of all ratios; ingest the "
                "assets in bundles of their own",
            )
        return scale


def decimals_of(ratio: int) -> int | None:
    """Places after the point of multiples of ``1 / ratio``; None where they never end."""
    for places in range(MAX_DIGITS + 1):
        if 10**places % ratio == 0:
            return places
    return None
