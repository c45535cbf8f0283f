"""SMA crossover, event by event, on minute bars of one asset."""

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import minutes_of_one_asset
from benchmarks.workload import Entry, Goal, Scale, Workload
from benchmarks.workloads import _kernels

PARAMETERS = {"fast": 20, "slow": 50, "units": 100, "commission": 0.0005}
CAPITAL = 1_000_000


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    market = minutes_of_one_asset(
        folders.markets / f"sma-{scale.minute_bars}", bars=scale.minute_bars
    )

    def entry(
        name: str,
        driver: str = "rustybt_py",
        peer: str = "",
        accelerator: str = "",
        **options: str,
    ) -> Entry:
        task = Task(
            strategy="sma",
            data=market.data,
            start=market.start,
            end=market.end,
            frequency="minute",
            capital=CAPITAL,
            parameters=PARAMETERS,
            options=options,
            environment=_kernels.environment(accelerator),
        )
        return Entry(name=name, driver=driver, peer=peer or None, task=task, market=market)

    decimal = {"fill_at": "open", "numeric": "decimal"}
    float64 = {"fill_at": "open", "numeric": "float64"}
    return (
        entry("backtesting.py", "backtesting_py", "backtesting"),
        entry("backtrader", "backtrader_py", "backtrader"),
        entry("RustyBT", **decimal),
        entry("RustyBT in Python", accelerator=_kernels.OFF, **decimal),
        entry("RustyBT float64", **float64),
        entry("RustyBT, floats shown", frames="pandas", **decimal),
        entry("RustyBT float64, floats shown", frames="pandas", **float64),
    )


SMA = Workload(
    name="sma",
    title="SMA crossover on 196,560 minute bars of one asset, a Python callback each bar",
    description=(
        "Means of the last 20 and 50 closes. Buy 100 units when the fast one crosses the slow one "
        "upwards, sell what is held when it crosses downwards. Market orders fill at the open of "
        "the next bar, whole; commission 5 basis points of the value; capital 1,000,000. The same "
        "Parquet file for all. backtesting.py and backtrader compute the means as their "
        "indicators, ahead of the loop; RustyBT's strategy reads the price of each bar and keeps "
        "two running sums. backtrader runs without the observers that draw charts. Floats shown is "
        "frames='pandas', where the strategy is handed floats, not Decimals. "
        f"{_kernels.RULES}"
    ),
    entries=entries,
    goals=(
        Goal(kind="speed", entry="RustyBT", rival="backtesting.py", limit=1),
        Goal(kind="speed", entry="RustyBT", rival="backtrader", limit=15),
        Goal(kind="speed", entry="RustyBT float64", rival="backtesting.py", limit=1),
        Goal(kind="speed", entry="RustyBT float64", rival="backtrader", limit=15),
        Goal(kind="speed", entry="RustyBT in Python", rival="backtesting.py", limit=1),
        Goal(kind="overhead", entry="RustyBT", rival="RustyBT float64", limit=1.3),
        Goal(kind="overhead", entry="RustyBT in Python", rival="RustyBT float64", limit=1.3),
        Goal(
            kind="overhead",
            entry="RustyBT, floats shown",
            rival="RustyBT float64, floats shown",
            limit=1.05,
        ),
    ),
)
