"""What a bar has to be before it is stored."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.origin import Origin
from rustybt_data.predicates import BarTest, is_out_of_order, is_repeated, passes


def check_stamps(rows: pl.DataFrame, source: pl.DataFrame, origin: Origin, label: str) -> None:
    """Check that each stamp of one asset is after the one before.

    Args:
        rows: ``row, at`` of all rows that are kept.
        source: What they were read from, for the values in errors; `row` counts its rows.
        origin: Where they come from.
        label: The column of `source` that holds the labels.

    Raises:
        DataValidationError: It is not. It names the first such row.
    """
    at = rows["at"].to_numpy()
    if (at[1:] > at[:-1]).all():
        return
    before = pl.col("at").shift(1)
    _check(
        rows,
        source,
        origin,
        [
            (is_repeated(pl.col("at"), before), label, "the stamp is there twice; remove one"),
            (
                is_out_of_order(pl.col("at"), before),
                label,
                "it is before the stamp above; sort the rows",
            ),
        ],
    )


def check_bars(
    bars: pl.DataFrame, source: pl.DataFrame, origin: Origin, tests: Sequence[BarTest]
) -> None:
    """Check the bars of one asset.

    Args:
        bars: ``row, at`` and the coefficients of the fields, without days without trade.
        source: As for `check_stamps`.
        origin: As for `check_stamps`.
        tests: What bars without empty cells must not be.

    Raises:
        DataValidationError: A price or volume is missing, or a test finds a bar. It names the
            first such row.
    """
    if passes(bars, tests):
        return
    rules = [
        *((pl.col(field).is_null(), field, "give a number") for field in BAR_FIELDS),
        *((test.is_broken(pl.col), test.column, test.reason) for test in tests),
    ]
    _check(bars, source, origin, rules)


def _check(
    bars: pl.DataFrame,
    source: pl.DataFrame,
    origin: Origin,
    rules: Iterable[tuple[pl.Expr, str, str]],
) -> None:
    """Refuse the first row that breaks a rule: what is wrong, the column and the reason."""
    rules = list(rules)
    is_broken = bars.select(
        broken.any().fill_null(value=False).alias(str(number))
        for number, (broken, _, _) in enumerate(rules)
    ).row(0)
    for (broken, column, reason), found in zip(rules, is_broken, strict=True):
        if not found:
            continue
        rows = bars.filter(broken)["row"]
        if len(rows):
            row = int(rows[0])
            raise origin.error(row, column, source[column][row], reason)


def check_sessions(
    bars: pl.DataFrame,
    source: pl.DataFrame,
    origin: Origin,
    label: str,
    calendar: TradingCalendar,
) -> None:
    """Check that daily bars are on sessions of their calendar.

    Args:
        bars: ``row, at`` and the fields.
        source: As for `check_stamps`.
        origin: As for `check_stamps`.
        label: As for `check_stamps`.
        calendar: The calendar.

    Raises:
        DataValidationError: A bar is on another day. It names the first one.
    """
    outside = ~np.isin(bars["at"].to_numpy(), calendar.sessions)
    if outside.any():
        row = int(bars["row"].to_numpy()[outside][0])
        first, last = calendar.session_date(0), calendar.session_date(len(calendar) - 1)
        raise origin.error(
            row,
            label,
            str(source[label][row]),
            f"it is no session of {calendar.name}, which knows {first} to {last}; "
            "remove the row or choose the calendar of the data",
        )
