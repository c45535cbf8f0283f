"""Reaching the database: an SQLite file through the standard library, all else by SQLAlchemy."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from rustybt.errors import CatalogVersionError, CorruptData

Row: TypeAlias = Mapping[str, Any]
Parameters: TypeAlias = Mapping[str, Any]

REVISION: Final = "0001"
"""The revision of the tables that this version of RustyBT reads and writes."""

VERSION_TABLE: Final = "alembic_version_rustybt_data"
"""Where Alembic notes the revision: each distribution that owns tables has a table of its own."""

BUSY_SECONDS: Final = 60.0
"""How long to wait for who writes; a transaction takes milliseconds."""

_REVISION_QUERY: Final = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant


class Session(Protocol):
    """A transaction; parameters are written ``:name``."""

    def rows(self, query: str, parameters: Parameters = ...) -> list[Row]:
        """The rows of a query."""
        ...

    def run(self, statement: str, parameters: Parameters = ...) -> None:
        """Run a statement."""
        ...

    def run_many(self, statement: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement with each of the parameters."""
        ...

    def undo(self) -> None:
        """Take back all that was changed so far."""
        ...


class Database(Protocol):
    """Where the catalog is kept.

    Attributes:
        where: What errors call it.
    """

    where: str

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """A transaction that reads; None where nothing was ever written.

        Raises:
            CorruptData: It is no database.
            CatalogVersionError: It was written by another version of RustyBT.
        """
        ...

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that writes: all of it is there at once, or nothing where an error ends it.

        The tables are made, or brought to this version, when they are not.
        """
        ...


def connect(folder: Path, url: str | None) -> Database:
    """The database of a catalog.

    Args:
        folder: The folder of the data; the SQLite file is in it.
        url: Address of another database, as SQLAlchemy writes them.
    """
    if url is None:
        return SqliteDatabase(folder / "catalog.db")
    if url.startswith("sqlite:///"):
        return SqliteDatabase(Path(url.removeprefix("sqlite:///")))
    from rustybt_data.catalog.database.server import ServerDatabase

    return ServerDatabase(url)


def check_revision(found: str | None, *, where: str) -> None:
    """Refuse tables that this version does not know."""
    if found != REVISION:
        raise CatalogVersionError(where=where, found=found, expected=REVISION)


class SqliteDatabase:
    """An SQLite file. It is opened per transaction, so that processes may fork and threads share.

    A reader opens it for writing, too: what a process that died in a transaction left is undone
    by who comes next.
    """

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._is_prepared = False

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        if not self._path.is_file():
            yield None
            return
        with self._connection() as connection:
            session = _SqliteSession(connection)
            connection.execute("BEGIN")
            revision = self._revision(session)
            if revision is None:
                yield None
                return
            check_revision(revision, where=self.where)
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self._prepare()
        with self._connection() as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("BEGIN IMMEDIATE")
            yield _SqliteSession(connection)
            connection.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(
                sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            ) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise CorruptData(path=self.where, reason=f"SQLite says: {error}") from error

    def _revision(self, session: Session) -> str | None:
        try:
            rows = session.rows(_REVISION_QUERY)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
        return rows[0]["version_num"] if rows else None

    def _prepare(self) -> None:
        """Make the tables, or bring them to this version."""
        if self._is_prepared:
            return
        with self.reading() as session:
            self._is_prepared = session is not None
        if not self._is_prepared:
            from rustybt_data.catalog.database.server import prepare_sqlite

            prepare_sqlite(self._path)
            self._is_prepared = True


class _SqliteSession:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, parameters: Parameters = {}) -> list[Row]:  # noqa: B006 - only read
        cursor = self._connection.execute(query, parameters)
        names = [name for name, *_ in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def run(self, statement: str, parameters: Parameters = {}) -> None:  # noqa: B006
        self._connection.execute(statement, parameters)

    def run_many(self, statement: str, parameters: Sequence[Parameters]) -> None:
        self._connection.executemany(statement, parameters)

    def undo(self) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")
