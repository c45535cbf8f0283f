"""Bundles of Zipline's are taken over whole, value by value, or refused by name."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from zipline_bundles import STAMP_FOLDER, copied, ingestion, recorded, zipline_root

from rustybt.assets import AssetFinder
from rustybt.assets.database import AssetDBWriter
from rustybt.calendars import from_day, to_day
from rustybt.data import bundles
from rustybt.data.bundle import BundleData
from rustybt.errors import (
    AssetDBVersionError,
    BundleNotFound,
    DataValidationError,
    IngestionNotFound,
    InvalidArgument,
)
from rustybt.testing import AdapterCase, DataAdapterSuite
from rustybt_data.zipline import ZiplineBundle

STAMP = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
CLEAN = ("america", "hongkong", "long", "ratios")


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZIPLINE_ROOT", str(zipline_root()))
    return zipline_root()


def counts(report: bundles.MigrationReport) -> dict[str, int]:
    return {part.what: part.items for part in report.compared if part.items}


def opened(name: str, way: str) -> BundleData:
    """A bundle, read where it is or after it was taken over."""
    if way == "direct":
        return bundles.load(f"zipline:{name}")
    bundles.migrate(name)
    return bundles.load(name)


class TestAdapter(DataAdapterSuite):
    @pytest.fixture
    def case(self) -> AdapterCase:
        return AdapterCase(adapter=ZiplineBundle, location=ingestion("america"))


class TestAdapterOfAnotherCalendar(DataAdapterSuite):
    @pytest.fixture
    def case(self) -> AdapterCase:
        return AdapterCase(adapter=ZiplineBundle, location=ingestion("hongkong"), calendar="XHKG")


# ------------------------------------------------------------------ every value


def test_everything_that_is_there_is_compared() -> None:
    # Rows of the tables that `make_zipline_bundles.py` writes; bars as Zipline reads them.
    report = bundles.migrate("america")
    assert counts(report) == {
        "daily bars": len(recorded()["america"]["daily"]),
        "minute bars": len(recorded()["america"]["minute"]),
        "splits": 3,
        "cash dividends": 3,
        "stock dividends": 1,
        "factors of dividends": len(recorded()["america"]["adjustments"]["dividends"]),
        "equities": 4,
        "futures": 1,
        "symbols of equities": 5,
        "supplementary values": 2,
        "exchanges": 4,
        "root symbols": 2,
    }
    assert (report.name, report.timestamp) == ("america", STAMP)
    assert report.differences == report.left_out == ()
    (note,) = report.notes
    assert note.startswith("1 dividends have no day of payment; Zipline never pays them")


@pytest.mark.parametrize("name", CLEAN)
def test_the_direct_and_the_migrated_bundle_have_the_same_bars(name: str) -> None:
    direct, ours = opened(name, "direct"), opened(name, "migrated")
    for own, other in ((direct.daily, ours.daily), (direct.minute, ours.minute)):
        assert (own is None) == (other is None)
        if own is not None and other is not None:
            assert own.sids() == other.sids()
            assert (own.first_session, own.last_session) == (
                other.first_session,
                other.last_session,
            )
            assert (own.price_scale, own.volume_scale) == (other.price_scale, other.volume_scale)
            everything = (
                (own.sids(), -(2**60), 2**60)
                if own.resolution.is_intraday
                else (own.sids(), -(2**30), 2**30)
            )
            assert own.read(*everything).equals(other.read(*everything))
    assert list(direct.finder.facts()) == list(ours.finder.facts())
    assert direct.adjustments.splits() == ours.adjustments.splits()
    assert direct.adjustments.dividends() == ours.adjustments.dividends()


@pytest.mark.parametrize("way", ["direct", "migrated"])
def test_assets_are_those_that_zipline_reads(way: str) -> None:
    finder = opened("america", way).finder
    for theirs in recorded()["america"]["assets"]:
        asset = finder.retrieve_asset(theirs["sid"])
        for name in ("symbol", "asset_name", "exchange", "exchange_full"):
            assert getattr(asset, name) == theirs[name]
        for name in ("start_date", "end_date", "first_traded", "auto_close_date"):
            day = getattr(asset, name)
            assert (None if day is None else day.isoformat()) == theirs[name], name
        for name in ("tick_size", "multiplier"):
            ours = asset.tick_size if name == "tick_size" else asset.price_multiplier
            assert ours == Decimal(str(theirs[name]))
        assert [
            asset.exchange_info.name,
            asset.exchange_info.canonical_name,
            asset.exchange_info.country_code,
        ] == theirs["exchange_info"]
    assert len(finder.sids) == len(recorded()["america"]["assets"])


@pytest.mark.parametrize("way", ["direct", "migrated"])
def test_names_through_time_are_kept(way: str) -> None:
    finder = opened("america", way).finder
    assert finder.lookup_symbol("OLD", "2020-11-10").sid == 3
    assert finder.lookup_symbol("NEW.A", "2020-12-10").sid == 3
    assert finder.lookup_symbol("NEWA", "2020-12-10", fuzzy=True).sid == 3
    assert finder.get_supplementary_field(3, "isin", "2020-11-10") == "US0000000003"
    assert finder.get_supplementary_field(3, "isin", "2020-12-10") == "US0000000030"
    future = finder.lookup_future_symbol("ESZ20")
    assert (future.sid, future.root_symbol, future.expiration_date) == (
        20,
        "ES",
        date(2020, 12, 18),
    )
    assert finder.root_symbols["ES"].description == "E-mini S&P 500"
    assert finder.root_symbols["CL"].sector is None
    assert finder.exchanges["X"].country_code == "CA"


@pytest.mark.parametrize("way", ["direct", "migrated"])
def test_corporate_actions_are_those_that_zipline_reads(way: str) -> None:
    actions = opened("america", way).adjustments
    theirs = recorded()["america"]["adjustments"]
    assert sorted(
        (str(from_day(split.effective)), split.sid, split.ratio.as_fraction())
        for split in actions.splits()
    ) == [  # 0.5, 1/3 and 7, as the script writes them
        ("2020-11-09", 3, Fraction(1, 2)),
        ("2020-11-12", 7, Fraction(1, 3)),
        ("2020-12-09", 3, Fraction(7)),
    ]
    columns = recorded()["america"]["columns"]["dividend_payouts"]
    rows = [dict(zip(columns, row, strict=True)) for row in theirs["dividend_payouts"]]
    assert len(rows) == 3
    for dividend, row in zip(
        sorted(actions.dividends(), key=lambda d: d.sid),
        sorted(rows, key=lambda r: r["sid"]),
        strict=True,
    ):
        assert (dividend.sid, dividend.amount) == (row["sid"], Decimal(str(row["amount"])))
        assert str(from_day(dividend.ex)) == row["ex_date"]
        assert str(from_day(dividend.pay)) == (row["pay_date"] or row["ex_date"])
    (stock,) = actions.stock_dividends()
    assert (stock.sid, stock.ratio.as_fraction()) == (5, Fraction(1, 20))
    assert (stock.ex, stock.pay) == (to_day("2020-11-20"), to_day("2020-11-27"))


# ------------------------------------------------------------------ what cannot be taken over

LEFT = [
    "daily bars of sid 9: there is no asset",
    "minute bars of sid 9: there is no asset",
    "splits row 0 (sid 77, effective_date 2020-11-24, ratio 0.5): there is no asset",
    "mergers row 0 (sid 1, effective_date 2020-11-24, ratio 0.9): a merger is only a factor",
    "dividend_payouts row 1 (sid 2, ex_date 2020-11-25, pay_date 2020-12-01, amount 0.1): a row",
    "stock_dividend_payouts row 0 (sid 1, ex_date 2020-11-24, declared_date 2020-11-20, ",
    "daily bars of sid 1 from 2020-11-24: a price is missing",
    "daily bars of sid 1 from 2020-11-27: a number is 4294967295",
    "daily bars of sid 2 from 2020-11-25: the high is below the low",
    "minutes of sid 2: they lie after the close",
]


def test_a_bundle_of_which_something_stays_behind_is_refused() -> None:
    with pytest.raises(DataValidationError) as error:
        bundles.migrate("odd")
    for text in LEFT:
        assert text in str(error.value)
    with pytest.raises(BundleNotFound):
        bundles.ingestions_for_bundle("odd")


def test_what_stays_behind_is_listed_on_request() -> None:
    report = bundles.migrate("odd", options={"leave_out": "yes"})
    for text in LEFT:
        assert any(line.startswith(text) for line in report.left_out), text
    # The second dividend of a day is one too many, and so is the factor that Zipline made of it.
    assert report.left_out[-1].startswith("the factor 0.99")
    assert len(report.left_out) == len(LEFT) + 1
    # 24 rows that Zipline shows; less 8 of sid 9 and those three of sids 1 and 2.
    assert counts(report)["daily bars"] == 24 - 8 - 3
    held = bundles.load("odd")
    assert held.daily is not None
    assert held.daily.sids() == (1, 2)
    assert held.finder.sids == (1, 2, 4)


def test_direct_reading_refuses_actions_that_it_cannot_keep() -> None:
    with pytest.raises(DataValidationError, match="mergers row 0"):
        bundles.load("zipline:odd")
    held = bundles.load("zipline:odd?leave_out=yes")
    assert len(held.adjustments.dividends()) == 2
    assert held.daily is not None
    assert held.daily.sids() == (1, 2)


# ------------------------------------------------------------------ which bundle


def test_the_time_of_the_ingestion_is_kept_and_taken_once() -> None:
    assert bundles.migrate("hongkong", name="asia").name == "asia"
    assert bundles.ingestions_for_bundle("asia") == (STAMP,)
    assert bundles.load("asia").calendar == "XHKG"
    with pytest.raises(InvalidArgument, match="ingestion of this time"):
        bundles.migrate("hongkong", name="asia")


def test_a_path_is_that_of_a_bundle_or_of_an_ingestion(root: Path) -> None:
    for place in (ingestion("hongkong"), root / "data" / "hongkong"):
        assert bundles.migrate(place, name=place.name[:4]).location == str(ingestion("hongkong"))
        assert bundles.load(f"zipline:{place}").timestamp == STAMP


def test_the_newest_ingestion_up_to_a_time_is_taken(tmp_path: Path) -> None:
    newer = tmp_path / "hongkong" / "2025-01-01T00;00;00"
    copied("hongkong", tmp_path)
    shutil.copytree(ingestion("hongkong"), newer)
    (tmp_path / "hongkong" / ".cache").mkdir()
    place = tmp_path / "hongkong"
    assert bundles.load(f"zipline:{place}").timestamp == datetime(2025, 1, 1, tzinfo=UTC)
    assert bundles.load(f"zipline:{place}", timestamp="2024-12-31").timestamp == STAMP
    assert bundles.migrate(place, options={"timestamp": "2024-05-06T07:08:09"}).timestamp == STAMP
    with pytest.raises(IngestionNotFound):
        bundles.load(f"zipline:{place}", timestamp="2020-01-01")
    with pytest.raises(IngestionNotFound):
        bundles.load(f"zipline:{newer}", timestamp="2020-01-01")


@pytest.mark.parametrize(
    ("location", "said"),
    [("nowhere", "no bundle of this name"), ("", "no such folder"), ("./nowhere", "no such")],
)
def test_a_place_without_a_bundle_is_named(location: str, said: str) -> None:
    with pytest.raises(DataValidationError, match=said):
        bundles.migrate(location)


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataValidationError, match="no bundle of Zipline's"):
        bundles.migrate(tmp_path)


def test_sources_that_cannot_be_read_directly_say_so(market: Path) -> None:
    with pytest.raises(InvalidArgument, match="has to be ingested"):
        bundles.load(f"csvdir:{market}")
    with pytest.raises(InvalidArgument, match="takes no bundles over"):
        bundles.migrate(market, source="csvdir")
    with pytest.raises(BundleNotFound):
        bundles.load("no-such-source:place")


@pytest.mark.parametrize(
    "query", ["calender=XNYS", "leave_out=perhaps", "timestamp=soon", "leave_out"]
)
def test_wrong_options_are_refused(query: str) -> None:
    with pytest.raises(InvalidArgument):
        bundles.load(f"zipline:america?{query}")


# ------------------------------------------------------------------ versions of the assets


def test_assets_of_version_6_are_read(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    (folder / "assets-7.sqlite").unlink()
    assert (folder / "assets-6.sqlite").exists()
    found = counts(bundles.migrate(folder))
    # Version 6 keeps all exchanges, as places where futures may be traded.
    assert (found["equities"], found["futures"], found["exchanges"]) == (4, 1, 4)
    for finder in (bundles.load("america").finder, bundles.load(f"zipline:{folder}").finder):
        assert finder.retrieve_asset(3).symbol == "NEW.A"
        assert finder.retrieve_asset(3).country_code == "??"
        assert finder.retrieve_asset(20).tick_size == Decimal("0.1")


def with_coins(folder: Path) -> None:
    """An asset database of version 8 in place of Zipline's: two equities, a coin and a pair."""
    (folder / "assets-7.sqlite").unlink()
    AssetDBWriter(folder / "assets-8.sqlite").write(
        equities=[
            {"sid": 1, "symbol": "0001", "exchange": "HKEX", "lot_size": "400"},
            {"sid": 2, "symbol": "0002", "exchange": "HKEX", "end_date": date(2020, 12, 7)},
        ],
        exchanges=[{"exchange": "HKEX", "country_code": "HK"}, {"exchange": "binance"}],
        cryptocurrencies=[
            {
                "sid": 8,
                "symbol": "BTC/USDT",
                "exchange": "binance",
                "tick_size": "0.01",
                "lot_size": "0.00001",
                "price_decimals": 2,
                "amount_decimals": 5,
                "margin_enabled": True,
            },
            {"sid": 9, "symbol": "ETH/USDT:USDT", "exchange": "binance"},
        ],
        currency_pairs=[{"sid": 11, "symbol": "EUR/USD", "exchange": "binance"}],
    )


