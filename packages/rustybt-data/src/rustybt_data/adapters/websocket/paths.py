"""Places in JSON: ``k.o``, ``data.0.price``, ``$.data[0].price``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from rustybt.errors import InvalidArgument

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")

MISSING: Final = object()
"""What is found where there is nothing; null is something."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """The way to a value.

    Attributes:
        text: As it was written.
        steps: Names of members; a number is also a place in a list, from 0.
    """

    text: str
    steps: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a path: names and numbers, with points between them; ``$`` or nothing is the whole.

        Raises:
            InvalidArgument: It is none.
        """
        rest, steps = text.strip().removeprefix("$"), []
        while rest:
            found = _STEP.match(rest)
            if found is None:
                reason = "write it as k.o or data[0].price"
                raise InvalidArgument(field="path", value=text, reason=reason)
            steps.append(found[1] or found[2])
            rest = rest[found.end() :]
        return cls(text, tuple(steps))

    def find(self, value: object) -> object:
        """What lies there in a value that was JSON, `MISSING` where nothing does."""
        for step in self.steps:
            if isinstance(value, dict):
                value = value.get(step, MISSING)
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return MISSING
        return value
