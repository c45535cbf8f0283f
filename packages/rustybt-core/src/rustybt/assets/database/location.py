"""Where an asset database is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import Engine

Database: TypeAlias = "str | Path | Engine"
"""Path of an SQLite file, a database URL or an engine."""


def sqlite_path(database: Database) -> Path | None:
    """The path of an SQLite file, None for a URL or an engine."""
    if isinstance(database, Path):
        return database
    return Path(database) if isinstance(database, str) and "://" not in database else None
