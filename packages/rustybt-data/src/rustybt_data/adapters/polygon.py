"""Bars and corporate actions of Polygon, which is called Massive by now, through its client."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import polars as pl

from rustybt.assets import Cryptocurrency, CurrencyPair, Equity, kind_of
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument, MissingCredential, RequestRefused, UnknownSymbol
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.polygon_actions import ACTIONS, polygon_actions
from rustybt_data.adapters.polygon_client import PolygonClient, next_page
from rustybt_data.adapters.replies import (
    Reply,
    base_url,
    edges_ms,
    in_sessions,
    of_symbol,
    per_minute,
    reaches_now,
    seconds_of,
)
from rustybt_data.adapters.rows import text_frame
from rustybt_data.adapters.standard import BarLabel, label_name

_ADDRESS: Final = "https://api.massive.com"
_KEYS: Final = ("POLYGON_API_KEY", "MASSIVE_API_KEY")
_PREFIXES: Final[Mapping[type, str]] = {Equity: "", Cryptocurrency: "X:", CurrencyPair: "C:"}
_NEW_YORK: Final = ZoneInfo("America/New_York")
_UTC: Final = ZoneInfo("UTC")
_SPANS: Final = {
    "1s": (1, "second"),
    "1m": (1, "minute"),
    "5m": (5, "minute"),
    "15m": (15, "minute"),
    "30m": (30, "minute"),
    "1d": (1, "day"),
}
_PAGE: Final = 50_000
_FIELDS: Final = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}


class PolygonAdapter(BaseDataAdapter):
    """Bars, splits and dividends of Polygon (Massive), not adjusted for anything.

    The location is "" or the address of another server of its protocol. Symbols are tickers of
    equities, or pairs: ``BTC/USD`` is its ticker X:BTCUSD, ``EUR/USD`` its C:EURUSD. The key is
    read from POLYGON_API_KEY or MASSIVE_API_KEY. Of equities only what was traded within sessions
    is kept. A dividend without a day of payment is paid on its ex-date.

    Options beside the common ones: ``per_minute``, requests that the plan allows (5), and
    ``timeout``, seconds for a request (30).
    """

    name: ClassVar[str] = "polygon"
    extra: ClassVar[str | None] = "polygon"
    bar_label: ClassVar[BarLabel] = "start"
    resolutions: ClassVar[tuple[str, ...]] = tuple(_SPANS)
    columns: ClassVar[Mapping[str, str]] = _FIELDS
    own_options: ClassVar[Mapping[str, str]] = {"per_minute": "5", "timeout": "30"}

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        self._base = base_url(location, _ADDRESS)
        self._timeout = seconds_of(self.options.own["timeout"])
        self._pace = per_minute(self.options.own["per_minute"])

    def pace(self) -> tuple[int, float]:
        """What the plan allows; see `BaseDataAdapter.pace`."""
        return self._pace

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """Aggregates, page by page; see `BaseDataAdapter.fetch`.

        Raises:
            UnknownSymbol: There is no such ticker.
            RequestRefused: The key is wrong, or the plan has no such data.
        """
        frames = [pl.DataFrame(schema=_schema(resolution))]
        with closing(self._client()) as client:
            for symbol in symbols:
                bars = _Bars(self, client, symbol, resolution)
                frames += await bars.pages(start, end)
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
        """Splits and cash dividends of equities; see `BaseDataAdapter.actions`."""
        equities = [symbol for symbol in symbols if kind_of(symbol) is Equity]
        found: dict[str, pl.DataFrame] = {}
        with closing(self._client()) as client:
            for kind in ACTIONS:
                frames = [pl.DataFrame()]
                for symbol in equities:
                    frames += await polygon_actions(self, client, kind, symbol, (start, end))
                found[kind] = pl.concat(frames, how="diagonal_relaxed")
        return found

    def _client(self) -> PolygonClient:
        try:
            return PolygonClient(self.name, self._key(), self._base, self._timeout)
        except ImportError as error:
            raise self.missing(error) from error

    def _key(self) -> str:
        for variable in _KEYS:
            if os.environ.get(variable, "").strip():
                return self.secret(variable)
        raise MissingCredential(vendor=self.name, variable=" or ".join(_KEYS))


class MassiveAdapter(PolygonAdapter):
    """The same under its newer name."""

    name: ClassVar[str] = "massive"


class _Bars:
    """Bars of one symbol.

    Args:
        adapter: Who asks.
        client: Whom it asks.
        symbol: In our spelling.
        resolution: Length of a bar.
    """

    def __init__(
        self, adapter: PolygonAdapter, client: PolygonClient, symbol: str, resolution: Resolution
    ) -> None:
        self._adapter = adapter
        self._client = client
        self._symbol = symbol
        self._ticker = ticker_of(symbol)
        self._resolution = resolution
        self._zone = _NEW_YORK if kind_of(symbol) is Equity else _UTC
        self._request = f"bars of {self._ticker} ({resolution})"

    async def pages(self, start: Edge, end: Edge) -> list[pl.DataFrame]:
        """All pages; a ticker without any bar is looked up."""
        first, last = _bound(start), _bound(end)

        async def load(cursor: str | None) -> Page:
            if cursor is not None:
                return self._page(await self._client.follow(cursor, self._request))
            multiplier, span = _SPANS[str(self._resolution)]
            reply = await self._client.ask(
                "list_aggs",
                *(self._ticker, multiplier, span, first, last),
                adjusted=False,
                sort="asc",
                limit=_PAGE,
                request=self._request,
            )
            return self._page(reply)

        key = {
            "symbol": self._symbol,
            "resolution": str(self._resolution),
            "start": str(first),
            "end": str(last),
        }
        growing = reaches_now(end, self._adapter.now_ns())
        frames = await self._adapter.paged(load, request=self._request, key=key, growing=growing)
        if all(frame.is_empty() for frame in frames):
            await self._check_ticker()
        return frames

    def _page(self, reply: Reply) -> Page:
        adjusted = reply.find("adjusted")
        if adjusted is not None and adjusted.value is not False:
            raise adjusted.error("prices that are not adjusted were asked for")
        ticker = reply.find("ticker")
        if ticker is not None and ticker.text != self._ticker:
            raise ticker.error(f"bars of {self._ticker} were asked for")
        results = reply.find("results")
        rows = [] if results is None else results.items
        labels = [self._label(row.at("t")) for row in rows]
        frame = text_frame([row.mapping for row in rows], tuple(_FIELDS))
        schema = _schema(self._resolution)
        label = next(iter(schema))
        stamped = of_symbol(frame, self._symbol).insert_column(
            0, pl.Series(label, labels, dtype=schema[label])
        )
        return Page(stamped, next_page(reply))

    def _label(self, stamp: Reply) -> Edge:
        at = stamp.instant("ms")
        return at if self._resolution.is_intraday else at.astimezone(self._zone).date()

    async def _check_ticker(self) -> None:
        request = f"ticker {self._ticker}"
        try:
            await self._adapter.ask(
                lambda: self._client.ask("get_ticker_details", self._ticker, request=request),
                request=request,
            )
        except RequestRefused as refused:
            if refused.status == 404:
                raise UnknownSymbol(source=self._adapter.name, symbol=self._symbol) from None
            raise


def ticker_of(symbol: str) -> str:
    """The vendor's ticker of a symbol.

    Raises:
        InvalidArgument: It has none of that kind.
    """
    kind = kind_of(symbol)
    if kind not in _PREFIXES:
        reason = "give an equity, or a pair such as BTC/USD or EUR/USD"
        raise InvalidArgument(field="symbol", value=symbol, reason=reason)
    return _PREFIXES[kind] + symbol.replace("/", "")


def _bound(edge: Edge) -> str | int:
    """A date as it is, an instant in ms."""
    return edges_ms(edge, edge)[0] if isinstance(edge, datetime) else edge.isoformat()


def _schema(resolution: Resolution) -> dict[str, pl.DataType]:
    label = label_name(resolution)
    moment = pl.Datetime("ns", "UTC") if resolution.is_intraday else pl.Date()
    return {label: moment, **dict.fromkeys(_FIELDS, pl.String()), "symbol": pl.String()}
