"""The commands that need no data: options, plugins, doctor."""

import logging
import sys
from pathlib import Path

import pytest
from accelerator_stubs import GivenAccelerator, registered
from click.testing import CliRunner, Result

from rustybt.accelerators import kernel_name
from rustybt.cli import main
from rustybt.errors import RustyBTError

# A run that ends when it comes to its strategy.
RUN = ["run", "-t", "not_a_strategy = True", "-s", "2020-01-02", "-e", "2020-01-03"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("RUSTYBT_ACCEL", "RUSTYBT_DATA_DIR", "RUSTYBT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path / "home"


def rustybt(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Give the strategy as a file with -f or as text with -t."),
        (["-t", "x", "-f", __file__], "Give the strategy as a file with -f or as text with -t."),
        (["-f", __file__, "-D", "n=1"], "-D defines names in the text of -t; use -x for a file."),
        (["-t", "x", "--benchmark-sid", "1", "--no-benchmark"], "Give one benchmark"),
        (["-t", "x", "-s", "2020-13-01"], "'2020-13-01' is no day such as 2020-01-31"),
        (["-t", "x", "-s", "2020-01-01T25:00"], "'2020-01-01T25:00' is no day"),
        (["-f", "no/such/file.py"], "File 'no/such/file.py' does not exist"),
        (["-t", "x", "--profile", "backtrader"], "'backtrader' is not 'zipline'"),
    ],
)
def test_options_of_run_that_cannot_be(options: list[str], message: str) -> None:
    result = rustybt("run", "-s", "2020-01-02", "-e", "2020-12-31", *options)
    assert result.exit_code == 2
    assert message in result.output


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "on")
    result = rustybt("doctor")
    assert result.exit_code == 1
    assert (
        result.stderr == "Error: setting RUSTYBT_ACCEL was 'on'; give one of auto, off, require\n"
    )


@pytest.mark.parametrize("after", [False, True])
def test_debug_lets_the_exception_through(tmp_path: Path, after: bool) -> None:
    command = ["verify", str(tmp_path)]
    result = rustybt(*([*command, "--debug"] if after else ["--debug", *command]))
    assert isinstance(result.exception, RustyBTError)
    assert isinstance(rustybt(*command).exception, SystemExit)


def test_a_failing_extension_is_told_by_its_line(home: Path) -> None:
    home.mkdir()
    (home / "extension.py").write_text("\n1 / 0\n", encoding="utf-8")
    result = rustybt(*RUN)
    assert result.exit_code == 1
    assert f'File "{home}/extension.py", line 2' in result.stderr
    assert "rustybt/cli" not in result.stderr


@pytest.mark.parametrize("after", [False, True])
def test_extension_options_stand_before_or_after_the_command(home: Path, after: bool) -> None:
    home.mkdir()
    (home / "extension.py").write_text("1 / 0", encoding="utf-8")
    (home / "mine.py").write_text(
        "from rustybt import extension_args\nprint('given', extension_args.day)\n", encoding="utf-8"
    )
    options = ["--no-default-extension", "--extension", str(home / "mine.py"), "-x", "day=monday"]
    result = rustybt(*(RUN + options if after else options + RUN))
    assert result.stdout == "given monday\n"


def test_a_command_leaves_logging_as_it_was() -> None:
    logger = logging.getLogger("rustybt")
    before = (list(logger.handlers), logger.level, logger.propagate)
    assert rustybt("plugins", "list").exit_code == 0
    assert (list(logger.handlers), logger.level, logger.propagate) == before


@pytest.mark.parametrize("name", ["no_such_module", "no_such_package.module", "settings.toml"])
def test_an_extension_that_is_not_there_is_one_line(name: str) -> None:
    result = rustybt(*RUN, "--extension", name)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: extension was '{name}'; there is no such module; "
        "give a file that ends in .py, or a module on the path\n"
    )


def test_a_place_for_the_result_is_checked_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    result = rustybt("run", "-t", "raise AssertionError", *RUN[3:], "-o", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: directory was '{tmp_path}'; "
        "it holds something other than a saved run; give a new or empty folder\n"
    )


def test_plugins_are_listed_with_their_distribution() -> None:
    result = rustybt("plugins", "list")
    assert result.exit_code == 0
    rows = [line.split() for line in result.output.splitlines()]
    assert ["rustybt.metrics", "default", "rustybt-core"] in [row[:3] for row in rows]


def test_the_plugins_that_are_installed_here_work() -> None:
    result = rustybt("plugins", "check")
    assert (result.exit_code, result.output) == (0, "All plugins can be used.\n")


def test_doctor_says_what_is_installed_and_where_data_live(home: Path) -> None:
    result = rustybt("doctor")
    assert result.exit_code == 0
    shown = {line.split("  ")[1].strip(): line.split()[-1] for line in _rows(result.output)}
    assert shown["home"] == str(home)
    assert shown["data"] == str(home / "data")
    assert "polars" in shown
    assert shown["kernel"] == kernel_name().split()[-1]
    assert result.output.endswith("No problems found.\n")


def test_doctor_hides_the_password_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "lovelace"
    monkeypatch.setenv("RUSTYBT_DATABASE_URL", f"postgresql://ada:{hidden}@db/rustybt")
    output = rustybt("doctor").output
    assert "postgresql://ada:***@db/rustybt" in output
    assert hidden not in output


def test_doctor_finds_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rustybt-0.3.1.dist-info").mkdir()
    (tmp_path / "blocked").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setenv("RUSTYBT_DATA_DIR", str(tmp_path / "blocked" / "data"))
    monkeypatch.setenv("RUSTYBT_ACEL", "off")
    with registered(GivenAccelerator(name="old", protocol=0)):
        result = rustybt("doctor")
    assert result.exit_code == 1
    problems = [line for line in result.output.splitlines() if line.startswith("Problem: ")]
    assert len(problems) == 3
    assert "rustybt 0.3.1 is installed too" in problems[0]
    assert "blocked/data cannot be written" in problems[1]
    assert "accelerator 'old' of this process speaks protocol 0" in problems[2]
    assert "RUSTYBT_ACEL" in result.output


def test_doctor_says_what_the_accelerator_has(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"sweep": list, "kernel": list}
    with registered(GivenAccelerator(name="own", capabilities=parts)):
        taken = rustybt("doctor").output
        monkeypatch.setenv("RUSTYBT_ACCEL", "off")
        left = rustybt("doctor").output
    for output, kernel in ((taken, "own 1.0"), (left, "python")):
        shown = {name: value.strip() for name, _, value in map(_pair, _rows(output))}
        assert (shown["accelerator"], shown["kernel"]) == ("own 1.0: kernel, sweep", kernel)


def _pair(row: str) -> tuple[str, str, str]:
    return row.strip().partition("  ")


def _rows(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("  ") and line.strip()]
