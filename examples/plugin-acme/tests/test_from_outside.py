"""What a user gets who installs the plugin and types commands."""

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from rustybt import BacktestResult

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
WILE|20240103|10.10|10.50|10.00|10.45|98000
WILE|20240104|10.45|10.60|10.30|10.40|101000
"""

STRATEGY = """\
from rustybt.api import order_target, set_commission, set_slippage, symbol
from rustybt.finance.commission import NoCommission
from rustybt.plugins import groups, registry


def initialize(context):
    model = registry(groups.SLIPPAGE).load("half-spread")
    set_slippage(model(share="0.2"))
    set_commission(NoCommission())
    context.done = False


def handle_data(context, data):
    if not context.done:
        order_target(symbol("WILE"), 100)
        context.done = True
"""

Rustybt = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def rustybt(tmp_path: Path) -> Rustybt:
    """The program, in a folder with a tape and a strategy and with a home of its own."""
    (tmp_path / "prices.tape").write_text(TAPE)
    (tmp_path / "strategy.py").write_text(STRATEGY)
    environment = {**os.environ, "RUSTYBT_HOME": str(tmp_path / "home"), "NO_COLOR": "1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rustybt", *arguments],
            cwd=tmp_path,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )

    return run


def test_command_of_the_plugin_is_one_of_rustybt(rustybt: Rustybt) -> None:
    done = rustybt("acme", "inspect", "prices.tape")
    assert done.stdout == "WILE  2024-01-02 to 2024-01-04  3 bars\n"
    assert "acme  from rustybt-plugin-acme" in rustybt("--help").stdout


def test_plugins_are_listed_with_their_distribution_and_can_be_used(rustybt: Rustybt) -> None:
    rows = [line.split()[:3] for line in rustybt("plugins", "list").stdout.splitlines()]
    for group, name in (("cli", "acme"), ("data_adapters", "acme"), ("slippage", "half-spread")):
        assert [f"rustybt.{group}", name, "rustybt-plugin-acme"] in rows
    checked = rustybt("plugins", "check")
    assert checked.returncode == 0, checked.stderr


def test_tape_becomes_a_bundle_that_a_strategy_trades_with_the_model(
    rustybt: Rustybt, tmp_path: Path
) -> None:
    source = ("--source", "acme", "--path", "prices.tape")
    ingested = rustybt("bundle", "ingest", "acme-prices", *source)
    assert ingested.returncode == 0, ingested.stderr
    span = ("-s", "2024-01-02", "-e", "2024-01-04")
    done = rustybt("run", "-f", "strategy.py", "-b", "acme-prices", *span, "-o", "result")
    assert done.returncode == 0, done.stderr
    # the close of 3 January and half of a fifth of its range: 10.45 + 0.2 x 0.50 / 2
    prices = BacktestResult.load(tmp_path / "result").transactions["price"]
    assert prices.to_list() == [Decimal("10.50")]


def test_bad_tape_is_one_clear_line_and_no_bundle(rustybt: Rustybt, tmp_path: Path) -> None:
    (tmp_path / "prices.tape").write_text(TAPE + "WILE|20240105|10.40\n")
    done = rustybt("bundle", "ingest", "acme-prices", "--source", "acme", "--path", "prices.tape")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: prices.tape, line 5, column ticker: was 'WILE|20240105")
    assert "acme-prices" not in rustybt("bundle", "list").stdout
