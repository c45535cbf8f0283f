"""Write docs/reference.md: every public name with what its docstring says in its first sentence.

``python -m tools.reference`` writes it; a test compares it with what would be written.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tools.workspace import ROOT

PAGE = ROOT / "docs" / "reference.md"

INTRODUCTION = """# Reference

Every public name, with the first sentence of its documentation. `help(name)` in Python shows all of
it: arguments, units, errors. What is not listed here is private and may change without notice.
`make reference` writes this page.
"""

#: Every module that exports names to users, in the order of the page.
MODULES = (
    "rustybt",
    "rustybt.api",
    "rustybt.data.bundles",
    "rustybt.finance.commission",
    "rustybt.finance.slippage",
    "rustybt.finance.latency",
    "rustybt.finance.fills",
    "rustybt.finance.borrow",
    "rustybt.finance.financing",
    "rustybt.finance.margin",
    "rustybt.finance.account_types",
    "rustybt.finance.draws",
    "rustybt.finance.execution",
    "rustybt.finance.controls",
    "rustybt.finance.cancel_policy",
    "rustybt.finance.asset_restrictions",
    "rustybt.indicators",
    "rustybt.assets",
    "rustybt.calendars",
    "rustybt.clock",
    "rustybt.values",
    "rustybt.metrics",
    "rustybt.pipeline.alpha",
    "rustybt.accelerators",
    "rustybt.plugins",
    "rustybt.net",
    "rustybt.streams",
    "rustybt.testing",
    "rustybt.errors",
    "rustybt_data",
    "rustybt_data.adapters",
    "rustybt_data.adapters.websocket",
    "rustybt_data.quality",
    "rustybt_data.resampling",
)

#: Classes whose attributes and methods users meet without importing them, or call on results.
CLASSES = (
    "rustybt.data.bar_data.BarData",
    "rustybt.finance.portfolio.Portfolio",
    "rustybt.finance.portfolio.Account",
    "rustybt.finance.positions.Position",
    "rustybt.orders.order.OrderView",
    "rustybt.finance.transaction.DecimalTransaction",
    "rustybt.simulation.result.BacktestResult",
    "rustybt.metrics.summary.Summary",
    "rustybt.data.readers.BarReader",
    "rustybt.data.bundle.BundleData",
    "rustybt.data.point_in_time.PointInTime",
    "rustybt.settings.Settings",
)

#: What cannot be said where a name is made.
_SAID = {"__version__": "Version of the distribution."}

#: Functions with more parameters are shown without them.
_PARAMETERS_SHOWN = 12

_ROLE = re.compile(r":\w+:`")
_ATTRIBUTE = re.compile(r"^ {4}(\w+): ", re.MULTILINE)


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *map(module_section, MODULES), *map(class_section, CLASSES)])


def module_section(name: str) -> str:
    """The section of a module: one row per exported name."""
    module = importlib.import_module(name)
    rows = [(called(module, each), sentence_about(name, each)) for each in module.__all__]
    return _section(f"`{name}`", first_sentence(module.__doc__), rows)


def class_section(path: str) -> str:
    """The section of a class: one row per attribute or method."""
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    return _section(f"`{path}`", first_sentence(found.__doc__), list(members(found)))


def members(found: type) -> Iterator[tuple[str, str]]:
    """Public attributes, in order of the docstring, and then properties and methods."""
    documented = attributes(found)
    yield from ((f"`{name}`", text) for name, text in documented.items())
    for name in dir(found):
        member = inspect.getattr_static(found, name)
        if name.startswith("_") or name in documented or inspect.ismemberdescriptor(member):
            continue
        shown = name if isinstance(member, property) else f"{name}{_parameters(member)}"
        yield f"`{shown}`", first_sentence(inspect.getdoc(getattr(found, name)))


def attributes(found: type) -> dict[str, str]:
    """What the part ``Attributes:`` of a docstring says, by name."""
    parts = re.split(r"^(\w+):$", inspect.cleandoc(found.__doc__ or ""), flags=re.MULTILINE)
    text = dict(zip(parts[1::2], parts[2::2], strict=True)).get("Attributes", "")
    pieces = _ATTRIBUTE.split(text)[1:]
    return {
        name: first_sentence(" ".join(said.split()))
        for name, said in zip(pieces[::2], pieces[1::2], strict=True)
    }


def called(module: ModuleType, name: str) -> str:
    """A name with the names of its parameters, where it is a function."""
    value = getattr(module, name)
    return f"`{name}{_parameters(value)}`" if inspect.isfunction(value) else f"`{name}`"


def sentence_about(module: str, name: str) -> str:
    """The first sentence of what is documented about a name that a module exports."""
    value = getattr(importlib.import_module(module), name)
    has_docstring = inspect.ismodule(value) or inspect.isclass(value) or inspect.isroutine(value)
    said = inspect.getdoc(value) if has_docstring else _SAID.get(name) or text_below(module, name)
    try:
        return first_sentence(said)
    except ValueError as error:
        raise ValueError(f"{module}.{name} needs a docstring") from error


def first_sentence(text: str | None) -> str:
    """The first sentence of a docstring in one line, as a cell of a table.

    Raises:
        ValueError: There is none.
    """
    paragraph = " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())
    if not paragraph:
        raise ValueError("there is no docstring")
    sentence = re.split(r"(?<=[.])\s(?=[A-Z`])", paragraph)[0].rstrip(".:")
    return _ROLE.sub("`", sentence).replace("``", "`").replace("|", "\\|")


def text_below(module: str, name: str) -> str | None:
    """The string below the assignment of a constant, wherever it was imported from."""
    body = _body(module)
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if name in _targets(statement) and isinstance(following, ast.Expr):
            return _text(following.value)
    origin = _imported_from(module, name)
    return _comment_above(module, name) if origin is None else text_below(*origin)


def _text(value: ast.expr) -> str | None:
    said = value.value if isinstance(value, ast.Constant) else None
    return said if isinstance(said, str) else None


def _imported_from(module: str, name: str) -> tuple[str, str] | None:
    """The module that a name was imported from, and its name there."""
    for node in ast.walk(ast.Module(_body(module), [])):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return node.module, alias.name
    return None


def _comment_above(module: str, name: str) -> str | None:
    """The comment with ``#:`` above the assignment of a constant."""
    lines = _source(module).read_text("utf-8").splitlines()
    for statement in _body(module):
        if name in _targets(statement):
            said: list[str] = []
            for line in reversed(lines[: statement.lineno - 1]):
                if not line.startswith("#:"):
                    break
                said.insert(0, line.removeprefix("#:").strip())
            return " ".join(said)
    return None


def _targets(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


@cache
def _body(module: str) -> list[ast.stmt]:
    return ast.parse(_source(module).read_text("utf-8")).body


def _source(module: str) -> Path:
    file = importlib.import_module(module).__file__
    assert file is not None, "our packages have a file"
    return Path(file)


def _parameters(value: Any) -> str:  # noqa: ANN401 - a function or method of any kind
    """The names of a function's parameters, without self."""
    names: list[str] = []
    for parameter in inspect.signature(getattr(value, "__func__", value)).parameters.values():
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not any(n.startswith("*") for n in names):
            names.append("*")
        names.append(str(parameter.replace(annotation=parameter.empty, default=parameter.empty)))
    return f"({', '.join(names)})" if len(names) <= _PARAMETERS_SHOWN else "(…)"


def _section(title: str, sentence: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"## {title}", "", f"{sentence}.", "", "| name | what it is |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {text} |" for name, text in rows), ""])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
