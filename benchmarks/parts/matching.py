"""Limit orders, market orders and cancellations through an order book."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from benchmarks.drivers.task import Outcome
from benchmarks.parts.plain_book import CANCEL, LIMIT, MARKET, Event, PlainBook

TICK: Final = Decimal("0.01")
FURTHEST: Final = 20
SHARES: Final = {LIMIT: 0.6, MARKET: 0.15, CANCEL: 0.25}
_SEED: Final = 6


def commands(count: int) -> pl.DataFrame:
    """Orders around a price that wanders, and cancellations of any earlier order.

    Prices are whole ticks. A quarter of the limit orders can trade at once, about; a cancelled
    order may be gone.
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    asked = rng.choice(list(SHARES), count, p=list(SHARES.values()))
    ids = np.arange(1, count + 1)
    side = rng.choice((1, -1), count)
    middle = 10_000 + np.cumsum(rng.integers(-1, 2, count))
    away = rng.integers(-FURTHEST // 3, FURTHEST + 1, count)
    return pl.DataFrame(
        {
            "asked": asked,
            "order": np.where(asked == CANCEL, rng.integers(1, ids + 1), ids),
            "side": side,
            "price": middle - side * away,
            "size": rng.integers(1, 101, count),
        }
    )


def in_rust(count: int) -> Callable[[], Callable[[], Outcome]]:
    """`rustybt_rs.OrderBook`, all commands in one call."""
    from rustybt_rs.order_book import Command, OrderBook, OrderKind

    frame = commands(count)
    cancels, is_limit = frame["asked"] == CANCEL, frame["asked"] == LIMIT
    hundredth = pl.lit(TICK, pl.Decimal(4, 2))
    columns = frame.select(
        pl.when(cancels).then(int(Command.CANCEL)).otherwise(int(Command.SUBMIT)).alias("command"),
        pl.int_range(pl.len()).alias("at"),
        "order",
        pl.when(~cancels).then("side").alias("side"),
        pl.when(~cancels)
        .then(pl.when(is_limit).then(int(OrderKind.LIMIT)).otherwise(int(OrderKind.MARKET)))
        .alias("kind"),
        pl.when(is_limit)
        .then((pl.col("price") * hundredth).cast(pl.Decimal(18, 2)))
        .alias("price"),
        pl.when(~cancels).then("size").alias("size"),
    ).cast({"command": pl.Int64, "kind": pl.Int64})
    given: Any = columns.to_dict()

    def run() -> Callable[[], Outcome]:
        book = OrderBook(tick=TICK, lot=1)
        return partial(_outcome_of_columns, book.apply(given))

    return run


def in_python(count: int) -> Callable[[], Callable[[], Outcome]]:
    """A book of Decimals in Python, which makes the same events."""
    rows = [
        (asked, order, side, price * TICK, Decimal(size))
        for asked, order, side, price, size in commands(count).rows()
    ]
    return lambda: partial(_outcome_of_events, PlainBook().apply(rows))


def _outcome_of_columns(columns: dict[str, Any]) -> Outcome:
    from rustybt_rs.order_book import EventKind

    frame = pl.DataFrame({name: pl.Series(columns[name]) for name in ("event", "price", "size")})
    trades = frame.filter(pl.col("event") == int(EventKind.TRADE))
    paid = sum(price * size for price, size in trades.select("price", "size").iter_rows())
    return Outcome(fills=trades.height, final_value=float(paid), read=float(frame.height))


def _outcome_of_events(events: list[Event]) -> Outcome:
    trades = [event for event in events if event[1] == "trade"]
    paid = sum(price * size for *_, price, size, _ in trades)
    return Outcome(fills=len(trades), final_value=float(paid), read=float(len(events)))
