"""The scheduled functions of a run."""

from __future__ import annotations

from rustybt.clock.axis import BarAxis
from rustybt.clock.entry import Entry
from rustybt.clock.scheduled import Callback, ScheduledFunction
from rustybt.clock.standard_due import StandardDue
from rustybt.clock.time_rules import Cron
from rustybt.clock.zipline_due import ZiplineDue


class Schedule:
    """Tells which functions run at which bars of a session.

    Args:
        axis: The bars of the run.
        first_bar: The first bar of the run.
        once_per_day: Follow `ZiplineDue` instead of `StandardDue`, except for `cron`, which
            zipline does not have.
    """

    def __init__(self, axis: BarAxis, *, first_bar: int = 0, once_per_day: bool = False) -> None:
        self._calendar = axis.calendar
        self._first_bar = first_bar
        self._standard = StandardDue(axis)
        self._zipline = ZiplineDue(axis) if once_per_day else None
        self._entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, function: ScheduledFunction, *, from_bar: int | None = None) -> int:
        """Register a function and return its number; numbers ascend from 0.

        Args:
            function: What runs when.
            from_bar: The first bar at which it may run, that of the run unless given.
        """
        first_bar = self._first_bar if from_bar is None else from_bar
        self._entries.append(Entry(function, first_bar))
        return len(self._entries) - 1

    def callback(self, number: int) -> Callback:
        """What to call for a number."""
        return self._entries[number].function.func

    def due(self, session: int) -> list[tuple[int, int]]:
        """The bars of a session with the numbers of the functions that run at them.

        Ascending by bar, then in order of registration.
        """
        due = [
            (bar, number)
            for number, entry in enumerate(self._entries)
            if entry.may_run_in(session, self._calendar)
            for bar in self._due(entry).bars(entry, session).tolist()
        ]
        return sorted(due)

    def _due(self, entry: Entry) -> StandardDue | ZiplineDue:
        if self._zipline is None or isinstance(entry.function.time_rule, Cron):
            return self._standard
        return self._zipline
