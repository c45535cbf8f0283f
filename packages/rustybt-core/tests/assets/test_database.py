import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from rustybt.assets import (
    AssetFinder,
    Cryptocurrency,
    CurrencyPair,
    ExchangeInfo,
    Future,
    Perpetual,
)
from rustybt.assets.database import (
    SCHEMA_VERSION,
    AssetDBWriter,
    DecimalText,
    open_asset_db,
    upgrade_asset_db,
)
from rustybt.errors import (
    AssetDBVersionError,
    ConsumeAssetMetaDataError,
    CorruptData,
    InvalidArgument,
    SymbolOwnershipConflict,
)

HERE = Path(__file__).parent

# What zipline-reloaded 3.2.1 creates, from the sqlite_master of a bundle that it ingested.
ZIPLINE_7 = """
CREATE TABLE exchanges (exchange TEXT NOT NULL, canonical_name TEXT NOT NULL,
  country_code TEXT NOT NULL, PRIMARY KEY (exchange), UNIQUE (exchange));
CREATE TABLE asset_router (sid BIGINT NOT NULL, asset_type TEXT, PRIMARY KEY (sid), UNIQUE (sid));
CREATE TABLE version_info (id INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (id),
  CHECK (id <= 1), UNIQUE (id), UNIQUE (version));
CREATE TABLE equities (sid BIGINT NOT NULL, asset_name TEXT, start_date BIGINT NOT NULL,
  end_date BIGINT NOT NULL, first_traded BIGINT, auto_close_date BIGINT, exchange TEXT,
  PRIMARY KEY (sid), UNIQUE (sid), FOREIGN KEY(exchange) REFERENCES exchanges (exchange));
CREATE TABLE futures_root_symbols (root_symbol TEXT NOT NULL, root_symbol_id BIGINT, sector TEXT,
  description TEXT, exchange TEXT, PRIMARY KEY (root_symbol), UNIQUE (root_symbol),
  FOREIGN KEY(exchange) REFERENCES exchanges (exchange));
CREATE TABLE equity_symbol_mappings (id BIGINT NOT NULL, sid BIGINT NOT NULL, symbol TEXT NOT NULL,
  company_symbol TEXT, share_class_symbol TEXT, start_date BIGINT NOT NULL,
  end_date BIGINT NOT NULL, PRIMARY KEY (id), UNIQUE (id),
  FOREIGN KEY(sid) REFERENCES equities (sid));
CREATE INDEX ix_equity_symbol_mappings_sid ON equity_symbol_mappings (sid);
CREATE INDEX ix_equity_symbol_mappings_company_symbol ON equity_symbol_mappings (company_symbol);
CREATE TABLE equity_supplementary_mappings (sid BIGINT NOT NULL, field TEXT NOT NULL,
  start_date BIGINT NOT NULL, end_date BIGINT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (sid, field, start_date), FOREIGN KEY(sid) REFERENCES equities (sid));
CREATE TABLE futures_contracts (sid BIGINT NOT NULL, symbol TEXT, root_symbol TEXT,
  asset_name TEXT, start_date BIGINT NOT NULL, end_date BIGINT NOT NULL, first_traded BIGINT,
  exchange TEXT, notice_date BIGINT NOT NULL, expiration_date BIGINT NOT NULL,
  auto_close_date BIGINT NOT NULL, multiplier FLOAT, tick_size FLOAT, PRIMARY KEY (sid),
  UNIQUE (sid), FOREIGN KEY(root_symbol) REFERENCES futures_root_symbols (root_symbol),
  FOREIGN KEY(exchange) REFERENCES exchanges (exchange));
CREATE INDEX ix_futures_contracts_root_symbol ON futures_contracts (root_symbol);
CREATE UNIQUE INDEX ix_futures_contracts_symbol ON futures_contracts (symbol);
INSERT INTO version_info VALUES (1, 7);
INSERT INTO exchanges VALUES ('NYSE', 'NYSE', 'US'), ('CME', 'CME', 'US');
INSERT INTO asset_router VALUES (11, 'equity'), (12, 'future');
INSERT INTO equities VALUES (11, 'KKK Incorporated', 1546387200000000000, 1601424000000000000,
  1546387200000000000, 1601856000000000000, 'NYSE');
INSERT INTO equity_symbol_mappings VALUES
  (0, 11, 'KKK', 'KKK', '', 1546387200000000000, 1601424000000000000);
INSERT INTO futures_root_symbols VALUES ('ES', 0, NULL, NULL, 'CME');
INSERT INTO futures_contracts VALUES (12, 'ESH21', 'ES', 'E-mini', 1546387200000000000,
  9223372036854775807, NULL, 'CME', 9223372036854775807, 1616112000000000000,
  1616112000000000000, 50.0, 0.1);
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "assets.sqlite"


@pytest.fixture
def zipline_path(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ZIPLINE_7)
    return path


def columns(path: Path) -> dict[str, list[tuple[str, str, int, int]]]:
    """By table the name, type, NOT NULL and primary key of each column."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            table: [
                (name, kind, not_null, key)
                for _, name, kind, not_null, _, key in connection.execute(
                    f"PRAGMA table_info({table})"
                )
            ]
            for (table,) in tables.fetchall()
        }


