"""Data sets of small files that are to be published."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from rustybt_data.catalog import disk
from rustybt_data.catalog.bars import content_name
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.hashes import combined_hash, tables_hash
from rustybt_data.catalog.parts import FILES
from rustybt_data.catalog.records import StoredFile, dataset_folder
from rustybt_data.parquet.layout import SCHEMA_VERSION


def part_content(  # noqa: PLR0913 - what the database says of it
    kind: str,
    name: str,
    files: Iterable[tuple[str, Path]],
    *,
    staged: Path,
    rows: int,
    source: str,
    resolution: str = "",
    fingerprint: str | None = None,
    facts: Mapping[str, object] = MappingProxyType({}),
) -> DatasetContent | None:
    """A data set of small files that is to be published, None where there are none.

    Args:
        kind: Its kind.
        name: Name of the data set.
        files: The role of each file, and where it is now.
        staged: The folder below which the files are moved to the places they will have.
        rows: Number of rows.
        source: Where the data came from.
        resolution: Length of the bars that they are about, where they are about bars.
        fingerprint: Hash of the content of all of them; by default of their bytes.
        facts: What else a reader has to know.
    """
    folder = dataset_folder(name, kind, resolution)
    stored = tuple(_placed(role, file, folder, staged) for role, file in files)
    if not stored:
        return None
    return DatasetContent(
        kind=kind,
        resolution=resolution,
        fingerprint=fingerprint or combined_hash(*(file.content for file in stored)),
        schema_version=SCHEMA_VERSION,
        source=source,
        rows=rows,
        facts=dict(facts),
        files=stored,
    )


def _placed(role: str, file: Path, folder: str, staged: Path) -> StoredFile:
    sha256 = disk.checksum(file)
    content = tables_hash(file) if file.suffix == ".sqlite" else sha256
    if role == FILES:
        path = f"{folder}/{content_name(sha256)}/{file.relative_to(staged).as_posix()}"
    else:
        path = f"{folder}/{role}-{content_name(content)}{file.suffix}"
    target = staged / path
    target.parent.mkdir(parents=True, exist_ok=True)
    file.rename(target)
    return StoredFile(
        path=path,
        role=role,
        content=content,
        sha256=sha256,
        size_bytes=target.stat().st_size,
    )
