"""Strategy files and texts: what is found in them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rustybt.cli.strategy import Strategy, strategy_from_file, strategy_from_text
from rustybt.errors import InvalidArgument, InvalidStrategy

HOOKS = "def initialize(context): pass\ndef on_order_fill(context, order, transaction): pass\n"
CLASS = "from rustybt import TradingAlgorithm\nclass {name}(TradingAlgorithm): pass\n"


@pytest.fixture(autouse=True)
def _path_restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("__strategy__", None)


def from_file(folder: Path, text: str) -> Strategy:
    path = folder / "sma.py"
    path.write_text(text, encoding="utf-8")
    return strategy_from_file(path)


def test_functions_are_found_by_name(tmp_path: Path) -> None:
    found = from_file(tmp_path, HOOKS + "handle_data = None\nother = print\n")
    assert set(found.hooks) == {"initialize", "on_order_fill"}
    assert found.hooks["initialize"].__code__.co_filename == str(tmp_path / "sma.py")
    assert found.name == "sma"
    assert found.source == HOOKS + "handle_data = None\nother = print\n"


def test_a_class_is_found_when_there_are_no_functions(tmp_path: Path) -> None:
    found = from_file(tmp_path, CLASS.format(name="Mine"))
    assert [*found.hooks] == ["algorithm"]
    assert found.hooks["algorithm"].__name__ == "Mine"


def test_two_classes_leave_it_open_which_to_run(tmp_path: Path) -> None:
    text = CLASS.format(name="Mine") + CLASS.format(name="Other")
    with pytest.raises(InvalidStrategy, match="it defines Mine, Other: keep one of them"):
        from_file(tmp_path, text)


def test_a_file_without_a_strategy_says_what_to_define(tmp_path: Path) -> None:
    with pytest.raises(InvalidStrategy, match=r"sma\.py cannot run; define initialize"):
        from_file(tmp_path, "from rustybt import TradingAlgorithm\n")


def test_a_strategy_imports_its_neighbours_and_is_a_module(tmp_path: Path) -> None:
    (tmp_path / "helper_of_strategy.py").write_text("window = 5\n", encoding="utf-8")
    found = from_file(
        tmp_path,
        "from dataclasses import dataclass\n"
        "from helper_of_strategy import window\n"
        "@dataclass\n"
        "class State:\n"
        "    size: 'int' = window\n"
        "def initialize(context): return State().size\n",
    )
    assert found.hooks["initialize"](None) == 5
    del sys.modules["helper_of_strategy"]


def test_definitions_become_part_of_the_text() -> None:
    found = strategy_from_text(
        "def initialize(context): return (n, symbol, pair)",
        defines=["n=5", "symbol=AAPL", "pair=(1, 'x')"],
    )
    assert found.hooks["initialize"](None) == (5, "AAPL", (1, "x"))
    assert found.source == (
        "n = 5\nsymbol = 'AAPL'\npair = (1, 'x')\ndef initialize(context): return (n, symbol, pair)"
    )


@pytest.mark.parametrize("definition", ["n", "=5", "1n=5", "a b=5"])
def test_malformed_definitions_are_refused(definition: str) -> None:
    with pytest.raises(InvalidArgument, match="give it as name=value"):
        strategy_from_text(HOOKS, defines=[definition])
