"""``rustybt explain``: why did an order of a saved run fill where it did?"""

from __future__ import annotations

from pathlib import Path

import click

from rustybt.cli._help import Command
from rustybt.cli._session import debug_option


@click.command(cls=Command)
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("order_ids", metavar="ORDER...", nargs=-1, required=True)
@debug_option
def explain(directory: Path, order_ids: tuple[str, ...]) -> None:
    """Explain orders of the run saved in DIRECTORY: why each filled where it did, or did not.

    It says when an order was placed and came to the market, which bar reached its stop or limit,
    and of every fill the bar, the volume limit, slippage and commission. The data are not needed.

    Example:
      rustybt run -f sma.py -b sample -s 2020-01-02 -e 2021-12-31 -o results/
      rustybt explain results/ main-1 main-2
    """
    from rustybt.cli._console import console
    from rustybt.simulation.result import BacktestResult

    result = BacktestResult.load(directory)
    out = console()
    for order_id in order_ids:
        told = result.explain(order_id)
        out.print(told if out.is_terminal else str(told), markup=False)
