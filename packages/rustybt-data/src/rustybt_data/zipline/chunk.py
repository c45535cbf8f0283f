"""A chunk of a bcolz column: a file with a header and one Blosc buffer.

All numbers are little-endian. The file begins with 16 bytes: the magic ``blpk``, a byte that is the
version (1), three reserved ones, and the number of buffers, 1, in 64 bits. The buffer begins with
16 bytes, too: versions of the format and of the codec, flags, the size of an item, and in 32 bits
each the size of the data, of a block and of the buffer with this header
(https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst).
"""

import struct
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from rustybt.errors import CorruptData, MissingExtra

UIntArray = npt.NDArray[np.uint32]

ITEM: Final = np.dtype("<u4")
"""The only type of column that Zipline writes."""

MAGIC: Final = b"blpk"
VERSION: Final = 1
_FILE_HEADER: Final = struct.Struct("<4sB3xq")
_BUFFER_HEADER: Final = struct.Struct("<BBBBIII")
_HEADERS: Final = _FILE_HEADER.size + _BUFFER_HEADER.size


class _Header(NamedTuple):
    """What the buffer says about itself."""

    version: int
    codec_version: int
    flags: int
    item_size: int
    size: int
    block_size: int
    stored_size: int


def read_chunk(path: Path, *, items: int, room: int) -> UIntArray:
    """The numbers of a chunk.

    Args:
        path: Its file.
        items: How many there have to be at least; so many are returned.
        room: How many a chunk of the column can hold.

    Raises:
        CorruptData: The file is missing, is cut off, or is not such a chunk.
        MissingExtra: numcodecs is not installed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorruptData(path=str(path), reason=f"it cannot be read ({error})") from None
    header = _checked_header(path, content)
    if header.size % ITEM.itemsize or not items <= header.size // ITEM.itemsize <= room:
        wanted = f"{items * ITEM.itemsize} to {room * ITEM.itemsize}"
        raise _corrupt(path, f"it says that it holds {header.size} bytes, expected were {wanted}")
    numbers = np.frombuffer(_decompressed(path, content, header), dtype=ITEM)
    return numbers[:items]


def _checked_header(path: Path, content: bytes) -> _Header:
    if len(content) < _HEADERS:
        raise _corrupt(path, f"it has {len(content)} bytes; the headers alone are {_HEADERS}")
    magic, version, buffers = _FILE_HEADER.unpack_from(content)
    if magic != MAGIC:
        raise _corrupt(path, f"it begins with {magic!r}, not with {MAGIC!r}")
    if version != VERSION or buffers != 1:
        raise _corrupt(path, f"it is of version {version} with {buffers} buffers, not of 1 with 1")
    header = _Header(*_BUFFER_HEADER.unpack_from(content, _FILE_HEADER.size))
    stored = len(content) - _FILE_HEADER.size
    if header.stored_size != stored:
        raise _corrupt(path, f"its buffer is of {header.stored_size} bytes, there are {stored}")
    return header


def _decompressed(path: Path, content: bytes, header: _Header) -> bytes:
    try:
        from numcodecs import blosc
    except ImportError:
        raise MissingExtra(
            feature="reading Zipline's bcolz files", install="rustybt-data[zipline]"
        ) from None
    try:
        numbers: bytes = blosc.decompress(content[_FILE_HEADER.size :])
    except (RuntimeError, ValueError) as error:
        raise _corrupt(path, f"its buffer cannot be decompressed ({error})") from None
    if len(numbers) != header.size:
        raise _corrupt(path, f"it holds {len(numbers)} bytes, not the {header.size} that it says")
    return numbers


def _corrupt(path: Path, reason: str) -> CorruptData:
    return CorruptData(path=str(path), reason=reason)
