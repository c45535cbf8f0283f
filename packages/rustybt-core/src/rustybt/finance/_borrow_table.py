"""Terms of borrowing by asset and dates, from mappings and frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, TypeAlias

import polars as pl

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance._accrual import checked_date
from rustybt.finance._parameters import Number, not_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class BorrowTerms:
    """Terms of borrowing an asset over a span of dates.

    Attributes:
        rate: Annual rate.
        start_date: First date; None without beginning.
        end_date: Last date, included; None without end.
        available: How many units can be held short in all; None without limit.
        recalled: Whether loans are called back and none are made.
    """

    rate: Number
    start_date: date | None = None
    end_date: date | None = None
    available: Number | None = None
    recalled: bool = False


Terms: TypeAlias = Number | BorrowTerms | Sequence[BorrowTerms]
"""A rate for all time, or terms over one span of dates or several that do not overlap."""

_ROOM: Final = (date.min, date.max)
_COLUMNS: Final = ("symbol", "rate", "start_date", "end_date", "available", "recalled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Terms that were checked."""

    start: date
    end: date
    rate: Decimal
    available: Decimal | None
    recalled: bool


def spans_of(key: Asset | str, terms: Terms) -> tuple[Span, ...]:
    """Checked terms of an asset, sorted by their first date.

    Raises:
        InvalidArgument: They overlap, end before they start, or have a rate below zero.
    """
    name = key if isinstance(key, str) else key.symbol
    spans = sorted((_span(name, each) for each in _several(terms)), key=first_date)
    for one, other in pairwise(spans):
        if other.start <= one.end:
            raise InvalidArgument(
                field=f"terms of {name}",
                value=f"{one.start} to {one.end} and {other.start} to {other.end}",
                reason="give spans that do not overlap",
            )
    return tuple(spans)


def _several(terms: Terms) -> Iterable[BorrowTerms]:
    if isinstance(terms, BorrowTerms):
        return (terms,)
    if isinstance(terms, Sequence) and not isinstance(terms, str):
        return terms
    return (BorrowTerms(rate=terms),)


def _span(name: str, terms: BorrowTerms) -> Span:
    first, last = _ROOM
    start = first if terms.start_date is None else _date(terms.start_date, name, "start_date")
    end = last if terms.end_date is None else _date(terms.end_date, name, "end_date")
    if end < start:
        raise InvalidArgument(
            field=f"end_date of {name}", value=str(end), reason=f"give {start} or later"
        )
    units = terms.available
    return Span(
        start=start,
        end=end,
        rate=not_negative(terms.rate, field=f"rate of {name}"),
        available=None if units is None else not_negative(units, field=f"available of {name}"),
        recalled=terms.recalled,
    )


def _date(day: date, name: str, column: str) -> date:
    return checked_date(day, field=f"{column} of {name}")


def terms_of_frame(table: pl.DataFrame) -> dict[Asset | str, list[BorrowTerms]]:
    """The rows of a frame as terms by symbol."""
    unknown = [name for name in table.columns if name not in _COLUMNS]
    if unknown or not {"symbol", "rate"} <= set(table.columns):
        raise InvalidArgument(
            field="columns",
            value=table.columns,
            reason=f"give symbol, rate and as needed {', '.join(_COLUMNS[2:])}",
        )
    terms: dict[Asset | str, list[BorrowTerms]] = {}
    for row in table.iter_rows(named=True):
        terms.setdefault(row["symbol"], []).append(_terms_of_row(row))
    return terms


def _terms_of_row(row: Mapping[str, Any]) -> BorrowTerms:
    return BorrowTerms(
        rate=row["rate"],
        start_date=row.get("start_date"),
        end_date=row.get("end_date"),
        available=row.get("available"),
        recalled=bool(row.get("recalled")),
    )


def first_date(span: Span) -> date:
    """Where a span of terms begins."""
    return span.start
