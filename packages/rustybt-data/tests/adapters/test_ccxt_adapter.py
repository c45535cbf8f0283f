"""Bars of exchanges through ccxt, from a server on loopback that speaks Binance's protocol."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal as D

import polars as pl
import pytest
from exchange_replies import DAYS, Binance
from vendor_server import Answer, VendorServer, serving

from rustybt.calendars import to_ns
from rustybt.data import bundles
from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    RequestRefused,
    ResolutionNotServed,
    RetriesExhausted,
    UnknownSymbol,
)
from rustybt.testing import AdapterCase, DataAdapterSuite, VirtualTime
from rustybt_data.adapters.ccxt import CCXTDataAdapter

FIRST, LAST = date(2024, 1, 1), date(2024, 1, 6)


@pytest.fixture(scope="module")
def shared() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(shared: VendorServer) -> VendorServer:
    shared.reset(Binance())
    return shared


class Asking:
    """An adapter on virtual time.

    Attributes:
        adapter: The adapter.
        time: Its time.
    """

    def __init__(self, server: VendorServer, now: str = "2024-02-01", **options: str) -> None:
        self.adapter = CCXTDataAdapter(f"binance@{server.url}", options)
        self.time = VirtualTime(to_ns(now))
        self.adapter.timer = self.time.timer

    def bars(self, *symbols: str, **edges: object) -> pl.DataFrame:
        wanted = {"start": FIRST, "end": LAST, "resolution": "1d", **edges}
        return asyncio.run(
            self.adapter.bars(symbols or ("BTC/USDT",), **wanted)  # type: ignore[arg-type]
        )


def test_daily_bars_have_the_digits_of_the_exchange(server: VendorServer) -> None:
    frame = Asking(server).bars()
    assert frame["date"].to_list() == [date(2024, 1, day) for day in range(1, 7)]
    for number, name in enumerate(("open", "high", "low", "close", "volume")):
        assert frame[name].to_list() == [D(day[number]) for day in DAYS]


def test_starts_of_minutes_become_ends(server: VendorServer) -> None:
    start = datetime(2024, 1, 2, 0, 1, tzinfo=UTC)
    end = datetime(2024, 1, 2, 0, 4, tzinfo=UTC)
    frame = Asking(server).bars(start=start, end=end, resolution="1m")
    # Bars that begin at 00:01, 00:02 and 00:03 end at 00:02, 00:03 and 00:04.
    assert frame["timestamp"].dt.minute().to_list() == [2, 3, 4]
    assert frame["open"].to_list() == [D(day[0]) for day in DAYS[1:4]]


def test_pages_follow_each_other(server: VendorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rustybt_data.adapters.ccxt_venue.Venue.limit", lambda *_: 2)
    assert Asking(server).bars().height == 6
    asked = [asked.query["startTime"] for asked in server.asked if "klines" in asked.path]
    # 2024-01-01, 03 and 05: each page begins after the newest bar of the one before.
    assert asked == ["1704067200000", "1704240000000", "1704412800000"]


def test_a_page_is_as_long_as_the_exchange_allows(server: VendorServer) -> None:
    Asking(server).bars()
    (asked,) = (asked for asked in server.asked if "klines" in asked.path)
    assert asked.query["limit"] == "1000"


def test_the_bar_of_today_is_left_out(server: VendorServer) -> None:
    frame = Asking(server, now="2024-01-05T12:00").bars(end=None)
    assert frame["date"].to_list()[-1] == date(2024, 1, 4)


def test_throttling_is_waited_out(server: VendorServer) -> None:
    server.fail(
        "klines",
        Answer(status=429, headers={"Retry-After": "17"}, body={"code": -1003, "msg": "slow down"}),
        Answer(status=429, body={"code": -1003, "msg": "slow down"}),
        Answer(status=503, body="<html>busy</html>"),
    )
    asking = Asking(server)
    assert asking.bars().height == 6
    waits = [wait for wait in asking.time.waits if wait]
    # As long as it was asked to and up to 0.5 s more; then up to 1 s and up to 2 s.
    assert 17 <= waits[0] <= 17.5
    assert waits[1] <= 1
    assert waits[2] <= 2
    assert len(server.paths("klines")) == 4


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=Binance().days, cut=100),
        Answer(body="[[1704067200000,"),
        Answer(body="<html></html>"),
        Answer(body=""),
        Answer(hangs=True),
    ],
    ids=["body-cut", "json-cut", "no-json", "nothing", "timeout"],
)
def test_what_comes_in_part_is_asked_again(server: VendorServer, answer: Answer) -> None:
    server.fail("klines", answer)
    assert Asking(server, timeout="0.3").bars().height == 6
    assert len(server.paths("klines")) == 2


def test_who_never_answers_is_named(server: VendorServer) -> None:
    server.fail("klines", *[Answer(status=502)] * 6)
    with pytest.raises(RetriesExhausted, match=r"ccxt did not answer BTC/USDT 1d.*6 tries.*502"):
        Asking(server).bars()


def test_an_address_without_anybody_is_an_error() -> None:
    adapter = CCXTDataAdapter("binance@http://127.0.0.1:9", {})
    adapter.timer = VirtualTime(to_ns("2024-02-01")).timer
    with pytest.raises(RetriesExhausted, match="markets"):
        asyncio.run(adapter.bars(["BTC/USDT"], FIRST, LAST, "1d"))


def test_order_duplicates_and_more_than_asked_do_no_harm(server: VendorServer) -> None:
    plain = Asking(server).bars()
    binance = Binance()
    binance.days = [binance.days[n] for n in (3, 0, 5, 1, 1, 4, 2, 0)]
    server.reset(binance)
    assert Asking(server).bars().equals(plain)


def test_two_different_bars_of_one_day_are_refused(server: VendorServer) -> None:
    binance = Binance()
    binance.days.append([*binance.days[2][:4], "41000", *binance.days[2][5:]])
    server.reset(binance)
    with pytest.raises(DataValidationError, match="2024-01-03"):
        Asking(server).bars()


def test_an_empty_page_is_no_bar(server: VendorServer) -> None:
    assert Asking(server).bars("PEPE/USDT").is_empty()


def test_years_without_bars_are_passed_over(server: VendorServer) -> None:
    class Later(Binance):
        """Answers nothing where the page has no bar, as some exchanges do before a listing."""

        def klines(self, asked):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            since = int(asked.query["startTime"])
            rows = [row for row in self.days if since <= row[0] < since + 1000 * 86_400_000]
            return Answer(body=rows)

    server.reset(Later())
    frame = Asking(server).bars(start=date(2019, 1, 1))
    assert frame["date"][0] == FIRST
    # 2019-01-01 + 1000 days is 2021-09-27, + 1000 more 2024-06-23.
    assert len(server.paths("klines")) == 2


def test_a_symbol_that_is_not_there_is_named(server: VendorServer) -> None:
    with pytest.raises(UnknownSymbol, match=r"binance has no symbol 'NOPE/USDT'"):
        Asking(server).bars("NOPE/USDT")


def test_an_error_of_the_exchange_is_told(server: VendorServer) -> None:
    server.fail("klines", Answer(status=400, body={"code": -1100, "msg": "Illegal characters"}))
    with pytest.raises(RequestRefused, match=r"binance refused BTC/USDT 1d.*Illegal characters"):
        Asking(server).bars()


def test_an_exchange_that_is_not_there_is_named() -> None:
    adapter = CCXTDataAdapter("binanze", {})
    with pytest.raises(InvalidArgument, match=r"binanze.*binance"):
        asyncio.run(adapter.bars(["BTC/USDT"], FIRST, LAST, "1d"))


@pytest.mark.parametrize("location", ["", "binance@", "bin ance", "binance@ftp://x", "@http://x"])
def test_a_location_that_is_none_is_refused(location: str) -> None:
    with pytest.raises(InvalidArgument, match="location"):
        CCXTDataAdapter(location, {})


def test_a_length_that_the_exchange_lacks_is_refused(server: VendorServer) -> None:
    adapter = CCXTDataAdapter(f"kraken@{server.url}", {})
    server.reset(lambda _: Answer(body={"error": [], "result": {}}))
    with pytest.raises(ResolutionNotServed, match=r"kraken.*3m.*1m, 5m"):
        asyncio.run(adapter.bars(["BTC/USD"], FIRST, LAST, "3m"))


def test_a_fetch_goes_on_where_it_stopped(
    server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rustybt_data.adapters.ccxt_venue.Venue.limit", lambda *_: 2)
    server.speaks = Broken(after=2)
    with pytest.raises(RetriesExhausted):
        Asking(server).bars()
    server.reset(Binance())
    assert Asking(server).bars().height == 6
    assert [asked.query["startTime"] for asked in server.asked if "klines" in asked.path] == [
        "1704412800000"
    ]


class Broken(Binance):
    """Answers so many pages and no more."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def klines(self, asked):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        self.left -= 1
        return super().klines(asked) if self.left >= 0 else Answer(status=500)


class TestCCXTDataAdapter(DataAdapterSuite):
    """The suite of data adapters."""

    @pytest.fixture
    def case(self, server: VendorServer) -> AdapterCase:
        return AdapterCase(
            adapter=CCXTDataAdapter,
            location=f"binance@{server.url}",
            options={"symbols": "BTC/USDT", "start": "2024-01-01", "end": "2024-01-06"},
            calendar="24/7",
        )


def test_tick_and_lot_are_those_of_the_exchange(server: VendorServer) -> None:
    bundles.ingest_from(
        "coins",
        source="ccxt",
        location=f"binance@{server.url}",
        options={"symbols": "BTC/USDT", "start": "2024-01-01", "end": "2024-01-06"},
        calendar_name="24/7",
    )
    coin = bundles.load("coins").finder.lookup_symbol("BTC/USDT")
    assert (coin.tick_size, coin.lot_size) == (D("0.01"), D("0.00001"))
