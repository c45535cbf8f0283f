"""Times as integers: nanoseconds and days since 1970-01-01, UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeGuard

import numpy as np

from rustybt.errors import InvalidArgument

NANOS_PER_MICROSECOND: Final = 1_000
NANOS_PER_SECOND: Final = 1_000_000_000
NANOS_PER_MINUTE: Final = 60 * NANOS_PER_SECOND
NANOS_PER_DAY: Final = 86_400 * NANOS_PER_SECOND

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)

Moment = datetime | date | np.datetime64 | str | int
"""What is accepted as a time: a ``pandas.Timestamp`` is a ``datetime``."""


def to_ns(moment: Moment, *, field: str = "time") -> int:
    """Nanoseconds since 1970-01-01 UTC of ``moment``, exactly.

    Args:
        moment: A ``datetime`` (without a zone: UTC), a ``pandas.Timestamp`` (its nanoseconds are
            kept), a ``date`` (its midnight in UTC), a ``numpy.datetime64``, an ISO 8601 text, or
            an integer that is nanoseconds already.
        field: What the value is called in an error.

    Raises:
        InvalidArgument: For anything else, for ``NaT`` and for texts that are no ISO 8601.
    """
    if isinstance(moment, datetime):
        return _datetime_to_ns(moment, field)
    if isinstance(moment, date):
        return (moment.toordinal() - _EPOCH_ORDINAL) * NANOS_PER_DAY
    if isinstance(moment, np.datetime64):
        return _datetime64_to_ns(moment, field)
    if isinstance(moment, str):
        return _datetime_to_ns(_parsed(moment, field), field)
    if _is_number(moment):
        return int(moment)
    raise InvalidArgument(
        field=field, value=moment, reason="give a datetime, a date or an ISO 8601 text"
    )


def from_ns(nanoseconds: int) -> datetime:
    """The moment in UTC; nanoseconds below a microsecond are cut off."""
    return _EPOCH + timedelta(microseconds=nanoseconds // NANOS_PER_MICROSECOND)


def to_day(moment: Moment, *, field: str = "session") -> int:
    """Days from 1970-01-01 to the date of ``moment`` in UTC; an integer is a day already.

    Raises:
        InvalidArgument: For what `to_ns` refuses.
    """
    if _is_number(moment):
        return int(moment)
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return moment.toordinal() - _EPOCH_ORDINAL
    return to_ns(moment, field=field) // NANOS_PER_DAY


def from_day(day: int) -> date:
    """The date that is ``day`` days after 1970-01-01."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def _is_number(moment: object) -> TypeGuard[int]:
    return isinstance(moment, int | np.integer) and not isinstance(moment, bool)


def _datetime_to_ns(moment: datetime, field: str) -> int:
    if moment != moment:  # noqa: PLR0124 - pandas.NaT is a datetime that equals nothing
        raise InvalidArgument(field=field, value=moment, reason="give a time, not NaT")
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    microseconds = (aware - _EPOCH) // _MICROSECOND
    # A pandas.Timestamp counts the nanoseconds below its microsecond apart.
    below: int = getattr(moment, "nanosecond", 0)
    return microseconds * NANOS_PER_MICROSECOND + below


def _datetime64_to_ns(moment: np.datetime64, field: str) -> int:
    if np.isnat(moment):
        raise InvalidArgument(field=field, value=moment, reason="give a time, not NaT")
    return int(moment.astype("datetime64[ns]").astype(np.int64))


def _parsed(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidArgument(
            field=field, value=text, reason="write it as 2024-01-31 or 2024-01-31T14:30:00+00:00"
        ) from None
