"""A user's strategy file, or text: executed, and searched for what a run needs."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rustybt.errors import InvalidArgument, InvalidStrategy
from rustybt.plugins.scripts import run_file, run_text

if TYPE_CHECKING:
    from rustybt.algorithm import TradingAlgorithm

MODULE_NAME = "__strategy__"
TEXT_NAME = "<algotext>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A strategy that is ready to run.

    Attributes:
        name: The file's name without its ending, or ``algotext``.
        source: Its text.
        hooks: What it defines, as arguments of ``run_algorithm``: functions by the names of the
            hooks, or a class as ``algorithm``.
    """

    name: str
    source: str
    hooks: Mapping[str, Any]


def strategy_from_file(path: Path) -> Strategy:
    """Execute a strategy file.

    Raises:
        InvalidStrategy: It defines nothing that can be run.
        Exception: Whatever the file raises.
    """
    module = run_file(path, name=MODULE_NAME)
    source = "".join(linecache.getlines(str(module.__file__)))
    return Strategy(name=path.stem, source=source, hooks=_hooks(path.name, module))


def strategy_from_text(text: str, *, defines: Iterable[str] = ()) -> Strategy:
    """Execute the text of a strategy, before which each ``name=value`` of ``defines`` is assigned.

    A value is a Python literal, or the text itself where it is none: ``n=5``, ``symbol=AAPL``. The
    assignments become part of the text, so that a saved run can be repeated.

    Raises:
        InvalidArgument: A definition is no ``name=value``.
        InvalidStrategy: The text defines nothing that can be run.
        Exception: Whatever the text raises.
    """
    source = "".join((*map(_assignment, defines), text))
    module = run_text(source, filename=TEXT_NAME, name=MODULE_NAME)
    return Strategy(name="algotext", source=source, hooks=_hooks("text", module))


def _hooks(source: str, module: ModuleType) -> dict[str, Any]:
    from rustybt.algorithm.algorithm import HOOKS

    defined = vars(module)
    functions = {hook: defined[hook] for hook in HOOKS if callable(defined.get(hook))}
    return functions or {"algorithm": _algorithm_class(source, module)}


def _algorithm_class(source: str, module: ModuleType) -> type[TradingAlgorithm]:
    """The one subclass of TradingAlgorithm that a module defines, rather than imports."""
    from rustybt.algorithm import TradingAlgorithm

    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, TradingAlgorithm)
        and value.__module__ == module.__name__
    ]
    if not classes:
        reason = "define initialize(context) and handle_data(context, data), or a TradingAlgorithm"
        raise InvalidStrategy(source=source, reason=reason)
    if len(classes) > 1:
        names = ", ".join(sorted(found.__name__ for found in classes))
        raise InvalidStrategy(source=source, reason=f"it defines {names}: keep one of them")
    return classes[0]


def _assignment(definition: str) -> str:
    name, equals, text = definition.partition("=")
    if not equals or not name.isidentifier():
        raise InvalidArgument(field="--define", value=definition, reason="give it as name=value")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    return f"{name} = {value!r}\n"
