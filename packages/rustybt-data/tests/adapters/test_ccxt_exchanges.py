"""Several exchanges through ccxt: each speaks its own protocol, and no digit is lost."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal as D

import pytest
from exchange_replies import FINE, Binance, bybit, coinbase, coinbaseexchange, kraken, okx
from hypothesis import given
from laws import whole_run
from mutations import SEEDS, mutated, numbers_in
from vendor_server import Answer, Asked, VendorServer, serving

from rustybt.calendars import to_ns
from rustybt.errors import InvalidArgument, RustyBTError
from rustybt.testing import VirtualTime
from rustybt_data.adapters.ccxt import CCXTDataAdapter
from rustybt_data.adapters.ccxt_venue import venue_class


@pytest.fixture(scope="module")
def server() -> Iterator[VendorServer]:
    with serving() as running:
        yield running


def adapter(server: VendorServer, venue: str) -> CCXTDataAdapter:
    made = CCXTDataAdapter(f"{venue}@{server.url}", {"timeout": "2"})
    made.timer = VirtualTime(to_ns("2024-02-01")).timer
    return made


@pytest.mark.parametrize(
    ("venue", "speaks", "symbol", "tick", "lot"),
    [
        ("kraken", kraken, "BTC/USD", "0.1", "0.00000001"),
        ("bybit", bybit, "BTC/USDT", "0.01", "0.000001"),
        ("okx", okx, "BTC/USDT", "0.1", "0.00000001"),
        # A contract is 0.01 coins; the asset is traded in coins.
        ("okx", okx, "BTC/USDT:USDT", "0.1", "0.01"),
        ("coinbase", coinbase, "BTC/USD", "0.01", "0.00000001"),
        ("coinbaseexchange", coinbaseexchange, "BTC/USD", "0.01", "0.00000001"),
    ],
)
def test_every_digit_arrives(
    server: VendorServer,
    venue: str,
    speaks: Callable[[Asked], Answer],
    symbol: str,
    tick: str,
    lot: str,
) -> None:
    server.reset(speaks)
    asked = adapter(server, venue)
    frame = asyncio.run(asked.bars([symbol], date(2024, 1, 1), date(2024, 1, 2), "1d"))
    assert frame["date"].to_list() == [date(2024, 1, 1), date(2024, 1, 2)]
    for number, name in enumerate(("open", "high", "low", "close", "volume")):
        assert frame[name].to_list() == [D(day[number]) for day in FINE]
    assert asked.facts(symbol) == {"tick_size": D(tick), "lot_size": D(lot)}


def test_an_exchange_that_keeps_only_new_bars_says_so(server: VendorServer) -> None:
    server.reset(kraken)
    with pytest.raises(InvalidArgument, match=r"kraken has only its newest 720 bars.*2022-02-1"):
        asyncio.run(
            adapter(server, "kraken").bars(["BTC/USD"], date(2021, 1, 1), date(2024, 1, 2), "1d")
        )


def test_there_are_as_many_exchanges_as_the_guide_says() -> None:
    import ccxt.async_support as ccxt

    with_bars = [name for name in ccxt.exchanges if venue_class(name)({}).has.get("fetchOHLCV")]
    assert (len(ccxt.exchanges) >= 100, len(with_bars) >= 90) == (True, True)


@whole_run
@given(seed=SEEDS)
def test_wrong_replies_give_errors_and_no_wrong_rows(server: VendorServer, seed: int) -> None:
    sent: list[str] = []

    def mutate(text: str) -> str:
        sent.append(mutated(text, seed + len(sent)) if len(sent) < 2 else text)
        return sent[-1]

    server.reset(Binance())
    server.mutate = ("klines", mutate)
    asked = adapter(server, "binance")
    asked.pages = None  # they would outlive this example
    try:
        frame = asyncio.run(asked.bars(["BTC/USDT"], date(2024, 1, 1), date(2024, 1, 6), "1d"))
    except RustyBTError:  # any other one is a failure
        return
    allowed = set().union(*map(numbers_in, sent))
    for name in ("open", "high", "low", "close", "volume"):
        assert set(frame[name]) <= allowed
