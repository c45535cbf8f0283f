"""Quarantined bars beside the data that they were kept out of."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.errors import CorruptData
from rustybt_data.quality.report import QualityReport

QUARANTINE: Final = "quarantine.parquet"
"""The file of the bars, with ``rules`` and ``reasons``."""

_READABLE: Final = 0o644


def write_quarantine(folder: str | os.PathLike[str], report: QualityReport) -> Path | None:
    """Keep the quarantined bars of a report in a folder, whole or not at all.

    Args:
        folder: Where to; it is made where it is missing. A file that is there is replaced.
        report: The report, with its bars.

    Returns:
        The file; None, and no file, where nothing is quarantined.
    """
    place = Path(folder)
    target = place / QUARANTINE
    if report.quarantined.is_empty():
        target.unlink(missing_ok=True)
        return None
    place.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=place, prefix=".quarantine-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            report.quarantined.write_parquet(file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(_READABLE)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return target


def read_quarantine(folder: str | os.PathLike[str]) -> pl.DataFrame:
    """The quarantined bars that lie in a folder; a frame without columns where there are none.

    Raises:
        CorruptData: The file is there and cannot be read.
    """
    path = Path(folder) / QUARANTINE
    if not path.is_file():
        return pl.DataFrame()
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CorruptData(path=str(path), reason=f"it cannot be read: {error}") from None
