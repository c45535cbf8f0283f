"""A folder of CSV files becomes a bundle."""

import csv
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from csv_folders import GOOD, HEADER, ingested, write
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.assets import Cryptocurrency, CurrencyPair, Equity
from rustybt.calendars import to_day, to_ns
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import info, ingest, load, register, unregister
from rustybt.data.bundles.csvdir import csvdir_equities
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import InvalidArgument
from rustybt.values import Ratio, from_scaled


def stored_rows(bundle: BundleData, sid: int, *, minute: bool = False) -> list[tuple[object, ...]]:
    """Label and Decimals of every bar of an asset."""
    reader = bundle.minute if minute else bundle.daily
    assert reader is not None
    return [
        (
            at,
            *(from_scaled(prices, reader.price_scale) for prices in values[:4]),
            from_scaled(values[4], reader.volume_scale),
        )
        for at, _, *values in reader.read([sid], 0, 2**62).iter_rows()
    ]


def file_rows(
    path: Path, label: Callable[[str], int], stamp: str = "date"
) -> list[tuple[object, ...]]:
    """The same out of the file, by Python's own CSV reader."""
    with path.open(newline="") as file:
        return [
            (label(row[stamp]), *(Decimal(row[field]) for field in BAR_FIELDS))
            for row in csv.DictReader(file)
        ]


# ------------------------------------------------------------------ a real folder


@pytest.fixture
def bundle(market: Path) -> BundleData:
    return ingested(market)


@pytest.mark.parametrize(("symbol", "sid"), [("AAA", 1), ("JJJ", 10), ("KKK", 11)])
def test_every_daily_bar_is_stored_exactly(
    bundle: BundleData, market: Path, symbol: str, sid: int
) -> None:
    assert stored_rows(bundle, sid) == file_rows(market / f"daily/{symbol}.csv", to_day)


def test_every_minute_is_stored_exactly(bundle: BundleData, market: Path) -> None:
    file = market / "minute/AAA.csv"
    assert stored_rows(bundle, 1, minute=True) == file_rows(file, to_ns, "dt_utc_minute_end")


def test_sessions_without_a_row_are_days_without_trade(bundle: BundleData) -> None:
    assert bundle.daily is not None
    days = [to_day(f"2020-05-{day}") for day in ("08", "11", "12", "13")]
    stored = bundle.daily.read([10], days[0], days[3] + 1)["at"].to_list()
    assert stored == [days[0], days[3]]
    assert bundle.daily.last_traded(10, days[2]) == days[0]


def test_assets_are_those_of_assets_csv(bundle: BundleData) -> None:
    assert bundle.finder.sids == tuple(range(1, 13))
    asset = bundle.finder.retrieve_asset(11)
    assert (asset.symbol, asset.asset_name, asset.exchange) == ("KKK", "KKK Incorporated", "NYSE")
    assert (asset.start_date, asset.end_date) == (date(2019, 1, 2), date(2020, 9, 30))
    assert asset.auto_close_date == date(2020, 10, 5)
    assert (asset.country_code, asset.currency) == ("US", "USD")


def test_splits_and_dividends_are_exact(bundle: BundleData) -> None:
    ratios = {split.sid: split.ratio for split in bundle.adjustments.splits()}
    assert ratios == {1: Ratio(1, 2), 2: Ratio(2, 3), 3: Ratio(5)}
    (first, second) = bundle.adjustments.dividends([1])
    assert (first.amount, second.amount) == (Decimal("0.82"), Decimal("0.22"))
    assert (first.ex, first.pay) == (to_day("2020-02-07"), to_day("2020-02-13"))
    assert (first.declared, first.record) == (to_day("2020-01-28"), to_day("2020-02-10"))
    assert bundle.adjustments.splits_effective(to_day("2020-08-31"))[0].sid == 1


def test_the_bundle_is_described(bundle: BundleData) -> None:
    facts = info("mine")
    assert (facts.assets, facts.daily_bars, facts.minute_bars) == (12, 83 + 81 + 83, 771)
    assert (facts.splits, facts.dividends) == (3, 7)
    assert (facts.first_session, facts.last_session) == (date(2020, 4, 1), date(2021, 3, 3))
    assert facts.fingerprint == bundle.fingerprint
    assert facts.size_bytes > 10_000


