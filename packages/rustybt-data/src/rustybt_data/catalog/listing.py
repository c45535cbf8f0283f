"""What there is, as tables and programs take it."""

from dataclasses import dataclass
from datetime import date, datetime

from rustybt_data.catalog.records import DatasetVersion, SymbolRange, Version
from rustybt_data.catalog.references import reference


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """A data set of a version.

    Attributes:
        name: Its name.
        kind: What it holds.
        resolution: Length of a bar; an empty text for other kinds.
        created_at: When this version of it was written (UTC).
        source: Where the data came from.
        schema_version: Of its files.
        fingerprint: Hash of its content.
        rows: Number of rows.
        first_session: First session, None where rows have none.
        last_session: Last session.
        files: Number of files.
        size_bytes: Their size.
    """

    name: str
    kind: str
    resolution: str
    created_at: datetime
    source: str
    schema_version: int
    fingerprint: str
    rows: int
    first_session: date | None
    last_session: date | None
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSummary:
    """A version of a name.

    Attributes:
        name: The name.
        timestamp: When it was made (UTC).
        calendar: Name of the calendar of the sessions.
        fingerprint: Hash of the content of all of it.
        is_bundle: Whether only `clean` removes it.
        datasets: Its data sets.
    """

    name: str
    timestamp: datetime
    calendar: str
    fingerprint: str
    is_bundle: bool
    datasets: tuple[DatasetSummary, ...]

    @property
    def reference(self) -> str:
        """What names it: ``name@time``."""
        return reference(self.name, self.timestamp)

    @property
    def size_bytes(self) -> int:
        """Size of its files, those that other versions share as well."""
        return sum(dataset.size_bytes for dataset in self.datasets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The newest version of a name, or one of a time, in full.

    Attributes:
        version: What it is.
        symbols: What the bars of each resolution have of each asset.
        backtests: Number of saved runs that read it.
    """

    version: VersionSummary
    symbols: dict[str, tuple[SymbolRange, ...]]
    backtests: int


def summary_of(version: Version) -> VersionSummary:
    """A version without its files."""
    return VersionSummary(
        name=version.name,
        timestamp=version.created_at,
        calendar=version.calendar,
        fingerprint=version.fingerprint,
        is_bundle=version.is_bundle,
        datasets=tuple(map(_dataset, version.datasets)),
    )


def _dataset(dataset: DatasetVersion) -> DatasetSummary:
    return DatasetSummary(
        name=dataset.name,
        kind=dataset.kind,
        resolution=dataset.resolution,
        created_at=dataset.created_at,
        source=dataset.source,
        schema_version=dataset.schema_version,
        fingerprint=dataset.fingerprint,
        rows=dataset.rows,
        first_session=dataset.first_session,
        last_session=dataset.last_session,
        files=len(dataset.files),
        size_bytes=dataset.size_bytes,
    )
