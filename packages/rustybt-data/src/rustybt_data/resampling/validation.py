"""Whether longer bars are what shorter ones add up to."""

from typing import Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.coefficients import MISSING
from rustybt.data.schemas import MAX_DIGITS
from rustybt_data.resampling.aggregation import Aggregation, By, Outside, sessions_of
from rustybt_data.resampling.errors import invalid
from rustybt_data.resampling.sources import Source
from rustybt_data.resampling.totals import decimals

#: Holds every number of 18 digits exactly, whatever its scale.
_WIDE: Final = pl.Decimal(2 * MAX_DIGITS + 2, MAX_DIGITS)


def validate_aggregates(
    fine: pl.DataFrame,
    coarse: pl.DataFrame,
    to: Resolution | str,
    *,
    calendar: TradingCalendar | str | None = None,
    from_: Resolution | str | None = None,
    by: By = "session",
    zone: str | None = None,
    outside: Outside = "refuse",
) -> pl.DataFrame:
    """Compare longer bars with the aggregates of shorter ones, exactly.

    Every bar counts: where the frames do not cover the same time, cut them first. A bar that the
    shorter ones do not complete is superfluous.

    Args:
        fine: The shorter bars, as `aggregate` takes them.
        coarse: The longer bars, labelled by their ends.
        to: Length of the longer bars.
        calendar: As for `aggregate`; so are the other arguments.
        from_: Length of the shorter bars.
        by: How bars are counted.
        zone: Where midnight is, for the clock.
        outside: What to do with shorter bars outside of all sessions.

    Returns:
        A row for each difference, sorted by symbol and label; none where all is well. Its columns
        are ``symbol``, the label of the bar, ``problem``, ``field``, ``expected`` (the aggregate)
        and ``found``. The problem is ``different``, with a row for each such field, or
        ``missing`` (from `coarse`), or ``superfluous``, without a field and values.

    Raises:
        InvalidArgument: As `aggregate` does.
        DataValidationError: As `aggregate` does, and where `coarse` has a bar twice.
    """
    sessions = sessions_of(calendar, by=by, zone=zone)
    work = Aggregation.of(fine.schema, to, sessions, from_=from_, outside=outside)
    expected, found = work.at_once(fine), _standard(coarse, work)
    keys = ["symbol", work.label]
    shared = [name for name in found.columns if name in expected.columns and name not in keys]
    both = expected.select(*keys, *map(_wide, shared)).join(
        found.select(*keys, *map(_wide, shared)), on=keys, suffix="_found"
    )
    rows = [_different(both, field, keys) for field in shared]
    rows.append(_alone(expected, found, keys, "missing"))
    rows.append(_alone(found, expected, keys, "superfluous"))
    return pl.concat(rows).sort(keys, maintain_order=True)


def _standard(coarse: pl.DataFrame, work: Aggregation) -> pl.DataFrame:
    """The longer bars in the columns that `aggregate` gives."""
    source = Source.of(coarse.schema)
    if source.kind != "bars" or source.label != work.label:
        raise invalid(work.label, None, f"give bars of {work.to} with a column {work.label}")
    read = source.read(coarse)
    twice = read.filter(pl.struct("symbol", "at").is_duplicated())
    labels = work.labelled(read["at"])
    if not twice.is_empty():
        label = work.labelled(twice["at"])[0]
        where = f"{twice['symbol'][0]} at {label}"
        raise invalid(work.label, where, "the bar is there twice; remove one")
    numbers = [
        decimals(field, read[name].fill_null(MISSING).to_numpy(), source.scales[field])
        for field, name in source.fields.items()
    ]
    return pl.DataFrame([labels, read["symbol"], *numbers])


def _wide(field: str) -> pl.Expr:
    return pl.col(field).cast(_WIDE)


def _different(both: pl.DataFrame, field: str, keys: list[str]) -> pl.DataFrame:
    other = f"{field}_found"
    return both.filter(pl.col(field).ne_missing(pl.col(other))).select(
        *keys,
        pl.lit("different").alias("problem"),
        pl.lit(field).alias("field"),
        pl.col(field).alias("expected"),
        pl.col(other).alias("found"),
    )


def _alone(
    there: pl.DataFrame, not_there: pl.DataFrame, keys: list[str], problem: str
) -> pl.DataFrame:
    return there.join(not_there, on=keys, how="anti").select(
        *keys,
        pl.lit(problem).alias("problem"),
        pl.lit(None, pl.String).alias("field"),
        pl.lit(None, _WIDE).alias("expected"),
        pl.lit(None, _WIDE).alias("found"),
    )
