"""Who owned a symbol, and when.

Symbols are renamed and reused. Within one market (a country, or a venue for pairs) a symbol has
one owner at a time; an owner keeps it until the next owner's first day, so that a look-up in a gap
finds the last owner.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rustybt.errors import SymbolOwnershipConflict

_DELIMITER = re.compile(r"[./\-_]")


class SymbolParts(NamedTuple):
    """A symbol at its first delimiter: ``BRK.A`` is company BRK, share class A."""

    company: str
    share_class: str

    @property
    def fuzzy(self) -> str:
        """The symbol without its delimiter."""
        return self.company + self.share_class


def split_symbol(symbol: str) -> SymbolParts:
    """Take a symbol apart at its first ``.``, ``/``, ``-`` or ``_``, in upper case."""
    company, *rest = _DELIMITER.split(symbol.upper(), maxsplit=1)
    return SymbolParts(company, rest[0] if rest else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolOwnership:
    """A period in which an asset had a symbol.

    Attributes:
        symbol: The symbol as written.
        sid: Its owner.
        start: First day, None for ever since.
        end: Last day, None for no end.
        country_code: Country of the market.
        venue: The exchange for pairs, which several venues list under one symbol; otherwise "".
    """

    symbol: str
    sid: int
    start: date | None = None
    end: date | None = None
    country_code: str = ""
    venue: str = ""

    @property
    def first_day(self) -> date:
        """`start`, or the first day there is."""
        return self.start or date.min

    @property
    def last_day(self) -> date:
        """`end`, or the last day there is."""
        return self.end or date.max


class _Market(NamedTuple):
    country_code: str
    venue: str


class _Period(NamedTuple):
    start: date
    stop: date
    sid: int
    symbol: str


class SymbolTable:
    """Look-up of symbols as of a date.

    Args:
        ownerships: All periods of all symbols, in any order.

    Raises:
        SymbolOwnershipConflict: Two assets own a symbol in one market on the same day.
    """

    __slots__ = ("_by_fuzzy", "_by_parts")

    def __init__(self, ownerships: Iterable[SymbolOwnership]) -> None:
        grouped: dict[SymbolParts, dict[_Market, list[SymbolOwnership]]] = {}
        for owned in ownerships:
            markets = grouped.setdefault(split_symbol(owned.symbol), defaultdict(list))
            markets[_Market(owned.country_code, owned.venue)].append(owned)
        self._by_parts = {
            parts: {market: _without_gaps(owners) for market, owners in markets.items()}
            for parts, markets in grouped.items()
        }
        self._by_fuzzy: dict[str, list[SymbolParts]] = defaultdict(list)
        for parts in self._by_parts:
            self._by_fuzzy[parts.fuzzy].append(parts)

    def owners(
        self, symbol: str, as_of: date | None, *, country_code: str | None = None
    ) -> tuple[int, ...]:
        """Sids that have the symbol, ascending; empty where there are none.

        Args:
            symbol: With or without delimiter, in any case; ``BRK-A`` is ``BRK.A``.
            as_of: The day on which; None for any day.
            country_code: The country to look in; None for everywhere.
        """
        periods = self._periods(split_symbol(symbol), country_code)
        return _sids(period for period in periods if _covers(period, as_of))

    def fuzzy_owners(
        self, symbol: str, as_of: date | None, *, country_code: str | None = None
    ) -> tuple[int, ...]:
        """Like `owners`, but delimiters don't count; an exact match precedes the others."""
        found = [
            period
            for parts in self._by_fuzzy.get(split_symbol(symbol).fuzzy, ())
            for period in self._periods(parts, country_code)
            if _covers(period, as_of)
        ]
        exact = [period for period in found if period.symbol.upper() == symbol.upper()]
        return _sids(exact or found)

    def _periods(self, parts: SymbolParts, country_code: str | None) -> Iterator[_Period]:
        for market, periods in self._by_parts.get(parts, {}).items():
            if country_code is None or market.country_code == country_code.upper():
                yield from periods


def check_ownerships(ownerships: Iterable[SymbolOwnership]) -> None:
    """Make sure that no symbol has two owners at a time in one market.

    Raises:
        SymbolOwnershipConflict: Naming the symbol and its owners.
    """
    SymbolTable(ownerships)


def _without_gaps(owners: list[SymbolOwnership]) -> tuple[_Period, ...]:
    ordered = sorted(owners, key=lambda owned: (owned.first_day, owned.last_day))
    longest = ordered[0]
    for owned in ordered[1:]:
        if longest.last_day >= owned.first_day and longest.sid != owned.sid:
            raise SymbolOwnershipConflict(
                symbol=owned.symbol, owners=[f"sid {longest.sid}", f"sid {owned.sid}"]
            )
        longest = max(longest, owned, key=lambda period: period.last_day)
    stops = [*(owned.first_day for owned in ordered[1:]), date.max]
    return tuple(
        _Period(owned.first_day, stop, owned.sid, owned.symbol)
        for owned, stop in zip(ordered, stops, strict=True)
    )


def _covers(period: _Period, as_of: date | None) -> bool:
    return as_of is None or period.start <= as_of < period.stop


def _sids(periods: Iterable[_Period]) -> tuple[int, ...]:
    return tuple(sorted({period.sid for period in periods}))
