from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, Protocol, Self, final

from rustybt_rs._book_records import (
    Event,
    FeedCancels,
    Level,
    OpenOrder,
    QueuePosition,
    SelfTrade,
    Side,
    TimeInForce,
)

VERSION: Final[str]

class ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class ArrowArray(Protocol):
    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...

ArrowColumn = ArrowStream | ArrowArray

class InvalidInputError(ValueError): ...
class NumberTooLargeError(OverflowError): ...
class KernelPanicError(RuntimeError): ...

@final
class Column:
    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...

def copy_column(column: ArrowColumn) -> Column: ...

# ---------------------------------------------------------------- simulation

@final
class SimulationKernel:
    def __new__(cls, parts: object) -> Self: ...
    @property
    def name(self) -> str: ...
    @property
    def idles(self) -> bool: ...
    def advance(self, at: int, session: int) -> Sequence[Any]: ...
    def enter(self, order: object, at: int) -> bool: ...

# ---------------------------------------------------------------- indicators

@final
class IndicatorState:
    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def outputs(self) -> tuple[str, ...]: ...
    @property
    def warm_up(self) -> int: ...
    def update(self, columns: Sequence[object], results: Sequence[object]) -> None: ...
    def copy(self) -> IndicatorState: ...

def make_indicator(name: str, parameters: Mapping[str, float]) -> IndicatorState | None: ...
def indicator_table() -> list[
    tuple[str, list[str], list[str], list[tuple[str, float, float, bool]]]
]: ...

# ---------------------------------------------------------------- order book

# The numbers are those of the members.
_Life = TimeInForce | Literal[0, 1, 2]
_Prevention = SelfTrade | Literal[0, 1, 2, 3]
_Fading = FeedCancels | Literal[0, 1]

class Columns(Protocol):
    """A mapping, a Polars frame or an Arrow table: names in order, and a column by its name."""

    def __iter__(self) -> Iterator[Any]: ...
    def __getitem__(self, name: str, /) -> ArrowColumn: ...

