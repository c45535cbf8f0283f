"""Bars and corporate actions from Yahoo, through yfinance."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

import polars as pl

from rustybt.assets import Cryptocurrency, CurrencyPair, Equity, kind_of
from rustybt.calendars import from_ns
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt.logs import get_logger
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.pages import Page
from rustybt_data.adapters.replies import (
    base_url,
    edges_ms,
    in_sessions,
    per_minute,
    reaches_now,
    seconds_of,
)
from rustybt_data.adapters.rows import text_frame
from rustybt_data.adapters.standard import BarLabel, label_name
from rustybt_data.adapters.yfinance_chart import PRICES, Chart
from rustybt_data.adapters.yfinance_client import YahooClient

_log = get_logger(__name__)
_INTERVALS: Final = {"1m": 7, "5m": 55, "15m": 55, "1h": 700}
"""Days of a page of bars of these lengths: what Yahoo gives at once."""
_MS: Final = 1000
_DAY_MS: Final = 86_400_000
_SPLIT: Final = ("symbol", "effective_date", "ratio")
_DIVIDEND: Final = ("symbol", "ex_date", "pay_date", "amount", "currency")
Row = dict[str, str]


class YFinanceAdapter(BaseDataAdapter):
    """Bars, splits and dividends from Yahoo, turned back into what was traded.

    Yahoo divides prices and dividends by all later splits and multiplies volumes by them; that is
    undone with the splits it names. Prices are the shortest texts of its floats of 32 bits; where
    a split followed they are rounded to the decimals that Yahoo shows. Dividends are paid on their
    ex-date, since Yahoo has no day of payment.

    The location is "" or the address of another server of its protocol. Symbols are Yahoo's, such
    as ``BRK-B``, ``VOD.L``, ``^GSPC``; ``BTC/USD`` is its BTC-USD, ``EUR/USD`` its EURUSD=X. What
    Yahoo quotes in pence or cents is turned into pounds, rand and shekels.

    Options beside the common ones: ``per_minute``, requests (60), ``timeout``, seconds for a
    request (30).
    """

    name: ClassVar[str] = "yfinance"
    extra: ClassVar[str | None] = "yfinance"
    bar_label: ClassVar[BarLabel] = "start"
    resolutions: ClassVar[tuple[str, ...]] = (*_INTERVALS, "1d")
    own_options: ClassVar[Mapping[str, str]] = {"per_minute": "60", "timeout": "30"}

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        self._base = base_url(location, "") if location else ""
        self._timeout = seconds_of(self.options.own["timeout"])
        self._pace = per_minute(self.options.own["per_minute"])
        self._events: dict[str, tuple[date, Chart]] = {}

    def pace(self) -> tuple[int, float]:
        """As the options say; see `BaseDataAdapter.pace`."""
        return self._pace

    def facts(self, symbol: str) -> Mapping[str, Any]:
        """The currency of an equity; see `BaseDataAdapter.facts`."""
        known = self._events.get(symbol)
        return {"currency": known[1].currency} if known and kind_of(symbol) is Equity else {}

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """Bars of each symbol; see `BaseDataAdapter.fetch`.

        Raises:
            UnknownSymbol: Yahoo has no such ticker.
            RequestRefused: It has no bars of this length so far back.
        """
        label = label_name(resolution)
        moment = pl.Date() if label == "date" else pl.Datetime("ns", "UTC")
        columns = {label: moment, **dict.fromkeys((*PRICES, "volume", "symbol"), pl.String())}
        frames = [pl.DataFrame(schema=columns)]
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
        splits: list[Row] = []
        dividends: list[Row] = []
        with closing(self._client()) as client:
            for symbol in equities:
                chart = await self._asked_events(client, symbol, start)
                splits += _splits(chart, symbol, start, end)
                dividends += _dividends(chart, symbol, start, end)
        return {"splits": text_frame(splits, _SPLIT), "dividends": text_frame(dividends, _DIVIDEND)}

    async def days(self, client: YahooClient, symbol: str, start: date) -> Chart:
        """The daily chart from a day on up to now, which has all splits since."""
        now = from_ns(self.now_ns()).date() + timedelta(days=1)
        fields = fields_of(*edges_ms(start, now), "1d")
        reply = await client.chart(ticker_of(symbol), fields, request=f"days of {symbol}")
        chart = Chart.read(reply, interval="1d")
        self._events[symbol] = start, replace(chart, stamps=[], columns={})
        return chart

    async def events(self, client: YahooClient, symbol: str, start: date) -> Chart:
        """The same without bars, asked for once."""
        known = self._events.get(symbol)
        if known is None or known[0] > start:
            await self.days(client, symbol, start)
        return self._events[symbol][1]

    async def _asked_events(self, client: YahooClient, symbol: str, start: date) -> Chart:
        chart: Chart = await self.ask(
            lambda: self.events(client, symbol, start), request=f"days of {symbol}"
        )
        return chart

    def _client(self) -> YahooClient:
        try:
            return YahooClient(self.name, self._base, self._timeout)
        except ImportError as error:
            raise self.missing(error) from error


class _Bars:
    """Bars of one symbol.

    Args:
        adapter: Who asks.
        client: Whom it asks.
        symbol: In our spelling.
        resolution: Length of a bar.
    """

    def __init__(
        self, adapter: YFinanceAdapter, client: YahooClient, symbol: str, resolution: Resolution
    ) -> None:
        self._adapter = adapter
        self._client = client
        self._symbol = symbol
        self._interval = str(resolution)
        self._label = label_name(resolution)
        self._request = f"bars of {symbol} ({resolution})"

    async def pages(self, start: Edge, end: Edge) -> list[pl.DataFrame]:
        """The days in one page, shorter bars in as many as it takes."""
        first, until = edges_ms(start, end)
        length = _INTERVALS.get(self._interval)

        async def load(cursor: str | None) -> Page:
            day = start.date() if isinstance(start, datetime) else start
            if length is None:
                chart = await self._adapter.days(self._client, self._symbol, day)
                return Page(chart.frame(self._symbol, chart.splits, label=self._label), None)
            left = int(cursor or first)
            right = min(left + length * _DAY_MS, until)
            splits = (await self._adapter.events(self._client, self._symbol, day)).splits
            reply = await self._client.chart(
                ticker_of(self._symbol),
                fields_of(left, right, self._interval),
                request=self._request,
            )
            chart = Chart.read(reply, interval=self._interval)
            frame = chart.frame(self._symbol, splits, label=self._label)
            return Page(frame, str(right) if right < until else None)

        key = {
            "symbol": self._symbol,
            "resolution": self._interval,
            "start": str(start),
            "end": str(end),
        }
        growing = reaches_now(end, self._adapter.now_ns())
        return await self._adapter.paged(load, request=self._request, key=key, growing=growing)


def ticker_of(symbol: str) -> str:
    """Yahoo's ticker of a symbol.

    Raises:
        InvalidArgument: It has none of that kind.
    """
    kind = kind_of(symbol)
    base, _, quote = symbol.partition("/")
    if kind is Equity:
        return symbol
    if kind is Cryptocurrency:
        return f"{base}-{quote}"
    if kind is CurrencyPair:
        return f"{base}{quote}=X"
    reason = "give an equity, an index, or a pair such as BTC/USD or EUR/USD"
    raise InvalidArgument(field="symbol", value=symbol, reason=reason)


def fields_of(first_ms: int, until_ms: int, interval: str) -> dict[str, str]:
    """What a chart is asked for: half-open in time, without what traded outside of sessions."""
    return {
        "period1": str(first_ms // _MS),
        "period2": str(-(-until_ms // _MS)),
        "interval": interval,
        "includePrePost": "false",
        "events": "div,splits",
    }


def _splits(chart: Chart, symbol: str, start: date, end: date) -> list[Row]:
    return [
        {"symbol": symbol, "effective_date": str(day), "ratio": str(ratio)}
        for day, ratio in chart.splits
        if start <= day <= end
    ]


def _dividends(chart: Chart, symbol: str, start: date, end: date) -> list[Row]:
    within = [(day, amount) for day, amount in chart.dividends if start <= day <= end]
    if within and chart.in_hundredths:
        # Some of them are in whole units, and nothing says which.
        _log.warning("dividends are left out", symbol=symbol, number=len(within))
        return []
    return [
        {
            "symbol": symbol,
            "ex_date": str(day),
            "pay_date": str(day),
            "amount": chart.dividend_of_then(day, amount, chart.splits),
            "currency": chart.currency,
        }
        for day, amount in within
    ]