def test_the_same_folder_has_the_same_fingerprint(bundle: BundleData, market: Path) -> None:
    assert ingested(market).fingerprint == bundle.fingerprint


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("daily/AAA.csv", "open", "open"),
        ("assets.csv", "KKK Incorporated", "KKK Inc"),
        ("splits.csv", "0.5", "0.25"),
        ("dividends.csv", "0.82", "0.83"),
        ("minute/AAA.csv", "119.10,8281", "119.10,8282"),
    ],
)
def test_any_change_of_content_changes_the_fingerprint(
    bundle: BundleData, market: Path, folder: Path, file: str, old: str, new: str
) -> None:
    changed = folder / "copy"
    shutil.copytree(market, changed)
    text = (changed / file).read_text()
    assert old in text
    (changed / file).write_text(text.replace(old, new, 1))
    assert (ingested(changed).fingerprint == bundle.fingerprint) is (old == new)


# ------------------------------------------------------------------ what may be left out


def test_without_assets_csv_assets_live_from_their_first_to_their_last_row(folder: Path) -> None:
    write(folder, "daily/BBB.csv", HEADER, GOOD, "2021-03-05,1,1,1,1,1")
    write(folder, "daily/AAA.csv", HEADER, GOOD)
    first, second = ingested(folder).finder.retrieve_all([0, 1])
    assert (first.symbol, second.symbol) == ("AAA", "BBB")
    assert (second.start_date, second.end_date) == (date(2021, 3, 1), date(2021, 3, 5))
    assert second.first_traded == date(2021, 3, 1)
    assert second.auto_close_date == date(2021, 3, 6)
    assert (second.exchange, second.country_code, second.currency) == ("CSVDIR", "US", "USD")


def test_minutes_alone_are_enough(folder: Path) -> None:
    write(
        folder,
        "minute/A.csv",
        "timestamp,open,high,low,close,volume",
        "2021-03-01 14:31:00,1,1,1,1,1",
        "2021-03-02T21:00:00Z,1,1,1,1,1",
    )
    bundle = ingested(folder)
    assert bundle.daily is None
    asset = bundle.finder.retrieve_asset(0)
    assert (asset.start_date, asset.end_date) == (date(2021, 3, 1), date(2021, 3, 2))


def test_minutes_may_be_labelled_by_their_start(folder: Path) -> None:
    write(folder, "minute/A.csv", HEADER, "2021-03-01T14:30:00Z,1,1,1,1,1")
    bundle = ingested(folder, bar_label="start")
    assert stored_rows(bundle, 0, minute=True)[0][0] == to_ns("2021-03-01T14:31:00Z")


def test_a_column_of_stamps_may_have_any_name(folder: Path) -> None:
    write(folder, "daily/A.csv", HEADER.replace("date", "Session"), GOOD)
    assert len(stored_rows(ingested(folder, stamp="session"), 0)) == 1


def test_columns_are_found_by_name_in_any_case_and_order(folder: Path) -> None:
    write(
        folder,
        "daily/A.csv",
        "Volume,Close,Adj Close, Low ,High,Open,Date",
        "1000,10.25,9,10,11,10.5,2021-03-01",
    )
    assert stored_rows(ingested(folder), 0) == [
        (to_day("2021-03-01"), Decimal("10.5"), 11, 10, Decimal("10.25"), 1000)
    ]


def test_blank_lines_and_days_without_trade_are_no_bars(folder: Path) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD, "", "2021-03-02,,,,,", "2021-03-03,0,0,0,0,0", "")
    bundle = ingested(folder)
    assert len(stored_rows(bundle, 0)) == 1
    assert bundle.finder.retrieve_asset(0).end_date == date(2021, 3, 3)


def test_a_file_without_bars_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    bare = write(folder, "daily/B.csv", HEADER)
    assert ingested(folder).finder.sids == (0, 1)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == f"a price file has no bars symbol=B file={bare}"


