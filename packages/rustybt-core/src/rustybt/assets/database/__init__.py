"""The asset database: SQLite by default, any database of SQLAlchemy by URL.

Importing this package imports SQLAlchemy; `rustybt.assets` does so on first use only.
"""

from rustybt.assets.database.engine import create_asset_db, open_asset_db, upgrade_asset_db
from rustybt.assets.database.schema import SCHEMA_VERSION, DecimalText, metadata
from rustybt.assets.database.source import SqlSource
from rustybt.assets.database.writer import AssetDBWriter

__all__ = [
    "SCHEMA_VERSION",
    "AssetDBWriter",
    "DecimalText",
    "SqlSource",
    "create_asset_db",
    "metadata",
    "open_asset_db",
    "upgrade_asset_db",
]
