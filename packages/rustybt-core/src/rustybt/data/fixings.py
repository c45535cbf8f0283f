"""Exchange rates that are revised: fixings of a time, and since when each is known."""

from decimal import Decimal
from typing import Any, Final

import polars as pl

from rustybt.data.fact_cells import TableSource, moments, names
from rustybt.data.facts import one_of_each
from rustybt.data.point_in_time import newest_known
from rustybt.data.rates import ExchangeRates
from rustybt.data.schemas import MAX_DIGITS
from rustybt.errors import InvalidNumber
from rustybt.values import parse_decimal

KEYS: Final = ("base", "quote", "effective_at", "known_at")
"""What tells fixings apart."""

SOURCE: Final = TableSource("rates")
"""What errors call a table of no file."""


def read_fixings(frame: pl.DataFrame, *, source: TableSource = SOURCE) -> pl.DataFrame:
    """A checked table of rates: a row per pair of currencies and time.

    Args:
        frame: ``base, quote, effective_at, known_at, rate``, in any order; further columns don't
            count. `rate` is what a unit of `base` costs in `quote` at `effective_at`; it is known
            from `known_at` on. A date means the start of that day in UTC as `effective_at`, its
            end as `known_at`.
        source: Where the frame comes from, for errors.

    Returns:
        The same, sorted by its keys, each row once; rates as Decimals of as many decimals as they
        need.

    Raises:
        DataValidationError: A column is missing; a cell is not what it has to be; a rate is known
            before its time, or there are two of the same keys.
    """
    source.need(frame, *KEYS, "rate")
    fixings = pl.DataFrame(
        [
            names(frame["base"], source, "give a currency"),
            names(frame["quote"], source, "give a currency"),
            moments(frame["effective_at"], source, dates="start"),
            moments(frame["known_at"], source, dates="end"),
            _exact_rates(frame["rate"], source),
        ]
    )
    same = fixings["base"] == fixings["quote"]
    source.refuse_first(same, fixings["quote"], "give another currency than the base")
    early = fixings["known_at"] < fixings["effective_at"]
    reason = "it is known before effective_at; give the time from which on it was known"
    source.refuse_first(early, fixings["known_at"], reason)
    return one_of_each(fixings, KEYS, source).sort(*KEYS)


def rates_of(frame: pl.DataFrame) -> ExchangeRates:
    """The rates of a table of fixings, or of one ``timestamp, base, quote, rate``.

    A fixing is used from the time on at which it is known, in place of those about earlier times
    and of what was known about its own. One about an earlier time than the newest that is known
    changes nothing.

    Raises:
        DataValidationError: A cell is not what it has to be.
        ScaleExceeded: The rates of a pair need more than 18 digits.
    """
    if "effective_at" not in frame.columns and "known_at" not in frame.columns:
        return ExchangeRates.from_frame(frame)
    known = read_fixings(frame).sort("known_at", "effective_at")
    steps = newest_known(known, ("base", "quote"))
    return ExchangeRates.from_frame(steps.rename({"known_at": "timestamp"}))


def _exact_rates(column: pl.Series, source: TableSource) -> pl.Series:
    """Positive numbers at one scale that holds all of them."""
    found = [_rate(value, row, source) for row, value in enumerate(column)]
    scale = max((-int(rate.as_tuple().exponent) for rate in found), default=0)
    return pl.Series("rate", found, pl.Decimal(38, max(scale, 0)))


def _rate(value: Any, row: int, source: TableSource) -> Decimal:  # noqa: ANN401 - of outside
    try:
        rate = parse_decimal(value, field="rate").normalize()
    except InvalidNumber:
        source.refuse(row, "rate", value, "give a positive number")
    digits, exponent = rate.as_tuple().digits, int(rate.as_tuple().exponent)
    if rate <= 0:
        source.refuse(row, "rate", value, "give a positive number")
    if max(len(digits) + max(exponent, 0), -exponent) > MAX_DIGITS:
        source.refuse(row, "rate", value, f"a rate has at most {MAX_DIGITS} digits")
    return rate
