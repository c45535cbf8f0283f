"""Reaching the database: an SQLite file through the standard library, all else by SQLAlchemy."""

from pathlib import Path

from rustybt_data.catalog.database.session import Database
from rustybt_data.catalog.database.sqlite import SqliteDatabase


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
