"""Bars and corporate actions of equities from Alpha Vantage."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import polars as pl

from rustybt.assets import Equity, kind_of
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument, UnknownSymbol
from rustybt_data.adapters.alphavantage_actions import alphavantage_actions
from rustybt_data.adapters.alphavantage_client import AlphaVantageClient, asking
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
from rustybt_data.adapters.standard import BarLabel, label_name

_ADDRESS: Final = "https://www.alphavantage.co"
_VARIABLE: Final = "ALPHAVANTAGE_API_KEY"
_NEW_YORK: Final = ZoneInfo("America/New_York")
_ZONES: Final = frozenset({"US/Eastern", "America/New_York"})
_INTERVALS: Final = {"1m": 1, "5m": 5, "15m": 15, "30m": 30}
_COMPACT: Final = 100
_OPEN, _CLOSE = time(9, 30), time(16)
_FIELDS: Final = {
    "1. open": "open",
    "2. high": "high",
    "3. low": "low",
    "4. close": "close",
    "5. volume": "volume",
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "outputsize": ("full", "compact"),
    "label": ("start", "end"),
    "dividends": ("", "then", "today"),
}


class AlphaVantageAdapter(BaseDataAdapter):
    """Daily bars, minutes, splits and dividends of equities from Alpha Vantage, not adjusted.

    The location is "" or the address of another server of its protocol. The key is read from
    ALPHAVANTAGE_API_KEY. Bars of less than a day come month by month.

    Options beside the common ones: ``outputsize``, full or compact (the newest 100 days: what free
    keys get); ``label``, whether its bars of less than a day are labelled by their start or end;
    ``dividends``, whether amounts before a split are per share of then or of today;
    ``per_minute``, requests that the plan allows (5); ``timeout``, seconds for a request (30).
    """

    name: ClassVar[str] = "alphavantage"
    extra: ClassVar[str | None] = "alphavantage"
    bar_label: ClassVar[BarLabel] = "start"
    zone: ClassVar[str] = "America/New_York"
    resolutions: ClassVar[tuple[str, ...]] = (*_INTERVALS, "1d")
    columns: ClassVar[Mapping[str, str]] = _FIELDS
    own_options: ClassVar[Mapping[str, str]] = {
        "outputsize": "full",
        "label": "start",
        "dividends": "",
        "per_minute": "5",
        "timeout": "30",
    }

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        own = self.options.own
        self._base = base_url(location, _ADDRESS)
        self._timeout = seconds_of(own["timeout"])
        self._pace = per_minute(own["per_minute"])
        for name, choices in _CHOICES.items():
            if own[name] not in choices:
                reason = f"give one of {', '.join(filter(None, choices))}"
                raise InvalidArgument(field=name, value=own[name], reason=reason)

    def pace(self) -> tuple[int, float]:
        """What the plan allows; see `BaseDataAdapter.pace`."""
        return self._pace

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """Bars of each symbol: days at once, shorter ones by month; see `BaseDataAdapter.fetch`.

        Raises:
            UnknownSymbol: There is no such symbol.
            RequestRefused: The key is wrong, or the plan has no such data.
            InvalidArgument: ``outputsize=compact`` does not reach back to `start`.
        """
        frames = [pl.DataFrame(schema=_schema(resolution))]
        async with self._client() as client:
            for symbol in symbols:
                if kind_of(symbol) is not Equity:
                    reason = "give an equity; pairs are not taken from Alpha Vantage"
                    raise InvalidArgument(field="symbol", value=symbol, reason=reason)
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
        """Splits and cash dividends; see `BaseDataAdapter.actions`.

        Raises:
            InvalidArgument: There is a dividend before a split, and no option says which shares
                its amount is meant for.
        """
        async with self._client() as client:
            return await alphavantage_actions(
                self, client, symbols, (start, end), self.options.own["dividends"]
            )

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[AlphaVantageClient]:
        key = self.secret(_VARIABLE)
        try:
            import httpx2  # noqa: F401 - whether it is there
        except ImportError as error:
            raise self.missing(error) from error
        async with asking(self.name, self._base, key, self._timeout) as client:
            yield client


class _Bars:
    """Bars of one symbol.

    Args:
        adapter: Who asks.
        client: Whom it asks.
        symbol: The symbol.
        resolution: Length of a bar.
    """

    def __init__(
        self,
        adapter: AlphaVantageAdapter,
        client: AlphaVantageClient,
        symbol: str,
        resolution: Resolution,
    ) -> None:
        self._adapter = adapter
        self._client = client
        self._symbol = symbol
        self._resolution = resolution
        self._own = adapter.options.own
        self._minutes = _INTERVALS.get(str(resolution), 0)
        self._request = f"bars of {symbol} ({resolution})"

    async def pages(self, start: Edge, end: Edge) -> list[pl.DataFrame]:
        """The days in one page, or the months in one each."""
        months = _months(start, end) if self._minutes else [""]
        unknown: list[str] = []

        async def load(cursor: str | None) -> Page:
            month = cursor or months[0]
            try:
                page = await self._page(month, start)
            except UnknownSymbol:
                # So it is said of months before the first trade, too.
                unknown.append(month)
                page = pl.DataFrame(schema=_schema(self._resolution))
            later = months[months.index(month) + 1 :]
            return Page(page, later[0] if later else None)

        key = {
            "symbol": self._symbol,
            "resolution": str(self._resolution),
            "start": str(start),
            "end": str(end),
        }
        growing = reaches_now(end, self._adapter.now_ns())
        frames = await self._adapter.paged(load, request=self._request, key=key, growing=growing)
        if unknown and all(frame.is_empty() for frame in frames):
            self._adapter.forget_pages()
            raise UnknownSymbol(source=self._adapter.name, symbol=self._symbol)
        return frames

    async def _page(self, month: str, start: Edge) -> pl.DataFrame:
        fields = {"symbol": self._symbol, "outputsize": self._own["outputsize"]}
        if month:
            fields |= {"function": "TIME_SERIES_INTRADAY", "interval": f"{self._minutes}min"}
            fields |= {"month": month, "outputsize": "full"}
            fields |= {"adjusted": "false", "extended_hours": "false"}
            name = f"Time Series ({self._minutes}min)"
        else:
            fields |= {"function": "TIME_SERIES_DAILY"}
            name = "Time Series (Daily)"
        reply = await self._client.ask(fields, request=f"{self._request} {month}".rstrip())
        self._check_meta(reply.at("Meta Data"))
        series = reply.at(name)
        rows = [(series.label(text), series.at(text)) for text in series.mapping]
        labels = [self._label(label) for label, _ in rows]
        self._check_reach(labels, start)
        self._check_labels(labels, series)
        frame = text_frame([row.mapping for _, row in rows], tuple(_FIELDS))
        schema = _schema(self._resolution)
        label = next(iter(schema))
        typed = pl.Series(label, labels, dtype=schema[label])
        return of_symbol(frame, self._symbol).insert_column(0, typed)

    def _check_meta(self, meta: Reply) -> None:
        symbol = meta.at("2. Symbol")
        if symbol.text.upper() != self._symbol.upper():
            raise symbol.error(f"bars of {self._symbol} were asked for")
        zone = meta.at("6. Time Zone") if self._minutes else None
        if zone is not None and zone.text not in _ZONES:
            raise zone.error("times of New York were expected")

    def _label(self, label: Reply) -> Edge:
        if not self._minutes:
            return label.day
        try:
            local = datetime.strptime(label.text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - zone below
        except ValueError:
            raise label.error("a time such as 2024-01-31 09:30:00 was expected here") from None
        shift = timedelta(minutes=self._minutes if self._own["label"] == "end" else 0)
        return local.replace(tzinfo=_NEW_YORK) - shift

    def _check_reach(self, labels: Sequence[Edge], start: Edge) -> None:
        short = self._own["outputsize"] == "compact" and not self._minutes
        if short and len(labels) >= _COMPACT and min(labels) > start:
            raise InvalidArgument(
                field="start",
                value=str(start),
                reason=f"outputsize=compact reaches back to {min(labels)}; start then, or give "
                "outputsize=full",
            )

    def _check_labels(self, labels: Sequence[Edge], series: Reply) -> None:
        """Notice a vendor that labels ends: a bar would begin at the close, none at the open."""
        times = {label.time() for label in labels if isinstance(label, datetime)}
        if self._own["label"] == "start" and _CLOSE in times and _OPEN not in times:
            raise series.error(
                "a bar is labelled 16:00 and none 09:30: these labels are ends of bars; "
                "give the option label=end"
            )


def _months(start: Edge, end: Edge) -> list[str]:
    """The months that hold a range, as the vendor writes them."""
    first, last = (
        edge.astimezone(_NEW_YORK).date() if isinstance(edge, datetime) else edge
        for edge in (start, end)
    )
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    numbers = range(first.year * 12 + first.month - 1, first.year * 12 + first.month - 1 + count)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]


def _schema(resolution: Resolution) -> dict[str, pl.DataType]:
    label = label_name(resolution)
    moment = pl.Datetime("ns", "UTC") if resolution.is_intraday else pl.Date()
    return {label: moment, **dict.fromkeys(_FIELDS, pl.String()), "symbol": pl.String()}