def references(path: Path) -> dict[str, set[tuple[str, ...]]]:
    """By table the columns that refer to another one, with that."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: {
                tuple(row[2:5]) for row in connection.execute(f"PRAGMA foreign_key_list({table})")
            }
            for table in columns(path)
        }


def test_a_database_of_zipline_is_read_as_it_is(zipline_path: Path) -> None:
    finder = AssetFinder.open(zipline_path)
    equity, future = finder.retrieve_all([11, 12])
    assert equity.to_dict() | {"tick_size": None, "lot_size": None} == {
        "sid": 11,
        "symbol": "KKK",
        "exchange_info": ExchangeInfo("NYSE", "NYSE", "US"),
        "asset_name": "KKK Incorporated",
        "start_date": date(2019, 1, 2),
        "end_date": date(2020, 9, 30),
        "first_traded": date(2019, 1, 2),
        "auto_close_date": date(2020, 10, 5),
        "tick_size": None,
        "lot_size": None,
        "price_multiplier": Decimal(1),
        "currency": "USD",
        "price_decimals": 2,
        "amount_decimals": 0,
    }
    assert future.price_multiplier == 50
    assert future.tick_size == Decimal("0.1")
    assert (future.end_date, future.auto_close_date) == (None, date(2021, 3, 19))
    assert finder.lookup_symbol("KKK", "2020-01-02") is equity


def test_an_upgraded_database_holds_the_same_assets(zipline_path: Path) -> None:
    before = list(AssetFinder.open(zipline_path).facts())
    upgrade_asset_db(zipline_path)
    assert list(AssetFinder.open(zipline_path).facts()) == before


def test_an_upgraded_database_has_the_tables_of_a_new_one(
    zipline_path: Path, tmp_path: Path
) -> None:
    upgrade_asset_db(zipline_path)
    AssetDBWriter(tmp_path / "new.sqlite")
    assert columns(zipline_path) == columns(tmp_path / "new.sqlite")
    assert references(zipline_path) == references(tmp_path / "new.sqlite")


def test_an_upgraded_database_can_be_written_to(zipline_path: Path) -> None:
    upgrade_asset_db(zipline_path)
    AssetDBWriter(zipline_path).write(equities=[{"sid": 99, "symbol": "ZZZ", "exchange": "Z"}])
    finder = AssetFinder.open(zipline_path)
    assert finder.sids == (11, 12, 99)
    assert finder.lookup_symbol("ZZZ").sid == 99


def test_upgrading_twice_changes_nothing(zipline_path: Path) -> None:
    upgrade_asset_db(zipline_path)
    before = columns(zipline_path)
    upgrade_asset_db(zipline_path)
    assert columns(zipline_path) == before


def test_the_version_is_written_where_zipline_writes_it(path: Path) -> None:
    AssetDBWriter(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM version_info").fetchall() == [(1, 8)]
        revision = connection.execute("SELECT * FROM alembic_version_rustybt_core").fetchall()
    assert revision == [("0008",)]
    assert SCHEMA_VERSION == 8


@pytest.fixture
def path_6(path: Path) -> Path:
    """A database of version 6 that zipline has made (`make_zipline_assets.py`)."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((HERE / "zipline_assets_6.sql").read_text())
    return path


