"""Corporate actions at rest: a Parquet file of each kind that there is."""

import hashlib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.actions import TABLES, Action, dividend_frame, split_frame
from rustybt.data.adjustments import Adjustments
from rustybt_data.adjustments.events import read_actions, read_dividends, read_splits
from rustybt_data.frames import as_polars
from rustybt_data.origin import Origin
from rustybt_data.rates import RateFileWriter

FOLDER: Final = "adjustments"
"""Where a writer puts its files."""

_SPLITS: Final = "splits"
_DIVIDENDS: Final = "dividends"


class AdjustmentFilesWriter:
    """Takes corporate actions and exchange rates, and writes them when it is finished.

    Args:
        folder: The folder of an ingestion.
        calendar: The calendar of its sessions.

    Attributes:
        rates: Where the rates are gathered.
    """

    def __init__(self, folder: Path, calendar: TradingCalendar) -> None:
        self.rates = RateFileWriter(folder, calendar)
        self._folder = folder / FOLDER
        self._actions: list[Action] = []

    def write(
        self,
        splits: Any = None,  # noqa: ANN401 - Polars or pandas
        mergers: Any = None,  # noqa: ANN401
        dividends: Any = None,  # noqa: ANN401
        stock_dividends: Any = None,  # noqa: ANN401
        *,
        spin_offs: Any = None,  # noqa: ANN401
        rights: Any = None,  # noqa: ANN401
        delistings: Any = None,  # noqa: ANN401
    ) -> None:
        """Take corporate actions; see `rustybt.data.bundles.AdjustmentWriter.write`.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """
        if splits is not None:
            self.add(read_splits(as_polars(splits), Origin("splits")))
        if dividends is not None:
            self.add(read_dividends(as_polars(dividends), Origin("dividends")))
        others = {
            "stock_dividends": stock_dividends,
            "mergers": mergers,
            "spin_offs": spin_offs,
            "rights": rights,
            "delistings": delistings,
        }
        for name, frame in others.items():
            if frame is not None and len(frame):
                self.add(read_actions(name, as_polars(frame), Origin(name.replace("_", " "))))

    def write_rates(self, rates: Any) -> None:  # noqa: ANN401 - Polars or pandas
        """Take exchange rates; see `rustybt.data.bundles.AdjustmentWriter.write_rates`.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """
        self.rates.write(rates)

    def add(self, actions: Iterable[Action]) -> None:
        """Take corporate actions that are objects already."""
        self._actions += actions

    def finish(self) -> Adjustments:
        """Write all corporate actions, and return them."""
        adjustments = Adjustments.of(self._actions)
        self._folder.mkdir(parents=True)
        frames = {
            _file(_SPLITS): split_frame(adjustments.splits()),
            _file(_DIVIDENDS): dividend_frame(adjustments.dividends()),
            **{_file(name): frame for name, frame in adjustments.frames().items()},
        }
        for file, frame in frames.items():
            if frame.is_empty():
                continue
            frame.write_parquet(self._folder / file, compression="zstd")
        return adjustments


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
    paths = dict(files)
    frames = {name: pl.read_parquet(paths[name]) for name in TABLES if name in paths}
    splits, dividends = paths.get(_SPLITS), paths.get(_DIVIDENDS)
    return Adjustments.from_frames(
        split_frame(()) if splits is None else pl.read_parquet(splits),
        dividend_frame(()) if dividends is None else pl.read_parquet(dividends),
        frames,
    )


def other_actions(adjustments: Adjustments) -> tuple[Action, ...]:
    """All corporate actions that are no splits or cash dividends, kind by kind."""
    return (
        *adjustments.stock_dividends(),
        *adjustments.mergers(),
        *adjustments.spin_offs(),
        *adjustments.rights(),
        *adjustments.delistings(),
    )


def adjustments_hash(adjustments: Adjustments) -> str:
    """SHA-256 of all corporate actions."""
    digest = hashlib.sha256()
    others = other_actions(adjustments)
    for event in (*adjustments.splits(), *adjustments.dividends(), *others):
        digest.update(repr(event).encode())
    return digest.hexdigest()


def _file(name: str) -> str:
    return f"{name}.parquet"
