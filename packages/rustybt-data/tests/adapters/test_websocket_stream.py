"""Live streams through WebSockets, from servers on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from hand_moved_time import HandMovedTime
from hypothesis import given
from hypothesis import strategies as st
from market_sockets import MarketSocket, saying, trade
from websockets.asyncio.server import ServerConnection

from rustybt.clock import Resolution
from rustybt.errors import DataValidationError, InvalidArgument, MissingCredential
from rustybt.net import LinkRules, LinkState
from rustybt.streams import Bar, Quote, Trade
from rustybt.testing import DataStreamSuite, StreamCase
from rustybt_data.adapters.websocket import StreamProtocol, WebSocketStream
from rustybt_data.adapters.websocket.decoder import Decoder
from rustybt_data.adapters.websocket.paths import MISSING, JsonPath
from rustybt_data.adapters.websocket.templates import symbol_messages


class Market(StreamCase):
    """A server of the preset ``plain``, commanded by a test."""

    symbols = ("AAA", "BTC/USDT", "EUR/USD")

    def __init__(self) -> None:
        self.connections: list[ServerConnection] = []
        self.socket = MarketSocket(self.admit)
        self.told = 0
        self.number = -1

    async def admit(self, connection: ServerConnection, number: int) -> None:
        self.connections.append(connection)
        self.number = number

    def stream(
        self, rules: LinkRules, on_state: Callable[[LinkState], object] | None
    ) -> WebSocketStream:
        return WebSocketStream(self.socket.url, {}, rules=rules, on_state=on_state)

    async def tell(self, symbol: str, price: Decimal, size: Decimal) -> None:
        self.told += 1
        time = f"2024-03-01T10:00:{self.told:02}Z"
        message = json.dumps(trade(symbol, time, str(price), f"{size:f}", id=str(self.told)))
        for connection in self.connections:
            await connection.send(message)

    def subscribed(self) -> frozenset[str]:
        if self.number != len(self.socket.heard) - 1 or not self.connections:
            return frozenset()
        wanted: set[str] = set()
        for text in self.socket.heard[-1]:
            message = json.loads(text)
            wanted |= set(message.get("subscribe", ()))
            wanted -= set(message.get("unsubscribe", ()))
        return frozenset(wanted)

    async def cut(self) -> None:
        for connection in self.connections:
            connection.transport.abort()
        self.connections.clear()


@asynccontextmanager
async def market() -> AsyncIterator[Market]:
    found = Market()
    async with found.socket.open():
        yield found


class TestConformance(DataStreamSuite):
    """What every stream has to do."""

    @pytest.fixture
    def case(self) -> Any:
        return market()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


def test_a_server_that_answers_no_ping_is_left_after_the_timeout() -> None:
    async def story() -> list[LinkState]:
        time, states = HandMovedTime(), list[LinkState]()
        connections: list[ServerConnection] = []

        async def script(connection: ServerConnection, number: int) -> None:
            connections.append(connection)
            if number == 0:
                connection.transport.pause_reading()

        async with MarketSocket(script).open() as socket:
            stream = WebSocketStream(
                socket.url, {}, rules=LinkRules(), timer=time.timer, on_state=states.append
            )
            await stream.subscribe(["AAA"])
            reading = asyncio.ensure_future(anext(aiter(stream)))
            await until(lambda: len(connections) == 1)
            await time.move(59)
            assert states[-1].phase == "live"
            await time.move(1)
            await until(lambda: states[-1].phase == "lost")
            await time.move(2)
            await until(lambda: len(connections) == 2)
            await connections[1].send(json.dumps(trade("AAA", "2024-03-01T10:00:00Z", "1")))
            assert isinstance(await reading, Trade)
            await stream.aclose()
        return states

    lost = next(state for state in asyncio.run(story()) if state.phase == "lost")
    assert lost.reason == "no sign of life for 60 s"


def test_a_server_that_answers_pings_is_kept_though_it_says_nothing() -> None:
    async def story() -> list[LinkState]:
        time, states = HandMovedTime(), list[LinkState]()
        pongs = 0
        async with market() as server:
            stream = WebSocketStream(
                server.socket.url, {}, rules=LinkRules(), timer=time.timer, on_state=states.append
            )
            reading = asyncio.ensure_future(anext(aiter(stream), None))
            await stream.subscribe(["AAA"])
            await until(lambda: bool(server.subscribed()))
            for _ in range(10):
                await time.move(30)
                heard = stream._connection._heard
                await until(lambda: stream._connection._heard == time.now_ns)
                pongs += stream._connection._heard >= heard
            await stream.aclose()
            await reading
        assert pongs == 10
        return states

    phases = [state.phase for state in asyncio.run(story())]
    assert phases == ["connecting", "live", "stale", "closed"]


def test_a_slow_consumer_loses_nothing() -> None:
    size = 3_000
    messages = [trade("AAA", "2024-03-01T10:00:00Z", "1", "1", id=str(n)) for n in range(size)]

    async def story() -> list[str]:
        async with MarketSocket(saying(messages)).open() as socket:
            stream = WebSocketStream(socket.url, {}, rules=LinkRules())
            await stream.subscribe(["AAA"])
            found = []
            async for event in stream:
                assert isinstance(event, Trade)
                found.append(event.id)
                await asyncio.sleep(0)
                if len(found) == size:
                    await stream.aclose()
        return found

    assert asyncio.run(story()) == [str(n) for n in range(size)]


# ------------------------------------------------------------------ decoding


def decoder_of(kind: str = "trade", **more: Any) -> Decoder:
    names = {
        "trade": ("symbol", "time", "price", "size", "id", "sequence"),
        "quote": ("symbol", "time", "bid", "ask", "bid_size", "ask_size"),
        "bar": ("symbol", "start", "open", "high", "low", "close", "volume", "complete"),
    }[kind]
    table = {"kind": kind, "fields": {name: name for name in names}, **more}
    protocol = StreamProtocol.parse(table)
    decoder = Decoder(protocol, vendor="acme", of=Resolution.parse("1m"), garbage_max=1_000_000_000)
    decoder.follow(["AAA", "BTC/USDT"])
    return decoder


figures = st.one_of(
    st.decimals(min_value=0, max_value=10**12, places=4).map(str),
    st.text(max_size=8),
    st.floats(),
    st.integers(),
    st.none(),
    st.booleans(),
    st.just([1]),
)
NAMES = (
    *("time", "price", "size", "id", "sequence", "bid", "ask"),
    *("open", "high", "low", "close", "volume", "start"),
)
records = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        [
            "time",
            "price",
            "size",
            "id",
            "sequence",
            "bid",
            "ask",
            "open",
            "high",
            "low",
            "close",
            "volume",
            "start",
        ],
        figures,
    )
    | {"symbol": st.one_of(st.sampled_from(["AAA", "aaa", "btcusdt", "ZZZ"]), figures)}
    | {"complete": st.one_of(st.booleans(), figures)},
)
texts = st.one_of(
    records.map(json.dumps),
    st.lists(records).map(json.dumps),
    st.text(),
    st.binary(),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.integers()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    ).map(json.dumps),
)


@given(
    messages=st.lists(texts, max_size=8),
    kind=st.sampled_from(["trade", "quote", "bar"]),
    unit=st.sampled_from(["s", "iso"]),
)
def test_no_message_breaks_it_and_no_wrong_event_comes_of_any(
    messages: list[str | bytes], kind: str, unit: str
) -> None:
    decoder = decoder_of(kind, unit=unit)
    events = [event for message in messages for event in decoder.decode(message)]
    assert decoder.counts.messages == len(messages)
    assert decoder.counts.records == len(events)
    for event in events:
        assert isinstance(event, Trade | Quote | Bar)
        assert event.symbol in {"AAA", "BTC/USDT"}
        assert 1990 <= 1970 + event.at / 31_556_952_000_000_000 <= 2201
        if isinstance(event, Trade):
            assert event.price > 0
            assert event.size >= 0
        elif isinstance(event, Quote):
            assert min(event.bid, event.ask) > 0
        else:
            assert event.low <= min(event.open, event.close)
            assert event.high >= max(event.open, event.close)


@pytest.mark.parametrize(
    ("time", "unit", "ns"),
    [
        ("1709287200", "s", 1709287200_000000000),
        ("1709287200.123456789", "s", 1709287200_123456789),
        ("1709287200123", "ms", 1709287200_123000000),
        ("1709287200123456", "us", 1709287200_123456000),
        ("1709287200123456789", "ns", 1709287200_123456789),
        ('"2024-03-01T11:00:00+01:00"', "iso", 1709287200_000000000),
    ],
)
def test_times_are_read_to_the_nanosecond(time: str, unit: str, ns: int) -> None:
    decoder = decoder_of(unit=unit)
    text = f'{{"symbol": "AAA", "time": {time}, "price": 1.10, "size": "0.30000000000000004"}}'
    (event,) = decoder.decode(text)
    assert isinstance(event, Trade)
    assert (event.at, str(event.price), str(event.size)) == (ns, "1.1", "0.30000000000000004")


def test_bars_that_begin_are_labelled_by_their_end() -> None:
    decoder = decoder_of("bar", unit="s")
    prices = '"open": 2, "high": 3, "low": 1, "close": 2, "volume": 5'
    start = '"symbol": "AAA", "start": 1709287200'
    (bar,) = decoder.decode(f'{{{start}, {prices}, "complete": true}}')
    assert bar.at == 1709287260_000000000
    assert decoder.decode(f'{{{start}, {prices}, "complete": false}}') == []
    assert decoder.decode(f'{{{start}, {prices.replace("3", "1")}, "complete": true}}') == []
    assert (decoder.counts.other, decoder.counts.garbage) == (1, 1)


def test_garbage_is_forgiven_after_a_thousand_messages() -> None:
    protocol = StreamProtocol.load("plain")
    decoder = Decoder(protocol, vendor="acme", of=Resolution.parse("1m"), garbage_max=1)
    for _ in range(5):
        decoder.decode("garbage")
        for _ in range(1_000):
            decoder.decode("{}")
    assert decoder.counts.garbage == 5
    decoder.decode("garbage")
    with pytest.raises(DataValidationError, match="choose the protocol that the stream speaks"):
        decoder.decode("garbage")


# ------------------------------------------------------------------ descriptions


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("a", {"a": 1}, 1),
        ("$.a.b", {"a": {"b": 2}}, 2),
        ("a[1].b", {"a": [0, {"b": 3}]}, 3),
        ("a.1.b", {"a": [0, {"b": 3}]}, 3),
        ("[0]", [7], 7),
        ("$", 5, 5),
        ("", 5, 5),
        ("1", {"1": "one"}, "one"),
        ("a", {}, MISSING),
        ("a.b", {"a": None}, MISSING),
        ("[1]", [7], MISSING),
        ("a", [7], MISSING),
        ("a", {"a": None}, None),
    ],
)
def test_paths(path: str, value: object, found: object) -> None:
    assert JsonPath.parse(path).find(value) is found or JsonPath.parse(path).find(value) == found


@pytest.mark.parametrize("path", ["a[", "a[x]", "a..b", "]"])
def test_paths_that_are_none_are_refused(path: str) -> None:
    with pytest.raises(InvalidArgument, match=r"write it as k\.o or data\[0\]\.price"):
        JsonPath.parse(path)


A, B = {"name": "a"}, {"name": "b"}


def test_templates_have_one_message_for_all_symbols_or_one_for_each() -> None:
    from itertools import count

    def asked(template: Any) -> list[Any]:
        return [json.loads(each) for each in symbol_messages(template, ["a", "b"], count(1))]

    assert asked({"args": ["{symbol}@x"], "id": "{id}"}) == [{"args": ["a@x", "b@x"], "id": 1}]
    assert asked({"args": [{"name": "{symbol}"}, 3]}) == [
        {"args": [{"name": "a"}, {"name": "b"}, 3]}
    ]
    assert asked({"sub": "{symbol}", "id": "{id}"}) == [
        {"sub": "a", "id": 1},
        {"sub": "b", "id": 2},
    ]
    assert asked(None) == []


BAR = ("symbol", "open", "high", "low", "close", "volume")
FIELDS = {"symbol": "s", "time": "t", "price": "p", "size": "q"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"kind": "news", "fields": FIELDS}, "give one of trade, quote, bar"),
        ({"kind": "trade"}, "say where a record has its symbol, time, price, size"),
        ({"kind": "trade", "fields": {**FIELDS, "colour": "c"}}, "give some of"),
        ({"kind": "trade", "fields": {**FIELDS, "id": 3}}, "give a text"),
        ({"kind": "trade", "fields": FIELDS, "unit": "days"}, "give one of s, ms, us, ns, iso"),
        ({"kind": "trade", "fields": FIELDS, "subscribe": "{"}, "write it as JSON"),
        ({"kind": "trade", "fields": FIELDS, "only": "x"}, "give a table"),
        ({"kind": "trade", "fields": FIELDS, "restarts": "x"}, "give one of True, False"),
        ({"kind": "trade", "fields": FIELDS, "tempo": 1}, "give some of"),
        (
            {
                "kind": "bar",
                "fields": dict.fromkeys(["symbol", "open", "high", "low", "close", "volume"], "x"),
            },
            "time or start",
        ),
    ],
)
def test_protocols_that_cannot_be_are_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        StreamProtocol.parse(table)


def test_a_login_without_its_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACME_STREAM", raising=False)

    async def story() -> None:
        async with market() as server:
            stream = WebSocketStream(f"{server.socket.url}?key={{env:ACME_STREAM}}", {})
            await anext(aiter(stream))

    with pytest.raises(MissingCredential, match="set it in the environment"):
        asyncio.run(story())
