"""Clock and schedule under the rules of zipline, against what zipline-reloaded 3.2.1 did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rustybt.calendars import from_ns, get_calendar, zipline_hours
from rustybt.clock import (
    EventKind,
    Schedule,
    ScheduledFunction,
    SimulatedClock,
    axis_of,
    calendars,
    date_rules,
    time_rules,
)

RUNS = json.loads((Path(__file__).parent / "zipline_schedules.json").read_text())


def written(at: int) -> str:
    return from_ns(at).strftime("%Y-%m-%dT%H:%M")


def made(factories: Any, spec: list[Any] | None) -> Any:
    if spec is None:
        return None
    name, *arguments = spec
    options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
    return getattr(factories, name)(*arguments, **options)


def clock_of(run: dict[str, Any]) -> SimulatedClock:
    axis = axis_of(zipline_hours(get_calendar(run["calendar"])), run["resolution"])
    return SimulatedClock.between(axis, run["start"], run["end"], morning="new_york")


@pytest.fixture(
    scope="module",
    params=RUNS,
    ids=lambda run: f"{run['calendar']}-{run['start']}-{run['resolution']}",
)
def run(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_bars_and_mornings_are_those_of_zipline(run: dict[str, Any]) -> None:
    bars: list[str] = []
    mornings = []
    for event in clock_of(run):
        if event.kind == EventKind.BAR:
            bars.append(written(event.at))
        elif event.kind == EventKind.BEFORE_TRADING_START:
            mornings.append([written(event.at), bars[-1] if bars else None])
    assert [len(bars), bars[0], bars[-1]] == run["bars"]
    assert mornings == run["mornings"]


def test_functions_run_when_they_do_in_zipline(run: dict[str, Any]) -> None:
    clock = clock_of(run)
    plans = list(clock.plans())
    schedule = Schedule(clock.axis, first_bar=plans[0].first_bar, once_per_day=True)
    for spec in run["rules"]:
        date_rule, time_rule = (
            made(date_rules, spec.get("date")),
            made(time_rules, spec.get("time")),
        )
        if spec.get("misplaced"):
            date_rule, time_rule = time_rule, None
        function = ScheduledFunction.of(
            print,
            date_rule,
            time_rule,
            half_days=spec.get("half_days", True),
            calendar=calendars[spec["calendar"]] if "calendar" in spec else None,
            run_calendar=clock.axis.calendar,
            once_per_day=True,
        )
        schedule.add(function)
    fired: list[list[str]] = [[] for _ in run["rules"]]
    for plan in plans:
        for bar, number in schedule.due(plan.session):
            fired[number].append(written(clock.axis.label(bar)))
    assert [{**spec, "fired": f} for spec, f in zip(run["rules"], fired, strict=True)] == run[
        "rules"
    ]
