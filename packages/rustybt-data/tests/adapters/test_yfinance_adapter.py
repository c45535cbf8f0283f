"""Yahoo through yfinance, from a server on loopback."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from mutations import SEEDS
from vendor_server import Answer, VendorServer, serving
from vendor_suite import VendorSuite
from yahoo_replies import TEXTS, Yahoo

from rustybt.data import bundles
from rustybt.errors import DataValidationError, InvalidArgument, RequestRefused
from rustybt_data.adapters import BaseDataAdapter
from rustybt_data.adapters.yfinance import YFinanceAdapter
from rustybt_data.adapters.yfinance_chart import shortest


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendorServer]:
    import yfinance

    yfinance.set_tz_cache_location(str(tmp_path_factory.mktemp("yahoo")))
    with serving() as server:
        yield server


@pytest.fixture
def vendor(shared: VendorServer, tmp_path: Path) -> VendorServer:
    shared.reset(Yahoo())
    return shared


def spoken(vendor: VendorServer) -> Yahoo:
    assert isinstance(vendor.speaks, Yahoo)
    return vendor.speaks


class TestYFinanceAdapter(VendorSuite):
    """Troubles, and the conformance suite."""

    adapter: ClassVar[type[BaseDataAdapter]] = YFinanceAdapter
    client: ClassVar[str] = "yfinance"
    path: ClassVar[str] = "/v8/finance/chart/"
    options: ClassVar[Mapping[str, str]] = {"per_minute": "1000"}
    resumed: ClassVar[tuple[str, ...]] = ("AAPL", "MSFT")

    def rows(self, vendor: VendorServer) -> list[Any]:
        return spoken(vendor).rows

    def speaks(self) -> Yahoo:
        return Yahoo()

    def speaks_of_actions(self) -> Yahoo:
        yahoo = Yahoo()
        yahoo.splits = [{"date": 1710163800, "to": 4, "from": 1}]
        yahoo.dividends = [{"date": 1709908200, "amount": "0.205"}]
        return yahoo

    def environment(self) -> Mapping[str, str]:
        return {}

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

    @staticmethod
    def is_from(number: Any, allowed: set[Any]) -> bool:
        """Prices come as floats of 32 bits."""
        sent = {float(text) for text in allowed}
        return float(number) in sent or float(np.float32(float(number))) in sent

    def test_daily_bars_are_those_of_their_sessions(self, vendor: VendorServer) -> None:
        frame = self.bars(vendor)
        assert [str(day) for day in frame["date"]] == [day[0] for day in TEXTS]
        for column, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
            assert frame[name].to_list() == [D(day[column]) for day in TEXTS]

    def test_what_later_splits_did_is_undone(self, vendor: VendorServer) -> None:
        # Four for one on 11 March and three for two on 25 March: 6 for one before the 11th, and
        # 1.5 from then on. 169.15 x 6 = 1014.90; 172.94 x 1.5 = 259.41; 71765100 / 6 = 11960850;
        # 60139500 / 1.5 = 40093000.
        spoken(vendor).splits = [
            {"date": 1710163800, "to": 4, "from": 1},
            {"date": 1711373400, "to": 3, "from": 2},
        ]
        frame = self.bars(vendor)
        opens = [D("1014.90"), D("1014.00"), D("259.41"), D("259.72")]  # 259.725 to the even cent
        assert frame["open"].to_list() == opens
        volumes = frame["volume"].to_list()
        assert (volumes[0], volumes[2]) == (11960850, 40093000)

    def test_what_is_asked_for_reaches_up_to_now(self, vendor: VendorServer) -> None:
        self.bars(vendor)
        query = next(asked.query for asked in vendor.asked if self.path in asked.path)
        # 2024-03-07 to the end of 2024-04-02 in UTC, the day after now.
        assert (query["period1"], query["period2"]) == ("1709769600", "1712102400")
        assert query["includePrePost"] == "false"

    def test_days_without_trade_are_left_out(self, vendor: VendorServer) -> None:
        spoken(vendor).rows[1] = (1709908200, *["null"] * 5)
        assert self.bars(vendor)["date"].to_list()[:2] == [date(2024, 3, 7), date(2024, 3, 11)]

    def test_half_a_row_is_refused(self, vendor: VendorServer) -> None:
        spoken(vendor).rows[1] = (1709908200, "169", "170", "168", "null", "5")
        with pytest.raises(DataValidationError, match=r"2024-03-08.*close"):
            self.bars(vendor)

    def test_the_row_of_now_beside_that_of_its_session_is_left_out(
        self, vendor: VendorServer
    ) -> None:
        plain = self.bars(vendor)
        spoken(vendor).rows.append((1710273601, "173", "174", "171", "173.5", "7"))
        assert self.bars(vendor).equals(plain)

    def test_minutes_come_week_by_week(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor)
        start, end = datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 3, 13, tzinfo=UTC)
        frame = asyncio.run(adapter.bars(["AAPL"], start, end, "1m"))
        asked = [asked.query for asked in vendor.asked if self.path in asked.path]
        assert [query["interval"] for query in asked] == ["1d", "1m", "1m"]
        # What begins at the close, 20:00, belongs to no session.
        ends = ["13:31", "13:32", "20:00"]
        assert frame["timestamp"].dt.strftime("%H:%M").to_list() == ends

    def test_another_length_than_asked_for_is_refused(self, vendor: VendorServer) -> None:
        vendor.mutate = (self.path, lambda text: text.replace('"1d"', '"1wk"'))
        with pytest.raises(DataValidationError, match="bars of 1d were asked for"):
            self.bars(vendor)

    def test_what_yahoo_does_not_have_is_told(self, vendor: VendorServer) -> None:
        reason = "1m data not available"
        body = {"chart": {"result": None, "error": {"code": "x", "description": reason}}}
        vendor.fail(self.path, Answer(status=422, body=body))
        with pytest.raises(RequestRefused, match=reason):
            self.bars(vendor)
        assert len(vendor.paths(self.path)) == 1

    def test_an_old_crumb_is_made_new(self, vendor: VendorServer) -> None:
        vendor.fail(self.path, Answer(status=401, body={"finance": {"error": "Invalid Crumb"}}))
        assert len(self.bars(vendor)) == 4

    def test_pence_become_pounds(self, vendor: VendorServer) -> None:
        spoken(vendor).meta["currency"] = "GBp"
        spoken(vendor).dividends = [{"date": 1709908200, "amount": "0.24"}]
        adapter, _ = self.made(vendor)
        frame = asyncio.run(adapter.bars(["VOD.L"], date(2024, 3, 7), date(2024, 3, 12), "1d"))
        assert frame["open"][0] == D("1.6915")
        assert adapter.facts("VOD.L") == {"currency": "GBP"}
        found = asyncio.run(adapter.actions(["VOD.L"], date(2024, 3, 7), date(2024, 3, 12)))
        assert found["dividends"].is_empty()

    def test_days_of_coins_are_those_of_utc(self, vendor: VendorServer) -> None:
        spoken(vendor).meta["exchangeTimezoneName"] = "UTC"
        spoken(vendor).rows = [(1710115200, "72123.90625", "72850", "67024", "71481.2890625", "9")]
        frame = self.bars(vendor, "BTC/USD")
        assert frame.select("date", "open", "close").rows() == [
            (date(2024, 3, 11), D("72123.91"), D("71481.29"))
        ]

    def test_what_it_has_no_ticker_for_is_refused(self, vendor: VendorServer) -> None:
        with pytest.raises(InvalidArgument, match="BTC/USDT:USDT"):
            self.bars(vendor, "BTC/USDT:USDT")

    def test_splits_and_dividends(self, vendor: VendorServer) -> None:
        spoken(vendor).splits = [{"date": 1710163800, "to": 4, "from": 1}]
        spoken(vendor).dividends = [
            {"date": 1710250200, "amount": "0.24"},
            {"date": 1709908200, "amount": "0.205"},
        ]
        adapter, _ = self.made(vendor)
        found = asyncio.run(adapter.actions(["AAPL"], date(2024, 3, 7), date(2024, 3, 12)))
        assert found["splits"].rows() == [("AAPL", "2024-03-11", "1/4")]
        # 0.205 per share of today are 0.82 per share of the 8th.
        assert found["dividends"].rows() == [
            ("AAPL", "2024-03-08", "2024-03-08", "0.82", "USD"),
            ("AAPL", "2024-03-12", "2024-03-12", "0.24", "USD"),
        ]

    def test_actions_reach_the_bundle(self, vendor: VendorServer) -> None:
        spoken(vendor).splits = [{"date": 1710163800, "to": 4, "from": 1}]
        spoken(vendor).dividends = [{"date": 1709908200, "amount": "0.205"}]
        options = {"symbols": "AAPL", "start": "2024-03-07", "end": "2024-03-12", **self.options}
        bundles.ingest_from("stocks", source="yfinance", location=vendor.url, options=options)
        info = bundles.info("stocks")
        assert (info.daily_bars, info.splits, info.dividends) == (4, 1, 1)
        # The chart of the bars has the actions as well.
        assert len(vendor.paths(self.path)) == 1

    def test_others_who_use_yfinance_keep_their_session(self, vendor: VendorServer) -> None:
        from yfinance.data import YfData

        theirs = YfData()
        session = theirs._session
        self.bars(vendor)
        assert YfData() is theirs
        assert theirs._session is session


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("185.63999938964844", "185.64"),
        ("0.12834821641445160", "0.12834822"),
        ("4769.830078125", "4769.83"),
        ("185.64", "185.64"),  # no float of 32 bits: as it is
        ("72123.90625", "72123.91"),
    ],
)
def test_the_shortest_text_of_a_float(sent: str, meant: str) -> None:
    assert shortest(sent) == meant


@given(cents=st.integers(1, 9_999_999))
def test_prices_of_seven_digits_come_back_exactly(cents: int) -> None:
    """IEEE 754: every decimal of up to 6 digits survives 32 bits; below 100,000 cents do."""
    price = D(cents).scaleb(-2)
    assert D(shortest(repr(float(np.float32(float(price)))))) == price
