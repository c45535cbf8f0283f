"""The code of a strategy, kept with its result so that the run can be repeated."""

from __future__ import annotations

import linecache
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rustybt.algorithm import TradingAlgorithm
from rustybt.errors import InvalidStrategy
from rustybt.plugins.scripts import put_on_path, run_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

_MODULE = "rustybt_repeated_strategy"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCode:
    """The file that a strategy is written in, and what of it takes part in the run.

    Attributes:
        source: Text of the file.
        filename: Where it was.
        hooks: Names of the functions or of the class in it, by keyword of `run_algorithm`.
        obstacle: Why the run cannot be repeated from the text; None when it can.
    """

    source: str = ""
    filename: str = "<unknown>"
    hooks: Mapping[str, str] = field(default_factory=dict)
    obstacle: str | None = None

    @classmethod
    def of(cls, hooks: Mapping[str, object]) -> StrategyCode:
        """The code behind a run's hooks.

        Args:
            hooks: Functions by keyword (``initialize``, ``handle_data``, ...) and, under
                ``algorithm``, a class or an instance of it; those that are None are left out.
        """
        given = {name: hook for name, hook in hooks.items() if hook is not None}
        files = {_filename(hook) for hook in given.values()}
        filename = next(iter(files)) if len(files) == 1 else "<several files>"
        source = "".join(linecache.getlines(filename))
        return cls(
            source=source,
            filename=filename,
            hooks={name: _name(hook) for name, hook in given.items()},
            obstacle=_obstacle(given, source, files),
        )

    def load(self) -> dict[str, Any]:
        """The hooks again, from the text, as arguments of `run_algorithm`.

        Files beside the strategy's are not saved: what it imports from its folder has to be there
        still. `analyze` is left out: it looks at a result and takes no part in it.

        Raises:
            InvalidStrategy: The text alone does not make the strategy.
        """
        if self.obstacle is not None:
            raise InvalidStrategy(source=self.filename, reason=self.obstacle)
        path = Path(self.filename)
        if path.is_absolute() and path.parent.is_dir():
            put_on_path(path.parent)
        # A name of its own, since the text may differ from that of the file as it is now.
        module = run_text(self.source, filename=f"<saved {self.filename}>", name=_MODULE)
        return {
            keyword: getattr(module, name)
            for keyword, name in self.hooks.items()
            if keyword != "analyze"
        }


def _obstacle(hooks: Mapping[str, object], source: str, files: set[str]) -> str | None:
    """Why the hooks cannot be found again in one text, in words that say what to do."""
    if not hooks:
        return None
    if len(files) > 1:
        return f"its functions come from {len(files)} files; put them into one"
    if not source:
        return "its source is not there; put it into a file"
    for keyword, hook in hooks.items():
        if "<" in _name(hook) or "." in _name(hook):
            return f"{keyword} is {_name(hook)}; define it at the top level of a file"
        if isinstance(hook, TradingAlgorithm) and not _is_plain(type(hook)):
            return f"{keyword} is an object that may hold arguments; give a class"
    return None


def _name(hook: object) -> str:
    """The qualified name of a function or class, or of an object's class."""
    return str(getattr(hook, "__qualname__", type(hook).__qualname__))


def _filename(hook: object) -> str:
    """The file that defines a function, a class or an object's class."""
    code: CodeType | None = getattr(hook, "__code__", None)
    if code is not None:
        return code.co_filename
    kind = hook if isinstance(hook, type) else type(hook)
    codes = (getattr(member, "__code__", None) for member in vars(kind).values())
    return next((code.co_filename for code in codes if code is not None), "<unknown>")


def _is_plain(kind: type[TradingAlgorithm]) -> bool:
    """Whether a class makes its objects without arguments of its own."""
    own = kind.__mro__[: kind.__mro__.index(TradingAlgorithm)]
    return bool(own) and not any("__init__" in vars(base) for base in own)
