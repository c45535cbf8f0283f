"""Running queries: an SQLite file through the standard library, all else through SQLAlchemy.

Every backtest reads an SQLite file, and `import sqlalchemy` takes longer than the rest of reading
it a hundred times over.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from rustybt.assets.database.location import Database, sqlite_path
from rustybt.assets.database.version import check_readable
from rustybt.errors import CorruptData

Row: TypeAlias = Mapping[str, Any]

_VERSION = "SELECT version FROM version_info"


class Connection(Protocol):
    """An asset database that can be read.

    Attributes:
        version: Of its schema.
    """

    version: int

    def rows(self, query: str, parameters: Mapping[str, int]) -> list[Row]:
        """The rows of a query whose parameters are written ``:name``."""

    def close(self) -> None:
        """Release what is open; the next query opens it again."""


def connect(database: Database) -> Connection:
    """A connection for reading.

    Raises:
        CorruptData: There is no database, or it holds no assets.
        AssetDBVersionError: Its schema is none that this version reads.
    """
    path = sqlite_path(database)
    return SqlConnection(database) if path is None else SqliteConnection(path)


class SqliteConnection:
    """An SQLite file. It is opened per query: nothing stays open that would hold its folder."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise CorruptData(path=str(path), reason="there is no such asset database")
        self._path = path
        self._uri = f"{path.absolute().as_uri()}?mode=ro"
        self.version = check_readable(self._stored_version(), database=path)

    def rows(self, query: str, parameters: Mapping[str, int]) -> list[Row]:
        try:
            return self._found(query, parameters)
        except sqlite3.DatabaseError as error:
            reason = f"it is no asset database of version {self.version} ({error})"
            raise CorruptData(path=str(self._path), reason=reason) from None

    def _found(self, query: str, parameters: Mapping[str, int]) -> list[Row]:
        with closing(sqlite3.connect(self._uri, uri=True)) as connection:
            cursor = connection.execute(query, parameters)
            names = [name for name, *_ in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def close(self) -> None:
        """Nothing is open."""

    def _stored_version(self) -> int | None:
        try:
            rows = self._found(_VERSION, {})
        except sqlite3.DatabaseError:
            return None
        return rows[0]["version"] if rows else None


class SqlConnection:
    """Any database that SQLAlchemy reaches."""

    def __init__(self, database: Database) -> None:
        from rustybt.assets.database.engine import open_asset_db, schema_version

        self._engine = open_asset_db(database)
        self.version = check_readable(schema_version(self._engine), database=database)

    def rows(self, query: str, parameters: Mapping[str, int]) -> list[Row]:
        from sqlalchemy import text

        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query), parameters).mappings()]

    def close(self) -> None:
        self._engine.dispose()
