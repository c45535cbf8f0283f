"""Live streams of market data: what one is, and how it becomes bars.

A stream yields trades, quotes, bars and watermarks in the market's own time. `BarBuilder` makes
bars of them, `Merger` makes one stream of several, `fill_gaps` finds what is missing by the
numbers of messages. A plugin of the group ``rustybt.streams`` opens a `DataStream`.
"""

from rustybt.streams.builder import BarBuilder, Prices
from rustybt.streams.counts import BuilderCounts
from rustybt.streams.events import Bar, MarketEvent, Quote, Trade, Watermark
from rustybt.streams.grid import BarGrid, ClockGrid, SessionGrid, Span, grid_of
from rustybt.streams.late import LatePolicy, LateRules

__all__ = [
    "Bar",
    "BarBuilder",
    "BarGrid",
    "BuilderCounts",
    "ClockGrid",
    "LatePolicy",
    "LateRules",
    "MarketEvent",
    "Prices",
    "Quote",
    "SessionGrid",
    "Span",
    "Trade",
    "Watermark",
    "grid_of",
]
