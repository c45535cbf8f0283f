"""What the order book refuses, and what its views and columns are."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import polars as pl
import pyarrow as pa
import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs import Column, InvalidInputError, NumberTooLargeError  # noqa: E402
from rustybt_rs.order_book import (  # noqa: E402
    NOBODY,
    Accepted,
    Command,
    Event,
    EventKind,
    Filled,
    Level,
    OpenOrder,
    OrderBook,
    OrderKind,
    QueuePosition,
    Side,
    TimeInForce,
    Trade,
)


def book_of_cents() -> OrderBook:
    return OrderBook(tick=Decimal("0.01"), lot=Decimal("0.5"))


def frame(columns: dict[str, Column]) -> pl.DataFrame:
    return pl.DataFrame({name: pl.Series(column) for name, column in columns.items()})


REFUSED: list[tuple[Callable[[OrderBook], object], str]] = [
    (
        lambda book: book.limit(1, Side.BUY, Decimal("1.001"), 1, at=0),
        r"price: off the tick of 0.01; round it to a multiple \(met 1.001\)",
    ),
    (
        lambda book: book.limit(1, Side.BUY, 1, Decimal("0.7"), at=0),
        r"size: off the lot of 0.5; round it to a multiple \(met 0.7\)",
    ),
    (
        lambda book: book.limit(1, Side.BUY, 1, 1, at=0, visible=Decimal("0.2")),
        r"visible: off the lot of 0.5",
    ),
    (lambda book: book.limit(1, Side.BUY, 1, 1, at=0, visible=0), "visible: order 1 shows a part"),
    (lambda book: book.limit(1, Side.BUY, 1, 1, at=0, visible=-1), "visible: .* above zero"),
    (lambda book: book.limit(1, Side.BUY, 1, 0, at=0), r"size: a size is above zero.*\(met 0\)"),
    (lambda book: book.limit(1, Side.BUY, 1, -1, at=0), "size: a size is above zero"),
    (lambda book: book.limit(0, Side.BUY, 1, 1, at=0), r"order: ids are above zero \(met 0\)"),
    (
        lambda book: book.limit(
            1, Side.BUY, 1, 1, at=0, post_only=True, time_in_force=TimeInForce.IOC
        ),
        "post_only: only a limit order that may rest",
    ),
    (lambda book: book.limit(1, Side.BUY, Decimal("NaN"), 1, at=0), "price: .* finite"),
    (lambda book: book.limit(1, Side.BUY, Decimal("sNaN"), 1, at=0), "price: .* finite"),
    (lambda book: book.limit(1, Side.BUY, Decimal("-Infinity"), 1, at=0), "price: .* finite"),
    (lambda book: book.limit(1, Side.BUY, Decimal("1E+90"), 1, at=0), "price: .* finite"),
    (lambda book: book.stop(1, Side.BUY, Decimal("0.001"), 1, at=0), "stop: off the tick"),
    (lambda book: book.cancel(-1, at=0), "order: ids are above zero"),
    (lambda book: book.replace(1, at=0), "order: nothing is replaced"),
    (lambda book: book.replace(1, at=0, size=0), "size: a size is above zero"),
    (lambda book: book.feed_level(Side.BUY, 1, -1, at=0), "size: a level's size is zero or above"),
    (lambda book: book.feed_trade(Side.BUY, 1, 0, at=0), "size: a size is above zero"),
    (lambda book: book.feed_add(0, Side.BUY, 1, 1, at=0), "order: ids are above zero"),
    (lambda book: book.limit(1, 2, 1, 1, at=0), r"side: give Side.BUY \(1\) or"),  # type: ignore[arg-type]
    (
        lambda book: book.market(1, Side.BUY, 1, at=0, time_in_force=3),  # type: ignore[arg-type]
        "time_in_force: give a member of TimeInForce",
    ),
    (lambda book: OrderBook(tick=0, lot=1), r"tick: a step is above zero .*\(met 0\)"),
    (lambda book: OrderBook(tick=1, lot=Decimal("-0.1")), r"lot: a step .*\(met -0.1\)"),
    (lambda book: OrderBook(tick=Decimal("Infinity"), lot=1), "tick: a step is a finite number"),
    (lambda book: OrderBook(tick=Decimal("1E-39"), lot=1), "tick: .* at most 38 digits"),
    (lambda book: OrderBook(tick=Decimal("1E+19"), lot=1), "tick: a step is a finite number"),
    (
        lambda book: OrderBook(tick=1, lot=1, self_trade=4),  # type: ignore[arg-type]
        "self_trade: give a member of SelfTrade",
    ),
    (
        lambda book: OrderBook(tick=1, lot=1, feed_cancels=2),  # type: ignore[arg-type]
        "feed_cancels: give a member of FeedCancels",
    ),
]


@pytest.mark.parametrize(("command", "message"), REFUSED, ids=[text for _, text in REFUSED])
def test_a_refusal_says_what_and_why(command: Callable[[OrderBook], object], message: str) -> None:
    book = book_of_cents()
    with pytest.raises(InvalidInputError, match=message):
        command(book)
    assert len(book) == 0


def test_floats_and_texts_are_no_prices() -> None:
    book = book_of_cents()
    with pytest.raises(TypeError, match=r"price: give a Decimal or an int, not float \(met 1.5\)"):
        book.limit(1, Side.BUY, 1.5, 1, at=0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="size: give a Decimal or an int, not str"):
        book.limit(1, Side.BUY, 1, "1", at=0)  # type: ignore[arg-type]


def test_a_price_beyond_64_bits() -> None:
    with pytest.raises(NumberTooLargeError, match=r"price 1E\+30: the number does not fit"):
        book_of_cents().limit(1, Side.BUY, Decimal("1E+30"), 1, at=0)


def test_the_largest_sizes_add_up_without_overflow() -> None:
    # 2^63 - 1 lots twice: the level shows 2^64 - 2
    book = OrderBook(tick=1, lot=1)
    most = 2**63 - 1
    book.limit(1, Side.BUY, most, most, at=0)
    book.limit(2, Side.BUY, most, most, at=0)
    assert book.best_bid == Level(Decimal(most), Decimal(2**64 - 2), 2)
    # 2^63 - 1 lots at 2^63 - 1 ticks: (2^63 - 1)^2
    assert book.cost(Side.SELL, most) == most**2
    assert frame(book.levels())["bid_size"].to_list() == [2**64 - 2]


def test_prices_at_both_ends_of_64_bits() -> None:
    book = OrderBook(tick=1, lot=1)
    book.limit(1, Side.BUY, -(2**63), 1, at=0)
    book.limit(2, Side.SELL, 2**63 - 1, 1, at=0)
    one = Decimal(1)
    assert book.best_bid == Level(Decimal(-(2**63)), one, 1)
    assert book.best_ask == Level(Decimal(2**63 - 1), one, 1)
    assert [type(event) for event in book.market(3, Side.SELL, 1, at=0)] == [
        Accepted,
        Trade,
        Filled,
        Filled,
    ]


def test_decimals_are_multiples_with_the_digits_of_the_step() -> None:
    book = OrderBook(tick=Decimal("0.25"), lot=Decimal("1E+1"))
    book.limit(1, Side.BUY, Decimal("1.5"), Decimal("2E+1"), at=0)
    assert str(book.best_bid) == "Level(price=Decimal('1.50'), size=Decimal('20'), orders=1)"


def test_a_programs_own_context_changes_nothing() -> None:
    book = OrderBook(tick=Decimal("0.0001"), lot=1)
    with localcontext() as context:
        context.prec = 2
        book.limit(1, Side.BUY, Decimal("12345.6789"), 1, at=0)
        assert book.best_bid == Level(Decimal("12345.6789"), Decimal(1), 1)


def test_views() -> None:
    book = book_of_cents()
    price = Decimal("9.99")
    book.limit(1, Side.BUY, price, 3, at=0, visible=1, owner=4)
    book.limit(2, Side.BUY, price, 2, at=1, post_only=True)
    book.stop_limit(3, Side.SELL, Decimal("9.90"), Decimal("9.80"), 1, at=2)
    first = OpenOrder(
        order=1,
        owner=4,
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        price=price,
        stop=None,
        size=Decimal(3),
        shown=Decimal(1),
        time_in_force=TimeInForce.GTC,
        post_only=False,
        from_feed=False,
    )
    second = first._replace(
        order=2, owner=NOBODY, size=Decimal(2), shown=Decimal(2), post_only=True
    )
    assert book.orders(Side.BUY) == book.queue(Side.BUY, price) == [first, second]
    assert book.queue(Side.BUY, 1) == book.orders(Side.SELL) == []
    assert book.find(2) == second
    assert book.find(9) is None
    assert [order.stop for order in book.stops(Side.SELL)] == [Decimal("9.90")]
    assert book.bids() == book.bids(1) == [Level(price, Decimal(3), 2)]
    assert book.bids(0) == book.asks() == []
    assert (book.best_bid, book.best_ask, book.last_price) == (book.bids()[0], None, None)
    assert repr(book) == "OrderBook(orders=3, bid_levels=1, ask_levels=0)"


def test_place_in_the_queue_counts_what_is_shown_ahead() -> None:
    book = book_of_cents()
    book.limit(1, Side.BUY, 9, 3, at=0, visible=1)
    book.limit(2, Side.BUY, 9, 2, at=0)
    book.limit(3, Side.BUY, 9, 2, at=0)
    book.stop(4, Side.BUY, 11, 1, at=0)
    assert book.position(1) == QueuePosition(Decimal(0), 0)
    assert book.position(3) == QueuePosition(Decimal(3), 2)  # 1 shown + 2
    assert book.position(4) is None
    assert book.position(5) is None


def test_cost_of_what_is_shown() -> None:
    book = book_of_cents()
    book.limit(1, Side.SELL, Decimal("1.01"), 2, at=0)
    book.limit(2, Side.SELL, Decimal("1.03"), 2, at=0)
    assert book.cost(Side.BUY, 3) == Decimal("3.05")  # 2 x 1.01 + 1 x 1.03
    assert book.cost(Side.BUY, 5) is None
    assert book.cost(Side.SELL, 1) is None


def test_events_of_different_kinds_are_never_equal() -> None:
    events: set[Event] = {Accepted(1, 2), Filled(1, 2)}
    assert len(events) == 2


def test_a_column_is_missing_or_means_nothing() -> None:
    book = book_of_cents()
    rows = {"command": [Command.SUBMIT], "at": [0], "order": [1], "side": [1], "size": [1]}
    with pytest.raises(InvalidInputError, match=r"row 0: price: this command needs it"):
        book.apply(pl.DataFrame(rows, strict=False))
    with pytest.raises(InvalidInputError, match="columns: there is no such column, but command"):
        book.apply(pl.DataFrame({**rows, "prise": [1]}))
    with pytest.raises(InvalidInputError, match=r"side: give whole numbers \(Int64\)"):
        book.apply(pl.DataFrame({**rows, "side": [1.0]}))
    with pytest.raises(InvalidInputError, match="size: all columns have one length, here 1"):
        book.apply({"command": pl.Series([0]), "size": pl.Series([1, 2])})
    with pytest.raises(InvalidInputError, match="row 0: command: give a member of Command"):
        book.apply({"command": pl.Series([99]), "at": pl.Series([0])})
    at = pl.Series([0]).cast(pl.Datetime("us"))
    with pytest.raises(InvalidInputError, match="at: give times in nanoseconds"):
        book.apply({"command": pl.Series([1]), "at": at, "order": pl.Series([1])})


def test_a_row_that_is_refused_leaves_the_book_as_it_was() -> None:
    book = book_of_cents()
    prices = pl.Series([Decimal("1.00"), Decimal("1.005")])
    columns = {"command": pl.Series([0, 0]), "at": pl.Series([0, 0]), "price": prices}
    columns |= {name: pl.Series([1, 2]) for name in ("order", "size")} | {"side": pl.Series([1, 1])}
    with pytest.raises(InvalidInputError, match=r"row 1: price: off the tick of 0\.01"):
        book.apply(columns)
    assert len(book) == 0


@pytest.mark.parametrize("kind", ["mapping", "frame", "table"])
def test_tables_of_commands(kind: str) -> None:
    table = pl.DataFrame(
        {
            "command": [Command.SUBMIT, Command.SUBMIT, Command.CANCEL],
            "at": [5, 6, 7],
            "order": [1, 2, 1],
            "side": [Side.BUY, Side.SELL, None],
            "price": [Decimal("10.00"), Decimal("9.00"), None],
            "size": [3, 1, None],
        },
        schema_overrides={"command": pl.Int64, "side": pl.Int64},
    )
    table_of_kind = {"mapping": table.to_dict(), "frame": table, "table": table.to_arrow()}[kind]
    events = frame(book_of_cents().apply(table_of_kind))
    assert events.columns == [
        *("row", "event", "order", "maker", "side", "price", "size", "reason", "kept_place", "at")
    ]
    ten, one, two = Decimal("10.00"), Decimal("1.0"), Decimal("2.0")
    none = (None, None, None)
    assert events.rows() == [
        (0, EventKind.ACCEPTED, 1, *none, None, None, None, 5),
        (1, EventKind.ACCEPTED, 2, *none, None, None, None, 6),
        (1, EventKind.TRADE, 2, 1, Side.SELL, ten, one, None, None, 6),
        (1, EventKind.FILLED, 2, *none, None, None, None, 6),
        (2, EventKind.CANCELLED, 1, *none, two, 6, None, 7),  # 6: Reason.REQUESTED
    ]


def test_rows_of_a_snapshot_are_one() -> None:
    book = OrderBook(tick=1, lot=1)
    book.feed_level(Side.BUY, 98, 5, at=0)
    snapshot = {"command": [5, 5, 5], "at": [1, 1, 2], "side": [1, -1, 1], "price": [99, 101, 97]}
    book.apply(pl.DataFrame({**snapshot, "size": [3, 4, 2]}))
    # at 1: 3@99 and 4@101, without the 98; at 2 a snapshot of its own: 2@97 and no asks
    assert book.bids() == [Level(Decimal(97), Decimal(2), 1)]
    assert book.asks() == []


def test_levels_as_columns() -> None:
    book = book_of_cents()
    book.limit(1, Side.BUY, 9, 3, at=0)
    book.limit(2, Side.BUY, 8, 1, at=0)
    book.limit(3, Side.SELL, 10, 2, at=0)
    columns = book.levels()
    assert frame(columns).to_dict(as_series=False) == {
        "level": [1, 2],
        "bid_price": [9, 8],
        "bid_size": [3, 1],
        "bid_orders": [1, 1],
        "ask_price": [10, None],
        "ask_size": [2, None],
        "ask_orders": [1, None],
    }
    assert pa.array(columns["bid_price"]).to_pylist() == [9, 8]
    assert frame(book.levels(1)).height == 1
