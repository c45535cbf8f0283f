"""Many pairs of means over the same bars, at once."""

from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import Market, fine_minutes_of_one_asset
from benchmarks.workload import Entry, Goal, Scale, Workload

CAPITAL: Final = 1_000_000
UNITS: Final = 100
COMMISSION: Final = 0.0005
LIMIT: Final = 50
GRIDS: Final = {
    # Windows from, up to before, and the step: 25 x 40 and 20 x 10 pairs.
    "daily": {"fast_to": 30, "slow_to": 70, "slow_step": 1},
    "minute": {"fast_to": 25, "slow_to": 80, "slow_step": 5},
}


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    bars = {"daily": scale.swept_days, "minute": scale.swept_minutes}
    found = []
    for frequency, count in bars.items():
        market = fine_minutes_of_one_asset(folders.markets / f"sweep-{count}", bars=count)
        found += [
            _entry(frequency, market, name("RustyBT", frequency), "rustybt_sweep"),
            _entry(frequency, market, name("vectorbt", frequency), "vectorbt_py", figures="yes"),
            _entry(
                frequency,
                market,
                name("vectorbt, values alone", frequency),
                "vectorbt_py",
                figures="no",
            ),
        ]
    return tuple(found)


def name(engine: str, frequency: str) -> str:
    """RustyBT, daily bars."""
    return f"{engine}, {frequency} bars"


def _entry(frequency: str, market: Market, called: str, driver: str, **options: str) -> Entry:
    task = Task(
        strategy=f"sweep of {frequency} bars",
        data=market.data,
        start=market.start,
        end=market.end,
        frequency=frequency,
        capital=CAPITAL,
        parameters={
            "units": UNITS,
            "commission": COMMISSION,
            "fast_from": 5,
            "slow_from": 30,
            **GRIDS[frequency],
        },
        options=options,
    )
    peer = None if driver == "rustybt_sweep" else "vectorbt"
    return Entry(name=called, driver=driver, peer=peer, task=task, market=market)


SWEEP = Workload(
    name="sweep",
    title="1,000 pairs of means over 2,520 daily bars, 200 pairs over 50,000 minute bars",
    description=(
        "Hold 100 units while the mean of the last closes is above that of more of them: windows "
        "of 5 to 29 and 30 to 69 bars (daily), of 5 to 24 and 30 to 75 in steps of 5 (minute). An "
        "order fills at the close of the bar after its signal; vectorbt's signals are shifted by "
        "one bar for that. Commission 5 basis points of the value; capital 1,000,000 for each "
        "pair. Prices from one Parquet file; of the daily bars each counts as a session. All "
        "times are from the file to the fills and final value of each pair, indicators included, "
        "and to total return, Sharpe ratio and largest drawdown of each; RustyBT gives its other "
        "figures, too, and keeps money exact. 'Values alone' leaves the figures out. Fills is the "
        "sum over all pairs, final value as well, and a sum of the final values weighted by the "
        "number of the pair has to agree, too. vectorbt compiles with Numba in its cold run."
    ),
    entries=entries,
    goals=tuple(
        Goal(
            kind="speed",
            entry=name("RustyBT", frequency),
            rival=name("vectorbt", frequency),
            limit=LIMIT,
        )
        for frequency in GRIDS
    ),
)
