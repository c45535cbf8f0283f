"""Exchange rates: what a unit of one currency costs in another, as known at a time."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import polars as pl

from rustybt.calendars import from_ns
from rustybt.errors import InvalidArgument, MissingRate, ScaleExceeded
from rustybt.values import divide_half_even, from_scaled

if TYPE_CHECKING:
    from rustybt.data.rate_series import RateSeries

DEFAULT_PIVOT: Final = "USD"
DEFAULT_MAX_AGE: Final = timedelta(days=7)

_SCALE: Final = 18
_ONE: Final = from_scaled(1, 0)

Pair = tuple[str, str]
"""The currency that is priced, and the one it is priced in: EUR, USD for EUR/USD."""


class _Found(NamedTuple):
    """A rate, if there is one, and for which times it is the answer: ``since <= at < until``."""

    since: int
    until: int
    rate: Decimal | None


class _Leg(NamedTuple):
    """One series of a way from a currency to another, read forwards or backwards."""

    series: "RateSeries"
    inverse: bool


class ExchangeRates:
    """Rates of pairs of currencies over time. Immutable.

    The rate of EUR in USD, ``rate("EUR", "USD", at)``, is the number of dollars for a euro. It is
    the newest one known at that time that is not too old: a given one, else the inverse of a
    given one, else the product of two over the pivot currency. A given rate is exact; what is
    derived is computed exactly and rounded once, half even, to 18 decimals.

    Args:
        series: Given rates by pair; a pair and its inverse may both be there.
        pivot: The currency over which two others are crossed.
        max_age: How old a rate may be: a weekend and some holidays by default.

    Attributes:
        series: Given rates by pair, sorted.
        pivot: The currency over which two others are crossed.
        max_age: How old a rate may be.
    """

    __slots__ = ("_age", "_kept", "max_age", "pivot", "series")

    def __init__(
        self,
        series: "Mapping[Pair, RateSeries] | None" = None,
        *,
        pivot: str = DEFAULT_PIVOT,
        max_age: timedelta = DEFAULT_MAX_AGE,
    ) -> None:
        if max_age < timedelta(0):
            raise InvalidArgument(field="max_age", value=max_age, reason="give a time of 0 or more")
        self.series = {pair: own for pair, own in sorted((series or {}).items()) if len(own)}
        self.pivot = pivot
        self.max_age = max_age
        self._age = max_age // timedelta(microseconds=1) * 1_000
        self._kept: dict[Pair, _Found] = {}

    @classmethod
    def from_frame(
        cls,
        frame: pl.DataFrame,
        *,
        pivot: str = DEFAULT_PIVOT,
        max_age: timedelta = DEFAULT_MAX_AGE,
    ) -> Self:
        """Of a frame ``timestamp, base, quote, rate``, in any order; other columns don't count.

        Args:
            frame: Each row's `rate` is what a unit of `base` costs in `quote`, known from
                `timestamp` on: a time, in UTC where it has no zone. Rates are Decimals, integers,
                texts, or floats, which mean their shortest text.
            pivot: The currency over which two others are crossed.
            max_age: How old a rate may be.

        Raises:
            DataValidationError: A column is missing, a rate is not positive or there twice, or a
                currency is none.
            InvalidNumber: A rate is no number.
            ScaleExceeded: A pair's rates need more than 18 digits after the point, or altogether.
        """
        from rustybt.data.rate_tables import read_rates

        return cls(read_rates(frame), pivot=pivot, max_age=max_age)

    def using(self, *, pivot: str | None = None, max_age: timedelta | None = None) -> Self:
        """The same rates with another pivot or maximum age."""
        return type(self)(
            self.series,
            pivot=self.pivot if pivot is None else pivot,
            max_age=self.max_age if max_age is None else max_age,
        )

    def filled_from(self, other: "ExchangeRates") -> Self:
        """These rates, and those of `other` for pairs that are not here, in either direction."""
        known = self.series.keys() | {(quote, base) for base, quote in self.series}
        more = {pair: own for pair, own in other.series.items() if pair not in known}
        return type(self)({**more, **self.series}, pivot=self.pivot, max_age=self.max_age)

    def __len__(self) -> int:
        return sum(map(len, self.series.values()))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that have rates of their own, sorted."""
        return tuple(self.series)

    def rate(self, base: str, quote: str, at: int) -> Decimal:
        """What a unit of `base` costs in `quote`.

        Args:
            base: The currency that is priced.
            quote: The currency it is priced in.
            at: The time in ns UTC: what is known then counts.

        Raises:
            MissingRate: No rate is known, or none that is new enough.
            ScaleExceeded: A derived rate is so small that 18 decimals do not show it.
        """
        kept = self._kept.get((base, quote))
        if kept is None or not kept.since <= at < kept.until:
            kept = self._found(base, quote, at)
        if kept.rate is None:
            raise self._missing(base, quote, at)
        return kept.rate

    def find(self, base: str, quote: str, at: int) -> Decimal | None:
        """The same as `rate`, but None where there is none."""
        kept = self._kept.get((base, quote))
        if kept is None or not kept.since <= at < kept.until:
            kept = self._found(base, quote, at)
        return kept.rate

    def frame(self) -> pl.DataFrame:
        """All given rates: ``timestamp, base, quote, rate``, by time, then pair.

        Times are in UTC, rates are Decimals of as many places as they need.
        """
        if not self.series:
            from rustybt.data.rate_tables import RATE_SCHEMA

            return pl.DataFrame(schema=RATE_SCHEMA)
        frames = [own.frame(*pair) for pair, own in self.series.items()]
        widest = max(frame.schema["rate"].scale for frame in frames)  # type: ignore[attr-defined]
        wide = pl.col("rate").cast(pl.Decimal(38, widest))
        joined = pl.concat([frame.with_columns(wide) for frame in frames])
        return joined.sort("timestamp", "base", "quote")

    def fingerprint(self) -> str:
        """SHA-256 of all given rates, in hexadecimal."""
        digest = hashlib.sha256()
        for (base, quote), own in self.series.items():
            digest.update(f"{base} {quote} {own.scale}\n".encode())
            digest.update(f"{list(own.stamps)} {list(own.coefficients)}\n".encode())
        return digest.hexdigest()

    # ------------------------------------------------------------------ private

    def _found(self, base: str, quote: str, at: int) -> _Found:
        """The answer at a time, kept for the times around."""
        from rustybt.data.rate_series import FOREVER

        since, until, answer = -FOREVER, FOREVER, None
        if base == quote:
            return _Found(since, until, _ONE)
        for way in self._ways(base, quote):
            spans = [leg.series.span(at, self._age) for leg in way]
            since = max(since, *(span.since for span in spans))
            until = min(until, *(span.until for span in spans))
            places = [span.place for span in spans]
            if None not in places:
                answer = _product(way, places)  # type: ignore[arg-type]
                break
        found = self._kept[base, quote] = _Found(since, until, answer)
        return found

    def _ways(self, base: str, quote: str) -> Iterator[tuple[_Leg, ...]]:
        """How one currency leads to another, the best way first."""
        for leg in self._legs(base, quote):
            yield (leg,)
        if self.pivot in {base, quote}:
            return
        for first in self._legs(base, self.pivot):
            for second in self._legs(self.pivot, quote):
                yield first, second

    def _legs(self, base: str, quote: str) -> Iterator[_Leg]:
        forwards, backwards = self.series.get((base, quote)), self.series.get((quote, base))
        if forwards is not None:
            yield _Leg(forwards, inverse=False)
        if backwards is not None:
            yield _Leg(backwards, inverse=True)

    def _missing(self, base: str, quote: str, at: int) -> MissingRate:
        """The error, with the time of the newest rate that was too old."""
        ages = [[leg.series.newest(at) for leg in way] for way in self._ways(base, quote)]
        known = [
            min(stamp for stamp in way if stamp is not None) for way in ages if None not in way
        ]
        last = max(known, default=None)
        return MissingRate(
            base=base, quote=quote, at=from_ns(at), last=None if last is None else from_ns(last)
        )


def _product(way: Iterable[_Leg], places: Iterable[int]) -> Decimal:
    """The rate along a way: exact where it is one given rate, else rounded half even."""
    legs = list(zip(way, places, strict=True))
    (first, place) = legs[0]
    if len(legs) == 1 and not first.inverse:
        return from_scaled(first.series.coefficients[place], first.series.scale)
    exact = Fraction(1)
    for leg, at in legs:
        given = leg.series.exact(at)
        exact *= 1 / given if leg.inverse else given
    coefficient = divide_half_even(exact.numerator * 10**_SCALE, exact.denominator)
    if not coefficient:
        raise ScaleExceeded(field="derived rate", value=str(exact), scale=_SCALE)
    return from_scaled(coefficient, _SCALE)
