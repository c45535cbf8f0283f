"""Texts of values and code: the same in every process, different where the value is different.

Functions are told by their bytecode, their defaults, and whatever they take from around them;
what belongs to an installed library, by its name and the library's version.
"""

import dis
import functools
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

import numpy as np
import polars as pl

from rustybt.assets import Asset

_PLAIN: Final = (str, bytes, int, complex, Decimal, Fraction, date, datetime, timedelta)
_NOT_OF_A_CLASS: Final = frozenset(
    {
        "__abstractmethods__",
        "__annotations__",
        "__dict__",
        "__doc__",
        "__firstlineno__",
        "__module__",
        "__static_attributes__",
        "__weakref__",
        "_abc_impl",
    }
)


class NotStable(Exception):  # noqa: N818 - never seen outside; it says why there is no text
    """Something cannot be told from others by a text."""


class StableText:
    """Makes texts of values and code."""

    def __init__(self) -> None:
        self._open: list[int] = []

    def of(self, value: object) -> str:
        """The text of a value.

        Raises:
            NotStable: It has none.
        """
        if id(value) in self._open:
            return f"<around {len(self._open) - self._open.index(id(value))}>"
        self._open.append(id(value))
        try:
            return self.text(value)
        finally:
            self._open.pop()

    def text(self, value: Any) -> str:  # noqa: ANN401 - anything may be given
        """The text of a value that is not inside of itself."""
        if value is None or value is Ellipsis or value is NotImplemented:
            return repr(value)
        if isinstance(value, Enum):
            return f"{self.of(type(value))}.{value.name}"
        for kinds, rule in self._rules():
            if isinstance(value, kinds):
                return rule(value)
        raise NotStable(f"a {type(value).__name__} in it may be different in each process")

    def _rules(self) -> Iterable[tuple[Any, Callable[[Any], str]]]:
        return (
            (_PLAIN, lambda v: f"{type(v).__name__} {v!r}"),
            (float, float.hex),
            (Asset, lambda v: f"asset {v.sid}"),
            ((np.ndarray, np.generic), self._array),
            (np.dtype, lambda v: f"dtype {v.str}"),
            (pl.DataFrame, lambda v: digest(v.write_ipc(None).getvalue())),
            (pl.Series, lambda v: self.of(v.to_frame())),
            (pl.Expr, lambda v: digest(v.meta.serialize())),
            (Mapping, self._mapping),
            ((set, frozenset), lambda v: f"{{{', '.join(sorted(map(self.of, v)))}}}"),
            ((tuple, list), lambda v: f"[{', '.join(map(self.of, v))}]"),
            (CodeType, self._code),
            (FunctionType, self._function),
            (MethodType, lambda v: f"{self.of(v.__self__)}.{self.of(v.__func__)}"),
            ((staticmethod, classmethod), lambda v: self.of(v.__func__)),
            (property, lambda v: self.of((v.fget, v.fset, v.fdel))),
            (functools.partial, lambda v: self.of((v.func, v.args, v.keywords))),
            (type, self._class),
            (ModuleType, lambda v: _of_library(v.__name__, "its code")),
            (Callable, _named),
        )

    def _mapping(self, value: Mapping[object, object]) -> str:
        items = sorted((self.of(key), self.of(each)) for key, each in value.items())
        return f"{{{', '.join(f'{key}: {each}' for key, each in items)}}}"

    def _array(self, value: "np.ndarray[Any, Any] | np.generic") -> str:
        array = np.asarray(value)
        if array.dtype.hasobject:
            return f"array {array.shape} {self.of(array.ravel().tolist())}"
        content = digest(np.ascontiguousarray(array).tobytes())
        return f"array {array.dtype.str} {array.shape} {content}"

    def _code(self, code: CodeType) -> str:
        parts = (code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_flags)
        return digest(self.of(parts).encode())

    def _function(self, function: FunctionType) -> str:
        if is_of_library(function.__module__):
            return _named(function)
        around = [_content(cell) for cell in function.__closure__ or ()]
        found = function.__globals__
        used = {name: found[name] for name in _globals(function.__code__) if name in found}
        parts = (function.__code__, function.__defaults__, function.__kwdefaults__, around, used)
        return f"function {digest(self.of(parts).encode())}"

    def _class(self, kind: type) -> str:
        if is_of_library(kind.__module__):
            return _named(kind)
        own = {name: each for name, each in vars(kind).items() if name not in _NOT_OF_A_CLASS}
        own = {name: each for name, each in own.items() if not _is_descriptor(each)}
        return f"class {kind.__qualname__} {digest(self.of((own, kind.__bases__)).encode())}"


def digest(content: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def is_of_library(module: str | None) -> bool:
    """Whether a module belongs to Python or to an installed distribution, RustyBT among them."""
    root = (module or "").partition(".")[0]
    if root in sys.stdlib_module_names or root == __name__.partition(".")[0]:
        return root != "__main__"
    file = str(getattr(sys.modules.get(root), "__file__", None) or "")
    return "site-packages" in file or "dist-packages" in file


def _of_library(module: str, what: str) -> str:
    if not is_of_library(module):
        raise NotStable(f"it uses the module {module}, and nobody knows when {what} changes")
    root = module.partition(".")[0]
    return f"{module} {getattr(sys.modules.get(root), '__version__', '')}"


def _named(value: Any) -> str:  # noqa: ANN401 - a class, a function or what is called as one
    module = getattr(value, "__module__", None) or type(value).__module__
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if name is None:
        raise NotStable(f"a {type(value).__name__} in it may be different in each process")
    return f"{_of_library(module, name)}:{name}"


def _content(cell: Any) -> object:  # noqa: ANN401 - a cell of a closure
    try:
        return cell.cell_contents
    except ValueError:  # nothing was assigned yet
        return None


def _globals(code: CodeType) -> Iterator[str]:
    """The names that code takes from its module, or from those that are built in."""
    for step in dis.get_instructions(code):
        if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            yield str(step.argval)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _globals(part)


def _is_descriptor(value: object) -> bool:
    """Whether Python itself made an attribute of a class: slots, dictionaries."""
    return type(value).__name__ in {"getset_descriptor", "member_descriptor"}
