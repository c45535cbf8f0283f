"""Polygon (Massive) through its client, from a server on loopback."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any, ClassVar

import polars as pl
import pytest
from hypothesis import given
from laws import whole_run
from mutations import SEEDS
from polygon_replies import DAYS, KEY, Polygon
from vendor_server import Answer, VendorServer, serving
from vendor_suite import KeyedVendorSuite

from rustybt.data import bundles
from rustybt.errors import DataValidationError, InvalidArgument, RequestRefused
from rustybt_data.adapters import BaseDataAdapter
from rustybt_data.adapters.polygon import MassiveAdapter, PolygonAdapter

VARIABLE = "POLYGON_API_KEY"


@pytest.fixture(scope="module")
def shared() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def vendor(shared: VendorServer, monkeypatch: pytest.MonkeyPatch) -> VendorServer:
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.delenv("MASSIVE_API_KEY", raising=False)
    shared.reset(Polygon())
    return shared


class TestPolygonAdapter(KeyedVendorSuite):
    """Troubles, and the conformance suite."""

    adapter: ClassVar[type[BaseDataAdapter]] = PolygonAdapter
    client: ClassVar[str] = "massive"
    actions_path: ClassVar[str] = "/stocks/v1/"
    path: ClassVar[str] = "/v2/aggs/"
    keys: ClassVar[tuple[str, ...]] = (VARIABLE,)
    options: ClassVar[Mapping[str, str]] = {"per_minute": "1000"}

    def rows(self, vendor: VendorServer) -> list[Any]:
        assert isinstance(vendor.speaks, Polygon)
        return vendor.speaks.rows

    def speaks(self) -> Polygon:
        return Polygon()

    def environment(self) -> Mapping[str, str]:
        return {VARIABLE: KEY}

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
        assert [str(day) for day in frame["date"]] == [day[0] for day in DAYS]
        for column, name in enumerate(("open", "high", "low", "close", "volume"), start=2):
            assert frame[name].to_list() == [D(day[column]) for day in DAYS]

    def test_minutes_end_within_sessions(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor)
        start, end = datetime(2024, 3, 11, 13, tzinfo=UTC), datetime(2024, 3, 11, 14, tzinfo=UTC)
        frame = asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))
        # Of the minutes from 13:28 on those of 13:30, 13:31 and 13:32 are in the session.
        assert frame["timestamp"].dt.strftime("%H:%M").to_list() == ["13:31", "13:32", "13:33"]
        assert frame["volume"].to_list() == [102, 103, 104]

    def test_days_of_coins_are_those_of_utc(self, vendor: VendorServer) -> None:
        frame = self.bars(vendor, "BTC/USD")
        assert frame.select("date", "symbol").rows() == [(date(2024, 3, 11), "BTC/USD")]

    def test_the_key_stays_on_the_server(self, vendor: VendorServer) -> None:
        """The next page is named by an address of another host, to which nothing is sent."""
        self.bars(vendor)
        assert len(vendor.paths(self.path)) == 2

    def test_adjusted_prices_are_refused(self, vendor: VendorServer) -> None:
        vendor.mutate = (self.path, lambda text: text.replace("false", "true"))
        with pytest.raises(DataValidationError, match="not adjusted"):
            self.bars(vendor)

    def test_bars_of_another_ticker_are_refused(self, vendor: VendorServer) -> None:
        vendor.mutate = (self.path, lambda text: text.replace("AAPL", "MSFT"))
        with pytest.raises(DataValidationError, match="bars of AAPL were asked for"):
            self.bars(vendor)

    def test_a_plan_without_the_data_is_told(self, vendor: VendorServer) -> None:
        text = "You are not entitled to this data."
        body = {"status": "NOT_AUTHORIZED", "message": text}
        for answer in (Answer(status=403, body=body), Answer(body=body)):
            vendor.fail(self.path, answer)
            with pytest.raises(RequestRefused, match=text):
                self.bars(vendor)

    def test_what_it_has_no_ticker_for_is_refused(self, vendor: VendorServer) -> None:
        with pytest.raises(InvalidArgument, match="BTC/USDT:USDT"):
            self.bars(vendor, "BTC/USDT:USDT")

    def test_splits_and_dividends(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor)
        days = date(2024, 3, 7), date(2024, 3, 12)
        found = asyncio.run(adapter.actions(["AAPL", "BTC/USD"], *days))
        assert found["splits"].rows() == [("2024-03-11", "3/2", "AAPL")]
        assert found["dividends"].select("ex_date", "pay_date", "amount", "currency").rows() == [
            ("2024-03-08", "2024-03-14", "0.24", "USD"),
            ("2024-03-12", "2024-03-12", "1.5", None),
        ]

    def test_actions_reach_the_bundle(self, vendor: VendorServer) -> None:
        options = {"symbols": "AAPL", "start": "2024-03-07", "end": "2024-03-12", **self.options}
        bundles.ingest_from("stocks", source="polygon", location=vendor.url, options=options)
        info = bundles.info("stocks")
        assert (info.daily_bars, info.splits, info.dividends) == (4, 1, 2)


def test_the_other_name_and_the_other_variable(
    vendor: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("MASSIVE_API_KEY", KEY)
    adapter = MassiveAdapter(vendor.url, {"per_minute": "1000"})
    frame = asyncio.run(adapter.bars(["AAPL"], date(2024, 3, 7), date(2024, 3, 12), "1d"))
    assert isinstance(frame, pl.DataFrame)
    assert len(frame) == 4


@pytest.mark.parametrize("location", ["ftp://x", "http://", "http://a:b@x", "http://x?apiKey=1"])
def test_an_address_that_is_none_is_refused(location: str) -> None:
    with pytest.raises(InvalidArgument, match="location"):
        PolygonAdapter(location, {})


@pytest.mark.parametrize("option", [{"per_minute": "0"}, {"per_minute": "x"}, {"timeout": "0"}])
def test_an_option_without_sense_is_refused(option: dict[str, str]) -> None:
    with pytest.raises(InvalidArgument, match=next(iter(option))):
        PolygonAdapter("", option)
