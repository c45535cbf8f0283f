"""Which bars are asked for."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Self

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, from_day, from_ns, to_day
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt_data.adapters.options import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A range of time as bars of one length see it.

    For bars of a day and longer it is sessions, both ends included. For shorter ones it is the
    half-open instants ``[start, end)``: bars that begin at `start` or later and end at `end` or
    earlier, so labels with ``start < label <= end``.

    Attributes:
        resolution: Length of a bar.
        start: A date, or a datetime in UTC.
        end: Of the same kind.

    Raises:
        InvalidArgument: It holds nothing.
    """

    resolution: Resolution
    start: Edge
    end: Edge

    def __post_init__(self) -> None:
        empty = self.start >= self.end if self.resolution.is_intraday else self.start > self.end
        if empty:
            raise InvalidArgument(
                field="start and end",
                value=f"{self.start} and {self.end}",
                reason="there is no session between them that has begun; give an earlier start",
            )

    @classmethod
    def of(
        cls,
        start: Edge,
        end: Edge | None,
        resolution: Resolution,
        calendar: TradingCalendar,
        *,
        now_ns: int,
    ) -> Self:
        """The window of any two ends.

        Args:
            start: A date means a session. Where bars are shorter than a day it stands for the
                open of the first session from it on.
            end: A date stands for the close of the last session up to it; None is now.
            resolution: Length of a bar.
            calendar: Its sessions count.
            now_ns: The time of day; what lies after it is cut off.

        Raises:
            InvalidArgument: There is no session between the ends, or they are the wrong way round.
        """
        first, last = _day(start), _now_day(calendar, now_ns) if end is None else _day(end)
        first = max(first, int(calendar.sessions[0]))
        last = min(last, int(calendar.sessions[-1]), _now_day(calendar, now_ns))
        if not resolution.is_intraday:
            return cls(resolution=resolution, start=from_day(first), end=from_day(last))
        opening, closing = from_ns(now_ns), from_ns(now_ns)
        if not isinstance(start, datetime):
            index = calendar.session_index(first, direction="next")
            opening = from_ns(calendar.session_open(index))
        if end is not None and not isinstance(end, datetime):
            index = calendar.session_index(last, direction="previous")
            closing = from_ns(calendar.session_close(index))
        left = _utc(start) if isinstance(start, datetime) else opening
        right = _utc(end) if isinstance(end, datetime) else closing
        return cls(resolution=resolution, start=left, end=min(right, from_ns(now_ns)))

    def after(self, label: Edge) -> Self | None:
        """What is left of the window after a bar; None where nothing is."""
        if self.resolution.is_intraday:
            assert isinstance(label, datetime), "short bars are labelled by instants"
            start: Edge = max(self.start, _utc(label))
            return replace(self, start=start) if start < self.end else None
        start = max(self.start, from_day(_day(label) + 1))
        return replace(self, start=start) if start <= self.end else None

    def holds(self, label: pl.Expr) -> pl.Expr:
        """Whether labels lie within it."""
        after = (
            label > pl.lit(self.start)
            if self.resolution.is_intraday
            else label >= pl.lit(self.start)
        )
        return after & (label <= pl.lit(self.end))

    @property
    def fetch_start(self) -> Edge:
        """Where its first bar begins: for a week or a month before `start`, which is in it."""
        unit = str(self.resolution)
        if unit == "1w":
            return from_day(_day(self.start) - self.start.weekday())
        return self.start.replace(day=1) if unit == "1mo" else self.start


def last_sessions(days: pl.Series, resolution: Resolution, calendar: TradingCalendar) -> pl.Series:
    """For days the last session of the week (Monday to Sunday) or month that they are in.

    Args:
        days: Dates.
        resolution: ``1w`` or ``1mo``; with ``1d`` the days stay what they are.
        calendar: Its sessions count. A period without one keeps its last day.
    """
    unit = str(resolution)
    if unit == "1d" or days.is_empty():
        return days
    ends = days.dt.truncate(unit).dt.offset_by(unit).dt.offset_by("-1d")
    numbers = ends.to_physical().cast(pl.Int64).to_numpy()
    found = np.searchsorted(calendar.sessions, numbers, side="right") - 1
    sessions = calendar.sessions[np.maximum(found, 0)]
    begins = days.dt.truncate(unit).to_physical().cast(pl.Int64).to_numpy()
    chosen = np.where(sessions >= begins, sessions, numbers)
    return pl.Series(days.name, chosen).cast(pl.Int32).cast(pl.Date)


def is_complete(labels: pl.Series, calendar: TradingCalendar, *, now_ns: int) -> pl.Series:
    """Whether bars have ended: their instant is past, or their session has closed.

    A day that is no session of the calendar has ended with the day in UTC.
    """
    if labels.dtype != pl.Date:
        return labels.to_physical() <= now_ns
    days = labels.to_physical().cast(pl.Int64).to_numpy()
    found = np.clip(np.searchsorted(calendar.sessions, days), 0, len(calendar) - 1)
    is_session = calendar.sessions[found] == days
    ends = np.where(is_session, calendar.closes[found], (days + 1) * 86_400_000_000_000)
    return pl.Series(ends <= now_ns)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _day(edge: date) -> int:
    return to_day(_utc(edge) if isinstance(edge, datetime) else edge)


def _now_day(calendar: TradingCalendar, now_ns: int) -> int:
    """The last session that has begun."""
    index = int(np.searchsorted(calendar.opens, now_ns, side="right")) - 1
    return int(calendar.sessions[max(index, 0)])
