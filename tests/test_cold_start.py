"""What a process loads that does nothing but run a strategy on a bundle.

The market is in Parquet, SQLite and Arrow files by then. Libraries that only make or convert them
would take longer to import than the whole run, and modules of features that the run does not use
(see `rustybt.lazy`) as long as a good part of it.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

NEEDLESS = {
    "alembic",
    "exchange_calendars",
    "pandas",
    "pyarrow",
    "pydantic",
    "rich",
    "scipy",
    "sqlalchemy",
    "structlog",
}

FEATURES = {
    "rustybt.assets.chains",
    "rustybt.assets.kinds",
    "rustybt.assets.rolls",
    "rustybt.assets.supplementary",
    "rustybt.assets.zipline_rolls",
    "rustybt.clock.cron_expression",
    "rustybt.data.actions.symbols",
    "rustybt.data.benchmark_tables",
    "rustybt.data.chain_data",
    "rustybt.data.fact_cells",
    "rustybt.data.facts",
    "rustybt.data.fixings",
    "rustybt.data.joints",
    "rustybt.data.point_in_time",
    "rustybt.data.rate_series",
    "rustybt.data.rate_tables",
    "rustybt.data.rolls",
    "rustybt.data.session_figures",
    "rustybt.data.stitched",
    "rustybt.execution.intrabar",
    "rustybt.execution.touching",
    "rustybt.execution.transit",
    "rustybt.finance.commission._tiered",
    "rustybt.finance.execution",
    "rustybt.finance.fills",
    "rustybt.finance.latency",
    "rustybt.finance.slippage._square_root",
    "rustybt.indicators",
    "rustybt.metrics.objectives",
    "rustybt.metrics.summary",
    "rustybt.orders.audit",
    "rustybt.orders.replacement",
    "rustybt.pipeline",
    "rustybt.plugins._check",
    "rustybt.simulation.benchmark",
    "rustybt.simulation.encoding",
    "rustybt.simulation.envelope",
    "rustybt.simulation.research",
    "rustybt.simulation.store",
    "rustybt.simulation.supplements",
}
"""Modules of ours that a plain run does without."""

ACTIONS = {
    "rustybt.data.actions.effects",
    "rustybt.data.actions.records",
    "rustybt.data.actions.tables",
    "rustybt.data.actions.theory",
    "rustybt.simulation.actions",
}
"""Those that it does without where the data have no corporate actions."""

PROGRAM = """
import sys
from rustybt import run_algorithm
from rustybt.api import date_rules, order_target_percent, schedule_function, symbol, time_rules

def initialize(context):
    context.asset = symbol("{symbol}")
    schedule_function(rebalance, date_rules.month_start(), time_rules.market_open())

def handle_data(context, data):
    data.history(context.asset, "price", 5, "1d")

def rebalance(context, data):
    order_target_percent(context.asset, 0.5)

result = run_algorithm(
    "{start}", "{end}", initialize, handle_data=handle_data, bundle="{bundle}",
    data_frequency="{frequency}",
)
assert result.transactions.height
print(*sys.modules)
"""


def modules_after_a_run(home: Path, **parameters: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(**parameters)],
        env={**os.environ, "RUSTYBT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("bundle", "symbol", "frequency"),
    [
        ("sample", "ALFA", "daily"),
        ("sample", "ALFA", "minute"),
        ("sample-crypto", "ALFA/USDT", "daily"),
    ],
)
def test_a_run_on_a_bundle_loads_nothing_that_only_makes_one(
    tmp_path: Path, bundle: str, symbol: str, frequency: str
) -> None:
    span = {"start": "2023-12-01", "end": "2023-12-08"}
    run = {"bundle": bundle, "symbol": symbol, "frequency": frequency, **span}
    first = modules_after_a_run(tmp_path, **run)
    assert first & NEEDLESS, "the first run makes the bundle"
    needless = NEEDLESS | FEATURES | (ACTIONS if bundle == "sample-crypto" else set())
    assert not modules_after_a_run(tmp_path, **run) & needless


@pytest.mark.parametrize("module", sorted(FEATURES | ACTIONS))
def test_what_a_run_does_without_is_there(module: str) -> None:
    assert find_spec(module)
