"""Data sets of bars that are to be published: what their writer says, as the database takes it."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from rustybt_data.catalog import disk
from rustybt_data.catalog.bars import BARS, EXTRA, content_name
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.records import DatasetVersion, StoredFile, SymbolRange, dataset_folder
from rustybt_data.parquet.layout import EXTRA_FILE_NAME, SCHEMA_VERSION
from rustybt_data.parquet.manifest import Manifest, Partition


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
