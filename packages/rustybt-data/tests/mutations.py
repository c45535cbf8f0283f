"""Replies with something wrong in them, for laws about parsers."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

SEEDS: Final = st.integers(0, 2**40)
"""Each stands for one thing that is wrong, see `mutated`."""

_GARBLED: Final = 0.2

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, -0.0, 1e-300, float("nan"), float("inf")),
    *("", "x", "-", "NaN", "1e999999999", "12,5", "٣", "1" * 40, "2024-02-30", "2024-13-01T00:00Z"),
    *([], {}, [[]], [None], {"x": 1}, "\x00", "0x10", " 1 ", "9999-12-31", 2**63, -(2**63)),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        inner = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [path, *(place for name, part in inner for place in _places(part, (*path, name)))]


def _changed(whole: Any, path: tuple[Any, ...], how: str, odd: Any) -> Any:
    if not path:
        return odd
    parent = whole
    for name in path[:-1]:
        parent = parent[name]
    name = path[-1]
    if how == "remove":
        del parent[name]
    elif how == "twice" and isinstance(parent, list):
        parent.insert(name, parent[name])
    elif how == "reverse" and isinstance(parent[name], list):
        parent[name].reverse()
    elif how == "rename" and isinstance(parent, dict):
        parent["?"] = parent.pop(name)
    else:
        parent[name] = odd
    return whole


def mutated(text: str, seed: int) -> str:
    """A reply that is not what it was: other values, parts that are gone, twice, cut or garbled."""
    dice = Random(seed)
    if dice.random() < _GARBLED:
        at = dice.randrange(len(text) + 1)
        return text[:at] + dice.choice(["", "}", '"', "\x00", "7"]) + text[at + 1 :]
    whole = json.loads(text)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        path = dice.choice(_places(whole))
        how = dice.choice(["replace", "replace", "remove", "twice", "reverse", "rename"])
        whole = _changed(whole, path, how, dice.choice(ODD))
    made = json.dumps(whole)
    return made[: len(made) - dice.choice([0] * 6 + [1, 20])]


def numbers_in(text: str) -> set[Decimal]:
    """All numbers of a reply, also those that are texts; none where it is no JSON."""
    found: set[Decimal] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                look(part)
            return
        with suppress(ArithmeticError):
            found.add(Decimal(str(value).strip()))

    try:
        look(json.loads(text, parse_float=Decimal, parse_int=Decimal))
    except ValueError:
        return set()
    return {number for number in found if number.is_finite()}
