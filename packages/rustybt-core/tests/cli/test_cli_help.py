"""What the command line says about itself, and what it loads to say so."""

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from accelerator_stubs import GivenAccelerator, registered
from click.testing import CliRunner

from rustybt.accelerators import kernel_name
from rustybt.cli import main
from rustybt.settings import settings

HEAVY = {"polars", "numpy", "pandas", "sqlalchemy", "pydantic", "rich", "structlog", "scipy"}


def commands(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and group of ours, plugins left out."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and str(found.callback.__module__).startswith("rustybt.cli"):
                yield from commands(found, (*path, name))


ALL = dict(commands())


def test_the_commands_are_those_of_the_manual() -> None:
    assert set(ALL) == {
        (),
        ("bundle",),
        ("bundle", "clean"),
        ("bundle", "info"),
        ("bundle", "ingest"),
        ("bundle", "list"),
        ("bundle", "migrate"),
        ("demo",),
        ("doctor",),
        ("explain",),
        ("plugins",),
        ("plugins", "check"),
        ("plugins", "list"),
        ("run",),
        ("verify",),
    }


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_help_teaches_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    line = " ".join(("rustybt", *path))
    example = result.output.partition("Example")[2]
    assert f"    {line} " in example + " " or f"    {line}\n" in example


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    options = [p for p in ALL[path].params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from rustybt.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print('MODULES', *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.partition("MODULES")[2].split()}
    assert not loaded & HEAVY


def test_the_module_is_the_command_and_names_the_kernel() -> None:
    from importlib.metadata import version

    for choice, kernel in ((settings().accel, kernel_name()), ("off", "python")):
        done = subprocess.run(
            [sys.executable, "-m", "rustybt", "--version"],
            env={**os.environ, "RUSTYBT_ACCEL": choice},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"rustybt {version('rustybt-core')}, kernel {kernel}\n"


def test_the_version_is_told_where_no_kernel_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "auto")
    kernel = {"kernel": list}
    with registered(GivenAccelerator(name="own", version="2.0", capabilities=kernel)):
        assert CliRunner().invoke(main, ["--version"]).output.endswith(", kernel own 2.0\n")
    with registered(GivenAccelerator(name="own", protocol=0)):
        result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert "no kernel: accelerator 'own' of this process speaks protocol 0" in result.output


def test_help_lists_what_each_command_does() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    assert "run      Run a strategy and show what became of it." in output
    assert "Start with: rustybt demo" in output


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["rum"])
    assert result.exit_code == 2
    assert "No such command 'rum'" in result.output
