"""The accelerator's parts, each against the same in Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import Market
from benchmarks.workload import Entry, Goal, Scale, Workload

LANGUAGES: Final = {"python": "Python", "rust": "Rust"}
GROUPS: Final = ("averages", "oscillators", "trends", "ranges", "statistics", "volume")
OF_VECTORS: Final = ("aggregates", "cumulative", "rolling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is computed.

    Attributes:
        task: the strategy that the driver is told.
        limit: how many times as fast it has to be in Rust.
        share: so many of the scale's rows are computed.
    """

    task: str
    limit: float
    share: float = 1.0

    def name(self, language: str) -> str:
        """Matching in Rust."""
        return f"{self.task} in {LANGUAGES[language]}"


PARTS: Final = (
    Part(task="matching", limit=50),
    Part(task="valuation", limit=20, share=0.001),
    *(Part(task=f"indicators {group}", limit=10) for group in GROUPS),
    *(Part(task=f"vectors {group}", limit=10, share=3.0) for group in OF_VECTORS),
)


def entries(_: Folders, scale: Scale) -> tuple[Entry, ...]:
    return tuple(_entries(scale.computed))


def _entries(rows: int) -> Iterator[Entry]:
    for part, language in product(PARTS, LANGUAGES):
        count = int(rows * part.share)
        task = Task(
            strategy=part.task,
            data="",
            start="",
            end="",
            frequency="",
            capital=0,
            parameters={"count": count},
            options={"language": language},
        )
        market = Market(data=part.task, bundle="", start="", end="", bars=count, assets=1)
        yield Entry(name=part.name(language), driver="kernels", task=task, market=market)


KERNELS = Workload(
    name="kernels",
    title="Parts of the accelerator against the same in Python",
    description=(
        "Each computes the same from inputs that are there already, as columns for Rust and as "
        "lists for Python. Matching: 100,000 limit orders, market orders and cancellations in one "
        "call of OrderBook.apply, and one by one in a book of heaps and queues that knows nothing "
        "else; both give every event. Valuation: 1,000 positions marked 100 times, each time with "
        "other prices, in rustybt_rs.valuation and in the arithmetic of RustyBT's book. "
        "Indicators: all of a group, of defaults, over 100,000 bars at once, in the accelerator's "
        "kernels and in the reference that runs take without it. Vectors: functions of 300,000 "
        "Decimals (aggregates: sum, mean, variance, standard deviation, covariance; cumulative: "
        "sum, maximum, difference; rolling over 20: sum, mean, standard deviation), in "
        "rustybt_rs.vectors and in loops over Decimals that carry their sums on. Fills counts "
        "trades, values or numbers, the final value adds them up. Only warm runs are compared; "
        "microseconds are those of a row."
    ),
    entries=entries,
    goals=tuple(
        Goal(kind="faster", entry=part.name("rust"), rival=part.name("python"), limit=part.limit)
        for part in PARTS
    ),
)
