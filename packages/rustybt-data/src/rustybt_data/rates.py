"""Exchange rates: reading them from tables, and keeping them in a Parquet file."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.rates import ExchangeRates
from rustybt_data.cells import Cells, a_text, some_money
from rustybt_data.frames import as_polars
from rustybt_data.layout import RATES
from rustybt_data.origin import Origin
from rustybt_data.parquet.labels import BadLabel, labels_of

_STAMPS: Final = ("timestamp", "date")
_DATE_LENGTH: Final = len("2020-01-02")
_NS_PER_DAY: Final = 86_400_000_000_000


class RateFileWriter:
    """Takes exchange rates and writes them when it is finished.

    Args:
        folder: The folder of an ingestion.
        calendar: The calendar of its sessions.
    """

    def __init__(self, folder: Path, calendar: TradingCalendar) -> None:
        self._file = folder / RATES
        self._calendar = calendar
        self._frames: list[pl.DataFrame] = []

    def write(self, rates: Any) -> None:  # noqa: ANN401 - Polars or pandas
        """Take rates; see `rustybt.data.bundles.AdjustmentWriter.write_rates`.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """
        table = as_polars(rates, index="timestamp")
        label = next((name for name in _STAMPS if name in table.columns), _STAMPS[0])
        origin = Origin("rates")
        self._frames.append(read_rates(table, origin, calendar=self._calendar, label=label))

    def finish(self) -> ExchangeRates:
        """Write all rates, where there are any, and return them.

        Raises:
            DataValidationError: A rate was taken twice.
            ScaleExceeded: A pair's rates need more than 18 digits.
        """
        if not self._frames:
            return ExchangeRates()
        rates = ExchangeRates.from_frame(pl.concat(self._frames))
        if len(rates):
            rates.frame().write_parquet(self._file, compression="zstd")
        return rates


def load_rates(folder: Path) -> ExchangeRates:
    """The exchange rates of an ingestion."""
    file = folder / RATES
    return ExchangeRates.from_frame(pl.read_parquet(file)) if file.is_file() else ExchangeRates()


def read_rates(
    table: pl.DataFrame, origin: Origin, *, calendar: TradingCalendar, label: str
) -> pl.DataFrame:
    """Exchange rates of a table, each from the time on at which it is known.

    Args:
        table: `label`, ``base``, ``quote`` and ``rate``: what a unit of `base` costs in `quote`.
            Further columns are ignored.
        origin: Where the table comes from.
        calendar: A date without a time means the close of its session, or the end of the day in
            UTC where it is none.
        label: The column of times or dates.

    Returns:
        ``timestamp, base, quote, rate``, the rates as texts.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
    """
    cells = Cells(table, origin, (label, "base", "quote", "rate"))
    rows = range(table.height)
    read = pl.DataFrame(
        {
            "timestamp": _instants(table[label], origin, label, calendar),
            "base": [cells.get(row, "base", a_text) for row in rows],
            "quote": [cells.get(row, "quote", a_text) for row in rows],
            "rate": [f"{cells.get(row, 'rate', some_money):f}" for row in rows],
        },
        schema={
            "timestamp": pl.Datetime("ns", "UTC"),
            "base": pl.String,
            "quote": pl.String,
            "rate": pl.String,
        },
    )
    _refuse(read["base"] == read["quote"], cells, "quote", "give another currency than the base")
    key = pl.struct("timestamp", "base", "quote")
    reason = "the pair has a rate of this time above; remove one"
    _refuse(~read.select(key.is_first_distinct()).to_series(), cells, label, reason)
    return read


def _refuse(wrong: pl.Series, cells: Cells, column: str, reason: str) -> None:
    """Refuse the first row that is wrong."""
    if wrong.any():
        raise cells.error(int(wrong.arg_true()[0]), column, reason)


def _instants(
    stamps: pl.Series, origin: Origin, label: str, calendar: TradingCalendar
) -> pl.Series:
    """The time from which on each row is known."""
    if stamps.dtype == pl.Date:
        dates = pl.repeat(True, len(stamps), eager=True)  # noqa: FBT003 - of Polars
    elif stamps.dtype == pl.String:
        dates = stamps.str.strip_chars().str.len_chars() <= _DATE_LENGTH
    else:
        dates = pl.repeat(False, len(stamps), eager=True)  # noqa: FBT003
    dates = dates.fill_null(value=False)
    known = np.zeros(len(stamps), np.int64)
    for chosen, kind in ((dates, "daily"), (~dates, "intraday")):
        rows = chosen.arg_true()
        if not len(rows):
            continue
        try:
            labels = labels_of(stamps.gather(rows), kind).to_numpy()  # type: ignore[arg-type]
        except BadLabel as bad:
            reason = "write dates and times as ISO 8601"
            raise origin.error(int(rows[bad.row]), label, bad.value, reason) from None
        known[rows.to_numpy()] = _ends(labels, calendar) if kind == "daily" else labels
    return pl.from_epoch(pl.Series(known), "ns").dt.replace_time_zone("UTC")


def _ends(days: np.ndarray, calendar: TradingCalendar) -> np.ndarray:
    """The closes of sessions; the ends of days that are none."""
    places = np.minimum(np.searchsorted(calendar.sessions, days), len(calendar) - 1)
    closes = calendar.closes[places]
    return np.where(calendar.sessions[places] == days, closes, (days + 1) * _NS_PER_DAY)
