"""All rows of an asset database, as they are stored."""

from typing import Final

from rustybt.assets.database import queries
from rustybt.assets.database.connection import Row, connect
from rustybt.assets.database.location import Database
from rustybt.assets.database.version import SCHEMA_VERSION

ZIPLINE_TABLES: Final = (
    "exchanges",
    "equities",
    "equity_symbol_mappings",
    "equity_supplementary_mappings",
    "futures_root_symbols",
    "futures_contracts",
    "asset_router",
)
OWN_TABLES: Final = ("cryptocurrencies", "currency_pairs", "asset_terms")


def read_tables(database: Database) -> dict[str, list[Row]]:
    """The rows of each table of a database of version 6, 7 or 8, in the form of version 8.

    A table that an older version does not have is empty. Days are what is stored, nanoseconds
    since 1970-01-01; `rustybt.assets.database.stored` reads them.

    Raises:
        CorruptData: There is no database, or a table of it is missing.
        AssetDBVersionError: Its schema is none that this version reads.
    """
    connection = connect(database)
    held = connection.version == SCHEMA_VERSION
    try:
        return {
            name: connection.rows(queries.every_row(name, connection.version), {})
            if held or name in ZIPLINE_TABLES
            else []
            for name in (*ZIPLINE_TABLES, *OWN_TABLES)
        }
    finally:
        connection.close()
