"""Extensions and the values that are given to them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rustybt.errors import InvalidArgument
from rustybt.plugins import extensions
from rustybt.plugins.extensions import (
    extension_args,
    extension_assignments,
    load_extensions,
    set_extension_args,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path))
    monkeypatch.setattr(extensions, "_loaded", set())
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    set_extension_args(())


def script(folder: Path, name: str, source: str) -> str:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return str(path)


def noting(path: Path, text: str) -> str:
    """A script that adds a text to a file each time that it runs."""
    return f"with open({str(path)!r}, 'a') as log: log.write({text!r})"


def test_values_are_attributes() -> None:
    set_extension_args(["fast=10", "sma.slow=40", "sma.name=a=b", "empty="])
    assert extension_args.fast == "10"
    assert extension_args.sma.slow == "40"
    assert extension_args.sma.name == "a=b"
    assert extension_args.empty == ""
    assert extension_assignments() == ("fast=10", "sma.slow=40", "sma.name=a=b", "empty=")


def test_values_are_replaced_as_a_whole() -> None:
    set_extension_args(["fast=10"])
    set_extension_args(["slow=40"])
    assert not hasattr(extension_args, "fast")
    with pytest.raises(AttributeError, match="no extension argument 'fast'; give it with -x"):
        _ = extension_args.fast


@pytest.mark.parametrize("assignment", ["fast", "=1", "1a=2", "a..b=1", "a.=1"])
def test_malformed_values_are_refused(assignment: str) -> None:
    with pytest.raises(InvalidArgument, match="give it as key=value"):
        set_extension_args([assignment])


@pytest.mark.parametrize("assignments", [["a=1", "a.b=2"], ["a.b=2", "a=1"]])
def test_a_key_is_a_value_or_a_group(assignments: list[str]) -> None:
    with pytest.raises(InvalidArgument, match="cannot be a value and a group"):
        set_extension_args(assignments)


def test_the_default_extension_comes_first_and_each_runs_once(home: Path) -> None:
    log = home / "log"
    script(home, "extension.py", noting(log, "default "))
    mine = script(home, "mine.py", noting(log, "mine "))
    load_extensions([mine])
    load_extensions([mine])
    assert log.read_text(encoding="utf-8") == "default mine "


def test_without_the_default_extension(home: Path) -> None:
    script(home, "extension.py", "raise RuntimeError('not wanted')")
    load_extensions(default=False)


def test_an_extension_can_be_a_module(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(home, "rustybt_test_extension.py", noting(home / "runs", "x"))
    monkeypatch.syspath_prepend(str(home))
    load_extensions(["rustybt_test_extension"])
    assert (home / "runs").read_text(encoding="utf-8") == "x"
    del sys.modules["rustybt_test_extension"]


@pytest.mark.parametrize("name", ["no_such_module", "rustybt.no_such_module", "no/file", ".up", ""])
def test_a_module_that_is_not_there_is_a_mistake(name: str) -> None:
    with pytest.raises(InvalidArgument, match="there is no such module"):
        load_extensions([name])


def test_what_a_module_imports_in_vain_is_its_own_error(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(home, "rustybt_hungry_extension.py", "import no_such_module")
    monkeypatch.syspath_prepend(str(home))
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        load_extensions(["rustybt_hungry_extension"])


def test_an_extension_that_fails_is_an_error_and_tried_again(home: Path) -> None:
    broken = script(home, "broken.py", noting(home / "runs", "x") + "\n1 / 0")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load_extensions([broken])
    assert (home / "runs").read_text(encoding="utf-8") == "xx"


def test_an_extension_that_fails_can_be_a_warning(home: Path) -> None:
    broken = script(home, "broken.py", "1 / 0")
    with pytest.warns(RuntimeWarning, match=r"broken\.py failed: ZeroDivisionError"):
        load_extensions([broken], strict=False)


def test_an_extension_sees_its_values_and_its_neighbours(home: Path) -> None:
    script(home, "neighbour_of_extension.py", "name = 'helper'")
    out = home / "out"
    mine = script(
        home,
        "mine.py",
        "import neighbour_of_extension\n"
        "from rustybt.plugins.extensions import extension_args\n"
        f"with open({str(out)!r}, 'w') as file:\n"
        "    file.write(neighbour_of_extension.name + extension_args.day)\n",
    )
    set_extension_args(["day=monday"])
    load_extensions([mine])
    assert out.read_text(encoding="utf-8") == "helpermonday"
    del sys.modules["neighbour_of_extension"]
