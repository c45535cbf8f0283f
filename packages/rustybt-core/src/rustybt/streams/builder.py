"""Streams to bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from heapq import heappop, heappush
from typing import Final, Literal, get_args

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt.streams.counts import BuilderCounts
from rustybt.streams.events import Bar, MarketEvent, Quote, Trade, Watermark
from rustybt.streams.filling import EmptyBars
from rustybt.streams.gathering import BarGathering, Gathering
from rustybt.streams.grid import Span, grid_of
from rustybt.streams.late import LateRules
from rustybt.values import KERNEL_CONTEXT

Prices = Literal["trade", "mid", "bid", "ask"]
"""What the prices of bars are; see `BarBuilder`."""

_NEVER: Final = 2**63
_TWO: Final = Decimal(2)
_IN_ORDER: Final = LateRules()


class BarBuilder:
    """Makes bars of the events of one stream, for any number of symbols.

    A bar holds what happened at ``start < at <= end`` and is labelled by its end; a trade at the
    very moment of an open belongs to the first bar, unless another one ends then. A bar is emitted
    once its end and the lateness after it have passed on the clock of the stream: that of its
    events, or a `Watermark`. Of events that come out of order meanwhile it is the same bar as of
    those in order: the open is the earliest price, the close the latest, where times are equal by
    the number of the message, or else by arrival. Figures are exact. Bars come out by label, those
    of one label by symbol; one in which nothing was traded is left out unless `empty` is set.

    Args:
        resolution: Length of the bars, 100ms to 1d.
        calendar: Whose sessions bars are counted in, see `rustybt.streams.SessionGrid`; without
            one they are counted around the clock from midnight in UTC.
        of: Length of the bars that the stream consists of, where it has bars; theirs has to
            divide that of the result. Incomplete bars among them are replaced by later ones.
        prices: What the prices of a bar are: those of trades, or of quotes their middle, their
            bids or their asks. Trades make the volume in any case, quotes `Bar.bid` and `Bar.ask`.
        late: How long bars wait, and what happens to what comes later.
        empty: Whether bars without a trade are emitted after the first one, at the last close. A
            revision of a bar does not change the empty ones after it.
        on_late: Told of every event that is left out because it is late.

    Raises:
        InvalidArgument: Resolutions do not fit, or a number is negative.
    """

    def __init__(
        self,
        resolution: Resolution | str,
        *,
        calendar: TradingCalendar | None = None,
        of: Resolution | str | None = None,
        prices: Prices = "trade",
        late: LateRules = _IN_ORDER,
        empty: bool = False,
        on_late: Callable[[MarketEvent], object] | None = None,
    ) -> None:
        self.resolution: Final = Resolution.parse(resolution)
        self._grid: Final = grid_of(self.resolution, calendar)
        self._of_bars: Final = of is not None
        if of is not None:
            _check_parts(self.resolution, Resolution.parse(of))
        self._prices: Final = _checked(prices)
        self._lateness: Final = late.wait_ns
        self._ahead: Final = late.ahead_ns
        self._restates: Final = late.policy == "restate"
        self._keep: Final = late.keep
        self._empty: Final = EmptyBars(self._grid) if empty else None
        self._on_late: Final = on_late
        self._counts: Final[Counter[str]] = Counter()
        self._arrivals = 0
        self._passed = -_NEVER
        self._watermark: int | None = None
        self._wake = _NEVER
        self._due: Final[list[tuple[int, str]]] = []
        self._open: Final[dict[tuple[str, int], Gathering | BarGathering]] = {}
        self._latest: Final[dict[str, Gathering | BarGathering]] = {}
        self._kept: Final[dict[str, dict[int, Gathering | BarGathering]]] = {}

    @property
    def counts(self) -> BuilderCounts:
        """What became of the events so far."""
        return BuilderCounts(**self._counts)

    def add(self, event: MarketEvent) -> list[Bar]:
        """Take an event into account.

        Returns:
            The bars that are over because of it, and the revision that it makes.

        Raises:
            InvalidArgument: It is a bar and `of` was not given, or the other way round.
        """
        if isinstance(event, Watermark):
            return self.advance(event.at)
        if isinstance(event, Bar) is not self._of_bars:
            _refuse(event)
        at = event.at
        if self._is_ahead(at):
            self._counts["ahead"] += 1
            return []
        if at > self._passed:
            self._passed = at - 1
        limit = self._passed - self._lateness
        bars = self._emit(limit) if limit >= self._wake else []
        gathering = self._latest.get(event.symbol)
        if gathering is None or not gathering.span.start < at <= gathering.span.end:
            span = self._grid.span(at, from_begin=not self._of_bars)
            if span is None:
                self._counts["outside"] += 1
                return bars
            if span.end <= limit:
                return bars + self._take_late(event, span)
            gathering = self._opened(event.symbol, span)
        self._counts[self._absorb(gathering, event)] += 1
        return bars

    def advance(self, at: int) -> list[Bar]:
        """Let time pass: nothing that happened up to this moment is still to come.

        Args:
            at: The moment, in ns since 1970-01-01 UTC; one in the past has no effect.

        Returns:
            The bars that are over.
        """
        if self._watermark is None or at > self._watermark:
            self._watermark = at
        self._passed = max(self._passed, at)
        limit = self._passed - self._lateness
        return self._emit(limit) if limit >= self._wake else []

    def finish(self) -> list[Bar]:
        """The bars that are not over when the stream ends; they are marked as not complete."""
        found = [self._open[symbol, end].bar(complete=False) for end, symbol in sorted(self._due)]
        self._due.clear()
        self._open.clear()
        self._latest.clear()
        return [bar for bar in found if bar is not None]

    # ------------------------------------------------------------------ private

    def _is_ahead(self, at: int) -> bool:
        if self._ahead is None or self._watermark is None:
            return False
        return at > self._watermark + self._ahead

    def _opened(self, symbol: str, span: Span) -> Gathering | BarGathering:
        """The bar that is gathered for a time, a new one if need be."""
        gathering = self._open.get((symbol, span.end))
        if gathering is None:
            gathering = self._new(symbol, span)
            self._open[symbol, span.end] = gathering
            heappush(self._due, (span.end, symbol))
            self._wake = min(self._wake, span.end)
        if span.whole:
            self._latest[symbol] = gathering
        return gathering

    def _new(self, symbol: str, span: Span) -> Gathering | BarGathering:
        return BarGathering(symbol, span) if self._of_bars else Gathering(symbol, span)

    def _absorb(
        self, gathering: Gathering | BarGathering, event: Trade | Quote | Bar
    ) -> Literal["accepted", "repeated", "restated"]:
        """Add an event to the bar it belongs to, and say what became of it."""
        if gathering.holds(event):
            return "repeated"
        if isinstance(event, Bar):
            assert isinstance(gathering, BarGathering), "a builder has bars of one kind"
            return "restated" if gathering.add(event) else "accepted"
        assert isinstance(gathering, Gathering), "a builder has bars of one kind"
        self._arrivals += 1
        key = (event.at, event.sequence or 0, self._arrivals)
        if isinstance(event, Quote):
            gathering.quote(key, event)
            if self._prices != "trade":
                gathering.price(key, _price_of(event, self._prices))
            return "accepted"
        gathering.trade(event)
        if self._prices == "trade":
            gathering.price(key, event.price)
        return "accepted"

    def _take_late(self, event: Trade | Quote | Bar, span: Span) -> list[Bar]:
        """What becomes of an event whose bar was emitted."""
        kept = self._kept.setdefault(event.symbol, {})
        gathering = kept.get(span.end)
        if gathering is not None and gathering.holds(event):
            self._counts["repeated"] += 1
            return []
        forgotten = gathering is None and len(kept) == self._keep and span.end < min(kept)
        if forgotten or not self._restates:
            self._counts["late"] += 1
            if self._on_late is not None:
                self._on_late(event)
            return []
        if gathering is None:
            gathering = self._new(event.symbol, span)
            self._remember(gathering)
        self._absorb(gathering, event)
        self._counts["reopened"] += 1
        gathering.revision += 1
        revision = gathering.bar(complete=True)
        return [] if revision is None else [revision]

    def _emit(self, limit: int) -> list[Bar]:
        """The bars up to a label, which is over."""
        bars = []
        while self._due and self._due[0][0] <= limit:
            end, symbol = heappop(self._due)
            gathering = self._open.pop((symbol, end))
            if self._latest.get(symbol) is gathering:
                del self._latest[symbol]
            self._remember(gathering)
            bar = gathering.bar(complete=True)
            if bar is not None:
                bars.append(bar)
        if self._empty is not None:
            bars = self._empty.filled(bars, limit)
        self._counts["bars"] += len(bars)
        self._wake = self._next_label()
        return bars

    def _next_label(self) -> int:
        """The label of the next bar to emit."""
        due = self._due[0][0] if self._due else _NEVER
        empty = None if self._empty is None else self._empty.next_label()
        return due if empty is None else min(due, empty)

    def _remember(self, gathering: Gathering | BarGathering) -> None:
        """Keep an emitted bar for a while, for what comes late."""
        kept = self._kept.setdefault(gathering.symbol, {})
        kept[gathering.span.end] = gathering
        if len(kept) > self._keep:
            del kept[min(kept)]


def _price_of(quote: Quote, prices: Prices) -> Decimal:
    """The price that a quote stands for; the middle is exact."""
    if prices == "bid":
        return quote.bid
    if prices == "ask":
        return quote.ask
    return KERNEL_CONTEXT.divide(KERNEL_CONTEXT.add(quote.bid, quote.ask), _TWO)


def _check_parts(resolution: Resolution, of: Resolution) -> None:
    """Refuse bars that do not fit into those that are to be made of them."""
    if not of.adds_up_to(resolution):
        raise InvalidArgument(
            field="of", value=str(of), reason=f"give a length that divides {resolution}"
        )


def _refuse(event: MarketEvent) -> None:
    what = type(event).__name__
    if isinstance(event, Bar):
        reason = "say the resolution of the stream's bars with of=..."
    else:
        reason = "this builder was made for bars; leave out of=..."
    raise InvalidArgument(field="event", value=what, reason=reason)


def _checked(prices: Prices) -> Prices:
    known = get_args(Prices)
    if prices not in known:
        raise InvalidArgument(
            field="prices", value=prices, reason=f"give one of {', '.join(known)}"
        )
    return prices
