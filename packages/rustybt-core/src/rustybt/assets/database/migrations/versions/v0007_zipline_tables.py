"""Zipline's asset database, version 7: where a database that Zipline wrote starts.

Nothing runs here. A new database is made of the newest tables at once; an older one has these.
"""

revision = "0007"
down_revision = None


def upgrade() -> None:
    """Zipline has created the tables of this version."""
