"""Assets written in the form in which they are stored, as `write_direct` of Zipline takes them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rustybt.assets import AssetFinder
from rustybt.assets.database import AssetDBWriter
from rustybt.assets.database.tables import read_tables
from rustybt.errors import CorruptData, InvalidArgument, SymbolOwnershipConflict

EQUITIES = [
    {"sid": 1, "start_date": date(2019, 1, 2), "end_date": date(2021, 1, 4), "exchange": "NYSE"},
    {"sid": 2, "start_date": date(2020, 1, 2), "exchange": "NYSE"},
    {"sid": 3, "exchange": "NYSE"},  # without any symbol
]
MAPPINGS = [
    # The first symbol of sid 1 begins after the asset itself.
    {"sid": 1, "symbol": "AB", "start_date": date(2019, 6, 3), "end_date": date(2019, 12, 31)},
    {"sid": 1, "symbol": "BRK_B", "start_date": date(2020, 1, 2), "end_date": date(2021, 1, 4)},
    {
        "sid": 2,
        "symbol": "AB",
        "start_date": date(2020, 1, 2),
        "company_symbol": "A",
        "share_class_symbol": "B",
    },
]
EXCHANGES = [
    {"exchange": "NYSE", "canonical_name": "N", "country_code": "US"},
    {"exchange": "EMPTY", "country_code": "CA"},
]
ROOTS = [{"root_symbol": "ES", "sector": "index"}, {"root_symbol": "CL", "root_symbol_id": 7}]


def written(folder: Path, **tables: Any) -> AssetFinder:
    path = folder / "assets.sqlite"
    tables = {"equities": EQUITIES, "equity_symbol_mappings": MAPPINGS, **tables}
    AssetDBWriter(path).write_direct(exchanges=EXCHANGES, root_symbols=ROOTS, **tables)
    return AssetFinder.open(path)


def test_lives_and_symbols_are_kept_apart(tmp_path: Path) -> None:
    finder = written(tmp_path)
    first = finder.retrieve_asset(1)
    assert (first.start_date, first.end_date) == (date(2019, 1, 2), date(2021, 1, 4))
    assert first.symbol == "BRK_B"
    assert finder.retrieve_asset(3).symbol == ""
    assert finder.lookup_symbol("AB", "2019-07-01").sid == 1
    assert finder.lookup_symbol("AB", "2020-07-01").sid == 2
    assert sorted(
        (owned.sid, owned.symbol, owned.start, owned.end) for owned in finder.ownerships()
    ) == [
        (1, "AB", date(2019, 6, 3), date(2019, 12, 31)),
        (1, "BRK_B", date(2020, 1, 2), date(2021, 1, 4)),
        (2, "AB", date(2020, 1, 2), None),
    ]


def test_parts_of_symbols_are_those_given_or_split(tmp_path: Path) -> None:
    written(tmp_path)
    rows = read_tables(tmp_path / "assets.sqlite")["equity_symbol_mappings"]
    parts = [(row["sid"], row["company_symbol"], row["share_class_symbol"]) for row in rows]
    assert sorted(parts) == [(1, "AB", ""), (1, "BRK", "B"), (2, "A", "B")]


def test_exchanges_and_roots_without_assets_are_kept(tmp_path: Path) -> None:
    finder = written(tmp_path)
    assert finder.exchanges["EMPTY"].country_code == "CA"
    assert finder.exchanges["NYSE"].canonical_name == "N"
    # A root symbol without a number gets none; `write` numbers it.
    assert {name: root.root_symbol_id for name, root in finder.root_symbols.items()} == {
        "CL": 7,
        "ES": None,
    }
    assert finder.root_symbols["ES"].sector == "index"


def test_a_symbol_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="give the equity that has the symbol"):
        written(tmp_path, equities=EQUITIES[1:])


def test_an_equity_has_one_row(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="a sid of its own"):
        written(tmp_path, equities=[*EQUITIES, EQUITIES[0]])


def test_two_owners_of_a_symbol_are_refused(tmp_path: Path) -> None:
    again = {"sid": 1, "symbol": "AB", "start_date": date(2020, 6, 1)}
    with pytest.raises(SymbolOwnershipConflict):
        written(tmp_path, equity_symbol_mappings=[*MAPPINGS, again])


def test_finders_over_objects_know_their_exchanges_and_roots(tmp_path: Path) -> None:
    path = tmp_path / "assets.sqlite"
    AssetDBWriter(path).write(
        equities=[{"sid": 1, "symbol": "A", "exchange": "NYSE"}],
        futures=[{"sid": 2, "symbol": "ESH21", "root_symbol": "ES", "exchange": "CME"}],
    )
    stored = AssetFinder.open(path)
    held = AssetFinder.from_assets(stored.retrieve_all(stored.sids))
    assert sorted(held.exchanges) == sorted(stored.exchanges) == ["CME", "NYSE"]
    assert list(held.root_symbols) == list(stored.root_symbols) == ["ES"]


def test_a_database_without_a_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorruptData, match=r"assets\.sqlite"):
        read_tables(tmp_path / "assets.sqlite")
