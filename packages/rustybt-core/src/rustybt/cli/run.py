"""``rustybt run``: a strategy over a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustybt.cli._console import console, print_summary
from rustybt.cli._help import Command
from rustybt.cli._options import MOMENT
from rustybt.cli._session import (
    argument_option,
    current_session,
    debug_option,
    extension_options,
)
from rustybt.progress import progress

if TYPE_CHECKING:
    import polars as pl

    from rustybt.cli.strategy import Strategy
    from rustybt.simulation.result import BacktestResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of ``rustybt run``; what is None was not given."""

    algofile: Path | None = None
    algotext: str | None = None
    define: tuple[str, ...] = ()
    bundle: str = "sample"
    bundle_timestamp: date | None = None
    start: date
    end: date
    capital_base: str = "10000000"
    data_frequency: str = "daily"
    calendar: str | None = None
    profile: str | None = None
    numeric: str | None = None
    frames: str | None = None
    fill_at: str | None = None
    trigger: str | None = None
    seed: int | None = None
    account: str | None = None
    currency: str | None = None
    lots: str | None = None
    envelope: bool = False
    benchmark_file: Path | None = None
    benchmark_symbol: str | None = None
    benchmark_sid: int | None = None
    no_benchmark: bool = False
    metrics_set: str | None = None
    blotter: str | None = None
    output: Path | None = None
    print_algo: bool = False
    progress: bool | None = None


@click.command(cls=Command)
@click.option(
    "-f",
    "--algofile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of the strategy.",
)
@click.option("-t", "--algotext", help="The text of the strategy, instead of a file.")
@click.option(
    "-D",
    "--define",
    metavar="NAME=VALUE",
    multiple=True,
    help="A variable that exists in the text of the strategy; only with -t.",
)
@click.option(
    "-b", "--bundle", default="sample", show_default=True, help="The bundle that it trades on."
)
@click.option("--bundle-timestamp", type=MOMENT, help="Use the newest ingestion up to here.")
@click.option("-s", "--start", type=MOMENT, required=True, help="First day of the run.")
@click.option("-e", "--end", type=MOMENT, required=True, help="Last day of the run.")
@click.option("--capital-base", default="10000000", show_default=True, help="Cash at the start.")
@click.option(
    "--data-frequency",
    default="daily",
    show_default=True,
    help="daily, minute or the length of a bar, such as 5m.",
)
@click.option(
    "--calendar",
    "--trading-calendar",
    help="The exchange whose sessions are run, such as XNYS or 24/7; by default the bundle's.",
)
@click.option(
    "--profile",
    type=click.Choice(["zipline"]),
    help="Compute as zipline-reloaded 3.2.1 does, to the cent.",
)
@click.option("--numeric", type=click.Choice(["decimal", "float64"]), help="How numbers are kept.")
@click.option("--frames", type=click.Choice(["polars", "pandas"]), help="What the strategy sees.")
@click.option(
    "--fill-at",
    type=click.Choice(["close", "open"]),
    help="Whether market orders fill at the close or the open of the next bar.",
)
@click.option(
    "--trigger",
    type=click.Choice(["close", "intrabar"]),
    help="Whether a bar's close tests stops and limits, or its whole range.",
)
@click.option("--seed", type=int, help="Seed of all random draws.")
@click.option(
    "--account",
    type=click.Choice(["unlimited", "cash", "margin"]),
    help="What the money of the run allows; unlimited unless said otherwise.",
)
@click.option(
    "--currency", help="The currency of account and figures, such as EUR; by default the assets'."
)
@click.option(
    "--lots",
    type=click.Choice(["fifo", "lifo", "hifo", "average"]),
    help="Which lot a trade closes first; fifo unless said otherwise.",
)
@click.option(
    "--envelope",
    is_flag=True,
    help="Run also with optimistic and with pessimistic fills, and compare the three.",
)
@click.option(
    "-bf",
    "--benchmark-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of date and return that the run is compared with.",
)
@click.option("--benchmark-symbol", help="The symbol of the benchmark.")
@click.option("--benchmark-sid", type=int, help="The sid of the benchmark.")
@click.option("--no-benchmark", is_flag=True, help="Compare with returns of zero; the default.")
@click.option("--metrics-set", help="The figures that are computed, such as default or none.")
@click.option("--blotter", help="The registered blotter that keeps the orders.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save the result here: its frames, and all that is needed to repeat it.",
)
@click.option("--print-algo/--no-print-algo", help="Print the strategy before it runs.")
@click.option("--progress/--no-progress", default=None, help="By default in a terminal.")
@argument_option
@extension_options("--extension")
@debug_option
def run(**given: Any) -> None:  # noqa: ANN401 - RunOptions says which they are
    """Run a strategy and show what became of it.

    Examples:
      rustybt run -f sma.py -b sample -s 2020-01-02 -e 2021-12-31
      rustybt run -f sma.py -b mine -s 2020-01-02 -e 2021-12-31 -x fast=10 -o results/
      rustybt run -f sma.py -s 2020-01-02 -e 2021-12-31 --account margin --envelope
      rustybt run -f old.py -b mine -s 2019-01-02 -e 2019-12-31 --profile zipline

    The strategy defines functions, as in Zipline:
      from rustybt.api import order_target_percent, symbol
      def initialize(context):
          context.asset = symbol("BRAVO")
      def handle_data(context, data):
          order_target_percent(context.asset, 0.5)
    """
    from rustybt.simulation.store import check_folder

    options = RunOptions(**given)
    _check(options)
    if options.output is not None:
        check_folder(options.output)
    current_session().load_extensions()
    strategy = _strategy(options)
    if options.print_algo:
        click.echo(strategy.source)
    result = simulate(strategy, options)
    show(result, strategy, options)
    if options.output is not None:
        result.save(options.output)
        click.echo(f"Saved in {options.output}; repeat it with: rustybt verify {options.output}")


