"""Exchange rates out of the bars of pairs of currencies."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from rustybt.assets import Cryptocurrency, CurrencyPair, Perpetual
from rustybt.calendars import TradingCalendar, get_calendar, to_day
from rustybt.data.bundle import BundleData
from rustybt.data.exact_columns import rescaled
from rustybt.data.rate_series import RateSeries
from rustybt.data.rates import DEFAULT_MAX_AGE, DEFAULT_PIVOT, ExchangeRates, Pair
from rustybt.data.readers import BarReader

_NS_PER_DAY: Final = 86_400_000_000_000


def rates_of_bundle(
    bundle: BundleData,
    *,
    calendar: TradingCalendar | None = None,
    first: date | None = None,
    last: date | None = None,
    pivot: str = DEFAULT_PIVOT,
    max_age: timedelta = DEFAULT_MAX_AGE,
) -> ExchangeRates:
    """All rates that a bundle knows: its own, and the closes of its pairs of currencies and coins.

    A close is known from the end of its bar on, that of a daily bar from the close of its
    session. Rates of the bundle's own take the place of a pair's closes, and of its inverse's.
    Where there are daily bars and shorter ones, both count. Of two assets that are one pair of
    currencies the one with the lower sid counts.

    Args:
        bundle: The data.
        calendar: Whose sessions daily bars belong to; None for the one that the bundle names.
        first: First session that is needed, before which `max_age` is read as well; None for
            that of the data.
        last: Last session that is needed; None for that of the data.
        pivot: The currency over which two others are crossed.
        max_age: How old a rate may be.

    Raises:
        ScaleExceeded: Closes need more than 18 digits.
    """
    owners = _owners(bundle)
    readers = [reader for reader in (bundle.minute, bundle.daily) if reader is not None]
    series: dict[Pair, RateSeries] = {}
    if owners and readers:
        span = (
            (first or min(reader.first_session for reader in readers)) - max_age,
            last or max(reader.last_session for reader in readers),
        )
        calendar = calendar or get_calendar(bundle.calendar)
        series = _series(owners, readers, calendar, span)
    given = bundle.rates.using(pivot=pivot, max_age=max_age)
    return given.filled_from(ExchangeRates(series))


def _owners(bundle: BundleData) -> dict[Pair, int]:
    """The sid of each pair of currencies."""
    finder = bundle.finder
    others = set(finder.sids).difference(finder.equities_sids, finder.futures_sids)
    owners: dict[Pair, int] = {}
    for asset in finder.retrieve_all(sorted(others)):
        swap = isinstance(asset, Perpetual)  # its price is not that of an exchange of money
        if isinstance(asset, CurrencyPair | Cryptocurrency) and not swap:
            owners.setdefault((asset.base_currency, asset.quote_currency), asset.sid)
    return owners


def _series(
    owners: dict[Pair, int],
    readers: Sequence[BarReader],
    calendar: TradingCalendar,
    span: tuple[date, date],
) -> dict[Pair, RateSeries]:
    """The closes of each pair, of the first reader that has one of a time."""
    scale = max(reader.price_scale for reader in readers)
    closes = []
    for reader in readers:
        bars = _closes(reader, list(owners.values()), calendar, span)
        closes.append(
            bars.with_columns(rescaled(bars["close"], reader.price_scale, scale, field="close"))
        )
    joined = pl.concat(closes).unique(["at", "sid"], keep="first", maintain_order=True).sort("at")
    found = {sid: own for (sid,), own in joined.group_by("sid", maintain_order=True)}
    return {
        pair: RateSeries(found[sid]["at"].to_list(), found[sid]["close"].to_list(), scale)
        for pair, sid in owners.items()
        if sid in found
    }


def _closes(
    reader: BarReader, sids: list[int], calendar: TradingCalendar, span: tuple[date, date]
) -> pl.DataFrame:
    """Closes ``at, sid, close`` of some days, at the times from which on they are known."""
    start, stop = to_day(span[0]), to_day(span[1]) + 1
    if reader.resolution.is_intraday:
        # The last session may end after midnight, or be the day that midnight ends.
        session = calendar.session_index(span[1], direction="previous")
        start, stop = start * _NS_PER_DAY, calendar.session_close(session) + 1
    bars = reader.read(sids, start, stop, ("close",)).filter(pl.col("close") > 0)
    if reader.resolution.is_intraday:
        return bars
    sessions = np.searchsorted(calendar.sessions, bars["at"].to_numpy())
    return bars.with_columns(pl.Series("at", calendar.closes[sessions]))
