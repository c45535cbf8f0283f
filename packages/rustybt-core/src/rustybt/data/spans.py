"""The stretches of trading time that bars of one length fill.

Bars are counted from the open of a session and again from the end of its break; the last one
before a break and before the close ends there. A bar of a day holds a session, one of a week the
sessions from Monday to Sunday, one of a month those of the month.
"""

from typing import Final, Literal, NamedTuple, Self

import numpy as np

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution, Unit
from rustybt.data.coefficients import MISSING, BoolArray, IntArray

_SPARSE: Final = 4
"""So many labels to a bar, at least, make it cheaper to look for bars among labels."""

_SHORT_RUN: Final = 64
"""Runs of fewer rows in the mean are not worth a look at each of them."""


class Spans(NamedTuple):
    """Which bar holds an instant or a session.

    Attributes:
        begins: Where each stretch of trading begins, excluded.
        ends: Where it ends, included.
        step: Length of a bar in ns, None for bars of a session and longer.
        labels: For bars of a session and longer, the session that labels the bar of a stretch.
    """

    begins: IntArray
    ends: IntArray
    step: int | None
    labels: IntArray

    @classmethod
    def of(cls, calendar: TradingCalendar, resolution: Resolution, *, intraday: bool) -> Self:
        """The bars of a calendar.

        Args:
            calendar: Whose sessions they belong to.
            resolution: How long they are; a session or longer where `intraday` is false.
            intraday: Whether what they are made of is labelled by instants in ns, or by sessions
                in days.
        """
        lasts = _last_sessions(calendar.sessions, resolution.unit)
        if not intraday:
            return cls(calendar.sessions - 1, calendar.sessions, None, lasts)
        paused = calendar.break_starts > 0
        begins = np.concatenate((calendar.opens, calendar.break_ends[paused]))
        order = np.argsort(begins, kind="stable")
        ends = np.concatenate(
            (np.where(paused, calendar.break_starts, calendar.closes), calendar.closes[paused])
        )
        labels = np.concatenate((lasts, lasts[paused]))
        return cls(begins[order], ends[order], resolution.nanoseconds, labels[order])

    def labels_of(self, at: IntArray, *, from_begin: bool = False) -> IntArray:
        """For every label of finer bars or ticks that of the bar which holds it.

        Args:
            at: Labels, in any order.
            from_begin: Whether what is stamped exactly at a begin belongs to the bar that begins
                there: so do ticks (an opening trade), unless another bar ends then.

        Returns:
            Ends in ns, or sessions in days; MISSING outside of all stretches.
        """
        if not len(at):
            return at
        places, inside = self._places(at, from_begin=from_begin)
        if self.step is None:
            return np.where(inside, self.labels[places], MISSING)
        begins = self.begins[places]
        bars = np.maximum((at - begins + (self.step - 1)) // self.step, 1)
        return np.where(inside, np.minimum(begins + bars * self.step, self.ends[places]), MISSING)

    def groups_of(
        self, at: IntArray, runs: IntArray, *, from_begin: bool = False
    ) -> tuple[IntArray, IntArray]:
        """The groups of consecutive rows that one bar holds.

        Args:
            at: Labels, ascending within each run of rows.
            runs: First row of each run, ascending, the first one 0.
            from_begin: As for `labels_of`.

        Returns:
            The first row of each group, and the label of its bar, MISSING for rows outside.
        """
        if len(runs) * _SHORT_RUN > len(at):
            of_rows = self.labels_of(at, from_begin=from_begin)
            changes = np.diff(of_rows, prepend=MISSING) != 0
            changes[runs] = True
            return np.flatnonzero(changes), of_rows[changes]
        if not len(at):
            return at, at
        starts, labels = [], []
        stops = [*runs[1:].tolist(), len(at)]
        for first, stop in zip(runs.tolist(), stops, strict=True):
            found = self._groups_of_run(at[first:stop], from_begin=from_begin)
            starts.append(found[0] + first)
            labels.append(found[1])
        return np.concatenate(starts), np.concatenate(labels)

    def _groups_of_run(self, at: IntArray, *, from_begin: bool) -> tuple[IntArray, IntArray]:
        """Few edges are looked for among many labels, rather than many labels among few edges."""
        low, high = np.searchsorted(self.ends, (at[0], at[-1])).tolist()
        if high < len(self.ends) and self._bars_between(low, high) * _SPARSE < len(at):
            edges, labels, firsts = self._edges(low, high + 1)
            stops = np.searchsorted(at, edges, side="right")
            side: Literal["left", "right"] = "left" if from_begin else "right"
            before = np.searchsorted(at, self.begins[low : high + 1], side=side)
            if (before <= np.append(0, stops[firsts[1:] - 1])).all():
                starts = np.append(0, stops[:-1])
                held = stops > starts
                return _merged(starts[held], labels[held])
        labels = self.labels_of(at, from_begin=from_begin)
        return _merged(np.arange(len(at)), labels)

    def _bars_between(self, low: int, high: int) -> int:
        """How many bars the stretches from `low` to `high` have at most."""
        stretches = high - low + 1
        if self.step is None:
            return stretches
        return stretches + int(self.ends[high] - self.begins[low]) // self.step

    def _edges(self, low: int, stop: int) -> tuple[IntArray, IntArray, IntArray]:
        """Ends and labels of all bars of some stretches, and the first bar of each stretch."""
        begins, ends = self.begins[low:stop], self.ends[low:stop]
        if self.step is None:
            return ends, self.labels[low:stop], np.arange(stop - low)
        counts = -((begins - ends) // self.step)
        firsts = np.cumsum(counts) - counts
        places = np.arange(int(counts.sum())) - np.repeat(firsts, counts)
        edges = np.repeat(begins, counts) + (places + 1) * self.step
        np.minimum(edges, np.repeat(ends, counts), out=edges)
        return edges, edges, firsts

    def straddling(self, at: IntArray, labels: IntArray, length: int) -> BoolArray:
        """Which bars of a shorter length begin before the bar that should hold them.

        A shorter bar may be cut at the begin and at the end of a stretch.

        Args:
            at: Ends of the shorter bars, in ns; each inside a stretch.
            labels: What `labels_of` says of them.
            length: How long they are at most.
        """
        if not len(at):
            return np.zeros(0, np.bool_)
        places, _ = self._places(at, from_begin=False)
        if self.step is None:
            firsts = np.searchsorted(self.labels, self.labels[places], side="left")
            begins = self.begins[firsts]
        else:
            firsts = places
            begins = self.begins[places]
            begins = begins + (labels - 1 - begins) // self.step * self.step
        follows = (firsts > 0) & (self.ends[firsts - 1] == self.begins[firsts])
        cut = (at == self.ends[places]) | ((begins == self.begins[firsts]) & ~follows)
        torn: BoolArray = (at - length < begins) & ~cut
        return torn

    def completed_at(self, labels: IntArray) -> IntArray:
        """When the bars of some labels are complete, in the units of what they are made of."""
        if self.step is not None or not len(labels):
            return labels
        lasts = np.searchsorted(self.labels, labels, side="right") - 1
        return self.ends[lasts]

    def _places(self, at: IntArray, *, from_begin: bool) -> tuple[IntArray, BoolArray]:
        """The stretch that each label lies in, and whether it really does."""
        # Few stretches are searched faster than many.
        low, high = np.searchsorted(self.ends, (at.min(), at.max()))
        ends = self.ends[low : high + 1]
        if not len(ends):
            return np.zeros(len(at), np.int64), np.zeros(len(at), np.bool_)
        places = np.searchsorted(ends, at, side="left")
        np.minimum(places, len(ends) - 1, out=places)
        places += low
        begins = self.begins[places]
        after = at >= begins if from_begin else at > begins
        return places, after & (at <= self.ends[places])


def period_numbers(days: IntArray, unit: Unit) -> IntArray:
    """A number for each day that is the same within a week from Monday to Sunday, or a month."""
    if unit is Unit.WEEK:
        weeks: IntArray = (days + 3) // 7  # 1970-01-01 was a Thursday
        return weeks
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _merged(starts: IntArray, labels: IntArray) -> tuple[IntArray, IntArray]:
    """Groups without those that go on with the label of the one before."""
    changes = np.ones(len(labels), np.bool_)
    np.not_equal(labels[1:], labels[:-1], out=changes[1:])
    return starts[changes], labels[changes]


def _last_sessions(sessions: IntArray, unit: Unit) -> IntArray:
    """For each session the last one of its week or month, or itself."""
    if unit not in (Unit.WEEK, Unit.MONTH):
        return sessions
    numbers = period_numbers(sessions, unit)
    lasts = np.append(np.flatnonzero(np.diff(numbers)), len(sessions) - 1)
    of_each: IntArray = sessions[np.repeat(lasts, np.diff(lasts, prepend=-1))]
    return of_each
