"""Streams that are gathered and ingested, from servers on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal as D
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from market_sockets import MarketSocket, hasty, saying, serving, trade
from websockets.asyncio.server import ServerConnection

from rustybt.calendars import get_calendar, to_ns
from rustybt.errors import (
    DataValidationError,
    RequestRefused,
    RetriesExhausted,
)
from rustybt.testing import AdapterCase, DataAdapterSuite
from rustybt_data import DataCatalog
from rustybt_data.adapters.websocket import WebSocketAdapter

NOW = to_ns("2024-03-10")
WORD = "open-sesame-street"
LOGIN = f"me:{WORD}"
PLAIN = {"resolution": "1m", "clock": "event"}


def adapter_of(*sockets: MarketSocket, **options: str) -> WebSocketAdapter:
    adapter = WebSocketAdapter(",".join(each.url for each in sockets), {**PLAIN, **options})
    adapter.timer = hasty(lambda: NOW)
    adapter.calendar = get_calendar("24/7")
    return adapter


def gathered(adapter: WebSocketAdapter, *symbols: str) -> pl.DataFrame:
    return asyncio.run(asyncio.wait_for(adapter.gather(symbols or ("AAA",)), 20))


def rows(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Symbol, label and figures."""
    label = frame.columns[0]
    shown = pl.col(label).dt.strftime("%H:%M:%S") if label == "timestamp" else pl.col(label)
    return frame.select("symbol", shown, "open", "high", "low", "close", "volume").rows()


def at(clock: str) -> str:
    return f"2024-03-01T{clock}Z"


BAR_1 = [
    trade("AAA", at("10:00:01"), "1.10", "2", id="1", sequence=1),
    trade("AAA", at("10:00:30"), "1.30", "1.5", id="2", sequence=2),
    trade("AAA", at("10:00:59"), "1.20", "0.25", id="3", sequence=3),
]
BAR_2 = [
    trade("AAA", at("10:01:00.5"), "1.21", "1", id="4", sequence=4),
    trade("AAA", at("10:01:59"), "1.19", "1", id="5", sequence=5),
]
NEXT = [trade("AAA", at("10:02:30"), "1", id="6", sequence=6)]
# Volume of the first: 2 + 1.5 + 0.25.
EXPECTED = [
    ("AAA", "10:01:00", D("1.1"), D("1.3"), D("1.1"), D("1.2"), D("3.75")),
    ("AAA", "10:02:00", D("1.21"), D("1.21"), D("1.19"), D("1.19"), D(2)),
]


def test_trades_become_bars_in_the_standard_form() -> None:
    with serving(saying([*BAR_1, *BAR_2, *NEXT])) as socket:
        adapter = adapter_of(socket, bars="2")
        frame = gathered(adapter)
    assert frame.schema["timestamp"] == pl.Datetime("ns", "UTC")
    assert frame.schema["open"] == frame.schema["close"] == pl.Decimal(18, 8)
    assert rows(frame) == EXPECTED
    assert socket.heard == [['{"subscribe": ["AAA"]}']]
    assert adapter.report is not None
    assert (adapter.report.bars, adapter.report.ended_by) == (2, "bars")
    assert adapter.report.incomplete == 1


def test_a_connection_that_is_cut_in_the_middle_is_made_again_and_subscribed() -> None:
    # What the server repeats after the cut counts once.
    visits = [BAR_1[:2], [*BAR_1[1:], *BAR_2[:1]], [*BAR_2, *NEXT]]
    with serving(saying(*visits)) as socket:
        adapter = adapter_of(socket, bars="2")
        assert rows(gathered(adapter)) == EXPECTED
    assert socket.heard == [['{"subscribe": ["AAA"]}']] * 3
    assert adapter.report is not None
    assert adapter.report.connections == 3
    (numbers,) = adapter.report.sequences.values()
    assert (numbers.repeated, numbers.missing) == (2, 0)


