"""Layer 4, first part: labels that no bar can have."""

from collections.abc import Iterator

import numpy as np

from rustybt_data.quality.axis import Axis
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.rows import BoolArray, Rows
from rustybt_data.quality.rules import Rule, RuleSet


class Hours:
    """The rules about a label alone; nothing is kept from bar to bar.

    Args:
        rules: The rules.
        axis: The labels of the resolution.
    """

    def __init__(self, rules: RuleSet, axis: Axis) -> None:
        self._axis = axis
        self._future = rules["future"]
        self._closed = rules["outside_hours"]
        self._early = rules["after_early_close"]
        self._paused = rules["in_break"]
        self._off_grid = rules["off_grid"]

    def feed(self, rows: Rows, found: Findings, *, now: int | None) -> Rows:
        """Check some bars; those that a rule stops are left out of what is returned.

        Args:
            rows: The bars.
            found: Where findings go.
            now: No label lies after it; None where that is not asked.
        """
        keep = np.ones(len(rows), np.bool_)
        for rule, broken, reason in self._broken(rows, now):
            if rule.is_on and broken.any():
                found.add(rule, rows.take(broken), "at", reason)
                if rule.stops:
                    keep &= ~broken
        return rows if keep.all() else rows.take(keep)

    def _broken(self, rows: Rows, now: int | None) -> Iterator[tuple[Rule, BoolArray, str]]:
        if now is not None:
            yield self._future, rows.at > now, "the label lies in the future"
        places = self._axis.places(rows.at, rows.session)
        early = places.early & self._early.is_on
        yield self._closed, places.closed & ~early, "the market is closed then"
        yield self._early, early, "the session had closed early"
        yield self._paused, places.paused, "the session pauses then"
        yield self._off_grid, places.off_grid, "no bar of this resolution ends then"