@final
class OrderBook:
    """An order book with price-time priority; its rules are those of `rustybt_rs.order_book`.

    Args:
        tick: the step of prices, such as `Decimal("0.01")`.
        lot: the step of sizes.
        self_trade: what happens when orders of one owner would trade with each other.
        feed_cancels: whose size goes first when a feed's level loses size without a trade.

    Raises:
        InvalidInputError: for a step that is none.
    """

    def __new__(
        cls,
        *,
        tick: Decimal | int,
        lot: Decimal | int,
        self_trade: _Prevention = 0,
        feed_cancels: _Fading = 0,
    ) -> Self: ...
    def __len__(self) -> int:
        """How many orders are open, with stops that wait and orders of a feed."""

    def limit(
        self,
        order: int,
        side: Side,
        price: Decimal | int,
        size: Decimal | int,
        *,
        at: int,
        time_in_force: _Life = 0,
        post_only: bool = False,
        visible: Decimal | int | None = None,
        owner: int = 0,
    ) -> tuple[Event, ...]:
        """Take in a limit order: it trades at its price or better, then rests.

        Args:
            order: its id, above zero; an open order with the same id gets it rejected.
            side: buy or sell.
            price: its limit.
            size: above zero.
            at: time in nanoseconds; priority is by arrival, not by this.
            time_in_force: GTC, IOC or FOK; a limit order is GTC without it.
            post_only: whether it is rejected rather than traded on entry.
            visible: of an iceberg, the slice that the book shows; at most 10,000 slices.
            owner: whose it is, for self-trade prevention; zero opts out.

        Raises:
            InvalidInputError: off the tick or the lot, or terms that contradict each other.
        """

    def market(
        self,
        order: int,
        side: Side,
        size: Decimal | int,
        *,
        at: int,
        time_in_force: _Life = 1,
        owner: int = 0,
    ) -> tuple[Event, ...]:
        """Take in a market order: it trades at any price; what is left expires.

        With FOK it trades whole or not at all; otherwise as `limit`.
        """

    def stop(
        self,
        order: int,
        side: Side,
        stop: Decimal | int,
        size: Decimal | int,
        *,
        at: int,
        time_in_force: _Life = 1,
        owner: int = 0,
    ) -> tuple[Event, ...]:
        """Take in an order that becomes a market order when a trade reaches its stop price."""

    def stop_limit(
        self,
        order: int,
        side: Side,
        stop: Decimal | int,
        price: Decimal | int,
        size: Decimal | int,
        *,
        at: int,
        time_in_force: _Life = 0,
        post_only: bool = False,
        visible: Decimal | int | None = None,
        owner: int = 0,
    ) -> tuple[Event, ...]:
        """Take in an order that becomes a limit order when a trade reaches its stop price.

        A post-only one expires if it would trade when it becomes active.
        """

    def cancel(self, order: int, *, at: int) -> tuple[Event, ...]:
        """Take out what is open of an order."""

    def replace(
        self,
        order: int,
        *,
        at: int,
        price: Decimal | int | None = None,
        size: Decimal | int | None = None,
        stop: Decimal | int | None = None,
    ) -> tuple[Event, ...]:
        """Give an order other figures; a smaller size alone keeps its place.

        Args:
            order: its id.
            at: time in nanoseconds.
            price: its new limit; None leaves it.
            size: what is to be open of it, shown and hidden; None leaves it.
            stop: its new stop price, if it waits for one; None leaves it.
        """

    def apply(self, columns: Columns) -> dict[str, Column]:
        """Run many commands in one call, without the interpreter's lock.

        All rows are read before the first is carried out: a row that means nothing raises an
        error with its number and the book is as it was.

        Args:
            columns: "command" (numbers of `Command`) and "at", and what the commands need:
                "order", "side", "kind", "price", "size", "stop", "visible", "time_in_force",
                "post_only" (0 or 1), "owner". Prices and sizes are decimals or whole numbers, the
                others whole numbers (Int64); a null is the default. "size" is a change for
                FEED_CHANGE. Rows of FEED_SNAPSHOT that follow each other at one time are one
                snapshot.

        Returns:
            The events as columns: "row" (of the command, from 0), "event" (numbers of
            `EventKind`), "order" (the taker of a trade), "maker", "side" (the taker's), "price",
            "size", "reason" (numbers of `Reason`), "kept_place" (0 or 1) and "at"; null where an
            event has no such field. Numbers of enumerations and "kept_place" are Int8.
        """

    @property
    def best_bid(self) -> Level | None:
        """The highest bid."""

    @property
    def best_ask(self) -> Level | None:
        """The lowest ask."""

    @property
    def last_price(self) -> Decimal | None:
        """Price of the last trade."""

    def bids(self, depth: int | None = None) -> list[Level]:
        """The best bids, the highest first; all without a depth."""

    def asks(self, depth: int | None = None) -> list[Level]:
        """The best asks, the lowest first; all without a depth."""

    def levels(self, depth: int | None = None) -> dict[str, Column]:
        """Both sides as columns: "level", then "bid_" and "ask_" with "price", "size", "orders"."""

    def orders(self, side: Side) -> list[OpenOrder]:
        """The resting orders of a side in the order in which they would trade."""

    def queue(self, side: Side, price: Decimal | int) -> list[OpenOrder]:
        """The orders at a price, the first in the queue first."""

    def stops(self, side: Side) -> list[OpenOrder]:
        """The orders of a side that wait for their stop price, the nearest first."""

    def find(self, order: int) -> OpenOrder | None:
        """An open order of one's own."""

    def position(self, order: int) -> QueuePosition | None:
        """What is ahead of an order at its price; None unless it rests."""

    def cost(self, side: Side, size: Decimal | int) -> Decimal | None:
        """What a market order would pay or get for what is shown; None where that is too little."""

    def feed_level(
        self, side: Side, price: Decimal | int, size: Decimal | int, *, at: int
    ) -> tuple[Event, ...]:
        """The feed shows this size at a price, zero for none.

        More of it stands behind all that is there. What is gone and was no `feed_trade` before is
        taken as cancelled, as `feed_cancels` of the book says. More that crosses one's own resting
        orders trades with them.
        """

    def feed_change(
        self, side: Side, price: Decimal | int, change: Decimal | int, *, at: int
    ) -> tuple[Event, ...]:
        """The feed shows this much more or, below zero, less at a price; as `feed_level`."""

    def feed_snapshot(
        self,
        bids: Iterable[tuple[Decimal | int, Decimal | int]],
        asks: Iterable[tuple[Decimal | int, Decimal | int]],
        *,
        at: int,
    ) -> tuple[Event, ...]:
        """The feed shows these levels, as (price, size), and no others."""

    def feed_trade(
        self, side: Side, price: Decimal | int, size: Decimal | int, *, at: int
    ) -> tuple[Event, ...]:
        """Somebody came in on a side and traded: the queue is taken from its front.

        One's own orders at better prices trade first, at their price; never more than the
        trade's size in all. Give it before the update of the level that it explains.
        """

    def feed_add(
        self, order: int, side: Side, price: Decimal | int, size: Decimal | int, *, at: int
    ) -> tuple[Event, ...]:
        """An order of the feed comes to rest; its ids are apart from one's own."""

    def feed_modify(
        self, order: int, size: Decimal | int, *, at: int, price: Decimal | int | None = None
    ) -> tuple[Event, ...]:
        """An order of the feed has another size or price; less at its price keeps its place."""

    def feed_cancel(
        self, order: int, *, at: int, size: Decimal | int | None = None
    ) -> tuple[Event, ...]:
        """An order of the feed is cancelled, or a part of it."""

    def feed_execute(self, order: int, size: Decimal | int, *, at: int) -> tuple[Event, ...]:
        """An order of the feed traded: one's own before it in the queue trade first."""

