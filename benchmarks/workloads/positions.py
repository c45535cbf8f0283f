"""A year of minutes of a whole market, of which many assets are held and marked each minute."""

from dataclasses import replace
from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import CALENDAR, Market, minute_files
from benchmarks.workload import Entry, Goal, Scale, Workload
from benchmarks.workloads import _alone, _kernels
from rustybt.calendars import get_calendar

YEAR: Final = "RustyBT, a year"
HALF: Final = "RustyBT, half a year"
IN_PYTHON: Final = "RustyBT in Python, half a year"
HELD: Final = 0.4
"""So many of the assets are held: 200 of 500."""

SECONDS_MAX: Final = 60
BYTES_MAX: Final = 4e9


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    assets, sessions = scale.streamed
    market = minute_files(
        folders.markets / f"year-{assets}x{sessions}", assets=assets, sessions=sessions
    )
    half = first_half(market)
    return (_entry(YEAR, market), _entry(HALF, half), _entry(IN_PYTHON, half, _kernels.OFF))


def first_half(market: Market) -> Market:
    """The same bars; the run ends after half of the sessions."""
    calendar = get_calendar(CALENDAR)
    first, last = (calendar.session_index(day) for day in (market.start, market.end))
    middle = (first + last) // 2
    bars = sum(len(calendar.minutes(index)) for index in range(first, middle + 1))
    return replace(market, end=calendar.session_date(middle).isoformat(), bars=bars)


def _entry(name: str, market: Market, accelerator: str = "") -> Entry:
    task = Task(
        strategy="positions",
        data=market.data,
        bundle=market.bundle,
        start=market.start,
        end=market.end,
        frequency="minute",
        capital=10_000_000,
        parameters={"held": int(HELD * market.assets)},
        environment=_kernels.environment(accelerator),
        runs=1,
    )
    return Entry(name=name, driver="rustybt_py", task=task, market=market)


POSITIONS = Workload(
    name="positions",
    title="A year of minutes of 500 assets, 200 of them held and marked each minute",
    description=(
        "RustyBT alone, Decimal, standard rules: 10 shares of each of 200 assets are bought in the "
        "first minute, and the strategy reads the portfolio's value each minute of 252 sessions. "
        "Linear means that the cost of an asset and bar rises to at most 1.25 times that of the "
        f"first half. {_kernels.RULES}"
    ),
    entries=entries,
    goals=(
        Goal(kind="within", entry=YEAR, rival=YEAR, limit=SECONDS_MAX),
        Goal(kind="peak", entry=YEAR, rival=YEAR, limit=BYTES_MAX),
        _alone.stays_flat(YEAR, small=HALF),
    ),
    on_demand=True,
)
