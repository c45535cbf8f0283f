"""Partitions in the names of folders: ``year=2024/month=03/symbol=BTC%2FUSDT``."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import unquote

_SYMBOLS: Final = ("symbol", "ticker")
_NOTHING: Final = "__HIVE_DEFAULT_PARTITION__"


def parts_of(path: str) -> dict[str, str]:
    """Keys and values of the folders of a path, keys in lower case."""
    found = {}
    for step in path.split("/"):
        key, mark, value = step.partition("=")
        if mark and key:
            found[unquote(key).lower()] = unquote(value)
    return found


def symbol_in(path: str) -> str | None:
    """The symbol that a partition of a path names, None without one."""
    parts = parts_of(path)
    named = next((parts[key] for key in _SYMBOLS if key in parts), None)
    return None if named == _NOTHING else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, as far as partitions can tell.

    Attributes:
        symbols: The symbols; None for all.
        first: The first day; None for no limit.
        last: The last day.
    """

    symbols: frozenset[str] | None = None
    first: date | None = None
    last: date | None = None

    def may_hold(self, path: str) -> bool:
        """Whether something that is asked for may be in an object, or below a folder."""
        named = symbol_in(path)
        if self.symbols is not None and named is not None and named not in self.symbols:
            return False
        days = days_of(parts_of(path))
        if days is None:
            return True
        after = self.first is None or days[1] >= self.first
        return after and (self.last is None or days[0] <= self.last)

    def wider(self, days: int) -> Wanted:
        """The same with so many more days at each end: those of a zone are not those of another."""
        return Wanted(
            symbols=self.symbols,
            first=None if self.first is None else _moved(self.first, -days),
            last=None if self.last is None else _moved(self.last, days),
        )


def days_of(parts: Mapping[str, str]) -> tuple[date, date] | None:
    """The first and the last day that partitions hold, None where they do not say.

    They are ``date=2024-03-01``, or ``year``, ``month`` and ``day``, of which the last may be
    missing.
    """
    try:
        if "date" in parts:
            day = date.fromisoformat(parts["date"])
            return day, day
        if "year" not in parts:
            return None
        year = int(parts["year"])
        if "month" not in parts:
            return date(year, 1, 1), date(year, 12, 31)
        month = int(parts["month"])
        if "day" not in parts:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        day = date(year, month, int(parts["day"]))
    except ValueError:
        return None  # such as __HIVE_DEFAULT_PARTITION__: anything may be there
    return day, day


def _moved(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