def test_a_database_of_version_6_is_read_as_zipline_read_it(path_6: Path) -> None:
    recorded = json.loads((HERE / "zipline_assets_6.json").read_text())
    finder = AssetFinder.open(path_6)
    assert finder.sids == (4, 7, 12)
    for facts, asset in zip(recorded, finder.retrieve_all(finder.sids), strict=True):
        # Version 6 keeps one name of a future's exchange: the full one, which zipline referred to.
        if isinstance(asset, Future):
            facts["exchange"] = facts["exchange_full"]
        ours = {name: getattr(asset, name) for name in facts}
        assert ours == {name: _fact(name, value) for name, value in facts.items()}


def _fact(name: str, value: object) -> object:
    if name.endswith("_date") and isinstance(value, str):
        return date.fromisoformat(value)
    return Decimal(repr(value)) if isinstance(value, float) else value


def test_symbols_and_values_of_version_6_are_found(path_6: Path) -> None:
    finder = AssetFinder.open(path_6)
    renamed, other, future = finder.retrieve_all(finder.sids)
    assert finder.lookup_symbol("OLD", "2019-06-03") is renamed
    assert finder.lookup_symbol("NEW.A", "2020-01-02") is renamed
    assert finder.lookup_future_symbol("ESH21") is future
    assert finder.lookup_by_supplementary_field("isin", "US0000000007", None) is other
    assert {asset.exchange_info.country_code for asset in (renamed, other, future)} == {"??"}


def test_days_that_zipline_did_not_know_are_none(path_6: Path) -> None:
    # pandas writes a missing time as the smallest integer of 64 bits.
    first, *_ = AssetFinder.open(path_6).retrieve_all([4])
    assert (first.first_traded, first.auto_close_date) == (None, None)


def test_exchanges_without_a_full_name_or_with_two_short_ones(path_6: Path) -> None:
    with closing(sqlite3.connect(path_6)) as connection, connection:
        connection.executescript("""
            UPDATE equities SET exchange_full = NULL WHERE sid = 7;
            INSERT INTO asset_router VALUES (20, 'equity'), (21, 'equity'), (22, 'equity');
            INSERT INTO equities VALUES (20, 'B', 1, 1, 1, 1, 'XNYS', 'New York Stock Exchange'),
              (21, 'C', 1, 1, 1, 1, NULL, NULL), (22, 'D', 1, 1, 1, 1, NULL, 'Full');
        """)
    expected = {
        7: ExchangeInfo("NASDAQ", "NASDAQ", "??"),
        20: ExchangeInfo("New York Stock Exchange", "NYSE", "??"),
        21: ExchangeInfo("", "", ""),
        22: ExchangeInfo("Full", "Full", "??"),
    }
    found = AssetFinder.open(path_6).retrieve_all(list(expected))
    assert [asset.exchange_info for asset in found] == list(expected.values())
    upgrade_asset_db(path_6)
    found = AssetFinder.open(path_6).retrieve_all(list(expected))
    assert [asset.exchange_info for asset in found] == list(expected.values())


