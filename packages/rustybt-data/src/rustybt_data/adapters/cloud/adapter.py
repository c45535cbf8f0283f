"""The adapter ``cloud``: Parquet datasets on S3, Google Cloud Storage and Azure."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt.net import Retry
from rustybt.progress import OnProgress, progress
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.cloud.groups import day_range
from rustybt_data.adapters.cloud.hive import Wanted
from rustybt_data.adapters.cloud.objects import Objects
from rustybt_data.adapters.cloud.places import Place
from rustybt_data.adapters.cloud.tables import TableReader
from rustybt_data.adapters.local.chunks import BarRules, Chunk, decimals_of
from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.adapters.local.storing import Store
from rustybt_data.adapters.options import Edge

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_PLACES: Final = {"endpoint": "", "region": "", "anonymous": "no", "timeout": "30"}
_MAPPED: Final = (
    *("date_format", "zone", "dst_gap", "dst_fold", "bar_label", "missing"),
    *("symbol", "symbol_pattern", "decimal", "thousands"),
)
_SPARE_DAYS: Final = {"1w": 8, "1mo": 32}
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
    ``mapping`` and ``date_format``, ``zone``, ``dst_gap``, ``dst_fold``, ``bar_label``,
    ``missing`` (``fail`` or ``skip``), ``symbol``, ``symbol_pattern``, ``decimal``,
    ``thousands``. Without ``symbols`` it is
    all that the objects have.

    Attributes:
        store: The store, whose root is the folder of the dataset; opened when it is first needed,
            unless one is set before.
    """

    name: ClassVar[str] = "cloud"
    extra: ClassVar[str | None] = "cloud"
    lists_symbols: ClassVar[bool] = True
    needs_start: ClassVar[bool] = False
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
        if self.mapping.missing == "interpolate":
            reason = "objects are read one by one; give fail or skip"
            raise InvalidArgument(field="missing", value=self.mapping.missing, reason=reason)
        self.store: ObjectStore | None = None

    def _served(self, resolution: Resolution) -> None:
        """A dataset may have bars of any length."""

    def chunks(
        self,
        symbols: Sequence[str] | None,
        start: Edge,
        end: Edge,
        resolution: Resolution,
        *,
        on_progress: OnProgress | None = None,
    ) -> Iterator[Chunk]:
        """Checked bars, object by object, fetched as they are asked for.

        They come as the objects have them: in any order, with some days more at the ends.

        Args:
            symbols: What is asked for; None for all.
            start: The first day, or an instant in it.
            end: The last day, included, or an instant in it.
            resolution: Length of a bar.
            on_progress: Told how many objects are read.

        Raises:
            DataValidationError: There is no Parquet file, or one does not hold bars.
            RequestRefused: The store refuses: there is no such bucket, or no right to read it.
            RetriesExhausted: The store did not answer.
        """
        objects = self._objects()
        first, last = day_range(start, end)
        names = None if symbols is None else frozenset(symbols)
        wanted = Wanted(symbols=names, first=first, last=last)
        wanted = wanted.wider(_SPARE_DAYS.get(str(resolution), 1))
        found = sorted(objects.found(wanted))
        if not found and not any(True for _ in objects.found(Wanted())):
            raise DataValidationError(file=self.location, reason="there is no Parquet file")
        reader = self._reader(objects, resolution, symbols or ())
        with ThreadPoolExecutor(max_workers=_THREADS) as threads:
            # So many at a time, for memory.
            for place in range(0, len(found), _OBJECTS_AT_ONCE):
                some = found[place : place + _OBJECTS_AT_ONCE]
                for chunk in threads.map(lambda each: reader.read(each, wanted), some):
                    if chunk is not None:
                        yield chunk
                if on_progress is not None:
                    on_progress(place + len(some), len(found))

    def symbols(self) -> tuple[str, ...]:
        """The symbols of the options, or all that the objects have, sorted."""
        if self.options.symbols:
            return tuple(sorted(self.options.symbols))
        objects = self._objects()
        reader = self._reader(objects, self.options.resolution, ())
        with ThreadPoolExecutor(max_workers=_THREADS) as threads:
            found = set[str]().union(*threads.map(reader.symbols_of, objects.found(Wanted())))
        return tuple(sorted(found))

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """The bars of some symbols, as the standard frame; see `BaseDataAdapter.fetch`."""
        return await asyncio.to_thread(self._frame, symbols, start, end, resolution)

    def _frame(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        chunks = self.chunks(symbols, start, end, resolution)
        frames = [decimals_of(chunk, resolution) for chunk in chunks]
        # Relaxed, it takes the larger scale of Decimals.
        return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()

    def standardize(
        self, frame: pl.DataFrame, resolution: Resolution | None = None
    ) -> pl.DataFrame:
        """The frame itself: each object is brought into the standard form as it is read."""
        return frame if frame.width else super().standardize(frame, resolution)

    def _ingest(
        self,
        writers: tuple[BarWriter, AssetWriter, AdjustmentWriter],
        calendar: TradingCalendar,
        sessions: tuple[date, date],
        *,
        show_progress: bool,
    ) -> None:
        """Write the bars object by object, so that a dataset may be larger than the memory."""
        symbols = self.symbols()
        store = Store(self.options, symbols, calendar, sessions, writers, self.location)
        start = sessions[0] if self.options.start is None else self.options.start
        end = sessions[1] if self.options.end is None else self.options.end
        length = self.options.resolution
        with progress(shown=None if show_progress else False) as on_progress:
            for chunk in self.chunks(symbols, start, end, length, on_progress=on_progress):
                store.add(chunk)
        store.finish()

    def _reader(
        self, objects: Objects, resolution: Resolution, symbols: Sequence[str]
    ) -> TableReader:
        rules = BarRules(
            mapping=self.mapping,
            resolution=resolution,
            calendar=self.calendar_of(symbols),
            admits=self.admits,
        )
        return TableReader(objects=objects, rules=rules)

    def _objects(self) -> Objects:
        if self.store is None:
            self.store = self.place.open()
        retry = Retry(vendor=self.place.url, timer=self.timer, seed=os.getpid())
        return Objects(self.store, self.place.url, retry)
