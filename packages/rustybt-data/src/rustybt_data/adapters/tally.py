"""What a fetch has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class FetchStep(NamedTuple):
    """Where a fetch is, after a page.

    Attributes:
        symbol: Symbol of the page.
        symbols: Symbols that were begun.
        pages: Pages so far, kept ones as well.
        rows: Their rows.
        resumed: Rows of pages that an interrupted fetch had kept.
        kept_pages: Pages that are kept now, in case this fetch is interrupted.
        kept_rows: Their rows.
    """

    symbol: str
    symbols: int
    pages: int
    rows: int
    resumed: int
    kept_pages: int
    kept_rows: int


@dataclass(slots=True)
class Tally:
    """Counts of one fetch.

    Attributes:
        repeated: Rows by symbol that came twice and alike, and were left out.
        outside: Rows that nobody asked for.
        incomplete: Rows whose time was not over.
    """

    repeated: Counter[str] = field(default_factory=Counter)
    outside: int = 0
    incomplete: int = 0
    _symbols: set[str] = field(default_factory=set)
    _pages: int = 0
    _rows: int = 0
    _resumed: int = 0
    _kept_pages: int = 0
    _kept_rows: int = 0

    def page(self, symbol: str, rows: int, *, resumed: bool, kept: bool) -> FetchStep:
        """Count a page.

        Args:
            symbol: Its symbol.
            rows: Its rows.
            resumed: Whether an interrupted fetch had kept it.
            kept: Whether it is kept now.
        """
        self._symbols.add(symbol)
        self._pages += 1
        self._rows += rows
        self._resumed += rows if resumed else 0
        self._kept_pages += kept
        self._kept_rows += rows if kept else 0
        return self.step(symbol)

    def step(self, symbol: str = "") -> FetchStep:
        """Where the fetch is."""
        return FetchStep(
            symbol=symbol,
            symbols=len(self._symbols),
            pages=self._pages,
            rows=self._rows,
            resumed=self._resumed,
            kept_pages=self._kept_pages,
            kept_rows=self._kept_rows,
        )
