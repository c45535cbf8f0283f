"""Making a version visible: all its files are in place before the database names it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from rustybt.errors import InvalidArgument
from rustybt_data.catalog import disk, reads, writes
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.database import Database, Session
from rustybt_data.catalog.locks import exclusive
from rustybt_data.catalog.records import DatasetVersion, StoredFile, Version

LOCKS: Final = ".locks"
"""Name of the folder of locks below the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A version that is to be published; fields as in `records.Version`.

    Attributes:
        contents: Data sets that are new, or the same as those of the version before.
        kept: Versions of data sets that it takes over as they are.
    """

    name: str
    created_at: datetime
    calendar: str
    fingerprint: str
    facts: Mapping[str, object]
    is_bundle: bool
    contents: tuple[DatasetContent, ...]
    kept: tuple[DatasetVersion, ...] = ()


def publish(
    publication: Publication, staged: Path, root: Path, database: Database, base: Version | None
) -> None:
    """Move files to their places and make the version visible.

    Args:
        publication: The version.
        staged: Where its new files are.
        root: The folder of the data.
        database: The database of the catalog.
        base: The version before, with which it shares what is the same.

    Raises:
        InvalidArgument: There is a version of this time.
    """
    name, at = publication.name, publication.created_at
    with database.reading() as session:
        contents = [
            (content, _same(session, content, name, base)) for content in publication.contents
        ]
    files = [
        file
        for content, same in contents
        for file in content.files
        if (staged / file.path).is_file() and (same is None or not _is_sound(file, same, root))
    ]
    for file in files:
        disk.flush(staged / file.path)
    with publishing(root), database.writing() as session:
        if reads.version_at(session, name, at) is not None:
            raise taken(name, at)
        _move(files, staged, root)
        keys = [dataset.id for dataset in publication.kept]
        for content, same in contents:
            new_key = same.id if same else writes.add_dataset_version(session, name, at, content)
            keys.append(new_key)
        writes.note_bytes(session, files)
        version = Version(
            id=0,
            name=name,
            created_at=at,
            calendar=publication.calendar,
            fingerprint=publication.fingerprint,
            facts=publication.facts,
            is_bundle=publication.is_bundle,
        )
        writes.add_version(session, version, keys)


def publishing(root: Path) -> AbstractContextManager[None]:
    """The lock of who changes what is visible."""
    return exclusive(root / LOCKS / "publish", doing="publishing")


def taken(name: str, timestamp: datetime) -> InvalidArgument:
    """The error of a second version of one time."""
    return InvalidArgument(
        field="timestamp",
        value=str(timestamp),
        reason=f"bundle {name} has an ingestion of this time; choose another or clean it",
    )


def _same(
    session: Session | None, content: DatasetContent, name: str, base: Version | None
) -> DatasetVersion | None:
    """What the version before has, where it is the same."""
    if base is None or session is None:
        return None
    for dataset in base.of_kind(content.kind):
        if (
            (dataset.name, dataset.resolution) == (name, content.resolution)
            and dataset.fingerprint == content.fingerprint
            and _names(dataset.files) == _names(content.files)
            and reads.symbols_of(session, dataset.id) == content.symbols
        ):
            return dataset
    return None


def _is_sound(file: StoredFile, same: DatasetVersion, root: Path) -> bool:
    """Whether a file that is there already is what was written."""
    place = root / file.path
    (stored,) = (known for known in same.files if known.path == file.path)
    return place.is_file() and disk.checksum(place) == stored.sha256


def _names(files: tuple[StoredFile, ...]) -> tuple[str, ...]:
    return tuple(file.path for file in files)


def _move(files: list[StoredFile], staged: Path, root: Path) -> None:
    for file in files:
        disk.move(staged / file.path, root / file.path)
    for folder in sorted({(root / file.path).parent for file in files}):
        disk.flush(folder)
