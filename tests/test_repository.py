"""Rules that this repository keeps, and that no other tool checks."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tools.workspace import ROOT, Member, markdown_files, members, python_files

MODULE_LINES_MAX = 500
FUNCTION_LINES_MAX = 50
MEMBERS = members()
CORE = ROOT / "packages" / "rustybt-core" / "src" / "rustybt"
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(thing: Member | Path) -> str:
    return thing.name if isinstance(thing, Member) else str(thing.relative_to(ROOT))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def body_lines(function: Function) -> int:
    """Lines of what a function does: without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_literal(node: ast.expr) -> bool:
    """A text or whole number in the source, with or without a sign."""
    if isinstance(node, ast.UnaryOp):
        return is_literal(node.operand)
    return isinstance(node, ast.Constant) and type(node.value) in (str, int)


def called_name(call: ast.Call) -> str:
    """Decimal of both Decimal(...) and decimal.Decimal(...); dotted for its class methods."""
    return ast.unparse(call.func).removeprefix("decimal.")


def decimals_from_outside(module: ast.Module) -> Iterator[int]:
    """Lines that build a Decimal from something that is no literal."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = called_name(node)
        literal = len(node.args) == 1 and is_literal(node.args[0])
        if name == "Decimal.from_float" or (name == "Decimal" and not literal):
            yield node.lineno


@pytest.mark.parametrize("path", list(python_files()), ids=name_of)
def test_module_is_small(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MODULE_LINES_MAX, f"was {lines} lines, at most {MODULE_LINES_MAX}: split it"


@pytest.mark.parametrize("path", list(python_files()), ids=name_of)
def test_functions_are_small(path: Path) -> None:
    functions = (node for node in ast.walk(parse(path)) if isinstance(node, Function))
    long = {each.name: body_lines(each) for each in functions}
    assert not {name: size for name, size in long.items() if size > FUNCTION_LINES_MAX}


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=name_of)
def test_only_values_builds_decimals_from_outside_input(path: Path) -> None:
    if "values" in path.relative_to(CORE).parts[0]:
        return
    lines = list(decimals_from_outside(parse(path)))
    assert not lines, f"lines {lines}: use rustybt.values, the one gate for numbers"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Decimal('0.1')", False),
        ("Decimal(-1)", False),
        ("decimal.Decimal(0)", False),
        ("Decimal(text)", True),
        ("decimal.Decimal(text)", True),
        ("Decimal(0.1)", True),
        ("Decimal.from_float(x)", True),
    ],
)
def test_decimal_rule_sees(source: str, *, found: bool) -> None:
    assert bool(list(decimals_from_outside(ast.parse(source)))) is found


@pytest.mark.parametrize("path", [*python_files(), *markdown_files()], ids=name_of)
def test_nothing_is_left_to_do_in(path: Path) -> None:
    assert not UNFINISHED.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("member", MEMBERS, ids=name_of)
def test_public_methods_are_documented(member: Member) -> None:
    classes = [
        (path, node)
        for path in sorted(member.package.rglob("*.py"))
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    documented = {method.name for _, node in classes for method in methods(node) if says(method)}
    silent = [
        f"{path.name}: {node.name}.{method.name}"
        for path, node in classes
        for method in methods(node)
        if method.name not in documented
    ]
    assert not silent, "a public method needs a docstring, there or in its protocol"


def methods(node: ast.ClassDef) -> list[Function]:
    """Public methods of a class; a setter is documented by its property."""
    found = (each for each in node.body if isinstance(each, Function))
    return [each for each in found if not each.name.startswith("_")]


def says(function: Function) -> bool:
    return ast.get_docstring(function) is not None


def test_no_python_version_is_pinned() -> None:
    found = chain(ROOT.glob(".python-version"), ROOT.glob("*/*/.python-version"))
    assert not list(found), "uv under pyenv fails on a version that is not installed"


@pytest.mark.parametrize("member", MEMBERS, ids=name_of)
def test_member_has_what_a_distribution_needs(member: Member) -> None:
    for name in ("README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"):
        assert (member.folder / name).is_file(), name
    assert (member.package / "py.typed").is_file()
    assert list((member.folder / "tests").rglob("test_*.py"))
    assert member.project["requires-python"] == ">=3.11"
    assert member.project["license"] == "Apache-2.0"


@pytest.mark.parametrize("member", MEMBERS, ids=name_of)
def test_changelog_tells_of_the_version(member: Member) -> None:
    changelog = (member.folder / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[{re.escape(member.version)}\]", changelog, re.MULTILINE)


@pytest.mark.parametrize("member", MEMBERS, ids=name_of)
def test_licence_is_the_same_everywhere(member: Member) -> None:
    assert (member.folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
