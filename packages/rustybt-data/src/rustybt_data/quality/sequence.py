"""Layer 4, second part: order and duplicates."""

import numpy as np

from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.predicates import is_out_of_order, is_repeated
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.rows import BoolArray, IntArray, Rows
from rustybt_data.quality.rules import RuleSet


class Sequence:
    """The rules about a label and the newest one before; keeps that bar.

    A row below a later one, and a second row of a label, take no part in what comes after,
    whatever their outcome.

    Args:
        rules: The rules.
        hindsight: Whether of two bars that disagree both are found, and not only the second, and
            rows out of order take part where they belong.
    """

    def __init__(self, rules: RuleSet, *, hindsight: bool) -> None:
        self._order = rules["order"]
        self._duplicate = rules["duplicate"]
        self._conflict = rules["conflict"]
        self._hindsight = hindsight
        self._newest: Rows | None = None

    def feed(self, rows: Rows, found: Findings) -> Rows:
        """Check some bars; those with a label that is not new are left out of what is returned."""
        if not len(rows):
            return rows
        if self._hindsight:
            late = rows.at < np.maximum.accumulate(rows.at)
            if late.any():
                self._late(rows.take(late), np.maximum.accumulate(rows.at)[late], found)
                rows = rows.take(np.argsort(rows.at, kind="stable"))
        newest = self._newest
        if newest is not None:
            newest = self._newest = newest.like(rows)
        first = rows.at[0] - 1 if newest is None else newest.at[0]
        before = np.maximum.accumulate(np.concatenate(([first], rows.at)))[:-1]
        late, again = is_out_of_order(rows.at, before), is_repeated(rows.at, before)
        fresh = ~late & ~again
        if late.any():
            self._late(rows.take(late), before[late], found)
        if again.any():
            self._repeated(rows, again, fresh, found)
        if fresh.all():
            self._newest = rows.last
            return rows
        kept = rows.take(fresh)
        if len(kept):
            self._newest = kept.last
        return kept

    def _late(self, rows: Rows, above: IntArray, found: Findings) -> None:
        if self._order.is_on:
            reasons = [f"it is below the row of {found.label_text(at)}" for at in above.tolist()]
            found.add(self._order, rows, "at", reasons)

    def _repeated(self, rows: Rows, again: BoolArray, fresh: BoolArray, found: Findings) -> None:
        origin = np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), -1))[again]
        repeats = rows.take(again)
        same = np.ones(len(repeats), np.bool_)
        for field in BAR_FIELDS:
            same &= repeats.coefficients(field) == self._of(rows, origin, field)
        if same.any() and self._duplicate.is_on:
            found.add(self._duplicate, repeats.take(same), "at", "the bar is there twice")
        if same.all() or not self._conflict.is_on:
            return
        reason = "another bar has the same label"
        found.add(self._conflict, repeats.take(~same), "at", reason)
        if self._hindsight:
            found.add(self._conflict, rows.take(np.unique(origin[~same])), "at", reason)

    def _of(self, rows: Rows, origin: IntArray, field: str) -> IntArray:
        """A field of the bars that had the labels first."""
        values = rows.coefficients(field)[origin]
        if self._newest is not None:
            values = np.where(origin < 0, self._newest.coefficients(field)[0], values)
        return values
