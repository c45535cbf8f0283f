"""The adapter ``cloud``: Parquet datasets on S3, Google Cloud Storage and Azure."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.errors import DataValidationError
from rustybt.net import Retry
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.cloud.groups import day_range
from rustybt_data.adapters.cloud.hive import Wanted
from rustybt_data.adapters.cloud.objects import Found, Objects
from rustybt_data.adapters.cloud.places import Place
from rustybt_data.adapters.cloud.tables import TableReader
from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.adapters.options import Edge

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_PLACES: Final = {"endpoint": "", "region": "", "anonymous": "no", "timeout": "30"}
_MAPPED: Final = ("date_format", "zone", "bar_label", "symbol", "symbol_pattern")
_SPARE_DAYS: Final = {"1w": 8, "1mo": 32}
_BATCH: Final = 100
_OBJECTS_AT_ONCE: Final = 32
_THREADS: Final = 8


class CloudAdapter(BaseDataAdapter):
    """Bars of Parquet files on an object store, of which only what is needed is fetched.

    The location is ``s3://BUCKET/FOLDER``, ``gs://…``, ``az://…`` or ``file:///FOLDER``.
    Partitions in names of folders (``year=``, ``month=``, ``day=``, ``date=``, ``symbol=``), the
    statistics of row groups and the columns say what is not needed. Credentials come from the
    environment, under the names that the vendors' own tools use, and are in no error.

    Its own options: ``endpoint`` (another server of the same protocol), ``region``, ``anonymous``
    (``yes`` for public datasets), ``timeout`` in seconds; and of `FileMapping` the file
    ``mapping`` and ``date_format``, ``zone``, ``bar_label``, ``symbol``, ``symbol_pattern``.

    Attributes:
        store: The store, whose root is the folder of the dataset; opened when it is first needed,
            unless one is set before.
    """

    name: ClassVar[str] = "cloud"
    extra: ClassVar[str | None] = "cloud"
    own_options: ClassVar[Mapping[str, str]] = {
        **_PLACES,
        "mapping": "",
        **dict.fromkeys(_MAPPED, ""),
    }

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        own = self.options.own
        self.place = Place.parse(location, {name: own[name] for name in _PLACES})
        self.mapping = FileMapping.read(own["mapping"], {name: own[name] for name in _MAPPED})
        self.store: ObjectStore | None = None
        self._reader: TableReader | None = None
        self._batches = False
        self._ready: dict[str, pl.DataFrame] = {}

    def _served(self, resolution: Resolution) -> None:
        """A dataset may have bars of any length."""

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """The bars of some symbols, as the standard frame; see `BaseDataAdapter.fetch`."""
        if not self._batches:
            return self._read(symbols, start, end, resolution)
        (symbol,) = symbols
        if symbol not in self._ready:
            following = sorted(each for each in self.options.symbols if each >= symbol)[:_BATCH]
            frame = self._read(following, start, end, resolution)
            parts = frame.partition_by("symbol", as_dict=True)
            self._ready = {each: parts.get((each,), frame.clear()) for each in following}
        return self._ready.pop(symbol)

    def standardize(
        self, frame: pl.DataFrame, resolution: Resolution | None = None
    ) -> pl.DataFrame:
        """The frame itself: each object is brought into the standard form as it is read."""
        return frame if frame.width else super().standardize(frame, resolution)

    def frames(
        self,
        symbols: Sequence[str] | None,
        start: Edge,
        end: Edge,
        resolution: Resolution | str | None = None,
    ) -> Iterator[pl.DataFrame]:
        """Bars in the standard form, object by object, fetched as they are asked for.

        They are as the objects have them: not in order, with some days more at the ends, and not
        checked. `bars` gives the same in order, exactly, and checked.

        Args:
            symbols: What is asked for; None for all.
            start: The first day, or an instant in it.
            end: The last day, included, or an instant in it.
            resolution: Length of a bar; by default that of the options.

        Raises:
            DataValidationError: There is no Parquet file, or one does not hold bars.
            RequestRefused: The store refuses: there is no such bucket, or no right to read it.
            RetriesExhausted: The store did not answer.
        """
        length = self.options.resolution if resolution is None else Resolution.parse(resolution)
        objects = self._objects()
        reader = TableReader(
            objects=objects,
            mapping=self.mapping,
            resolution=length,
            calendar=self.calendar_of(symbols or ()),
        )
        first, last = day_range(start, end)
        names = None if symbols is None else frozenset(symbols)
        wanted = Wanted(symbols=names, first=first, last=last)
        wanted = wanted.wider(_SPARE_DAYS.get(str(length), 1))
        found = sorted(objects.found(wanted))
        if not found and not any(True for _ in objects.found(Wanted())):
            raise DataValidationError(file=self.location, reason="there is no Parquet file")
        for chunk in batched(found, _OBJECTS_AT_ONCE):
            with ThreadPoolExecutor(max_workers=_THREADS) as threads:
                yield from (
                    frame
                    for frame in threads.map(lambda each: reader.read(each, wanted), chunk)
                    if frame is not None
                )

    def _read(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        frames = list(self.frames(symbols, start, end, resolution))
        if not frames:
            return super().standardize(pl.DataFrame(), resolution)
        # Relaxed, it takes the larger scale of Decimals.
        return pl.concat(frames, how="diagonal_relaxed")

    def _objects(self) -> Objects:
        if self.store is None:
            self.store = self.place.open()
        retry = Retry(vendor=self.place.url, timer=self.timer, seed=os.getpid())
        return Objects(self.store, self.place.url, retry)

    def __call__(  # noqa: PLR0913, PLR0917 - Zipline's signature
        self,
        environ: Mapping[str, str],
        asset_db_writer: AssetWriter,
        minute_bar_writer: BarWriter,
        daily_bar_writer: BarWriter,
        adjustment_writer: AdjustmentWriter,
        calendar: TradingCalendar,
        start_session: date,
        end_session: date,
        cache: MutableMapping[str, Any],
        show_progress: bool,  # noqa: FBT001
        output_dir: str,
        /,
    ) -> None:
        """Ingest the symbols of the options, many in one pass over the objects."""
        self._batches = True
        try:
            super().__call__(
                environ,
                asset_db_writer,
                minute_bar_writer,
                daily_bar_writer,
                adjustment_writer,
                calendar,
                start_session,
                end_session,
                cache,
                show_progress,
                output_dir,
            )
        finally:
            self._batches = False
            self._ready = {}


def batched(found: Sequence[Found], size: int) -> Iterator[Sequence[Found]]:
    """Objects, so many at a time."""
    for place in range(0, len(found), size):
        yield found[place : place + size]
