"""Writing a data set of bars."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain, groupby
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Final, Literal

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, from_day, from_ns
from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS, BarKind
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.origin import NameOf, Origin
from rustybt_data.parquet.bars import AssetBars, read_bars
from rustybt_data.parquet.days import LabelDays, Span
from rustybt_data.parquet.ends import BarEnds
from rustybt_data.parquet.extra_writer import ExtraWriter
from rustybt_data.parquet.extras import Extras
from rustybt_data.parquet.files import write_bars
from rustybt_data.parquet.layout import partition_path
from rustybt_data.parquet.manifest import Manifest, Partition
from rustybt_data.parquet.placement import IN_PLACE, Placement
from rustybt_data.parquet.scales import ScaleNeed, Scales, rescaled
from rustybt_data.parquet.spill import ROWS_IN_MEMORY, Spill
from rustybt_data.predicates import SOUND, STORABLE, Admits
from rustybt_data.runs import ends_of_keys

_ROWS_OF_TWO: Final = 1_000_000
"""Rows of a month on average up to which two are written at a time."""


class ParquetBarWriter:
    """Takes bars asset by asset and writes them as one data set when it is finished.

    Args:
        folder: The folder of the data set.
        resolution: Length of a bar.
        calendar: The calendar whose sessions the bars belong to.
        rows_in_memory: Bars that wait in memory; more wait on disk.
        placement: How files are named.
        others: Makes the writer of bars of another length; None for a writer that stands alone.
        admits: Which bars are taken; None for all that can be stored, or what a source says.
        note: Told of all bars.

    Attributes:
        admits: As given.
        ranges: The first and the last label of each sid, and the number of its bars.
        name_of: What errors call a sid.
    """

    takes_checked_bars: ClassVar[bool] = True
    """Whether `write` takes `AssetBars` in place of frames, which need not be read once more."""

    def __init__(
        self,
        folder: Path,
        resolution: Resolution,
        calendar: TradingCalendar,
        *,
        rows_in_memory: int = ROWS_IN_MEMORY,
        placement: Placement = IN_PLACE,
        others: "Callable[[Resolution], ParquetBarWriter] | None" = None,
        admits: Admits | None = None,
        note: Callable[[pl.DataFrame, Scales], None] | None = None,
    ) -> None:
        self.admits = admits
        self._note = note
        self._others = others
        self.kind: BarKind = "intraday" if resolution.is_intraday else "daily"
        self.calendar = calendar
        self.resolution = resolution
        self._folder = folder
        self._spill = Spill(folder, rows_in_memory=rows_in_memory)
        self._placement = placement
        self._extras = ExtraWriter(
            folder, self.kind, rows_in_memory=rows_in_memory, placement=placement
        )
        self._days = LabelDays(self.kind)
        self._ends = BarEnds.of(calendar, resolution)
        self.ranges: dict[int, tuple[int, int, int]] = {}
        self._repeats = False
        self.name_of: Callable[[int], str] = "sid {}".format
        self._lock = Lock()
        self._price = ScaleNeed("price")
        self._volume = ScaleNeed("volume")

    def of_length(self, resolution: Resolution | str) -> "ParquetBarWriter":
        """The writer of bars of another length; see `rustybt.data.bundles.BarWriter.of_length`.

        Raises:
            InvalidArgument: It is no length, or this writer stands alone.
        """
        length = Resolution.parse(resolution)
        if length == self.resolution:
            return self
        if self._others is None:
            reason = f"this writer is for bars of {self.resolution}; make another one"
            raise InvalidArgument(field="resolution", value=str(length), reason=reason)
        return self._others(length)

    def write(
        self,
        data: Iterable[tuple[int, Any]],
        assets: Iterable[int] | None = None,
        show_progress: bool = False,  # noqa: FBT001, FBT002 - Zipline's signature
        invalid_data_behavior: str = "warn",
    ) -> None:
        """Take the bars of some assets; see `rustybt.data.bundles.BarWriter.write`.

        Raises:
            DataValidationError: A bar is not valid.
            InvalidArgument: An asset is not among `assets`.
        """
        del show_progress, invalid_data_behavior
        expected = None if assets is None else frozenset(assets)
        for sid, frame in data:
            if expected is not None and sid not in expected:
                raise InvalidArgument(field="sid", value=sid, reason="it is not among `assets`")
            if isinstance(frame, AssetBars):
                self.add(sid, frame)
                continue
            origin = Origin(f"{self.kind} bars of sid {sid}")
            tests = SOUND if self.admits == "sound" else STORABLE
            self.add(sid, read_bars(frame, self.kind, origin, calendar=self.calendar, tests=tests))

    def add(self, sid: int, bars: AssetBars) -> None:
        """Take checked bars of an asset."""
        self.add_extras(sid, bars.extras, origin=bars.origin)
        rows = bars.bars.with_columns(pl.lit(int(sid), pl.Int64).alias("sid"))
        self.add_rows(rows, Scales(bars.price_scale, bars.volume_scale), origin=bars.origin)

    def add_extras(self, sid: int, extras: Extras, *, origin: str) -> None:
        """Take checked columns of an asset that are beside its bars."""
        self._extras.add(sid, extras, origin=origin)

    def add_rows(
        self, rows: pl.DataFrame, scales: Scales, *, origin: NameOf, repeats: bool = False
    ) -> None:
        """Take checked bars of any assets, in any order.

        Args:
            rows: ``at``, ``sid`` and the coefficients of the fields, Int64 without nulls.
            scales: Decimals that the coefficients count.
            origin: Where they, or each of them, come from.
            repeats: Whether a bar may come again, the same in all: it is stored once.

        Raises:
            DataValidationError: No bar ends at a label.
        """
        if rows.is_empty():
            return
        if self._ends is not None:
            self._ends.check(rows["at"].to_numpy(), origin=origin)
        for field in PRICE_FIELDS:
            self._price.add(rows[field].to_numpy(), scales.price, origin=origin)
        self._volume.add(rows["volume"].to_numpy(), scales.volume, origin=origin)
        if self._note is not None:
            self._note(rows, scales)
        self._extend(rows)
        self._days.add(rows["at"].to_numpy())
        self._repeats |= repeats
        self._spill.add(
            rows.select(
                "at",
                *BAR_FIELDS,
                "sid",
                pl.lit(scales.price, pl.Int8).alias("price_scale"),
                pl.lit(scales.volume, pl.Int8).alias("volume_scale"),
            )
        )

    def finish(self) -> Manifest | None:
        """Write everything, with the description of the data set beside the files.

        Returns:
            The description, None where no bars were given.

        Raises:
            DataValidationError: An asset has two bars of one time, or no scale holds all numbers.
        """
        manifest = self.write_files()
        if manifest is not None:
            manifest.save(self._folder)
        return manifest

    def write_files(self) -> Manifest | None:
        """Write everything but the description.

        Returns:
            The description of the data set, None where no bars were given.

        Raises:
            DataValidationError: An asset has two bars of one time, or no scale holds all numbers.
        """
        if not self._days:
            return None
        scales = Scales(self._price.scale, self._volume.scale)
        depth = self._days.depth()
        partitions = self._partitions(list(self._days.spans(depth)))
        self._spill.clear()
        return Manifest(
            resolution=str(self.resolution),
            calendar=self.calendar.name,
            depth=depth,
            scales=scales,
            stored=self._stored,
            first_session=self._session_of(partitions[0].first, direction="next"),
            last_session=self._session_of(partitions[-1].last, direction="previous"),
            sids=tuple(sorted(self.ranges)),
            partitions=partitions,
            extra=self._extras.finish(),
        )

    def _extend(self, rows: pl.DataFrame) -> None:
        """Take into account what assets have: first label, last label and number of bars."""
        for sid, first, last, count in ends_of_keys(rows["sid"], rows["at"]):
            known = self.ranges.get(sid, (first, last, 0))
            self.ranges[sid] = min(first, known[0]), max(last, known[1]), known[2] + count

    def _without_repeats(self, bars: pl.DataFrame) -> pl.DataFrame:
        """Bars that are there once, of sorted ones; their numbers are corrected."""
        single = bars.unique(maintain_order=True)
        if single.height < bars.height:
            counts = bars["sid"].value_counts().join(single["sid"].value_counts(), on="sid")
            with self._lock:
                for sid, before, after in counts.iter_rows():
                    first, last, rows = self.ranges[sid]
                    self.ranges[sid] = first, last, rows - before + after
        return single

    def _partitions(self, spans: list[Span]) -> tuple[Partition, ...]:
        """Write all files, two at a time where they are small.

        Days of one month are read together: what waits on disk lies in groups of rows that are
        longer than a day.
        """
        months = [list(group) for _, group in groupby(spans, lambda span: span.partition[:2])]
        if self._spill.rows > len(months) * _ROWS_OF_TWO:
            return tuple(chain.from_iterable(map(self._write_month, months)))
        with ThreadPoolExecutor(max_workers=2) as threads:
            return tuple(chain.from_iterable(threads.map(self._write_month, months)))

    def _write_month(self, spans: list[Span]) -> list[Partition]:
        rows = self._spill.between(spans[0].first, spans[-1].stop)
        if len(spans) == 1:
            return [self._write_partition(spans[0], rows)]
        at = pl.col("at")
        return [
            self._write_partition(span, rows.filter((at >= span.first) & (at < span.stop)))
            for span in spans
        ]

    def _write_partition(self, span: Span, rows: pl.DataFrame) -> Partition:
        bars = self._rescaled(rows)
        if not _is_ordered(bars):
            bars = bars.sort("sid", "at")
            if self._repeats:
                bars = self._without_repeats(bars)
            self._refuse_twins(bars)
        return write_bars(
            bars,
            self._folder,
            partition_path(span.partition),
            kind=self.kind,
            scales=self._stored,
            placement=self._placement,
        )

    @property
    def _stored(self) -> Scales:
        return Scales(self._price.decimals, self._volume.decimals)

    def _rescaled(self, bars: pl.DataFrame) -> pl.DataFrame:
        """Every number at the scale of the files."""
        columns = {"at": bars["at"], "sid": bars["sid"]}
        for field in BAR_FIELDS:
            own = bars["volume_scale" if field == "volume" else "price_scale"].to_numpy()
            to_scale = self._stored.of(field)
            if (own == to_scale).all():
                columns[field] = bars[field]
                continue
            values = bars[field].to_numpy().copy()
            for scale in np.unique(own).tolist():
                values[own == scale] = rescaled(values[own == scale], scale, to_scale)
            columns[field] = pl.Series(field, values)
        return pl.DataFrame(columns)

    def _refuse_twins(self, bars: pl.DataFrame) -> None:
        twins = bars.filter(
            (pl.col("sid") == pl.col("sid").shift(1)) & (pl.col("at") == pl.col("at").shift(1))
        )
        if not twins.is_empty():
            at, sid = int(twins["at"][0]), int(twins["sid"][0])
            when = from_day(at) if self.kind == "daily" else from_ns(at)
            raise DataValidationError(
                file=f"{self.kind} bars of {self.name_of(sid)}",
                value=str(when),
                reason="the asset has two bars of this time; write each once",
            )

    def _session_of(self, label: int, *, direction: Literal["next", "previous"]) -> date:
        if self.kind == "daily":
            return from_day(label)
        index = self.calendar.minute_to_session(label, direction=direction)
        return self.calendar.session_date(index)


def _is_ordered(bars: pl.DataFrame) -> bool:
    """Whether bars are sorted by sid, then label, and no two are alike in both."""
    sid, at = bars["sid"].to_numpy(), bars["at"].to_numpy()
    later = (sid[1:] > sid[:-1]) | ((sid[1:] == sid[:-1]) & (at[1:] > at[:-1]))
    return bool(later.all())
