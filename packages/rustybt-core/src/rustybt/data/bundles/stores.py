"""What the registry asks of a store of bundles, and of the sources that fill it.

A store is a plugin of the group ``rustybt.catalogs``: a callable that takes the folder of the data
and the address of a database, None for the store's own. A source is one of
``rustybt.data_adapters``: a `DataAdapter`.
"""

import os
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rustybt.calendars import TradingCalendar
from rustybt.data.bundle import BundleData
from rustybt.data.reads import DataRead

if TYPE_CHECKING:
    import polars as pl

Frame = Any
"""A Polars frame, or a pandas one."""


class AssetWriter(Protocol):
    """Takes the assets of a bundle."""

    def write(
        self,
        equities: Frame = None,
        futures: Frame = None,
        exchanges: Frame = None,
        root_symbols: Frame = None,
        equity_supplementary_mappings: Frame = None,
        chunk_size: int = 999,
        *,
        cryptocurrencies: Frame = None,
        currency_pairs: Frame = None,
    ) -> None:
        """Write assets; see `rustybt.assets.database.AssetDBWriter.write`."""
        ...

    def sids_for(self, symbols: Iterable[str]) -> Mapping[str, int]:
        """A sid for each symbol, for sources that know none.

        What the ingestion before had keeps its sid; new symbols are numbered after those.
        """
        ...

    def write_direct(  # noqa: PLR0913 - Zipline's signature
        self,
        equities: Frame = None,
        equity_symbol_mappings: Frame = None,
        equity_supplementary_mappings: Frame = None,
        futures: Frame = None,
        exchanges: Frame = None,
        root_symbols: Frame = None,
        chunk_size: int = 999,
        *,
        cryptocurrencies: Frame = None,
        currency_pairs: Frame = None,
    ) -> None:
        """Write assets as stored; see `rustybt.assets.database.AssetDBWriter.write_direct`."""
        ...


class BarWriter(Protocol):
    """Takes the bars of one resolution."""

    def write(
        self,
        data: Iterable[tuple[int, Frame]],
        assets: Iterable[int] | None = None,
        show_progress: bool = False,  # noqa: FBT001, FBT002 - Zipline's signature
        invalid_data_behavior: str = "warn",
    ) -> None:
        """Write the bars of each sid.

        Args:
            data: Pairs of a sid and its bars, or some of them: a frame of ``open, high, low, close,
                volume`` and the label (``date`` for daily bars, ``timestamp`` of the bar's end
                for others; in pandas the index may be the label).
            assets: Sids that are expected; others are an error.
            show_progress: Whether to tell what is done.
            invalid_data_behavior: Has no effect: what does not fit is an error.
        """
        ...

    def of_length(self, resolution: str) -> "BarWriter":
        """The writer of bars of another length, which the same ingestion stores beside these.

        Args:
            resolution: Length of a bar, such as ``"1h"``. Bars of a week and a month are labelled
                by their last session, as ``date``.
        """
        ...


class AdjustmentWriter(Protocol):
    """Takes corporate actions and exchange rates."""

    def write(
        self,
        splits: Frame = None,
        mergers: Frame = None,
        dividends: Frame = None,
        stock_dividends: Frame = None,
        *,
        spin_offs: Frame = None,
        rights: Frame = None,
        delistings: Frame = None,
    ) -> None:
        """Write corporate actions, as `rustybt.data.actions` describes their fields.

        Columns in brackets may be missing or empty. Ratios are numbers or texts such as 3/2;
        `fractions` is ``cash``, ``drop`` or ``round_up``. A row that is no such action is an
        error. Zipline's rows of mergers, which give a ratio of prices without terms, are errors,
        and so are its stock dividends whose `payment_sid` is another asset: they are spin-offs.

        Args:
            splits: ``sid, effective_date, ratio``: the factor on earlier prices.
            mergers: ``sid, effective_date`` and ``cash[, currency]`` per share,
                ``acquirer_sid, ratio[, fractions]``, or both.
            dividends: ``sid, ex_date, amount[, pay_date, declared_date, record_date, currency]``;
                without a day of payment they are paid on their ex day.
            stock_dividends: ``sid, ex_date, ratio[, pay_date, declared_date, record_date,
                fractions]``: new shares per share.
            spin_offs: ``sid, effective_date, child_sid, ratio[, cost_share, parent_price,
                child_price, fractions]``.
            rights: ``sid, ex_date, expiry_date, price, ratio[, rights, rights_sid, currency,
                fractions]``: new shares per right, rights per share.
            delistings: ``sid, effective_date[, price]``: 0 for nothing, none for the last price.
        """
        ...

    def write_rates(self, rates: Frame) -> None:
        """Write exchange rates.

        Args:
            rates: ``timestamp, base, quote, rate``: what a unit of `base` costs in `quote`, known
                from the time on. A date means the close of that session, or the end of the day in
                UTC where it is none. In pandas the index may be the time.
        """
        ...


