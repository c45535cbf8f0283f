"""The asset database: SQLite by default, any database of SQLAlchemy by URL.

Names are imported on first use: reading an SQLite file needs no SQLAlchemy.
"""

from typing import TYPE_CHECKING

from rustybt.assets.database.source import SqlSource
from rustybt.assets.database.version import SCHEMA_VERSION
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from rustybt.assets.database.engine import create_asset_db, open_asset_db, upgrade_asset_db
    from rustybt.assets.database.schema import DecimalText, metadata
    from rustybt.assets.database.writer import AssetDBWriter
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.assets.database.engine": (
                "create_asset_db",
                "open_asset_db",
                "upgrade_asset_db",
            ),
            "rustybt.assets.database.schema": ("DecimalText", "metadata"),
            "rustybt.assets.database.writer": ("AssetDBWriter",),
        },
    )

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
