"""Record when zipline-reloaded runs scheduled functions.

Run by hand where zipline-reloaded 3.2.1 is installed; the tests only read what it wrote::

    python make_zipline_schedules.py zipline_schedules.json

Zipline's own clock drives zipline's own rules, without any data.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from zipline.gens.sim_engine import BAR, BEFORE_TRADING_START_BAR, MinuteSimulationClock  # type: ignore[import-not-found]
from zipline.utils.calendar_utils import days_at_time, get_calendar  # type: ignore[import-not-found]
from zipline.utils.events import Event, EventManager, date_rules, make_eventrule, time_rules  # type: ignore[import-not-found]

DAY = ["every_day"]
TIMES: list[dict[str, Any]] = [
    {},
    {"date": DAY, "time": ["every_minute"]},
    {"date": DAY, "time": ["market_open"]},
    {"date": DAY, "time": ["market_close"]},
    {"date": DAY, "time": ["market_open", {"minutes": 30}]},
    {"date": DAY, "time": ["market_close", {"minutes": 30}]},
    {"date": DAY, "time": ["market_open", {"hours": 3}]},
    {"date": DAY, "time": ["market_open", {"hours": 5}]},
    {"date": DAY, "time": ["market_close", {"hours": 5, "minutes": 1}]},
    {"date": DAY, "time": ["market_open"], "half_days": False},
    {"date": DAY, "half_days": False},
    {"time": ["market_open"], "misplaced": True},
    {"time": ["market_close"], "misplaced": True},
]
DATES: list[dict[str, Any]] = [
    {"date": ["week_start"], "time": ["market_open"]},
    {"date": ["week_start", 1], "time": ["market_close"]},
    {"date": ["week_start", 4], "time": ["market_open"]},
    {"date": ["week_end"], "time": ["market_open"]},
    {"date": ["week_end", 1], "time": ["market_close"]},
    {"date": ["week_end", 4]},
    {"date": ["month_start"], "time": ["market_open"]},
    {"date": ["month_start", 2], "time": ["market_open"]},
    {"date": ["month_start", 20], "time": ["market_open"]},
    {"date": ["month_end"], "time": ["market_close"]},
    {"date": ["month_end", 3]},
]
OTHER_CALENDARS: list[dict[str, Any]] = [
    {"calendar": "US_FUTURES"},
    {"date": DAY, "time": ["market_open"], "calendar": "US_FUTURES"},
    {"date": DAY, "time": ["market_close", {"hours": 2}], "calendar": "US_FUTURES"},
    {"date": ["week_start"], "calendar": "US_FUTURES"},
    {"calendar": "US_EQUITIES"},
    {"date": DAY, "time": ["market_open"], "calendar": "US_EQUITIES"},
    {"date": DAY, "half_days": False, "calendar": "US_EQUITIES"},
]
SCHEDULE_CALENDARS = {"US_EQUITIES": "XNYS", "US_FUTURES": "us_futures"}
RUNS = [
    ("XNYS", "2019-06-24", "2019-07-12", "1d"),
    ("XNYS", "2019-06-24", "2019-07-12", "1m"),
    ("XNYS", "2020-11-20", "2021-01-08", "1d"),
    ("XNYS", "2020-12-21", "2021-01-04", "1m"),
    ("XNYS", "2021-03-08", "2021-03-19", "1m"),
    ("XLON", "2020-12-14", "2021-01-08", "1d"),
    ("XLON", "2020-12-22", "2021-01-05", "1m"),
    ("XHKG", "2021-02-01", "2021-02-26", "1d"),
    ("XHKG", "2021-02-08", "2021-02-18", "1m"),
    ("us_futures", "2020-12-21", "2021-01-05", "1d"),
    ("us_futures", "2020-12-21", "2021-01-05", "1m"),
    ("24/7", "2021-02-26", "2021-03-09", "1d"),
    ("24/7", "2021-02-26", "2021-03-09", "1m"),
]


def made(factories: Any, spec: list[Any] | None) -> Any:
    """A rule of its name and arguments, options last."""
    if spec is None:
        return None
    name, *arguments = spec
    options = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
    return getattr(factories, name)(*arguments, **options)


def event_rule(spec: dict[str, Any], run_calendar: Any, resolution: str) -> Any:
    """What ``schedule_function`` makes of its arguments."""
    date_rule = made(date_rules, spec.get("date")) or date_rules.every_day()
    time_rule = made(time_rules, spec.get("time")) or time_rules.every_minute()
    if spec.get("misplaced"):
        date_rule, time_rule = time_rule, time_rules.every_minute()
    if resolution == "1d":
        time_rule = time_rules.every_minute()
    name = spec.get("calendar")
    calendar = get_calendar(SCHEDULE_CALENDARS[name]) if name else run_calendar
    return make_eventrule(date_rule, time_rule, calendar, spec.get("half_days", True))


def simulation_clock(calendar: Any, start: str, end: str, resolution: str) -> Any:
    """The clock that zipline's algorithm makes."""
    sessions = calendar.sessions_in_range(start, end)
    closes = calendar.schedule.loc[sessions, "close"]
    opens = calendar.first_minutes.loc[sessions]
    if calendar.name == "us_futures":
        opens = calendar.execution_time_from_open(opens)
        closes = calendar.execution_time_from_close(closes)
    mornings = days_at_time(sessions, dt.time(8, 45), "US/Eastern", day_offset=0)
    return MinuteSimulationClock(
        sessions, closes if resolution == "1d" else opens, closes, mornings
    )


def record(calendar_name: str, start: str, end: str, resolution: str) -> dict[str, Any]:
    """One run: its bars, its mornings with the bar before each, and what fired when."""
    calendar = get_calendar(calendar_name)
    specs = TIMES + DATES + (OTHER_CALENDARS if calendar_name in {"XNYS", "us_futures"} else [])
    manager = EventManager()
    now = ""
    fired: list[list[str]] = [[] for _ in specs]
    for spec, moments in zip(specs, fired, strict=True):
        rule = event_rule(spec, calendar, resolution)
        manager.add_event(Event(rule, lambda _context, _data, to=moments: to.append(now)))
    bars: list[str] = []
    mornings = []
    for moment, kind in simulation_clock(calendar, start, end, resolution):
        now = moment.strftime("%Y-%m-%dT%H:%M")
        if kind == BAR:
            bars.append(now)
            manager.handle_data(None, None, moment)
        elif kind == BEFORE_TRADING_START_BAR:
            mornings.append([now, bars[-1] if bars else None])
    return {
        "calendar": calendar_name,
        "start": start,
        "end": end,
        "resolution": resolution,
        "bars": [len(bars), bars[0], bars[-1]],
        "mornings": mornings,
        "rules": [{**spec, "fired": f} for spec, f in zip(specs, fired, strict=True)],
    }


def main() -> None:
    """Write all runs to the file that is named."""
    runs = [json.dumps(record(*run)) for run in RUNS]
    Path(sys.argv[1]).write_text("[\n" + ",\n".join(runs) + "\n]\n")


if __name__ == "__main__":
    main()