def test_what_is_lost_meanwhile_is_counted() -> None:
    with serving(saying(BAR_1[:1], [*BAR_1[2:], *BAR_2, *NEXT])) as socket:
        adapter = adapter_of(socket, bars="2")
        assert rows(gathered(adapter))[0][-1] == D("2.25")
    assert adapter.report is not None
    (numbers,) = adapter.report.sequences.values()
    assert (numbers.gaps, numbers.missing) == (1, 1)


def test_out_of_order_and_repeated_trades_make_the_same_bars() -> None:
    unsorted = [BAR_1[2], BAR_1[0], BAR_2[0], BAR_1[1], BAR_1[0], BAR_2[1], *NEXT, *NEXT]
    late = trade("AAA", at("10:03:30"), "1", id="9", sequence=7)
    with serving(saying([*unsorted, late])) as socket:
        adapter = adapter_of(socket, bars="2", wait="10s")
        assert rows(gathered(adapter)) == EXPECTED


def test_what_comes_too_late_is_counted_or_restated() -> None:
    messages = [*BAR_1[:2], *BAR_2[:1], BAR_1[2], BAR_2[1], *NEXT]
    with serving(saying(messages)) as socket:
        counting = adapter_of(socket, bars="2")
        assert rows(gathered(counting))[0][-1] == D("3.5")
        restating = adapter_of(socket, bars="2", late="restate")
        assert rows(gathered(restating)) == EXPECTED
    assert counting.report is not None
    assert counting.report.events.late == 1


def test_garbage_is_left_out_and_counted() -> None:
    garbage: list[Any] = [
        "",
        "{",
        b"\xff\xfe",
        "[" * 100_000,
        '{"type": "trade"}',
        trade("AAA", "yesterday", "1"),
        trade("AAA", at("10:00:05"), "NaN"),
        trade("AAA", at("10:00:05"), "-1"),
        trade("AAA", at("10:00:05"), "0"),
        trade("AAA", at("10:00:05"), "1e999"),
        trade("AAA", at("10:00:05"), "1.0000000000000000001"),
        trade("AAA", at("10:00:05"), "1", "9" * 30),
        trade("AAA", "9999-12-31T00:00:00Z", "1"),
        trade("AAA", at("10:00:05"), "1", id={"a": 1}),
        trade("AAA", at("10:00:05"), "1", sequence="x"),
        trade("AAA", at("10:00:05"), True),  # type: ignore[arg-type] # wrong on purpose
    ]
    other: list[Any] = [{"type": "hello"}, "3", "null", {"type": "subscribed", "symbol": "AAA"}]
    foreign: list[Any] = [trade("ZZZ", at("10:00:05"), "99")]
    with serving(saying([*garbage, *BAR_1, *other, *foreign, *BAR_2, *NEXT])) as socket:
        adapter = adapter_of(socket, bars="2")
        assert rows(gathered(adapter)) == EXPECTED
    assert adapter.report is not None
    (counts,) = adapter.report.messages.values()
    assert (counts.garbage, counts.other, counts.foreign) == (16, 4, 1)
    assert counts.records == 6


def test_too_much_garbage_is_an_error() -> None:
    with (
        serving(saying(["garbage"] * 100)) as socket,
        pytest.raises(DataValidationError, match=r"was 'garbage'; it is no JSON.*That is 11 in 11"),
    ):
        gathered(adapter_of(socket, garbage="10"))


def test_a_server_that_refuses_the_subscription_is_an_error() -> None:
    said = {"error": {"code": 2, "msg": "no such symbol"}}
    with serving(saying([said])) as socket, pytest.raises(RequestRefused, match="no such symbol"):
        gathered(adapter_of(socket))


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not() -> None:
    with serving(saying([*BAR_1, *BAR_2, *NEXT])) as socket:
        socket.refusals = [503, 429, 500]
        assert rows(gathered(adapter_of(socket, bars="2"))) == EXPECTED
        socket.refusals = [401]
        with pytest.raises(RequestRefused, match="with 401"):
            gathered(adapter_of(socket, bars="2"))


