"""The same questions to a finder over objects and to one over a database."""

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from rustybt.assets import (
    AssetFinder,
    AssetKey,
    Cryptocurrency,
    CurrencyPair,
    Equity,
    ExchangeInfo,
    Future,
    Perpetual,
    SupplementaryValue,
    SymbolOwnership,
)
from rustybt.assets.database import AssetDBWriter
from rustybt.errors import (
    EquitiesNotFound,
    FutureContractsNotFound,
    GlobalKeyNotFound,
    InvalidArgument,
    MultipleSymbolsFound,
    MultipleSymbolsFoundForFuzzySymbol,
    MultipleValuesFoundForField,
    MultipleValuesFoundForSid,
    NoValueForSid,
    RootSymbolNotFound,
    SameSymbolUsedAcrossCountries,
    SidsNotFound,
    SymbolNotFound,
    ValueNotFoundForField,
)

D = date.fromisoformat
NYSE = ExchangeInfo("New York Stock Exchange", "NYSE", "US")
TSX = ExchangeInfo("Toronto Stock Exchange", "TSX", "CA")
NYMEX = ExchangeInfo("NYMEX", "NYMEX", "US")
BINANCE = ExchangeInfo("Binance", "binance", "??")

RENAMED = Equity(
    sid=1,
    symbol="META",
    exchange_info=NYSE,
    asset_name="Meta",
    start_date=D("2012-05-18"),
    end_date=D("2024-12-31"),
    first_traded=D("2012-05-18"),
    auto_close_date=D("2025-01-01"),
)
OLD_OWNER = Equity(
    sid=2, symbol="ABC", exchange_info=NYSE, start_date=D("2000-01-03"), end_date=D("2004-12-31")
)
NEW_OWNER = Equity(sid=3, symbol="ABC", exchange_info=NYSE, start_date=D("2010-01-04"))
CANADIAN = Equity(
    sid=4, symbol="ABC", exchange_info=TSX, start_date=D("2010-01-04"), currency="CAD"
)
CLASS_A = Equity(sid=5, symbol="BRK.A", exchange_info=NYSE)
CLASS_B = Equity(sid=6, symbol="BRKA", exchange_info=TSX, currency="CAD")
JANUARY = Future(
    sid=10,
    symbol="CLF26",
    exchange_info=NYMEX,
    root_symbol="CL",
    start_date=D("2024-01-02"),
    end_date=D("2026-01-20"),
    notice_date=D("2026-01-22"),
    expiration_date=D("2026-01-20"),
    auto_close_date=D("2026-01-18"),
    price_multiplier=Decimal(1000),
)
FEBRUARY = Future(
    sid=9,
    symbol="CLG26",
    exchange_info=NYMEX,
    root_symbol="CL",
    start_date=D("2024-02-01"),
    end_date=D("2026-02-20"),
    expiration_date=D("2026-02-20"),
    auto_close_date=D("2026-02-18"),
    price_multiplier=Decimal(1000),
)
COIN = Cryptocurrency(
    sid=20,
    symbol="BTC/USDT",
    exchange_info=BINANCE,
    currency="USDT",
    base_currency="BTC",
    quote_currency="USDT",
    tick_size=Decimal("0.01"),
    price_decimals=2,
    lot_size=Decimal("0.00001"),
    amount_decimals=5,
    margin_enabled=True,
)
PAIR = CurrencyPair(
    sid=21,
    symbol="EUR/USD",
    exchange_info=BINANCE,
    base_currency="EUR",
    quote_currency="USD",
)
SWAP = Perpetual(
    sid=22,
    symbol="BTC/USDT:USDT",
    exchange_info=BINANCE,
    currency="USDT",
    base_currency="BTC",
    quote_currency="USDT",
    price_multiplier=Decimal("0.01"),
)
EQUITIES = (RENAMED, OLD_OWNER, NEW_OWNER, CANADIAN, CLASS_A, CLASS_B)
ASSETS = (*EQUITIES, FEBRUARY, JANUARY, COIN, PAIR, SWAP)

CUSIPS = (
    SupplementaryValue(sid=2, field="CUSIP", value="111", start=D("2000-01-03")),
    SupplementaryValue(sid=2, field="CUSIP", value="222", start=D("2003-01-02")),
    SupplementaryValue(sid=3, field="CUSIP", value="111", start=D("2010-01-04")),
    SupplementaryValue(sid=3, field="ISIN", value="US1", start=D("2010-01-04")),
)


