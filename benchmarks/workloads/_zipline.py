"""What the three comparisons with zipline-reloaded have in common."""

from benchmarks.drivers.task import Task
from benchmarks.market import Market
from benchmarks.workload import Entry, Goal

CAPITAL = 1_000_000
ZIPLINE = "zipline-reloaded"
PROFILE = 'RustyBT profile="zipline"'

RULES = (
    'Zipline\'s rules and default costs (5 basis points, $0.001 a share) for all: rules="zipline" '
    "in RustyBT, whose strategy sees Polars frames and Decimals. "
    f"{PROFILE} runs zipline's own strategy file, with pandas frames and floats. Each engine reads "
    "a bundle that it ingested before from the same CSV files, with a split and a dividend."
)

GOALS = (
    Goal(kind="speed", entry="RustyBT", rival=ZIPLINE, limit=10),
    Goal(kind="speed", entry="RustyBT float64", rival=ZIPLINE, limit=10),
    Goal(kind="overhead", entry="RustyBT", rival="RustyBT float64", limit=1.3),
    Goal(kind="memory", entry="RustyBT", rival=ZIPLINE, limit=1),
)


def entries(strategy: str, market: Market, frequency: str, scratch: str) -> tuple[Entry, ...]:
    """Zipline, and RustyBT with three settings."""

    def entry(name: str, driver: str, peer: str | None = None, **options: str) -> Entry:
        task = Task(
            strategy=strategy,
            data=market.data,
            bundle=market.bundle,
            start=market.start,
            end=market.end,
            frequency=frequency,
            capital=CAPITAL,
            options=options,
            scratch=scratch,
        )
        return Entry(name=name, driver=driver, peer=peer, task=task, market=market)

    return (
        entry(ZIPLINE, "zipline_reloaded", "zipline"),
        entry("RustyBT", "rustybt_py", rules="zipline", numeric="decimal"),
        entry("RustyBT float64", "rustybt_py", rules="zipline", numeric="float64"),
        entry(PROFILE, "rustybt_py", profile="zipline"),
    )