def test_version_6_is_upgraded_to_the_tables_of_a_new_database(
    path_6: Path, tmp_path: Path
) -> None:
    before = list(AssetFinder.open(path_6).facts())
    upgrade_asset_db(path_6)
    assert list(AssetFinder.open(path_6).facts()) == before
    AssetDBWriter(tmp_path / "new.sqlite")
    assert columns(path_6) == columns(tmp_path / "new.sqlite")
    assert references(path_6) == references(tmp_path / "new.sqlite")


@pytest.mark.parametrize("version", [5, 9])
def test_other_versions_are_refused(zipline_path: Path, version: int) -> None:
    with closing(sqlite3.connect(zipline_path)) as connection, connection:
        connection.execute("UPDATE version_info SET version = ?", (version,))
    with pytest.raises(AssetDBVersionError, match=f"version {version}, expected was 6, 7 or 8"):
        open_asset_db(zipline_path)
    with pytest.raises(AssetDBVersionError):
        AssetDBWriter(zipline_path)


def test_a_missing_database_is_not_created_by_reading(path: Path) -> None:
    with pytest.raises(CorruptData, match="no such"):
        AssetFinder.open(path)
    assert not path.exists()


def test_a_database_of_something_else_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(CorruptData, match="no asset database"):
        AssetFinder.open(path)


def test_a_url_names_a_database_as_well(path: Path) -> None:
    AssetDBWriter(f"sqlite:///{path}").write(equities=[{"sid": 1, "symbol": "A"}])
    assert AssetFinder.open(f"sqlite:///{path}").lookup_symbol("A").sid == 1


def test_nothing_of_a_refused_write_stays(path: Path) -> None:
    writer = AssetDBWriter(path)
    with pytest.raises(SymbolOwnershipConflict):
        writer.write(equities=[{"sid": 1, "symbol": "A"}, {"sid": 2, "symbol": "A"}])
    assert AssetFinder.open(path).sids == ()


def test_countries_may_share_symbols(path: Path) -> None:
    AssetDBWriter(path).write(
        equities=[
            {"sid": 1, "symbol": "A", "exchange": "NYSE"},
            {"sid": 2, "symbol": "A", "exchange": "TSX"},
        ],
        exchanges=[
            {"exchange": "NYSE", "country_code": "US"},
            {"exchange": "TSX", "country_code": "CA"},
        ],
    )
    assert AssetFinder.open(path).lookup_symbol("A", country_code="CA").sid == 2


def test_an_exchange_that_is_only_named_is_in_an_unknown_country(path: Path) -> None:
    AssetDBWriter(path).write(equities=[{"sid": 1, "symbol": "A", "exchange": "X"}])
    assert AssetFinder.open(path).retrieve_asset(1).exchange_info == ExchangeInfo("X", "X", "??")


