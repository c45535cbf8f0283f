"""Layer 4, fourth part: what is not there."""

import numpy as np

from rustybt_data.quality.axis import IntradayAxis, SessionAxis
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.rows import IntArray, Rows, places, shifted
from rustybt_data.quality.rules import RuleSet


class Gaps:
    """The rules about missing bars; keeps the last bar and how many its session has.

    Sessions that are missing are found at the bar that comes after, and so are bars. How complete
    a session is, is told at its last bar once the next one has begun; the first and the last
    session are not judged, since data may begin and end inside them.

    Args:
        rules: The rules.
        axis: The labels of the resolution.
    """

    def __init__(self, rules: RuleSet, axis: SessionAxis | IntradayAxis) -> None:
        self._axis = axis
        self._sessions = rules["missing_sessions"]
        self._bars = rules["missing_bars"]
        self._share = rules["missing_share"]
        self._last: Rows | None = None
        self._count = 0
        self._is_first = True

    def feed(self, rows: Rows, found: Findings) -> None:
        """Check some bars, each with a label of its own, in order."""
        if not len(rows):
            return
        last, fresh = self._last, rows
        if last is None:
            last, fresh = rows.take(slice(0, 1)), rows.take(slice(1, None))
        if len(fresh):
            was = shifted(fresh.session, last.session[0]).astype(np.int64)
            self._find_sessions(fresh, was, found)
            if isinstance(self._axis, IntradayAxis):
                before = shifted(fresh.at, last.at[0]).astype(np.int64)
                self._find_bars(self._axis, fresh, before, was, found)
        if isinstance(self._axis, IntradayAxis) and self._share.is_on:
            self._judge_sessions(self._axis, rows, found)
        self._last = rows.last

    def _find_sessions(self, rows: Rows, was: IntArray, found: Findings) -> None:
        if not self._sessions.is_on:
            return
        missing = rows.session - was - 1
        wide = missing >= self._sessions.count("least")
        if not wide.any():
            return
        name = self._axis.name
        reasons = [
            f"no sound bar from {name(int(was[place]) + 1)} to {name(int(rows.session[place]) - 1)}"
            for place in places(wide)
        ]
        self._add(self._sessions.name, rows.take(wide), missing[wide], reasons, found)

    def _find_bars(
        self, axis: IntradayAxis, rows: Rows, before: IntArray, was: IntArray, found: Findings
    ) -> None:
        if not self._bars.is_on:
            return
        missing = axis.missing(before, rows.at, was, rows.session)
        wide = missing >= self._bars.count("least")
        if wide.any():
            reasons = [f"{count} bars are missing before it" for count in missing[wide].tolist()]
            self._add(self._bars.name, rows.take(wide), missing[wide], reasons, found)

    def _judge_sessions(self, axis: IntradayAxis, rows: Rows, found: Findings) -> None:
        joined = rows if self._last is None else _joined(self._last, rows)
        ends = np.flatnonzero(joined.session[1:] != joined.session[:-1])
        if not len(ends):
            self._count += len(rows)
            return
        counts = np.diff(ends, prepend=-1)
        counts[0] += self._count - (self._last is not None)
        self._count = len(joined) - 1 - int(ends[-1])
        if self._is_first:
            self._is_first = False
            ends, counts = ends[1:], counts[1:]
        expected = axis.expected(joined.session[ends])
        wide = expected - counts > self._share.number("over") * expected
        if wide.any():
            reasons = [
                f"the session has {count} of {of} bars"
                for count, of in zip(counts[wide].tolist(), expected[wide].tolist(), strict=True)
            ]
            self._add(self._share.name, joined.take(ends[wide]), counts[wide], reasons, found)

    def _add(
        self, name: str, rows: Rows, values: IntArray, reasons: list[str], found: Findings
    ) -> None:
        rule = {rule.name: rule for rule in (self._sessions, self._bars, self._share)}[name]
        found.add(rule, rows, "at", reasons, values=[str(value) for value in values.tolist()])


def _joined(first: Rows, second: Rows) -> Rows:
    names = ("row", "at", "session", "open", "high", "low", "close", "volume")
    return Rows(
        **{name: np.concatenate((getattr(first, name), getattr(second, name))) for name in names},
        price_scale=second.price_scale,
        volume_scale=second.volume_scale,
    )
