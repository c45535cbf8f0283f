"""Where files are written before they are moved to their places.

A process that dies on the way leaves its folder in the staging area; whoever comes next removes
it. Locks tell the dead from those still at work.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rustybt.logs import get_logger
from rustybt_data.catalog import disk
from rustybt_data.catalog.locks import Lock

STAGING: Final = ".staging"
"""Name of the staging area below the root."""

_LOCK: Final = ".lock"
_log = get_logger(__name__)


@contextmanager
def workplace(root: Path, *, prefix: str) -> Iterator[Path]:
    """A folder of one's own in the staging area, which is gone afterwards.

    Args:
        root: Folder on the file system of the files' places; the staging area is in it.
        prefix: What the folder's name begins with.
    """
    area = root / STAGING
    area.mkdir(parents=True, exist_ok=True)
    with Lock(area / _LOCK):
        _remove_abandoned(area)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=area))
        own = Lock(folder / _LOCK)
    try:
        content = folder / "content"
        content.mkdir()
        yield content
    finally:
        # What cannot be deleted now counts as abandoned once the lock is released.
        disk.remove_tree(folder)
        own.release()


def remove_abandoned(root: Path) -> tuple[Path, ...]:
    """Remove what dead processes left, and return it."""
    area = root / STAGING
    if not area.is_dir():
        return ()
    with Lock(area / _LOCK):
        return _remove_abandoned(area)


def abandoned(root: Path) -> tuple[Path, ...]:
    """What dead processes left."""
    area = root / STAGING
    if not area.is_dir():
        return ()
    with Lock(area / _LOCK):
        return _abandoned(area)


def _abandoned(area: Path) -> tuple[Path, ...]:
    folders = sorted(path for path in area.iterdir() if path.is_dir())
    return tuple(folder for folder in folders if _is_abandoned(folder))


def _remove_abandoned(area: Path) -> tuple[Path, ...]:
    """Remove what dead processes left; the caller holds the lock of the area."""
    found = _abandoned(area)
    for folder in found:
        disk.remove_tree(folder)
        _log.info("removed an abandoned ingestion", folder=str(folder))
    return found


def _is_abandoned(folder: Path) -> bool:
    try:
        Lock(folder / _LOCK, wait=False).release()
    except BlockingIOError:
        return False
    except FileNotFoundError:  # its holder deletes it right now
        return False
    return True
