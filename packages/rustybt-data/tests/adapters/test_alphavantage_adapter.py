"""Alpha Vantage, from a server on loopback."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any, ClassVar

import pytest
from alphavantage_replies import DAYS, KEY, NOTE, PREMIUM, SLOW, AlphaVantage
from hypothesis import given
from laws import whole_run
from mutations import SEEDS
from vendor_server import Answer, VendorServer, serving
from vendor_suite import KeyedVendorSuite, fetched

from rustybt.data import bundles
from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    RequestRefused,
    RetriesExhausted,
    UnknownSymbol,
)
from rustybt_data.adapters import BaseDataAdapter
from rustybt_data.adapters.alphavantage import AlphaVantageAdapter

VARIABLE = "ALPHAVANTAGE_API_KEY"


@pytest.fixture(scope="module")
def shared() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def vendor(shared: VendorServer, monkeypatch: pytest.MonkeyPatch) -> VendorServer:
    monkeypatch.setenv(VARIABLE, KEY)
    shared.reset(AlphaVantage())
    return shared


def spoken(vendor: VendorServer) -> AlphaVantage:
    assert isinstance(vendor.speaks, AlphaVantage)
    return vendor.speaks


class TestAlphaVantageAdapter(KeyedVendorSuite):
    """Troubles, and the conformance suite."""

    adapter: ClassVar[type[BaseDataAdapter]] = AlphaVantageAdapter
    client: ClassVar[str] = "httpx2"
    path: ClassVar[str] = "/query"
    keys: ClassVar[tuple[str, ...]] = (VARIABLE,)
    twins: ClassVar[bool] = False
    options: ClassVar[Mapping[str, str]] = {"per_minute": "1000", "dividends": "today"}
    resumed: ClassVar[tuple[str, ...]] = ("AAPL", "QUIET")

    def rows(self, vendor: VendorServer) -> list[Any]:
        return spoken(vendor).rows

    def speaks(self) -> AlphaVantage:
        return AlphaVantage()

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
        for column, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
            assert frame[name].to_list() == [D(day[column]) for day in DAYS]

    def test_minutes_come_month_by_month(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor, "2024-05-01")
        start, end = datetime(2024, 3, 28, tzinfo=UTC), datetime(2024, 4, 1, 20, tzinfo=UTC)
        frame = asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))
        assert [asked.query["month"] for asked in vendor.asked] == ["2024-03", "2024-04"]
        # 09:30 in New York is 13:30 UTC in summer; the bar ends a minute later.
        assert frame["timestamp"].dt.strftime("%m-%d %H:%M").to_list() == [
            *("03-28 13:31", "03-28 20:00", "04-01 13:31", "04-01 13:32"),
        ]

    def test_months_before_the_first_trade_are_passed_over(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor, "2024-05-01")
        start, end = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 4, 1, 20, tzinfo=UTC)
        assert len(asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))) == 4
        spoken(vendor).minutes.clear()
        with pytest.raises(UnknownSymbol):
            asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))

    def test_labels_of_ends_are_noticed_and_can_be_said(self, vendor: VendorServer) -> None:
        ends = [("2024-03-28 09:31:00", "1"), ("2024-03-28 16:00:00", "2")]
        spoken(vendor).minutes["2024-03"] = ends
        start, end = datetime(2024, 3, 28, tzinfo=UTC), datetime(2024, 3, 28, 21, tzinfo=UTC)
        adapter, _ = self.made(vendor)
        with pytest.raises(DataValidationError, match="label=end"):
            asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))
        adapter, _ = self.made(vendor, label="end")
        frame = asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))
        assert frame["timestamp"].dt.strftime("%H:%M").to_list() == ["13:31", "20:00"]

    @pytest.mark.parametrize("text", [SLOW, NOTE])
    def test_throttling_comes_as_a_success(
        self, vendor: VendorServer, text: dict[str, str]
    ) -> None:
        spoken(vendor).slow = [text]
        assert len(self.bars(vendor)) == 4
        spoken(vendor).slow = [text] * 6
        with pytest.raises(RetriesExhausted, match="throttled") as caught:
            self.bars(vendor)
        assert KEY not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"

    def test_what_costs_more_is_refused_at_once(self, vendor: VendorServer) -> None:
        spoken(vendor).slow = [PREMIUM]
        with pytest.raises(RequestRefused, match="premium feature"):
            self.bars(vendor)
        assert len(vendor.asked) == 1

    def test_newest_days_that_do_not_reach_back_are_refused(self, vendor: VendorServer) -> None:
        rows = [(f"2024-{n // 28 + 1:02}-{n % 28 + 1:02}", *DAYS[0][1:]) for n in range(100)]
        spoken(vendor).rows = rows
        adapter, _ = self.made(vendor, outputsize="compact")
        with pytest.raises(InvalidArgument, match="reaches back to 2024-01-01"):
            asyncio.run(adapter.bars(["AAPL"], date(2023, 12, 1), date(2024, 1, 5), "1d"))
        assert vendor.asked[0].query["outputsize"] == "compact"
        fetched(self.made(vendor, outputsize="compact")[0])

    def test_two_different_bars_of_one_day_are_refused(self, vendor: VendorServer) -> None:
        twin = Answer(body=AlphaVantage()(self.asked()).text.decode().replace("03-08", "03-07"))
        vendor.fail(self.path, twin)
        with pytest.raises(DataValidationError, match=r"2024-03-07.*twice"):
            self.bars(vendor)

    def test_bars_of_another_symbol_are_refused(self, vendor: VendorServer) -> None:
        vendor.mutate = (self.path, lambda text: text.replace("AAPL", "MSFT"))
        with pytest.raises(DataValidationError, match="bars of AAPL were asked for"):
            self.bars(vendor)

    def test_pairs_are_refused(self, vendor: VendorServer) -> None:
        with pytest.raises(InvalidArgument, match="EUR/USD"):
            self.bars(vendor, "EUR/USD")

    @pytest.mark.parametrize(("shares", "before"), [("then", "0.205"), ("today", "0.82")])
    def test_splits_and_dividends(self, vendor: VendorServer, shares: str, before: str) -> None:
        adapter, _ = self.made(vendor, dividends=shares)
        found = asyncio.run(adapter.actions(["AAPL"], date(2024, 3, 7), date(2024, 3, 12)))
        assert found["splits"].rows() == [("AAPL", "2024-03-11", "1/4")]
        # Four shares for one on 11 March: 0.205 per share of today are 0.82 per share of the 8th.
        assert found["dividends"].select("ex_date", "pay_date", "amount").rows() == [
            ("2024-03-12", "2024-03-20", "0.24"),
            ("2024-03-08", "2024-03-08", before),
        ]

    def test_a_dividend_before_a_split_needs_an_answer(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor, dividends="")
        with pytest.raises(InvalidArgument, match=r"split after its dividend of 2024-03-08"):
            asyncio.run(adapter.actions(["AAPL"], date(2024, 3, 7), date(2024, 3, 12)))

    def test_actions_reach_the_bundle(self, vendor: VendorServer) -> None:
        options = {"symbols": "AAPL", "start": "2024-03-07", "end": "2024-03-12", **self.options}
        bundles.ingest_from("stocks", source="alphavantage", location=vendor.url, options=options)
        info = bundles.info("stocks")
        assert (info.daily_bars, info.splits, info.dividends) == (4, 1, 2)

    @staticmethod
    def asked() -> Any:
        from vendor_server import Asked

        query = {"apikey": KEY, "symbol": "AAPL", "function": "TIME_SERIES_DAILY"}
        return Asked(path="/query", query=query, headers={})


def test_an_option_without_sense_is_refused() -> None:
    for name in ("outputsize", "label", "dividends"):
        with pytest.raises(InvalidArgument, match=f"{name} was 'x'"):
            AlphaVantageAdapter("", {name: "x"})
