"""Bars that wait to be written: in memory, and on disk when there are too many."""

from pathlib import Path
from typing import Final

import polars as pl

_GROUP_ROWS: Final = 16_384
"""Rows of a row group: small ones, since ranges of time are read of bars that are put aside by
asset, and groups outside the range are passed over."""

ROWS_IN_MEMORY: Final = 1_000_000
"""Bars that are kept in memory before they are put aside, unless told otherwise."""


class Spill:
    """Frames of bars with a column ``at``, to be read back by ranges of it.

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
        self._files: list[Path] = []
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
        within = (pl.col("at") >= start) & (pl.col("at") < stop)
        frames = [pl.scan_parquet(file) for file in self._files]
        frames += [frame.lazy() for frame in self._waiting]
        return pl.concat([frame.filter(within) for frame in frames]).collect()

    def clear(self) -> None:
        """Forget everything."""
        for file in self._files:
            file.unlink()
        self._files.clear()
        self._waiting.clear()
        self._waiting_rows = 0

    def _put_aside(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{self._name}-{len(self._files)}.parquet"
        pl.concat(self._waiting).write_parquet(
            file, compression="lz4", statistics=True, row_group_size=_GROUP_ROWS
        )
        self._files.append(file)
        self._waiting.clear()
        self._waiting_rows = 0
