"""Reading corporate actions back, from a Parquet file of each kind that there is."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.data.adjustments import Adjustments
from rustybt_data.parquet.damage import telling

FOLDER: Final = "adjustments"
"""Where a writer puts its files."""

SPLITS: Final = "splits"
DIVIDENDS: Final = "dividends"
"""Names of the tables that `rustybt.data.actions.TABLES` has not."""


def load_adjustments(folder: Path) -> Adjustments:
    """The corporate actions of a folder; those read last are kept while they are the same."""
    stored = folder / FOLDER
    stamps = sorted((entry.name, entry.stat()) for entry in os.scandir(stored))
    return _loaded(
        tuple((Path(name).stem, stored / name) for name, _ in stamps),
        tuple((s.st_ino, s.st_size, s.st_mtime_ns) for _, s in stamps),
    )


def adjustments_of(files: tuple[tuple[str, Path], ...]) -> Adjustments:
    """The corporate actions of files that never change; those read last are kept.

    Args:
        files: Each kind of which there are any, with its file.
    """
    return _loaded(files, ())


@lru_cache(maxsize=4)
def _loaded(
    files: tuple[tuple[str, Path], ...],
    stamps: tuple[tuple[int, int, int], ...],  # noqa: ARG001 - of the files that may change
) -> Adjustments:
    with telling(path for _, path in files):
        frames = {name: pl.read_parquet(path) for name, path in files}
    if not frames:
        return Adjustments.empty()
    from rustybt.data.actions import TABLES

    splits, dividends = frames.pop(SPLITS, None), frames.pop(DIVIDENDS, None)
    others = {name: frames[name] for name in TABLES if name in frames}
    return Adjustments.from_frames(splits, dividends, others)
