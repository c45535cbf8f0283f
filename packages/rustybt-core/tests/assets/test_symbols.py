from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import SymbolOwnership
from rustybt.assets.symbols import SymbolTable, split_symbol
from rustybt.errors import SymbolOwnershipConflict

D = date.fromisoformat


def owned(
    symbol: str, sid: int, start: str | None = None, end: str | None = None, **market: str
) -> SymbolOwnership:
    return SymbolOwnership(
        symbol=symbol,
        sid=sid,
        start=D(start) if start else None,
        end=D(end) if end else None,
        **market,
    )


@pytest.mark.parametrize(
    ("symbol", "parts"),
    [
        ("AAPL", ("AAPL", "")),
        ("brk.a", ("BRK", "A")),
        ("BRK-A", ("BRK", "A")),
        ("BRK_A", ("BRK", "A")),
        ("BTC/USDT", ("BTC", "USDT")),
        ("A.B.C", ("A", "B.C")),
    ],
)
def test_a_symbol_is_split_at_its_first_delimiter(symbol: str, parts: tuple[str, str]) -> None:
    assert split_symbol(symbol) == parts


REUSED = SymbolTable(
    [owned("ABC", 1, "2000-01-03", "2004-12-31"), owned("ABC", 2, "2010-01-04", "2015-12-31")]
)


@pytest.mark.parametrize(
    ("day", "owners"),
    [
        ("1999-12-31", ()),
        ("2000-01-03", (1,)),
        ("2004-12-31", (1,)),
        ("2007-06-01", (1,)),  # in the gap the last owner still has it
        ("2010-01-03", (1,)),
        ("2010-01-04", (2,)),
        ("2030-01-01", (2,)),  # and the last owner keeps it
    ],
)
def test_a_symbol_belongs_to_its_newest_owner(day: str, owners: tuple[int, ...]) -> None:
    assert REUSED.owners("abc", D(day)) == owners


def test_without_a_date_every_owner_is_found() -> None:
    assert REUSED.owners("ABC", None) == (1, 2)


def test_a_renamed_asset_has_each_symbol_in_its_time() -> None:
    table = SymbolTable(
        [owned("FB", 7, "2012-05-18", "2022-06-08"), owned("META", 7, "2022-06-09")]
    )
    assert table.owners("FB", D("2015-01-02")) == (7,)
    assert table.owners("META", D("2015-01-02")) == ()
    assert table.owners("META", D("2023-01-03")) == (7,)


def test_a_delimiter_may_be_written_differently_but_not_left_out() -> None:
    table = SymbolTable([owned("BRK.A", 1)])
    assert table.owners("BRK-A", None) == (1,)
    assert table.owners("BRKA", None) == ()


def test_fuzzily_the_delimiter_does_not_count() -> None:
    table = SymbolTable([owned("BRK.A", 1)])
    assert table.fuzzy_owners("brka", None) == (1,)


def test_fuzzily_an_exact_match_comes_first() -> None:
    table = SymbolTable([owned("BRK.A", 1), owned("BRKA", 2)])
    assert table.fuzzy_owners("BRKA", None) == (2,)
    assert table.fuzzy_owners("BRK-A", None) == (1, 2)


def test_countries_have_their_own_symbols() -> None:
    table = SymbolTable([owned("ABC", 1, country_code="US"), owned("ABC", 2, country_code="CA")])
    assert table.owners("ABC", None) == (1, 2)
    assert table.owners("ABC", None, country_code="ca") == (2,)
    assert table.owners("ABC", None, country_code="DE") == ()


def test_venues_list_the_same_pair() -> None:
    table = SymbolTable([owned("BTC/USDT", 1, venue="binance"), owned("BTC/USDT", 2, venue="okx")])
    assert table.owners("BTC/USDT", D("2020-01-01")) == (1, 2)


@pytest.mark.parametrize(
    "periods",
    [
        [owned("ABC", 1, "2000-01-03", "2010-01-04"), owned("ABC", 2, "2010-01-04")],
        [owned("ABC", 1), owned("abc", 2)],
        [
            owned("ABC", 1, "2000-01-03", "2020-01-03"),
            owned("ABC", 1, "2001-01-03", "2002-01-03"),
            owned("ABC", 2, "2010-01-04", "2011-01-04"),
        ],
    ],
)
def test_two_owners_on_one_day_are_refused(periods: list[SymbolOwnership]) -> None:
    with pytest.raises(SymbolOwnershipConflict, match="sid 1, sid 2"):
        SymbolTable(periods)


@given(
    lengths=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400)), min_size=1, max_size=6),
    day=st.integers(-50, 3_000),
)
def test_the_owner_is_the_one_who_came_last(lengths: list[tuple[int, int]], day: int) -> None:
    first = date(2000, 1, 1)
    periods, start = [], 0
    for sid, (length, gap) in enumerate(lengths):
        begin, end = first + timedelta(start), first + timedelta(start + length - 1)
        periods.append(SymbolOwnership(symbol="X", sid=sid, start=begin, end=end))
        start += length + gap
    asked = first + timedelta(day)
    came = [period.sid for period in periods if period.start is not None and period.start <= asked]
    assert SymbolTable(reversed(periods)).owners("X", asked) == tuple(came[-1:])
