"""Data sets of bars: from the manifest of their writer to the database, and back."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final

from rustybt_data.catalog import disk
from rustybt_data.catalog.records import (
    DatasetContent,
    DatasetVersion,
    StoredFile,
    SymbolRange,
    dataset_folder,
)
from rustybt_data.parquet.layout import EXTRA_FILE_NAME, SCHEMA_VERSION, Depth
from rustybt_data.parquet.manifest import ExtraManifest, Manifest, Partition
from rustybt_data.parquet.scales import Scales

BARS: Final = "bars"
"""Kind of a data set of bars, and role of its files."""

EXTRA: Final = "extra"
"""Role of files of the columns that bars have beside their fields."""

_DIGITS: Final = 32
"""Digits of a hash in a file's name."""


def content_name(content: str) -> str:
    """What a file is called after the hash of its content."""
    return content[:_DIGITS]


class ByContent:
    """Names Parquet files by their content; those of the version before are not written again.

    Args:
        root: The folder of the data.
        folder: The folder of the data set below it.
        base: The version before; None for the first one.
    """

    def __init__(self, root: Path, folder: str, base: DatasetVersion | None) -> None:
        self._root = root
        self._folder = folder
        self.known = {} if base is None else {file.path: file for file in base.files}

    def named(self, path: PurePosixPath, content: str) -> PurePosixPath:
        prefix = "extra-" if path.name == EXTRA_FILE_NAME else ""
        return path.with_name(f"{prefix}{content_name(content)}.parquet")

    def holds(self, path: PurePosixPath) -> bool:
        """Whether the version before has the file, undamaged."""
        stored = self.known.get(f"{self._folder}/{path}")
        if stored is None:
            return False
        file = self._root / stored.path
        return file.is_file() and disk.checksum(file) == stored.sha256


def bars_content(
    manifest: Manifest,
    name: str,
    *,
    staged: Path,
    placement: ByContent,
    source: str,
    symbols: tuple[SymbolRange, ...],
) -> DatasetContent:
    """A data set of bars that is to be published.

    Args:
        manifest: What its writer says.
        name: Name of the data set.
        staged: The folder below which its new files are.
        placement: How they were named.
        source: Where the data came from.
        symbols: What it has of each asset.
    """
    folder = dataset_folder(name, BARS, manifest.resolution)
    parts = [(BARS, manifest.partitions)]
    facts: dict[str, Any] = {
        "calendar": manifest.calendar,
        "depth": str(manifest.depth),
        "scales": [manifest.scales.price, manifest.scales.volume],
        "stored": [manifest.stored.price, manifest.stored.volume],
        "sids": manifest.sids,
    }
    if manifest.extra is not None:
        facts["extra"] = {
            "scales": dict(manifest.extra.scales),
            "stored": dict(manifest.extra.stored),
        }
        parts.append((EXTRA, manifest.extra.partitions))
    return DatasetContent(
        kind=BARS,
        resolution=manifest.resolution,
        fingerprint=manifest.fingerprint,
        schema_version=SCHEMA_VERSION,
        source=source,
        rows=manifest.rows,
        first_session=manifest.first_session,
        last_session=manifest.last_session,
        facts=facts,
        symbols=symbols,
        files=tuple(
            _stored(partition, role, folder, staged=staged, known=placement.known)
            for role, partitions in parts
            for partition in partitions
        ),
    )


def _stored(
    partition: Partition,
    role: str,
    folder: str,
    *,
    staged: Path,
    known: Mapping[str, StoredFile],
) -> StoredFile:
    path = f"{folder}/{partition.path}"
    file = staged / path
    if not file.is_file():
        return known[path]
    return StoredFile(
        path=path,
        role=role,
        content=partition.sha256,
        sha256=disk.checksum(file),
        size_bytes=file.stat().st_size,
        rows=partition.rows,
        first=partition.first,
        last=partition.last,
    )


def manifest_of(version: DatasetVersion) -> Manifest:
    """The description of a data set of bars, as its readers take it."""
    facts = version.facts
    extra = facts.get("extra")
    assert version.first_session is not None, "bars have sessions"
    assert version.last_session is not None, "bars have sessions"
    return Manifest(
        resolution=version.resolution,
        calendar=facts["calendar"],
        depth=Depth(facts["depth"]),
        scales=Scales(*facts["scales"]),
        stored=Scales(*facts["stored"]),
        first_session=version.first_session,
        last_session=version.last_session,
        sids=tuple(facts["sids"]),
        partitions=_partitions(version, BARS),
        extra=None
        if extra is None
        else ExtraManifest(
            scales=extra["scales"],
            stored=extra["stored"],
            partitions=_partitions(version, EXTRA),
        ),
    )


def _partitions(version: DatasetVersion, role: str) -> tuple[Partition, ...]:
    start = len(version.folder) + 1
    return tuple(
        Partition(
            path=file.path[start:],
            rows=file.rows,
            first=-1 if file.first is None else file.first,
            last=-1 if file.last is None else file.last,
            sha256=file.content,
        )
        for file in version.files
        if file.role == role
    )


def session_span(versions: tuple[DatasetVersion, ...]) -> tuple[date | None, date | None]:
    """First and last session of some data sets, None where they have none."""
    firsts = [v.first_session for v in versions if v.first_session is not None]
    lasts = [v.last_session for v in versions if v.last_session is not None]
    return min(firsts, default=None), max(lasts, default=None)