def test_a_server_that_is_not_there_is_given_up_after_the_attempts() -> None:
    with serving(saying([])) as socket:
        pass
    with pytest.raises(RetriesExhausted, match="in 3 tries"):
        gathered(adapter_of(socket, attempts="3"))


def test_what_was_gathered_before_a_stream_was_given_up_is_kept() -> None:
    async def script(connection: ServerConnection, number: int) -> None:
        if number == 0:
            await saying([*BAR_1, *BAR_2])(connection, number)
        connection.transport.abort() if number else await connection.close()

    with serving(script) as socket:
        adapter = adapter_of(socket, attempts="2")
        assert rows(gathered(adapter)) == EXPECTED[:1]
    assert adapter.report is not None
    assert "in 2 tries" in adapter.report.ended_by


def test_several_streams_are_merged_in_the_order_of_their_time() -> None:
    one, other = [*BAR_1[:1], *BAR_1[2:]], [BAR_1[1], *BAR_2]
    far = [trade("AAA", at("10:05:00"), "1", id="x")]
    stripped = [
        [{name: value for name, value in each.items() if name != "sequence"} for each in part]
        for part in ([*one, *NEXT, *far], [*other, *far])
    ]
    with serving(saying(stripped[0])) as a, serving(saying(stripped[1])) as b:
        adapter = adapter_of(a, b, bars="2")
        assert rows(gathered(adapter)) == EXPECTED
    assert adapter.report is not None
    assert sorted(adapter.report.merged) == sorted([a.url, b.url])
    assert adapter.report.events.late == 0


def test_several_symbols_are_gathered_together() -> None:
    messages = [
        trade("aaa", at("10:00:10"), "1"),
        trade("BTC-USDT", at("10:00:20"), "60000.5"),
        trade("AAA", at("10:01:10"), "2"),
        trade("btcusdt", at("10:01:20"), "2"),
    ]
    with serving(saying(messages)) as socket:
        frame = gathered(adapter_of(socket, bars="2"), "AAA", "BTC/USDT")
    assert [row[:3] for row in rows(frame)] == [
        ("AAA", "10:01:00", D(1)),
        ("BTC/USDT", "10:01:00", D("60000.5")),
    ]


def test_the_timer_ends_bars_of_a_silent_market_and_leaves_out_wrong_times() -> None:
    wrong = trade("AAA", at("10:05:00"), "7")  # minutes ahead of the time of day
    with serving(saying([wrong, *BAR_1])) as socket:
        adapter = adapter_of(socket, bars="1", clock="timer")

        def now() -> int:
            all_came = adapter._gatherer and adapter._gatherer._builder.counts.accepted == 3
            return to_ns(at("10:01:00" if all_came else "10:00:59"))

        adapter.timer = hasty(now)
        assert rows(gathered(adapter)) == EXPECTED[:1]
    assert adapter.report is not None
    assert adapter.report.events.ahead == 1


def test_gathering_ends_after_its_time() -> None:
    with serving(saying([*BAR_1, *BAR_2])) as socket:
        adapter = adapter_of(socket, duration="10m")
        timer = adapter.timer
        told = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await (told.wait() if seconds == 600 else timer.sleep(seconds))

        adapter.timer = type(timer)(now_ns=timer.now_ns, sleep=sleep)

        async def story() -> pl.DataFrame:
            gathering = asyncio.ensure_future(adapter.gather(["AAA"]))
            while adapter._gatherer is None or adapter._gatherer._builder.counts.accepted < 5:
                await asyncio.sleep(0)
            told.set()
            return await gathering

        assert rows(asyncio.run(asyncio.wait_for(story(), 20))) == EXPECTED[:1]
    assert adapter.report is not None
    assert adapter.report.ended_by == "seconds"


def test_the_catalog_needs_no_start_of_what_happens_now(tmp_path: Path) -> None:
    with serving(saying([*BAR_1, *BAR_2, *NEXT])) as socket:
        report = DataCatalog(tmp_path).ingest(
            "live",
            source="websocket",
            location=socket.url,
            options={**PLAIN, "symbols": "AAA", "bars": "2"},
            calendar="24/7",
        )
    assert (report.resolution, report.rows) == ("1m", 2)


