"""Live streams of market data: what one is, and how it becomes bars.

A stream yields trades, quotes, bars and watermarks in the market's own time. `BarBuilder` makes
bars of them, `Merger` makes one stream of several, `fill_gaps` finds what is missing by the
numbers of messages. A plugin of the group ``rustybt.streams`` opens a `DataStream`.
"""

from rustybt.streams.buffers import WhenFull
from rustybt.streams.builder import BarBuilder, Prices
from rustybt.streams.counts import BuilderCounts
from rustybt.streams.events import Bar, MarketEvent, Quote, Trade, Watermark
from rustybt.streams.gaps import Backfill, Gap, SequenceCounts, SequenceTracker, fill_gaps
from rustybt.streams.grid import BarGrid, ClockGrid, SessionGrid, Span, grid_of
from rustybt.streams.late import LatePolicy, LateRules
from rustybt.streams.merging import MergeCounts, Merger
from rustybt.streams.protocol import DataStream, StreamPlugin
from rustybt.streams.reading import reading

__all__ = [
    "Backfill",
    "Bar",
    "BarBuilder",
    "BarGrid",
    "BuilderCounts",
    "ClockGrid",
    "DataStream",
    "Gap",
    "LatePolicy",
    "LateRules",
    "MarketEvent",
    "MergeCounts",
    "Merger",
    "Prices",
    "Quote",
    "SequenceCounts",
    "SequenceTracker",
    "SessionGrid",
    "Span",
    "StreamPlugin",
    "Trade",
    "Watermark",
    "WhenFull",
    "fill_gaps",
    "grid_of",
    "reading",
]
