"""New bars beside those that a data set has: what is new is added, what was restated is replaced.

Only the files into which new bars fall are written anew, unless the numbers need other scales or
a file has become too large: then all of them are.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, from_day
from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS, PRICE_FIELDS, BarKind, stamp_column
from rustybt_data.catalog.bar_contents import ByContent
from rustybt_data.catalog.bars import manifest_of
from rustybt_data.catalog.frame_bars import NewBars
from rustybt_data.catalog.records import DatasetVersion, SymbolRange
from rustybt_data.parquet.damage import telling
from rustybt_data.parquet.extra_writer import ExtraWriter
from rustybt_data.parquet.extras import Extras
from rustybt_data.parquet.files import write_bars
from rustybt_data.parquet.layout import most_rows, partition_of, partition_path
from rustybt_data.parquet.manifest import ExtraManifest, Manifest, Partition
from rustybt_data.parquet.scales import ScaleNeed, Scales, rescaled
from rustybt_data.parquet.spill import ROWS_IN_MEMORY
from rustybt_data.parquet.writer import ParquetBarWriter

_NS_PER_DAY: Final = 86_400_000_000_000

Ranges = dict[int, tuple[int, int, int]]
"""The first and the last label of each sid, and the number of its rows."""


class Merged(NamedTuple):
    """A data set of bars whose new files are written.

    Attributes:
        manifest: Its description.
        ranges: What it has of each asset.
    """

    manifest: Manifest
    ranges: Ranges


def merged(
    base: DatasetVersion,
    had: tuple[SymbolRange, ...],
    new: NewBars,
    *,
    root: Path,
    staged: Path,
    placement: ByContent,
    calendar: TradingCalendar,
) -> Merged:
    """Write the files of a data set and new bars.

    Args:
        base: The data set as it was.
        had: What it had of each asset.
        new: New and restated bars.
        root: The folder of the data.
        staged: The folder that takes the new files of the data set.
        placement: How files are named.
        calendar: The calendar of the sessions.

    Raises:
        DataValidationError: No scale holds all numbers.
        CorruptData: A file of the data set cannot be read.
    """
    merger = _Merger(base, new, root=root, staged=staged, placement=placement)
    if merger.needs_all_files():
        return merger.all_files(calendar)
    return merger.touched_files(had, calendar)


class _Merger:
    def __init__(
        self,
        base: DatasetVersion,
        new: NewBars,
        *,
        root: Path,
        staged: Path,
        placement: ByContent,
    ) -> None:
        self.base = manifest_of(base)
        self.resolution = Resolution.parse(base.resolution)
        self.kind: BarKind = "intraday" if self.resolution.is_intraday else "daily"
        self._unit = 1 if self.kind == "daily" else _NS_PER_DAY
        self._folder = root / base.folder
        self._staged = staged
        self._placement = placement
        self._new = new
        price, volume = ScaleNeed("price"), ScaleNeed("volume")
        for batch in new.batches:
            rows, scales = batch.rows, batch.scales
            for field in PRICE_FIELDS:
                price.add(rows[field].to_numpy(), scales.price, origin=batch.origin)
            volume.add(rows["volume"].to_numpy(), scales.volume, origin=batch.origin)
        self._needs = (
            (price, self.base.scales.price, self.base.stored.price),
            (
                volume,
                self.base.scales.volume,
                self.base.stored.volume,
            ),
        )

    def needs_all_files(self) -> bool:
        """Whether files into which nothing new falls have to be written anew, too."""
        for need, scale, stored in self._needs:
            if need.decimals > stored or need.whole + scale > MAX_DIGITS:
                return True
        return self._is_too_coarse()

    def _is_too_coarse(self) -> bool:
        most = most_rows(self.base.depth, self.kind)
        if most is None:
            return False
        files = self._files()
        if any(old.rows > most for old in files.values()):
            return True  # written when files could be larger
        for key, rows in self._by_partition(self._keys()):
            old = files.get(key)
            had = old.rows if old else 0
            if had + rows.height > most and had + self._added(rows, old).height > most:
                return True
        return False

    def _added(self, rows: pl.DataFrame, old: Partition | None) -> pl.DataFrame:
        """Those of some rows that a file does not have."""
        if old is None:
            return rows
        return rows.join(self._stored_rows(old), on=["sid", "at"], how="anti")

    # ------------------------------------------------------------------ all files

    def all_files(self, calendar: TradingCalendar) -> Merged:
        writer = ParquetBarWriter(
            self._staged, self.resolution, calendar, placement=self._placement
        )
        new = self._keys()
        for partition in self.base.partitions:
            kept = self._stored_rows(partition).join(new, on=["sid", "at"], how="anti")
            writer.add_rows(kept, self.base.stored, origin="the version before")
        for batch in self._new.batches:
            writer.add_rows(batch.rows, batch.scales, origin=batch.origin)
        manifest = writer.write_files()
        assert manifest is not None, "a data set has bars"
        return Merged(replace(manifest, extra=self._extra()), writer.ranges)

    # ------------------------------------------------------------------ touched files

    def touched_files(self, had: tuple[SymbolRange, ...], calendar: TradingCalendar) -> Merged:
        stored = self.base.stored
        new = self._rows(stored)
        ranges: Ranges = {item.sid: (item.first, item.last, item.rows) for item in had}
        files = self._files()
        for key, rows in self._by_partition(new):
            old = files.get(key)
            before = self._stored_rows(old) if old else rows.clear()
            kept = before.join(rows, on=["sid", "at"], how="anti")
            _count(ranges, rows, before)
            files[key] = write_bars(
                pl.concat([kept, rows.select(kept.columns)]).sort("sid", "at"),
                self._staged,
                partition_path(key),
                kind=self.kind,
                scales=stored,
                placement=self._placement,
            )
        partitions = tuple(files[key] for key in sorted(files))
        manifest = replace(
            self.base,
            partitions=partitions,
            first_session=self._session(partitions[0].first, calendar, at_open=True),
            last_session=self._session(partitions[-1].last, calendar, at_open=False),
            sids=tuple(sorted(ranges)),
            extra=self._extra(),
        )
        return Merged(manifest, ranges)

    def _files(self) -> dict[tuple[int, ...], Partition]:
        """The files that there are, by their partitions."""
        depth = self.base.depth
        return {
            partition_of(from_day(part.first // self._unit), depth): part
            for part in self.base.partitions
        }

    def _by_partition(self, rows: pl.DataFrame) -> Iterator[tuple[tuple[int, ...], pl.DataFrame]]:
        """The rows of each file."""
        days = pl.col("at") // self._unit
        keys: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for day in rows.select(days.unique()).to_series():
            keys[partition_of(from_day(day), self.base.depth)].append(day)
        for key, within in keys.items():
            yield key, rows.filter(days.is_in(within))

    def _session(self, label: int, calendar: TradingCalendar, *, at_open: bool) -> date:
        if self.kind == "daily":
            return from_day(label)
        direction: Literal["next", "previous"] = "next" if at_open else "previous"
        return calendar.session_date(calendar.minute_to_session(label, direction=direction))

    # ------------------------------------------------------------------ rows

    def _keys(self) -> pl.DataFrame:
        """The labels and sids of the new bars."""
        none = pl.DataFrame(schema={"at": pl.Int64, "sid": pl.Int64})
        return pl.concat([none, *(batch.rows.select("at", "sid") for batch in self._new.batches)])

    def _rows(self, scales: Scales) -> pl.DataFrame:
        """The new bars, their coefficients at some scales that hold them."""
        keys = self._keys()
        columns = {
            field: np.concatenate(
                [
                    np.empty(0, np.int64),
                    *(
                        rescaled(
                            batch.rows[field].to_numpy(), batch.scales.of(field), scales.of(field)
                        )
                        for batch in self._new.batches
                    ),
                ]
            )
            for field in BAR_FIELDS
        }
        return keys.with_columns(pl.Series(field, values) for field, values in columns.items())

    def _stored_rows(self, partition: Partition) -> pl.DataFrame:
        """The coefficients of a file, at the scales of the files."""
        file = self._folder / partition.path
        label = pl.col(stamp_column(self.kind)).to_physical().cast(pl.Int64).alias("at")
        fields = (pl.col(field).to_physical().cast(pl.Int64) for field in BAR_FIELDS)
        with telling([file]):
            return (
                pl.scan_parquet(file, hive_partitioning=False)
                .select(label, "sid", *fields)
                .collect()
            )

    def _extra(self) -> ExtraManifest | None:
        """The columns beside the bars, all files anew where any of them is new."""
        new = {sid: extras for sid, extras in self._new.extras.items() if len(extras)}
        if not new:
            return self.base.extra
        writer = ExtraWriter(
            self._staged, self.kind, rows_in_memory=ROWS_IN_MEMORY, placement=self._placement
        )
        for sid, extras in chain(new.items(), self._kept_extras(new)):
            writer.add(sid, extras, origin="the version before")
        return writer.finish()

    def _kept_extras(self, new: Mapping[int, Extras]) -> list[tuple[int, Extras]]:
        extra = self.base.extra
        if extra is None:
            return []
        paths = [self._folder / partition.path for partition in extra.partitions]
        label = pl.col(stamp_column(self.kind)).to_physical().cast(pl.Int64).alias("at")
        numbers = (pl.col(name).to_physical().cast(pl.Int64) for name in extra.stored)
        with telling(paths):
            rows = (
                pl.scan_parquet(paths, hive_partitioning=False)
                .select("sid", label, *numbers)
                .sort("sid", "at")
                .collect()
            )
        kept = []
        for (sid,), found in rows.group_by("sid", maintain_order=True):
            restated = new[sid].rows if sid in new else found.clear()
            left = found.drop("sid").join(restated, on="at", how="anti")
            kept.append((int(str(sid)), Extras(rows=left, scales=dict(extra.stored))))
        return kept


def _count(ranges: Ranges, new: pl.DataFrame, before: pl.DataFrame) -> None:
    """Take into account what a file gets."""
    added = new.join(before, on=["sid", "at"], how="anti")
    found = added.group_by("sid").agg(
        pl.col("at").min().alias("first"), pl.col("at").max().alias("last"), pl.len().alias("rows")
    )
    for sid, first, last, rows in found.iter_rows():
        known = ranges.get(sid, (first, last, 0))
        ranges[sid] = min(known[0], first), max(known[1], last), known[2] + rows
