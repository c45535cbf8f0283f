"""CSV files of any size as blocks of whole lines."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import polars as pl
import pyarrow as pa

from rustybt.data.coefficients import IntArray
from rustybt.errors import DataValidationError
from rustybt_data.adapters.local.mapping import DELIMITERS
from rustybt_data.plain_csv import lines_in

BLOCK_BYTES: Final = 8 * 2**20
_LONGEST: Final = 8 * BLOCK_BYTES
_LINES_LOOKED_AT: Final = 20
_BOM: Final = b"\xef\xbb\xbf"
_OTHERS: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_COMPRESSED: Final = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some whole lines of a file.

    Attributes:
        file: The file.
        content: The lines.
        first_line: The number of the first one, from 1.
        delimiter: What separates cells.
        names: The names of all columns, in their order.
    """

    file: Path
    content: bytes
    first_line: int
    delimiter: str
    names: tuple[str, ...]

    def texts(self, columns: list[str]) -> pl.DataFrame:
        """Columns as texts, null where a cell is empty; a row per line, empty lines as well.

        Raises:
            DataValidationError: It is not UTF-8, or a line has more cells than there are columns.
        """
        try:
            return pl.read_csv(
                io.BytesIO(self.content),
                has_header=False,
                schema=dict.fromkeys(self.names, pl.String),
                separator=self.delimiter,
                missing_columns="insert",  # the first line may be empty or short
            ).select(columns)
        except pl.exceptions.NoDataError:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        except pl.exceptions.PolarsError as error:
            raise self._explained(error) from None

    def line_of(self, row: int) -> int:
        """The line on which a row starts."""
        if b'"' not in self.content:
            return self.first_line + row
        for number, (line, _) in enumerate(self._records()):
            if number == row:
                return line
        raise AssertionError("the row was read from this block")

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(
            io.StringIO(self.content.decode("utf-8"), newline=""), delimiter=self.delimiter
        )
        start = self.first_line
        for cells in reader:
            yield start, cells
            start = self.first_line + reader.line_num

    def _explained(self, error: Exception) -> DataValidationError:
        """What is wrong with lines that cannot be read, and where."""
        name, wanted = str(self.file), len(self.names)
        try:
            for line, cells in self._records():
                if len(cells) > wanted:
                    reason = f"the line has {len(cells)} cells, the header {wanted}"
                    return DataValidationError(file=name, line=line, reason=reason)
        except UnicodeDecodeError as wrong:
            line = self.first_line + self.content.count(b"\n", 0, wrong.start)
            return DataValidationError(file=name, line=line, reason="it is not UTF-8; convert it")
        except csv.Error as wrong:
            return DataValidationError(
                file=name, line=self.first_line, reason=f"from here on it is no CSV: {wrong}"
            )
        reason = f"from here on it cannot be read as CSV: {error}"
        return DataValidationError(file=name, line=self.first_line, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Blocks, perhaps of several files, that are read as one.

    Attributes:
        blocks: The blocks, with the same names and delimiter.
        content: Their lines, one after the other.
        ends: How many lines there are up to the end of each.
    """

    blocks: Sequence[Block]
    content: bytes
    ends: IntArray

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Self:
        """Blocks in this order."""
        contents = [block.content for block in blocks]
        whole = [each if each.endswith(b"\n") else each + b"\n" for each in contents if each]
        lines = [lines_in(each) + (not each.endswith(b"\n") and bool(each)) for each in contents]
        content = contents[0] if len(blocks) == 1 else b"".join(whole)
        return cls(blocks=blocks, content=content, ends=np.cumsum(lines))

    def name_of(self, row: int) -> str:
        """The file of a line, from 0."""
        return str(self.blocks[int(np.searchsorted(self.ends, row, side="right"))].file)


def lots_of(blocks: Iterable[Block], *, size: int) -> Iterator[list[Block]]:
    """Blocks that are written alike together, up to some bytes; the first one alone."""
    lot: list[Block] = []
    held, is_first = 0, True
    for block in blocks:
        held += len(block.content)
        if lot and (is_first or held > size or not _are_alike(lot[-1], block)):
            yield lot
            lot, held, is_first = [], len(block.content), False
        lot.append(block)
    if lot:
        yield lot


def _are_alike(one: Block, other: Block) -> bool:
    return one.names == other.names and one.delimiter == other.delimiter


def blocks_of(
    file: Path, *, delimiter: str, header: bool, block_bytes: int = BLOCK_BYTES
) -> Iterator[Block]:
    """The blocks of a file, which may be compressed: ``.gz`` and ``.zst``.

    Args:
        file: The file.
        delimiter: What separates cells; ``auto`` looks at the first lines.
        header: Whether the first line names the columns; otherwise they are called 1, 2, ...
        block_bytes: About how large a block is.

    Raises:
        DataValidationError: The file is empty, not UTF-8, damaged, or its header is no header.
    """
    name, names, line = str(file), tuple[str, ...](), 1
    before = b""
    for content in _contents(file, block_bytes):
        rest, line = content, line + lines_in(before)
        _refuse_lone_returns(name, content, line)
        if not names:
            used = _sniffed(name, rest) if delimiter == "auto" else delimiter
            first = _first_record(name, rest, used)
            names = _header(name, first) if header else _numbered(first)
            delimiter = used
            if header:
                end = _end_of_first_line(rest)
                rest, line = rest[end:], line + rest.count(b"\n", 0, end)
        yield Block(file=file, content=rest, first_line=line, delimiter=delimiter, names=names)
        before = rest
    if not names:
        raise DataValidationError(file=name, line=1, reason="the file is empty")


def _refuse_lone_returns(name: str, content: bytes, line: int) -> None:
    """Refuse carriage returns that end no line: some readers end one there, others do not."""
    if b"\r" not in content or content.count(b"\r") == content.count(b"\r\n"):
        return
    place = next(
        at.start()
        for at in re.finditer(rb"\r", content)
        if content[at.end() : at.end() + 1] != b"\n"
    )
    reason = "there is a carriage return without a line feed; end lines with line feeds"
    where = line + content.count(b"\n", 0, place)
    raise DataValidationError(file=name, line=where, reason=reason)


def _contents(file: Path, block_bytes: int) -> Iterator[bytes]:
    """Pieces that end with a line, and not within quotes."""
    kept, is_first = b"", True
    with _opened(file) as stream:
        while True:
            piece = _read(file, stream, block_bytes)
            if is_first:
                piece, is_first = _without_mark(str(file), piece), False
            kept += piece
            if not piece:
                break
            cut = _last_cut(kept)
            if cut:
                yield kept[:cut]
                kept = kept[cut:]
            elif len(kept) > _LONGEST:
                reason = "a line, or what is in quotes, is longer than 64 MB; is it CSV?"
                raise DataValidationError(file=str(file), reason=reason)
    if kept:
        yield kept


def _opened(file: Path) -> Any:  # noqa: ANN401 - pyarrow has no types
    compression = _COMPRESSED.get(file.suffix.lower())
    return pa.input_stream(str(file), compression=compression)


def _read(file: Path, stream: Any, size: int) -> bytes:  # noqa: ANN401 - pyarrow has no types
    try:
        return bytes(stream.read(size))
    except OSError as error:
        raise DataValidationError(file=str(file), reason=f"it is damaged: {error}") from None


def _without_mark(name: str, piece: bytes) -> bytes:
    for mark, encoding in _OTHERS.items():
        if piece.startswith(mark):
            raise DataValidationError(file=name, reason=f"it is {encoding}; convert it to UTF-8")
    return piece.removeprefix(_BOM)


def _last_cut(content: bytes) -> int:
    """Where the last line ends that is not within quotes; 0 if there is none."""
    cut = content.rfind(b"\n") + 1
    quotes = content.count(b'"', 0, cut) if b'"' in content else 0
    while cut and quotes % 2:
        before = content.rfind(b"\n", 0, cut - 1) + 1
        quotes -= content.count(b'"', before, cut)
        cut = before
    return cut


def _end_of_first_line(content: bytes) -> int:
    end = 0
    while True:
        found = content.find(b"\n", end)
        if found < 0:
            return len(content)
        end = found + 1
        if content.count(b'"', 0, end) % 2 == 0:
            return end


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = 1 + content.count(b"\n", 0, wrong.start)
        reason = "it is not UTF-8; convert it"
        raise DataValidationError(file=name, line=line, reason=reason) from None


def _first_record(name: str, content: bytes, delimiter: str) -> list[str]:
    line = _text(name, content[: _end_of_first_line(content)])
    try:
        record = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise DataValidationError(file=name, line=1, reason=f"it is no CSV: {error}") from None
    if not record:
        raise DataValidationError(file=name, line=1, reason="the first line is empty")
    return record


def _header(name: str, record: list[str]) -> tuple[str, ...]:
    names = tuple(each.strip().lower() for each in record)
    for each in names:
        if names.count(each) > 1:
            reason = "the header names the column twice" if each else "columns have no name"
            raise DataValidationError(file=name, line=1, column=each, reason=reason)
    return names


def _numbered(record: list[str]) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, len(record) + 1))


def _sniffed(name: str, content: bytes) -> str:
    """The delimiter that cuts the first lines into equally many cells, the most of them.

    Raises:
        DataValidationError: None does, or two do equally well.
    """
    lines = _text_of_lines(name, content)
    counts = {mark: _cells(lines, mark) for mark in DELIMITERS}
    best = max(counts.values())
    chosen = [mark for mark, cells in counts.items() if cells == best]
    if best < 2 or len(chosen) > 1:
        reason = "the first lines do not show what separates cells; say it: delimiter"
        raise DataValidationError(file=name, line=1, reason=reason)
    return chosen[0]


def _text_of_lines(name: str, content: bytes) -> list[str]:
    end = 0
    for _ in range(_LINES_LOOKED_AT):
        found = content.find(b"\n", end)
        if found < 0:
            end = len(content)
            break
        end = found + 1
    return [line for line in _text(name, content[:end]).splitlines() if line.strip()]


def _cells(lines: list[str], mark: str) -> int:
    try:
        numbers = {len(record) for record in csv.reader(lines, delimiter=mark)}
    except csv.Error:
        return 0
    return numbers.pop() if len(numbers) == 1 else 0