def in_memory() -> AssetFinder:
    ownerships = [
        SymbolOwnership(
            symbol="FB", sid=1, start=D("2012-05-18"), end=D("2022-06-08"), country_code="US"
        ),
        SymbolOwnership(
            symbol="META", sid=1, start=D("2022-06-09"), end=D("2024-12-31"), country_code="US"
        ),
        *(
            SymbolOwnership(
                symbol=asset.symbol,
                sid=asset.sid,
                start=asset.start_date,
                end=asset.end_date,
                country_code=asset.country_code,
                venue="" if isinstance(asset, Equity) else asset.exchange,
            )
            for asset in ASSETS
            if asset is not RENAMED and not isinstance(asset, Future)
        ),
    ]
    return AssetFinder.from_assets(ASSETS, ownerships=ownerships, supplementary=CUSIPS)


def in_database(path: Path) -> AssetFinder:
    def row(asset: Equity | Future | Cryptocurrency | CurrencyPair) -> dict[str, object]:
        fields = asset.to_dict()
        fields["exchange"] = fields.pop("exchange_info").name
        return fields

    renamed = row(RENAMED)
    AssetDBWriter(path).write(
        equities=[
            renamed | {"symbol": "FB", "end_date": D("2022-06-08")},
            renamed | {"symbol": "META", "start_date": D("2022-06-09")},
            *(row(asset) for asset in ASSETS[1:6]),
        ],
        futures=[row(FEBRUARY), row(JANUARY)],
        cryptocurrencies=[row(COIN), {**row(SWAP), "perpetual": True}],
        currency_pairs=[row(PAIR)],
        exchanges=pl.DataFrame(
            {
                "exchange": [info.name for info in (NYSE, TSX, NYMEX, BINANCE)],
                "canonical_name": [info.canonical_name for info in (NYSE, TSX, NYMEX, BINANCE)],
                "country_code": [info.country_code for info in (NYSE, TSX, NYMEX, BINANCE)],
            }
        ),
        equity_supplementary_mappings=pl.DataFrame(
            {
                "sid": [value.sid for value in CUSIPS],
                "field": [value.field for value in CUSIPS],
                "value": [value.value for value in CUSIPS],
                "start_date": [value.start for value in CUSIPS],
            }
        ),
    )
    return AssetFinder.open(path)


@pytest.fixture(params=["memory", "database"])
def finder(request: pytest.FixtureRequest, tmp_path: Path) -> AssetFinder:
    return in_memory() if request.param == "memory" else in_database(tmp_path / "assets.sqlite")


def test_every_field_of_every_asset_comes_back(finder: AssetFinder) -> None:
    for asset in ASSETS:
        found = finder.retrieve_asset(asset.sid)
        assert type(found) is type(asset)
        assert found.to_dict() == asset.to_dict()


def test_there_is_one_object_per_asset(finder: AssetFinder) -> None:
    assert finder.retrieve_asset(1) is finder.lookup_symbol("META", "2023-01-03")
    assert finder.retrieve_all([1, 2])[0] is finder.retrieve_asset(1)


def test_sids_are_ascending_and_by_type(finder: AssetFinder) -> None:
    assert finder.sids == (1, 2, 3, 4, 5, 6, 9, 10, 20, 21, 22)
    assert finder.equities_sids == (1, 2, 3, 4, 5, 6)
    assert finder.futures_sids == (9, 10)


def test_unknown_sids_are_an_error_that_names_them(finder: AssetFinder) -> None:
    with pytest.raises(SidsNotFound, match="77, 88"):
        finder.retrieve_all([88, 1, 77])


def test_unknown_sids_are_none_on_request(finder: AssetFinder) -> None:
    assert finder.retrieve_asset(77, default_none=True) is None
    assert finder.retrieve_all([77, 2], default_none=True) == [None, OLD_OWNER]


def test_assets_come_in_the_order_asked_for(finder: AssetFinder) -> None:
    assert finder.retrieve_all([10, 1, 20]) == [JANUARY, RENAMED, COIN]


def test_equities_and_futures_are_told_apart(finder: AssetFinder) -> None:
    assert finder.retrieve_equities([2, 3]) == {2: OLD_OWNER, 3: NEW_OWNER}
    assert finder.retrieve_futures_contracts([9]) == {9: FEBRUARY}
    with pytest.raises(EquitiesNotFound, match="9"):
        finder.retrieve_equities([2, 9])
    with pytest.raises(FutureContractsNotFound, match="2"):
        finder.retrieve_futures_contracts([2])


def test_sids_are_grouped_by_type(finder: AssetFinder) -> None:
    assert finder.group_by_type([1, 2, 9, 20, 21, 77]) == {
        "equity": {1, 2},
        "future": {9},
        "cryptocurrency": {20},
        "currency_pair": {21},
        None: {77},
    }


