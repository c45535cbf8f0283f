"""What is compared, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import Market

Kind = Literal["speed", "overhead", "warm", "memory", "size", "flat", "peak", "within", "faster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much work there is.

    Attributes:
        name: names the folders of the markets.
        minute_bars: bars of the one asset of the SMA crossover.
        sessions: sessions of the daily workloads.
        minute_sessions: sessions of the workload on minutes.
        ingested: assets and sessions of minutes that are ingested, a pair for each market.
        streamed: assets and sessions of minutes that a run streams through.
        asset_counts: numbers of assets over which the cost of one has to stay flat.
        year_counts: numbers of years, the same.
        resampled_minutes: minute bars that are made longer.
        resampled_trades: trades that are made bars.
        screened: assets and sessions that a pipeline screens.
        computed: rows that the accelerator's parts compute.
        swept_days: daily bars of a sweep.
        swept_minutes: minute bars of a sweep.
    """

    name: str
    minute_bars: int
    sessions: int
    minute_sessions: int
    ingested: tuple[tuple[int, int], ...]
    streamed: tuple[int, int]
    asset_counts: tuple[int, ...]
    year_counts: tuple[int, ...]
    resampled_minutes: int
    resampled_trades: int
    screened: tuple[int, int]
    computed: int
    swept_days: int
    swept_minutes: int


FULL = Scale(
    name="full",
    minute_bars=196_560,
    sessions=505,
    minute_sessions=20,
    ingested=((50, 515), (500, 51)),
    streamed=(500, 252),
    asset_counts=(50, 200, 500, 1_000, 2_000),
    year_counts=(1, 2, 5, 10),
    resampled_minutes=10_000_000,
    resampled_trades=1_000_000,
    screened=(3_000, 1_260),
    computed=100_000,
    swept_days=2_520,
    swept_minutes=50_000,
)
QUICK = Scale(
    name="quick",
    minute_bars=780,
    sessions=30,
    minute_sessions=1,
    ingested=((2, 3), (3, 2)),
    streamed=(3, 2),
    asset_counts=(5, 10),
    year_counts=(1,),
    resampled_minutes=20_000,
    resampled_trades=5_000,
    screened=(40, 12),
    computed=2_000,
    swept_days=250,
    swept_minutes=780,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An engine with its settings, on a market.

    Attributes:
        name: what the report calls it.
        driver: module that the measured process runs.
        task: what it is told.
        market: the bars.
        peer: environment of the other engine; None for RustyBT.
    """

    name: str
    driver: str
    task: Task
    market: Market
    peer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound on the ratio of two entries.

    Attributes:
        kind: "speed": the rival's time is at least `limit` times ours; "faster": the same of warm
            runs alone; "overhead": our time is
            at most `limit` times the rival's; "warm": the same of warm runs alone; "memory": our
            peak is less than `limit` times the rival's; "size": what we store is less than that;
            "flat": our time per asset and bar is at most `limit` times the rival's; "peak": our
            peak is less than `limit` bytes, whatever others need; "within": our cold run takes
            less than `limit` seconds.
        entry: ours.
        rival: what it is compared with; for "peak" and "within", the entry itself.
        limit: the bound.
    """

    kind: Kind
    entry: str
    rival: str
    limit: float

    def __str__(self) -> str:
        texts = {
            "speed": f"{self.entry} at least {self.limit:g} times as fast as {self.rival}",
            "faster": f"{self.entry} at least {self.limit:g} times as fast as {self.rival}",
            "overhead": f"{self.entry} at most {self.limit:g} times the time of {self.rival}",
            "warm": f"{self.entry} at most {self.limit:g} times the time of {self.rival}",
            "memory": f"{self.entry} needs less memory than {self.rival}",
            "size": f"{self.entry} needs less of the disk than {self.rival}",
            "flat": f"{self.entry} costs at most {self.limit:g} times as much per asset and bar "
            f"as {self.rival}",
            "within": f"{self.entry} within {self.limit:g} s of the start of a process",
            "peak": f"{self.entry} in less than {self.limit / 1e9:g} GB",
        }
        return texts[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One comparison.

    Attributes:
        name: for the command line.
        title: for the report.
        description: the rules, so that a reader could repeat it.
        entries: makes the markets where they are missing, and says what runs on them. The first
            that can be measured says what the others with its market and strategy have to agree
            with.
        goals: what is wanted.
        agree: whether all entries have to come to the same outcome.
        on_demand: whether it is measured only when it is named, since it takes long.
    """

    name: str
    title: str
    description: str
    entries: Callable[[Folders, Scale], tuple[Entry, ...]]
    goals: tuple[Goal, ...]
    agree: bool = True
    on_demand: bool = False
