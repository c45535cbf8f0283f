"""The database of the catalog: SQLite by default, PostgreSQL by URL.

Its statements are plain SQL that both understand. An SQLite file is reached through the standard
library: SQLAlchemy, which describes the tables, migrates them and reaches PostgreSQL, takes longer
to import than a bundle takes to open.
"""

from rustybt_data.catalog.database.connecting import connect
from rustybt_data.catalog.database.session import Database, Row, Session

__all__ = ["Database", "Row", "Session", "connect"]
