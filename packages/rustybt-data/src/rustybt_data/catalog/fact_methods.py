"""What a catalog does with tables point in time: fundamentals, rates, benchmarks."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rustybt.calendars import from_ns, to_ns
from rustybt_data.catalog.database import Database

if TYPE_CHECKING:
    import polars as pl

    from rustybt.data.point_in_time import PointInTime
    from rustybt_data.catalog.fact_ingestion import Facts
    from rustybt_data.catalog.listing import Description, VersionSummary

Source = Any
"""A frame of Polars or pandas, or the path of a file: CSV, Parquet or Arrow."""


class FactMethods:
    """Ingestion of tables whose rows say since when they are known.

    What is ingested is kept: rows that restate others have a later `known_at`. A row that is
    there already with another value is refused, since it would change what was known then.
    """

    root: Path
    database: Database

    def ingest_fundamentals(
        self,
        name: str,
        data: Source,
        *,
        texts: Sequence[str] | None = None,
        forecasts: bool = False,
        replace: bool = False,
        timestamp: datetime | str | None = None,
    ) -> "VersionSummary":
        """Make a new version of a name out of facts about symbols.

        Args:
            name: The name: one of its own, or that of a bundle.
            data: ``symbol, effective_at, known_at`` and the fields; see
                `rustybt.data.facts.read_facts`.
            texts: The fields that hold texts; others hold numbers. None: columns of texts do,
                and none of a CSV file.
            forecasts: Whether a value may be known before the time that it is about.
            replace: Whether what is there is dropped.
            timestamp: Time of the version; by default now.

        Raises:
            InvalidArgument: There is a version of this time.
            DataValidationError: A cell is not what it has to be, or the row is there with
                another value.
            StorageFull: There is no space; nothing has changed.
        """
        from rustybt_data.catalog.fact_ingestion import fundamentals_of

        facts = fundamentals_of(data, texts=texts, forecasts=forecasts)
        return self._ingest_facts(name, facts, replace=replace, timestamp=timestamp)

    def ingest_rates(
        self,
        name: str,
        data: Source,
        *,
        replace: bool = False,
        timestamp: datetime | str | None = None,
    ) -> "VersionSummary":
        """Make a new version of a name out of exchange rates.

        Args:
            name: The name: one of its own, or that of a bundle.
            data: ``base, quote, effective_at, known_at, rate``; see
                `rustybt.data.fixings.read_fixings`.
            replace: Whether what is there is dropped.
            timestamp: Time of the version; by default now.

        Raises:
            InvalidArgument: There is a version of this time.
            DataValidationError: A cell is not what it has to be, or the row is there with
                another value.
            StorageFull: There is no space; nothing has changed.
        """
        from rustybt_data.catalog.fact_ingestion import rates_of

        return self._ingest_facts(name, rates_of(data), replace=replace, timestamp=timestamp)

    def ingest_benchmark(
        self,
        name: str,
        data: Source,
        *,
        replace: bool = False,
        timestamp: datetime | str | None = None,
    ) -> "VersionSummary":
        """Make a new version of a name out of the returns or levels of a benchmark.

        Args:
            name: The name: one of its own, or that of a bundle.
            data: ``session`` and ``return`` or ``level``, and where known ``known_at``; see
                `rustybt.data.benchmark_tables.read_benchmark`.
            replace: Whether what is there is dropped.
            timestamp: Time of the version; by default now.

        Raises:
            InvalidArgument: There is a version of this time.
            DataValidationError: A cell is not what it has to be, or the row is there with
                another value.
            StorageFull: There is no space; nothing has changed.
        """
        from rustybt_data.catalog.fact_ingestion import benchmark_of

        return self._ingest_facts(name, benchmark_of(data), replace=replace, timestamp=timestamp)

    def facts(self, name: str, as_of: datetime | str | None = None) -> "PointInTime":
        """The fundamentals of a name, as they were known at any time.

        Args:
            name: The name.
            as_of: The newest version of the data set up to this time.

        Raises:
            DatasetNotFound: It has none.
        """
        from rustybt.data.point_in_time import PointInTime

        return PointInTime.of(self.table(name, "fundamentals", as_of).collect(), forecasts=True)

    def table(self, name: str, kind: str, as_of: datetime | str | None = None) -> "pl.LazyFrame":
        """The rows of a table."""
        raise NotImplementedError

    def describe(self, version: str) -> "Description":
        """A version in full."""
        raise NotImplementedError

    def _ingest_facts(
        self, name: str, facts: "Facts", *, replace: bool, timestamp: datetime | str | None
    ) -> "VersionSummary":
        from rustybt_data.catalog.bundle_store import check_name
        from rustybt_data.catalog.fact_ingestion import fact_publication
        from rustybt_data.catalog.writing import at_time, writing

        check_name(name)

        def write(moment: datetime) -> "VersionSummary":
            with writing(self.root, self.database, name, moment) as work:
                found = fact_publication(work, name, facts, timestamp=moment, replaces=replace)
                work.publish(found)
            return self.describe(f"{name}@{moment.isoformat()}").version

        return at_time(None if timestamp is None else from_ns(to_ns(timestamp)), write)