def test_a_version_is_of_the_time_when_all_of_it_was_known(tmp_path: Path) -> None:
    """Bars that end while a stream is gathered are no bars of the future."""

    async def tell(connection: ServerConnection, _: int) -> None:
        for number in count(1):
            stamp = datetime.now(UTC).isoformat()
            told = trade("AAA", stamp, "1", id=str(number), sequence=number)
            await connection.send(json.dumps(told))

    with serving(tell) as socket:
        catalog = DataCatalog(tmp_path)
        report = catalog.ingest(
            "live",
            source="websocket",
            location=socket.url,
            options={"symbols": "AAA", "resolution": "100ms", "bars": "3"},
            calendar="24/7",
        )
    labels = catalog.materialize("AAA", resolution="100ms")["timestamp"].to_list()
    # A slow machine may be told of several at once.
    assert len(labels) >= 3
    assert report.timestamp >= max(labels)


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "stop"])
def test_an_interruption_keeps_what_is_complete(how: str) -> None:
    with serving(saying([*BAR_1, *BAR_2])) as socket:
        adapter = adapter_of(socket)

        async def interrupt() -> None:
            while adapter._gatherer is None or adapter._gatherer._builder.counts.accepted < 5:
                await asyncio.sleep(0)
            if how == "stop":
                threading.Thread(target=adapter.stop).start()
            else:
                os.kill(os.getpid(), getattr(signal, how))

        async def story() -> pl.DataFrame:
            frame, _ = await asyncio.gather(adapter.gather(["AAA"]), interrupt())
            return frame

        before = signal.getsignal(signal.SIGINT)
        assert rows(asyncio.run(asyncio.wait_for(story(), 20))) == EXPECTED[:1]
        assert signal.getsignal(signal.SIGINT) is before
    assert adapter.report is not None
    assert adapter.report.ended_by == "stop"


def test_binance_trades() -> None:
    def told(number: int, millis: int, price: str, size: str) -> dict[str, Any]:
        # The payload of <symbol>@trade as the exchange documents it.
        return {
            "e": "trade",
            "E": millis + 2,
            "s": "BTCUSDT",
            "t": number,
            "p": price,
            "q": size,
            "T": millis,
            "m": False,
            "M": True,
        }

    start = to_ns("2024-03-01T10:00:00") // 1_000_000
    messages = [
        {"result": None, "id": 1},
        told(100, start + 1, "62000.01000000", "0.00100000"),
        told(101, start + 59_999, "62000.02000000", "0.00000001"),
        told(102, start + 60_001, "1", "1"),
    ]
    with serving(saying(messages)) as socket:
        frame = gathered(adapter_of(socket, protocol="binance-trade", bars="1"), "BTC/USDT")
    assert rows(frame) == [
        (
            "BTC/USDT",
            "10:01:00",
            *(D("62000.01"), D("62000.02"), D("62000.01"), D("62000.02"), D("0.00100001")),
        )
    ]
    assert socket.heard[0] == ['{"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1}']


def test_binance_klines_are_taken_when_they_are_closed() -> None:
    def told(minute: int, prices: str, *, closed: bool) -> dict[str, Any]:
        open_, high, low, close = prices.split()
        start = to_ns(f"2024-03-01T10:{minute:02}:00") // 1_000_000
        figures = {"o": open_, "c": close, "h": high, "l": low, "v": "2.5", "x": closed}
        times = {"t": start, "T": start + 59_999, "s": "ETHBTC", "i": "1m"}
        return {"e": "kline", "E": start + 7, "s": "ETHBTC", "k": times | figures}

    messages = [
        told(0, "3 3 3 3", closed=False),
        told(0, "3 5 3 4", closed=True),
        told(1, "4 4 2 2", closed=True),
        told(5, "9 9 9 9", closed=True),
    ]
    with serving(saying(messages)) as socket:
        adapter = adapter_of(socket, protocol="binance-kline", bars="1", resolution="5m")
        frame = gathered(adapter, "ETH/BTC")
    assert rows(frame) == [("ETH/BTC", "10:05:00", D(3), D(5), D(2), D(2), D(5))]
    assert '"ethbtc@kline_1m"' in socket.heard[0][0]


