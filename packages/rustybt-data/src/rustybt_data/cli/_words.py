"""Words and figures that the commands share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
SHOWN: Final = 40
"""How many rows a table has at most."""


def size(size_bytes: int) -> str:
    """A size, with three digits or so."""
    number = float(size_bytes)
    for unit in _UNITS[:-1]:
        if number < 1000:
            return f"{number:,.0f} {unit}" if unit == "B" else f"{number:,.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} {_UNITS[-1]}"


def label(moment: date | datetime | None) -> str:
    """A session, or the end of a bar in UTC."""
    if moment is None:
        return "-"
    return f"{moment:%Y-%m-%d %H:%M:%S}Z" if isinstance(moment, datetime) else str(moment)


def counted(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def several(names: Sequence[str], most: int = 8) -> str:
    """Names, the first ones of many."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def some(number: int) -> str:
    """A number, nothing for 0."""
    return f"{number:,}" if number else ""