def test_pandas_frames_are_accepted_with_the_sid_as_index(path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "symbol": ["A", "B"],
            "start_date": pandas.to_datetime(["2019-01-02", "2019-01-03"]),
            "end_date": [pandas.Timestamp("2019-02-01"), pandas.NaT],
            "exchange": ["NYSE", "NYSE"],
        },
        index=[7, 8],
    )
    AssetDBWriter(path).write(equities=frame)
    first, second = AssetFinder.open(path).retrieve_all([7, 8])
    assert (first.symbol, first.start_date, first.end_date) == (
        "A",
        date(2019, 1, 2),
        date(2019, 2, 1),
    )
    assert second.end_date is None


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (
            {"equities": [{"sid": 1, "symbol": "A", "ticker": "A"}]},
            "column of equities was 'ticker'",
        ),
        ({"equities": [{"symbol": "A"}]}, "sid of equities was None"),
        ({"equities": [{"sid": 1}]}, "symbol of sid 1 was None"),
        (
            {"equities": [{"sid": 1, "symbol": "A"}], "futures": [{"sid": 1, "symbol": "AF26"}]},
            "sid was 1",
        ),
        (
            {"cryptocurrencies": [{"sid": 1, "symbol": "A/B"}, {"sid": 1, "symbol": "C/D"}]},
            "sid was 1",
        ),
    ],
)
def test_what_cannot_be_stored_is_refused(path: Path, frames: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        AssetDBWriter(path).write(**frames)


def test_something_that_is_no_table_is_refused(path: Path) -> None:
    with pytest.raises(ConsumeAssetMetaDataError, match="str"):
        AssetDBWriter(path).write(equities="AAPL")


def test_a_pair_takes_its_currencies_from_its_symbol(path: Path) -> None:
    AssetDBWriter(path).write(
        cryptocurrencies=[{"sid": 1, "symbol": "BTC/USDT", "exchange": "binance"}],
        currency_pairs=[{"sid": 2, "symbol": "EUR/JPY", "exchange": "idealpro"}],
    )
    coin, pair = AssetFinder.open(path).retrieve_all([1, 2])
    assert isinstance(coin, Cryptocurrency)
    assert isinstance(pair, CurrencyPair)
    assert (coin.base_currency, coin.quote_currency, coin.currency) == ("BTC", "USDT", "USDT")
    assert (pair.base_currency, pair.quote_currency, pair.currency) == ("EUR", "JPY", "JPY")


@pytest.mark.parametrize(
    ("symbol", "told", "kind"),
    [
        ("BTC/USDT", {}, Cryptocurrency),
        ("BTC/USDT", {"perpetual": True}, Perpetual),
        ("BTC/USDT", {"perpetual": False}, Cryptocurrency),
        ("BTC/USDT:USDT", {}, Perpetual),
        ("BTC/USDT:USDT", {"perpetual": None}, Perpetual),
    ],
)
def test_a_perpetual_swap_is_one_by_its_symbol_or_because_it_is_said(
    path: Path, symbol: str, told: dict[str, Any], kind: type[Cryptocurrency]
) -> None:
    AssetDBWriter(path).write(
        cryptocurrencies=[{"sid": 1, "symbol": symbol, "exchange": "X", **told}]
    )
    finder = AssetFinder.open(path)
    coin = finder.lookup_symbol(symbol)
    assert type(coin) is kind
    assert isinstance(coin, Cryptocurrency)
    assert (coin.base_currency, coin.quote_currency, coin.currency) == ("BTC", "USDT", "USDT")
    assert finder.lookup_asset_types([1]) == {1: kind.asset_type}


def test_a_swap_settled_in_its_base_is_refused(path: Path) -> None:
    with pytest.raises(InvalidArgument, match="symbol was 'BTC/USD:BTC'; only contracts"):
        AssetDBWriter(path).write(cryptocurrencies=[{"sid": 1, "symbol": "BTC/USD:BTC"}])


def test_a_large_number_of_assets_is_loaded_in_one_go(path: Path) -> None:
    AssetDBWriter(path).write(equities=[{"sid": sid, "symbol": f"S{sid}"} for sid in range(1_234)])
    finder = AssetFinder.open(path)
    assert [asset.symbol for asset in finder.retrieve_all(finder.sids)] == [
        f"S{sid}" for sid in range(1_234)
    ]


@given(
    number=st.decimals(allow_nan=False, allow_infinity=False, min_value="1e-20", max_value="1e20")
)
def test_decimals_are_stored_without_loss(number: Decimal) -> None:
    dialect = sqlite.dialect()
    kind = DecimalText()
    stored = kind.process_bind_param(number, dialect)
    assert kind.process_result_value(stored, dialect) == number
    assert "E" not in stored


def test_other_databases_store_decimals_as_numbers() -> None:
    kind, dialect = DecimalText(), postgresql.dialect()  # type: ignore[no-untyped-call]
    assert str(kind.load_dialect_impl(dialect)) == "NUMERIC"
    assert kind.process_bind_param(Decimal("0.1"), dialect) == Decimal("0.1")


def test_the_database_library_is_imported_on_first_use_only() -> None:
    code = "import sys, rustybt.assets; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
