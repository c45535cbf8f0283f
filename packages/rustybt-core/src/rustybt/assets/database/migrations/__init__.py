"""Alembic on the asset database.

Each distribution that owns tables keeps its own version table, so that several can share one
database.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

VERSION_TABLE: Final = "alembic_version_rustybt_core"


def stamp(connection: sa.Connection, revision: str) -> None:
    """Record that a database is at a revision, without running anything."""
    command.stamp(_config(connection), revision)


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Run the migrations up to a revision."""
    command.upgrade(_config(connection), revision)


def current_revision(connection: sa.Connection) -> str | None:
    """The revision of a database, None where nothing was recorded."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
