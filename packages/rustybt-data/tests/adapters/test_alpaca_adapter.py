"""Alpaca through its clients, from a server on loopback."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any, ClassVar

import pytest
from alpaca_replies import DAYS, KEY, PAIR, Alpaca
from hypothesis import given
from laws import whole_run
from mutations import SEEDS
from vendor_server import Answer, VendorServer, serving
from vendor_suite import KeyedVendorSuite

from rustybt.data import bundles
from rustybt.errors import DataValidationError, InvalidArgument, RequestRefused, UnknownSymbol
from rustybt_data.adapters import BaseDataAdapter
from rustybt_data.adapters.alpaca import AlpacaAdapter

ENVIRONMENT = {"ALPACA_API_KEY": KEY, "ALPACA_SECRET_KEY": PAIR}


@pytest.fixture(scope="module")
def shared() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def vendor(shared: VendorServer, monkeypatch: pytest.MonkeyPatch) -> VendorServer:
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    shared.reset(Alpaca())
    return shared


class TestAlpacaAdapter(KeyedVendorSuite):
    """Troubles, and the conformance suite."""

    adapter: ClassVar[type[BaseDataAdapter]] = AlpacaAdapter
    client: ClassVar[str] = "alpaca"
    actions_path: ClassVar[str] = "/v1/corporate-actions"
    path: ClassVar[str] = "/v2/stocks/bars"
    keys: ClassVar[tuple[str, ...]] = tuple(ENVIRONMENT)

    def rows(self, vendor: VendorServer) -> list[Any]:
        assert isinstance(vendor.speaks, Alpaca)
        return vendor.speaks.rows

    def speaks(self) -> Alpaca:
        return Alpaca()

    def environment(self) -> Mapping[str, str]:
        return ENVIRONMENT

    @whole_run
    @given(seed=SEEDS)
    def test_wrong_replies_give_errors_and_no_wrong_rows(
        self, shared: VendorServer, seed: int
    ) -> None:
        self.wrong_reply(shared, seed)

    @whole_run
    @given(seed=SEEDS)
    def test_wrong_actions_give_errors(self, shared: VendorServer, seed: int) -> None:
        self.wrong_actions(shared, seed)

    def test_daily_bars_are_those_of_their_sessions(self, vendor: VendorServer) -> None:
        frame = self.bars(vendor)
        assert [str(day) for day in frame["date"]] == [day[0][:10] for day in DAYS]
        for column, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
            assert frame[name].to_list() == [D(day[column]) for day in DAYS]

    def test_what_is_asked_for(self, vendor: VendorServer) -> None:
        self.bars(vendor, feed="iex")
        query = vendor.asked[0].query
        # From midnight in New York to the last microsecond of the last day there.
        assert query["start"] == "2024-03-07T05:00:00+00:00"
        assert query["end"] == "2024-03-13T03:59:59.999999+00:00"
        assert (query["feed"], query["timeframe"], query["limit"]) == ("iex", "1Day", "10000")

    def test_minutes_end_within_sessions(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor)
        start, end = datetime(2024, 3, 11, 19, tzinfo=UTC), datetime(2024, 3, 11, 21, tzinfo=UTC)
        frame = asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))
        # Those of 19:58 and 19:59 end with the session at 20:00.
        assert frame["timestamp"].dt.strftime("%H:%M").to_list() == ["19:59", "20:00"]

    def test_an_invalid_symbol_is_named(self, vendor: VendorServer) -> None:
        with pytest.raises(UnknownSymbol, match="A B"):
            self.bars(vendor, "A B")

    def test_a_plan_without_the_data_is_told(self, vendor: VendorServer) -> None:
        text = "subscription does not permit querying recent SIP data"
        vendor.fail(self.path, Answer(status=403, body={"message": text}))
        with pytest.raises(RequestRefused, match=text):
            self.bars(vendor)

    def test_bars_of_another_symbol_are_refused(self, vendor: VendorServer) -> None:
        vendor.mutate = (self.path, lambda text: text.replace("AAPL", "MSFT"))
        with pytest.raises(DataValidationError, match="bars of AAPL were asked for"):
            self.bars(vendor)

    def test_an_address_that_leads_elsewhere_is_not_followed(self, vendor: VendorServer) -> None:
        vendor.fail(self.path, Answer(status=301, headers={"Location": "http://127.0.0.1:9/"}))
        with pytest.raises(RequestRefused, match="elsewhere"):
            self.bars(vendor)

    def test_coins_are_refused(self, vendor: VendorServer) -> None:
        with pytest.raises(InvalidArgument, match="midnight UTC"):
            self.bars(vendor, "BTC/USD")

    def test_splits_and_dividends(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor)
        found = asyncio.run(adapter.actions(["AAPL"], date(2024, 3, 7), date(2024, 3, 12)))
        query = vendor.asked[0].query
        assert (query["start"], query["end"]) == ("2024-03-07", "2024-03-12")
        assert found["splits"].rows() == [("AAPL", "2024-03-08", "1/4")]
        assert found["dividends"].rows() == [
            ("AAPL", "2024-03-11", "2024-03-14", "2024-03-12", "0.24")
        ]
        assert found["stock_dividends"].rows() == [
            ("AAPL", "2024-03-12", "2024-03-12", None, "0.05")
        ]

    def test_actions_reach_the_bundle(self, vendor: VendorServer) -> None:
        options = {"symbols": "AAPL", "start": "2024-03-07", "end": "2024-03-12"}
        bundles.ingest_from("stocks", source="alpaca", location=vendor.url, options=options)
        info = bundles.info("stocks")
        assert (info.daily_bars, info.splits, info.dividends, info.other_actions) == (4, 1, 1, 1)


def test_a_feed_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"feed was 'all'.*sip, iex"):
        AlpacaAdapter("", {"feed": "all"})
