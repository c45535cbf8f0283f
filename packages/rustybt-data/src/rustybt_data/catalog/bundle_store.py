"""Bundles: versions of a name that runs are opened on."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import polars as pl

from rustybt.assets import AssetFinder
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import BundleInfo
from rustybt.data.rates import ExchangeRates
from rustybt.data.reads import DataRead
from rustybt.errors import DatasetNotFound, IngestionNotFound, InvalidArgument
from rustybt_data.adjustments.reading import adjustments_of
from rustybt_data.catalog import reads
from rustybt_data.catalog.bars import BARS, manifest_of, session_span
from rustybt_data.catalog.database import connect
from rustybt_data.catalog.hold import Hold, hold
from rustybt_data.catalog.parts import ACTIONS, ASSETS, FILES, RATES
from rustybt_data.catalog.records import DatasetVersion, Version
from rustybt_data.parquet import PolarsParquetDailyReader, PolarsParquetMinuteReader
from rustybt_data.parquet.damage import telling

if TYPE_CHECKING:
    from rustybt_data.catalog.ingestion import Ingestion
    from rustybt_data.catalog.screening import Quality
    from rustybt_data.quality import QualityReport

PARTS: Final = frozenset({BARS, ASSETS, ACTIONS, RATES, FILES})
"""Kinds of data sets that a bundle shows otherwise than as tables."""

_LONGEST_NAME: Final = 128
"""Names of files begin with it."""


class ParquetCatalog:
    """The store of bundles.

    Args:
        root: The folder of the data. It need not be there yet.
        url: Address of the database; by default it is an SQLite file in the folder.
    """

    def __init__(self, root: Path, url: str | None = None) -> None:
        self._root = root
        self._database = connect(root, url)

    def names(self) -> tuple[str, ...]:
        """Bundles that have an ingestion, sorted."""
        with self._database.reading() as session:
            return () if session is None else reads.names(session)

    def ingestions(self, name: str) -> tuple[datetime, ...]:
        """Times (UTC) of the ingestions of a bundle, newest first."""
        check_name(name)
        with self._database.reading() as session:
            return () if session is None else reads.times(session, name)

    @contextmanager
    def ingestion(
        self,
        name: str,
        timestamp: datetime,
        *,
        calendar: TradingCalendar,
        quality: str | None = None,
        rules: "str | os.PathLike[str] | None" = None,
    ) -> Iterator["Ingestion"]:
        """Begin an ingestion; leaving the block without an error makes it visible at once.

        While another process ingests into the same name, this waits for it.

        Args:
            name: Name of the bundle.
            timestamp: Time of the ingestion.
            calendar: The calendar of the sessions.
            quality: What becomes of bars in which rules find something: ``strict``,
                ``quarantine``, ``flag`` or ``off``; None for what the source does by itself.
            rules: A file of rules; by default those of asset class and resolution.

        Raises:
            InvalidArgument: There is one of this time; or the name is none that a folder can have.
            CatalogBusy: This thread is at an ingestion of this name.
            StorageFull: There is no space for the data.
        """
        # Writing needs SQLAlchemy and pyarrow; most processes only read.
        from rustybt_data.catalog.ingestion import Ingestion
        from rustybt_data.catalog.judging import Judgement
        from rustybt_data.catalog.writing import writing
        from rustybt_data.quality import RuleSet

        check_name(name)
        judgement = Judgement(
            quality=cast("Quality | None", quality),
            rules=None if rules is None else RuleSet.load(rules),
        )
        with writing(self._root, self._database, name, timestamp, anew=True) as work:
            ingestion = Ingestion(
                work.folder,
                self._root,
                name,
                calendar=calendar,
                base=work.base,
                judgement=judgement,
            )
            yield ingestion
            work.publish(ingestion.finish(timestamp))

    def quality_reports(self, name: str, timestamp: datetime) -> "tuple[QualityReport, ...]":
        """What rules found at an ingestion, for each resolution in which something was looked for.

        Raises:
            IngestionNotFound: There is none of this time.
            CorruptData: A report cannot be read.
        """
        from rustybt_data.catalog.quality_records import QualityRecords

        version, _ = self._held(name, timestamp)
        records = QualityRecords(self._root, version)
        reports = (records.report(each.resolution) for each in records.summaries())
        return tuple(report for report in reports if report is not None)

    def load(self, name: str, timestamp: datetime) -> BundleData:
        """Open an ingestion; what it holds stays there as long as it is open.

        Raises:
            IngestionNotFound: There is none of this time.
            InvalidArgument: It has no assets that a run could trade.
            CorruptData: It is not what was written.
        """
        version, held = self._held(name, timestamp)
        assets = _assets(version)
        daily, intraday, *others = _bar_sets(version)
        actions = version.of_kind(ACTIONS)
        return BundleData(
            name=name,
            timestamp=timestamp,
            calendar=version.calendar,
            finder=AssetFinder.open(self._root / assets.files[0].path),
            daily=None
            if daily is None
            else PolarsParquetDailyReader(self._root / daily.folder, manifest_of(daily), hold=held),
            minute=None if intraday is None else self._intraday(intraday, held),
            others=tuple(self._intraday(each, held) for each in others if each is not None),
            adjustments=adjustments_of(
                tuple((f.role, self._root / f.path) for part in actions for f in part.files)
            ),
            fingerprint=version.fingerprint,
            rates=self._rates(version),
            tables={
                dataset.kind: partial(self._read, dataset, held)
                for dataset in version.datasets
                if dataset.kind not in PARTS
            },
        )

    def _intraday(self, dataset: DatasetVersion, held: Hold) -> PolarsParquetMinuteReader:
        return PolarsParquetMinuteReader(
            self._root / dataset.folder, manifest_of(dataset), hold=held
        )

    def table(self, name: str, kind: str, timestamp: datetime) -> pl.DataFrame:
        """The rows of a table of a version.

        Raises:
            IngestionNotFound: There is none of this time.
            DatasetNotFound: It has no table of this kind.
            CorruptData: It is not what was written.
        """
        version, held = self._held(name, timestamp)
        for dataset in version.of_kind(kind):
            return self._read(dataset, held)
        known = sorted({dataset.kind for dataset in version.datasets})
        raise DatasetNotFound(wanted=f"{kind} of {name}", known=known)

    def info(self, name: str, timestamp: datetime) -> BundleInfo:
        """What an ingestion holds.

        Raises:
            IngestionNotFound: There is none of this time.
        """
        version, _ = self._held(name, timestamp)
        daily, intraday, *_ = _bar_sets(version)
        lengths = sorted(Resolution.parse(item.resolution) for item in version.of_kind(BARS))
        first, last = session_span(version.of_kind(BARS))
        return BundleInfo(
            name=name,
            timestamp=timestamp,
            calendar=version.calendar,
            first_session=first,
            last_session=last,
            daily_bars=0 if daily is None else daily.rows,
            minute_bars=0 if intraday is None else intraday.rows,
            size_bytes=sum(dataset.size_bytes for dataset in version.datasets),
            fingerprint=version.fingerprint,
            location=str(self._root / "datasets" / name),
            resolutions=", ".join(map(str, lengths)),
            **{**version.facts, "rates": sum(part.rows for part in version.of_kind(RATES))},
        )

    def remove(self, name: str, timestamp: datetime) -> None:
        """Remove an ingestion, and the files that no other one shares and nobody reads.

        Raises:
            IngestionNotFound: There is none of this time.
        """
        from rustybt_data.catalog.collection import collect
        from rustybt_data.catalog.publication import publishing
        from rustybt_data.catalog.writes import mark_removed

        version, held = self._held(name, timestamp)
        with publishing(self._root), self._database.writing() as session:
            mark_removed(session, version.id)
        held.release()
        collect(self._root, self._database)

    def _rates(self, version: Version) -> ExchangeRates:
        files = [self._root / file.path for part in version.of_kind(RATES) for file in part.files]
        if not files:
            return ExchangeRates()
        with telling(files):
            frame = pl.read_parquet(files)
            if "known_at" not in frame.columns:
                return ExchangeRates.from_frame(frame)
            from rustybt.data.fixings import rates_of

            return rates_of(frame)

    def _read(self, dataset: DatasetVersion, _held: Hold) -> pl.DataFrame:
        """The rows of a table, of a version that is held until then."""
        files = [self._root / file.path for file in dataset.files]
        with telling(files):
            return pl.read_parquet(files)

    def record_run(
        self,
        name: str,
        timestamp: datetime,
        *,
        folder: Path,
        run: str,
        fingerprint: str,
        reads: Sequence[DataRead],
    ) -> bool:
        """Note what a saved run has read; see `rustybt.data.bundles.BundleCatalog.record_run`."""
        from rustybt_data.catalog.recording import record_reads

        return record_reads(
            self._database,
            (name, timestamp, fingerprint),
            folder=str(folder.absolute()),
            run=run,
            read=reads,
        )

    def _held(self, name: str, timestamp: datetime) -> tuple[Version, Hold]:
        """A version, and what keeps it from being collected."""
        check_name(name)
        held = hold(self._root, name, timestamp)
        with self._database.reading() as session:
            version = None if session is None else reads.version_at(session, name, timestamp)
        if version is None:
            raise IngestionNotFound(bundle=name, timestamp=timestamp)
        return version, held


def check_name(name: str) -> None:
    """Refuse what no folder can be named.

    Raises:
        InvalidArgument: It is such a name.
    """
    wrong = name in {"", ".", ".."} or set(name) & set("/\\:@") or not name.isprintable()
    if wrong or len(name.encode()) > _LONGEST_NAME:
        reason = f"use letters, digits, ., - and _, {_LONGEST_NAME} bytes at most"
        raise InvalidArgument(field="bundle name", value=name, reason=reason)


def _assets(version: Version) -> DatasetVersion:
    for dataset in version.of_kind(ASSETS):
        return dataset
    raise InvalidArgument(
        field="bundle",
        value=version.name,
        reason="it has no assets, but tables; ingest bars into it",
    )


def _bar_sets(version: Version) -> tuple[DatasetVersion | None, ...]:
    """The daily bars of a version, and its bars below a day, shortest first; None for none."""
    sets = {Resolution.parse(item.resolution): item for item in version.of_kind(BARS)}
    below: list[DatasetVersion | None] = [
        sets[resolution] for resolution in sorted(sets) if resolution.is_intraday
    ]
    return sets.get(Resolution.parse("1d")), *(below or [None])
