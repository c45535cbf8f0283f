"""What Alembic runs to reach the database: the connection that its caller holds."""

from alembic import context

from rustybt_data.catalog.database.session import VERSION_TABLE
from rustybt_data.catalog.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
