"""Which parts of a Parquet file may hold what is wanted, by its statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from rustybt.calendars import from_day, from_ns
from rustybt_data.adapters.cloud.hive import Wanted
from rustybt_data.adapters.standard import NS_PER

_ISO_DAY: Final = len("2024-01-31")


def groups_of(
    metadata: Any,  # noqa: ANN401 - pyarrow ships no types
    wanted: Wanted,
    *,
    symbol: str | None,
    label: str,
    unit: str | None,
) -> list[int]:
    """The row groups of a file that may hold what is wanted.

    Args:
        metadata: Of the file.
        wanted: Symbols and days, these with some to spare for zones and lengths of bars.
        symbol: The column of symbols, None where there is none.
        label: The column of labels.
        unit: What labels count that are integers.
    """
    places = {metadata.schema.column(n).path: n for n in range(metadata.num_columns)}
    kept = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        if not group.num_rows:
            continue
        names = _bounds(group, places, symbol)
        days = _day_bounds(_bounds(group, places, label), unit)
        if _may_hold_symbols(names, wanted) and _may_hold_days(days, wanted):
            kept.append(number)
    return kept


def _bounds(
    group: Any,  # noqa: ANN401 - pyarrow ships no types
    places: Mapping[str, int],
    column: str | None,
) -> tuple[Any, Any] | None:
    """The smallest and the largest value of a column, None where the file does not say."""
    if column is None or column not in places:
        return None
    statistics = group.column(places[column]).statistics
    if statistics is None or not statistics.has_min_max:
        return None
    return statistics.min, statistics.max


def _may_hold_symbols(bounds: tuple[Any, Any] | None, wanted: Wanted) -> bool:
    if bounds is None or wanted.symbols is None or not isinstance(bounds[0], str):
        return True
    return any(bounds[0] <= symbol <= bounds[1] for symbol in wanted.symbols)


def _may_hold_days(days: tuple[date, date] | None, wanted: Wanted) -> bool:
    if days is None:
        return True
    after = wanted.first is None or days[1] >= wanted.first
    return after and (wanted.last is None or days[0] <= wanted.last)


def _day_bounds(bounds: tuple[Any, Any] | None, unit: str | None) -> tuple[date, date] | None:
    if bounds is None:
        return None
    low, high = (_day(value, unit) for value in bounds)
    return None if low is None or high is None else (low, high)


def _day(value: object, unit: str | None) -> date | None:
    """The day of a label, None where it cannot be told."""
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str):
            return date.fromisoformat(value[:_ISO_DAY])
        if isinstance(value, int) and unit is not None:
            return from_ns(value * NS_PER[unit]).date()
    except (ValueError, OverflowError):
        return None
    return None


def day_range(start: date, end: date) -> tuple[date, date]:
    """The days of two ends, each a date or an instant."""
    first, last = (
        (each.astimezone(UTC) if each.tzinfo else each).date()
        if isinstance(each, datetime)
        else each
        for each in (start, end)
    )
    return max(first, from_day(0)), last
