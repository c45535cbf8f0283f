"""Writing corporate actions: a Parquet file of each kind that there is."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.actions import Action, dividend_frame, split_frame
from rustybt.data.adjustments import Adjustments
from rustybt_data.adjustments.events import read_actions, read_dividends, read_splits
from rustybt_data.adjustments.reading import DIVIDENDS, FOLDER, SPLITS
from rustybt_data.frames import as_polars
from rustybt_data.origin import Origin
from rustybt_data.rates import RateFileWriter


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
        if splits is not None and len(splits):
            self.add(read_splits(as_polars(splits), Origin("splits")))
        if dividends is not None and len(dividends):
            self.add(read_dividends(_paid(as_polars(dividends)), Origin("dividends")))
        others = {
            "stock_dividends": stock_dividends,
            "mergers": mergers,
            "spin_offs": spin_offs,
            "rights": rights,
            "delistings": delistings,
        }
        for name, frame in others.items():
            if frame is not None and len(frame):
                table = _paid(as_polars(frame)) if name == "stock_dividends" else as_polars(frame)
                self.add(read_actions(name, table, Origin(name.replace("_", " "))))

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
            _file(SPLITS): split_frame(adjustments.splits()),
            _file(DIVIDENDS): dividend_frame(adjustments.dividends()),
            **{_file(name): frame for name, frame in adjustments.frames().items()},
        }
        for file, frame in frames.items():
            if frame.is_empty():
                continue
            frame.write_parquet(self._folder / file, compression="zstd")
        return adjustments


def _paid(table: pl.DataFrame) -> pl.DataFrame:
    """Dividends with a day of payment: where it is not known, the ex day."""
    if "ex_date" not in table.columns:
        return table
    if "pay_date" not in table.columns or table["pay_date"].is_null().all():
        return table.with_columns(pl.col("ex_date").alias("pay_date"))
    return table.with_columns(pl.coalesce("pay_date", "ex_date").alias("pay_date"))


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
