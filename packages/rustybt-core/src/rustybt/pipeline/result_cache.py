"""Results of pipelines on disk: folders of Parquet files that appear whole or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.logs import get_logger

LIMIT_BYTES: Final = 5_000_000_000
"""What a cache may hold, unless another limit is given."""

_DOCUMENT: Final = "entry.json"
_PARTIAL: Final = ".partial-"
_ABANDONED_NS: Final = 24 * 3600 * 1_000_000_000
_UNREADABLE: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


class ResultCache:
    """Results by key; those that were asked for least recently make room for others.

    Several processes may use a cache at once. An entry that is damaged is removed and counts as
    none. What cannot be written is not kept.

    Args:
        folder: The folder of the entries. It need not be there.
        limit_bytes: What it may hold.
    """

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes

    def get(self, key: str) -> list[Path] | None:
        """The files of an entry, in order; None where there is none, or a damaged one."""
        entry = self.folder / key
        try:
            document = json.loads((entry / _DOCUMENT).read_text("utf-8"))
            files = [_checked(entry, part) for part in document["parts"]]
        except FileNotFoundError as error:
            if entry.is_dir():
                self._damaged(entry, error)
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._damaged(entry, error)
            return None
        with suppress(OSError):  # it may be another user's
            os.utime(entry / _DOCUMENT)
        return files

    def put(self, key: str, frames: Iterable[pl.DataFrame]) -> list[Path] | None:
        """Keep frames, one file each, and return their files.

        Frames are written as they come, so that they need not be in memory at once.

        Returns:
            None where they are larger than all the room, or cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=self.folder))
        except OSError as error:
            self._not_kept(error)
            return None
        try:
            return self._kept(key, partial, frames)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _kept(self, key: str, partial: Path, frames: Iterable[pl.DataFrame]) -> list[Path] | None:
        parts: list[dict[str, Any]] = []
        size = 0
        for number, frame in enumerate(frames):
            file = partial / f"{number:05}.parquet"
            try:
                frame.write_parquet(file)
                size += file.stat().st_size
                parts.append({"file": file.name, "rows": len(frame), "sha256": _digest(file)})
            except _UNREADABLE as error:
                self._not_kept(error)
                return None
            if size > self.limit_bytes:
                return None
        try:
            (partial / _DOCUMENT).write_text(json.dumps({"parts": parts}), "utf-8")
            self._publish(partial, key)
        except OSError as error:
            self._not_kept(error)
            return None
        self._make_room(key)
        return [self.folder / key / part["file"] for part in parts]

    def _publish(self, partial: Path, key: str) -> None:
        entry = self.folder / key
        try:
            partial.rename(entry)
        except OSError:
            if self.get(key) is None:  # it is not that another process was faster
                raise

    def _make_room(self, kept: str) -> None:
        """Remove entries as long as there is too much, and what dead writers left behind."""
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        for _, size, entry in entries:
            if total <= self.limit_bytes:
                break
            if entry.name != kept:
                self._remove(entry)
                total -= size
        with suppress(OSError):
            now = (self.folder / kept / _DOCUMENT).stat().st_mtime_ns
            for partial in self.folder.glob(f"{_PARTIAL}*"):
                if now - partial.stat().st_mtime_ns > _ABANDONED_NS:
                    shutil.rmtree(partial, ignore_errors=True)

    def _entries(self) -> Iterator[tuple[int, int, Path]]:
        """When each entry was last asked for, its size, and its folder."""
        for entry in self.folder.iterdir():
            with suppress(OSError):
                asked = (entry / _DOCUMENT).stat().st_mtime_ns
                yield asked, sum(file.stat().st_size for file in entry.iterdir()), entry

    def _damaged(self, entry: Path, error: Exception) -> None:
        get_logger(__name__).warning("a saved result is damaged", entry=entry, reason=str(error))
        self._remove(entry)

    @staticmethod
    def _remove(entry: Path) -> None:
        """Take an entry away at once, then its files."""
        with suppress(OSError):
            gone = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=entry.parent))
            entry.rename(gone / entry.name)
            shutil.rmtree(gone, ignore_errors=True)

    @staticmethod
    def _not_kept(error: BaseException) -> None:
        get_logger(__name__).warning("a result of a pipeline is not kept", reason=str(error))


def _checked(entry: Path, part: dict[str, Any]) -> Path:
    """A file of an entry, after a look at whether it is the one that was written."""
    file = entry / Path(str(part["file"])).name
    if _digest(file) != part["sha256"]:
        raise ValueError(f"{file.name} is not what was written")
    return file


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
