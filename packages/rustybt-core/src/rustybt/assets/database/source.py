"""Assets out of a database."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rustybt.assets.asset import (
    Asset,
    Cryptocurrency,
    CurrencyPair,
    Equity,
    Future,
    Perpetual,
)
from rustybt.assets.database import queries
from rustybt.assets.database.connection import Row, connect
from rustybt.assets.database.location import Database
from rustybt.assets.database.stored import read_day, read_start
from rustybt.assets.exchange import ExchangeInfo
from rustybt.assets.symbols import SymbolOwnership
from rustybt.assets.terms import Terms, resolved_terms
from rustybt.values import PrecisionTable

if TYPE_CHECKING:
    from rustybt.assets.root_symbol import RootSymbol
    from rustybt.assets.supplementary import SupplementaryValue

_BATCH = 500
"""Sids per query: old versions of SQLite allow 999 variables."""


class SqlSource:
    """The `AssetSource` over an asset database of version 6, 7 or 8.

    Args:
        database: Path of an SQLite file, a database URL or an engine.
        precision: What holds for assets without terms of their own.

    Raises:
        AssetDBVersionError: The schema is of another version.
        CorruptData: There is no such database.
    """

    def __init__(self, database: Database, *, precision: PrecisionTable) -> None:
        self._connection = connect(database)
        self._precision = precision
        self._version = self._connection.version

    def types(self) -> Mapping[int, str]:
        """`Asset.asset_type` by sid."""
        return self._types

    def load(self, sids: Collection[int]) -> Iterable[Asset]:
        """The assets of `sids`."""
        by_type: dict[str, list[int]] = {}
        for sid in sids:
            by_type.setdefault(self._types[sid], []).append(sid)
        for asset_type, wanted in by_type.items():
            for batch in _batches(wanted):
                yield from self._load_batch(asset_type, batch)

    def ownerships(self) -> Iterable[SymbolOwnership]:
        """Who owned which symbol when."""
        tables = {queries.TABLES[asset_type] for asset_type in self._types.values()}
        if queries.TABLES[Equity.asset_type] in tables:
            yield from map(_ownership, self._rows(queries.symbols(self._version)))
        for table in queries.PAIR_TABLES.values():
            if table in tables:
                yield from map(_ownership, self._rows(queries.pair_symbols(table)))

    def supplementary(self) -> "Iterable[SupplementaryValue]":
        """All supplementary values."""
        from rustybt.assets.supplementary import SupplementaryValue

        for row in self._rows(queries.SUPPLEMENTARY):
            start = read_day(row["start_date"])
            assert start is not None, "start_date belongs to the primary key"
            yield SupplementaryValue(
                sid=row["sid"],
                field=row["field"],
                value=row["value"],
                start=start,
                end=read_day(row["end_date"]),
            )

    def exchanges(self) -> Iterable[ExchangeInfo]:
        """The venues, with or without assets."""
        return map(_exchange, self._rows(queries.exchanges(self._version)))

    def root_symbols(self) -> "Iterable[RootSymbol]":
        """The chains of futures, with or without contracts."""
        from rustybt.assets.root_symbol import RootSymbol

        for row in self._rows(queries.ROOT_SYMBOLS):
            yield RootSymbol(**{name: row[name] for name in queries.ROOT_COLUMNS})

    def close(self) -> None:
        """Close the connections; the next query opens new ones."""
        self._connection.close()

    @cached_property
    def _types(self) -> Mapping[int, str]:
        return {row["sid"]: row["asset_type"] for row in self._rows(queries.TYPES)}

    def _rows(self, query: str, sids: Collection[int] = ()) -> list[Row]:
        return self._connection.rows(query, queries.parameters(sids))

    def _load_batch(self, asset_type: str, sids: list[int]) -> Iterator[Asset]:
        query = queries.assets(queries.TABLES[asset_type], sids, version=self._version)
        symbols = self._newest_symbols(sids) if asset_type == Equity.asset_type else {}
        for row in self._rows(query, sids):
            yield self._asset(asset_type, row, symbols)

    def _newest_symbols(self, sids: list[int]) -> dict[int, str]:
        rows = self._rows(queries.newest_symbols(sids), sids)
        return {row["sid"]: row["symbol"] for row in rows}

    def _asset(self, asset_type: str, row: Row, symbols: Mapping[int, str]) -> Asset:
        common = _common_fields(row)
        if asset_type == Equity.asset_type:
            common["symbol"] = symbols.get(row["sid"], "")
            return Equity(**common, **self._terms(Equity, row))
        common["symbol"] = row["symbol"]
        if asset_type == Future.asset_type:
            return Future(
                **common,
                **self._terms(Future, row, tick=row["tick_size"], multiplier=row["multiplier"]),
                root_symbol=row["root_symbol"],
                notice_date=read_day(row["notice_date"]),
                expiration_date=read_day(row["expiration_date"]),
            )
        currencies = {
            "base_currency": row["base_currency"],
            "quote_currency": row["quote_currency"],
        }
        if asset_type == CurrencyPair.asset_type:
            return CurrencyPair(**common, **currencies, **self._terms(CurrencyPair, row))
        kind = Perpetual if asset_type == Perpetual.asset_type else Cryptocurrency
        return kind(
            **common,
            **currencies,
            **self._terms(kind, row),
            trading_enabled=bool(row["trading_enabled"]),
            margin_enabled=bool(row["margin_enabled"]),
        )

    def _terms(
        self, kind: type[Asset], row: Row, *, tick: object = None, multiplier: object = None
    ) -> Terms:
        own_tick, own_multiplier = row["own_tick_size"], row["own_price_multiplier"]
        return resolved_terms(
            self._precision.lookup(kind.asset_class),
            currency=row["own_currency"],
            tick_size=tick if own_tick is None else own_tick,
            lot_size=row["own_lot_size"],
            price_multiplier=multiplier if own_multiplier is None else own_multiplier,
            price_decimals=row["own_price_decimals"],
            amount_decimals=row["own_amount_decimals"],
        )


def _batches(sids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(sids), _BATCH):
        yield sids[first : first + _BATCH]


def _exchange(row: Row) -> ExchangeInfo:
    return ExchangeInfo(
        row["exchange_full"] or "", row["canonical_name"] or "", row["country_code"] or ""
    )


def _common_fields(row: Row) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "asset_name": row["asset_name"] or "",
        "exchange_info": _exchange(row),
        "start_date": read_start(row["start_date"]),
        "end_date": read_day(row["end_date"]),
        "first_traded": read_day(row["first_traded"]),
        "auto_close_date": read_day(row["auto_close_date"]),
    }


def _ownership(row: Row) -> SymbolOwnership:
    return SymbolOwnership(
        symbol=row["symbol"],
        sid=row["sid"],
        start=read_start(row["start_date"]),
        end=read_day(row["end_date"]),
        country_code=row["country_code"] or "",
        venue=row["venue"],
    )
