"""A screen of momentum, value and volatility over a whole market."""

from dataclasses import replace
from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.eventful import eventful_folder
from benchmarks.folders import Folders
from benchmarks.market import Market
from benchmarks.workload import Entry, Goal, Scale, Workload
from benchmarks.workloads import _alone
from rustybt.calendars import get_calendar

LEAD: Final = 262
ZIPLINE: Final = "zipline-reloaded"
ZIPLINE_ALL: Final = "zipline-reloaded, all rows"
OURS: Final = "RustyBT"
ALL: Final = "RustyBT, all rows"
FIRST: Final = "RustyBT, first 5 sessions"
FEWER: Final = "RustyBT, a quarter of the assets"
SHORTER: Final = "RustyBT, half of the sessions"
FASTER: Final = 10
BYTES_MAX: Final = 2e9
SECONDS_MAX: Final = 10


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    assets, sessions = scale.screened
    whole = _market(folders, assets, sessions)
    return (
        _entry(ZIPLINE, whole, folders, peer="zipline"),
        _entry(OURS, whole, folders),
        _entry(ZIPLINE_ALL, whole, folders, strategy="screen-all", peer="zipline"),
        _entry(ALL, whole, folders, strategy="screen-all"),
        _entry(FIRST, _first(whole), folders),
        _entry(FEWER, _market(folders, assets // 4, sessions), folders),
        _entry(SHORTER, _market(folders, assets, sessions // 2), folders),
    )


def _market(folders: Folders, assets: int, sessions: int) -> Market:
    folder = folders.markets / f"pipeline-{assets}x{sessions}"
    return eventful_folder(folder, assets=assets, sessions=sessions, lead=LEAD)


def _first(market: Market, sessions: int = 5) -> Market:
    """The same bars; the run ends after the first sessions."""
    calendar = get_calendar("XNYS")
    last = calendar.session_index(market.start) + sessions - 1
    return replace(market, end=calendar.session_date(last).isoformat(), bars=sessions)


def _entry(
    name: str, market: Market, folders: Folders, *, strategy: str = "screen", peer: str = ""
) -> Entry:
    task = Task(
        strategy=strategy,
        data=market.data,
        bundle=market.bundle,
        start=market.start,
        end=market.end,
        frequency="daily",
        capital=0,
        scratch=str(folders.scratch),
    )
    driver = f"{peer or 'rustybt'}_pipeline"
    return Entry(name=name, driver=driver, peer=peer or None, task=task, market=market)


PIPELINE = Workload(
    name="pipeline",
    title="A screen of twelve factors over 3,000 assets x 1,260 sessions",
    description=(
        "Returns over 252, 21 and 5 sessions, means over 50 and 200, VWAP over 20, dollar volume "
        "over 30, volatility and drawdown over 252, RSI, Bollinger bands and an exponential mean; "
        "z-scores and ranks of three combinations among the liquid assets, of which 100 are "
        "shown. Daily bars with late starts, delistings, gaps, splits and two dividends a year and "
        "asset. Both engines run Zipline's file, on bundles that they ingested before from the "
        "same CSV files, zipline all sessions at once; the drawdown is Zipline's, which divides by "
        "the trough. Fills counts the values that are shown; final value adds all columns, each "
        "divided by its sum of absolute values, with weights by session and asset. All rows: "
        "without the screen. Linear means that the cost of an asset and session rises to at most "
        "1.25 times that of a smaller market."
    ),
    entries=entries,
    goals=(
        Goal(kind="speed", entry=OURS, rival=ZIPLINE, limit=FASTER),
        Goal(kind="speed", entry=ALL, rival=ZIPLINE_ALL, limit=FASTER),
        Goal(kind="peak", entry=OURS, rival=OURS, limit=BYTES_MAX),
        Goal(kind="peak", entry=ALL, rival=ALL, limit=BYTES_MAX),
        Goal(kind="within", entry=FIRST, rival=FIRST, limit=SECONDS_MAX),
        _alone.stays_flat(OURS, small=FEWER),
        _alone.stays_flat(OURS, small=SHORTER),
    ),
)
