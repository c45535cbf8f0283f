"""The queries that assets are read with; they mean the same in every database."""

from collections.abc import Collection, Mapping
from typing import Final

from rustybt.assets.asset import Cryptocurrency, CurrencyPair, Equity, Future, Perpetual
from rustybt.assets.database import zipline_6
from rustybt.assets.database.version import SCHEMA_VERSION

PAIR_TABLES: Final[Mapping[str, str]] = {
    Cryptocurrency.asset_type: "cryptocurrencies",
    CurrencyPair.asset_type: "currency_pairs",
}
TABLES: Final[Mapping[str, str]] = {
    Equity.asset_type: "equities",
    Future.asset_type: "futures_contracts",
    **PAIR_TABLES,
    Perpetual.asset_type: PAIR_TABLES[Cryptocurrency.asset_type],
}

TYPES: Final = "SELECT sid, asset_type FROM asset_router ORDER BY sid"

SUPPLEMENTARY: Final = "SELECT * FROM equity_supplementary_mappings"

ROOT_COLUMNS: Final = ("root_symbol", "root_symbol_id", "sector", "description", "exchange")
ROOT_SYMBOLS: Final = f"""
    SELECT {", ".join(ROOT_COLUMNS)} FROM futures_root_symbols ORDER BY root_symbol
"""  # noqa: S608 - names of ours

_TERMS: Final = """
    terms.currency AS own_currency,
    terms.tick_size AS own_tick_size,
    terms.lot_size AS own_lot_size,
    terms.price_multiplier AS own_price_multiplier,
    terms.precision_price AS own_price_decimals,
    terms.precision_amount AS own_amount_decimals
"""
_NO_TERMS: Final = """
    NULL AS own_currency, NULL AS own_tick_size, NULL AS own_lot_size,
    NULL AS own_price_multiplier, NULL AS own_price_decimals, NULL AS own_amount_decimals
"""


def has_terms(version: int) -> bool:
    """Whether a schema knows pairs and terms of trade; otherwise all terms are null."""
    return version == SCHEMA_VERSION


def exchanges(version: int) -> str:
    """Venues, in a schema."""
    return f"""
        {_prelude(version)}
        SELECT exchange AS exchange_full, canonical_name, country_code
        FROM exchanges ORDER BY exchange
    """  # noqa: S608 - a text of ours


def every_row(table: str, version: int) -> str:
    """All rows of a table, in a schema."""
    return f"{_prelude(version)} SELECT * FROM {_table(table, version)}"  # noqa: S608 - of ours


def symbols(version: int) -> str:
    """Symbols of equities, in a schema."""
    return f"""
        {_prelude(version)}
        SELECT mappings.*, exchanges.country_code, '' AS venue
        FROM equity_symbol_mappings AS mappings
        JOIN {_table(TABLES[Equity.asset_type], version)} AS shares ON shares.sid = mappings.sid
        LEFT JOIN exchanges ON exchanges.exchange = shares.exchange
    """  # noqa: S608 - texts and names of tables of ours


def pair_symbols(table: str) -> str:
    """Symbols of a table of pairs, which several venues list under one symbol."""
    return f"""
        SELECT pairs.*, exchanges.country_code, exchanges.canonical_name AS venue
        FROM {table} AS pairs
        JOIN exchanges ON exchanges.exchange = pairs.exchange
    """  # noqa: S608 - the name of a table of ours


def assets(table: str, sids: Collection[int], *, version: int) -> str:
    """Assets of a table with their exchange and their own terms of trade.

    Args:
        table: One of `TABLES`.
        sids: As many as are wanted; `parameters` tells which.
        version: Of the schema.
    """
    known = has_terms(version)
    terms = _TERMS if known else _NO_TERMS
    join = "LEFT JOIN asset_terms AS terms ON terms.sid = assets.sid" if known else ""
    return f"""
        {_prelude(version)}
        SELECT assets.*, exchanges.exchange AS exchange_full, exchanges.canonical_name,
            exchanges.country_code, {terms}
        FROM {_table(table, version)} AS assets
        LEFT JOIN exchanges ON exchanges.exchange = assets.exchange
        {join}
        WHERE assets.sid IN ({_names(sids)})
    """  # noqa: S608 - the name of a table of ours, and names of parameters


def newest_symbols(sids: Collection[int]) -> str:
    """Symbols of equities, the newest of each last."""
    return f"""
        SELECT sid, symbol FROM equity_symbol_mappings
        WHERE sid IN ({_names(sids)}) ORDER BY end_date, start_date
    """  # noqa: S608 - names of parameters


def parameters(sids: Collection[int]) -> Mapping[str, int]:
    """Which sids a query means."""
    return {f"sid_{number}": sid for number, sid in enumerate(sids)}


def _prelude(version: int) -> str:
    return zipline_6.PRELUDE if version == zipline_6.VERSION else ""


def _table(table: str, version: int) -> str:
    return zipline_6.FORMS.get(table, table) if version == zipline_6.VERSION else table


def _names(sids: Collection[int]) -> str:
    return ", ".join(f":{name}" for name in parameters(sids))
