"""The order book under numbers and bytes that nobody chose: events or an error, never a panic."""

from contextlib import suppress
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs import InvalidInputError, NumberTooLargeError  # noqa: E402
from rustybt_rs.order_book import FeedCancels, OrderBook, SelfTrade, Side  # noqa: E402

words = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-3, 12), st.none())


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(("command", "at", "order", "side", "kind", "price"), words)
            | dict.fromkeys(("size", "stop", "visible", "time_in_force", "post_only"), words)
            | {"owner": words}
        ),
        min_size=1,
        max_size=20,
    ),
    self_trade=st.sampled_from(SelfTrade),
)
def test_any_numbers_give_events_or_an_error(
    rows: list[dict[str, int | None]], self_trade: SelfTrade
) -> None:
    book = OrderBook(tick=1, lot=1, self_trade=self_trade)
    schema = dict.fromkeys(rows[0], pl.Int64)
    for row in rows:  # one at a time, so that an error ends one row alone
        with suppress(InvalidInputError, NumberTooLargeError):
            book.apply(pl.DataFrame([row], schema=schema))
    assert sum(level.orders for level in book.bids()) == len(book.orders(Side.BUY))
    assert len(book.levels()["level"]) == max(len(book.bids()), len(book.asks()))


COLUMNS = ("command", "at", "order", "side", "kind", "price", "size", "stop", "visible")


@given(data=st.binary(max_size=400), scale=st.integers(0, 38), gaps=st.binary(min_size=4))
def test_any_bytes_are_columns(data: bytes, scale: int, gaps: bytes) -> None:
    """What lies in memory is read as numbers, whatever it is."""
    book = OrderBook(tick=Decimal("0.01"), lot=1)
    length = len(data) // 16
    places: list[pa.Buffer | None] = [pa.py_buffer(gaps) if length <= 32 else None]
    buffers = [*places, pa.py_buffer(data)]
    wide = pa.Array.from_buffers(pa.decimal128(38, scale), length, buffers)
    narrow = pa.Array.from_buffers(pa.int64(), length, buffers)
    decimals = dict.fromkeys(("price", "size", "stop", "visible"), wide)
    with suppress(InvalidInputError, NumberTooLargeError):
        book.apply({**dict.fromkeys(COLUMNS, narrow), **decimals})
    assert len(book) <= length


small = st.integers(-1, 6)


@given(
    rows=st.lists(st.tuples(st.integers(0, 10), *[small] * (len(COLUMNS) - 1)), max_size=60),
    feed_cancels=st.sampled_from(FeedCancels),
)
def test_small_numbers_of_all_commands(
    rows: list[tuple[int, ...]], feed_cancels: FeedCancels
) -> None:
    """Feeds and orders of one's own at a few prices: sums agree, and no two books differ."""
    books = [OrderBook(tick=1, lot=1, feed_cancels=feed_cancels) for _ in range(2)]
    for row in rows:
        columns = {name: pl.Series([value]) for name, value in zip(COLUMNS, row, strict=True)}
        for book in books:
            with suppress(InvalidInputError):
                book.apply(columns)
    for side, levels in ((Side.BUY, books[0].bids()), (Side.SELL, books[0].asks())):
        orders = books[0].orders(side)
        assert sum(level.size for level in levels) == sum(order.shown for order in orders)
        assert books[1].orders(side) == orders
