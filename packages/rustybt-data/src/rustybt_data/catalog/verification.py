"""Whether files are what was written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rustybt_data.catalog import disk
from rustybt_data.catalog.records import StoredFile, Version
from rustybt_data.catalog.references import reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A file that is not what was written.

    Attributes:
        path: The file.
        expected: Its checksum (SHA-256) when it was written.
        met: Its checksum now; None where it is gone or cannot be read.
        versions: The versions that it belongs to, as ``name@time``.
    """

    path: str
    expected: str
    met: str | None
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found.

    Attributes:
        files: Number of files that were read.
        size_bytes: Their size as it was written.
        damaged: Those that are not what was written.
    """

    files: int
    size_bytes: int
    damaged: tuple[Damage, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all files are what was written."""
        return not self.damaged


def verify(
    root: Path, versions: Iterable[Version], *, is_there: Callable[[str], bool]
) -> Verification:
    """Read all files of some versions, each once.

    Args:
        root: The folder of the data.
        versions: The versions.
        is_there: Whether there is still a version: one that was removed meanwhile is not damaged.
    """
    files: dict[str, StoredFile] = {}
    owners: dict[str, list[str]] = {}
    for version in versions:
        name = reference(version.name, version.created_at)
        for dataset in version.datasets:
            for file in dataset.files:
                files[file.path] = file
                owners.setdefault(file.path, []).append(name)
    damaged = []
    for path, file in sorted(files.items()):
        met = _met(root / path)
        left = tuple(filter(is_there, owners[path])) if met != file.sha256 else ()
        if left:
            damaged.append(
                Damage(path=str(root / path), expected=file.sha256, met=met, versions=left)
            )
    return Verification(
        files=len(files),
        size_bytes=sum(file.size_bytes for file in files.values()),
        damaged=tuple(damaged),
    )


def _met(file: Path) -> str | None:
    try:
        return disk.checksum(file)
    except OSError:
        return None
