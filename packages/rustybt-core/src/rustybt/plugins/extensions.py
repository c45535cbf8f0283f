"""Extensions: scripts and modules of the user that register bundles, calendars, models.

``$RUSTYBT_HOME/extension.py`` is loaded first when it exists, then what is named with
``rustybt -e``. Values given with ``-x key=value`` reach extensions and strategies as attributes
of :data:`extension_args`.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from rustybt.errors import InvalidArgument
from rustybt.plugins.scripts import run_file
from rustybt.settings import settings

DEFAULT_EXTENSION = "extension.py"

_ASSIGNMENT = re.compile(r"(?P<key>[^\W\d]\w*(?:\.[^\W\d]\w*)*)=(?P<value>.*)", re.DOTALL)
_loaded: set[str] = set()


class ExtensionArgs(SimpleNamespace):
    """Values given with ``-x``: text, nested where the key has points."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - text, or another ExtensionArgs
        raise AttributeError(f"there is no extension argument {name!r}; give it with -x")


#: What ``-x key=value`` gave to this process: ``-x sma.fast=10`` is ``extension_args.sma.fast``.
extension_args = ExtensionArgs()


def set_extension_args(assignments: Iterable[str]) -> None:
    """Replace all of :data:`extension_args` by assignments such as ``"sma.fast=10"``.

    Raises:
        InvalidArgument: An assignment is no ``key=value``, or its key is a value and a group.
    """
    vars(extension_args).clear()
    for assignment in assignments:
        match = _ASSIGNMENT.fullmatch(assignment)
        if match is None:
            raise InvalidArgument(field="-x", value=assignment, reason="give it as key=value")
        *groups, key = match["key"].split(".")
        target = extension_args
        for group in groups:
            target = vars(target).setdefault(group, ExtensionArgs())
            if not isinstance(target, ExtensionArgs):
                _refuse_both(assignment, group)
        if isinstance(vars(target).get(key), ExtensionArgs):
            _refuse_both(assignment, key)
        setattr(target, key, match["value"])


def extension_assignments() -> tuple[str, ...]:
    """What :func:`set_extension_args` has to be given to make :data:`extension_args` again."""
    return tuple(_assignments(extension_args, prefix=""))


def load_extensions(
    extensions: Iterable[str] = (), *, default: bool = True, strict: bool = True
) -> None:
    """Load the default extension and the named ones, each once in the life of the process.

    Args:
        extensions: Files that end in ``.py``, or names of modules.
        default: Whether ``$RUSTYBT_HOME/extension.py`` comes first, if it is there.
        strict: Whether an extension that fails stops the program; else it is a warning.

    Raises:
        InvalidArgument: There is no module of a name.
        Exception: Whatever an extension raises.
    """
    first = settings().home / DEFAULT_EXTENSION
    names = [str(first)] if default and first.is_file() else []
    for name in (*names, *extensions):
        try:
            _load_once(name)
        except Exception as error:
            if strict:
                raise
            message = f"extension {name} failed: {type(error).__name__}: {error}"
            warnings.warn(message, RuntimeWarning, stacklevel=2)


def _load_once(extension: str) -> None:
    is_file = extension.endswith(".py")
    key = str(Path(extension).absolute()) if is_file else extension
    if key in _loaded:
        return
    if is_file:
        run_file(Path(extension), name=_module_name(key))
    else:
        _import(extension)
    _loaded.add(key)


def _import(module: str) -> None:
    """Import an extension; that there is none of this name is the user's mistake."""
    missing = InvalidArgument(
        field="extension",
        value=module,
        reason="there is no such module; give a file that ends in .py, or a module on the path",
    )
    if not all(part.isidentifier() for part in module.split(".")):
        raise missing
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        # What an extension imports in vain is another matter: that shows its own line.
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise missing from error
        raise


def _module_name(path: str) -> str:
    """A module name of its own for each file, the same in every process."""
    return f"extension_{hashlib.blake2b(path.encode(), digest_size=8).hexdigest()}"


def _assignments(group: ExtensionArgs, *, prefix: str) -> Iterator[str]:
    for key, value in vars(group).items():
        if isinstance(value, ExtensionArgs):
            yield from _assignments(value, prefix=f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}={value}"


def _refuse_both(assignment: str, key: str) -> NoReturn:
    reason = f"{key} cannot be a value and a group; rename one of them"
    raise InvalidArgument(field="-x", value=assignment, reason=reason)
