"""Folders that appear whole or not at all.

A folder is filled in a staging area on the same file system, flushed to the disk and renamed to
its place last. A process that dies on the way leaves its folder in the staging area; whoever
comes next removes it. Locks, which the operating system releases with their holder, tell the dead
from those still at work. Locks of that kind, and flushing a folder, are those of POSIX systems.
"""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rustybt.logs import get_logger

STAGING: Final = ".staging"
"""Name of the staging area below the root."""

_LOCK: Final = ".lock"
_log = get_logger(__name__)


@contextmanager
def staged(root: Path, target: Path) -> Iterator[Path]:
    """Fill a folder and make it visible as `target` when the block ends without an error.

    Args:
        root: Folder on the file system of `target`; its staging area is in it.
        target: Where the folder appears.

    Yields:
        The folder to fill.

    Raises:
        FileExistsError: `target` is there when the block ends; it stays as it is.
    """
    with _workplace(root, prefix=f"{target.parent.name}-") as folder:
        content = folder / "content"
        content.mkdir()
        yield content
        _flush(content)
        target.parent.mkdir(parents=True, exist_ok=True)
        _publish(content, target)


def remove(root: Path, target: Path) -> None:
    """Remove a folder: it is gone at once, however long deleting its files takes."""
    with _workplace(root, prefix="removed-") as folder:
        target.rename(folder / "content")


@contextmanager
def _workplace(root: Path, *, prefix: str) -> Iterator[Path]:
    """A folder of one's own in the staging area, which is gone afterwards."""
    area = root / STAGING
    area.mkdir(parents=True, exist_ok=True)
    with _locked(area / _LOCK):
        _remove_abandoned(area)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=area))
        own = _Lock(folder / _LOCK)
    try:
        yield folder
    finally:
        # What cannot be deleted now counts as abandoned once the lock is released.
        shutil.rmtree(folder, ignore_errors=True)
        own.release()


def _remove_abandoned(area: Path) -> None:
    """Remove what dead processes left; the caller holds the lock of the area."""
    for folder in sorted(path for path in area.iterdir() if path.is_dir()):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _log.info("removed an abandoned ingestion", folder=str(folder))


def _is_abandoned(folder: Path) -> bool:
    try:
        _Lock(folder / _LOCK, wait=False).release()
    except BlockingIOError:
        return False
    except FileNotFoundError:  # its holder deletes it right now
        return False
    return True


class _Lock:
    """An exclusive lock on a file, created when it is not there."""

    def __init__(self, path: Path, *, wait: bool = True) -> None:
        self._file = path.open("a", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Let others have the lock."""
        self._file.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = _Lock(path)
    try:
        yield
    finally:
        lock.release()


def _publish(content: Path, target: Path) -> None:
    try:
        content.rename(target)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            raise FileExistsError(errno.EEXIST, "is there already", str(target)) from error
        raise
    _flush_one(target.parent)


def _flush(folder: Path) -> None:
    """Make sure that a folder and all it holds survive a loss of power."""
    for path in sorted(folder.rglob("*")):
        _flush_one(path)
    _flush_one(folder)


def _flush_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