# ---------------------------------------------------------------- vectors

# See rustybt_rs.vectors. A number is its coefficient and its scale.
def vector_sum(column: ArrowColumn) -> tuple[int, int] | None: ...
def vector_mean(column: ArrowColumn, scale: int | None) -> tuple[int, int] | None: ...
def vector_minimum(column: ArrowColumn) -> tuple[int, int] | None: ...
def vector_maximum(column: ArrowColumn) -> tuple[int, int] | None: ...
def vector_variance(
    column: ArrowColumn, ddof: int, scale: int | None
) -> tuple[int, int] | None: ...
def vector_standard_deviation(
    column: ArrowColumn, ddof: int, scale: int | None
) -> tuple[int, int] | None: ...
def vector_covariance(
    column: ArrowColumn, other: ArrowColumn, ddof: int, scale: int | None
) -> tuple[int, int] | None: ...
def vector_correlation(
    column: ArrowColumn, other: ArrowColumn, scale: int | None
) -> tuple[int, int] | None: ...
def vector_quantile(
    column: ArrowColumn, q: tuple[int, int], interpolation: str, scale: int | None
) -> tuple[int, int] | None: ...
def vector_dot(
    column: ArrowColumn, other: ArrowColumn, scale: int, rounding: str
) -> tuple[int, int] | None: ...
def vector_decimals(column: ArrowColumn, scale: int) -> Column: ...
def vector_coefficients(column: ArrowColumn) -> Column: ...
def vector_cumulative_sum(column: ArrowColumn) -> Column: ...
def vector_cumulative_minimum(column: ArrowColumn) -> Column: ...
def vector_cumulative_maximum(column: ArrowColumn) -> Column: ...
def vector_cumulative_product(column: ArrowColumn, scale: int | None) -> Column: ...
def vector_difference(column: ArrowColumn, periods: int) -> Column: ...
def vector_percentage_change(column: ArrowColumn, periods: int, scale: int | None) -> Column: ...
def vector_ewm_mean(column: ArrowColumn, alpha: tuple[int, int], scale: int | None) -> Column: ...
def vector_multiply(
    column: ArrowColumn, other: ArrowColumn | tuple[int, int], scale: int, rounding: str
) -> Column: ...
def vector_divide(
    column: ArrowColumn, other: ArrowColumn | tuple[int, int], scale: int, rounding: str
) -> Column: ...
def vector_round(column: ArrowColumn, scale: int, rounding: str) -> Column: ...
def vector_rolling_sum(column: ArrowColumn, window: int, min_periods: int | None) -> Column: ...
def vector_rolling_minimum(column: ArrowColumn, window: int, min_periods: int | None) -> Column: ...
def vector_rolling_maximum(column: ArrowColumn, window: int, min_periods: int | None) -> Column: ...
def vector_rolling_mean(
    column: ArrowColumn, window: int, scale: int | None, min_periods: int | None
) -> Column: ...
def vector_rolling_variance(
    column: ArrowColumn, window: int, ddof: int, scale: int | None, min_periods: int | None
) -> Column: ...
def vector_rolling_standard_deviation(
    column: ArrowColumn, window: int, ddof: int, scale: int | None, min_periods: int | None
) -> Column: ...
def vector_rolling_zscore(
    column: ArrowColumn, window: int, ddof: int, scale: int | None, min_periods: int | None
) -> Column: ...
def vector_rolling_quantile(
    column: ArrowColumn,
    window: int,
    q: tuple[int, int],
    interpolation: str,
    scale: int | None,
    min_periods: int | None,
) -> Column: ...
def vector_rolling_covariance(
    column: ArrowColumn,
    other: ArrowColumn,
    window: int,
    ddof: int,
    scale: int | None,
    min_periods: int | None,
) -> Column: ...
def vector_rolling_correlation(
    column: ArrowColumn,
    other: ArrowColumn,
    window: int,
    scale: int | None,
    min_periods: int | None,
) -> Column: ...

