"""``rustybt plugins``: what is installed, and whether it works."""

from __future__ import annotations

import click

from rustybt.cli._console import print_table
from rustybt.cli._group import plugin_problems
from rustybt.cli._help import Group
from rustybt.cli._session import debug_option


@click.group(cls=Group)
@debug_option
def plugins() -> None:
    """Show the plugins that installed packages bring.

    Examples:
      rustybt plugins list
      rustybt plugins check
    """


@plugins.command("list")
@debug_option
def list_plugins() -> None:
    """List all plugins without importing them.

    Example:
      rustybt plugins list
    """
    from rustybt.plugins import listing

    rows = [(p.group, p.name, ", ".join(p.origins)) for p in listing()]
    print_table(("group", "name", "from"), rows)


@plugins.command("check")
@debug_option
def check_plugins() -> None:
    """Import every plugin and say which cannot be used.

    The exit code is 1 if there is one.

    Example:
      rustybt plugins check
    """
    problems = plugin_problems()
    for report in problems:
        click.echo(f"{report.group} {report.name}: {report.problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("All plugins can be used.")
