"""The catalog as researchers use it."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl

from rustybt.calendars import get_calendar
from rustybt.clock.resolution import Resolution
from rustybt.settings import settings
from rustybt_data.catalog import reads
from rustybt_data.catalog.arguments import Moment, digest, moment_of, symbols_of
from rustybt_data.catalog.bundle_store import ParquetCatalog, check_name
from rustybt_data.catalog.cache import COLD_BYTES, HOT_BYTES, CacheStats, TwoTierCache
from rustybt_data.catalog.database import Session, connect
from rustybt_data.catalog.fact_methods import FactMethods
from rustybt_data.catalog.querying import Querying
from rustybt_data.catalog.references import found_version, time_of
from rustybt_data.catalog.spans import Edge
from rustybt_data.catalog.upkeep_methods import UpkeepMethods

if TYPE_CHECKING:
    from rustybt_data.adapters.tally import FetchStep
    from rustybt_data.catalog.asset_snapshots import Venue
    from rustybt_data.catalog.differences import Difference
    from rustybt_data.catalog.freshness import Freshness
    from rustybt_data.catalog.ingest_reports import IngestReport
    from rustybt_data.catalog.listing import Description, VersionSummary
    from rustybt_data.catalog.quality_records import QualityRecords
    from rustybt_data.catalog.screening import Quality
    from rustybt_data.catalog.table_differences import TableDifference
    from rustybt_data.quality import RuleSet


class DataCatalog(FactMethods, UpkeepMethods):
    """All data sets, in all their versions.

    A version of a name is a set of data sets: bars of some resolutions, assets, corporate actions,
    rates, tables. An ingestion makes a new one, which has what is new and shares the rest with the
    one before; none ever changes. `name@time` names one, `name` the newest. Whatever is asked for
    is answered from whole versions, while others write. What has been handed out lazily stays there
    until the catalog is closed: it is a context manager.

    Args:
        root: The folder of the data; by default what the settings say.
        url: Address of the database; by default what the settings say where `root` is left out,
            else an SQLite file in `root`.
        hot_bytes: What the cache may hold in memory.
        cold_bytes: What it may hold on disk, in ``cache/`` in the folder of the data.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        url: str | None = None,
        *,
        hot_bytes: int = HOT_BYTES,
        cold_bytes: int = COLD_BYTES,
    ) -> None:
        if root is None:
            chosen = settings()
            root, url = chosen.data_dir, url or chosen.catalog_url
        self.root = Path(root)
        self.database = connect(self.root, url)
        self.bundles = ParquetCatalog(self.root, url)
        self._querying = Querying(self.root, self.database)
        self._cache = TwoTierCache(self.root / "cache", hot_bytes=hot_bytes, cold_bytes=cold_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the versions that were handed out."""
        self._querying.release()

    # ------------------------------------------------------------------ bars

    def query(
        self,
        symbols: str | Sequence[str] | None,
        start: Edge = None,
        end: Edge = None,
        resolution: str | Resolution = "1d",
        as_of: Moment | None = None,
        *,
        dataset: str | None = None,
    ) -> pl.LazyFrame:
        """Bars, lazily: of the files only those that can hold some are read.

        Args:
            symbols: A symbol, or several; None for all of `dataset`.
            start: The first session. Of bars of less than a day it may be an instant (UTC), when
                the first one begins at the earliest. None for the first bar.
            end: The last session; or an instant, when the last bar ends at the latest.
            resolution: Length of a bar: bars are stored, not made of shorter ones.
            as_of: Answer with what was known then: the newest version up to this time.
            dataset: The name to look in, where several have a symbol.

        Returns:
            ``date`` (the session) or ``timestamp`` (the end of the bar), ``symbol``, the fields as
            Decimals, and those beside them where there are any; sorted by symbol, then label.

        Raises:
            DatasetNotFound: A symbol is in no data set.
            SeveralDatasets: A symbol is in several.
            CorruptData: A file cannot be read.
        """
        length = Resolution.parse(resolution)
        parts = self._querying.parts(
            symbols_of(symbols), start, end, length, as_of=moment_of(as_of), dataset=dataset
        )
        return self._querying.lazy(parts, length)

    def materialize(
        self,
        symbols: str | Sequence[str] | None,
        start: Edge = None,
        end: Edge = None,
        resolution: str | Resolution = "1d",
        as_of: Moment | None = None,
        *,
        dataset: str | None = None,
    ) -> pl.DataFrame:
        """The same, read: out of the cache where the same bars were asked for before.

        Raises:
            DatasetNotFound: A symbol is in no data set.
            SeveralDatasets: A symbol is in several.
            CorruptData: A file cannot be read.
        """
        length = Resolution.parse(resolution)
        parts = self._querying.parts(
            symbols_of(symbols), start, end, length, as_of=moment_of(as_of), dataset=dataset
        )
        key = "-".join(part.key() for part in parts)
        return self._cache.get(
            key if len(parts) == 1 else digest(key), lambda: self._querying.read(parts, length)
        )

    def table(self, name: str, kind: str, as_of: Moment | None = None) -> pl.LazyFrame:
        """The rows of a table, lazily, sorted by its keys.

        Args:
            name: The name.
            kind: What the table holds.
            as_of: The newest version up to this time.

        Raises:
            DatasetNotFound: There is no such table.
        """
        return self._querying.table(name, kind, moment_of(as_of))

    def cache_stats(self) -> CacheStats:
        """Sizes, hits and misses of both tiers of the cache of `materialize`."""
        return self._cache.stats()

    # ------------------------------------------------------------------ ingestion

    def ingest(  # noqa: PLR0913 - what to ingest, and how
        self,
        name: str,
        data: pl.DataFrame | pl.LazyFrame | str | Path | None = None,
        *,
        resolution: str | Resolution | None = None,
        calendar: str | None = None,
        source: str | None = None,
        location: str = "",
        options: Mapping[str, str] | None = None,
        replace: bool = False,
        timestamp: Moment | None = None,
        venue: "Venue | None" = None,
        quality: "Quality | None" = None,
        rules: "RuleSet | None" = None,
        watch: "Callable[[FetchStep], object] | None" = None,
    ) -> "IngestReport":
        """Make a new version of a name out of bars.

        Bars that are new are added, bars that were restated replace those of the version before,
        and the rest of it is kept: other bars, other resolutions, assets, corporate actions. Only
        the files into which new bars fall are written. While another process writes into the name
        this waits for it.

        Args:
            name: The name; it is one of a bundle, too, which runs can trade on.
            data: A standard frame (`query` gives one), or the path of one in Parquet or Arrow.
            resolution: Length of a bar; by default that of `source`, or ``1d`` for a frame with
                ``date`` and ``1m`` for one with ``timestamp``.
            calendar: Name of the calendar of the sessions; by default that of the version before,
                or ``24/7`` where all symbols are pairs, else ``XNYS``.
            source: Name of an adapter (``rustybt.data_adapters``) that brings the bars. Of symbols
                that are there already it brings what comes after their newest bar. With an
                adapter that is only an ingest function, the version has nothing but what it wrote.
            location: What `source` reads.
            options: Options of `source`.
            replace: Whether bars of the resolution that are not given are dropped.
            timestamp: Time of the version; by default now.
            venue: What is said of assets that are new.
            quality: ``quarantine`` puts bars aside that a rule quarantines, ``flag`` notes them,
                ``strict`` refuses the whole for one, ``off`` applies no rules. What cannot be
                stored is refused in any case, but for what was put aside. By default
                ``quarantine`` for vendors, and for frames and files ``strict``, which without
                `rules` refuses only what cannot be stored.
            rules: The rules; by default those of asset class and resolution.
            watch: Told where a fetch is, after each page of a vendor.

        Returns:
            What was done.

        Raises:
            InvalidArgument: There is a version of this time or a newer one, or the arguments don't
                go together.
            DataValidationError: A bar is not what it has to be, or a rule refuses the whole.
            StorageFull: There is no space; nothing has changed.
        """
        from rustybt_data.catalog.data_ingestion import Request, ingest
        from rustybt_data.catalog.writing import at_time

        check_name(name)
        request = Request(
            name=name,
            data=data,
            resolution=None if resolution is None else Resolution.parse(resolution),
            calendar=calendar,
            source=source,
            location=location,
            options=options or {},
            replaces=replace,
            timestamp=moment_of(timestamp) or datetime.now(UTC),
            is_now=timestamp is None,
            venue=venue,
            quality=quality,
            rules=rules,
            watch=watch,
        )
        return at_time(
            moment_of(timestamp),
            lambda moment: ingest(
                self.root, self.database, dataclasses.replace(request, timestamp=moment)
            ),
        )

    def ingest_table(
        self,
        name: str,
        kind: str,
        data: pl.DataFrame,
        *,
        keys: Sequence[str],
        calendar: str = "24/7",
        source: str = "frame",
        replace: bool = False,
        timestamp: Moment | None = None,
    ) -> "VersionSummary":
        """Make a new version of a name out of a table of any kind, such as fundamentals.

        Args:
            name: The name.
            kind: What the table holds.
            data: Its rows: new ones, and those that replace rows with the same keys.
            keys: The columns that tell rows apart; the table is sorted by them.
            calendar: Name of the calendar, for the first version of the name.
            source: Where the rows come from.
            replace: Whether rows that are not given are dropped.
            timestamp: Time of the version; by default now.

        Raises:
            InvalidArgument: There is a version of this time or a newer one; or bars and the like
                are given, which `ingest` takes.
            DataValidationError: A key is empty or there twice, or the columns are others.
            StorageFull: There is no space; nothing has changed.
        """
        from rustybt_data.catalog.table_ingestion import Table, check_kind, table_publication
        from rustybt_data.catalog.writing import at_time, writing

        check_name(name)
        check_kind(kind)

        def write(moment: datetime) -> "VersionSummary":
            with writing(self.root, self.database, name, moment) as work:
                publication = table_publication(
                    work,
                    Table(name, kind, data, keys, source),
                    timestamp=moment,
                    calendar=calendar,
                    replaces=replace,
                )
                work.publish(publication)
            return self.describe(f"{name}@{moment.isoformat()}").version

        return at_time(moment_of(timestamp), write)

    def bundle(
        self, name: str, of: Sequence[str], *, timestamp: Moment | None = None
    ) -> "VersionSummary":
        """Give a name to a set of data sets that are there, which `gc` then never removes.

        Args:
            name: The name of the bundle.
            of: The versions whose data sets it has, as ``name`` or ``name@time``; the calendar and
                the assets are those of the first one.
            timestamp: Time of the bundle; by default now.

        Raises:
            BundleNotFound: There is no such version.
            InvalidArgument: Two of them have data sets of one kind and resolution.
        """
        from rustybt_data.catalog.naming import named
        from rustybt_data.catalog.writing import writing

        check_name(name)
        moment = moment_of(timestamp) or datetime.now(UTC)
        with self._reading() as session:
            versions = [found_version(session, *time_of(session, text)) for text in of]
        with writing(self.root, self.database, name, moment, anew=True) as work:
            work.publish(named(name, versions, moment, self.root))
        return self.describe(f"{name}@{moment.isoformat()}").version

    # ------------------------------------------------------------------ what there is

    def list(self) -> "tuple[VersionSummary, ...]":
        """The newest version of every name, by name."""
        from rustybt_data.catalog.listing import summary_of

        with self._reading() as session:
            if session is None:
                return ()
            found = [(name, reads.newest_time(session, name)) for name in reads.names(session)]
            return tuple(
                summary_of(found_version(session, name, moment))
                for name, moment in found
                if moment is not None
            )

    def versions(self, name: str) -> "tuple[VersionSummary, ...]":
        """The versions of a name, newest first.

        Raises:
            BundleNotFound: Nothing has this name.
        """
        from rustybt_data.catalog.listing import summary_of

        with self._reading() as session:
            time_of(session, name)
            stamps = () if session is None else reads.times(session, name)
            return tuple(summary_of(found_version(session, name, stamp)) for stamp in stamps)

    def describe(self, version: str) -> "Description":
        """A version in full: data sets, and what they have of each symbol.

        Args:
            version: ``name``, or ``name@time``.

        Raises:
            BundleNotFound: Nothing has this name.
            IngestionNotFound: There is none of this time.
        """
        from rustybt_data.catalog import links
        from rustybt_data.catalog.listing import Description, summary_of

        with self._reading() as session:
            found = found_version(session, *time_of(session, version))
            assert session is not None, "the version was found there"
            return Description(
                version=summary_of(found),
                symbols={
                    dataset.resolution: reads.symbols_of(session, dataset.id)
                    for dataset in found.of_kind("bars")
                },
                backtests=links.backtests_at(session, found.name, found.created_at),
            )

    def freshness(
        self, name: str | None = None, now: Moment | None = None
    ) -> "tuple[Freshness, ...]":
        """How far the newest bars reach, by the calendar.

        Args:
            name: A name; None for all.
            now: The time that counts as the present; by default that of the machine.

        Raises:
            BundleNotFound: Nothing has this name.
        """
        from rustybt_data.catalog.freshness import freshness_of

        present = moment_of(now) or datetime.now(UTC)
        with self._reading() as session:
            names = (name,) if name is not None else reads.names(session) if session else ()
            versions = [found_version(session, *time_of(session, each)) for each in names]
        return tuple(
            fresh
            for version in versions
            for fresh in freshness_of(version, get_calendar(version.calendar), present)
        )

    def quality(self, version: str) -> "QualityRecords":
        """What rules found when bars were ingested, and the bars that they have kept out.

        Args:
            version: ``name``, or ``name@time``.

        Raises:
            BundleNotFound: Nothing has this name.
            IngestionNotFound: There is none of this time.
        """
        from rustybt_data.catalog.quality_records import QualityRecords

        with self._reading() as session:
            return QualityRecords(self.root, found_version(session, *time_of(session, version)))

    def diff(self, before: str, after: str) -> "tuple[Difference, ...]":
        """What differs between two versions: what a vendor has restated, and whom it concerns.

        Args:
            before: ``name@time``.
            after: ``name``, or ``name@time``.

        Returns:
            Bars that were added, removed and changed, for each resolution, and the saved runs that
            read what differs.

        Raises:
            BundleNotFound: Nothing has such a name.
            IngestionNotFound: There is none of this time.
            CorruptData: A file cannot be read.
        """
        from rustybt_data.catalog.differences import differences

        with self._reading() as session:
            one = found_version(session, *time_of(session, before))
            other = found_version(session, *time_of(session, after))
            assert session is not None, "the versions were found there"
            return differences(session, self.root, one, other)

    def diff_tables(self, before: str, after: str) -> "tuple[TableDifference, ...]":
        """What differs in fundamentals and exchange rates between two versions.

        Args:
            before: As for `diff`.
            after: As for `diff`.

        Returns:
            Rows that were added, restated and removed, for each table, and the saved runs on the
            name that may have seen them.

        Raises:
            BundleNotFound: As for `diff`; so are the others.
            IngestionNotFound: As for `diff`.
            CorruptData: As for `diff`.
        """
        from rustybt_data.catalog.table_differences import table_differences

        with self._reading() as session:
            one = found_version(session, *time_of(session, before))
            other = found_version(session, *time_of(session, after))
            assert session is not None, "the versions were found there"
            return table_differences(session, self.root, one, other)

    def _reading(self) -> AbstractContextManager[Session | None]:
        return self.database.reading()
