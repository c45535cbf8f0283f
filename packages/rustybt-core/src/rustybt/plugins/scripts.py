"""Running a user's file: strategies and extensions are scripts, not packages."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from types import ModuleType


def run_file(path: Path, *, name: str) -> ModuleType:
    """Execute a Python file as the module ``name``; its folder comes first on the import path.

    Raises:
        OSError: The file cannot be read.
        Exception: Whatever the file raises, SyntaxError included.
    """
    path = path.absolute()
    put_on_path(path.parent)
    linecache.checkcache(str(path))
    return _run(path.read_bytes(), filename=str(path), name=name)


def put_on_path(folder: Path) -> None:
    """Let modules be imported from a folder, before others of the same names."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def run_text(source: str, *, filename: str, name: str) -> ModuleType:
    """Execute Python text as the module ``name``.

    Tracebacks show its lines under ``filename``, although there is no such file.
    """
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return _run(source, filename=filename, name=name)


def _run(source: str | bytes, *, filename: str, name: str) -> ModuleType:
    code = compile(source, filename, "exec", dont_inherit=True)
    module = ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module  # dataclasses and pickle look their module up by name
    try:
        exec(code, vars(module))  # noqa: S102 - running the user's own file is what this is for
    except BaseException:
        del sys.modules[name]
        raise
    return module
