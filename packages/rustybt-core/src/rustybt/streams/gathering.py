"""What has been gathered of a bar."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from rustybt.streams.events import Bar, Quote, Trade
from rustybt.streams.grid import Span
from rustybt.values import KERNEL_CONTEXT

Key = tuple[int, int, int]
"""What orders events: their time, their number in the stream, and when they arrived."""

_ZERO: Final = Decimal(0)
_NEVER: Final[Key] = (-(2**63), 0, 0)


class Gathering:
    """A bar that trades and quotes are added to, in any order.

    The result depends on the keys alone, not on the order of calls: the open is the price of the
    lowest key, the close that of the highest one.

    Args:
        symbol: Of the bar.
        span: Its time.
        revision: That of the next bar that is made of it.
    """

    __slots__ = (
        "_close_key",
        "_open_key",
        "_quote_key",
        "_seen",
        "ask",
        "bid",
        "close",
        "high",
        "low",
        "open",
        "revision",
        "span",
        "symbol",
        "volume",
    )

    def __init__(self, symbol: str, span: Span, revision: int = 0) -> None:
        self.symbol: Final = symbol
        self.span: Final = span
        self.revision = revision
        self.open: Decimal | None = None
        self.high = self.low = self.close = self.volume = _ZERO
        self.bid: Decimal | None = None
        self.ask: Decimal | None = None
        self._open_key = self._close_key = self._quote_key = _NEVER
        self._seen: set[str | int] = set()

    def holds(self, event: Trade | Quote | Bar) -> bool:
        """Whether a trade of the same id, or else of the same number, is in the bar."""
        return isinstance(event, Trade) and _name(event) in self._seen

    def trade(self, trade: Trade) -> None:
        """Add to the volume, and remember the trade by its id."""
        name = _name(trade)
        if name is not None:
            self._seen.add(name)
        self.volume = KERNEL_CONTEXT.add(self.volume, trade.size)

    def price(self, key: Key, price: Decimal) -> None:
        """Take a price into account."""
        if self.open is None:
            self.open = self.high = self.low = self.close = price
            self._open_key = self._close_key = key
            return
        if key < self._open_key:
            self.open, self._open_key = price, key
        if key > self._close_key:
            self.close, self._close_key = price, key
        if price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price

    def quote(self, key: Key, quote: Quote) -> None:
        """Take bid and ask into account: the newest ones stay."""
        if key > self._quote_key:
            self.bid, self.ask, self._quote_key = quote.bid, quote.ask, key

    def bar(self, *, complete: bool) -> Bar | None:
        """What has been gathered, None without a price."""
        if self.open is None:
            return None
        return Bar(
            symbol=self.symbol,
            at=self.span.end,
            open=self.open,
            high=self.high,
            low=self.low,
            close=self.close,
            volume=self.volume,
            bid=self.bid,
            ask=self.ask,
            session=self.span.session,
            complete=complete,
            revision=self.revision,
        )


class BarGathering:
    """A bar that is made of shorter ones, of which the newest version of each counts.

    Args:
        symbol: Of the bar.
        span: Its time.
        revision: That of the next bar that is made of it.
    """

    __slots__ = ("_parts", "revision", "span", "symbol")

    def __init__(self, symbol: str, span: Span, revision: int = 0) -> None:
        self.symbol: Final = symbol
        self.span: Final = span
        self.revision = revision
        self._parts: dict[int, Bar] = {}

    def holds(self, event: Trade | Quote | Bar) -> bool:
        """Whether a bar of the same label and figures is in this one."""
        known = self._parts.get(event.at)
        return isinstance(event, Bar) and known is not None and _figures(known) == _figures(event)

    def add(self, part: Bar) -> bool:
        """Take a shorter bar into account; whether it replaces one of the same label."""
        replaces = part.at in self._parts
        self._parts[part.at] = part
        return replaces

    def bar(self, *, complete: bool) -> Bar | None:
        """What has been gathered."""
        parts = [self._parts[at] for at in sorted(self._parts)]
        volume = _ZERO
        for part in parts:
            volume = KERNEL_CONTEXT.add(volume, part.volume)
        return Bar(
            symbol=self.symbol,
            at=self.span.end,
            open=parts[0].open,
            high=max(part.high for part in parts),
            low=min(part.low for part in parts),
            close=parts[-1].close,
            volume=volume,
            bid=_newest([part.bid for part in parts]),
            ask=_newest([part.ask for part in parts]),
            session=self.span.session,
            complete=complete,
            revision=self.revision,
        )


def _name(trade: Trade) -> str | int | None:
    """What tells a trade from others of its symbol, None where nothing does."""
    return trade.id or trade.sequence


def _figures(bar: Bar) -> tuple[Decimal | None, ...]:
    return bar.open, bar.high, bar.low, bar.close, bar.volume, bar.bid, bar.ask


def _newest(values: list[Decimal | None]) -> Decimal | None:
    return next((value for value in reversed(values) if value is not None), None)
