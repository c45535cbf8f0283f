"""Funding of perpetual swaps: what longs and shorts pay each other, out of a column of the bars.

At each of its times longs pay ``amount x mark x rate`` to shorts, and get it where the rate is
negative. Source: Binance, "Introduction to Binance Futures Funding Rates": funding amount =
nominal value of positions (mark price x size) x funding rate, paid every eight hours.

A row of the column ``funding_rate`` that is not empty is one payment, at the end of its bar; that
of a daily bar at the close of its session. A vendor's column that repeats the newest rate in every
bar has to be thinned out: by ``every_hours``, the rule ``funding_hours`` of a run, or before it is
ingested. Without it, one rate many times within hours is an error: no venue pays so often.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.assets import Asset
from rustybt.calendars import Moment, TradingCalendar, from_ns, to_ns
from rustybt.data.bundle import BundleData
from rustybt.data.readers import BarReader, extra_fields_of
from rustybt.errors import InvalidArgument
from rustybt.values import from_scaled

FUNDING_RATE: Final = "funding_rate"

_NS_PER_HOUR: Final = 3_600_000_000_000
_OFTEN: Final = 8
"""So many repetitions are no coincidence."""

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
    """The payments of one asset in ``first <= at < stop``, and the newest close at each."""

    first: int
    stop: int
    times: Sequence[int]
    events: Sequence[FundingEvent]
    closes: Sequence[int | None]


class Funding:
    """The payments of a data set; reads a month of an asset at a time.

    Args:
        reader: The bars.
        calendar: Theirs.
        every_hours: Count only rows at whole multiples of so many hours since midnight UTC, such
            as 8; None: every row that is not empty. Of no meaning for daily bars.
        prices: Whether to read closes as well, for `close`.

    Raises:
        InvalidArgument: The bars have no funding rates, or the hours do not divide a day. Later, of
            `events`: Without `every_hours`, a rate is repeated in bar after bar.
    """

    def __init__(
        self,
        reader: BarReader,
        calendar: TradingCalendar,
        *,
        every_hours: int | None = None,
        prices: bool = False,
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
        self._intraday = reader.resolution.is_intraday
        self._calendar = calendar
        self._scale = scale
        self._every = None if every_hours is None else every_hours * _NS_PER_HOUR
        self._columns = [FUNDING_RATE, "close"] if prices else [FUNDING_RATE]
        self._known: dict[int, _Stretch] = {}

    @classmethod
    def of(
        cls,
        bundle: BundleData,
        calendar: TradingCalendar,
        *,
        every_hours: int | None = None,
        prices: bool = False,
    ) -> "Funding | None":
        """The payments of the finest bars that have funding rates; None where none have."""
        for reader in (bundle.minute, bundle.daily):
            if reader is not None and FUNDING_RATE in extra_fields_of(reader):
                return cls(reader, calendar, every_hours=every_hours, prices=prices)
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

    def quiet_until(self, asset: Asset, at: int) -> int:
        """Before when nothing more is paid after `at`, the end of what `events` was asked last.

        Args:
            asset: The swap.
            at: In ns UTC.

        Returns:
            The time of the next payment, or one before it at which to ask again; in ns UTC.
        """
        known = self._known[asset.sid]
        place = bisect_right(known.times, at)
        return known.times[place] if place < len(known.times) else known.stop

    def close(self, asset: Asset, at: int) -> Decimal | None:
        """The newest close of the bars at a payment that `events` has just told.

        Args:
            asset: The swap.
            at: Time of the payment, ns UTC.

        Returns:
            None without `prices`, and where no bar has ended since what was read began.
        """
        known = self._known[asset.sid]
        coefficient = known.closes[bisect_left(known.times, at)]
        return None if coefficient is None else from_scaled(coefficient, self._reader.price_scale)

    def _read(self, sid: int, first: int, stop: int) -> _Stretch:
        rows = self._reader.read([sid], *self._labels(first, stop), self._columns)
        if "close" in rows.columns:
            rows = rows.with_columns(pl.col("close").forward_fill())
        rows = rows.drop_nulls(FUNDING_RATE)
        at = rows["at"].to_numpy()
        if not self._intraday:
            at = self._calendar.closes[np.searchsorted(self._calendar.sessions, at)]
        elif self._every is not None:
            kept = at % self._every == 0
            rows, at = rows.filter(kept), at[kept]
        elif (repeated := _repeated(rows)) is not None:
            raise InvalidArgument(
                field=FUNDING_RATE,
                value=f"the same in bar after bar of sid {sid} up to {from_ns(repeated)}",
                reason="each of them would be paid; set the rule funding_hours, such as 8, or keep "
                "the rates of the times alone at which they are paid",
            )
        times: list[int] = at.tolist()
        rates = [from_scaled(rate, self._scale) for rate in rows[FUNDING_RATE].to_list()]
        closes = rows["close"].to_list() if "close" in rows.columns else [None] * len(times)
        return _Stretch(first, stop, times, [*map(FundingEvent, times, rates)], closes)

    def _labels(self, first: int, stop: int) -> tuple[int, int]:
        """The rows whose payments are in ``first <= at < stop``.

        A daily row belongs to its session, one on a day without session to the next one.
        """
        if self._intraday:
            return first, stop
        sessions = self._calendar.sessions
        bounds = np.concatenate((sessions[:1], sessions + 1))
        return tuple(bounds[np.searchsorted(self._calendar.closes, [first, stop])].tolist())


def _repeated(rows: pl.DataFrame) -> int | None:
    """Up to when a rate is repeated in bars that are less than an hour apart; None if nowhere."""
    paid = rows.filter(pl.col(FUNDING_RATE) != 0)
    again = paid.select(
        (pl.col("at").diff() < _NS_PER_HOUR)
        & (pl.col(FUNDING_RATE) == pl.col(FUNDING_RATE).shift())
    ).to_series()
    often = (again.cast(pl.Int8).rolling_sum(_OFTEN) == _OFTEN).arg_true()
    return paid["at"][often[0]] if len(often) else None


def funding_events(
    reader: BarReader,
    calendar: TradingCalendar,
    asset: Asset,
    start: Moment,
    end: Moment,
) -> Sequence[FundingEvent]:
    """The payments of one asset in ``start < at <= end``; see `Funding`."""
    return Funding(reader, calendar).events(asset, start, end)
