"""``rustybt verify``: does a saved run repeat?"""

from __future__ import annotations

from pathlib import Path

import click

from rustybt.cli._help import Command
from rustybt.cli._session import (
    argument_option,
    current_session,
    debug_option,
    extension_options,
)


@click.command(cls=Command)
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@argument_option
@extension_options("--extension")
@debug_option
def verify(directory: Path) -> None:
    """Repeat the run saved in DIRECTORY and compare the results bit for bit.

    The exit code is 1 if they differ. The strategy sees the -x values of then; extensions see
    those, and what is given with -x now.

    Example:
      rustybt run -f sma.py -b sample -s 2020-01-02 -e 2021-12-31 -o results/
      rustybt verify results/
    """
    from rustybt.simulation.result import BacktestResult
    from rustybt.simulation.verify import verify_result

    saved = BacktestResult.load(directory)
    session = current_session()
    session.assignments = [*saved.manifest.extension_args, *session.assignments]
    session.load_extensions()
    report = verify_result(saved, directory=directory)
    click.echo(str(report))
    if not report.ok:
        raise click.exceptions.Exit(1)
