"""``rustybt data``: the catalog at the command line.

Every command imports what it needs when it runs.
"""

from __future__ import annotations

import click

from rustybt.cli._help import Group
from rustybt.cli._session import debug_option
from rustybt_data.cli.checking import check, verify
from rustybt_data.cli.collecting import gc
from rustybt_data.cli.comparing import diff
from rustybt_data.cli.exporting import export
from rustybt_data.cli.ingesting import fetch, import_files
from rustybt_data.cli.showing import info, list_names

__all__ = ["data"]


@click.group(cls=Group)
@debug_option
def data() -> None:
    """Fetch, import, look at, check, compare and export market data.

    What a name holds is never changed: each ingestion makes a new version of it, and a backtest
    can run on any of them.

    Examples:
      rustybt data fetch yfinance AAPL MSFT --name us --start 2020-01-01
      rustybt data import mine prices.csv
      rustybt data check mine
      rustybt run -f strategy.py -b mine -s 2020-01-02 -e 2021-12-31
    """


for _command in (fetch, import_files, list_names, info, check, diff, export, gc, verify):
    data.add_command(_command)