def test_assets_of_version_8_keep_coins_pairs_and_terms(tmp_path: Path) -> None:
    folder = copied("hongkong", tmp_path)
    with_coins(folder)
    found = counts(bundles.migrate(folder))
    assert (found["equities"], found["cryptocurrencies"], found["currency pairs"]) == (2, 2, 1)
    ours, theirs = bundles.load("hongkong").finder, AssetFinder.open(folder / "assets-8.sqlite")
    assert list(ours.facts()) == list(theirs.facts())
    assert ours.retrieve_asset(8).lot_size == Decimal("0.00001")
    assert ours.retrieve_asset(9).asset_type == "perpetual"


def test_assets_of_other_versions_are_refused(tmp_path: Path) -> None:
    folder = copied("hongkong", tmp_path)
    with closing(sqlite3.connect(folder / "assets-7.sqlite")) as database, database:
        database.execute("UPDATE version_info SET version = 5")
    with pytest.raises(AssetDBVersionError):
        bundles.migrate(folder)


def test_a_direct_bundle_names_its_content() -> None:
    first, again = (bundles.load("zipline:america") for _ in range(2))
    assert first.name == "zipline:america"
    assert first.timestamp == STAMP
    assert first.fingerprint == again.fingerprint != bundles.load("zipline:hongkong").fingerprint
    assert STAMP_FOLDER in str(ingestion("america"))


def test_what_is_read_where_it_is_has_no_ingestions_here() -> None:
    for ask in (
        bundles.info,
        bundles.ingest,
        bundles.ingestions_for_bundle,
        lambda name: bundles.clean(name, keep_last=1),
    ):
        with pytest.raises(InvalidArgument, match='rustybt bundle migrate "odd"'):
            ask("zipline:odd?leave_out=yes")


def test_a_time_before_all_ingestions_names_the_oldest() -> None:
    with pytest.raises(IngestionNotFound, match="the oldest is of 20") as error:
        bundles.migrate("odd", options={"timestamp": "1999-01-01"})
    assert "bundle ingest" not in str(error.value)
