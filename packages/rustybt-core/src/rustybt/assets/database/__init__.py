"""The asset database: SQLite by default, any database of SQLAlchemy by URL.

Names are imported on first use: reading an SQLite file needs no SQLAlchemy.
"""

import importlib
from typing import TYPE_CHECKING

from rustybt.assets.database.source import SqlSource
from rustybt.assets.database.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from rustybt.assets.database.engine import create_asset_db, open_asset_db, upgrade_asset_db
    from rustybt.assets.database.schema import DecimalText, metadata
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

_HOMES = {
    "AssetDBWriter": "writer",
    "DecimalText": "schema",
    "create_asset_db": "engine",
    "metadata": "schema",
    "open_asset_db": "engine",
    "upgrade_asset_db": "engine",
}


def __getattr__(name: str) -> object:
    """Import an exported name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
