"""Zipline's asset database, version 6: where a database that an old Zipline wrote starts.

Nothing runs here: Zipline has created the tables.
"""

revision = "0006"
down_revision = None


def upgrade() -> None:
    """Zipline has created the tables of this version."""
