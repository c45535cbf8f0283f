"""Minutes and trades to hours and days: exact, against the same on floats."""

from itertools import product
from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import Market, minutes_of_coins, trades_of_coins
from benchmarks.workload import Entry, Goal, Scale, Workload

LENGTHS: Final = ("1h", "1d")
KINDS: Final = ("minutes", "trades")
NUMERICS: Final = {"decimal": "RustyBT", "float64": "Polars Float64"}
LIMIT: Final = 1.5


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    rows = {"minutes": scale.resampled_minutes, "trades": scale.resampled_trades}
    make = {"minutes": minutes_of_coins, "trades": trades_of_coins}
    found = []
    for kind in KINDS:
        market = make[kind](folders.markets / f"{kind}-{rows[kind]}", rows=rows[kind])
        found += [entry(kind, to, numeric, market) for to, numeric in product(LENGTHS, NUMERICS)]
    return tuple(found)


def entry(kind: str, to: str, numeric: str, market: Market) -> Entry:
    """One kind of rows to one length of bars."""
    task = Task(
        strategy=f"{kind} to {to}",
        data=market.data,
        start=market.start,
        end=market.end,
        frequency=to,
        capital=0,
        options={"numeric": numeric},
    )
    return Entry(name=name(kind, to, numeric), driver="resampling", task=task, market=market)


def name(kind: str, to: str, numeric: str) -> str:
    """RustyBT, minutes to 1h."""
    return f"{NUMERICS[numeric]}, {kind} to {to}"


RESAMPLING = Workload(
    name="resampling",
    title="10 million minute bars and 1 million trades to hours and days",
    description=(
        "10 coins around the clock, sorted by symbol and time, in one Parquet file of exact "
        "numbers with two decimals. RustyBT: aggregate by the clock of UTC, with all its checks "
        "(order, rows that are there twice, bars that do not nest, sums that do not fit), on one "
        "core. Polars: group_by_dynamic on the same columns cast to Float64, closed and labelled "
        "on the right, on all cores. Cold is with reading the file, and casting it; warm is a "
        "second aggregation of the same frame. Fills counts the bars, final value is the sum of "
        "their closes; the sum of their volumes has to agree, too."
    ),
    entries=entries,
    goals=tuple(
        Goal(
            kind="warm",
            entry=name(kind, to, "decimal"),
            rival=name(kind, to, "float64"),
            limit=LIMIT,
        )
        for kind, to in product(KINDS, LENGTHS)
    ),
)
