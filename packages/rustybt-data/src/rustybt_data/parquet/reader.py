"""Readers of bars in Parquet files."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

import polars as pl

from rustybt.clock.resolution import Resolution
from rustybt.data.readers import PolarsBarReader
from rustybt.data.schemas import BAR_FIELDS, BarKind, stamp_column
from rustybt.errors import CorruptData
from rustybt_data.parquet.damage import telling
from rustybt_data.parquet.manifest import Manifest, Partition


class _ParquetBarReader(PolarsBarReader):
    """What daily and intraday readers share.

    Args:
        folder: The folder of the data set.
        manifest: Its description; by default what is written beside the files.
        hold: Kept as long as the reader is: what keeps the files from being removed.

    Raises:
        CorruptData: The folder holds no data set of this kind.
    """

    kind: ClassVar[BarKind]

    def __init__(
        self, folder: Path, manifest: Manifest | None = None, *, hold: object = None
    ) -> None:
        self._folder = folder
        self._manifest = Manifest.load(folder) if manifest is None else manifest
        self._hold = hold
        self._known = frozenset(self._manifest.sids)
        self.resolution = Resolution.parse(self._manifest.resolution)
        self.calendar = self._manifest.calendar
        self.price_scale = self._manifest.scales.price
        self.volume_scale = self._manifest.scales.volume
        extra = self._manifest.extra
        self.extra_fields: Mapping[str, int] = {} if extra is None else extra.scales
        self.first_session: date = self._manifest.first_session
        self.last_session: date = self._manifest.last_session
        if self.is_daily != (self.kind == "daily"):
            raise CorruptData(
                path=str(folder), reason=f"it holds bars of {self.resolution}, not {self.kind} ones"
            )

    @property
    def rows(self) -> int:
        """Number of bars."""
        return self._manifest.rows

    def sids(self) -> tuple[int, ...]:
        """Sids that have bars, ascending."""
        return self._manifest.sids

    def fingerprint(self) -> str:
        """Hash of the content of the data set, in hexadecimal."""
        return self._manifest.fingerprint

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Coefficients of bars; see `rustybt.data.readers.BarReader.read`.

        Only files and row groups that can hold such bars are read.
        """
        # Within a file bars are sorted by sid, then label, and files follow each other in time: a
        # stable sort by label alone gives labels, then sids, in a third of the time.
        return self.read_unsorted(sids, start, stop, fields).sort("at", maintain_order=True)

    def read_unsorted(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """The same rows as they are stored: files in order of time, in each by sid, then label."""
        beside = [field for field in fields if field in self.extra_fields]
        if beside:
            return self._with_extras(sids, start, stop, fields, beside)
        wanted = self._known.intersection(sids)
        columns = [self._label_as_integer(), pl.col("sid"), *map(self._as_coefficients, fields)]
        touched = [
            partition
            for partition in self._manifest.partitions
            if partition.first < stop and start <= partition.last
        ]
        if not touched or not wanted:
            return pl.DataFrame(schema=dict.fromkeys(("at", "sid", *fields), pl.Int64))
        bars = self._scan(touched)
        if len(wanted) < len(self._known):
            bars = bars.filter(pl.col("sid").is_in(sorted(wanted)))
        if start > touched[0].first:
            bars = bars.filter(pl.col(stamp_column(self.kind)) >= self._label(start))
        if stop <= touched[-1].last:
            bars = bars.filter(pl.col(stamp_column(self.kind)) < self._label(stop))
        with telling(self._files(touched)):
            return bars.select(columns).collect()

    def _with_extras(
        self,
        sids: Sequence[int],
        start: int,
        stop: int,
        fields: Sequence[str],
        beside: Sequence[str],
    ) -> pl.DataFrame:
        """Rows in which there is a bar, or one of the columns beside them."""
        rows = self._read_extras(sids, start, stop, beside)
        own = [field for field in fields if field not in beside]
        if own:
            keys = ["at", "sid"]
            rows = self.read(sids, start, stop, own).join(rows, on=keys, how="full", coalesce=True)
        return rows.select("at", "sid", *fields).sort("at", "sid")

    def _read_extras(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str]
    ) -> pl.DataFrame:
        extra = self._manifest.extra
        assert extra is not None, "fields beside those of bars are in the manifest"
        touched = [part for part in extra.partitions if part.first < stop and start <= part.last]
        if not touched:
            return pl.DataFrame(schema=dict.fromkeys(("at", "sid", *fields), pl.Int64))
        label = pl.col(stamp_column(self.kind))
        columns = [
            pl.col(field).to_physical().cast(pl.Int64)
            * 10 ** (extra.scales[field] - extra.stored[field])
            for field in fields
        ]
        rows = (
            self._scan(touched)
            .filter(label >= self._label(start), label < self._label(stop))
            .filter(pl.col("sid").is_in(list(sids)))
            .filter(pl.any_horizontal(pl.col(field).is_not_null() for field in fields))
            .select(self._label_as_integer(), "sid", *columns)
        )
        with telling(self._files(touched)):
            return rows.collect()

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest label ``<= before`` whose volume is above 0, None if there is none."""
        if sid not in self._known:
            return None
        for partition in reversed(self._manifest.partitions):
            if partition.first > before:
                continue
            newest = self._newest(partition, sid, before)
            if newest is not None:
                return newest
        return None

    def _newest(self, partition: Partition, sid: int, before: int) -> int | None:
        with telling(self._files([partition])):
            newest: int | None = (
                self._scan([partition])
                .filter(
                    pl.col("sid") == sid,
                    pl.col(stamp_column(self.kind)) <= self._label(before),
                    pl.col("volume") > 0,
                )
                .select(self._label_as_integer().max())
                .collect()
                .item()
            )
        return newest

    def _scan(self, partitions: Iterable[Partition]) -> pl.LazyFrame:
        return pl.scan_parquet(self._files(partitions), hive_partitioning=False)

    def _files(self, partitions: Iterable[Partition]) -> list[Path]:
        return [self._folder / partition.path for partition in partitions]

    def _label_as_integer(self) -> pl.Expr:
        return pl.col(stamp_column(self.kind)).to_physical().cast(pl.Int64).alias("at")

    def _as_coefficients(self, field: str) -> pl.Expr:
        zeros = self.scale_of(field) - self._manifest.stored.of(field)
        return pl.col(field).to_physical().cast(pl.Int64).mul(10**zeros)

    def _label(self, at: int) -> pl.Expr:
        if self.kind == "daily":
            return pl.lit(at, pl.Int32).cast(pl.Date)
        return pl.lit(at, pl.Int64).cast(pl.Datetime("ns", "UTC"))


class PolarsParquetDailyReader(_ParquetBarReader):
    """Daily bars in files by year and month, or coarser ones for small data sets.

    Args:
        folder: The folder of the data set.

    Raises:
        CorruptData: The folder holds no daily bars.
    """

    kind = "daily"


class PolarsParquetMinuteReader(_ParquetBarReader):
    """Bars below a day in files by year, month and day, or coarser ones for small data sets.

    Args:
        folder: The folder of the data set.

    Raises:
        CorruptData: The folder holds no intraday bars.
    """

    kind = "intraday"
