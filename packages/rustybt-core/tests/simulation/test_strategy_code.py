"""A strategy's code: found again in its text, or a reason why not."""

import linecache
from pathlib import Path

import pytest

from rustybt.algorithm import TradingAlgorithm
from rustybt.errors import InvalidStrategy
from rustybt.plugins.scripts import run_file, run_text
from rustybt.simulation.strategy_code import StrategyCode

TEXT = """
from rustybt.algorithm import TradingAlgorithm

STEP = 3

def initialize(context):
    context.step = STEP

def look(context, result):
    raise AssertionError

class Momentum(TradingAlgorithm):
    def initialize(self, context):
        pass

class Tuned(TradingAlgorithm):
    def __init__(self, speed):
        super().__init__()
        self.speed = speed
"""


def top_level(context: object) -> None:
    """A hook of this file."""


class Holder:
    """Something to set attributes on."""


def test_functions_of_a_file_come_back(tmp_path: Path) -> None:
    path = tmp_path / "strategy.py"
    path.write_text(TEXT)
    module = run_file(path, name="__test_strategy__")
    code = StrategyCode.of({"initialize": module.initialize, "analyze": module.look, "other": None})
    assert code.source == TEXT
    assert code.filename == str(path)
    assert code.hooks == {"initialize": "initialize", "analyze": "look"}
    path.unlink()
    context = Holder()
    hooks = code.load()
    assert set(hooks) == {"initialize"}
    hooks["initialize"](context)
    assert context.step == 3  # type: ignore[attr-defined]


def test_loading_leaves_the_file_s_own_text_alone() -> None:
    module = run_text(TEXT, filename="<kept>", name="__test_kept__")
    StrategyCode(source="def f(context): pass", filename="<kept>", hooks={"initialize": "f"}).load()
    assert StrategyCode.of({"initialize": module.initialize}).source == TEXT


@pytest.mark.parametrize("given_as", ["class", "object"])
def test_a_class_comes_back(given_as: str) -> None:
    module = run_text(TEXT, filename="<momentum>", name="__test_momentum__")
    algorithm = module.Momentum if given_as == "class" else module.Momentum()
    again = StrategyCode.of({"algorithm": algorithm}).load()["algorithm"]
    assert issubclass(again, TradingAlgorithm)
    assert again.__name__ == "Momentum"


def test_a_text_has_its_source_in_tracebacks() -> None:
    module = run_text(TEXT, filename="<traced>", name="__test_traced__")
    assert StrategyCode.of({"initialize": module.initialize}).source == TEXT


def obstacle(**hooks: object) -> str:
    code = StrategyCode.of(hooks)
    with pytest.raises(InvalidStrategy, match="cannot run"):
        code.load()
    assert code.obstacle is not None
    return code.obstacle


def test_local_functions_have_no_place_in_a_text() -> None:
    def local(context: object) -> None:
        pass

    assert "define it at the top level" in obstacle(initialize=local)
    assert "define it at the top level" in obstacle(initialize=lambda context: None)


def test_functions_of_several_files_are_no_one_text() -> None:
    module = run_text(TEXT, filename="<elsewhere>", name="__test_elsewhere__")
    hooks = {"initialize": module.initialize, "handle_data": top_level}
    assert "put them into one" in obstacle(**hooks)


def test_a_source_that_is_gone() -> None:
    module = run_text(TEXT, filename="<gone>", name="__test_gone__")
    linecache.cache.pop("<gone>")
    assert "its source is not there" in obstacle(initialize=module.initialize)


def test_objects_that_may_hold_arguments() -> None:
    module = run_text(TEXT, filename="<tuned>", name="__test_tuned__")
    assert "give a class" in obstacle(algorithm=module.Tuned(5))


def test_an_algorithm_made_of_functions() -> None:
    assert "give a class" in obstacle(algorithm=TradingAlgorithm(initialize=top_level))


def test_no_hooks_are_no_obstacle() -> None:
    assert StrategyCode.of({"initialize": None}).load() == {}
