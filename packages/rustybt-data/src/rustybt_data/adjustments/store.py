"""Corporate actions at rest: two Parquet files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.data.adjustments import (
    Adjustments,
    CashDividend,
    Split,
    dividend_frame,
    split_frame,
)
from rustybt.errors import DataValidationError
from rustybt_data.adjustments.events import read_dividends, read_splits
from rustybt_data.frames import as_polars
from rustybt_data.origin import Origin

_FOLDER: Final = "adjustments"
_SPLITS: Final = "splits.parquet"
_DIVIDENDS: Final = "dividends.parquet"


class AdjustmentFilesWriter:
    """Takes corporate actions and writes them when it is finished.

    Args:
        folder: The folder of an ingestion.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._splits: list[Split] = []
        self._dividends: list[CashDividend] = []

    def write(
        self,
        splits: Any = None,  # noqa: ANN401 - Polars or pandas
        mergers: Any = None,  # noqa: ANN401
        dividends: Any = None,  # noqa: ANN401
        stock_dividends: Any = None,  # noqa: ANN401
    ) -> None:
        """Take corporate actions; see `rustybt.data.bundles.AdjustmentWriter.write`.

        Raises:
            DataValidationError: A cell is not what it has to be, or there are mergers or stock
                dividends.
        """
        for name, frame in (("mergers", mergers), ("stock dividends", stock_dividends)):
            if frame is not None and len(frame):
                raise DataValidationError(file=name, reason="they are not supported yet")
        self.add(
            [] if splits is None else read_splits(as_polars(splits), Origin("splits")),
            [] if dividends is None else read_dividends(as_polars(dividends), Origin("dividends")),
        )

    def add(self, splits: Iterable[Split], dividends: Iterable[CashDividend]) -> None:
        """Take corporate actions that are objects already."""
        self._splits += splits
        self._dividends += dividends

    def finish(self) -> Adjustments:
        """Write everything, and return it."""
        adjustments = Adjustments(self._splits, self._dividends)
        self._folder.mkdir()
        splits = split_frame(adjustments.splits())
        splits.write_parquet(self._folder / _SPLITS, compression="zstd")
        dividends = dividend_frame(adjustments.dividends())
        dividends.write_parquet(self._folder / _DIVIDENDS, compression="zstd")
        return adjustments


def load_adjustments(folder: Path) -> Adjustments:
    """The corporate actions of an ingestion."""
    stored = folder / _FOLDER
    return Adjustments.from_frames(
        pl.read_parquet(stored / _SPLITS), pl.read_parquet(stored / _DIVIDENDS)
    )


def adjustments_hash(adjustments: Adjustments) -> str:
    """SHA-256 of all corporate actions."""
    digest = hashlib.sha256()
    for event in (*adjustments.splits(), *adjustments.dividends()):
        digest.update(repr(event).encode())
    return digest.hexdigest()
