"""Looking things up: assets, the time, the environment."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from markets import VENUE, daily_market, play, stock

from rustybt.assets import Future
from rustybt.errors import (
    InvalidArgument,
    RootSymbolNotFound,
    SidsNotFound,
    SymbolNotFound,
    UnsupportedDatetimeFormat,
    UnsupportedOrderParameters,
)

A = stock("AAA", 1)
OLD = stock("REUSED", 2, start_date=date(2015, 1, 2), end_date=date(2018, 1, 2))
NEW = stock("REUSED", 3, start_date=date(2019, 1, 2))
OIL = Future(
    sid=4,
    symbol="CLZ20",
    exchange_info=VENUE,
    root_symbol="CL",
    start_date=date(2019, 1, 2),
    notice_date=date(2020, 11, 20),
    expiration_date=date(2020, 11, 20),
)


def market() -> Any:
    """A market of these assets; two of them share a symbol, so that bars are found by sid."""
    from dataclasses import replace

    from rustybt.assets import AssetFinder

    made = daily_market({A: ["10"] * 3})
    finder = AssetFinder.from_assets([A, OLD, NEW, OIL])
    return replace(made, bundle=replace(made.bundle, finder=finder))


def look(call: Any, **options: Any) -> Any:
    return play(market(), {0: lambda c, d: call(c)}, **options).seen[0]


def test_symbols() -> None:
    assert look(lambda c: c.symbol("aaa")) is A
    assert look(lambda c: c.symbols("AAA", "reused")) == [A, NEW]
    assert look(lambda c: c.symbol("AAA", country_code="US")) is A
    assert look(lambda c: c.sid(2)) is OLD
    assert look(lambda c: c.future_symbol("clz20")) is OIL


def test_symbols_are_those_of_the_look_up_date() -> None:
    assert look(lambda c: (c.set_symbol_lookup_date("2017-06-01"), c.symbol("REUSED"))[1]) is OLD
    assert (
        look(lambda c: (c.set_symbol_lookup_date(date(2020, 1, 2)), c.symbol("REUSED"))[1]) is NEW
    )


def test_a_look_up_date_is_a_date() -> None:
    with pytest.raises(UnsupportedDatetimeFormat, match="soon"):
        look(lambda c: c.set_symbol_lookup_date("soon"))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda c: c.symbol("AAA "), SymbolNotFound),
        (lambda c: c.symbol("NONE"), SymbolNotFound),
        (lambda c: c.symbol("AAA", country_code="GB"), SymbolNotFound),
        (lambda c: c.symbol(1), TypeError),
        (lambda c: c.sid(99), SidsNotFound),
        (lambda c: c.sid("AAA"), InvalidArgument),
        (lambda c: c.future_symbol("CLZ99"), SymbolNotFound),
    ],
)
def test_what_is_not_there_is_an_error(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        look(call)


def test_a_continuous_future_is_a_chain() -> None:
    chain = look(lambda c: c.continuous_future("cl", 1, "calendar", "add"))
    assert (chain.root_symbol, chain.offset, chain.roll_style, chain.adjustment) == (
        "CL", 1, "calendar", "add",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda c: c.continuous_future("xx"), RootSymbolNotFound, "XX"),
        (lambda c: c.continuous_future(7), TypeError, "root_symbol_str was 7"),
        (lambda c: c.continuous_future("CL", -1), InvalidArgument, "offset was -1"),
        (lambda c: c.continuous_future("CL", roll="moon"), InvalidArgument, "'moon'.*calendar"),
        (lambda c: c.continuous_future("CL", adjustment="sub"), InvalidArgument, "'sub'.*mul"),
        (
            lambda c: c.continuous_future("CL", roll="open_interest"),
            InvalidArgument,
            "roll of CL was 'open_interest'; the bars of .* no column open_interest",
        ),
        (
            lambda c: c.order(c.continuous_future("CL"), 1),
            UnsupportedOrderParameters,
            "ContinuousFuture",
        ),
    ],
)
def test_what_a_continuous_future_cannot_be_is_an_error(
    call: Any, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        look(call)


# ------------------------------------------------------------------ time


def test_the_time_is_that_of_the_bar() -> None:
    close = datetime(2020, 6, 1, 20, tzinfo=UTC)
    assert look(lambda c: (c.get_datetime(), c.datetime)) == (close, close)
    there = look(lambda c: c.get_datetime("America/New_York"))
    assert (there, there.hour) == (close, 16)
    assert look(lambda c: c.get_datetime(ZoneInfo("Asia/Tokyo"))).day == 2


# ------------------------------------------------------------------ environment

FIRST_MINUTE = datetime(2020, 6, 1, 13, 31, tzinfo=UTC)
LAST_CLOSE = datetime(2020, 6, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("platform", "rustybt"),
        ("arena", "backtest"),
        ("data_frequency", "daily"),
        ("start", FIRST_MINUTE),
        ("end", LAST_CLOSE),
        ("capital_base", D(100_000)),
    ],
)
def test_facts_about_the_run(field: str, value: object) -> None:
    assert look(lambda c: c.get_environment(field)) == value
    assert look(lambda c: c.get_environment("*"))[field] == value


def test_under_its_profile_the_platform_is_zipline() -> None:
    assert look(lambda c: c.get_environment()) == "rustybt"
    assert look(lambda c: c.get_environment(), profile="zipline") == "zipline"


def test_an_unknown_fact_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="field was 'nothing'; give one of arena"):
        look(lambda c: c.get_environment("nothing"))