@pytest.mark.parametrize(
    ("symbol", "day", "asset"),
    [
        ("META", "2023-01-03", RENAMED),
        ("fb", "2015-01-02", RENAMED),
        ("BTC/USDT", None, COIN),
        ("btc-usdt", "2020-01-01", COIN),
        ("EUR/USD", None, PAIR),
        ("BRK-A", None, CLASS_A),
    ],
)
def test_a_symbol_finds_its_owner(
    finder: AssetFinder, symbol: str, day: str | None, asset: object
) -> None:
    assert finder.lookup_symbol(symbol, day) == asset


@pytest.mark.parametrize(
    ("day", "asset"),
    [("2003-01-02", OLD_OWNER), ("2007-01-02", OLD_OWNER), ("2012-01-03", NEW_OWNER)],
)
def test_a_reused_symbol_is_resolved_by_date_and_country(
    finder: AssetFinder, day: str, asset: Equity
) -> None:
    assert finder.lookup_symbol("ABC", day, country_code="US") == asset


def test_dates_of_any_kind_are_understood(finder: AssetFinder) -> None:
    assert finder.lookup_symbol("ABC", date(2003, 1, 2), country_code="US") == OLD_OWNER


def test_an_unknown_symbol_is_not_found(finder: AssetFinder) -> None:
    with pytest.raises(SymbolNotFound, match="NOPE"):
        finder.lookup_symbol("NOPE")
    with pytest.raises(SymbolNotFound):
        finder.lookup_symbol("META", "2000-01-03")


def test_several_owners_need_a_date(finder: AssetFinder) -> None:
    with pytest.raises(MultipleSymbolsFound, match=r"Equity\(2 \[ABC\]\), Equity\(3 \[ABC\]\)"):
        finder.lookup_symbol("ABC", country_code="US")


def test_owners_in_several_countries_need_a_country(finder: AssetFinder) -> None:
    with pytest.raises(SameSymbolUsedAcrossCountries):
        finder.lookup_symbol("ABC", "2012-01-03")
    assert finder.lookup_symbol("ABC", "2012-01-03", country_code="CA") == CANADIAN


def test_a_fuzzy_look_up_ignores_delimiters(finder: AssetFinder) -> None:
    assert finder.lookup_symbol("BRKA", fuzzy=True) == CLASS_B
    assert finder.lookup_symbol("BRKA", fuzzy=True, country_code="US") == CLASS_A


def test_several_symbols_at_once(finder: AssetFinder) -> None:
    assert finder.lookup_symbols(["META", "BTC/USDT"], "2023-01-03") == [RENAMED, COIN]


def test_futures_have_symbols_of_their_own(finder: AssetFinder) -> None:
    assert finder.lookup_future_symbol("CLF26") == JANUARY
    with pytest.raises(SymbolNotFound):
        finder.lookup_future_symbol("META")
    with pytest.raises(SymbolNotFound):
        finder.lookup_symbol("CLF26")


def test_a_global_key_means_the_same_asset_in_every_snapshot(finder: AssetFinder) -> None:
    assert finder.lookup_key(NEW_OWNER.global_key) == NEW_OWNER
    with pytest.raises(GlobalKeyNotFound):
        finder.lookup_key(AssetKey("equity", "NYSE", "ABC", D("2011-01-03")))


def test_anything_that_means_an_asset_is_looked_up(finder: AssetFinder) -> None:
    assert finder.lookup_generic("META", "2023-01-03") == (RENAMED, [])
    assert finder.lookup_generic(20) == (COIN, [])
    assert finder.lookup_generic(PAIR) == (PAIR, [])
    found = finder.lookup_generic(["META", 77, PAIR, "NOPE", None], "2023-01-03")
    assert found == ([RENAMED, PAIR], [77, "NOPE", None])


def test_a_single_thing_that_means_no_asset_is_an_error(finder: AssetFinder) -> None:
    with pytest.raises(SymbolNotFound):
        finder.lookup_generic("NOPE")
    with pytest.raises(InvalidArgument):
        finder.lookup_generic(None)


def test_contracts_are_ordered_by_their_end(finder: AssetFinder) -> None:
    assert finder.get_ordered_contracts("CL") == (JANUARY, FEBRUARY)
    with pytest.raises(RootSymbolNotFound, match="XX"):
        finder.get_ordered_contracts("XX")


def test_a_continuous_future_spans_its_chain(finder: AssetFinder) -> None:
    chain = finder.create_continuous_future("CL", 0, "volume", "mul")
    assert (chain.start_date, chain.end_date) == (D("2024-01-02"), D("2026-02-20"))
    assert chain.exchange == "NYMEX"
    assert chain is finder.create_continuous_future("CL", 0, "volume", "mul")
    assert finder.continuous_contracts("CL") == (JANUARY, FEBRUARY)


