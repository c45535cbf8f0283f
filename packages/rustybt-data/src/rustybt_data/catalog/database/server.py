"""What needs SQLAlchemy: databases that are no SQLite file, and making and migrating tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from rustybt.errors import InvalidSettings, MissingExtra
from rustybt_data.catalog.database.migrations import upgrade
from rustybt_data.catalog.database.session import (
    BUSY_SECONDS,
    VERSION_TABLE,
    Parameters,
    Row,
    Session,
    check_revision,
)

_POSTGRES = "postgresql"
_DRIVER = "postgresql+pg8000"
_LOCK_KEY = 7_239_104_511
"""Names the lock under which PostgreSQL lets one process make the tables."""


class ServerDatabase:
    """A database on a server, such as PostgreSQL.

    Args:
        url: Its address. ``postgresql://`` means the driver pg8000.

    Raises:
        InvalidSettings: It is no address of a database.
        MissingExtra: Its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        address = _address(url)
        self.where = address.render_as_string(hide_password=True)
        try:
            self._engine = sa.create_engine(address, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise MissingExtra(
                feature=f"a catalog in {address.get_backend_name()}",
                install="rustybt-data[postgres]",
            ) from error
        self._is_prepared = False

    def __del__(self) -> None:
        if hasattr(self, "_engine"):
            self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        with self._engine.connect() as connection:
            if not sa.inspect(connection).has_table(VERSION_TABLE):
                yield None
                return
            connection.rollback()
            connection.execution_options(isolation_level="REPEATABLE READ")
            session = _ServerSession(connection)
            found = session.rows(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
            check_revision(found[0]["version_num"] if found else None, where=self.where)
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self._prepare()
        with self._engine.connect() as connection:
            yield _ServerSession(connection)
            connection.commit()

    def _prepare(self) -> None:
        if self._is_prepared:
            return
        with self._engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            upgrade(connection)
        self._is_prepared = True


class _ServerSession:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, parameters: Parameters = {}) -> list[Row]:  # noqa: B006 - only read
        result = self._connection.execute(sa.text(query), dict(parameters))
        return [dict(row) for row in result.mappings()]

    def run(self, statement: str, parameters: Parameters = {}) -> None:  # noqa: B006
        self._connection.execute(sa.text(statement), dict(parameters))

    def run_many(self, statement: str, parameters: Sequence[Parameters]) -> None:
        if parameters:
            self._connection.execute(sa.text(statement), [dict(row) for row in parameters])

    def undo(self) -> None:
        self._connection.rollback()


def prepare_sqlite(path: Path) -> None:
    """Make the tables of an SQLite file, or bring them to this version, in one transaction."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        poolclass=sa.pool.NullPool,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    # The driver's own transactions would leave out what defines tables.
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)
        connection.exec_driver_sql("COMMIT")


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        reason = "give the address of a database, such as postgresql://user@host/name"
        raise InvalidSettings(name="RUSTYBT_CATALOG_URL", value=url, reason=reason) from error
    if address.drivername == _POSTGRES:
        address = address.set(drivername=_DRIVER)
    if address.get_backend_name() != _POSTGRES:
        reason = "the catalog is kept in SQLite or PostgreSQL; give one of these"
        raise InvalidSettings(name="RUSTYBT_CATALOG_URL", value=address.drivername, reason=reason)
    return address
