"""What the database says about data sets and their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def stored_time(moment: datetime) -> int:
    """A time as the database keeps it: microseconds since 1970-01-01 in UTC."""
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def read_time(stored: int) -> datetime:
    """A time that the database keeps."""
    return _EPOCH + stored * _MICROSECOND


class StoredFile(NamedTuple):
    """A file of a data set.

    Attributes:
        path: Where it is below the root, with ``/``.
        role: What is in it: ``bars``, ``extra``, ``assets``, the name of a table.
        content: Hash of what it holds, which names it.
        sha256: Hash of its bytes: its checksum.
        size_bytes: Its size.
        rows: Number of rows.
        first: Its first label, None where rows have none.
        last: Its last label.
    """

    path: str
    role: str
    content: str
    sha256: str
    size_bytes: int
    rows: int = 0
    first: int | None = None
    last: int | None = None


class SymbolRange(NamedTuple):
    """What a version of a data set has of an asset.

    Attributes:
        sid: Number of the asset in the version's assets.
        symbol: Its symbol.
        first: Label of its first row.
        last: Label of its last row.
        rows: Number of rows.
    """

    sid: int
    symbol: str
    first: int
    last: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersion:
    """One version of a data set.

    Attributes:
        id: Its key in the database.
        name: Name of the data set.
        kind: What it holds: ``bars``, ``assets``, ``actions``, ``rates`` and others.
        resolution: Length of a bar; an empty text for other kinds.
        created_at: When it was written (UTC).
        schema_version: Of its files.
        source: Where the data came from.
        fingerprint: Hash of its content.
        rows: Number of rows.
        first_session: Session of the first row, None where rows have none.
        last_session: Session of the last row.
        facts: What else a reader has to know.
        files: Its files, in order.
    """

    id: int
    name: str
    kind: str
    resolution: str
    created_at: datetime
    schema_version: int
    source: str
    fingerprint: str
    rows: int
    first_session: date | None
    last_session: date | None
    facts: Mapping[str, Any]
    files: tuple[StoredFile, ...] = ()

    @property
    def folder(self) -> str:
        """Where its files are below the root, with ``/``."""
        return dataset_folder(self.name, self.kind, self.resolution)

    @property
    def size_bytes(self) -> int:
        """Size of its files, those shared with other versions as well."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a name: a set of versions of data sets.

    Attributes:
        id: Its key in the database.
        name: The name.
        created_at: When it was made (UTC).
        calendar: Name of the calendar of the sessions.
        fingerprint: Hash of the content of all of it.
        facts: What is counted in it.
        is_bundle: Whether it was ingested as a bundle: then only `clean` removes it.
        datasets: Its data sets.
    """

    id: int
    name: str
    created_at: datetime
    calendar: str
    fingerprint: str
    facts: Mapping[str, Any]
    is_bundle: bool
    datasets: tuple[DatasetVersion, ...] = ()

    def of_kind(self, kind: str) -> tuple[DatasetVersion, ...]:
        """Its data sets of a kind."""
        return tuple(dataset for dataset in self.datasets if dataset.kind == kind)


def dataset_folder(name: str, kind: str, resolution: str) -> str:
    """Where the files of a data set are below the root, with ``/``."""
    return f"datasets/{name}/{kind}-{resolution}" if resolution else f"datasets/{name}/{kind}"
