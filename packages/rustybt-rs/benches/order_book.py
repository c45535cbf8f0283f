"""How fast the order book is: 100,000 random commands beside a book in plain Python.

Run it with ``python packages/rustybt-rs/benches/order_book.py``. Both give the same trades, which
is asserted before a time counts. Prices walk, most orders come near the best price.
"""

import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from time import process_time
from typing import Any, NamedTuple

import polars as pl
from python_book import PythonBook
from rustybt_rs.order_book import Command, EventKind, OrderBook, OrderKind, TimeInForce

COMMANDS = 100_000
TICK = Decimal("0.01")
ROUNDS = 5


class Row(NamedTuple):
    """A command; `price` in ticks, `size` in lots."""

    command: int
    at: int
    order: int
    side: int | None = None
    kind: int | None = None
    price: int | None = None
    size: int | None = None
    time_in_force: int | None = None
    post_only: int | None = None


def drawn(count: int, seed: int = 7) -> list[Row]:
    """Commands: two of three are orders, the others cancels and replacements of recent ones."""
    random = Random(seed)
    middle, rows = 10_000, list[Row]()
    for number in range(1, count + 1):
        middle += random.choice((-1, 0, 0, 0, 1))
        draw, recent = random.random(), random.randrange(max(1, number - 400), number + 1)
        side = random.choice((1, -1))
        price = middle - side * int(random.expovariate(0.15)) + side * 2
        size = random.randrange(1, 100)
        if draw < 0.25:
            rows.append(Row(Command.CANCEL, number, recent))
        elif draw < 0.33:
            rows.append(Row(Command.REPLACE, number, recent, price=price, size=size))
        else:
            kind = OrderKind.MARKET if draw < 0.38 else OrderKind.LIMIT
            life = random.choices(list(TimeInForce), (90, 7, 3))[0]
            may_post = kind is OrderKind.LIMIT and life is TimeInForce.GTC
            post_only = int(may_post and random.random() < 0.05)
            rows.append(
                Row(Command.SUBMIT, number, number, side, kind, price, size, life, post_only)
            )
    return rows


def in_python(rows: Sequence[tuple[Any, ...]]) -> list[tuple[object, ...]]:
    """All events of the book in plain Python."""
    book, events = PythonBook(), list[tuple[object, ...]]()
    for command, at, order, side, kind, price, size, life, post_only in rows:
        if command == 0:
            events += book.submit(order, side, kind, price, size, life, post_only, at)
        elif command == 1:
            events += book.cancel(order, at)
        else:
            events += book.replace(order, price, size, at)
    return events


def table(rows: Sequence[Row]) -> pl.DataFrame:
    """The commands as columns, with prices in decimals."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(Row._fields, pl.Int64), orient="row")
    price = (pl.col("price").cast(pl.Decimal(38, 0)) * pl.lit(TICK)).cast(pl.Decimal(38, 2))
    return frame.with_columns(price.alias("price"))


def one_by_one(rows: Sequence[tuple[Any, ...]]) -> int:
    """The same by a call for each; how many events there were."""
    book, events = OrderBook(tick=TICK, lot=1), 0
    for command, at, order, side, kind, price, size, life, post_only in rows:
        if command == 1:
            events += len(book.cancel(order, at=at))
        elif command == 2:
            events += len(book.replace(order, at=at, price=price, size=size))
        elif kind == 1:
            events += len(book.market(order, side, size, at=at, time_in_force=life))
        else:
            events += len(
                book.limit(
                    order,
                    side,
                    price,
                    size,
                    at=at,
                    time_in_force=life,
                    post_only=bool(post_only),
                )
            )
    return events


def best(work: Callable[[], object]) -> float:
    """The shortest of some times, in seconds of the processor."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def trades(columns: pl.DataFrame) -> list[tuple[object, ...]]:
    """Maker, taker, ticks and lots of all trades."""
    found = columns.filter(pl.col("event") == EventKind.TRADE)
    ticks = (found["price"] / TICK).cast(pl.Int64)
    return list(zip(found["maker"], found["order"], ticks, found["size"], strict=True))


def main() -> None:
    """Check that both agree, then tell the times."""
    rows = drawn(COMMANDS)
    commands = table(rows)
    expected = in_python(rows)
    columns = OrderBook(tick=TICK, lot=1).apply(commands)
    events = pl.DataFrame({name: pl.Series(column) for name, column in columns.items()})
    ours = trades(events)
    theirs = [(e[1], e[2], e[4], e[5]) for e in expected if e[0] == "trade"]
    if ours != theirs or len(events) != len(expected):
        sys.exit("the two books differ: no time counts")
    single = commands.rows()
    decimals = commands.with_columns(pl.col("size").cast(pl.Decimal(38, 0))).rows()
    times = {
        "plain Python, ints": best(lambda: in_python(rows)),
        "plain Python, Decimals": best(lambda: in_python(decimals)),
        "apply, one call": best(lambda: OrderBook(tick=TICK, lot=1).apply(commands)),
        "a call each, Decimals": best(lambda: one_by_one(single)),
    }
    print(f"{COMMANDS:,} commands, {len(expected):,} events, {len(ours):,} trades")
    for name, seconds in times.items():
        ints, exact = (times[f"plain Python, {kind}"] / seconds for kind in ("ints", "Decimals"))
        speed = f"{seconds * 1e3:9.1f} ms{COMMANDS / seconds / 1e6:9.2f} M/s"
        print(f"{name:24}{speed}{ints:8.1f} x{exact:8.1f} x")


if __name__ == "__main__":
    main()