@pytest.mark.parametrize(
    ("offset", "roll", "adjustment", "symbol"),
    [
        (0, "volume", "mul", "CL.v.0.mul"),
        (1, "calendar", None, "CL.c.1"),
        (2, "open_interest", "add", "CL.n.2.add"),
    ],
)
def test_a_continuous_future_has_a_symbol_and_sorts_behind_all_assets(
    finder: AssetFinder, offset: int, roll: str, adjustment: str | None, symbol: str
) -> None:
    chain = finder.create_continuous_future("CL", offset, roll, adjustment)  # type: ignore[arg-type]
    assert chain.symbol == symbol
    both: list[Any] = [chain, JANUARY]
    assert sorted(both) == [JANUARY, chain]
    assert sorted(both, reverse=True) == both
    assert max(both[::-1]) == chain
    assert hash(chain) == int(chain) == chain.sid
    assert pickle.loads(pickle.dumps(chain)) == chain


def test_continuous_futures_have_sids_of_their_own(finder: AssetFinder) -> None:
    sids = {
        finder.create_continuous_future("CL", offset, roll, adjustment).sid
        for offset in (0, 1, 2)
        for roll in ("calendar", "volume", "open_interest")
        for adjustment in ("mul", "add", None)
    }
    assert len(sids) == 27
    assert min(sids) > max(finder.sids)


@pytest.mark.parametrize(
    ("offset", "roll", "adjustment"),
    [(-1, "volume", "mul"), (0.0, "volume", "mul"), (0, "moon", "mul"), (0, "volume", "sub")],
)
def test_a_continuous_future_checks_its_arguments(
    finder: AssetFinder, offset: int, roll: str, adjustment: str
) -> None:
    with pytest.raises(InvalidArgument):
        finder.create_continuous_future("CL", offset, roll, adjustment)  # type: ignore[arg-type]


def test_a_supplementary_value_holds_until_the_next_one(finder: AssetFinder) -> None:
    assert finder.get_supplementary_field(2, "CUSIP", "2002-01-02") == "111"
    assert finder.get_supplementary_field(2, "CUSIP", "2009-01-02") == "222"
    assert finder.get_supplementary_field(3, "ISIN") == "US1"
    with pytest.raises(MultipleValuesFoundForSid):
        finder.get_supplementary_field(2, "CUSIP")
    with pytest.raises(NoValueForSid):
        finder.get_supplementary_field(2, "CUSIP", "1999-01-04")


def test_a_supplementary_value_finds_its_asset(finder: AssetFinder) -> None:
    assert finder.lookup_by_supplementary_field("CUSIP", "111", "2001-01-02") == OLD_OWNER
    assert finder.lookup_by_supplementary_field("CUSIP", "111", "2012-01-03") == NEW_OWNER
    assert finder.lookup_by_supplementary_field("CUSIP", "222") == OLD_OWNER
    with pytest.raises(MultipleValuesFoundForField):
        finder.lookup_by_supplementary_field("CUSIP", "111")
    with pytest.raises(ValueNotFoundForField):
        finder.lookup_by_supplementary_field("CUSIP", "333")


def test_lifetimes_are_a_row_per_day_and_a_column_per_equity(finder: AssetFinder) -> None:
    days = [D("2004-12-31"), D("2005-01-03"), D("2010-01-04"), D("2010-01-05")]
    alive = {"1": [False] * 4, "2": [True, False, False, False]}
    expected = pl.DataFrame(
        {"date": days, **alive, "3": [False, False, False, True], "5": [True] * 4}
    )
    assert_frame_equal(finder.lifetimes(days, False, ["us"]), expected)
    on_first_day = finder.lifetimes(days, True, ["US"])["3"].to_list()
    assert on_first_day == [False, False, True, True]


def test_equities_by_country_and_exchange(finder: AssetFinder) -> None:
    assert finder.equities_sids_for_country_code("ca") == (4, 6)
    assert finder.equities_sids_for_exchange_name("New York Stock Exchange") == (1, 2, 3, 5)


def test_both_sources_state_the_same_facts(tmp_path: Path) -> None:
    assert list(in_memory().facts()) == list(in_database(tmp_path / "a.sqlite").facts())


def test_two_assets_of_one_sid_are_refused() -> None:
    twin = Equity(sid=1, symbol="TWIN", exchange_info=NYSE)
    with pytest.raises(InvalidArgument, match="sid 1"):
        AssetFinder.from_assets([RENAMED, twin])


def test_fuzzy_ambiguity_has_an_error_of_its_own() -> None:
    first = Equity(sid=1, symbol="BRK.A", exchange_info=NYSE)
    second = Equity(sid=2, symbol="BR.KA", exchange_info=NYSE)
    finder = AssetFinder.from_assets([first, second])
    with pytest.raises(MultipleSymbolsFoundForFuzzySymbol):
        finder.lookup_symbol("BRKA", fuzzy=True)
