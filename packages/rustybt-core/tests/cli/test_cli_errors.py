"""How exceptions are told: mistakes in a line, the user's code by its own lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rustybt.cli._errors import describe
from rustybt.errors import InvalidArgument, SymbolNotFound
from rustybt.plugins.scripts import run_file, run_text


def raised(kind: type[Exception], call: Callable[[], object]) -> Exception:
    """What a call raises, as if it had not been called from here: a test is nobody's strategy."""
    with pytest.raises(kind) as caught:
        call()
    trace = caught.value.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return caught.value.with_traceback(trace)


def write(folder: Path, text: str) -> Path:
    path = folder / "sma.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mistake_is_one_line() -> None:
    error = InvalidArgument(field="capital_base", value="-1", reason="give more than zero")
    assert describe(error) == (1, "Error: capital_base was '-1'; give more than zero")


def test_a_mistake_in_a_strategy_names_its_line(tmp_path: Path) -> None:
    source = (
        "from rustybt.errors import SymbolNotFound\n"
        "def initialize(context):\n"
        "    raise SymbolNotFound(symbol='APPL')\n"
    )
    module = run_file(write(tmp_path, source), name="strategy_of_test")
    code, text = describe(raised(SymbolNotFound, lambda: module.initialize(None)))
    assert code == 1
    assert text == f"Error: sma.py, line 3, in initialize: {SymbolNotFound(symbol='APPL')}"


def test_an_exception_of_a_strategy_shows_its_code_alone(tmp_path: Path) -> None:
    source = (
        "import json\n"
        "def initialize(context):\n"
        "    helper('{')\n"
        "def helper(text):\n"
        "    return json.loads(text)\n"
    )
    module = run_file(write(tmp_path, source), name="strategy_of_test")
    code, text = describe(raised(ValueError, lambda: module.initialize(None)))
    assert code == 1
    lines = text.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if line.startswith("  File")] == [
        f'  File "{tmp_path}/sma.py", line 3, in initialize',
        f'  File "{tmp_path}/sma.py", line 5, in helper',
    ]
    assert "    return json.loads(text)" in lines
    assert lines[-1].startswith("json.decoder.JSONDecodeError: Expecting property name")


def test_the_causes_of_an_exception_are_shown_as_well(tmp_path: Path) -> None:
    source = (
        "def initialize(context):\n"
        "    try:\n"
        "        {}['fast']\n"
        "    except KeyError as error:\n"
        "        raise ValueError('no fast') from error\n"
    )
    module = run_file(write(tmp_path, source), name="strategy_of_test")
    _, text = describe(raised(ValueError, lambda: module.initialize(None)))
    assert "KeyError: 'fast'" in text
    assert "direct cause" in text
    assert text.endswith("ValueError: no fast")


def test_text_given_on_the_command_line_shows_its_lines() -> None:
    source = "def initialize(context):\n    return 1 / 0\n"
    module = run_text(source, filename="<algotext>", name="strategy_of_test")
    _, text = describe(raised(ZeroDivisionError, lambda: module.initialize(None)))
    assert '  File "<algotext>", line 2, in initialize\n    return 1 / 0' in text
    assert text.endswith("ZeroDivisionError: division by zero")


def test_a_file_that_is_no_python_shows_where(tmp_path: Path) -> None:
    path = write(tmp_path, "def initialize(context)\n    pass\n")
    code, text = describe(raised(SyntaxError, lambda: run_file(path, name="strategy_of_test")))
    assert code == 1
    assert text.startswith("Error: the file is no valid Python\n")
    assert f'File "{path}", line 1' in text
    assert "SyntaxError: expected ':'" in text


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "none.py"
    error = raised(FileNotFoundError, lambda: run_file(path, name="strategy_of_test"))
    assert describe(error) == (1, f"Error: {path}: No such file or directory")


def test_a_bug_of_ours_asks_for_a_report() -> None:
    code, text = describe(raised(ValueError, lambda: int("x")))
    assert code == 70
    assert text.startswith("Error: RustyBT failed with ValueError: invalid literal for int()")
    assert "--debug" in text


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_a_file_may_name_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "sma.py"
    path.write_bytes(f"# -*- coding: {encoding} -*-\nname = 'é'\n".encode(encoding))
    assert run_file(path, name="strategy_of_test").name == "é"
