"""What ``rustybt data`` says about itself, and what it loads to say so."""

import subprocess
import sys

import click
import pytest
from data_commands import done

from rustybt_data.cli import data

HEAVY = {"polars", "numpy", "pyarrow", "sqlalchemy", "rich", "structlog", "httpx", "ccxt"}


def test_the_commands_are_those_of_the_manual() -> None:
    assert sorted(data.commands) == [
        "check",
        "diff",
        "export",
        "fetch",
        "gc",
        "import",
        "info",
        "list",
        "verify",
    ]


@pytest.mark.parametrize("name", sorted(data.commands))
def test_every_help_teaches_with_an_example(name: str) -> None:
    example = done("data", name, "--help").partition("Example")[2]
    assert f"    rustybt data {name}" in example


@pytest.mark.parametrize("name", sorted(data.commands))
def test_every_option_says_what_it_does(name: str) -> None:
    options = [each for each in data.commands[name].params if isinstance(each, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_no_help_in_the_list_is_cut() -> None:
    assert "..." not in done("data", "--help").partition("Commands:")[2]


def test_the_root_names_it() -> None:
    assert "data  from rustybt-data" in done("--help")


@pytest.mark.parametrize("arguments", [["data", "--help"], ["data", "fetch", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from rustybt.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print('MODULES', *sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in ran.stdout.partition("MODULES")[2].split()}
    assert not loaded & HEAVY
