"""``rustybt doctor``: what is installed, where things live, what is wrong."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from rustybt.cli._console import print_values
from rustybt.cli._group import plugin_problems
from rustybt.cli._help import Command
from rustybt.cli._session import debug_option

#: What a problem report about RustyBT has to name.
_LIBRARIES = (
    "polars",
    "numpy",
    "pyarrow",
    "pandas",
    "exchange-calendars",
    "sqlalchemy",
    "alembic",
    "structlog",
    "click",
    "rich",
)


@click.command(cls=Command)
@debug_option
def doctor() -> None:
    """Show versions, the kernel in use and where data live, and look for trouble.

    The exit code is 1 if there is any.

    Example:
      rustybt doctor
    """
    print_values(_installation(), title="Installation")
    print_values(_configuration(), title="Settings")
    problems = list(_problems())
    for problem in problems:
        click.echo(f"Problem: {problem}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("No problems found.")


def _installation() -> dict[str, object]:
    from importlib.metadata import distributions

    # What is left of a distribution that was removed by hand has no name.
    named = (found for found in distributions() if "Name" in found.metadata)
    versions = {_normalized(found.name): found.version for found in named}
    ours = sorted(name for name in versions if name == "rustybt" or name.startswith("rustybt-"))
    names = (*ours, *_LIBRARIES)
    return {
        "Python": f"{platform.python_version()} at {sys.executable}",
        "platform": platform.platform(),
        **{name: versions.get(name, "not installed") for name in names},
        "accelerator": _accelerator(),
        "kernel": _kernel(),
    }


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _configuration() -> dict[str, object]:
    from rustybt.settings import CONFIG_FILE, settings, unknown_variables

    current = settings()
    config = current.home / CONFIG_FILE
    values: dict[str, object] = {
        "home": current.home,
        "configuration file": config if config.is_file() else f"{config} (not there)",
        "data": current.data_dir,
        "database": _without_password(current.database_url),
        "log level": current.log_level,
        "numbers": "decimal" if current.use_decimal else "float64",
        "frames": "polars" if current.use_polars else "pandas",
        "acceleration": current.accel,
        "precision overrides": ", ".join(sorted(current.precision)) or "none",
    }
    if unknown := unknown_variables(os.environ):
        values["not known to core"] = ", ".join(unknown)
    return values


def _accelerator() -> str:
    """What is installed to compute faster, used or not, and the parts that it has."""
    from rustybt.accelerators import CAPABILITIES, accelerator
    from rustybt.errors import RustyBTError

    try:
        found = accelerator("auto")
    except RustyBTError:
        return "cannot be used"
    if found is None:
        return "not installed"
    parts = [name for name in CAPABILITIES if found.capability(name) is not None]
    return f"{found.name} {found.version}: {', '.join(parts) or 'no parts yet'}"


def _kernel() -> str:
    """Which kernel a run would take; the problem, if there is one, is told below."""
    from rustybt.accelerators import kernel_name
    from rustybt.errors import RustyBTError

    try:
        return kernel_name()
    except RustyBTError:
        return "none"


def _problems() -> Iterator[str]:
    from rustybt.plugins.clash import clash_message, clashing_distributions
    from rustybt.settings import settings

    if clashing := clashing_distributions():
        yield clash_message(clashing)
    for folder in dict.fromkeys((settings().home, settings().data_dir)):
        if not _can_write(folder):
            yield f"{folder} cannot be written; set RUSTYBT_HOME and RUSTYBT_DATA_DIR"
    yield from _trouble_with_the_accelerator()
    for report in plugin_problems():
        yield f"plugin {report.name!r} of {report.group}: {report.problem}"


def _trouble_with_the_accelerator() -> Iterator[str]:
    """What a run would say of it; what keeps a plugin from loading is told among the plugins."""
    from rustybt.accelerators import accelerator
    from rustybt.errors import PluginBroken, PluginConflict, RustyBTError

    try:
        accelerator()
    except (PluginBroken, PluginConflict):
        return
    except RustyBTError as error:
        yield str(error)


def _can_write(folder: Path) -> bool:
    """Whether a folder, or the nearest one above it that exists, can be written."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK)


def _without_password(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)
