"""Steps on the file system, each of which a process may die before.

A file is written elsewhere on the same file system, flushed, and moved to its place last: where it
belongs it is whole or not there.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rustybt.errors import StorageNotWritable

_NO_RIGHT: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def telling_of_rights(folder: Path) -> Iterator[None]:
    """Turn what the system says about a folder that may not be written into one error.

    Raises:
        StorageNotWritable: There is no right to write.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_RIGHT:
            raise
        raise StorageNotWritable(path=str(folder), reason=str(error.strerror)) from error


def flush(path: Path) -> None:
    """Make sure that a file, or what a folder lists, survives a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, and flush what now lists them."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush(folder.parent)


def move(file: Path, target: Path) -> None:
    """Move a file to its place, over one that is there."""
    make_folder(target.parent)
    file.replace(target)


def remove_file(file: Path) -> None:
    """Remove a file that may be gone already."""
    file.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all it holds, as far as it can be removed."""
    shutil.rmtree(folder, ignore_errors=True)


def checksum(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
