"""SMA crossover with declared indicators, event by event, on minute bars of one asset."""

from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import minutes_of_one_asset
from benchmarks.workload import Entry, Goal, Scale, Workload
from benchmarks.workloads import _kernels, sma

OURS: Final = "RustyBT"
IN_PYTHON: Final = "RustyBT in Python"
FLOAT: Final = "RustyBT float64"
SHOWN_FLOATS: Final = "RustyBT, floats shown"
FLOAT_SHOWN_FLOATS: Final = "RustyBT float64, floats shown"
OURS_AT_CLOSE: Final = "RustyBT, next close"
IN_PYTHON_AT_CLOSE: Final = "RustyBT in Python, next close"
BACKTESTING: Final = "backtesting.py"
NAUTILUS: Final = "nautilus_trader, next close"
AT_OPEN: Final = "indicators"
AT_CLOSE: Final = "indicators-close"


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    market = minutes_of_one_asset(
        folders.markets / f"sma-{scale.minute_bars}", bars=scale.minute_bars
    )

    def entry(
        name: str,
        driver: str = "rustybt_py",
        peer: str = "",
        strategy: str = AT_OPEN,
        accelerator: str = "",
        **options: str,
    ) -> Entry:
        task = Task(
            strategy=strategy,
            data=market.data,
            start=market.start,
            end=market.end,
            frequency="minute",
            capital=sma.CAPITAL,
            parameters=sma.PARAMETERS,
            options=options,
            environment=_kernels.environment(accelerator),
        )
        return Entry(name=name, driver=driver, peer=peer or None, task=task, market=market)

    at_open = {"fill_at": "open", "numeric": "decimal"}
    at_close = {"strategy": AT_CLOSE, "fill_at": "close", "numeric": "decimal"}
    float64 = {"fill_at": "open", "numeric": "float64"}
    return (
        entry(BACKTESTING, "backtesting_py", "backtesting"),
        entry(OURS, **at_open),
        entry(IN_PYTHON, accelerator=_kernels.OFF, **at_open),
        entry(FLOAT, **float64),
        entry(SHOWN_FLOATS, frames="pandas", **at_open),
        entry(FLOAT_SHOWN_FLOATS, frames="pandas", **float64),
        entry(NAUTILUS, "nautilus_py", "nautilus", strategy=AT_CLOSE),
        entry(OURS_AT_CLOSE, **at_close),
        entry(IN_PYTHON_AT_CLOSE, accelerator=_kernels.OFF, **at_close),
    )


INDICATORS = Workload(
    name="indicators",
    title="SMA crossover with declared indicators on 196,560 minute bars of one asset",
    description=(
        "Means of the last 20 and 50 closes, declared as the indicators of each engine, compared "
        "in a Python callback each bar. Buy 100 units when the fast one crosses the slow one "
        "upwards, sell what is held when it crosses downwards. Commission 5 basis points of the "
        "value; capital 1,000,000; the same Parquet file for all. Market orders fill whole at the "
        "open of the next bar, with backtesting.py. nautilus_trader cannot do that with bars: it "
        "fills at the close of the bar that the strategy sees, or with a latency of a nanosecond, "
        "as here, at the close of the next one; so do the entries named so. It keeps its money in "
        "a currency of eight decimals, as its dollars are rounded to cents after each fill, and "
        "runs without log, checks of risk and analysis. Entries agree with those that fill at the "
        "same price. Floats shown is frames='pandas', where the strategy is handed floats. "
        f"{_kernels.RULES}"
    ),
    entries=entries,
    goals=(
        Goal(kind="speed", entry=OURS, rival=BACKTESTING, limit=5),
        Goal(kind="speed", entry=OURS_AT_CLOSE, rival=NAUTILUS, limit=25),
        Goal(kind="speed", entry=IN_PYTHON, rival=BACKTESTING, limit=1),
        Goal(kind="overhead", entry=OURS, rival=FLOAT, limit=1.3),
        Goal(kind="overhead", entry=SHOWN_FLOATS, rival=FLOAT_SHOWN_FLOATS, limit=1.05),
    ),
)
