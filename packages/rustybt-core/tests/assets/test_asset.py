import copy
import pickle
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest

from rustybt.assets import (
    Asset,
    AssetKey,
    Cryptocurrency,
    CurrencyPair,
    Equity,
    ExchangeInfo,
    Future,
    Perpetual,
    asset_of_symbol,
    kind_of,
)
from rustybt.errors import InvalidArgument

NYSE = ExchangeInfo("New York Stock Exchange", "NYSE", "us")


def equity(sid: int = 24, symbol: str = "AAPL", start: date = date(1990, 1, 2)) -> Equity:
    return Equity(sid=sid, symbol=symbol, exchange_info=NYSE, start_date=start)


def test_an_exchange_without_a_short_name_is_called_by_its_full_one() -> None:
    assert ExchangeInfo("CSVDIR").canonical_name == "CSVDIR"


def test_an_asset_shows_its_exchange_as_zipline_does() -> None:
    asset = equity()
    assert (asset.exchange, asset.exchange_full, asset.country_code) == (
        "NYSE",
        "New York Stock Exchange",
        "US",
    )


def test_an_asset_is_written_as_in_zipline() -> None:
    assert repr(equity()) == "Equity(24 [AAPL])"


def test_an_asset_stands_for_its_sid_as_a_number() -> None:
    assert int(equity()) == 24
    assert ["a", "b", "c"][equity(sid=2)] == "c"


def test_an_asset_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        equity().symbol = "MSFT"  # type: ignore[misc]


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_is_the_asset_itself(duplicate: object) -> None:
    asset = equity()
    assert duplicate(asset) is asset  # type: ignore[operator]


def test_an_unpickled_asset_equals_its_original_and_finds_its_entries() -> None:
    asset = equity()
    again = pickle.loads(pickle.dumps(asset))
    assert again is not asset
    assert again == asset
    assert {asset: "held"}[again] == "held"


@pytest.mark.parametrize(
    "other",
    [
        equity(sid=25),
        equity(symbol="MSFT"),
        equity(start=date(1991, 1, 2)),
        Equity(
            sid=24, symbol="AAPL", exchange_info=ExchangeInfo("LSE"), start_date=date(1990, 1, 2)
        ),
        Future(sid=24, symbol="AAPL", exchange_info=NYSE, start_date=date(1990, 1, 2)),
    ],
)
def test_assets_differ_in_sid_or_key(other: Asset) -> None:
    assert equity() != other


def test_an_asset_equals_no_number() -> None:
    assert equity() != 24


def test_assets_are_ordered_by_sid() -> None:
    first, second = equity(sid=1, symbol="B"), equity(sid=2, symbol="A")
    assert sorted([second, first]) == [first, second]
    assert first < second
    assert first <= second
    assert second > first
    assert second >= first


def test_assets_are_not_ordered_among_other_things() -> None:
    with pytest.raises(TypeError):
        equity() < 3  # noqa: B015


@pytest.mark.parametrize(
    ("session", "alive"),
    [
        (date(2020, 1, 1), False),
        (date(2020, 1, 2), True),
        (date(2020, 6, 30), True),
        (date(2020, 7, 1), False),
    ],
)
def test_an_asset_lives_from_its_first_to_its_last_session(session: date, alive: bool) -> None:
    asset = Equity(
        sid=1,
        symbol="A",
        exchange_info=NYSE,
        start_date=date(2020, 1, 2),
        end_date=date(2020, 6, 30),
    )
    assert asset.is_alive_for_session(session) is alive


def test_unknown_dates_do_not_limit_a_life() -> None:
    asset = Equity(sid=1, symbol="A", exchange_info=NYSE)
    assert asset.is_alive_for_session(date.min)
    assert asset.is_alive_for_session(date.max)


def test_the_calendar_of_the_exchange_says_when_it_is_open() -> None:
    # The first minute of a session in winter is labelled 14:31 UTC.
    assert equity().is_exchange_open("2021-03-01T14:31:00+00:00")
    assert not equity().is_exchange_open("2021-03-01T14:30:00+00:00")


def test_to_dict_and_from_dict_are_inverse() -> None:
    future = Future(
        sid=3,
        symbol="CLF26",
        exchange_info=ExchangeInfo("NYMEX"),
        root_symbol="CL",
        price_multiplier=Decimal(1000),
        expiration_date=date(2026, 1, 20),
    )
    assert Future.from_dict(future.to_dict()) == future
    assert Future.from_dict(future.to_dict()).to_dict() == future.to_dict()
    assert future.multiplier == 1000


def test_the_global_key_is_type_venue_symbol_and_first_day() -> None:
    assert equity().global_key == AssetKey("equity", "NYSE", "AAPL", date(1990, 1, 2))


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("AAPL", Equity),
        ("BRK.A", Equity),
        ("BTC/USDT", Cryptocurrency),
        ("BTC/USD", Cryptocurrency),
        ("EUR/USD", CurrencyPair),
        ("usd/jpy", CurrencyPair),
        ("USD/USDT", Cryptocurrency),
        ("BTC/USDT:USDT", Perpetual),
        ("eth/usd:usd", Perpetual),
    ],
)
def test_a_symbol_tells_the_kind_of_its_asset(symbol: str, kind: type[Asset]) -> None:
    assert kind_of(symbol) is kind


@pytest.mark.parametrize(
    ("symbol", "price_decimals", "tick", "lot", "currency"),
    [
        ("AAPL", 2, "0.01", "1", "USD"),
        ("EUR/JPY", 4, "0.0001", "1", "JPY"),
        ("BTC/USDT", 8, "0.00000001", "0.00000001", "USDT"),
        ("BTC/USDT:USDT", 8, "0.00000001", "0.00000001", "USDT"),
    ],
)
def test_precision_follows_the_class_of_the_asset(
    symbol: str, price_decimals: int, tick: str, lot: str, currency: str
) -> None:
    asset = asset_of_symbol(symbol, sid=1, exchange_info=ExchangeInfo("X"))
    assert asset.price_decimals == price_decimals
    assert asset.tick_size == Decimal(tick)
    assert asset.lot_size == Decimal(lot)
    assert asset.currency == currency


def test_a_perpetual_swap_is_a_coin_of_its_own_kind() -> None:
    swap, coin = (
        asset_of_symbol(symbol, sid=1, exchange_info=ExchangeInfo("X"))
        for symbol in ("BTC/USDT:USDT", "BTC/USDT")
    )
    assert isinstance(swap, Perpetual)
    assert isinstance(swap, Cryptocurrency)
    assert (swap.asset_class, swap.asset_type) == ("crypto", "perpetual")
    assert (swap.base_currency, swap.quote_currency) == ("BTC", "USDT")
    assert swap.global_key != coin.global_key


@pytest.mark.parametrize("symbol", ["BTC/USD:BTC", "BTC/USDT:USDT-250328"])
def test_a_swap_that_is_not_settled_in_its_quote_is_refused(symbol: str) -> None:
    with pytest.raises(InvalidArgument, match="settled in their quote currency"):
        asset_of_symbol(symbol, sid=1, exchange_info=ExchangeInfo("X"))


def test_settings_override_the_precision_of_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_PRECISION_CRYPTO_TICK", "0.5")
    asset = asset_of_symbol("BTC/USDT", sid=1, exchange_info=ExchangeInfo("X"))
    assert asset.tick_size == Decimal("0.5")
