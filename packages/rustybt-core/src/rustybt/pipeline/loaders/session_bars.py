"""Bars of sessions, read from daily bars, or made of the shorter bars of a bundle."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import MISSING, IntArray
from rustybt.data.readers import BarReader
from rustybt.data.schemas import BAR_FIELDS
from rustybt.data.spans import Spans
from rustybt.errors import InvalidArgument

_ROWS: Final = 4_000_000
"""So many bars are read at once, about."""

_NS_PER_MINUTE: Final = 60_000_000_000

_MADE_OF: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = MappingProxyType(
    {
        "open": lambda column: column.drop_nulls().first(),
        "high": pl.Expr.max,
        "low": pl.Expr.min,
        "close": lambda column: column.drop_nulls().last(),
        "volume": pl.Expr.sum,
    }
)


class DailyBars(Protocol):
    """What is needed of a reader of daily bars; see `rustybt.data.readers.BarReader`."""

    @property
    def price_scale(self) -> int:
        """Decimals of prices."""
        ...

    @property
    def volume_scale(self) -> int:
        """Decimals of volumes."""
        ...

    @property
    def first_session(self) -> date:
        """First session."""
        ...

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str]
    ) -> pl.DataFrame:
        """Bars of some days, which are counted from 1970-01-01."""
        ...

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest day with a volume up to a day."""
        ...


def daily_bars_of(bundle: BundleData, calendar: TradingCalendar) -> DailyBars:
    """The daily bars of a bundle; where it has none, made of its shortest bars.

    Raises:
        InvalidArgument: It has no bars at all.
    """
    if bundle.daily is not None:
        return bundle.daily
    if bundle.minute is None:
        raise InvalidArgument(
            field="bundle", value=bundle.name, reason="it has no bars; ingest daily bars or minutes"
        )
    return SessionBars(bundle.minute, calendar)


class SessionBars:
    """Bars of sessions, made of bars below a day.

    A bar has the first open, the highest high, the lowest low, the last close and the sum of the
    volumes of its session; bars outside of sessions don't count. Bars of few sessions are in
    memory at a time.

    Args:
        reader: Bars below a day.
        calendar: The sessions.
    """

    def __init__(self, reader: BarReader, calendar: TradingCalendar) -> None:
        self._reader = reader
        self._calendar = calendar
        self._spans = Spans.of(calendar, Resolution.parse("1d"), intraday=True)
        self.price_scale = reader.price_scale
        self.volume_scale = reader.volume_scale
        self.first_session = reader.first_session

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        """Bars ``at, sid, *fields`` of days ``start <= day < stop``, sorted by day, then sid."""
        calendar = self._calendar
        first, end = np.searchsorted(calendar.sessions, (start, stop)).tolist()
        size = self._block(len(sids))
        parts = [
            self._made(sids, session, min(session + size, end), fields)
            for session in range(first, end, size)
        ]
        return pl.concat(parts) if parts else self._empty(fields)

    def last_traded(self, sid: int, before: int) -> int | None:
        """Newest session with a trade up to a day; None if there is none."""
        calendar = self._calendar
        session = int(np.searchsorted(calendar.sessions, before, side="right")) - 1
        if session < 0:
            return None
        at = self._reader.last_traded(sid, calendar.session_close(session))
        if at is None:
            return None
        return calendar.session_day(calendar.minute_to_session(at, direction="previous"))

    def _block(self, assets: int) -> int:
        """How many sessions are read at once."""
        calendar = self._calendar
        longest = int((calendar.closes - calendar.opens).max(initial=_NS_PER_MINUTE))
        length = self._reader.resolution.nanoseconds or _NS_PER_MINUTE
        return max(_ROWS // max(assets * (longest // length), 1), 1)

    def _made(
        self, sids: Sequence[int], first: int, stop: int, fields: Sequence[str]
    ) -> pl.DataFrame:
        """The bars of some sessions, by their indices in the calendar."""
        calendar = self._calendar
        bars = self._reader.read(
            sids, int(calendar.opens[first]) + 1, int(calendar.closes[stop - 1]) + 1, fields
        )
        days: IntArray = self._spans.labels_of(bars["at"].to_numpy())
        held = bars.with_columns(pl.Series("at", days, pl.Int64)).filter(pl.col("at") != MISSING)
        made = held.group_by("at", "sid", maintain_order=True).agg(
            _MADE_OF[field](pl.col(field)) for field in fields
        )
        return made.sort("at", "sid")

    def _empty(self, fields: Sequence[str]) -> pl.DataFrame:
        return pl.DataFrame(schema=dict.fromkeys(("at", "sid", *fields), pl.Int64))
