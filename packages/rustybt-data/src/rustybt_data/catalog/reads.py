"""Questions to the database."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from rustybt_data.catalog.database import Row, Session
from rustybt_data.catalog.records import (
    DatasetVersion,
    StoredFile,
    SymbolRange,
    Version,
    read_time,
    stored_time,
)

_FILE: Final = (
    "f.path, f.role, f.content_sha256, f.sha256, f.size_bytes, f.rows, f.first_label, f.last_label"
)
_DATASET: Final = (
    "v.id, d.name, d.kind, d.resolution, v.created_at, v.schema_version, v.source, v.fingerprint, "
    "v.rows, v.first_session, v.last_session, v.facts"
)
_VERSION: Final = "id, name, created_at, calendar, fingerprint, facts, is_bundle"


def names(session: Session) -> tuple[str, ...]:
    """Names that have a version, sorted."""
    rows = session.rows("SELECT DISTINCT name FROM versions WHERE removed = 0")
    return tuple(sorted(row["name"] for row in rows))


def times(session: Session, name: str) -> tuple[datetime, ...]:
    """Times of the versions of a name, newest first."""
    query = (
        "SELECT created_at FROM versions WHERE name = :name AND removed = 0 "
        "ORDER BY created_at DESC"
    )
    return tuple(read_time(row["created_at"]) for row in session.rows(query, {"name": name}))


def newest_time(session: Session, name: str, as_of: datetime | None = None) -> datetime | None:
    """Time of the newest version of a name up to a time, None where there is none."""
    query = (
        "SELECT MAX(created_at) AS at FROM versions "
        "WHERE name = :name AND removed = 0 AND created_at <= :limit"
    )
    limit = 2**62 if as_of is None else stored_time(as_of)
    (row,) = session.rows(query, {"name": name, "limit": limit})
    return None if row["at"] is None else read_time(row["at"])


def version_at(session: Session, name: str, timestamp: datetime) -> Version | None:
    """The version of a name and a time, with its data sets and their files."""
    query = (
        f"SELECT {_VERSION} FROM versions "  # noqa: S608 - constants
        "WHERE name = :name AND created_at = :at AND removed = 0"
    )
    rows = session.rows(query, {"name": name, "at": stored_time(timestamp)})
    return _version(rows[0], datasets_of(session, rows[0]["id"])) if rows else None


def datasets_of(session: Session, version: int) -> tuple[DatasetVersion, ...]:
    """The data sets of a version, with their files."""
    rows = session.rows(
        f"SELECT {_DATASET} FROM version_datasets p "  # noqa: S608 - constants
        "JOIN dataset_versions v ON v.id = p.dataset_version_id "
        "JOIN datasets d ON d.id = v.dataset_id WHERE p.version_id = :id "
        "ORDER BY d.kind, d.resolution, d.name",
        {"id": version},
    )
    found = session.rows(
        f"SELECT x.dataset_version_id, {_FILE} FROM version_datasets p "  # noqa: S608
        "JOIN dataset_files x ON x.dataset_version_id = p.dataset_version_id "
        "JOIN files f ON f.id = x.file_id WHERE p.version_id = :id "
        "ORDER BY x.dataset_version_id, x.position",
        {"id": version},
    )
    return tuple(_with_files(rows, found))


def version_with(session: Session, version: int) -> Version | None:
    """A version by its key, with its data sets and their files."""
    query = f"SELECT {_VERSION} FROM versions WHERE id = :id AND removed = 0"  # noqa: S608
    rows = session.rows(query, {"id": version})
    return _version(rows[0], datasets_of(session, version)) if rows else None


def versions_of(session: Session, name: str) -> tuple[Version, ...]:
    """The versions of a name, newest first, without their data sets."""
    query = (
        f"SELECT {_VERSION} FROM versions WHERE name = :name AND removed = 0 "  # noqa: S608
        "ORDER BY created_at DESC"
    )
    return tuple(_version(row, ()) for row in session.rows(query, {"name": name}))


class Offer(NamedTuple):
    """A data set that could answer a query.

    Attributes:
        name: Name of the version.
        version: Key of the version.
        created_at: Its time.
        dataset: Key of the data set's version.
        dataset_name: Name of the data set.
        fingerprint: Hash of its content.
        calendar: Name of the calendar of the version.
    """

    name: str
    version: int
    created_at: datetime
    dataset: int
    dataset_name: str
    fingerprint: str
    calendar: str


def offers(
    session: Session, kind: str, resolution: str, as_of: datetime | None
) -> tuple[Offer, ...]:
    """The data sets of a kind and a resolution in the newest version of each name up to a time."""
    rows = session.rows(
        "SELECT v.name, v.id, v.created_at, v.calendar, s.id AS dataset, s.fingerprint, "
        "d.name AS dataset_name "
        "FROM versions v JOIN version_datasets p ON p.version_id = v.id "
        "JOIN dataset_versions s ON s.id = p.dataset_version_id "
        "JOIN datasets d ON d.id = s.dataset_id "
        "WHERE d.kind = :kind AND d.resolution = :resolution AND v.removed = 0 "
        "AND v.created_at = (SELECT MAX(w.created_at) FROM versions w "
        "WHERE w.name = v.name AND w.removed = 0 AND w.created_at <= :limit) ORDER BY v.name",
        {
            "kind": kind,
            "resolution": resolution,
            "limit": 2**62 if as_of is None else stored_time(as_of),
        },
    )
    return tuple(
        Offer(
            row["name"],
            row["id"],
            read_time(row["created_at"]),
            row["dataset"],
            row["dataset_name"],
            row["fingerprint"],
            row["calendar"],
        )
        for row in rows
    )


def symbols_of(session: Session, dataset: int) -> tuple[SymbolRange, ...]:
    """What a version of a data set has of each asset, by sid."""
    rows = session.rows(
        "SELECT sid, symbol, first_label, last_label, rows FROM dataset_symbols "
        "WHERE dataset_version_id = :id ORDER BY sid",
        {"id": dataset},
    )
    return tuple(
        SymbolRange(
            sid=row["sid"],
            symbol=row["symbol"],
            first=row["first_label"],
            last=row["last_label"],
            rows=row["rows"],
        )
        for row in rows
    )


def dataset_version(session: Session, key: int) -> DatasetVersion | None:
    """A version of a data set by its key, None where it is gone."""
    rows = session.rows(
        f"SELECT {_DATASET} FROM dataset_versions v "  # noqa: S608 - constants
        "JOIN datasets d ON d.id = v.dataset_id WHERE v.id = :id",
        {"id": key},
    )
    files = session.rows(
        f"SELECT x.dataset_version_id, {_FILE} FROM dataset_files x "  # noqa: S608 - constants
        "JOIN files f ON f.id = x.file_id WHERE x.dataset_version_id = :id ORDER BY x.position",
        {"id": key},
    )
    return next(iter(_with_files(rows, files)), None)


def _with_files(rows: Iterable[Row], files: Iterable[Row]) -> Iterable[DatasetVersion]:
    by_dataset: dict[int, list[StoredFile]] = defaultdict(list)
    for row in files:
        by_dataset[row["dataset_version_id"]].append(stored_file(row))
    for row in rows:
        yield DatasetVersion(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            resolution=row["resolution"],
            created_at=read_time(row["created_at"]),
            schema_version=row["schema_version"],
            source=row["source"],
            fingerprint=row["fingerprint"],
            rows=row["rows"],
            first_session=_day(row["first_session"]),
            last_session=_day(row["last_session"]),
            facts=json.loads(row["facts"]),
            files=tuple(by_dataset[row["id"]]),
        )


def stored_file(row: Row) -> StoredFile:
    """A file, from a row of it."""
    return StoredFile(
        path=row["path"],
        role=row["role"],
        content=row["content_sha256"],
        sha256=row["sha256"],
        size_bytes=row["size_bytes"],
        rows=row["rows"],
        first=row["first_label"],
        last=row["last_label"],
    )


def _version(row: Row, datasets: tuple[DatasetVersion, ...]) -> Version:
    return Version(
        id=row["id"],
        name=row["name"],
        created_at=read_time(row["created_at"]),
        calendar=row["calendar"],
        fingerprint=row["fingerprint"],
        facts=json.loads(row["facts"]),
        is_bundle=bool(row["is_bundle"]),
        datasets=datasets,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
