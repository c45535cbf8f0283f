"""What the three comparisons with zipline-reloaded have in common."""

from benchmarks.drivers.task import Task
from benchmarks.market import Market
from benchmarks.workload import Entry, Goal
from benchmarks.workloads import _kernels

CAPITAL = 1_000_000
ZIPLINE = "zipline-reloaded"
OURS = "RustyBT"
IN_PYTHON = "RustyBT in Python"
FLOAT = "RustyBT float64"
PROFILE = 'RustyBT profile="zipline"'

RULES = (
    'Zipline\'s rules and default costs (5 basis points, $0.001 a share) for all: rules="zipline" '
    "in RustyBT, whose strategy sees Polars frames and Decimals. "
    f"{PROFILE} runs zipline's own strategy file, with pandas frames and floats. Each engine reads "
    "a bundle that it ingested before from the same CSV files, with a split and a dividend. "
    f"{_kernels.RULES}"
)

DAILY = 20
"""How many times as fast as zipline the accelerator makes runs over sessions."""

MINUTES = 50
"""The same of runs over minutes."""


def goals(accelerated: float) -> tuple[Goal, ...]:
    """Without the accelerator ten times as fast, on floats too; with it so many times."""
    return (
        Goal(kind="speed", entry=OURS, rival=ZIPLINE, limit=accelerated),
        Goal(kind="speed", entry=IN_PYTHON, rival=ZIPLINE, limit=10),
        Goal(kind="speed", entry=FLOAT, rival=ZIPLINE, limit=10),
        Goal(kind="overhead", entry=OURS, rival=FLOAT, limit=1.3),
        Goal(kind="overhead", entry=IN_PYTHON, rival=FLOAT, limit=1.3),
        Goal(kind="memory", entry=OURS, rival=ZIPLINE, limit=1),
    )


def entries(strategy: str, market: Market, frequency: str, scratch: str) -> tuple[Entry, ...]:
    """Zipline, and RustyBT with four settings."""

    def entry(
        name: str,
        driver: str = "rustybt_py",
        peer: str = "",
        accelerator: str = "",
        **options: str,
    ) -> Entry:
        task = Task(
            strategy=strategy,
            data=market.data,
            bundle=market.bundle,
            start=market.start,
            end=market.end,
            frequency=frequency,
            capital=CAPITAL,
            options=options,
            environment=_kernels.environment(accelerator),
            scratch=scratch,
        )
        return Entry(name=name, driver=driver, peer=peer or None, task=task, market=market)

    decimal = {"rules": "zipline", "numeric": "decimal"}
    return (
        entry(ZIPLINE, "zipline_reloaded", "zipline"),
        entry(OURS, **decimal),
        entry(IN_PYTHON, accelerator=_kernels.OFF, **decimal),
        entry(FLOAT, rules="zipline", numeric="float64"),
        entry(PROFILE, profile="zipline"),
    )
