"""Whether an asset's venue trades at a moment of a run."""

import numpy as np

from rustybt.assets import Asset
from rustybt.calendars import TradingCalendar, get_calendar
from rustybt.errors import InvalidCalendarName


class Venues:
    """Opening hours of venues whose calendar is not that of the run.

    A venue without a calendar of its own keeps the run's hours; crypto venues never close.

    Args:
        calendar: The run's.
    """

    def __init__(self, calendar: TradingCalendar) -> None:
        self._calendar = calendar
        self._others: dict[str, TradingCalendar | None] = {}

    def trades_today(self, asset: Asset, session: int) -> bool:
        """Whether the venue has a session on the day of a session of the run."""
        other = self._other(asset)
        if other is None:
            return True
        day = self._calendar.sessions[session]
        place = int(np.searchsorted(other.sessions, day))
        return place < len(other) and bool(other.sessions[place] == day)

    def is_open(self, asset: Asset, at: int) -> bool:
        """Whether `at` is the label of one of the venue's trading minutes."""
        other = self._other(asset)
        return other is None or other.is_open_at(at)

    def _other(self, asset: Asset) -> TradingCalendar | None:
        if asset.asset_class in ("crypto", "forex"):
            return None
        name = asset.exchange
        if name not in self._others:
            self._others[name] = self._look_up(name)
        return self._others[name]

    def _look_up(self, name: str) -> TradingCalendar | None:
        try:
            calendar = get_calendar(name)
        except InvalidCalendarName:
            return None
        return None if _same_hours(calendar, self._calendar) else calendar


def _same_hours(one: TradingCalendar, other: TradingCalendar) -> bool:
    """Whether two calendars close at the same times, for breaks too.

    The hours of zipline's clock have no breaks: there a venue with breaks stays one of its own.
    """
    return np.array_equal(one.closes, other.closes) and np.array_equal(
        one.break_starts, other.break_starts
    )