def test_further_files_are_ignored(folder: Path) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    write(folder, "daily/README.txt", "hello")
    write(folder, "sessions.csv", "nonsense")
    assert ingested(folder).finder.sids == (0,)


def test_assets_csv_decides_which_files_are_read(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, "assets.csv", "sid,symbol", "7,A")
    write(folder, "daily/A.csv", HEADER, GOOD)
    other = write(folder, "daily/B.csv", "no prices at all")
    assert ingested(folder).finder.sids == (7,)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == (
        f"price files are left out files=['{other}'] reason=assets.csv lacks their symbols"
    )


def test_assets_csv_may_say_as_little_as_symbols(folder: Path) -> None:
    write(folder, "assets.csv", "symbol,auto_close_date", "B,", "A,2022-01-03")
    write(folder, "daily/A.csv", HEADER, GOOD)
    write(folder, "daily/B.csv", HEADER, GOOD)
    first, second = ingested(folder).finder.retrieve_all([0, 1])
    assert (first.symbol, first.auto_close_date) == ("A", date(2022, 1, 3))
    assert (second.symbol, second.auto_close_date) == ("B", None)


def test_assets_csv_may_say_how_assets_are_traded(folder: Path) -> None:
    write(
        folder,
        "assets.csv",
        "symbol,exchange,country,currency,tick_size,lot_size",
        "SAP,XETRA,DE,EUR,0.005,10",
    )
    write(folder, "daily/SAP.csv", HEADER, GOOD)
    asset = ingested(folder).finder.retrieve_asset(0)
    assert (asset.exchange, asset.country_code, asset.currency) == ("XETRA", "DE", "EUR")
    assert (asset.tick_size, asset.lot_size) == (Decimal("0.005"), Decimal(10))
    assert asset.price_decimals == 3


def test_pairs_are_known_by_their_slash(folder: Path) -> None:
    write(folder, "assets.csv", "symbol", "BTC/USDT", "EUR/USD")
    write(folder, "daily/BTC-USDT.csv", HEADER, "2021-03-06,1,1,1,1,0.00000001")
    write(folder, "daily/EUR_USD.csv", HEADER, GOOD)
    bundle = ingested(folder, "24/7")
    coin, pair = bundle.finder.retrieve_all([0, 1])
    assert isinstance(coin, Cryptocurrency)
    assert isinstance(pair, CurrencyPair)
    assert (coin.currency, pair.currency) == ("USDT", "USD")
    assert stored_rows(bundle, 0)[0][5] == Decimal("0.00000001")


def test_assets_csv_may_list_futures_beside_other_assets(folder: Path) -> None:
    write(
        folder,
        "assets.csv",
        "symbol,asset_type,root_symbol,multiplier,tick_size,notice_date,expiration_date,exchange",
        "ESH21,future,ES,50,0.25,2021-03-17,2021-03-19,CME",
        "CLH21,future,CL,1000,0.01,2021-03-24,2021-03-22,NYMEX",
        "A/B,equity,,,,,,NYSE",
        "BTC/USDT,,,,,,,binance",
    )
    write(folder, "root_symbols.csv", "root_symbol,sector,exchange", "ES,index,CME", "GC,metal,")
    for symbol in ("ESH21", "CLH21", "A/B", "BTC/USDT"):
        write(folder, f"daily/{symbol}.csv", HEADER, GOOD, "2021-03-05,1,1,1,1,1")
    finder = ingested(folder).finder
    es, cl = finder.lookup_future_symbol("ESH21"), finder.lookup_future_symbol("CLH21")
    assert (es.root_symbol, es.multiplier, es.tick_size) == ("ES", Decimal(50), Decimal("0.25"))
    assert (es.notice_date, es.expiration_date) == (date(2021, 3, 17), date(2021, 3, 19))
    assert (es.start_date, es.end_date) == (date(2021, 3, 1), date(2021, 3, 5))
    # A contract is closed on its day of notice or expiration, whichever comes first.
    assert (es.auto_close_date, cl.auto_close_date) == (date(2021, 3, 17), date(2021, 3, 22))
    assert (es.exchange, es.country_code, es.currency) == ("CME", "US", "USD")
    assert list(finder.get_ordered_contracts("ES")) == [es]
    assert isinstance(finder.lookup_symbol("A/B"), Equity)
    assert isinstance(finder.lookup_symbol("BTC/USDT"), Cryptocurrency)


