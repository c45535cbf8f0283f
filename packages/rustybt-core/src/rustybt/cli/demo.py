"""``rustybt demo``: a whole backtest without any preparation."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustybt.cli._console import exact, print_table
from rustybt.cli._help import Command
from rustybt.cli._session import debug_option

if TYPE_CHECKING:
    from rustybt.simulation.result import BacktestResult

_BUNDLE = "sample"
_STRATEGY = Path(__file__).with_name("sma_crossover.py")
#: The strategy looks back 60 sessions, which are fewer than 100 days.
_LOOK_BACK = timedelta(days=100)
_SHOWN = 5


@click.command(cls=Command)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where strategy and result go; by default $RUSTYBT_HOME/demo.",
)
@click.option("--progress/--no-progress", default=None, help="By default in a terminal.")
@debug_option
def demo(output: Path | None, progress: bool | None) -> None:  # noqa: FBT001 - by name
    """Run a strategy on a made-up market, offline, and show what became of it.

    Examples:
      rustybt demo
      rustybt demo -o my-first-backtest/
    """
    from rustybt.cli.run import RunOptions, show, simulate
    from rustybt.cli.strategy import strategy_from_file
    from rustybt.data.bundles import info
    from rustybt.plugins.extensions import set_extension_args
    from rustybt.settings import settings
    from rustybt.simulation.store import check_folder

    folder = output or settings().home / "demo"
    check_folder(folder / "result")
    set_extension_args(())
    market = info(_BUNDLE)
    assert market.first_session is not None
    assert market.last_session is not None
    click.echo(
        f"The bundle {_BUNDLE}: {market.assets} made-up equities, {market.daily_bars:,} daily bars "
        f"from {market.first_session} to {market.last_session}, "
        f"{market.splits} splits, {market.dividends} dividends."
    )
    copy = _copy_strategy(folder)
    options = RunOptions(
        algofile=copy,
        bundle=_BUNDLE,
        start=market.first_session + _LOOK_BACK,
        end=market.last_session,
        output=folder / "result",
        progress=progress,
    )
    command = (
        f"rustybt run -f {copy} -b {_BUNDLE} -s {options.start} -e {options.end} "
        f"-o {options.output}"
    )
    click.echo(f"This is what runs now:\n\n  {command}\n")
    strategy = strategy_from_file(copy)
    result = simulate(strategy, options)
    show(result, strategy, options)
    _show_transactions(result)
    result.save(folder / "result")
    click.echo(
        f"Saved in {options.output}; repeat it bit for bit with: rustybt verify {options.output}\n"
        f"Now change {copy} and run it with the command above."
    )


def _copy_strategy(folder: Path) -> Path:
    """A copy of the strategy for the user to change; one that is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / _STRATEGY.name
    if not copy.exists():
        shutil.copyfile(_STRATEGY, copy)
    return copy


def _show_transactions(result: BacktestResult) -> None:
    transactions = result.transactions
    columns = ("dt", "symbol", "amount", "price", "commission")
    rows = transactions.head(_SHOWN).select(columns).iter_rows()
    print_table(
        columns,
        ([exact(cell) for cell in row] for row in rows),
        title=f"The first {_SHOWN} of {len(transactions):,} transactions",
    )
