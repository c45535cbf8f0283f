"""Funding of perpetual swaps: what longs and shorts pay each other, out of a column of the bars.

At each of its times longs pay ``amount x mark x rate`` to shorts, and get it where the rate is
negative. Source: Binance, "Introduction to Binance Futures Funding Rates": funding amount =
nominal value of positions (mark price x size) x funding rate, paid every eight hours.

A row of the column ``funding_rate`` that is not empty is one payment, at the end of its bar; that
of a daily bar at the close of its session. A vendor's column that repeats the newest rate in every
bar has to be thinned out: by ``every_hours``, or before it is ingested.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from rustybt.assets import Asset
from rustybt.calendars import Moment, TradingCalendar, to_ns
from rustybt.data.bundle import BundleData
from rustybt.data.readers import BarReader, extra_fields_of
from rustybt.errors import InvalidArgument
from rustybt.values import from_scaled

FUNDING_RATE: Final = "funding_rate"

_NS_PER_HOUR: Final = 3_600_000_000_000
_READ_AHEAD: Final = 32 * 24 * _NS_PER_HOUR


class FundingEvent(NamedTuple):
    """One payment.

    Attributes:
        at: When, in ns UTC.
        rate: Share of the position's value that longs pay to shorts.
    """

    at: int
    rate: Decimal


class _Stretch(NamedTuple):
    """The payments of one asset in ``first <= at < stop``."""

    first: int
    stop: int
    times: Sequence[int]
    events: Sequence[FundingEvent]


class Funding:
    """The payments of a data set; reads a month of an asset at a time.

    Args:
        reader: The bars.
        calendar: Theirs.
        every_hours: Count only rows at whole multiples of so many hours since midnight UTC, such
            as 8; None: every row that is not empty. Of no meaning for daily bars.

    Raises:
        InvalidArgument: The bars have no funding rates, or the hours do not divide a day.
    """

    def __init__(
        self, reader: BarReader, calendar: TradingCalendar, *, every_hours: int | None = None
    ) -> None:
        scale = extra_fields_of(reader).get(FUNDING_RATE)
        if scale is None:
            raise InvalidArgument(
                field="fields",
                value=FUNDING_RATE,
                reason="the bars have no such column; ingest it, with zeros where nothing is paid",
            )
        if every_hours is not None and (every_hours <= 0 or 24 % every_hours):
            raise InvalidArgument(
                field="every_hours", value=every_hours, reason="give a divisor of 24, such as 8"
            )
        self._reader = reader
        self._calendar = calendar
        self._scale = scale
        self._every = None if every_hours is None else every_hours * _NS_PER_HOUR
        self._known: dict[int, _Stretch] = {}

    @classmethod
    def of(
        cls, bundle: BundleData, calendar: TradingCalendar, *, every_hours: int | None = None
    ) -> "Funding | None":
        """The payments of the finest bars that have funding rates; None where none have."""
        for reader in (bundle.minute, bundle.daily):
            if reader is not None and FUNDING_RATE in extra_fields_of(reader):
                return cls(reader, calendar, every_hours=every_hours)
        return None

    def events(self, asset: Asset, start: Moment, end: Moment) -> Sequence[FundingEvent]:
        """Payments in ``start < at <= end``, in order of time.

        Consecutive spans have each payment once. What lies after `end` is never told.

        Args:
            asset: The swap.
            start: Excluded.
            end: Included.
        """
        first, last = to_ns(start) + 1, to_ns(end)
        known = self._known.get(asset.sid)
        if known is None or first < known.first or last >= known.stop:
            known = self._read(asset.sid, first, max(last + 1, first + _READ_AHEAD))
            self._known[asset.sid] = known
        return known.events[bisect_left(known.times, first) : bisect_right(known.times, last)]

    def _read(self, sid: int, first: int, stop: int) -> _Stretch:
        intraday = self._reader.resolution.is_intraday
        sessions, closes = self._calendar.sessions, self._calendar.closes
        labels = first, stop
        if not intraday:
            within = np.searchsorted(closes, [first, stop])
            after = np.append(sessions, sessions[-1] + 1)
            labels = int(after[within[0]]), int(after[within[1]])
        rows = self._reader.read([sid], *labels, [FUNDING_RATE]).drop_nulls(FUNDING_RATE)
        at = rows["at"].to_numpy()
        if not intraday:
            at = closes[np.searchsorted(sessions, at)]
        times: list[int] = at.tolist()
        events = [
            FundingEvent(time, from_scaled(rate, self._scale))
            for time, rate in zip(times, rows[FUNDING_RATE].to_list(), strict=True)
            if self._every is None or not intraday or time % self._every == 0
        ]
        return _Stretch(first, stop, [event.at for event in events], events)


def funding_events(
    reader: BarReader,
    calendar: TradingCalendar,
    asset: Asset,
    start: Moment,
    end: Moment,
) -> Sequence[FundingEvent]:
    """The payments of one asset in ``start < at <= end``; see `Funding`."""
    return Funding(reader, calendar).events(asset, start, end)
