"""Time in a simulation: lengths of bars, the grid of bars, clocks and schedules."""

from rustybt.clock.axis import BarAxis, MinuteAxis, SessionAxis, StampAxis, axis_of
from rustybt.clock.date_rules import DateRule, date_rules
from rustybt.clock.events import NO_BAR, Clock, Event, EventKind
from rustybt.clock.resolution import MINUTE, SESSION, Resolution, Unit
from rustybt.clock.schedule import Schedule
from rustybt.clock.scheduled import ScheduledFunction, calendars
from rustybt.clock.simulated import Morning, SessionPlan, SimulatedClock
from rustybt.clock.time_rules import TimeRule, cron, time_rules

__all__ = [
    "MINUTE",
    "NO_BAR",
    "SESSION",
    "BarAxis",
    "Clock",
    "DateRule",
    "Event",
    "EventKind",
    "MinuteAxis",
    "Morning",
    "Resolution",
    "Schedule",
    "ScheduledFunction",
    "SessionAxis",
    "SessionPlan",
    "SimulatedClock",
    "StampAxis",
    "TimeRule",
    "Unit",
    "axis_of",
    "calendars",
    "cron",
    "date_rules",
    "time_rules",
]