# ------------------------------------------------------------------ sweep

_Number = tuple[int, int]
_Held = tuple[_Number, _Number, bool]

@final
class SweepMarket:
    def __new__(
        cls,
        assets: Sequence[tuple[Mapping[str, ArrowColumn], _Number]],
        sessions: ArrowColumn | None = None,
    ) -> SweepMarket: ...
    @property
    def shape(self) -> tuple[int, int, int]: ...

@final
class SweepSignals:
    @staticmethod
    def from_arrays(
        market: SweepMarket,
        arrays: Sequence[memoryview],
        sets: int,
        every_bar: bool,
        units: bool,
    ) -> SweepSignals: ...
    @staticmethod
    def from_columns(
        market: SweepMarket,
        sets: Sequence[Sequence[ArrowColumn]],
        every_bar: bool,
        units: bool,
    ) -> SweepSignals: ...
    @staticmethod
    def switches(entries: SweepSignals, exits: SweepSignals, side: _Held) -> SweepSignals: ...
    @staticmethod
    def cross(
        market: SweepMarket,
        kind: str,
        fast: Sequence[int],
        slow: Sequence[int],
        side: _Held,
    ) -> SweepSignals: ...
    @staticmethod
    def strength(
        market: SweepMarket,
        window: Sequence[int],
        lower: Sequence[float],
        upper: Sequence[float],
        side: _Held,
    ) -> SweepSignals: ...
    @staticmethod
    def breakout(
        market: SweepMarket,
        entries: Sequence[int],
        exits: Sequence[int],
        side: _Held,
    ) -> SweepSignals: ...
    def __len__(self) -> int: ...

@final
class SweepRun:
    def __new__(
        cls,
        market: SweepMarket,
        signals: SweepSignals,
        weights: bool,
        capital: _Number,
        fill_at: str,
        cancels: bool,
        slippage: tuple[str, Sequence[_Number]],
        commission: tuple[str, Sequence[_Number | None]],
    ) -> SweepRun: ...
    def __len__(self) -> int: ...
    def compute(self, first: int, end: int, threads: int) -> None: ...
    def columns(self) -> dict[str, Column]: ...
    def equity(self, number: int) -> Column: ...
    def trades(self, number: int) -> dict[str, Column]: ...

# ---------------------------------------------------------------- valuation

def value_positions(
    columns: tuple[ArrowColumn, ArrowColumn],
    scales: tuple[int, int],
    multipliers: tuple[ArrowColumn, ArrowColumn] | None,
    rates: tuple[ArrowColumn, ArrowColumn] | None,
    settled: ArrowColumn | None,
) -> tuple[Column, tuple[int, int, int, int, int, int, int]]: ...

# ---------------------------------------------------------------- resampling

def fold_bars(
    columns: tuple[ArrowColumn, ArrowColumn, ArrowColumn, ArrowColumn, ArrowColumn],
    starts: ArrowColumn,
) -> tuple[Column, Column, Column, Column, Column]: ...
def groups_by_length(
    at: ArrowColumn, length: int, origin: int, closed: str
) -> tuple[Column, Column]: ...
def groups_by_edges(at: ArrowColumn, edges: ArrowColumn, closed: str) -> tuple[Column, Column]: ...
