"""Layer 3: prices and volumes that are unlike those before."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from rustybt_data.quality.actions import KnownActions
from rustybt_data.quality.axis import Axis
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.jumps import JumpWatch, Step, Verdict
from rustybt_data.quality.robust import RollingScale, logarithms
from rustybt_data.quality.rows import BoolArray, FloatArray, Rows, shifted
from rustybt_data.quality.rules import Rule, RuleSet


def graded(rule: Rule, z: float) -> str:
    """The outcome of so many standard deviations; "" for none."""
    limit = rule.number("quarantine_over")
    if limit and z > limit:
        return rule.outcome
    return "flag" if z > rule.number("flag_over") else ""


class PriceOutliers:
    """The rules about moves of prices; keeps the last bar and the moves that others are judged by.

    A move is the close against the one before it, on the scale of this bar's shares, in shares of
    the smaller of the two and over the square root of the bars that lie in between. Moves over a
    time in which the market was closed are judged by their own kind.

    Args:
        rules: The rules.
        axis: The labels of the resolution.
        known: Corporate actions.
        hindsight: Whether moves are judged by what comes after as well.
    """

    def __init__(self, rules: RuleSet, axis: Axis, known: KnownActions, *, hindsight: bool) -> None:
        self._rules = rules
        self._move = rules["return_outlier"]
        self._wick = rules["wick_outlier"]
        self._axis = axis
        self._known = known
        self._hindsight = hindsight
        self._last: Rows | None = None
        move = self._move
        self._inside = _scale(move, move.count("window"), move.count("history"))
        self._opening = RollingScale(
            window=move.count("opening_window"),
            refresh=1,
            history=move.count("opening_history"),
            floor=move.number("floor"),
        )
        self._watch = JumpWatch(
            persist=rules["spike"].count("persist"),
            reverts=rules["spike"].number("reverts"),
            tolerance=rules["split_suspected"].number("tolerance"),
            shift_over=move.number("quarantine_over"),
            hindsight=hindsight,
        )

    def feed(self, rows: Rows, found: Findings) -> None:
        """Check some bars, each with a label of its own, in order."""
        last = self._last
        if last is None:
            if not len(rows):
                return
            last, rows = rows.take(slice(0, 1)), rows.take(slice(1, None))
        if len(rows):
            self._judge(last, rows, found)
            last = rows.last
        self._last = last

    def finish(self, found: Findings) -> None:
        """The data end here."""
        if self._hindsight:
            self._report(self._watch.interrupt(), found, self._last)

    def _judge(self, last: Rows, rows: Rows, found: Findings) -> None:
        closes = rows.floats("close")
        before = shifted(closes, last.floats("close")[0]).astype(np.float64)
        base, notes = self._bases(last, rows, before)
        bars, apart = self._axis.elapsed(
            shifted(rows.at, last.at[0]).astype(np.int64),
            rows.at,
            shifted(rows.session, last.session[0]).astype(np.int64),
            rows.session,
        )
        root = np.sqrt(bars.astype(np.float64))
        moves = relatives(closes, base)
        medians, spreads = self._scales(moves / root, apart)
        with np.errstate(invalid="ignore"):
            z = (moves / root - medians) / spreads
            jumps = (np.abs(z) > self._move.number("flag_over")) & (
                np.abs(moves) >= self._move.number("least_move")
            )
        verdicts = self._follow(rows, closes, before, base, z, jumps)
        self._report(verdicts, found, rows, notes)
        if self._wick.is_on:
            self._find_wicks(rows, closes, base, spreads * root, found)

    def _bases(
        self, last: Rows, rows: Rows, before: FloatArray
    ) -> tuple[FloatArray, dict[int, str]]:
        """The closes before on the scale of each bar; NaN where that cannot be said."""
        days = self._axis.days(np.concatenate((last.session, rows.session)))
        base, notes = before.copy(), {}
        for place, actions in self._known.between(days[:-1], days[1:]):
            for action in actions:
                lost = math.nan if action.unknown else action.amount
                base[place] = base[place] * action.factor - lost
                if action.text:
                    notes[int(rows.row[place])] = action.text
        return base, notes

    def _scales(self, moves: FloatArray, apart: BoolArray) -> tuple[FloatArray, FloatArray]:
        medians, spreads = np.full(len(moves), np.nan), np.full(len(moves), np.nan)
        known = ~np.isnan(moves)
        for scale, which in ((self._inside, known & ~apart), (self._opening, known & apart)):
            judge = scale.whole if self._hindsight else scale.feed
            medians[which], spreads[which] = judge(moves[which])
        return medians, spreads

    def _follow(
        self,
        rows: Rows,
        closes: FloatArray,
        before: FloatArray,
        base: FloatArray,
        z: FloatArray,
        jumps: BoolArray,
    ) -> list[Verdict]:
        """Hand the watch the bars that it has to see: from each jump until it is decided."""
        verdicts: list[Verdict] = []
        opens = rows.floats("open")
        starts = iter(np.flatnonzero(jumps).tolist())
        place, count = 0, len(rows)
        while True:
            if self._watch.is_idle:
                place = next((start for start in starts if start >= place), count)
            if place >= count:
                return verdicts
            if math.isnan(base[place]):
                verdicts += self._watch.interrupt()
            else:
                factor = base[place] / before[place] if before[place] else 1.0
                step = Step(
                    row=int(rows.row[place]),
                    at=int(rows.at[place]),
                    coefficient=int(rows.close[place]),
                    close=float(closes[place]),
                    opened=float(opens[place]),
                    base=float(base[place]),
                    factor=float(factor),
                    z=float(z[place]),
                    jumps=bool(jumps[place]),
                )
                verdicts += self._watch.step(step)
            place += 1

    def _report(
        self,
        verdicts: Iterable[Verdict],
        found: Findings,
        like: Rows | None,
        notes: dict[int, str] | None = None,
    ) -> None:
        for fate, step, z, detail in verdicts:
            rule = self._rules["return_outlier" if fate == "jump" else fate]
            outcome = rule.outcome
            if fate in {"jump", "spike"} and rule.is_on:
                grade = graded(self._move, abs(z))
                outcome = "flag" if grade == "flag" else rule.outcome
            if not rule.is_on:
                continue
            assert like is not None, "a verdict is about a bar that was seen"
            note = (notes or {}).get(step.row, "")
            row = _row_of(step, like)
            found.add(rule, row, "close", [_reason(fate, z, detail, note)], outcome=outcome)

    def _find_wicks(
        self,
        rows: Rows,
        closes: FloatArray,
        base: FloatArray,
        spreads: FloatArray,
        found: Findings,
    ) -> None:
        with np.errstate(invalid="ignore"):
            up = relatives(rows.floats("high"), np.maximum(base, closes))
            down = -relatives(rows.floats("low"), np.minimum(base, closes))
            for field, moves in (("high", up), ("low", down)):
                z = moves / spreads
                wide = (z > self._wick.number("flag_over")) & (
                    moves >= self._move.number("least_move")
                )
                for place in np.flatnonzero(wide).tolist():
                    self._add_wick(
                        rows.take(slice(place, place + 1)), field, float(z[place]), found
                    )

    def _add_wick(self, row: Rows, field: str, z: float, found: Findings) -> None:
        reason = f"it lies {z:.1f} robust standard deviations outside the closes before and after"
        extreme = row.coefficients(field)[0]
        column = "open" if row.open[0] == extreme else field
        found.add(self._wick, row, column, [reason], outcome=graded(self._wick, z))


class VolumeOutliers:
    """The rule about volumes; keeps those that others are judged by.

    Args:
        rules: The rules.
        hindsight: Whether volumes are judged by what comes after as well.
    """

    def __init__(self, rules: RuleSet, *, hindsight: bool) -> None:
        self._rule = rules["volume_outlier"]
        self._hindsight = hindsight
        self._scale = _scale(self._rule, self._rule.count("window"), self._rule.count("history"))

    def feed(self, rows: Rows, found: Findings) -> None:
        """Check some bars; those without volume are neither judged nor judged by."""
        traded = rows.volume > 0
        if not self._rule.is_on or not traded.any():
            return
        some = rows if traded.all() else rows.take(traded)
        sizes = logarithms(some.floats("volume"))
        medians, spreads = (self._scale.whole if self._hindsight else self._scale.feed)(sizes)
        least = logarithms(np.array([max(self._rule.number("least_times"), 1.0)]))[0]
        with np.errstate(invalid="ignore"):
            z = (sizes - medians) / spreads
            wide = (z > self._rule.number("flag_over")) & (sizes - medians >= least)
        for place in np.flatnonzero(wide).tolist():
            times = 2.0 ** float(sizes[place] - medians[place])
            reason = (
                f"about {times:.0f} times the usual volume, {z[place]:.1f} robust standard "
                "deviations of its logarithm"
            )
            row = some.take(slice(place, place + 1))
            outcome = graded(self._rule, float(z[place]))
            found.add(self._rule, row, "volume", [reason], outcome=outcome)


def relatives(prices: FloatArray, base: FloatArray) -> FloatArray:
    """`rustybt_data.quality.jumps.relative` of each pair."""
    least = np.minimum(prices, base)
    part = np.where(least > 0, least, np.maximum(np.abs(prices), np.abs(base)))
    part[part == 0] = 1.0
    moves: FloatArray = (prices - base) / part
    return moves


def _scale(rule: Rule, window: int, history: int) -> RollingScale:
    return RollingScale(
        window=window,
        refresh=rule.count("refresh"),
        history=history,
        floor=rule.number("floor"),
    )


def _row_of(step: Step, like: Rows) -> Rows:
    """The bar of a step; only its place, label and close are looked at."""
    one = like.take(slice(0, 1))
    values = np.array([step.coefficient])
    return Rows(
        row=np.array([step.row]),
        at=np.array([step.at]),
        session=one.session,
        open=values,
        high=values,
        low=values,
        close=values,
        volume=one.volume,
        price_scale=like.price_scale,
        volume_scale=like.volume_scale,
    )


def _reason(fate: str, z: float, detail: str, note: str) -> str:
    deviations = f"{abs(z):.1f} robust standard deviations"
    if fate == "spike":
        return f"the price left {detail} by {deviations} and went back"
    if fate == "level_shift":
        return f"the price moved from {detail} by {deviations} and stayed"
    if fate == "split_suspected":
        return (
            f"the price was multiplied by about {detail} and stayed: a split that is not known, "
            "or another unit"
        )
    told = f"the price moved from {detail} by {deviations}"
    return f"{told}; {note} is known for that day" if note else told