def simulate(strategy: Strategy, options: RunOptions) -> BacktestResult:
    """Run a strategy as asked for, with a progress bar where somebody watches."""
    from rustybt.simulation.run import run_algorithm

    with progress(shown=options.progress) as on_progress:
        return run_algorithm(**strategy.hooks, **_arguments(options), on_progress=on_progress)


def show(result: BacktestResult, strategy: Strategy, options: RunOptions) -> None:
    """Print the summary of a result."""
    title = f"{strategy.name} on {options.bundle}, {options.start} to {options.end}"
    print_summary(result.summary(), title=title)
    if result.envelope is not None:
        console().print(result.envelope)
    _warn_of_rejections(result)


def _warn_of_rejections(result: BacktestResult) -> None:
    """Say what became of orders that were refused: nothing else shows it."""
    rejected = result.orders.filter(result.orders["status"] == "REJECTED")
    if len(rejected):
        first = rejected.row(0, named=True)
        click.echo(
            f"{len(rejected):,} of {len(result.orders):,} orders were rejected; the first, for "
            f"{first['symbol']} at {first['created']}: {first['reason']}",
            err=True,
        )


def _check(options: RunOptions) -> None:
    """Refuse options that exclude each other, before anything is loaded."""
    if (options.algofile is None) == (options.algotext is None):
        raise click.UsageError("Give the strategy as a file with -f or as text with -t.")
    if options.define and options.algotext is None:
        raise click.UsageError("-D defines names in the text of -t; use -x for a file.")
    benchmarks = (options.benchmark_file, options.benchmark_symbol, options.benchmark_sid)
    if sum(given is not None for given in benchmarks) + options.no_benchmark > 1:
        raise click.UsageError("Give one benchmark: a file, a symbol, a sid or none.")


def _strategy(options: RunOptions) -> Strategy:
    from rustybt.cli.strategy import strategy_from_file, strategy_from_text

    if options.algofile is not None:
        return strategy_from_file(options.algofile)
    return strategy_from_text(options.algotext or "", defines=options.define)


def _arguments(options: RunOptions) -> dict[str, Any]:
    """The arguments of ``run_algorithm`` that were given.

    What was not given has to stay away, so that profile, environment and default can decide.
    Extensions are loaded already: their failure is a matter of the command's own options.
    """
    arguments = {name: getattr(options, name) for name in _PASSED_ON}
    arguments["benchmark"] = (
        options.benchmark_symbol if options.benchmark_sid is None else options.benchmark_sid
    )
    if options.benchmark_file is not None:
        arguments["benchmark_returns"] = _benchmark_returns(options.benchmark_file)
    given = {name: value for name, value in arguments.items() if value is not None}
    return {**given, "envelope": options.envelope, "default_extension": False, "extensions": ()}


_PASSED_ON = (
    "start",
    "end",
    "capital_base",
    "data_frequency",
    "bundle",
    "bundle_timestamp",
    "calendar",
    "profile",
    "numeric",
    "frames",
    "fill_at",
    "trigger",
    "seed",
    "account",
    "currency",
    "lots",
    "metrics_set",
    "blotter",
)


def _benchmark_returns(path: Path) -> pl.DataFrame:
    """Read a benchmark: a row for each day, with the columns date and return."""
    import polars as pl

    from rustybt.errors import DataValidationError

    try:
        frame = pl.read_csv(path, schema_overrides={"date": pl.String, "return": pl.Float64})
        return frame.select(pl.col("date").str.to_date(), pl.col("return"))
    except pl.exceptions.PolarsError as error:
        met = str(error).partition("\n")[0]
        reason = f"a benchmark has the columns date (2020-01-31) and return (0.01); {met}"
        raise DataValidationError(file=str(path), reason=reason) from error