def test_a_future_without_days_of_its_own_closes_the_day_after_its_last_row(folder: Path) -> None:
    write(
        folder,
        "assets.csv",
        "symbol,asset_type,root_symbol,multiplier,auto_close_date",
        "A,future,X,1,",
        "B,future,X,1,2021-03-03",
    )
    for symbol in "AB":
        write(folder, f"daily/{symbol}.csv", HEADER, GOOD)
    first, second = ingested(folder).finder.retrieve_all([0, 1])
    assert (first.auto_close_date, second.auto_close_date) == (date(2021, 3, 2), date(2021, 3, 3))


def test_a_folder_within_makes_a_slash(folder: Path) -> None:
    write(folder, "daily/BTC/USDT.csv", HEADER, GOOD)
    assert ingested(folder, "24/7").finder.retrieve_asset(0).symbol == "BTC/USDT"


def test_rows_about_assets_of_other_folders_are_left_out_with_a_warning(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    write(folder, "splits.csv", "symbol,effective_date,ratio", "A,2021-03-01,0.5", "B,2021-03-01,2")
    bundle = ingested(folder)
    assert [split.sid for split in bundle.adjustments.splits()] == [0]
    assert "unknown assets" in caplog.text


# ------------------------------------------------------------------ Zipline's way


def test_a_folder_is_registered_as_in_zipline(market: Path) -> None:
    register("old-style", csvdir_equities(["daily"], market), calendar_name="XNYS")
    try:
        ingest("old-style")
        bundle = load("old-style")
        assert bundle.minute is None
        assert len(stored_rows(bundle, 1)) == 83
    finally:
        unregister("old-style")


def test_a_registered_range_of_sessions_limits_what_is_stored(market: Path) -> None:
    register(
        "short",
        csvdir_equities(csvdir=market),
        "XNYS",
        start_session="2020-08-03",
        end_session="2021-03-02",
    )
    try:
        ingest("short")
        bundle = load("short")
        assert bundle.daily is not None
        assert bundle.minute is not None
        assert bundle.daily.first_session == date(2020, 8, 3)
        assert bundle.minute.last_session == date(2021, 3, 2)
    finally:
        unregister("short")


def test_the_environment_names_the_folder_when_nothing_else_does(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("from-environment", csvdir_equities(), calendar_name="XNYS")
    try:
        monkeypatch.delenv("CSVDIR", raising=False)
        with pytest.raises(InvalidArgument, match="CSVDIR"):
            ingest("from-environment")
        monkeypatch.setenv("CSVDIR", str(market))
        ingest("from-environment")
        assert load("from-environment").finder.sids == tuple(range(1, 13))
    finally:
        unregister("from-environment")


# ------------------------------------------------------------------ any numbers at all

_PRICES = st.decimals("0.00000001", "99999", places=8)
_VOLUMES = st.decimals("0", "99999999", places=8)


# An ingestion writes a database, too: a few of them cover the way from a file to a reader, and
# tests/parquet covers the numbers.
@through_files
@given(
    rows=st.lists(st.tuples(_PRICES, _PRICES, _PRICES, _PRICES, _VOLUMES), min_size=1, max_size=5)
)
def test_numbers_survive_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Decimal, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("prices")
    expected = []
    for day, row in enumerate(rows, start=1):
        low, opening, close, high = sorted(row[:4])
        expected.append((to_day(f"2021-01-0{day}"), opening, high, low, close, row[4]))
    write(
        folder,
        "daily/A.csv",
        HEADER,
        *(
            ",".join([f"2021-01-0{day}", *(f"{value:f}" for value in values)])
            for day, (_, *values) in enumerate(expected, start=1)
        ),
    )
    assert stored_rows(ingested(folder, "24/7"), 0) == expected
