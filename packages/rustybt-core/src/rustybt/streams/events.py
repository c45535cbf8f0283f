"""What a live stream of market data says: trades, quotes, bars, and how far time has come.

Every time is the market's own (event time), in nanoseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What was traded once.

    Attributes:
        symbol: What was traded.
        at: When.
        price: At which price.
        size: How much of it.
        id: The venue's name for the trade, unique for the symbol; empty where it gives none.
        sequence: The number of the message, where the venue counts them; it orders trades of one
            time, and a number that is left out tells of a loss.
    """

    symbol: str
    at: int
    price: Decimal
    size: Decimal
    id: str = ""
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The best prices at which one can trade from a moment on.

    Attributes:
        symbol: What they are the prices of.
        at: From when on they hold.
        bid: What buyers offer.
        ask: What sellers ask.
        bid_size: How much is offered; None where it is not said.
        ask_size: How much is asked for; None where it is not said.
        sequence: As for `Trade`.
    """

    symbol: str
    at: int
    bid: Decimal
    ask: Decimal
    bid_size: Decimal | None = None
    ask_size: Decimal | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of a stream.

    Attributes:
        symbol: What was traded.
        at: The label: when the bar ends. It holds what happened after its start, up to here.
        open: First price.
        high: Highest price.
        low: Lowest price.
        close: Last price.
        volume: Sum of the sizes of trades.
        bid: The newest bid in the bar, None without one.
        ask: The newest ask in the bar, None without one.
        session: The session that the bar belongs to, None where a venue made the bar.
        complete: Whether the bar was over when it was emitted.
        revision: 0 when a bar is emitted in its turn, and one more each time it is emitted again
            because of what came late. A bar that exists only because of that begins at 1.
        sequence: As for `Trade`.
    """

    symbol: str
    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    bid: Decimal | None = None
    ask: Decimal | None = None
    session: date | None = None
    complete: bool = True
    revision: int = 0
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """A tick of a timer: nothing that happened up to this moment is still to come.

    Attributes:
        at: The moment.
    """

    at: int


MarketEvent = Trade | Quote | Bar | Watermark
"""What streams yield."""
