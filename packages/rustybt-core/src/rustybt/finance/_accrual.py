"""Interest over nights: rates by date, and one formula for all that accrues."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from rustybt.errors import InvalidArgument
from rustybt.values import KERNEL_CONTEXT

if TYPE_CHECKING:
    import polars as pl

    from rustybt.finance._cost_model import Figure

ZERO: Final = Decimal(0)
DAY_COUNTS: Final = (360, 365)

_MONEY: Final = Decimal("1e-16")
_ONE_DAY: Final = timedelta(days=1)

ItemT = TypeVar("ItemT")


class ByDate(Generic[ItemT]):
    """Items, each of which holds from its date until the next one.

    Args:
        items: By the first date on which they hold, in any order.
        field: What they are called in an error.

    Raises:
        InvalidArgument: There is none, or a key is no date.
    """

    def __init__(self, items: Mapping[date, ItemT], *, field: str) -> None:
        if not items:
            raise InvalidArgument(field=field, value={}, reason="give at least one date")
        self._field = field
        self._dates = sorted(checked_date(day, field=f"date of {field}") for day in items)
        self._items = [items[day] for day in self._dates]

    def at(self, day: date) -> ItemT:
        """The newest item up to a day.

        Raises:
            InvalidArgument: The first one holds later.
        """
        place = bisect_right(self._dates, day)
        if not place:
            raise InvalidArgument(
                field=self._field,
                value=day.isoformat(),
                reason=f"the table starts on {self._dates[0].isoformat()}; begin it earlier",
            )
        return self._items[place - 1]


def checked_date(day: object, *, field: str) -> date:
    """A date that is a date and nothing else.

    Raises:
        InvalidArgument: It has a time of day, or is no date.
    """
    if isinstance(day, datetime) or not isinstance(day, date):
        raise InvalidArgument(field=field, value=day, reason="give a datetime.date")
    return day


def refuse_repeated(keys: pl.DataFrame, *, field: str) -> None:
    """Check that no row of a table's keys is there twice.

    Raises:
        InvalidArgument: One is; the message names the first.
    """
    repeated = keys.filter(keys.is_duplicated())
    if repeated.height:
        key = ", ".join(map(str, repeated.row(0)))
        raise InvalidArgument(field=field, value=key, reason="give each only once")


def checked_day_count(day_count: int) -> int:
    """How many days a year of interest has.

    Raises:
        InvalidArgument: It is none of 360 and 365.
    """
    if day_count not in DAY_COUNTS:
        raise InvalidArgument(field="day_count", value=day_count, reason="give 360 or 365")
    return day_count


def nights(since: date, until: date) -> Iterator[date]:
    """The days whose nights lie between two days: from `since` up to and without `until`."""
    day = since
    while day < until:
        yield day
        day += _ONE_DAY


def accrued(value: Figure, rates: Iterable[Decimal], day_count: int) -> Figure:
    """value x rate / day count, added up over nights.

    Args:
        value: Money, a Decimal or a float.
        rates: The annual rate of each night.
        day_count: Days of a year: 360 or 365.

    Returns:
        Money with the sign of value x rate; a Decimal is rounded once, half even to 16 decimals.
    """
    with localcontext(KERNEL_CONTEXT):
        total = sum(rates, ZERO)
        if isinstance(value, Decimal):
            return (value * total / day_count).quantize(_MONEY)
    return value * float(total) / day_count
