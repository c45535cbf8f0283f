"""Bars of crypto exchanges, through ccxt."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, ClassVar, Final

import polars as pl

from rustybt.calendars import from_ns
from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    ResolutionNotServed,
    UnknownSymbol,
)
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.ccxt_venue import Place, Venue, opened
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.replies import edges_ms, of_symbol, seconds_of
from rustybt_data.adapters.rows import text_frame
from rustybt_data.adapters.standard import BarLabel, Unit

_NS_PER_MS: Final = 1_000_000
_DAY_MS: Final = 86_400_000
_MS: Final = 1000
_SHORTEST_PAUSE: Final = 0.1
_BURST: Final = 5
_CALENDAR_MS: Final = {"1d": _DAY_MS, "1w": 7 * _DAY_MS, "1mo": 28 * _DAY_MS}
_NEWEST_ONLY: Final = {"kraken": 720}
"""Exchanges that have so many of their newest bars and no older ones, whatever is asked for."""


class CCXTDataAdapter(BaseDataAdapter):
    """Bars of the exchanges of ccxt that have any: 90 of them in ccxt 4.5.

    The location is the exchange's id in ccxt, such as ``binance``, or ``binance@http://HOST`` for
    another server that speaks its protocol. Symbols are written ``BTC/USDT``, perpetual swaps
    ``BTC/USDT:USDT``. Prices and volumes are the digits that the exchange sent, never floats. Tick
    and lot of an asset are the exchange's own.

    Options beside the common ones: ``timeout``, seconds for a request (30). Requests keep to the
    pause that ccxt knows of the exchange, at least 0.1 seconds.
    """

    name: ClassVar[str] = "ccxt"
    extra: ClassVar[str | None] = "ccxt"
    bar_label: ClassVar[BarLabel] = "start"
    unit: ClassVar[Unit | None] = "ms"
    resolutions: ClassVar[tuple[str, ...]] = (
        *("1s", "1m", "3m", "5m", "15m", "30m"),
        *("1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w", "1mo"),
    )
    own_options: ClassVar[Mapping[str, str]] = {"timeout": "30"}

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        self._place = Place.parse(location)
        self._timeout = seconds_of(self.options.own["timeout"])
        self._pause = _SHORTEST_PAUSE
        self._markets: tuple[Any, Any] | None = None
        self._steps: dict[str, dict[str, Any]] = {}

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """The exchange's bars, page by page; see `BaseDataAdapter.fetch`.

        Raises:
            UnknownSymbol: The exchange has no market of this symbol.
            ResolutionNotServed: It has no such bars.
            InvalidArgument: It has only newer bars.
        """
        async with AsyncExitStack() as stack:
            venue = await self._open(stack)
            name = "1M" if str(resolution) == "1mo" else str(resolution)
            if name not in venue.timeframes:
                served = ", ".join(venue.timeframes) or "none"
                raise ResolutionNotServed(
                    source=self._place.venue, resolution=str(resolution), served=served
                )
            frames = [pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String))]
            for symbol in symbols:
                self._known(venue, symbol)
                frames += await _Bars(self, venue, symbol, name, resolution).pages(start, end)
            return pl.concat(frames)

    def pace(self) -> tuple[int, float]:
        """What ccxt knows of the exchange; see `BaseDataAdapter.pace`."""
        return _BURST, _BURST * self._pause

    def facts(self, symbol: str) -> Mapping[str, Any]:
        """Tick and lot of a market; see `BaseDataAdapter.facts`."""
        return self._steps.get(symbol, {})

    async def _open(self, stack: AsyncExitStack) -> Venue:
        """The exchange with its markets, which are asked for once."""
        try:
            venue = await stack.enter_async_context(
                opened(self._place, timeout_seconds=self._timeout)
            )
        except ImportError as error:
            raise self.missing(error) from error
        self._pause = max(venue.exchange.rateLimit / _MS, _SHORTEST_PAUSE)
        if self._markets is None:
            request = "markets"
            await self.ask(lambda: venue.ask("load_markets", request=request), request=request)
            self._markets = venue.exchange.markets, venue.exchange.currencies
        else:
            venue.exchange.set_markets(*self._markets)
        return venue

    def _known(self, venue: Venue, symbol: str) -> None:
        if symbol not in venue.exchange.markets:
            raise UnknownSymbol(source=self._place.venue, symbol=symbol)
        self._steps[symbol] = venue.steps(symbol)


_COLUMNS: Final = ("timestamp", *BAR_FIELDS, "symbol")


class _Bars:
    """Bars of one symbol.

    Args:
        adapter: Who asks.
        venue: Who is asked.
        symbol: The market.
        timeframe: The exchange's name of the resolution.
        resolution: Length of a bar.
    """

    def __init__(
        self,
        adapter: CCXTDataAdapter,
        venue: Venue,
        symbol: str,
        timeframe: str,
        resolution: Resolution,
    ) -> None:
        self._adapter = adapter
        self._venue = venue
        self._symbol = symbol
        self._timeframe = timeframe
        length = resolution.nanoseconds
        self._step = _CALENDAR_MS[str(resolution)] if length is None else length // _NS_PER_MS
        self._limit = venue.limit(symbol)
        self._request = f"{symbol} {timeframe}"

    async def pages(self, start: Edge, end: Edge) -> list[pl.DataFrame]:
        """All pages from `start` up to `end`."""
        first, until = edges_ms(start, end)
        now = self._adapter.now_ns() // _NS_PER_MS
        self._check_reach(first, now)

        async def load(cursor: str | None) -> Page:
            return await self._page(first if cursor is None else int(cursor), until)

        key = {
            "symbol": self._symbol,
            "resolution": self._timeframe,
            "start": str(first),
            "end": str(until),
        }
        return await self._adapter.paged(load, request=self._request, key=key, growing=until > now)

    def _check_reach(self, first: int, now: int) -> None:
        newest = _NEWEST_ONLY.get(self._venue.vendor)
        if newest is not None and first < now - newest * self._step:
            day = from_ns((now - (newest - 1) * self._step) * _NS_PER_MS)
            raise InvalidArgument(
                field="start",
                value=str(from_ns(first * _NS_PER_MS)),
                reason=f"{self._venue.vendor} has only its newest {newest} bars of a length, "
                f"here from about {day:%Y-%m-%d %H:%M} UTC; start then or later",
            )

    async def _page(self, since: int, until: int) -> Page:
        request = f"{self._request} since {from_ns(since * _NS_PER_MS):%Y-%m-%dT%H:%M}"
        rows = await self._venue.ask(
            "fetch_ohlcv", self._symbol, self._timeframe, since, self._limit, request=request
        )
        stamps = [stamp for row in rows if (stamp := self._stamp(row, request)) >= since]
        following = max(stamps, default=since + (self._limit - 1) * self._step) + self._step
        frame = of_symbol(text_frame(rows, _COLUMNS[:-1]), self._symbol)
        return Page(frame, str(following) if following < until else None)

    def _stamp(self, row: object, request: str) -> int:
        if isinstance(row, list) and len(row) == len(_COLUMNS) - 1 and isinstance(row[0], int):
            return row[0]
        raise DataValidationError(
            file=f"{self._venue.vendor}, {request}",
            column="timestamp",
            value=str(row)[:60],
            reason="a bar with the time when it began was expected here",
        )
