"""An opened bundle: everything a run needs to know about a market."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rustybt.assets import AssetFinder
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
