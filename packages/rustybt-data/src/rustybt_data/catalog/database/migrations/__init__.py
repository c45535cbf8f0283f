"""Alembic on the tables of the catalog."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from rustybt_data.catalog.database.session import REVISION, VERSION_TABLE


def upgrade(connection: sa.Connection) -> None:
    """Bring the tables to this version, within the transaction of a connection.

    Tables of a version to come stay as they are.
    """
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    if (context.get_current_revision() or "") >= REVISION:
        return
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)
