"""The root of the error tree, its three branches, and how an error carries its data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar, dataclass_transform

_ErrorT = TypeVar("_ErrorT", bound="RustyBTError")

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass_transform(kw_only_default=True, eq_default=False, frozen_default=True)
class RustyBTError(Exception):
    """The root of everything that RustyBT raises on purpose.

    A subclass declares its fields as annotations and its message as a ``template`` over them.
    Fields are given by keyword and kept as they are: the message is rendered only when somebody
    reads it. Errors survive pickling, so a worker process can hand them to its parent.

    Attributes:
        code: A stable name for programs, logs and HTTP answers. It follows the name of the class
            (``SymbolNotFound`` is ``symbol-not-found``) unless the class states its own.
        template: What was wrong, the value met and what to do, as a format string of the fields.
    """

    __module__ = __package__  # a traceback names the module that one imports from
    code: ClassVar[str] = "rustybt-error"
    template: ClassVar[str] = "RustyBT failed"
    _field_names: ClassVar[tuple[str, ...]] = ()
    _optional: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = tuple(cls.__annotations__)
        cls._field_names = tuple(dict.fromkeys((*cls._field_names, *own)))
        cls._optional = cls._optional.union(name for name in own if name in vars(cls))
        if "code" not in vars(cls):
            cls.code = _WORD_START.sub("-", cls.__name__).lower()
        if cls.__module__.startswith(f"{__package__}."):
            cls.__module__ = RustyBTError.__module__

    def __init__(self, **fields: object) -> None:
        unknown = [name for name in fields if name not in self._field_names]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(unknown)}")
        missing = [n for n in self._field_names if n not in fields and n not in self._optional]
        if missing:
            raise TypeError(f"{type(self).__name__} needs {', '.join(missing)}")
        super().__init__()
        vars(self).update(fields)

    @property
    def details(self) -> dict[str, Any]:
        """Every field by name, in order of declaration."""
        return {name: getattr(self, name) for name in self._field_names}

    @property
    def message(self) -> str:
        """The rendered message; the same text as ``str(error)``."""
        return self.template.format(**self.details)

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.details), vars(self)


class UserError(RustyBTError):
    """The caller asked for something that cannot be; repeating it will fail again."""


class TransientError(RustyBTError):
    """The world did not answer; the same call may succeed later."""


class CorruptStateError(RustyBTError):
    """Stored or running state contradicts itself; stop and look before going on."""


def _rebuild(kind: type[_ErrorT], fields: dict[str, object]) -> _ErrorT:
    return kind(**fields)


def near(name: object, known: Iterable[object]) -> str:
    """Names that are like one that is not known, for a message; nothing where none is."""
    from difflib import get_close_matches

    found = get_close_matches(str(name), list(map(str, known)), n=2)
    return f"did you mean {' or '.join(found)}? " if found else ""


def listed(names: Iterable[object], *, limit: int = 12) -> str:
    """Render names for a message: sorted, comma separated, cut after ``limit``."""
    texts = sorted(map(str, names))
    shown = ", ".join(texts[:limit]) or "none"
    return shown if len(texts) <= limit else f"{shown} and {len(texts) - limit} more"
