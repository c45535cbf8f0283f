"""What of a Zipline bundle cannot be taken over, by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from rustybt.calendars import from_day, from_ns
from rustybt.data.schemas import PRICE_FIELDS
from rustybt.errors import DataValidationError
from rustybt_data.zipline.scales import LARGEST

_SHOWN: Final = 20

INCOMPLETE: Final = "a price is missing"
IMPOSSIBLE: Final = "the high is below the low"
OVERFLOWN: Final = f"a number is {LARGEST}, the largest that fits: what was larger is not known"


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that stays behind.

    Attributes:
        what: What it is, such as ``"daily bars of sid 3"``.
        reason: Why it cannot be taken over.
        number: How many rows of it.
    """

    what: str
    reason: str
    number: int = 1

    def __str__(self) -> str:
        rows = "" if self.number == 1 else f" ({self.number:,} of them)"
        return f"{self.what}{rows}: {self.reason}"


def refuse(leftovers: Sequence[Leftover], *, path: str) -> None:
    """Refuse a bundle of which something would stay behind.

    Raises:
        DataValidationError: There is something. It names each, up to twenty.
    """
    if leftovers:
        shown = "; ".join(map(str, leftovers[:_SHOWN]))
        more = len(leftovers) - _SHOWN
        rest = f"; and {more} more" if more > 0 else ""
        raise DataValidationError(
            file=path,
            reason=f"these cannot be taken over: {shown}{rest}. Say leave_out=yes "
            "(rustybt bundle migrate --leave-out) to go without them",
        )


def sound(
    bars: pl.DataFrame, *, kind: str, sid: int, overflown: Iterable[int]
) -> tuple[pl.DataFrame, list[Leftover]]:
    """The bars of an asset that can be taken over, and what becomes of the others.

    Args:
        bars: As a reader gives them, of one asset.
        kind: ``daily`` or ``minute``, for names.
        sid: The asset.
        overflown: Coefficients of `LARGEST`: of prices, then of volumes.
    """
    price, volume = overflown
    rules = {
        INCOMPLETE: pl.any_horizontal(pl.col(name).is_null() for name in PRICE_FIELDS),
        OVERFLOWN: pl.any_horizontal(
            (pl.col("volume") == volume), *(pl.col(name) == price for name in PRICE_FIELDS)
        ),
        IMPOSSIBLE: pl.col("high") < pl.col("low"),
    }
    left = []
    for reason, rule in rules.items():
        broken = rule.fill_null(value=False)
        found = bars.filter(broken)
        if not found.is_empty():
            at = int(found["at"][0])
            when = from_day(at).isoformat() if kind == "daily" else from_ns(at).isoformat()
            rows = f"{kind} bars of sid {sid} from {when}"
            left.append(Leftover(rows, reason, found.height))
            bars = bars.filter(~broken)
    return bars, left
