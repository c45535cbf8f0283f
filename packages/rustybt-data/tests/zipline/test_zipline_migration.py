"""Bundles of Zipline's are taken over whole, value by value, or refused by name."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
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
    CorruptData,
    DataValidationError,
    IngestionNotFound,
    InvalidArgument,
)
from rustybt.plugins import groups, registry
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


# ------------------------------------------------------------------ bad databases


@pytest.mark.parametrize("name", ["assets-7.sqlite", "adjustments.sqlite"])
@pytest.mark.parametrize("content", [None, b"", b"no database at all", b"SQLite format 3\0" * 99])
def test_a_bad_database_is_named(name: str, content: bytes | None, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    (folder / "assets-6.sqlite").unlink()
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    for attempt in (bundles.migrate, lambda place: bundles.load(f"zipline:{place}")):
        with pytest.raises(CorruptData) as error:
            attempt(folder)
        assert name in str(error.value)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE splits SET ratio = 0", "its ratio is 0"),
        ("UPDATE splits SET ratio = -2.0", "its ratio is -2.0"),
        ("UPDATE splits SET ratio = 9e999", "its ratio is inf"),
        ("UPDATE splits SET ratio = NULL", "its ratio is None"),
        ("UPDATE splits SET ratio = 'half'", "its ratio is 'half'"),
        ("UPDATE splits SET effective_date = 'soon'", "its effective_date is 'soon'"),
        ("UPDATE splits SET effective_date = NULL", "it has no effective_date"),
        ("UPDATE splits SET sid = 'AAA'", "its sid is 'AAA'"),
        # Nanoseconds in place of seconds.
        ("UPDATE dividend_payouts SET pay_date = ex_date * 1000000000", "no seconds of a date"),
        ("UPDATE dividend_payouts SET amount = 0", "its amount is 0"),
        ("UPDATE dividends SET ratio = -1", "its ratio is -1"),
        ("UPDATE stock_dividend_payouts SET pay_date = 0", "it is paid before its ex day"),
    ],
)
def test_rows_of_actions_that_cannot_be_are_listed(
    statement: str, said: str, tmp_path: Path
) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "adjustments.sqlite")) as database, database:
        database.execute(statement)
    with pytest.raises(DataValidationError, match=said):
        bundles.migrate(folder)
    with pytest.raises(DataValidationError, match=said):
        bundles.load(f"zipline:{folder}")
    report = bundles.migrate(folder, options={"leave_out": "yes"})
    assert any(said in line for line in report.left_out)


def test_a_factor_that_follows_from_no_dividend_is_a_difference(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "adjustments.sqlite")) as database, database:
        database.execute("UPDATE dividends SET ratio = ratio * 0.9")
    with pytest.raises(CorruptData, match="3 values differ"):
        bundles.migrate(folder)
    with pytest.raises(BundleNotFound):
        bundles.load("america")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE equities SET start_date = 'soon'",
        "UPDATE equities SET end_date = 1.5",
        "DROP TABLE futures_contracts",
        "DROP TABLE asset_router",
    ],
)
def test_a_bad_table_of_assets_is_refused(statement: str, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "assets-7.sqlite")) as database, database:
        database.execute(statement)
    with pytest.raises(CorruptData, match=r"assets-7\.sqlite"):
        bundles.migrate(folder)


def test_rows_about_assets_that_are_not_there_are_listed(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "assets-7.sqlite")) as database, database:
        database.execute("DELETE FROM asset_router WHERE sid = 7")
    with pytest.raises(DataValidationError, match="equities row of sid 7: asset_router says"):
        bundles.migrate(folder)


def test_daily_bars_and_minutes_of_two_calendars_are_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    path = folder / "minute_equities.bcolz" / "metadata.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"calendar_name": "24/7"}))
    with pytest.raises(DataValidationError, match="of different calendars"):
        bundles.migrate(folder)


def test_a_bundle_without_bars_is_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    for part in ("daily", "minute"):
        shutil.rmtree(folder / f"{part}_equities.bcolz")
    with pytest.raises(DataValidationError, match="neither daily bars nor minutes"):
        bundles.migrate(folder)


# ------------------------------------------------------------------ the comparison finds faults


class Bent:
    """A writer that passes on what it gets, bent."""

    def __init__(self, writer: Any, bend: Any) -> None:
        self._writer, self._bend = writer, bend

    def write(self, *given: Any, **named: Any) -> None:
        self._bend(self._writer, *given, **named)

    write_direct = write


def one_price(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    cent = pl.lit(Decimal("0.01"))
    writer.write(
        (
            sid,
            bars.with_columns(
                pl.col("high")
                + pl.when(pl.col("high").is_first_distinct()).then(cent).otherwise(cent * 0)
            )
            if sid == 7
            else bars,
        )
        for sid, bars in data
    )


def one_bar_less(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    writer.write((sid, bars[1:] if sid == 7 else bars) for sid, bars in data)


def one_asset_less(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    writer.write((sid, bars) for sid, bars in data if sid != 7)


def another_sid(writer: Any, data: Iterator[tuple[int, pl.DataFrame]]) -> None:
    writer.write((8 if sid == 7 else sid, bars) for sid, bars in data)


def no_splits(writer: Any, **tables: Any) -> None:
    writer.write(**{**tables, "splits": None})


def more_money(writer: Any, dividends: pl.DataFrame, **tables: Any) -> None:
    writer.write(dividends=dividends.with_columns(pl.col("amount") + Decimal("0.01")), **tables)


def another_name(writer: Any, equities: pl.DataFrame, **tables: Any) -> None:
    renamed = equities.with_columns(asset_name=pl.lit("Somebody"))
    writer.write_direct(equities=renamed, **tables)


def another_multiplier(writer: Any, futures: pl.DataFrame, **tables: Any) -> None:
    writer.write_direct(futures=futures.with_columns(multiplier=pl.lit("51")), **tables)


def another_period(writer: Any, equity_symbol_mappings: pl.DataFrame, **tables: Any) -> None:
    bent = equity_symbol_mappings.with_columns(pl.col("start_date").dt.offset_by("1d"))
    writer.write_direct(equity_symbol_mappings=bent, **tables)


def another_country(writer: Any, exchanges: pl.DataFrame, **tables: Any) -> None:
    writer.write_direct(exchanges=exchanges.with_columns(country_code=pl.lit("GB")), **tables)


def no_roots(writer: Any, root_symbols: pl.DataFrame, **tables: Any) -> None:
    writer.write_direct(root_symbols=root_symbols.clear(), **tables)


def no_values(writer: Any, equity_supplementary_mappings: Any, **tables: Any) -> None:
    del equity_supplementary_mappings
    writer.write_direct(**tables)


@pytest.mark.parametrize(
    ("place", "bend", "said"),
    [
        (3, one_price, "values differ"),
        (2, one_price, "sid"),
        (3, one_bar_less, "of sid 7"),
        (2, one_bar_less, "of sid 7"),
        (3, one_asset_less, "of sid 7"),
        (2, another_sid, "bars of sid 8"),
        (4, no_splits, "3 values differ"),
        (4, more_money, "missing: CashDividend"),
        (1, another_name, "asset_name of"),
        (1, another_multiplier, "price_multiplier of"),
        (1, another_period, "missing: "),
        (1, another_country, "exchange_info of"),
        (1, no_roots, "missing: RootSymbol"),
        (1, no_values, "US0000000030"),
    ],
)
def test_a_value_that_is_written_wrong_is_found(place: int, bend: Any, said: str) -> None:
    class Bending(ZiplineBundle):
        def __call__(self, *given: Any) -> None:  # type: ignore[override] # as it was given
            bent: Any = list(given)
            bent[place] = Bent(given[place], bend)
            super().__call__(*bent)

    adapters = registry(groups.DATA_ADAPTERS)
    adapters.register("bending", Bending)
    try:
        with pytest.raises(CorruptData, match=said):
            bundles.migrate("america", source="bending")
    finally:
        adapters.unregister("bending")
    with pytest.raises(BundleNotFound):
        bundles.load("america")


def test_a_direct_bundle_names_its_content() -> None:
    first, again = (bundles.load("zipline:america") for _ in range(2))
    assert first.name == "zipline:america"
    assert first.timestamp == STAMP
    assert first.fingerprint == again.fingerprint != bundles.load("zipline:hongkong").fingerprint
    assert STAMP_FOLDER in str(ingestion("america"))