class BundleWriters(Protocol):
    """An ingestion in progress. Nothing of it is visible before it has ended without an error."""

    @property
    def asset_db_writer(self) -> AssetWriter:
        """For the assets."""
        ...

    @property
    def daily_bar_writer(self) -> BarWriter:
        """For daily bars."""
        ...

    @property
    def minute_bar_writer(self) -> BarWriter:
        """For minute bars."""
        ...

    @property
    def adjustment_writer(self) -> AdjustmentWriter:
        """For corporate actions and exchange rates."""
        ...

    @property
    def output_dir(self) -> Path:
        """Folder that becomes the ingestion; further files may be put there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleInfo:
    """What an ingestion holds.

    Attributes:
        name: Name of the bundle.
        timestamp: When it was ingested (UTC).
        calendar: Name of its calendar.
        first_session: First session with data, None where there are none.
        last_session: Last session with data.
        assets: Number of assets.
        daily_bars: Number of daily bars.
        minute_bars: Number of minute bars, or of the shortest ones below a day.
        splits: Number of splits.
        dividends: Number of cash dividends.
        size_bytes: Size on disk.
        fingerprint: Hash of the content, in hexadecimal.
        location: Where it is stored.
        other_actions: Number of corporate actions that are no splits or cash dividends.
        rates: Number of exchange rates.
        resolutions: Lengths of all bars that it has, shortest first: ``"1m, 1h, 1d"``.
    """

    name: str
    timestamp: datetime
    calendar: str
    first_session: date | None
    last_session: date | None
    assets: int
    daily_bars: int
    minute_bars: int
    splits: int
    dividends: int
    size_bytes: int
    fingerprint: str
    location: str
    other_actions: int = 0
    rates: int = 0
    resolutions: str = ""


class BundleCatalog(Protocol):
    """A store of ingestions by bundle and time."""

    def names(self) -> tuple[str, ...]:
        """Bundles that have an ingestion, sorted."""
        ...

    def ingestions(self, name: str) -> tuple[datetime, ...]:
        """Times (UTC) of the ingestions of a bundle, newest first."""
        ...

    def ingestion(
        self,
        name: str,
        timestamp: datetime,
        *,
        calendar: TradingCalendar,
        quality: str | None = None,
        rules: str | os.PathLike[str] | None = None,
    ) -> AbstractContextManager[BundleWriters]:
        """Begin an ingestion; leaving the block without an error makes it visible at once.

        Args:
            name: Name of the bundle.
            timestamp: Time of the ingestion.
            calendar: The calendar of the sessions.
            quality: What becomes of bars in which rules find something; None for what the source
                does by itself.
            rules: A file of rules of quality; by default the store's own.

        Raises:
            InvalidArgument: There is one of this time, on entry or on exit.
        """
        ...

    def quality_reports(self, name: str, timestamp: datetime) -> tuple[Any, ...]:
        """What rules found at an ingestion, for each resolution: a terminal can print it."""
        ...

    def load(self, name: str, timestamp: datetime) -> BundleData:
        """Open an ingestion."""
        ...

    def table(self, name: str, kind: str, timestamp: datetime) -> "pl.DataFrame":
        """The rows of a table of a version, such as fundamentals.

        Raises:
            DatasetNotFound: It has no table of this kind.
        """
        ...

    def info(self, name: str, timestamp: datetime) -> BundleInfo:
        """What an ingestion holds."""
        ...

    def remove(self, name: str, timestamp: datetime) -> None:
        """Remove an ingestion."""
        ...

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
        """Note what a saved run has read of an ingestion.

        Args:
            name: Name of the bundle.
            timestamp: Time of the ingestion.
            folder: Where the run was saved; what was noted of it before is replaced.
            run: Hash of the run.
            fingerprint: Hash of the content that the run met.
            reads: What it read.

        Returns:
            Whether it was noted: there is such an ingestion, of this content, and the store can
            be written.
        """
        ...


class IngestFunction(Protocol):
    """Zipline's ingest function: reads data from somewhere and hands them to the writers."""

    def __call__(  # noqa: PLR0913, PLR0917 - Zipline's signature
        self,
        environ: Mapping[str, str],
        asset_db_writer: Any,  # noqa: ANN401
        minute_bar_writer: Any,  # noqa: ANN401
        daily_bar_writer: Any,  # noqa: ANN401
        adjustment_writer: Any,  # noqa: ANN401
        calendar: TradingCalendar,
        start_session: date,
        end_session: date,
        cache: MutableMapping[str, Any],
        show_progress: bool,  # noqa: FBT001
        output_dir: str,
        /,
    ) -> None:
        """Ingest; the writers are None where the bundle was registered without them.

        The sessions are `pandas.Timestamp` for functions that `register` was given.
        """
        ...


class DataAdapter(Protocol):
    """A source: makes the ingest function for one place.

    Args of a call: the location (a path or address) and the adapter's own options.
    """

    def __call__(self, location: str, options: Mapping[str, str], /) -> IngestFunction:
        """The function that ingests what is at `location`."""
        ...
