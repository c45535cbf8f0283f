"""Locks between processes, which the operating system releases with their holder.

They are those of POSIX systems (``flock``): on a file, for one holder or shared by several.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Final, Self

from rustybt.errors import CatalogBusy
from rustybt.logs import get_logger
from rustybt_data.catalog.disk import telling_of_rights

_log = get_logger(__name__)
_writing: Final[dict[Path, int]] = {}
"""The threads of this process that hold a lock of `exclusive`."""


class Lock:
    """A lock on a file, which is made when it is not there.

    It is released by `release`, when the object is gone, or when the process ends.

    Args:
        path: The file.
        shared: Whether others may hold it shared, too.
        wait: Whether to wait for who holds it.

    Raises:
        BlockingIOError: It is held, and `wait` is not set.
    """

    def __init__(self, path: Path, *, shared: bool = False, wait: bool = True) -> None:
        self._file = path.open("a+", encoding="ascii")
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, kind | (0 if wait else fcntl.LOCK_NB))
        except BaseException:
            self._file.close()
            raise

    @property
    def is_of(self) -> bool:
        """Whether the file still has its name: who removes it may have come first."""
        return os.fstat(self._file.fileno()).st_nlink > 0

    @property
    def holder(self) -> str:
        """What the last holder wrote into it."""
        self._file.seek(0)
        return self._file.read()

    def sign(self, text: str) -> None:
        """Say who holds it."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()

    def release(self) -> None:
        """Let others have the lock."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


@contextmanager
def exclusive(path: Path, *, doing: str) -> Iterator[None]:
    """Hold a lock that one process has at a time; who waits for it is told for whom.

    Args:
        path: The file of the lock; its folder is made.
        doing: What the holder does, for the message.

    Raises:
        CatalogBusy: This thread holds it already, and would wait for itself.
        StorageNotWritable: It cannot be made or opened for writing.
    """
    if _writing.get(path) == get_ident():
        raise CatalogBusy(doing=doing, holder="this thread")
    with telling_of_rights(path.parent.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        found = _waited(path, doing)
    with found as lock:
        lock.sign(f"process {os.getpid()}")
        _writing[path] = get_ident()
        try:
            yield
        finally:
            del _writing[path]


def _waited(path: Path, doing: str) -> Lock:
    try:
        return Lock(path, wait=False)
    except BlockingIOError:
        with path.open(encoding="ascii") as file:
            holder = file.read()
        _log.warning(f"waiting for {holder or 'another process'} to end {doing}")
        return Lock(path)
