"""The catalog in an SQLite file, through the standard library."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rustybt.errors import CatalogBusy, CorruptData, StorageFull, StorageNotWritable
from rustybt_data.catalog.database.session import (
    BUSY_SECONDS,
    VERSION_TABLE,
    Parameters,
    Row,
    Session,
    check_revision,
)

_REVISION_QUERY: Final = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant


class SqliteDatabase:
    """An SQLite file, opened anew by each thread that is at a transaction, and by forks.

    A reader opens it for writing, too: what a process that died in a transaction left is undone
    by who comes next.
    """

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._is_prepared = False
        self._known: sqlite3.Connection | None = None
        self._idle: tuple[tuple[int, int, int], sqlite3.Connection] | None = None

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        if not self._path.is_file():
            yield None
            return
        with self._connection() as connection:
            session = _SqliteSession(connection)
            connection.execute("BEGIN")
            if connection is not self._known:
                revision = self._revision(session)
                if revision is None:
                    yield None
                    return
                check_revision(revision, where=self.where)
                self._known = connection
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
        """A connection that nobody else uses meanwhile; without an error it is kept for later."""
        place = self._place()
        kept, connection = self._idle or (None, None)
        self._idle = None
        if connection is None or kept != place:
            connection = self._opened()
        try:
            yield connection
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.DatabaseError):
                raise told(self.where, error) from error
            raise
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        self._idle = place, connection

    def _place(self) -> tuple[int, int, int]:
        """What a connection belongs to: a process and the file that was opened."""
        found = self._path.stat()
        return os.getpid(), found.st_dev, found.st_ino

    def _opened(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.DatabaseError as error:
            raise told(self.where, error) from error

    def __del__(self) -> None:
        if getattr(self, "_idle", None) is not None:
            self._idle[1].close()  # type: ignore[index]

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


def told(where: str, error: sqlite3.DatabaseError) -> Exception:
    """What an error of SQLite means."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    reason = f"SQLite says: {error}"
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(path=where, reason=reason)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}:
        return StorageNotWritable(path=where, reason=reason)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return CatalogBusy(doing=f"a transaction in {where}", holder="another process")
    return CorruptData(path=where, reason=reason)


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
