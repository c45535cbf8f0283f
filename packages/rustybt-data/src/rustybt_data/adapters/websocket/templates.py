"""Messages that a stream is asked with."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, Final

from rustybt.errors import InvalidArgument, MissingCredential

_VARIABLE: Final = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_SYMBOL: Final = "{symbol}"

Json = Any
"""What JSON can say."""


def parse_template(field: str, text: str) -> Json:
    """Read a template: JSON, whose texts may have places to fill.

    Raises:
        InvalidArgument: It is no JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(
            field=field, value=text, reason=f"write it as JSON: {error}"
        ) from None


def with_secrets(text: str, *, vendor: str) -> str:
    """A text with variables of the environment for ``{env:NAME}``.

    Raises:
        MissingCredential: A variable is not set.
    """
    return _VARIABLE.sub(lambda found: _secret(found[1], vendor), text)


def without_places(text: str) -> str:
    """A text with nothing for ``{env:NAME}``."""
    return _VARIABLE.sub("", text)


def login_messages(templates: Iterable[Json], *, vendor: str) -> list[str]:
    """Messages that are sent before all others, with variables for ``{env:NAME}``.

    Raises:
        MissingCredential: A variable is not set.
    """
    return [
        json.dumps(_walk(template, lambda text: with_secrets(text, vendor=vendor)))
        for template in templates
    ]


def symbol_messages(
    template: Json, symbols: Sequence[str], numbers: count[int], *, of: str = ""
) -> list[str]:
    """Messages that ask for symbols.

    Where ``{symbol}`` is in an item of a list, the list gets an item for each symbol and there is
    one message; else there is a message for each symbol. The text ``{id}`` becomes a number, and
    ``{of}`` the length of the bars that are asked for.

    Args:
        template: Of the message, None to ask for nothing.
        symbols: In the venue's spelling.
        numbers: Where numbers come from.
        of: Length of the venue's bars.
    """
    if template is None or not symbols:
        return []
    template = _walk(template, lambda text: text.replace("{of}", of))
    groups = [list(symbols)] if _repeats(template) else [[symbol] for symbol in symbols]
    return [json.dumps(_filled(template, group, next(numbers))) for group in groups]


def _filled(value: Json, symbols: Sequence[str], number: int) -> Json:
    if isinstance(value, dict):
        return {name: _filled(each, symbols, number) for name, each in value.items()}
    if isinstance(value, list):
        return [
            _filled(each, [symbol], number)
            for each in value
            for symbol in (symbols if _mentions(each) else symbols[:1])
        ]
    if value == "{id}":
        return number
    return value.replace(_SYMBOL, symbols[0]) if isinstance(value, str) else value


def _repeats(value: Json) -> bool:
    """Whether a list has an item for each symbol."""
    if isinstance(value, dict):
        return any(map(_repeats, value.values()))
    return isinstance(value, list) and any(map(_mentions, value))


def _mentions(value: Json) -> bool:
    """Whether there is a place for a symbol."""
    if isinstance(value, dict):
        return any(map(_mentions, value.values()))
    if isinstance(value, list):
        return any(map(_mentions, value))
    return isinstance(value, str) and _SYMBOL in value


def _walk(value: Json, change: Callable[[str], str]) -> Json:
    """The same value with other texts."""
    if isinstance(value, dict):
        return {name: _walk(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_walk(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def _secret(variable: str, vendor: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise MissingCredential(vendor=vendor, variable=variable)
    return value
