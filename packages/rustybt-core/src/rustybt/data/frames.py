"""A market made of one plain frame of bars."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Union

import polars as pl

from rustybt.assets import AssetFinder, Equity, ExchangeInfo, asset_of_symbol, kind_of
from rustybt.calendars import TradingCalendar, get_calendar
from rustybt.clock.resolution import Resolution
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import BarLabel, FrameReader, check_columns

if TYPE_CHECKING:
    import pandas as pd

Frame = Union[pl.DataFrame, pl.LazyFrame, "pd.DataFrame"]


def bundle_of_frame(
    frame: Frame,
    *,
    calendar: TradingCalendar | None = None,
    data_frequency: Resolution | str = "1d",
    bar_label: BarLabel = "end",
    adjustments: Adjustments | None = None,
    name: str = "data",
) -> tuple[pl.DataFrame, BundleData]:
    """A market of the symbols of a frame ``timestamp, symbol, open, high, low, close, volume``.

    A symbol with a slash is a pair of currencies, any other an equity. Sids count the symbols in
    alphabetical order from 1. An asset lives from its first to its last bar and closes the day
    after. Columns named in `schemas.EXTRA_FIELDS` are kept beside the bars, others are ignored.

    Args:
        frame: The bars: Polars, or pandas (``timestamp`` may be its index).
        calendar: Whose sessions they belong to; by default 24/7 for pairs and XNYS for anything
            else.
        data_frequency: Length of a bar.
        bar_label: Whether intraday stamps are starts or ends of bars.
        adjustments: Splits and dividends by sid; none by default.
        name: What errors and results call the market.

    Returns:
        The frame in Polars, and the market.

    Raises:
        DataValidationError: The frame holds something that is no bar.
        InvalidNumber: A value is no number.
        ScaleExceeded: Numbers need more than 18 digits.
    """
    bars = _as_polars(frame)
    check_columns(bars)
    symbols = bars["symbol"].cast(pl.String).unique().sort().to_list()
    sids = {symbol: sid for sid, symbol in enumerate(symbols, start=1)}
    calendar = calendar or _usual_calendar(symbols)
    reader = FrameReader(
        bars, resolution=data_frequency, calendar=calendar, sids=sids, bar_label=bar_label
    )
    intraday = reader.resolution.is_intraday
    bundle = BundleData(
        name=name,
        timestamp=None,
        calendar=calendar.name,
        finder=_finder(sids, reader.lives(calendar), venue=name),
        daily=None if intraday else reader,
        minute=reader if intraday else None,
        adjustments=adjustments or Adjustments.empty(),
        fingerprint=reader.fingerprint(),
    )
    return bars, bundle


def _usual_calendar(symbols: Iterable[str]) -> TradingCalendar:
    pairs = all(kind_of(symbol) is not Equity for symbol in symbols)
    return get_calendar("24/7" if pairs else "XNYS")


def _finder(
    sids: Mapping[str, int], lives: Mapping[int, tuple[date, date]], *, venue: str
) -> AssetFinder:
    return AssetFinder.from_assets(
        asset_of_symbol(
            symbol,
            sid=sid,
            exchange_info=ExchangeInfo(venue),
            start_date=lives[sid][0],
            end_date=lives[sid][1],
            auto_close_date=lives[sid][1] + timedelta(days=1),
        )
        for symbol, sid in sids.items()
    )


def _as_polars(frame: Frame) -> pl.DataFrame:
    if isinstance(frame, pl.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    return pl.from_pandas(frame if "timestamp" in frame.columns else frame.reset_index())
