"""Where the labels of a reader's bars fall on the bar axis of a run."""

from typing import NamedTuple

import numpy as np

from rustybt.clock.axis import BarAxis
from rustybt.data.coefficients import IntArray


class RowGrid(NamedTuple):
    """Consecutive bars of an axis as half-open intervals of a reader's labels.

    Row `i` holds what is labelled ``starts[i] < label <= ends[i]``; intervals never overlap.

    Attributes:
        starts: Where each row begins, excluded.
        ends: Where it ends, included.
    """

    starts: IntArray
    ends: IntArray

    def rows_of(self, labels: IntArray) -> IntArray:
        """For every label the row that holds it, -1 where none does."""
        rows = np.searchsorted(self.ends, labels, side="left")
        held = rows < len(self.ends)
        held[held] = labels[held] > self.starts[rows[held]]
        return np.where(held, rows, -1)


def row_grid(axis: BarAxis, first: int, stop: int, *, intraday: bool) -> RowGrid:
    """The bars ``first <= bar < stop`` of an axis, in the labels of a reader.

    Args:
        axis: Of the run.
        first: The first bar.
        stop: The bar after the last.
        intraday: Whether the reader labels bars by instants (ns) or by sessions (days).
    """
    calendar = axis.calendar
    sessions = sessions_of(axis, first, stop)
    if not intraday:
        days = calendar.sessions[sessions]
        return RowGrid(days - 1, days)
    labels = axis.labels(first, stop)
    opens = calendar.opens[sessions]
    length = axis.resolution.nanoseconds
    if length is None:
        return RowGrid(opens, labels)
    starts = np.maximum(labels - length, opens)
    starts[1:] = np.maximum(starts[1:], labels[:-1])
    return RowGrid(starts, labels)


def sessions_of(axis: BarAxis, first: int, stop: int) -> IntArray:
    """The session index of the bars ``first <= bar < stop``."""
    if not axis.resolution.is_intraday:
        return np.arange(first, stop)
    sessions = np.arange(axis.session_of(first), axis.session_of(stop - 1) + 1)
    bounds = np.array([axis.session_bounds(session) for session in sessions.tolist()])
    bars = np.minimum(bounds[:, 1], stop) - np.maximum(bounds[:, 0], first)
    return np.repeat(sessions, bars)
