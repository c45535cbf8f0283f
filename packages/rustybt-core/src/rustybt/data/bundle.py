"""An opened bundle: everything a run needs to know about a market."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rustybt.assets import AssetFinder
from rustybt.clock.resolution import Resolution
from rustybt.data.adjustments import Adjustments
from rustybt.data.rates import ExchangeRates
from rustybt.data.readers import BarReader

if TYPE_CHECKING:
    import polars as pl

FUNDAMENTALS: Final = "fundamentals"
"""Kind of the table of facts that `data.fundamentals` shows."""

ReadTable = Callable[[], "pl.DataFrame"]
"""Reads a table when it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleData:
    """One version of a bundle, opened for reading.

    Attributes:
        name: Name of the bundle.
        timestamp: When it was ingested (UTC); None for data that were never ingested.
        calendar: Name of the calendar of its sessions.
        finder: The assets.
        daily: Daily bars, None where there are none.
        minute: Bars of a minute (or another intraday resolution), None where there are none.
        adjustments: Corporate actions.
        fingerprint: Hash of all of it, in hexadecimal.
        rates: Exchange rates that it was given; those of pairs of currencies are in their bars
            (`rustybt.data.pair_rates.rates_of_bundle` joins both).
        others: Further bars below a day, of other lengths than those of `minute`, the shortest.
        tables: What reads each further table of it, by kind: ``fundamentals`` and others.
    """

    name: str
    timestamp: datetime | None
    calendar: str
    finder: AssetFinder
    daily: BarReader | None
    minute: BarReader | None
    adjustments: Adjustments
    fingerprint: str
    rates: ExchangeRates = field(default_factory=ExchangeRates)
    tables: Mapping[str, ReadTable] = field(default_factory=dict)
    others: tuple[BarReader, ...] = ()

    def for_run(self, resolution: Resolution) -> "BundleData":
        """The bundle with those bars as `minute` that a run on bars of a length reads.

        These are bars of the very length, else the longest that add up to it; where none do, it
        is the bundle itself.
        """
        if not self.others or (self.daily is not None and not resolution.is_intraday):
            return self
        readers = [reader for reader in (self.minute, *self.others) if reader is not None]
        fitting = [each for each in readers if each.resolution.adds_up_to(resolution)]
        if not fitting:
            return self
        chosen = max(fitting, key=lambda reader: reader.resolution)
        return replace(self, minute=chosen, others=())

    @property
    def asset_finder(self) -> AssetFinder:
        """Zipline's name of `finder`."""
        return self.finder

    @property
    def equity_daily_bar_reader(self) -> BarReader | None:
        """Zipline's name of `daily`."""
        return self.daily

    @property
    def equity_minute_bar_reader(self) -> BarReader | None:
        """Zipline's name of `minute`."""
        return self.minute

    @property
    def adjustment_reader(self) -> Adjustments:
        """Zipline's name of `adjustments`."""
        return self.adjustments
