"""Changes of the database."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.database import Session
from rustybt_data.catalog.records import StoredFile, Version, stored_time


def add_dataset_version(
    session: Session, name: str, created_at: datetime, content: DatasetContent
) -> int:
    """Add a version of a data set.

    Returns:
        Its key.
    """
    dataset = _dataset(session, name, content)
    session.run(
        "INSERT INTO dataset_versions (dataset_id, created_at, schema_version, source, "
        "fingerprint, rows, first_session, last_session, facts) VALUES (:dataset, :at, :schema, "
        ":source, :fingerprint, :rows, :first, :last, :facts)",
        {
            "dataset": dataset,
            "at": stored_time(created_at),
            "schema": content.schema_version,
            "source": content.source,
            "fingerprint": content.fingerprint,
            "rows": content.rows,
            "first": None if content.first_session is None else content.first_session.isoformat(),
            "last": None if content.last_session is None else content.last_session.isoformat(),
            "facts": _json(content.facts),
        },
    )
    query = "SELECT MAX(id) AS id FROM dataset_versions WHERE dataset_id = :dataset"
    key = int(session.rows(query, {"dataset": dataset})[0]["id"])
    _add_files(session, dataset, key, content.files)
    session.run_many(
        "INSERT INTO dataset_symbols (dataset_version_id, sid, symbol, first_label, last_label, "
        "rows) VALUES (:key, :sid, :symbol, :first, :last, :rows)",
        [
            {
                "key": key,
                "sid": item.sid,
                "symbol": item.symbol,
                "first": item.first,
                "last": item.last,
                "rows": item.rows,
            }
            for item in content.symbols
        ],
    )
    return key


def add_version(session: Session, version: Version, datasets: Iterable[int]) -> None:
    """Add a version of a name; its key and its data sets are not looked at.

    Args:
        session: Where to.
        version: The version.
        datasets: Keys of its data sets' versions.
    """
    session.run(
        "INSERT INTO versions (name, created_at, calendar, fingerprint, facts, is_bundle, removed) "
        "VALUES (:name, :at, :calendar, :fingerprint, :facts, :is_bundle, 0)",
        {
            "name": version.name,
            "at": stored_time(version.created_at),
            "calendar": version.calendar,
            "fingerprint": version.fingerprint,
            "facts": _json(version.facts),
            "is_bundle": int(version.is_bundle),
        },
    )
    query = "SELECT id FROM versions WHERE name = :name AND created_at = :at AND removed = 0"
    parameters = {"name": version.name, "at": stored_time(version.created_at)}
    key = session.rows(query, parameters)[0]["id"]
    session.run_many(
        "INSERT INTO version_datasets (version_id, dataset_version_id) VALUES (:version, :dataset)",
        [{"version": key, "dataset": dataset} for dataset in datasets],
    )


def note_bytes(session: Session, files: Sequence[StoredFile]) -> None:
    """Note the checksums of files that were written anew, whichever version names them."""
    session.run_many(
        "UPDATE files SET sha256 = :sha256, size_bytes = :size WHERE path = :path",
        [{"sha256": file.sha256, "size": file.size_bytes, "path": file.path} for file in files],
    )


def mark_removed(session: Session, version: int) -> None:
    """Make a version invisible; `gc` removes what is left of it once nobody reads it."""
    session.run("UPDATE versions SET removed = id WHERE id = :id", {"id": version})


def _dataset(session: Session, name: str, content: DatasetContent) -> int:
    key = {"name": name, "kind": content.kind, "resolution": content.resolution}
    query = (
        "SELECT id FROM datasets WHERE name = :name AND kind = :kind AND resolution = :resolution"
    )
    rows = session.rows(query, key)
    if not rows:
        session.run(
            "INSERT INTO datasets (name, kind, resolution) VALUES (:name, :kind, :resolution)", key
        )
        rows = session.rows(query, key)
    return int(rows[0]["id"])


def _add_files(session: Session, dataset: int, version: int, files: tuple[StoredFile, ...]) -> None:
    """Name the files of a version; what is known of a file that is written anew is replaced."""
    session.run_many(
        "INSERT INTO files (dataset_id, path, role, content_sha256, sha256, size_bytes, rows, "
        "first_label, last_label) VALUES (:dataset, :path, :role, :content, :sha256, :size, :rows, "
        ":first, :last) ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, "
        "size_bytes = excluded.size_bytes",
        [
            {
                "dataset": dataset,
                "path": file.path,
                "role": file.role,
                "content": file.content,
                "sha256": file.sha256,
                "size": file.size_bytes,
                "rows": file.rows,
                "first": file.first,
                "last": file.last,
            }
            for file in files
        ],
    )
    session.run_many(
        "INSERT INTO dataset_files (dataset_version_id, position, file_id) "
        "SELECT CAST(:version AS BIGINT), CAST(:position AS INTEGER), id FROM files "
        "WHERE path = :path",
        [
            {"version": version, "position": position, "path": file.path}
            for position, file in enumerate(files)
        ],
    )


def _json(facts: object) -> str:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))
