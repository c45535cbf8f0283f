"""A bcolz column: a folder of chunks, of which only those that are asked for are decoded."""

import json
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final, TypeGuard

import numpy as np

from rustybt.errors import CorruptData
from rustybt_data.zipline.chunk import ITEM, UIntArray, read_chunk

CACHE_BYTES: Final = 64 * 2**20
"""What decoded chunks may take together, by default."""

_LONGEST_SID: Final = 18
_LONGEST_CHUNK: Final = 2**28
"""Items of a chunk: a Blosc buffer has less than 2 GiB."""


class ChunkCache:
    """The chunks that were used last, of all columns of a bundle. May be used by several threads.

    Args:
        limit: Bytes that they may take together. The newest is kept even if it alone takes more.
    """

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._chunks: OrderedDict[Path, UIntArray] = OrderedDict()
        self.size = 0

    def chunk(self, path: Path, *, items: int, room: int) -> UIntArray:
        """The numbers of a chunk; see `rustybt_data.zipline.chunk.read_chunk`."""
        with self._lock:
            known = self._chunks.get(path)
            if known is not None:
                self._chunks.move_to_end(path)
                return known
        read = read_chunk(path, items=items, room=room)
        with self._lock:
            if path not in self._chunks:
                self._chunks[path] = read
                self.size += read.nbytes
            while self.size > self._limit and len(self._chunks) > 1:
                self.size -= self._chunks.popitem(last=False)[1].nbytes
        return read


class Column:
    """The numbers of a column on disk.

    Args:
        folder: Its folder, with ``meta`` and ``data``.
        cache: Where decoded chunks are kept.

    Raises:
        CorruptData: The folder describes no column of unsigned 32-bit integers.
    """

    def __init__(self, folder: Path, cache: ChunkCache) -> None:
        self.folder = folder
        self._cache = cache
        self._length = _length(folder / "meta" / "sizes")
        self._chunk_length = _chunk_length(folder / "meta" / "storage")

    def __len__(self) -> int:
        return self._length

    @property
    def chunk_length(self) -> int:
        """Items of every chunk but the last one."""
        return self._chunk_length

    def read(self, start: int, stop: int) -> UIntArray:
        """The numbers at ``start <= position < stop``, as far as there are any.

        Raises:
            CorruptData: A chunk cannot be read.
        """
        start, stop = max(start, 0), min(stop, self._length)
        if start >= stop:
            return np.empty(0, ITEM)
        first, last = start // self._chunk_length, (stop - 1) // self._chunk_length
        if first == last:
            before = first * self._chunk_length
            return self._chunk(first)[start - before : stop - before]
        parts = []
        for number in range(first, last + 1):
            before = number * self._chunk_length
            parts.append(self._chunk(number)[max(start - before, 0) : stop - before])
        return np.concatenate(parts)

    def _chunk(self, number: int) -> UIntArray:
        items = min(self._length - number * self._chunk_length, self._chunk_length)
        path = self.folder / "data" / f"__{number}.blp"
        return self._cache.chunk(path, items=items, room=self._chunk_length)


def read_json(path: Path) -> dict[str, Any]:
    """An object that bcolz or Zipline wrote as JSON.

    Raises:
        CorruptData: It is not there, or none.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptData(path=str(path), reason=f"it cannot be read ({error})") from None
    if not isinstance(found, dict):
        raise CorruptData(path=str(path), reason="it holds no JSON object")
    return found


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value of JSON is a whole number of zero or more."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def is_sid(text: str) -> bool:
    """Whether a text is the number of an asset."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_SID


def _length(path: Path) -> int:
    shape = read_json(path).get("shape")
    if not isinstance(shape, list) or len(shape) != 1 or not is_count(shape[0]):
        raise CorruptData(path=str(path), reason=f"its shape is {shape!r}, not [rows]")
    return int(shape[0])


def _chunk_length(path: Path) -> int:
    storage = read_json(path)
    if storage.get("dtype") not in ("uint32", "<u4"):
        reason = f"its dtype is {storage.get('dtype')!r}, not 'uint32'"
        raise CorruptData(path=str(path), reason=reason)
    length = storage.get("chunklen")
    if not is_count(length) or not 0 < length <= _LONGEST_CHUNK:
        raise CorruptData(path=str(path), reason=f"its chunklen is {length!r}")
    return length
