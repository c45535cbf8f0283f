"""Assets out of a database."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from rustybt.assets.asset import Asset, Cryptocurrency, CurrencyPair, Equity, Future
from rustybt.assets.database import schema
from rustybt.assets.database.engine import Database, open_asset_db, schema_version
from rustybt.assets.database.rows import read_day, read_start
from rustybt.assets.exchange import ExchangeInfo
from rustybt.assets.supplementary import SupplementaryValue
from rustybt.assets.symbols import SymbolOwnership
from rustybt.assets.terms import Terms, resolved_terms
from rustybt.values import PrecisionTable

_BATCH = 500
"""Sids per query: old versions of SQLite allow 999 variables."""

_PAIRS: Mapping[str, sa.Table] = {
    Cryptocurrency.asset_type: schema.cryptocurrencies,
    CurrencyPair.asset_type: schema.currency_pairs,
}
_TABLES: Mapping[str, sa.Table] = {
    Equity.asset_type: schema.equities,
    Future.asset_type: schema.futures_contracts,
    **_PAIRS,
}


class SqlSource:
    """The `AssetSource` over an asset database of version 7 or 8.

    Args:
        database: Path of an SQLite file, a database URL or an engine.
        precision: What holds for assets without terms of their own.

    Raises:
        AssetDBVersionError: The schema is of another version.
        CorruptData: There is no such database.
    """

    def __init__(self, database: Database, *, precision: PrecisionTable) -> None:
        self._engine = open_asset_db(database)
        self._precision = precision
        self._has_terms = schema_version(self._engine) == schema.SCHEMA_VERSION

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
        mappings, equities, exchanges = (
            schema.equity_symbol_mappings,
            schema.equities,
            schema.exchanges,
        )
        query = (
            sa.select(mappings, exchanges.c.country_code)
            .join(equities, equities.c.sid == mappings.c.sid)
            .outerjoin(exchanges, exchanges.c.exchange == equities.c.exchange)
        )
        yield from (_ownership(row, venue="") for row in self._rows(query))
        for table in _PAIRS.values() if self._has_terms else ():
            pairs = sa.select(table, exchanges.c.canonical_name, exchanges.c.country_code).join(
                exchanges, exchanges.c.exchange == table.c.exchange
            )
            yield from (_ownership(row, venue=row["canonical_name"]) for row in self._rows(pairs))

    def supplementary(self) -> Iterable[SupplementaryValue]:
        """All supplementary values."""
        for row in self._rows(sa.select(schema.equity_supplementary_mappings)):
            start = read_day(row["start_date"])
            assert start is not None, "start_date belongs to the primary key"
            yield SupplementaryValue(
                sid=row["sid"],
                field=row["field"],
                value=row["value"],
                start=start,
                end=read_day(row["end_date"]),
            )

    def close(self) -> None:
        """Close the connections; the next query opens new ones."""
        self._engine.dispose()

    @cached_property
    def _types(self) -> Mapping[int, str]:
        router = schema.asset_router
        query = sa.select(router.c.sid, router.c.asset_type).order_by(router.c.sid)
        return {row["sid"]: row["asset_type"] for row in self._rows(query)}

    def _rows(self, query: sa.Select[Any]) -> list[RowMapping]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).mappings())

    def _load_batch(self, asset_type: str, sids: list[int]) -> Iterator[Asset]:
        table, exchanges, terms = _TABLES[asset_type], schema.exchanges, schema.asset_terms
        columns: list[Any] = [
            table,
            exchanges.c.exchange.label("exchange_full"),
            exchanges.c.canonical_name,
            exchanges.c.country_code,
        ]
        joined = table.outerjoin(exchanges, exchanges.c.exchange == table.c.exchange)
        if self._has_terms:
            columns += [column.label(f"terms_{column.name}") for column in terms.c]
            joined = joined.outerjoin(terms, terms.c.sid == table.c.sid)
        query = sa.select(*columns).select_from(joined).where(table.c.sid.in_(sids))
        symbols = self._newest_symbols(sids) if asset_type == Equity.asset_type else {}
        for row in self._rows(query):
            yield self._asset(asset_type, row, symbols)

    def _newest_symbols(self, sids: list[int]) -> dict[int, str]:
        mappings = schema.equity_symbol_mappings
        query = (
            sa.select(mappings.c.sid, mappings.c.symbol)
            .where(mappings.c.sid.in_(sids))
            .order_by(mappings.c.end_date, mappings.c.start_date)
        )
        return {row["sid"]: row["symbol"] for row in self._rows(query)}

    def _asset(self, asset_type: str, row: RowMapping, symbols: Mapping[int, str]) -> Asset:
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
        return Cryptocurrency(
            **common,
            **currencies,
            **self._terms(Cryptocurrency, row),
            trading_enabled=row["trading_enabled"],
            margin_enabled=row["margin_enabled"],
        )

    def _terms(
        self, kind: type[Asset], row: RowMapping, *, tick: object = None, multiplier: object = None
    ) -> Terms:
        own = {name: row.get(f"terms_{name}") for name in schema.asset_terms.c.keys()}  # noqa: SIM118
        return resolved_terms(
            self._precision.lookup(kind.asset_class),
            currency=own["currency"],
            tick_size=tick if own["tick_size"] is None else own["tick_size"],
            lot_size=own["lot_size"],
            price_multiplier=multiplier
            if own["price_multiplier"] is None
            else own["price_multiplier"],
            price_decimals=own["precision_price"],
            amount_decimals=own["precision_amount"],
        )


def _batches(sids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(sids), _BATCH):
        yield sids[first : first + _BATCH]


def _common_fields(row: RowMapping) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "asset_name": row["asset_name"] or "",
        "exchange_info": ExchangeInfo(
            row["exchange_full"] or "", row["canonical_name"] or "", row["country_code"] or ""
        ),
        "start_date": read_start(row["start_date"]),
        "end_date": read_day(row["end_date"]),
        "first_traded": read_day(row["first_traded"]),
        "auto_close_date": read_day(row["auto_close_date"]),
    }


def _ownership(row: RowMapping, *, venue: str) -> SymbolOwnership:
    return SymbolOwnership(
        symbol=row["symbol"],
        sid=row["sid"],
        start=read_start(row["start_date"]),
        end=read_day(row["end_date"]),
        country_code=row["country_code"] or "",
        venue=venue,
    )
