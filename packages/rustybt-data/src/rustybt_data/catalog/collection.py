"""Removing what no version names: rows of the database first, then files."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rustybt_data.catalog import disk, staging
from rustybt_data.catalog.database import Database, Session
from rustybt_data.catalog.hold import lock_file
from rustybt_data.catalog.locks import Lock
from rustybt_data.catalog.publication import publishing
from rustybt_data.catalog.records import read_time
from rustybt_data.catalog.writes import mark_removed

_DATASETS = "datasets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was removed, or would be.

    Attributes:
        versions: Names and times of versions whose last traces are gone, as ``name@time``.
        files: Files, below the folder of the data.
        size_bytes: Their size.
        abandoned: Folders that processes that died have left in the staging area.
        in_use: Versions that were removed and that somebody still reads.
    """

    versions: tuple[str, ...]
    files: tuple[str, ...]
    size_bytes: int
    abandoned: tuple[str, ...]
    in_use: tuple[str, ...]


def collect(
    root: Path, database: Database, *, outdated: Iterable[int] = (), dry_run: bool = False
) -> Collected:
    """Remove versions that were marked as removed and that nobody reads, and what only they named.

    Files that no version names go as well: processes that died while they published left them.

    Args:
        root: The folder of the data.
        database: The database of the catalog.
        outdated: Keys of versions to remove as well.
        dry_run: Whether to say only what would be removed.
    """
    with ExitStack() as stack:
        stack.enter_context(publishing(root))
        removed, in_use, named = _forget(root, database, stack, outdated=outdated, dry_run=dry_run)
        files = [file for file in _present(root) if file not in named]
        size = sum((root / file).stat().st_size for file in files)
        folders = staging.abandoned(root)
        if not dry_run:
            _remove(root, files)
            staging.remove_abandoned(root)
    return Collected(
        versions=removed,
        files=tuple(files),
        size_bytes=size,
        abandoned=tuple(map(str, folders)),
        in_use=in_use,
    )


def _forget(
    root: Path,
    database: Database,
    stack: ExitStack,
    *,
    outdated: Iterable[int],
    dry_run: bool,
) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """Forget what is free.

    Returns:
        The versions that are forgotten, those that are still read, and the files that are named.
    """
    with database.writing() as session:
        for version in outdated:
            mark_removed(session, version)
        found = list(_free(session, root, stack, dry_run=dry_run))
        _forget_unnamed(session)
        named = frozenset(row["path"] for row in session.rows("SELECT path FROM files"))
        if dry_run:
            session.undo()
    removed = tuple(name for name, free in found if free)
    return removed, tuple(name for name, free in found if not free), named


def _free(
    session: Session, root: Path, stack: ExitStack, *, dry_run: bool
) -> Iterator[tuple[str, bool]]:
    """Forget the removed versions that nobody reads; whether each was free."""
    rows = session.rows("SELECT id, name, created_at FROM versions WHERE removed <> 0 ORDER BY id")
    for row in rows:
        moment = read_time(row["created_at"])
        file = lock_file(root, row["name"], moment)
        name = f"{row['name']}@{moment.isoformat()}"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(Lock(file, wait=False))
        except BlockingIOError:
            yield name, False
            continue
        if not dry_run:
            stack.callback(disk.remove_file, file)
        key = {"id": row["id"]}
        session.run("DELETE FROM version_datasets WHERE version_id = :id", key)
        session.run("DELETE FROM versions WHERE id = :id", key)
        yield name, True


def _forget_unnamed(session: Session) -> None:
    """Forget data sets that no version names, and files that no data set names."""
    unnamed = (
        "SELECT id FROM dataset_versions WHERE id NOT IN "
        "(SELECT dataset_version_id FROM version_datasets)"
    )
    for table in ("dataset_files", "dataset_symbols"):
        session.run(f"DELETE FROM {table} WHERE dataset_version_id IN ({unnamed})")  # noqa: S608
    session.run(f"DELETE FROM dataset_versions WHERE id IN ({unnamed})")  # noqa: S608
    session.run("DELETE FROM files WHERE id NOT IN (SELECT file_id FROM dataset_files)")
    session.run(
        "DELETE FROM datasets WHERE id NOT IN (SELECT dataset_id FROM dataset_versions) "
        "AND id NOT IN (SELECT dataset_id FROM files)"
    )


def _present(root: Path) -> list[str]:
    """All files of data sets, below the root."""
    files = (root / _DATASETS).rglob("*")
    return sorted(file.relative_to(root).as_posix() for file in files if file.is_file())


def _remove(root: Path, files: Iterable[str]) -> None:
    """Remove files, and the folders that are empty then."""
    folders = set()
    for file in files:
        disk.remove_file(root / file)
        folders.add((root / file).parent)
    for folder in folders:
        _remove_empty(folder, root / _DATASETS)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:  # something is in it, or it is gone
            return
        folder = folder.parent
