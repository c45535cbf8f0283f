"""Opening, creating and upgrading asset databases."""

import sqlalchemy as sa

from rustybt.assets.database.location import Database, sqlite_path
from rustybt.assets.database.schema import metadata, version_info
from rustybt.assets.database.version import SCHEMA_VERSION, check_readable
from rustybt.errors import AssetDBVersionError, CorruptData


def open_asset_db(database: Database) -> sa.Engine:
    """An engine on an asset database that exists.

    Raises:
        CorruptData: There is no database, or it holds no assets.
        AssetDBVersionError: Its schema is none that this version reads.
    """
    path = sqlite_path(database)
    if path is not None and not path.is_file():
        raise CorruptData(path=str(path), reason="there is no such asset database")
    engine = _engine(database)
    check_readable(schema_version(engine), database=database)
    return engine


def create_asset_db(database: Database) -> sa.Engine:
    """An engine on an asset database of the newest version, created if it is not there.

    Raises:
        AssetDBVersionError: There is one, of another version.
    """
    engine = _engine(database)
    version = schema_version(engine)
    if version is None:
        from rustybt.assets.database.migrations import stamp

        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.execute(version_info.insert(), {"id": 1, "version": SCHEMA_VERSION})
            stamp(connection, "head")
    elif version != SCHEMA_VERSION:
        raise AssetDBVersionError(db_version=version, expected_version=SCHEMA_VERSION)
    return engine


def upgrade_asset_db(database: Database) -> None:
    """Bring a database of Zipline's version 6 or 7 to the newest version, in place.

    Version 6 is upgraded in SQLite files only; what Zipline did not store is unknown after it:
    the countries of exchanges.

    Raises:
        CorruptData: There is no asset database.
        AssetDBVersionError: Its schema is none that can be upgraded.
    """
    from rustybt.assets.database.migrations import current_revision, stamp, upgrade

    engine = open_asset_db(database)
    version = schema_version(engine)
    with engine.begin() as connection:
        if current_revision(connection) is None:
            stamp(connection, f"{version:04}")
        upgrade(connection, "head")


def schema_version(engine: sa.Engine) -> int | None:
    """The version that a database says it has, None where it holds no assets."""
    if not sa.inspect(engine).has_table(version_info.name):
        return None
    with engine.connect() as connection:
        return connection.scalar(sa.select(version_info.c.version))


def _engine(database: Database) -> sa.Engine:
    if isinstance(database, sa.Engine):
        return database
    path = sqlite_path(database)
    url = (
        sa.make_url(str(database)) if path is None else sa.URL.create("sqlite", database=str(path))
    )
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    # A file is opened per use: nothing stays open that would hold a bundle's folder.
    return sa.create_engine(url, poolclass=sa.pool.NullPool if is_file else None)
