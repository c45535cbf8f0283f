"""Bars of several lengths side by side, each as far as it was known."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.coefficients import IntArray, running
from rustybt.errors import InvalidArgument, ScaleExceeded
from rustybt_data.resampling.aggregation import Aggregation, By, sessions_of
from rustybt_data.resampling.errors import invalid, label_text
from rustybt_data.resampling.folding import known_or_missing
from rustybt_data.resampling.sources import Source
from rustybt_data.resampling.totals import check_digits, decimals

Running = Literal[False, "running"]
"""Whether a longer bar is seen when it is complete, or while it grows."""

_AT = "__at"


def align_timeframes(
    frames: Mapping[Resolution | str, pl.DataFrame | None] | Mapping[str, pl.DataFrame | None],
    on: Resolution | str,
    *,
    calendar: TradingCalendar | str | None = None,
    by: By = "session",
    zone: str | None = None,
    partial: Running = False,
) -> pl.DataFrame:
    """Put longer bars beside the shortest ones, without a look at the future.

    Each row has of every longer resolution the newest bar that is complete by the end of the
    row's own bar: at 10:00 the hour that ends then, at the close the session that ends then.

    Args:
        frames: Bars by resolution, as `aggregate` takes and gives them. None for a longer
            resolution: it is made of the shortest bars.
        on: The shortest of the resolutions, whose rows the result has.
        calendar: Whose sessions the bars belong to; not needed by the clock.
        by: As for `aggregate`.
        zone: As for `aggregate`.
        partial: ``"running"`` shows the longer bar that a row lies in, made of the shortest bars
            up to and with that row, under the label it will have; at its end it is the bar.

    Returns:
        The bars of `on` sorted by symbol and label, and for each longer resolution in their order
        its label and its columns, with its name behind theirs: ``close_1h``, ``date_1d``. Null
        where no such bar is complete.

    Raises:
        InvalidArgument: `on` has no frame or is not the shortest, or bars do not add up.
        DataValidationError: A label of a longer frame is no end of a bar, a bar is there twice,
            or a row lies outside the sessions.
    """
    if partial not in (False, "running"):
        raise InvalidArgument(field="partial", value=partial, reason='give False or "running"')
    given = {Resolution.parse(key): frame for key, frame in frames.items()}
    base = Resolution.parse(on)
    sessions = sessions_of(calendar, by=by, zone=zone)
    rows = given.pop(base, None)
    if rows is None:
        raise InvalidArgument(field="on", value=str(base), reason="give the frame of its bars")
    _check_shortest(base, given)
    label = Source.of(rows.schema).label
    rows = rows.sort("symbol", label)
    for longer in sorted(given):
        work = Aggregation.of(rows.schema, longer, sessions, from_=base)
        if partial == "running":
            columns = _growing(rows, work)
        else:
            columns = _complete(rows, given[longer], work)
        rows = rows.with_columns(column.alias(f"{column.name}_{longer}") for column in columns)
    return rows


def _check_shortest(base: Resolution, longer: Mapping[Resolution, object]) -> None:
    shorter = [str(resolution) for resolution in longer if resolution < base]
    if shorter:
        reason = f"{shorter[0]} is shorter; align on the shortest resolution"
        raise InvalidArgument(field="on", value=str(base), reason=reason)


def _complete(
    rows: pl.DataFrame, longer: pl.DataFrame | None, work: Aggregation
) -> list[pl.Series]:
    """Columns of the newest complete bar as of each row."""
    bars = work.at_once(rows) if longer is None else longer
    source = Source.of(bars.schema)
    if source.label != work.label:
        reason = f"give bars of {work.to} a column {work.label}"
        raise invalid(source.label, None, reason)
    read = source.read(bars)
    labels = read["at"].to_numpy()
    _check_ends(read, labels, work)
    ends = pl.Series(_AT, work.spans.completed_at(labels))
    right = bars.with_columns(ends).sort("symbol", _AT)
    _check_once(right, source.label)
    left = work.source.read(rows).select("symbol", pl.col("at").alias(_AT))
    found = left.join_asof(right, on=_AT, by="symbol", check_sortedness=False)
    return [found[name] for name in (source.label, *_others(bars, source.label))]


def _others(bars: pl.DataFrame, label: str) -> list[str]:
    return [name for name in bars.columns if name not in ("symbol", label)]


def _check_ends(read: pl.DataFrame, labels: IntArray, work: Aggregation) -> None:
    """Refuse labels that are no ends of bars: begins would show a bar before it is complete."""
    spans = work.spans
    if work.label == "date":
        wrong = ~np.isin(labels, spans.labels)
    else:
        wrong = spans.labels_of(labels) != labels
    if wrong.any():
        row = int(np.argmax(wrong))
        where = f"{read['symbol'][row]} at {label_text(int(labels[row]), work.label)}"
        reason = f"no bar of {work.to} of {work.calendar.name} ends then; label bars by their end"
        raise invalid(work.label, where, reason)


def _check_once(bars: pl.DataFrame, label: str) -> None:
    twice = bars.filter((pl.col(_AT).diff() == 0) & (pl.col("symbol") == pl.col("symbol").shift(1)))
    if not twice.is_empty():
        where = f"{twice['symbol'][0]} at {twice[label][0]}"
        raise invalid(label, where, "the bar is there twice; remove one")


def _growing(rows: pl.DataFrame, work: Aggregation) -> list[pl.Series]:
    """Columns of the longer bar that each row lies in, as far as it has grown."""
    source = work.source
    read, starts, labels = work.grouped(source.read(rows))
    counts = np.diff(starts, append=read.height)
    label = pl.Series("label", np.repeat(labels, counts))
    keyed = read.select("symbol").with_columns(label)
    columns = [work.labelled(label)]
    for field, name in source.fields.items():
        try:
            values = running(field, _summable(field, read[name]), starts)
        except ScaleExceeded as error:
            reason = "the sum needs more than 18 digits; give volumes fewer decimals"
            raise invalid(field, error.value, reason) from None
        check_digits(field, values, keyed, work.label)
        columns.append(decimals(field, values, source.scales[field]))
    return columns


def _summable(field: str, column: pl.Series) -> IntArray:
    return known_or_missing(column.fill_null(0) if field == "volume" else column)
