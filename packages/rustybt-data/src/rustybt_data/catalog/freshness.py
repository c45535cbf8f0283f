"""How far data reach, against the calendar."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from rustybt.calendars import TradingCalendar, to_ns
from rustybt.errors import SessionOutOfRange
from rustybt_data.catalog.records import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far the bars of a resolution reach.

    Attributes:
        name: Name of the version.
        resolution: Length of a bar.
        last_session: The last session with bars, None where there are none.
        expected: The last session that had ended, None where none had.
        missing: The sessions after the last one with bars that had ended.
    """

    name: str
    resolution: str
    last_session: date | None
    expected: date | None
    missing: tuple[date, ...]

    @property
    def is_fresh(self) -> bool:
        """Whether no session is missing at the end."""
        return not self.missing


def freshness_of(
    version: Version, calendar: TradingCalendar, now: datetime
) -> tuple[Freshness, ...]:
    """How far each of the bars of a version reach.

    A session counts from its close on. Weeks and months count by their last sessions: one that
    has not ended yet is not missing.

    Args:
        version: The version.
        calendar: Its calendar.
        now: The time (UTC) that counts as the present.
    """
    ended = int(np.searchsorted(calendar.closes, to_ns(now), side="right"))
    last = ended - 1 if ended else None
    expected = None if last is None else calendar.session_date(last)
    return tuple(
        Freshness(
            name=version.name,
            resolution=dataset.resolution,
            last_session=dataset.last_session,
            expected=_expected(dataset.resolution, calendar, last),
            missing=_missing(dataset.resolution, calendar, dataset.last_session, last),
        )
        for dataset in version.of_kind("bars")
        if expected is not None or dataset.last_session is not None
    )


def _expected(resolution: str, calendar: TradingCalendar, last: int | None) -> date | None:
    ends = _ends(resolution, calendar, 0 if last is None else max(0, last - 40), last)
    return ends[-1] if ends else None


def _missing(
    resolution: str, calendar: TradingCalendar, reached: date | None, last: int | None
) -> tuple[date, ...]:
    if last is None:
        return ()
    first = 0
    if reached is not None:
        try:
            first = calendar.session_index(reached, direction="previous") + 1
        except SessionOutOfRange:
            first = 0
    return tuple(_ends(resolution, calendar, first, last))


def _ends(resolution: str, calendar: TradingCalendar, first: int, last: int | None) -> list[date]:
    """The sessions from one to another that end a bar."""
    if last is None:
        return []
    days = [calendar.session_date(index) for index in range(first, last + 1)]
    if resolution not in {"1w", "1mo"}:
        return days
    following = [
        calendar.session_date(index) if index < len(calendar) else None
        for index in range(first + 1, last + 2)
    ]
    return [
        day
        for day, after in zip(days, following, strict=True)
        if after is not None and _period(resolution, day) != _period(resolution, after)
    ]


def _period(resolution: str, day: date) -> tuple[int, int]:
    return day.isocalendar()[:2] if resolution == "1w" else (day.year, day.month)
