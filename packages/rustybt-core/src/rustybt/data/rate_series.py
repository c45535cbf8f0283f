"""The rates of one pair of currencies over time."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

import polars as pl

from rustybt.data.readers import as_decimals

FOREVER: Final = 2**62
"""A time after all times, in ns."""


class Span(NamedTuple):
    """Which rate is the answer around a time: ``since <= at < until``.

    Attributes:
        since: From when on.
        until: The time at which the answer may be another one.
        place: The rate, None where none is known or the newest one is too old.
    """

    since: int
    until: int
    place: int | None


class RateSeries:
    """Rates by the time from which on each is known. Immutable.

    Args:
        stamps: Times in ns UTC, ascending, each once.
        coefficients: The rate at each, positive.
        scale: Decimals of the coefficients.

    Attributes:
        stamps: The times.
        coefficients: The rates.
        scale: Their decimals.
    """

    __slots__ = ("coefficients", "scale", "stamps")

    def __init__(self, stamps: Sequence[int], coefficients: Sequence[int], scale: int) -> None:
        assert len(stamps) == len(coefficients)
        self.stamps = array("q", stamps)
        self.coefficients = array("q", coefficients)
        self.scale = scale

    def __len__(self) -> int:
        return len(self.stamps)

    def span(self, at: int, age: int) -> Span:
        """The rate known at a time that is at most so many ns old."""
        place = bisect_right(self.stamps, at) - 1
        until = self.stamps[place + 1] if place + 1 < len(self.stamps) else FOREVER
        if place < 0:
            return Span(-FOREVER, until, None)
        stale = self.stamps[place] + age + 1
        if at >= stale:
            return Span(stale, until, None)
        return Span(self.stamps[place], min(until, stale), place)

    def newest(self, at: int) -> int | None:
        """The time of the newest rate known at a time, however old."""
        place = bisect_right(self.stamps, at) - 1
        return self.stamps[place] if place >= 0 else None

    def exact(self, place: int) -> Fraction:
        """A rate."""
        return Fraction(self.coefficients[place], 10**self.scale)

    def frame(self, base: str, quote: str) -> pl.DataFrame:
        """The series as a frame ``timestamp, base, quote, rate``."""
        numbers = pl.DataFrame(
            {"at": self.stamps, "rate": self.coefficients},
            schema={"at": pl.Int64, "rate": pl.Int64},
        )
        return numbers.select(
            pl.from_epoch("at", "ns").dt.replace_time_zone("UTC").alias("timestamp"),
            pl.lit(base).alias("base"),
            pl.lit(quote).alias("quote"),
            as_decimals(pl.col("rate"), self.scale),
        )
