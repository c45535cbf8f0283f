"""What adapters of files have in common."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.errors import UnknownSymbol
from rustybt.logs import get_logger
from rustybt.progress import progress
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.local.chunks import BarRules, Chunk, chunk_of, decimals_of
from rustybt_data.adapters.local.files import files_at
from rustybt_data.adapters.local.holes import FILLED_SCHEMA, filled
from rustybt_data.adapters.local.mapping import SCALARS, FileMapping
from rustybt_data.adapters.local.storing import Store
from rustybt_data.adapters.options import Edge

_log = get_logger(__name__)


class FilesAdapter(BaseDataAdapter):
    """An adapter of files: one file of many symbols, or many files.

    Args:
        location: A file, a folder or a pattern such as ``prices/*.csv``.
        options: Those of `AdapterOptions`, ``mapping`` (a TOML file) and the values of
            `FileMapping` that are texts, by name.

    Attributes:
        mapping: How the files are written.
        filled: Cells that were empty and are interpolated: ``symbol, at, column``; of the last
            fetch or ingestion.
        skipped: Rows that were left out, as the mapping says.
    """

    own_options: ClassVar[Mapping[str, str]] = {"mapping": "", **dict.fromkeys(SCALARS, "")}
    incremental: ClassVar[bool] = False
    lists_symbols: ClassVar[bool] = True
    needs_start: ClassVar[bool] = False
    endings: ClassVar[tuple[str, ...]]
    """What the names of the files in a folder end in."""

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        own = dict(self.options.own)
        self.mapping = FileMapping.read(own.pop("mapping"), own)
        self.files = files_at(location, self.endings)
        self.filled = FILLED_SCHEMA.to_frame()
        self.skipped = 0

    @abstractmethod
    def chunks(self, files: Sequence[Path], rules: BarRules) -> Iterator[tuple[Chunk, float]]:
        """The bars of files, piece by piece, each with the share of the files that is done.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """

    @abstractmethod
    def symbols_of(self, file: Path) -> set[str]:
        """The symbols of a file."""

    def symbols(self) -> tuple[str, ...]:
        """The symbols that the options name, or all that the files have, sorted.

        Raises:
            UnknownSymbol: The files do not have one of the options.
        """
        if self.mapping.symbol:
            found = {self.mapping.symbol}
        else:
            found = set[str]().union(*map(self.symbols_of, self.files))
        for symbol in self.options.symbols:
            if symbol not in found:
                raise UnknownSymbol(source=self.location, symbol=symbol)
        return tuple(sorted(self.options.symbols or found))

    def _served(self, resolution: Resolution) -> None:
        """Files may have bars of any length."""

    # ------------------------------------------------------------------ as a frame

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """The bars of some symbols, as the standard frame; see `BaseDataAdapter.fetch`."""
        del start, end
        rules = self._rules(resolution, self.calendar_of(symbols), symbols)
        self.skipped = 0
        found, frames = set[str](), []
        for chunk, _ in self.chunks(self.files, rules):
            self.skipped += chunk.skipped
            found.update(chunk.frame["symbol"].unique())
            frames.append(decimals_of(chunk, resolution))
        for symbol in symbols:
            if symbol not in found:
                raise UnknownSymbol(source=self.location, symbol=symbol)
        return pl.concat(frames, how="diagonal_relaxed")

    def standardize(
        self, frame: pl.DataFrame, resolution: Resolution | None = None
    ) -> pl.DataFrame:
        """The standard frame, with its empty cells interpolated where the mapping says so."""
        if self.mapping.missing == "interpolate" and not frame.is_empty():
            frame = self._interpolated(frame, resolution or self.options.resolution)
        return super().standardize(frame, resolution)

    def _interpolated(self, frame: pl.DataFrame, resolution: Resolution) -> pl.DataFrame:
        ordered = frame.unique().sort("symbol", frame.columns[0])
        chunk = chunk_of(ordered, self.location)
        is_daily = not resolution.is_intraday
        whole, self.filled = filled(chunk.frame, is_daily=is_daily, source=self.location)
        return decimals_of(replace(chunk, frame=whole), resolution)

    def _rules(
        self, resolution: Resolution, calendar: TradingCalendar, symbols: Sequence[str]
    ) -> BarRules:
        return BarRules(
            mapping=self.mapping,
            resolution=resolution,
            calendar=calendar,
            symbols=frozenset(symbols),
            admits=self.admits,
        )

    # ------------------------------------------------------------------ into a bundle

    def _ingest(
        self,
        writers: tuple[BarWriter, AssetWriter, AdjustmentWriter],
        calendar: TradingCalendar,
        sessions: tuple[date, date],
        *,
        show_progress: bool,
    ) -> None:
        """Write the bars piece by piece, so that files may be larger than the memory."""
        symbols = self.symbols()
        resolution = self.options.resolution
        store = Store(self.options, symbols, calendar, sessions, writers, self.location)
        rules = self._rules(resolution, calendar, symbols)
        self.skipped, self.filled = 0, FILLED_SCHEMA.to_frame()
        waiting: list[pl.DataFrame] = []
        with progress(shown=None if show_progress else False) as on_progress:
            for chunk, share in self.chunks(self.files, rules):
                self.skipped += chunk.skipped
                if self.mapping.missing == "interpolate":
                    waiting.append(decimals_of(chunk, resolution))
                else:
                    store.add(chunk)
                if on_progress is not None:
                    on_progress(round(share * 1000), 1000)
        if waiting:
            frame = pl.concat(waiting, how="diagonal_relaxed")
            store.add(chunk_of(self._interpolated(frame, resolution), self.location))
        store.finish()
        if self.skipped or len(self.filled):
            _log.warning(
                "rows with empty cells",
                source=self.location,
                skipped=self.skipped,
                interpolated=len(self.filled),
            )
