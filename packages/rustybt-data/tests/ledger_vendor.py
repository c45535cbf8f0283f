"""A source of bars with pages, as a vendor has them: what it does wrong is said by a test."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

import polars as pl

from rustybt.clock.resolution import Resolution
from rustybt.errors import UnknownSymbol, VendorUnavailable
from rustybt_data.adapters import BaseDataAdapter, Page, text_frame

Row = tuple[str, str, str, str, str, str]

DAYS: dict[str, list[Row]] = {
    "AAA": [
        ("2024-01-02", "10", "10.5", "9.75", "10.25", "1000"),
        ("2024-01-03", "10.25", "10.5", "10", "10.125", "900"),
        ("2024-01-04", "10.125", "11", "10.125", "11", "1500"),
        ("2024-01-05", "11", "11.5", "10.5", "11.25", "800"),
    ],
    "BBB": [
        ("2024-01-02", "0.0000000123", "0.0000000125", "0.0000000123", "0.0000000124", "5"),
        ("2024-01-03", "0.0000000124", "0.0000000124", "0.000000012", "0.000000012", "6"),
    ],
}


class LedgerVendor(BaseDataAdapter):
    """Two rows a page, from a table; `trouble` says which requests fail, by their number."""

    name: ClassVar[str] = "ledger"
    resolutions: ClassVar[tuple[str, ...]] = ("1d", "1m")
    own_options: ClassVar[Mapping[str, str]] = {"feed": "sip"}
    columns: ClassVar[Mapping[str, str]] = {"t": "date", "o": "open", "v": "volume"}
    rate: ClassVar[tuple[int, float]] = (100, 1.0)

    table: ClassVar[Mapping[str, list[Row]]] = DAYS
    trouble: ClassVar[frozenset[int]] = frozenset()
    fatal: ClassVar[frozenset[int]] = frozenset()
    requests: ClassVar[list[str]] = []

    async def fetch(
        self,
        symbols: Sequence[str],
        start: date | datetime,
        end: date | datetime,
        resolution: Resolution,
    ) -> pl.DataFrame:
        frames = []
        for symbol in symbols:
            if symbol not in self.table:
                raise UnknownSymbol(source=self.name, symbol=symbol)
            frames += await self._of(symbol, start)
        return pl.concat(frames)

    async def _of(self, symbol: str, start: date | datetime) -> list[pl.DataFrame]:
        rows = [row for row in self.table[symbol] if row[0] >= str(start)[:10]]

        async def load(cursor: str | None) -> Page:
            first = int(cursor or 0)
            self.requests.append(f"{symbol} {start} {first}")
            number = len(self.requests)
            if number in self.fatal:
                raise KeyboardInterrupt
            if number in self.trouble:
                raise VendorUnavailable(vendor=self.name, request=symbol, reason="HTTP 503")
            names = ("t", "o", "high", "low", "close", "v")
            page = text_frame(rows[first : first + 2], names)
            more = str(first + 2) if len(rows) > first + 2 else None
            return Page(page.with_columns(symbol=pl.lit(symbol)), more)

        key = {"symbol": symbol, "start": str(start)}
        return await self.paged(load, request=f"bars of {symbol}", key=key)
