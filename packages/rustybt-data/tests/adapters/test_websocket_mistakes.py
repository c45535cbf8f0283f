"""Mistakes of who asks for a stream."""

from __future__ import annotations

import asyncio

import pytest

from rustybt.errors import InvalidArgument, ResolutionNotServed
from rustybt_data.adapters.websocket import WebSocketAdapter

WORD = "open-sesame-street"
LOGIN = f"me:{WORD}"


@pytest.mark.parametrize(
    ("location", "options", "message"),
    [
        ("http://acme.example/", {}, "give the address of a WebSocket"),
        ("ws://", {}, "give the address of a WebSocket"),
        ("", {}, "give the address of a WebSocket"),
        (f"wss://{LOGIN}@acme.example/", {}, "an address must hold no secret"),
        (f"wss://acme.example/?token={WORD}", {}, "an address must hold no secret"),
    ],
)
def test_addresses_that_cannot_be_are_refused(
    location: str, options: dict[str, str], message: str
) -> None:
    adapter = WebSocketAdapter(location, options)
    with pytest.raises(InvalidArgument, match=message) as refused:
        asyncio.run(adapter.gather(["AAA"]))
    assert WORD not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"protocol": "telex"}, "give one of binance-kline, binance-trade, plain, or a file"),
        ({"duration": "soon"}, "write it as 500ms"),
        ({"wait": "-1s"}, "write it as 500ms"),
        ({"bars": "0"}, "give a whole number above 0"),
        ({"attempts": "x"}, "give a whole number above 0"),
        ({"clock": "sun"}, "give timer or event"),
        ({"late": "never"}, "give one of count, restate"),
        ({"prices": "last"}, "give one of trade, mid, bid, ask"),
        ({"empty": "maybe"}, "give yes or no"),
        ({"of": "2m", "protocol": "binance-kline", "resolution": "5m"}, "divides 5m"),
        ({"no-such": "1"}, "give some of"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        WebSocketAdapter("wss://acme.example/", options)


def test_weeks_are_not_served() -> None:
    with pytest.raises(ResolutionNotServed, match="100ms to 1d"):
        WebSocketAdapter("wss://acme.example/", {"resolution": "1w"})


def test_symbols_that_a_stream_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="cannot tell it from BTC/USDT"):
        asyncio.run(WebSocketAdapter("ws://127.0.0.1:1/", {}).gather(["BTC/USDT", "BTC-USDT"]))
