"""The command ``rustybt``.

Every command imports what it needs when it runs, so that ``rustybt --help`` answers at once.
"""

from __future__ import annotations

import click

from rustybt.cli._group import CommandGroup
from rustybt.cli._session import argument_option, debug_option, extension_options

__all__ = ["main"]


def _print_version(context: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value and not context.resilient_parsing:
        from rustybt.plugins.installed import version_of

        click.echo(f"rustybt {version_of('rustybt-core')}, {_kernel()}")
        context.exit()


def _kernel() -> str:
    """Which kernel a run would take, or why none can be taken."""
    from rustybt.accelerators import kernel_name
    from rustybt.errors import RustyBTError

    try:
        return f"kernel {kernel_name()}"
    except RustyBTError as error:
        return f"no kernel: {error}"


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: rustybt demo",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and the kernel in use, and exit.",
)
@debug_option
@extension_options("-e", "--extension")
@argument_option
def main() -> None:
    """Backtest trading strategies, exact to the cent.

    Examples:
      rustybt demo
      rustybt bundle ingest mine --source csvdir --path prices/
      rustybt run -f strategy.py -b mine -s 2020-01-02 -e 2021-12-31 -o results/
    """
    from rustybt.logs import configured
    from rustybt.settings import settings

    logging = configured(level=settings().log_level, style=settings().log_format)
    click.get_current_context().with_resource(logging)
