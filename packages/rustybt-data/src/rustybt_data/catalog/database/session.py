"""What a database is asked, whichever it is."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol, TypeAlias

from rustybt.errors import CatalogVersionError

Row: TypeAlias = Mapping[str, Any]
Parameters: TypeAlias = Mapping[str, Any]

REVISION: Final = "0001"
"""The revision of the tables that this version of RustyBT reads and writes."""

VERSION_TABLE: Final = "alembic_version_rustybt_data"
"""Where Alembic notes the revision: each distribution that owns tables has a table of its own."""

BUSY_SECONDS: Final = 60.0
"""How long to wait for who writes; a transaction takes milliseconds."""


class Session(Protocol):
    """A transaction; parameters are written ``:name``."""

    def rows(self, query: str, parameters: Parameters = ...) -> list[Row]:
        """The rows of a query."""
        ...

    def run(self, statement: str, parameters: Parameters = ...) -> None:
        """Run a statement."""
        ...

    def run_many(self, statement: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement with each of the parameters."""
        ...

    def undo(self) -> None:
        """Take back all that was changed so far."""
        ...


class Database(Protocol):
    """Where the catalog is kept.

    Attributes:
        where: What errors call it.
    """

    where: str

    def reading(self) -> AbstractContextManager[Session | None]:
        """A transaction that reads; None where nothing was ever written.

        Raises:
            CorruptData: It is no database.
            CatalogVersionError: It was written by another version of RustyBT.
        """
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction that writes: all of it is there at once, or nothing where an error ends it.

        The tables are made, or brought to this version, when they are not.
        """
        ...


def check_revision(found: str | None, *, where: str) -> None:
    """Refuse tables that this version does not know."""
    if found != REVISION:
        raise CatalogVersionError(where=where, found=found, expected=REVISION)
