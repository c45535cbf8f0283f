"""The adapter ``websocket``: a live stream, gathered for a while, is ingested as bars."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import SESSION, Resolution
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import InvalidArgument, ResolutionNotServed
from rustybt.logs import get_logger
from rustybt.net import LinkRules, redacted
from rustybt.streams import Bar, BarBuilder, LateRules
from rustybt_data.adapters.base import BaseDataAdapter
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.standard import label_name
from rustybt_data.adapters.websocket.gathering import Gatherer, GatherReport, GatherRules
from rustybt_data.adapters.websocket.protocol import StreamProtocol
from rustybt_data.adapters.websocket.stream import OPTIONS, WebSocketStream

_log = get_logger(__name__)
_SPAN: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_PATIENCE_S: Final = 5.0


class WebSocketAdapter(BaseDataAdapter):
    """Bars of live streams: of trades, quotes, or bars that a venue makes itself.

    The location is the address of a WebSocket, or several, separated by commas, that are merged in
    the order of their time; without one it is that of the protocol. Gathering ends after
    ``duration``, with so many complete ``bars``, or when the process is interrupted (SIGINT,
    SIGTERM, `stop`), whatever comes first; the bars that are complete then are ingested, whole.
    What came before is not to be had: `start` and `end` only leave bars out.

    Its own options, beside those of the stream (``protocol``, ``of``, ``garbage``):

    - ``duration``: how long it gathers, such as ``90s``, ``10m``, ``8h``;
    - ``bars``: how many complete bars of all symbols together are enough;
    - ``wait``: how long after its end a bar waits for late events (``0s``);
    - ``late``: ``count`` or ``restate``, see `rustybt.streams.LateRules`;
    - ``prices``: ``trade``, ``mid``, ``bid`` or ``ask``;
    - ``clock``: ``timer`` ends bars also with the time of day and leaves out events whose time is a
      minute and more ahead of it, ``event`` goes by later events alone, as for a recorded stream;
    - ``empty``: ``yes`` to have bars of times without a trade;
    - ``attempts``: after how many failed connections in a row it is given up (never).
    """

    name: ClassVar[str] = "websocket"
    extra: ClassVar[str | None] = "websocket"
    resolutions: ClassVar[tuple[str, ...]] = ("100ms", "1s", "1m", "5m", "1h", "1d")
    needs_start: ClassVar[bool] = False
    own_options: ClassVar[Mapping[str, str]] = {
        **OPTIONS,
        "duration": "",
        "bars": "",
        "wait": "0s",
        "late": "count",
        "prices": "trade",
        "clock": "timer",
        "empty": "no",
        "attempts": "",
    }

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        super().__init__(location, options)
        self.report: GatherReport | None = None
        self._link_rules = LinkRules(attempts=self._count("attempts"))
        self._protocol = StreamProtocol.load(self.options.own["protocol"])
        self._gatherer: Gatherer | None = None
        self._frame: pl.DataFrame | None = None
        self._left: set[str] = set()
        self._builder(None)
        self._gather_rules()

    def stop(self) -> None:
        """End gathering, from any thread; what is complete is kept."""
        if self._gatherer is not None:
            self._gatherer.stop()

    async def gather(
        self, symbols: Sequence[str], resolution: Resolution | str | None = None
    ) -> pl.DataFrame:
        """The bars of some symbols from now on, in the standard form.

        Args:
            symbols: What is asked for.
            resolution: Length of a bar; by default that of the options.

        Raises:
            DataValidationError: Too much of the stream cannot be read, or it does not fit.
            RequestRefused: A server refuses the connection or the subscription.
            RetriesExhausted: No connection was made, and there is nothing to keep.
        """
        length = self.options.resolution if resolution is None else Resolution.parse(resolution)
        self._served(length)
        raw = await self._gathered(list(dict.fromkeys(symbols)), length)
        frame = self.standardize(raw, length)
        self.validate(frame)
        return frame

    async def fetched(
        self,
        symbols: Sequence[str],
        start: Edge,
        end: Edge | None,
        resolution: Resolution,
        after: Mapping[str, Edge] | None = None,
    ) -> pl.DataFrame:
        """Bars in the standard form; the symbols of the options are gathered together."""
        if self._frame is None or not self._left.issuperset(symbols):
            everything = sorted({*self.options.symbols, *symbols})
            self._frame = await self._gathered(everything, resolution)
            self._left = set(everything)
        try:
            return await super().fetched(symbols, start, end, resolution, after)
        finally:
            self._left.difference_update(symbols)
            if not self._left:
                self._frame = None

    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """What was gathered of some symbols."""
        assert self._frame is not None, "it is gathered before"
        return self._frame.filter(pl.col("symbol").is_in(list(symbols)))

    async def _gathered(self, symbols: Sequence[str], resolution: Resolution) -> pl.DataFrame:
        """Gather, and tell what came of it."""
        streams = {}
        for number, url in enumerate(self._urls()):
            stream = WebSocketStream(
                url,
                {name: self.options.own[name] for name in OPTIONS},
                rules=self._link_rules,
                timer=self.timer,
                on_state=lambda state: _log.info("connection", **_facts(state)),
            )
            await stream.subscribe(symbols)
            streams[redacted(url) or f"stream {number}"] = stream
        builder = self._builder(self.calendar_of(symbols), resolution)
        self._gatherer = Gatherer(streams, builder, self._gather_rules(), self.timer)
        bars, self.report = await self._gatherer.gather()
        _log.info("gathered", source=self.name, bars=self.report.bars, by=self.report.ended_by)
        return _frame(bars, resolution)

    def _urls(self) -> list[str]:
        found = [part.strip() for part in self.location.split(",") if part.strip()]
        return list(dict.fromkeys(found)) or [""]

    def _builder(
        self, calendar: TradingCalendar | None, resolution: Resolution | None = None
    ) -> BarBuilder:
        own = self.options.own
        ahead = timedelta(minutes=1) if own["clock"] == "timer" else None
        return BarBuilder(
            resolution or self.options.resolution,
            calendar=calendar,
            of=own["of"] if self._protocol.kind == "bar" else None,
            prices=own["prices"],  # type: ignore[arg-type] # checked there
            late=LateRules(
                wait=timedelta(seconds=_seconds("wait", own["wait"])),
                policy=own["late"],  # type: ignore[arg-type] # checked there
                ahead=ahead,
            ),
            empty=_is_yes("empty", own["empty"]),
        )

    def _gather_rules(self) -> GatherRules:
        own = self.options.own
        if own["clock"] not in ("timer", "event"):
            raise InvalidArgument(field="clock", value=own["clock"], reason="give timer or event")
        return GatherRules(
            seconds=_seconds("duration", own["duration"]) if own["duration"] else None,
            bars=self._count("bars"),
            by_timer=own["clock"] == "timer",
            patience_s=_PATIENCE_S,
        )

    def _count(self, name: str) -> int | None:
        text = self.options.own[name]
        if not text:
            return None
        if not text.isdecimal() or not int(text):
            raise InvalidArgument(field=name, value=text, reason="give a whole number above 0")
        return int(text)

    def _served(self, resolution: Resolution) -> None:
        if not resolution.is_intraday and resolution != SESSION:
            raise ResolutionNotServed(
                source=self.name, resolution=str(resolution), served="100ms to 1d"
            )


def _frame(bars: Sequence[Bar], resolution: Resolution) -> pl.DataFrame:
    """Bars as a frame of texts, which keep every digit."""
    label = label_name(resolution)
    moments: pl.Series
    if resolution.is_intraday:
        moments = pl.Series(label, [bar.at for bar in bars], dtype=pl.Int64)
        moments = moments.cast(pl.Datetime("ns", "UTC"))
    else:
        moments = pl.Series(label, [bar.session for bar in bars], dtype=pl.Date)
    names = (*BAR_FIELDS, *(side for side in ("bid", "ask") if _has(bars, side)))
    texts = [
        pl.Series(name, [_text(getattr(bar, name)) for bar in bars], dtype=pl.String)
        for name in names
    ]
    symbols = pl.Series("symbol", [bar.symbol for bar in bars], dtype=pl.String)
    return pl.DataFrame([moments, symbols, *texts])


def _has(bars: Sequence[Bar], name: str) -> bool:
    return any(getattr(bar, name) is not None for bar in bars)


def _text(value: object) -> str | None:
    return None if value is None else f"{value:f}"


def _facts(state: object) -> dict[str, object]:
    names = ("phase", "failures", "connections", "wait_s", "reason")
    return {name: getattr(state, name) for name in names if getattr(state, name)}


def _seconds(name: str, text: str) -> float:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise InvalidArgument(field=name, value=text, reason="write it as 500ms, 90s, 10m or 8h")
    return float(found[1]) * _SECONDS[found[2]]


def _is_yes(name: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise InvalidArgument(field=name, value=text, reason="give yes or no")
    return text == "yes"
