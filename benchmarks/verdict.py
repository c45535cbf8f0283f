"""Which times count, and which goals are met."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.drivers.task import Outcome
from benchmarks.market import Market
from benchmarks.runner import Measurement
from benchmarks.workload import Goal, Workload

TOLERANCE = 1e-6
Quantity = Literal["cold", "warm", "peak", "stored", "warm per asset and bar"]
FASTER = frozenset({"speed", "faster"})
QUANTITIES: Mapping[str, tuple[Quantity, ...]] = {
    "speed": ("cold", "warm"),
    "faster": ("warm",),
    "overhead": ("cold", "warm"),
    "warm": ("warm",),
    "memory": ("peak",),
    "size": ("stored",),
    "flat": ("warm per asset and bar",),
    "peak": ("peak",),
    "within": ("cold",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A goal and what became of it.

    Attributes:
        goal: what was wanted.
        quantity: of what.
        ratio: the rival's time over ours for "speed" and "faster", ours over the limit for "peak"
            and "within", ours over the rival's for all else; None when one of them was not measured
            or does not count.
        met: whether the goal is met; None when that cannot be said.
    """

    goal: Goal
    quantity: Quantity
    ratio: float | None
    met: bool | None


def disagreements(workload: Workload, measured: Mapping[str, Measurement]) -> dict[str, str]:
    """Entries whose times do not count, and why.

    Their outcome is not that of the first one with the same strategy on the same market.
    """
    found: dict[str, str] = {}
    references: dict[tuple[Market, str], Outcome] = {}
    for name, measurement in measured.items():
        outcome = measurement.outcome
        if outcome is None or measurement.error or not workload.agree:
            continue
        entry = measurement.entry
        reference = references.setdefault((entry.market, entry.task.strategy), outcome)
        if reason := _difference(outcome, reference):
            found[name] = reason
    return found


def judge(
    workload: Workload, measured: Mapping[str, Measurement], ignored: Mapping[str, str]
) -> list[Verdict]:
    """A verdict for every goal and quantity."""
    counting = {
        name: measurement
        for name, measurement in measured.items()
        if name not in ignored and not measurement.error
    }
    return [verdict for goal in workload.goals for verdict in _verdicts(goal, counting)]


def _verdicts(goal: Goal, counting: Mapping[str, Measurement]) -> Iterator[Verdict]:
    entry, rival = counting.get(goal.entry), counting.get(goal.rival)
    for quantity in QUANTITIES[goal.kind]:
        if entry is None or rival is None:
            yield Verdict(goal=goal, quantity=quantity, ratio=None, met=None)
            continue
        against = goal.limit if goal.kind in {"peak", "within"} else _value(rival, quantity)
        ratio = _value(entry, quantity) / against
        if goal.kind in FASTER:
            ratio = 1 / ratio
        yield Verdict(goal=goal, quantity=quantity, ratio=ratio, met=_met(goal, ratio))


def _met(goal: Goal, ratio: float) -> bool:
    if goal.kind in FASTER:
        return ratio >= goal.limit
    if goal.kind in {"peak", "within"}:
        return ratio < 1
    if goal.kind in {"memory", "size"}:
        return ratio < goal.limit
    return ratio <= goal.limit


def _value(measurement: Measurement, quantity: Quantity) -> float:
    values = {
        "cold": measurement.cold_seconds,
        "warm": measurement.warm_seconds,
        "peak": measurement.peak_bytes,
        "stored": measurement.outcome.stored_bytes if measurement.outcome else 0,
        "warm per asset and bar": measurement.warm_seconds_per_bar,
    }
    return values[quantity]


def _difference(outcome: Outcome, reference: Outcome) -> str:
    if outcome.fills != reference.fills:
        return f"{outcome.fills:,} fills, not {reference.fills:,}"
    for name in ("final_value", "read"):
        ours, theirs = getattr(outcome, name), getattr(reference, name)
        if not math.isclose(ours, theirs, rel_tol=TOLERANCE):
            return f"{name.replace('_', ' ')} {ours:,.4f}, not {theirs:,.4f}"
    return ""
