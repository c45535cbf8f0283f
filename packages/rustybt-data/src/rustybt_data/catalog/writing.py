"""Being the one who writes into a name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from rustybt.errors import InvalidArgument
from rustybt_data.catalog import reads, staging
from rustybt_data.catalog.collection import collect
from rustybt_data.catalog.database import Database
from rustybt_data.catalog.hold import hold
from rustybt_data.catalog.locks import exclusive
from rustybt_data.catalog.publication import LOCKS, Publication, publish, taken
from rustybt_data.catalog.records import Version
from rustybt_data.catalog.space import telling_of_space

Result = TypeVar("Result")
_STEP: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a writer of a name has.

    Attributes:
        root: The folder of the data.
        database: The database of the catalog.
        folder: A folder of its own on the same file system, to be filled.
        base: The version before, None for the first one.
    """

    root: Path
    database: Database
    folder: Path
    base: Version | None

    def publish(self, publication: Publication) -> None:
        """Make a version visible; its new files are in the folder."""
        publish(publication, self.folder, self.root, self.database, self.base)


class _Late(Exception):  # noqa: N818 - it is no error where the time may be chosen
    """There is a newer version already."""

    def __init__(self, newest: datetime) -> None:
        super().__init__(newest)
        self.newest = newest


def at_time(timestamp: datetime | None, write: Callable[[datetime], Result]) -> Result:
    """What a writer returns that is told the time of its version.

    Args:
        timestamp: The time; None for now, or just after the newest version, where another
            process was faster or the clock was set back.
        write: The writer.

    Raises:
        InvalidArgument: There is a newer version: what was known at a time cannot be changed later.
    """
    moment = timestamp or datetime.now(UTC)
    while True:
        try:
            return write(moment)
        except _Late as late:
            if timestamp is None:
                moment = max(datetime.now(UTC), late.newest + _STEP)
                continue
            reason = (
                f"there is a version of {late.newest}, which it would change; give a later time"
            )
            raise InvalidArgument(field="timestamp", value=str(timestamp), reason=reason) from None


@contextmanager
def writing(
    root: Path, database: Database, name: str, timestamp: datetime, *, anew: bool = False
) -> Iterator[Writing]:
    """Be the one who writes into a name; this waits for who does already.

    What a process that died has left is removed first. Who adds to the version before calls this
    within `at_time`.

    Args:
        root: The folder of the data.
        database: The database of the catalog.
        name: The name.
        timestamp: Time of the version.
        anew: Whether it has nothing from the version before, so that it may be an older one.

    Raises:
        InvalidArgument: There is a version of this time.
        CatalogBusy: This thread writes into the name already.
        StorageFull: There is no space for the data.
    """
    lock = root / LOCKS / f"writing-{name}"
    with telling_of_space(root), exclusive(lock, doing=f"an ingestion of {name}"):
        if staging.abandoned(root):
            collect(root, database)
        with database.reading() as session:
            stamps = () if session is None else reads.times(session, name)
        if timestamp in stamps:
            raise taken(name, timestamp)
        if stamps and timestamp < stamps[0] and not anew:
            raise _Late(stamps[0])
        # Held while it is read from, so that nobody removes what the new version shares with it.
        held = hold(root, name, stamps[0]) if stamps else None
        with database.reading() as session:
            newest = stamps[0] if stamps else timestamp
            base = None if session is None else reads.version_at(session, name, newest)
        with staging.workplace(root, prefix=f"{name}-") as folder:
            yield Writing(root=root, database=database, folder=folder, base=base)
        if held is not None:
            held.release()
