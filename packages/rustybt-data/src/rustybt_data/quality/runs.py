"""Layer 4, third part: runs of bars that say nothing new."""

import numpy as np

from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.rows import BoolArray, IntArray, Rows, shifted
from rustybt_data.quality.rules import Rule, RuleSet


class Runs:
    """The rules about equal bars in a row; keeps the last bar and the lengths of its runs.

    A run is found once, in the row in which it is long enough.

    Args:
        rules: The rules.
    """

    def __init__(self, rules: RuleSet) -> None:
        self._bars = rules["stale_bars"]
        self._closes = rules["stale_closes"]
        self._silent = rules["zero_volume"]
        self._last: Rows | None = None
        self._lengths = {"stale_bars": 0, "stale_closes": 0, "zero_volume": 1}

    def feed(self, rows: Rows, found: Findings) -> None:
        """Check some bars."""
        if not len(rows):
            return
        if self._last is not None:
            self._last = self._last.like(rows)
        traded = rows.volume > 0
        closes = traded & self._same(rows, "close")
        bars = closes.copy()
        for field in BAR_FIELDS:
            if field != "close":
                bars &= self._same(rows, field)
        self._report(self._bars, bars, rows, found, "equal bars with volume", 0)
        self._report(self._closes, closes, rows, found, "equal closes with volume", 0)
        self._report(self._silent, rows.volume == 0, rows, found, "bars without volume", 1)
        self._last = rows.last

    def _same(self, rows: Rows, field: str) -> BoolArray:
        values = rows.coefficients(field)
        if self._last is None:
            same: BoolArray = values == shifted(values, 0)
            same[0] = False
        else:
            same = values == shifted(values, self._last.coefficients(field)[0])
        return same

    def _report(
        self,
        rule: Rule,
        goes_on: BoolArray,
        rows: Rows,
        found: Findings,
        what: str,
        head: int,
    ) -> None:
        if not rule.is_on:
            return
        lengths = run_lengths(goes_on, self._lengths[rule.name])
        self._lengths[rule.name] = int(lengths[-1])
        least = rule.count("least")
        reached = goes_on & (lengths - head == least)
        if reached.any():
            column = "volume" if head else "close"
            found.add(rule, rows.take(reached), column, f"{least} {what} in a row end here")


def run_lengths(goes_on: BoolArray, before: int) -> IntArray:
    """For each row the length of the run that it belongs to, up to it.

    Args:
        goes_on: Whether a row continues the run of the one before; others begin a run.
        before: Length of the run of the row before the first.
    """
    place = np.arange(len(goes_on))
    start = np.maximum.accumulate(np.where(goes_on, -before, place))
    lengths: IntArray = place - start + 1
    return lengths
