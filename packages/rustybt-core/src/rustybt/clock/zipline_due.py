"""When scheduled functions run by the rules of zipline."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from rustybt.calendars.times import NANOS_PER_DAY
from rustybt.calendars.trading_calendar import BoolArray, Int64Array
from rustybt.clock.axis import BarAxis
from rustybt.clock.date_rules import EveryDay
from rustybt.clock.entry import NO_BARS, Entry
from rustybt.clock.time_rules import EveryMinute


class ZiplineDue:
    """A function runs at a bar that ends exactly at a moment of its rule, once in 24 hours.

    On daily bars every moment is that of the bar. The 24 hours begin with the first bar of the
    function and, when they are over, with the next bar there is, whether the function ran or not.
    So a function that runs every day misses a day whose bar comes early: on daily bars an early
    close.
    """

    def __init__(self, axis: BarAxis) -> None:
        self._axis = axis
        self._windows: dict[int, _Windows] = {}

    def bars(self, entry: Entry, session: int) -> Int64Array:
        """The bars of a session at which a function runs, ascending."""
        matches = self._matches(entry, session)
        if not len(matches):
            return matches
        open_window, starts = self._windows_of(entry).of(session)
        if len(matches) == 1:
            again = bisect_right(starts, matches[0]) == 0
            is_over = again and self._matched_between(entry, open_window, session)
            return NO_BARS if is_over else matches
        windows = np.searchsorted(starts, matches, side="right")
        firsts = matches[np.diff(windows, prepend=-1) > 0]
        if windows[0] == 0 and self._matched_between(entry, open_window, session):
            return firsts[1:]
        return firsts

    def _windows_of(self, entry: Entry) -> _Windows:
        if entry.first_bar not in self._windows:
            self._windows[entry.first_bar] = _Windows(self._axis, entry.first_bar)
        return self._windows[entry.first_bar]

    def _matched_between(self, entry: Entry, bar: int, session: int) -> bool:
        """Whether the rule has matched at ``bar`` or later, before this session."""
        earlier = range(self._axis.session_of(bar), session)
        return any(np.any(self._matches(entry, number) >= bar) for number in earlier)

    def _matches(self, entry: Entry, session: int) -> Int64Array:
        """The bars at which the rule holds, before it is limited to one a day."""
        first, stop = self._axis.session_bounds(session)
        first = max(first, entry.first_bar)
        if first >= stop:
            return NO_BARS
        labels = self._axis.labels(first, stop)
        rule = entry.function.time_rule
        timed = self._axis.resolution.is_intraday or entry.function.misplaced
        if rule is None or isinstance(rule, EveryMinute) or not timed:
            if entry.function.calendar is self._axis.calendar:
                return np.arange(first, stop) if entry.selected[session] else NO_BARS
            held = self._selected(entry, labels)
        else:
            bounds = int(labels[0]) - 1, int(labels[-1])
            moments = entry.moments(rule, self._axis.calendar, session, *bounds)
            held = np.isin(labels, moments)
        return first + np.flatnonzero(held)

    def _selected(self, entry: Entry, labels: Int64Array) -> BoolArray:
        """For every label, whether another calendar selects the session that it is in.

        A label between sessions counts for the next one where every day is selected.
        """
        calendar = entry.function.calendar
        following = np.searchsorted(calendar.closes, labels, side="left")
        known = following < len(calendar)
        if not isinstance(entry.function.date_rule, EveryDay):
            known &= calendar.minutes_to_sessions(labels) >= 0
        return known & entry.selected[np.where(known, following, 0)]


class _Windows:
    """The bars at which spells of 24 hours begin, counted from the first bar of a function."""

    def __init__(self, axis: BarAxis, first_bar: int) -> None:
        self._axis = axis
        self._next_session = axis.session_of(first_bar)
        self._open_window = first_bar
        self._over_at = axis.label(first_bar)
        self._known: dict[int, tuple[int, list[int]]] = {}

    def of(self, session: int) -> tuple[int, list[int]]:
        """The spell that runs when a session begins, and those that begin in it."""
        while self._next_session <= session:
            before, starts = self._open_window, self._starts(self._next_session)
            self._known[self._next_session] = before, starts
            self._next_session += 1
        return self._known[session]

    def _starts(self, session: int) -> list[int]:
        first, stop = self._axis.session_bounds(session)
        if stop - first == 1:
            return self._start_at(first)
        labels = self._axis.labels(first, stop)
        starts = []
        while (place := bisect_left(labels, self._over_at)) < len(labels):
            self._open_window = first + place
            self._over_at = int(labels[place]) + NANOS_PER_DAY
            starts.append(self._open_window)
        return starts

    def _start_at(self, bar: int) -> list[int]:
        """The same for the only bar of a session."""
        label = self._axis.label(bar)
        if label < self._over_at:
            return []
        self._open_window, self._over_at = bar, label + NANOS_PER_DAY
        return [bar]
