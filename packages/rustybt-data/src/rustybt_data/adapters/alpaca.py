"""Bars and corporate actions of US equities from Alpaca, through its clients."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import polars as pl

from rustybt.assets import Equity, kind_of
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument, RequestRefused, UnknownSymbol
from rustybt_data.adapters.alpaca_actions import alpaca_actions
from rustybt_data.adapters.alpaca_client import AlpacaClient, imported
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.replies import (
    Reply,
    base_url,
    in_sessions,
    of_symbol,
    per_minute,
    reaches_now,
    seconds_of,
)
from rustybt_data.adapters.rows import text_frame
from rustybt_data.adapters.standard import BarLabel

_ADDRESS: Final = "https://data.alpaca.markets"
_VARIABLES: Final = ("ALPACA_API_KEY", "ALPACA_SECRET_KEY")
_NEW_YORK: Final = ZoneInfo("America/New_York")
_PAGE: Final = 10_000
_FRAMES: Final = {"1m": 1, "5m": 5, "15m": 15, "30m": 30}
_FIELDS: Final = {
    "t": "timestamp",
    "o": "open",
    "h": "high",
    "l": "low",
    "c": "close",
    "v": "volume",
}
_FEEDS: Final = ("sip", "iex", "otc", "boats")


class AlpacaAdapter(BaseDataAdapter):
    """Bars and corporate actions of US equities from Alpaca, not adjusted for anything.

    The location is "" or the address of another server of its protocol. Key and secret are read
    from ALPACA_API_KEY and ALPACA_SECRET_KEY. Only what was traded within sessions is kept.

    Options beside the common ones: ``feed``, one of sip (all exchanges, the default), iex, otc and
    boats; ``per_minute``, requests that the plan allows (200); ``timeout``, seconds for a request
    (30).
    """

    name: ClassVar[str] = "alpaca"
    extra: ClassVar[str | None] = "alpaca"
    bar_label: ClassVar[BarLabel] = "start"
    zone: ClassVar[str] = "America/New_York"
    resolutions: ClassVar[tuple[str, ...]] = (*_FRAMES, "1d")
    columns: ClassVar[Mapping[str, str]] = _FIELDS
    own_options: ClassVar[Mapping[str, str]] = {
        "feed": "sip",
        "per_minute": "200",
        "timeout": "30",
    }

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        own = self.options.own
        self._base = base_url(location, _ADDRESS)
        self._timeout = seconds_of(own["timeout"])
        self._pace = per_minute(own["per_minute"])
        if own["feed"] not in _FEEDS:
            reason = f"give one of {', '.join(_FEEDS)}"
            raise InvalidArgument(field="feed", value=own["feed"], reason=reason)

    def pace(self) -> tuple[int, float]:
        """What the plan allows; see `BaseDataAdapter.pace`."""
        return self._pace

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """Bars of each symbol, page by page; see `BaseDataAdapter.fetch`.

        Raises:
            UnknownSymbol: There is no such equity.
            RequestRefused: The key is wrong, or the plan has no such data.
        """
        frames = [pl.DataFrame(schema=dict.fromkeys((*_FIELDS, "symbol"), pl.String))]
        with closing(self._client("stock", "StockHistoricalDataClient")) as client:
            for symbol in symbols:
                frames += await self._bars(client, symbol, start, end, resolution)
        return pl.concat(frames)

    def standardize(
        self, frame: pl.DataFrame, resolution: Resolution | None = None
    ) -> pl.DataFrame:
        """Bars within sessions; see `BaseDataAdapter.standardize`."""
        standard = super().standardize(frame, resolution)
        return in_sessions(standard, self.calendar_of(standard["symbol"].unique()))

    async def actions(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, pl.DataFrame]:
        """Splits, cash and stock dividends; see `BaseDataAdapter.actions`.

        Of other kinds, which name a second company, the log tells.
        """
        with closing(self._client("corporate_actions", "CorporateActionsClient")) as client:
            return await alpaca_actions(self, client, symbols, (start, end))

    def _client(self, module: str, name: str) -> AlpacaClient:
        secrets = self.secret(_VARIABLES[0]), self.secret(_VARIABLES[1])
        try:
            clients = imported(f"alpaca.data.historical.{module}")
        except ImportError as error:
            raise self.missing(error) from error
        client = getattr(clients, name)(
            api_key=secrets[0], secret_key=secrets[1], raw_data=True, url_override=self._base
        )
        return AlpacaClient(self.name, client, secrets, self._timeout)

    async def _bars(
        self, client: AlpacaClient, symbol: str, start: Edge, end: Edge, resolution: Resolution
    ) -> list[pl.DataFrame]:
        if kind_of(symbol) is not Equity:
            reason = "give an equity; the crypto days of Alpaca do not begin at midnight UTC"
            raise InvalidArgument(field="symbol", value=symbol, reason=reason)
        request = f"bars of {symbol} ({resolution}, {self.options.own['feed']})"
        fields = self._fields(symbol, start, end, resolution)

        async def load(cursor: str | None) -> Page:
            asked = fields if cursor is None else {**fields, "page_token": cursor}
            try:
                reply = await client.get("/stocks/bars", asked, request=request)
            except RequestRefused as refused:
                if "invalid symbol" in refused.reason.lower():
                    raise UnknownSymbol(source=self.name, symbol=symbol) from None
                raise
            return _page(reply, symbol)

        key = {"symbol": symbol, "resolution": str(resolution), "start": str(start)}
        growing = reaches_now(end, self.now_ns())
        frames = await self.paged(
            load, request=request, key={**key, "end": str(end)}, growing=growing
        )
        if all(frame.is_empty() for frame in frames):
            await self._check_symbol(client, symbol)
        return frames

    def _fields(
        self, symbol: str, start: Edge, end: Edge, resolution: Resolution
    ) -> dict[str, Any]:
        from alpaca.data.enums import Adjustment, DataFeed
        from alpaca.data.requests import StockBarsRequest
        from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

        minutes = _FRAMES.get(str(resolution))
        length = (
            TimeFrame(1, TimeFrameUnit.Day)
            if minutes is None
            else TimeFrame(minutes, TimeFrameUnit.Minute)
        )
        asked = StockBarsRequest(
            symbol_or_symbols=symbol,
            timeframe=length,
            start=_instant(start, time.min),
            end=_instant(end, time.max),
            limit=_PAGE,
            adjustment=Adjustment.RAW,
            feed=DataFeed(self.options.own["feed"]),
        )
        return dict(asked.to_request_fields())

    async def _check_symbol(self, client: AlpacaClient, symbol: str) -> None:
        """Tell a symbol that is not known from one that did not trade."""
        request = f"newest bar of {symbol}"
        fields = {"symbols": symbol, "feed": "iex"}
        reply: Reply = await self.ask(
            lambda: client.get("/stocks/bars/latest", fields, request=request), request=request
        )
        if reply.at("bars").find(symbol) is None:
            raise UnknownSymbol(source=self.name, symbol=symbol)


def _page(reply: Reply, symbol: str) -> Page:
    bars = reply.find("bars")
    of_it = None if bars is None else bars.find(symbol)
    rows = [] if of_it is None else of_it.items
    if bars is not None and set(bars.mapping) - {symbol}:
        raise bars.error(f"bars of {symbol} were asked for")
    token = reply.find("next_page_token")
    frame = of_symbol(text_frame([row.mapping for row in rows], tuple(_FIELDS)), symbol)
    return Page(frame, None if token is None else token.text)


def _instant(edge: Edge, at: time) -> datetime:
    """An instant, or the beginning or the end of a day in New York."""
    return edge if isinstance(edge, datetime) else datetime.combine(edge, at, _NEW_YORK)
