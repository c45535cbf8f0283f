"""Bars that wait to be written: in memory, and on disk when there are too many."""

from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.ipc

from rustybt.data.coefficients import IntArray

ROWS_IN_MEMORY: Final = 1_000_000
"""Bars that are kept in memory before they are put aside, unless told otherwise."""

_SHORT_RUN: Final = 64
"""Runs of fewer rows in the mean are put aside as one, sorted by time."""


class _Aside(NamedTuple):
    """A file of bars that are put aside.

    Attributes:
        path: The file, with a batch for each frame.
        runs: The rows, from and to, of each batch's runs of labels that ascend.
    """

    path: Path
    runs: list[list[tuple[int, int]]]


class Spill:
    """Frames of bars with a column ``at``, to be read back by ranges of it.

    What is put aside is not compressed: it is written once and read once, and lies in the memory
    that the system does not need otherwise.

    Args:
        folder: Where files are put aside; it is created when the first one is.
        rows_in_memory: Bars that are kept in memory.
        name: What the files' names begin with.
    """

    def __init__(self, folder: Path, *, rows_in_memory: int, name: str = "aside") -> None:
        self._folder = folder
        self._name = name
        self._limit = rows_in_memory
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0
        self._files: list[_Aside] = []
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Keep a frame; all frames have the same columns."""
        self.rows += frame.height
        self._waiting.append(frame)
        self._waiting_rows += frame.height
        if self._waiting_rows >= self._limit:
            self._put_aside()

    def between(self, start: int, stop: int) -> pl.DataFrame:
        """All rows with ``start <= at < stop``."""
        within = pl.col("at").is_between(start, stop, closed="left")
        frames = [_read(aside, start, stop) for aside in self._files]
        frames += [frame.filter(within) for frame in self._waiting]
        return pl.concat(frames)

    def clear(self) -> None:
        """Forget everything."""
        for aside in self._files:
            aside.path.unlink()
        self._files.clear()
        self._waiting.clear()
        self._waiting_rows = 0

    def _put_aside(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._name}-{len(self._files)}.arrow"
        frames = [_searchable(frame) for frame in self._waiting if frame.height]
        tables = [frame.to_arrow().combine_chunks() for frame in frames]
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, tables[0].schema) as file:
            for table in tables:
                file.write_table(table)
        runs = [list(pairwise(_edges(frame["at"].to_numpy()).tolist())) for frame in frames]
        self._files.append(_Aside(path, runs))
        self._waiting.clear()
        self._waiting_rows = 0


def _searchable(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame, sorted by label where these ascend in short runs only."""
    if len(_edges(frame["at"].to_numpy())) * _SHORT_RUN > frame.height:
        return frame.sort("at", maintain_order=True)
    return frame


def _edges(at: IntArray) -> IntArray:
    """Where labels no longer ascend, with both ends."""
    return np.concatenate(([0], np.flatnonzero(at[1:] < at[:-1]) + 1, [len(at)]))


def _read(aside: _Aside, start: int, stop: int) -> pl.DataFrame:
    """The rows of a file with ``start <= at < stop``; it is mapped while they are copied."""
    with pa.memory_map(str(aside.path)) as source, pa.ipc.open_file(source) as batches:
        pieces = []
        for number, runs in enumerate(aside.runs):
            batch = batches.get_batch(number)
            at = batch.column("at").to_numpy()
            for first, end in runs:
                low, high = np.searchsorted(at[first:end], (start, stop)).tolist()
                pieces.append(batch.slice(first + low, high - low))
        table = pa.Table.from_batches(pieces, batches.schema).combine_chunks()
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame), "a table is a frame"
    return found
