"""Two tiers of frames that were asked for: in memory, and in files that need no decoding."""

import os
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock as ThreadLock
from typing import Final

import polars as pl

from rustybt_data.catalog.locks import Lock
from rustybt_data.parquet.damage import UNREADABLE

HOT_BYTES: Final = 1_000_000_000
"""Frames that are kept in memory, in bytes."""

COLD_BYTES: Final = 10_000_000_000
"""Frames that are kept on disk, in bytes."""

_SUFFIX: Final = ".arrow"
_PART: Final = ".part"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStats:
    """What one tier holds and how it has served this process.

    Attributes:
        entries: Number of frames.
        size_bytes: Their size.
        limit_bytes: What it may hold.
        hits: Questions that it answered.
        misses: Questions that it was asked and could not answer.
        evictions: Frames that made room for others.
    """

    entries: int
    size_bytes: int
    limit_bytes: int
    hits: int
    misses: int
    evictions: int

    @property
    def hit_rate(self) -> float | None:
        """Share of the questions that it answered, None where it was asked none."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStats:
    """Both tiers.

    Attributes:
        hot: In memory.
        cold: On disk, shared by all processes; it is asked where memory has no answer.
    """

    hot: TierStats
    cold: TierStats

    @property
    def hit_rate(self) -> float | None:
        """Share of the questions that either tier answered, None where there were none."""
        asked = self.hot.hits + self.hot.misses
        return (self.hot.hits + self.cold.hits) / asked if asked else None


class HotTier:
    """Frames in memory; those that were asked for least recently make room for others.

    Args:
        limit_bytes: What it may hold.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._frames: OrderedDict[str, tuple[pl.DataFrame, int]] = OrderedDict()
        self._lock = ThreadLock()
        self._size = self._hits = self._misses = self._evictions = 0

    def get(self, key: str) -> pl.DataFrame | None:
        """The frame of a key, None where it has none."""
        with self._lock:
            found = self._frames.get(key)
            if found is None:
                self._misses += 1
                return None
            self._hits += 1
            self._frames.move_to_end(key)
            return found[0]

    def put(self, key: str, frame: pl.DataFrame) -> None:
        """Keep a frame, unless it is larger than all the room."""
        size = int(frame.estimated_size())
        if size > self._limit:
            return
        with self._lock:
            if key in self._frames:
                self._size -= self._frames.pop(key)[1]
            self._frames[key] = frame, size
            self._size += size
            while self._size > self._limit:
                _, (_, gone) = self._frames.popitem(last=False)
                self._size -= gone
                self._evictions += 1

    def stats(self) -> TierStats:
        """Its figures."""
        return TierStats(
            entries=len(self._frames),
            size_bytes=self._size,
            limit_bytes=self._limit,
            hits=self._hits,
            misses=self._misses,
            evictions=self._evictions,
        )


class ColdTier:
    """Frames in files of Arrow, uncompressed: they are in memory as they are on disk.

    Files appear whole; several processes may use them at once. One that is removed stays there for
    who reads it.

    Args:
        folder: The folder of the files. It need not be there.
        limit_bytes: What it may hold.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._hits = self._misses = self._evictions = 0

    def get(self, key: str) -> pl.DataFrame | None:
        """The frame of a key, None where it has none, or none that can be read."""
        file = self._folder / f"{key}{_SUFFIX}"
        try:
            frame = pl.read_ipc(file)
        except FileNotFoundError:
            self._misses += 1
            return None
        except UNREADABLE:
            with suppress(OSError):
                file.unlink()
            self._misses += 1
            return None
        with suppress(OSError):  # it may be another user's
            os.utime(file)
        self._hits += 1
        return frame

    def put(self, key: str, frame: pl.DataFrame) -> None:
        """Keep a frame, unless it is larger than all the room or cannot be written."""
        if int(frame.estimated_size()) > self._limit:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(key, frame)
            self._make_room()
        except UNREADABLE:  # a cache that cannot be written to is none
            return

    def clear(self) -> None:
        """Remove all that it holds, as far as it can be removed."""
        for _, _, file in self._files():
            with suppress(OSError):
                file.unlink()

    def stats(self) -> TierStats:
        """Its figures: what it holds for all processes, how it has served this one."""
        sizes = [size for _, size, _ in self._files()]
        return TierStats(
            entries=len(sizes),
            size_bytes=sum(sizes),
            limit_bytes=self._limit,
            hits=self._hits,
            misses=self._misses,
            evictions=self._evictions,
        )

    def _write(self, key: str, frame: pl.DataFrame) -> None:
        import tempfile

        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=_PART)
        os.close(descriptor)
        # Whose writer has died has no lock.
        with Lock(Path(name)):
            try:
                frame.write_ipc(name, compression="uncompressed")
                Path(name).replace(self._folder / f"{key}{_SUFFIX}")
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def _make_room(self) -> None:
        """Remove the files that were asked for least recently, as long as there are too many."""
        try:
            lock = Lock(self._folder / ".lock", wait=False)
        except BlockingIOError:  # another process is at it
            return
        with lock:
            self._remove_abandoned()
            files = sorted(self._files())
            size = sum(size for _, size, _ in files)
            for _, gone, file in files:
                if size <= self._limit:
                    break
                file.unlink(missing_ok=True)
                self._evictions += 1
                size -= gone

    def _remove_abandoned(self) -> None:
        for file in self._folder.glob(f"*{_PART}"):
            try:
                Lock(file, wait=False).release()
            except (BlockingIOError, FileNotFoundError):
                continue
            file.unlink(missing_ok=True)

    def _files(self) -> list[tuple[int, int, Path]]:
        """When each file was last asked for, its size, and the file."""
        if not self._folder.is_dir():
            return []
        found = []
        for file in self._folder.glob(f"*{_SUFFIX}"):
            try:
                stat = file.stat()
            except FileNotFoundError:
                continue
            found.append((stat.st_mtime_ns, stat.st_size, file))
        return found


class TwoTierCache:
    """Asks memory first, then disk, then who makes the frame."""

    def __init__(self, folder: Path, *, hot_bytes: int, cold_bytes: int) -> None:
        self._hot = HotTier(hot_bytes)
        self._cold = ColdTier(folder, cold_bytes)

    def get(self, key: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """The frame of a key.

        Args:
            key: Says all that the frame depends on.
            make: Makes it.
        """
        frame = self._hot.get(key)
        if frame is not None:
            return frame
        frame = self._cold.get(key)
        if frame is None:
            frame = make()
            self._cold.put(key, frame)
        self._hot.put(key, frame)
        return frame

    def clear_disk(self) -> None:
        """Make room on the disk: nothing is in the cache that is not elsewhere."""
        self._cold.clear()

    def stats(self) -> CacheStats:
        """The figures of both tiers."""
        return CacheStats(hot=self._hot.stats(), cold=self._cold.stats())
