"""What keeps a version from being removed while it is read.

Who reads holds a lock on a file of the version, shared with other readers; who removes needs it
alone. The operating system releases it with its holder, however that ends.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from rustybt_data.catalog.locks import Lock
from rustybt_data.catalog.records import stored_time

_FOLDER: Final = ".locks/reading"


class Hold:
    """A version that is read, until `release` or the end of the object.

    Args:
        lock: The lock; None where none can be made, as on a medium that cannot be written.
    """

    def __init__(self, lock: Lock | None) -> None:
        self._lock = lock

    def release(self) -> None:
        """Let it be removed."""
        if self._lock is not None:
            self._lock.release()


def hold(root: Path, name: str, timestamp: datetime) -> Hold:
    """Hold a version; to be called before the database is asked for it.

    Args:
        root: The folder of the data.
        name: Name of the version.
        timestamp: Its time.
    """
    path = lock_file(root, name, timestamp)
    while True:
        try:
            lock = Lock(path, shared=True)
        except FileNotFoundError:
            if not _made(path.parent):
                return Hold(None)
            continue
        except OSError:
            return Hold(None)
        if lock.is_of:
            return Hold(lock)
        lock.release()


def lock_file(root: Path, name: str, timestamp: datetime) -> Path:
    """The file whose lock a version's readers share."""
    return root / _FOLDER / f"{name}@{stored_time(timestamp)}"


def _made(folder: Path) -> bool:
    """Make the folder, where there are data and it can be made."""
    try:
        if not folder.parent.parent.is_dir():
            return False
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return True