def test_quotes_become_bars_with_bid_and_ask(tmp_path: Any) -> None:
    protocol = tmp_path / "quotes.toml"
    protocol.write_text("""
kind = "quote"
login = '{"auth": "{env:ACME_STREAM}"}'
subscribe = '{"ask": "{symbol}"}'
records = "ticks"
unit = "s"
restarts = true
[fields]
symbol = "[0]"
time = "[1]"
bid = "[2].b"
ask = "[2].a"
sequence = "[3]"
""")
    start = to_ns("2024-03-01T10:00:00") // 10**9
    ticks = [
        ["AAA", start + 0.5, {"b": 1.0, "a": 1.1}, 1],
        ["AAA", start + 30, {"b": 1.2, "a": 1.3}, 2],
        ["AAA", start + 61, {"b": 1.0, "a": 1.1}, 1],
    ]
    with (
        serving(saying([{"ticks": ticks[:2]}], [{"ticks": ticks[2:]}])) as socket,
        pytest.MonkeyPatch.context() as patch,
    ):
        socket.greetings = 2
        patch.setenv("ACME_STREAM", "open sesame")
        adapter = adapter_of(socket, protocol=str(protocol), prices="mid", bars="1")
        frame = gathered(adapter)
    assert rows(frame) == [("AAA", "10:01:00", *map(D, ("1.05", "1.25", "1.05", "1.25", "0")))]
    assert frame.select("bid", "ask").rows() == [(D("1.2"), D("1.3"))]
    assert socket.heard[0] == ['{"auth": "open sesame"}', '{"ask": "AAA"}']


# ------------------------------------------------------------------ ingesting


@pytest.fixture(scope="module")
def sessions() -> Iterator[MarketSocket]:
    """Trades of two symbols on three sessions of New York, and one after them."""
    days = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"]
    messages = [
        trade(symbol, f"{day}T{clock}Z", str(number + 1), id=f"{symbol}{day}{clock}")
        for number, day in enumerate(days)
        for clock in ("15:00:00", "20:00:00")
        for symbol in ("BBB", "AAA")
    ]
    with serving(saying(messages)) as socket:
        yield socket


class TestConformance(DataAdapterSuite):
    """What every data adapter has to do."""

    @pytest.fixture
    def case(self, sessions: MarketSocket) -> AdapterCase:
        options = {"symbols": "AAA,BBB", "bars": "6", "clock": "event"}
        return AdapterCase(adapter=WebSocketAdapter, location=sessions.url, options=options)


def test_daily_bars_are_labelled_by_session(sessions: MarketSocket) -> None:
    adapter = adapter_of(sessions, bars="6", resolution="1d")
    adapter.calendar = get_calendar("XNYS")
    frame = gathered(adapter, "AAA", "BBB")
    days = [date(2024, 3, day) for day in (4, 5, 6)]
    assert frame["date"].to_list() == days * 2
    assert frame["close"].to_list() == [D(1), D(2), D(3)] * 2
    assert frame["volume"].to_list() == [D(2)] * 6


def test_bars_outside_of_what_is_asked_for_are_left_out(sessions: MarketSocket) -> None:
    adapter = adapter_of(sessions, bars="6", resolution="1d")
    adapter.calendar = get_calendar("XNYS")
    start, end = date(2024, 3, 5), date(2024, 3, 5)
    frame = asyncio.run(adapter.bars(["AAA", "BBB"], start, end, "1d"))
    assert frame["date"].to_list() == [start, start]
    adapter = adapter_of(sessions, bars="3", resolution="1d")
    adapter.calendar = get_calendar("XNYS")
    again = asyncio.run(adapter.bars(["AAA"], datetime(2024, 3, 6, tzinfo=UTC), None, "1d"))
    assert again.select("symbol", "date").rows() == [("AAA", date(2024, 3, 6))]
