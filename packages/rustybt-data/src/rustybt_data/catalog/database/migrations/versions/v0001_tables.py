"""The first tables.

Revision ID: 0001
"""

from alembic import op

from rustybt_data.catalog.database.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    metadata.drop_all(op.get_bind())
