"""Every number here is worked out by hand.

The offering of most cases: a share is worth 12 with its right, five rights buy one share for 6.
Without the right it is worth (5 x 12 + 6) / 6 = 11, so that a right is worth 1.
"""

from typing import Any

import pytest
from finance.books import AAA, DECIMAL, FLOAT, OIL, RTS, ZIPLINE_RULES, Desk, desk

from rustybt.errors import InvalidArgument
from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import (
    RightsExercised,
    RightsGranted,
    RightsLapsed,
    RightsSold,
)

EXPIRY = 30
both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])


def granted(amount: int = 100, arithmetic: Any = DECIMAL, **rules: Any) -> Desk:
    """A book with rights that trade at 1; a tenth of the cost is theirs."""
    book = desk(arithmetic=arithmetic, **rules)
    book.fill(AAA, amount, 10)
    book.mark(AAA, 12)
    book.act(RightsGranted, AAA, expiry=EXPIRY, ratio=1, rights=RTS, cost_share="1/10", price=1)
    return book


def entitled(amount: int = 100, ratio: object = 1, **rules: Any) -> Desk:
    """A book with rights that don't trade."""
    book = desk(**rules)
    book.fill(AAA, amount, 10)
    book.mark(AAA, 12)
    assert book.act(RightsGranted, AAA, expiry=EXPIRY, ratio=ratio) == ()
    return book


def held(book: Desk) -> dict[Any, tuple[str, str, str]]:
    return {
        asset: (book.amount(asset), book.cost(asset), book.price(asset))
        for asset in book.ledger.positions
    }


# ---------------------------------------------------------------------- rights that trade


def test_rights_come_with_a_share_of_the_cost_and_the_value_stays() -> None:
    book = granted()
    assert held(book) == {AAA: ("100", "900.00", "11"), RTS: ("100", "100.00", "1")}
    assert book.value == "100200.00"
    assert {row.cause for row in book.journal if row.entry == 2} == {f"rights:{commodity_of(AAA)}"}


@pytest.mark.parametrize(
    ("amount", "fractions", "left", "cash"),
    [
        (100, "drop", ("120", "1120.00", "11"), "-120.00"),
        (-100, "drop", ("-120", "-1120.00", "11"), "120.00"),
        # 103 rights buy 20.6: of their cost of 103 a share of 0.6 / 20.6 is lost, 3.
        (103, "drop", ("123", "1147.00", "11"), "-120.00"),
        (-103, "drop", ("-123", "-1147.00", "11"), "120.00"),
        # 0.6 x (11 - 6) = 3.00 is paid for what no share is got for.
        (103, "cash", ("123", "1147.00", "11"), "-117.00"),
        (-103, "cash", ("-123", "-1147.00", "11"), "117.00"),
        # 21 are bought for 126: 927 + 103 + 126.
        (103, "round_up", ("124", "1156.00", "11"), "-126.00"),
        (4, "drop", ("4", "36.00", "11"), "0.00"),
    ],
)
def test_exercise(amount: int, fractions: str, left: tuple[str, str, str], cash: str) -> None:
    book = granted(amount)
    before = book.ledger.cash
    book.act(
        RightsExercised, AAA,
        expiry=EXPIRY, ratio="1/5", price=6, rights=RTS, fractions=fractions,
    )  # fmt: skip
    assert held(book) == {AAA: left}
    assert book.money(book.ledger.cash - before) == cash


@both
def test_the_value_stays_at_the_ex_rights_price(arithmetic: Any) -> None:
    book = granted(arithmetic=arithmetic)
    assert float(book.value) == 100_200
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, rights=RTS)
    assert float(book.value) == pytest.approx(100_200)
    assert float(book.cost(AAA)) == pytest.approx(1120)


def test_a_fraction_is_worth_nothing_where_the_market_is_cheaper() -> None:
    book = granted(103)
    before = book.ledger.cash
    terms: dict[str, Any] = {"rights": RTS, "fractions": "cash", "market": 5}
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, **terms)
    assert book.money(book.ledger.cash - before) == "-120.00"


def test_an_exercise_is_one_entry() -> None:
    book = granted()
    new, old = commodity_of(AAA), commodity_of(RTS)
    postings = book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, rights=RTS)
    assert [(row.account, row.commodity, row.amount) for row in postings] == [
        ("assets:position", old, DECIMAL.amount(-100)),
        (f"trading:{old}", old, DECIMAL.amount(100)),
        ("assets:cash", "USD", DECIMAL.money(-120)),
        (f"trading:{new}", "USD", DECIMAL.money(120)),
        ("assets:position", new, DECIMAL.amount(20)),
        (f"trading:{new}", new, DECIMAL.amount(-20)),
        (f"trading:{old}", "USD", DECIMAL.money(-100)),
        (f"trading:{new}", "USD", DECIMAL.money(100)),
    ]
    assert {row.cause for row in postings} == {f"rights-exercised:{old}"}


def test_who_has_sold_the_shares_opens_a_position_at_the_market() -> None:
    book = granted()
    book.fill(AAA, -100, 11)
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, rights=RTS, market="11.5")
    assert held(book) == {AAA: ("20", "220.00", "11.5")}
    without = granted()
    without.fill(AAA, -100, 11)
    without.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, rights=RTS)
    assert held(without) == {AAA: ("20", "220.00", "6")}


@pytest.mark.parametrize(("amount", "cash"), [(100, "150.00"), (-100, "-150.00")])
def test_rights_are_sold_without_an_order(amount: int, cash: str) -> None:
    book = granted(amount)
    before = book.ledger.cash
    postings = book.act(RightsSold, AAA, expiry=EXPIRY, price="1.5", rights=RTS)
    assert book.money(book.ledger.cash - before) == cash
    assert list(book.ledger.positions) == [AAA]
    assert {row.cause for row in postings} == {f"rights-sold:{commodity_of(RTS)}"}


def test_rights_lapse_for_nothing() -> None:
    book = granted()
    before = book.ledger.cash
    postings = book.act(RightsLapsed, AAA, expiry=EXPIRY, rights=RTS)
    assert [(row.account, row.amount) for row in postings] == [
        ("assets:position", DECIMAL.amount(-100)),
        (f"trading:{commodity_of(RTS)}", DECIMAL.amount(100)),
    ]
    assert {row.cause for row in postings} == {f"rights-lapsed:{commodity_of(RTS)}"}
    assert book.ledger.cash == before
    assert held(book) == {AAA: ("100", "900.00", "11")}


def test_without_rights_nothing_happens() -> None:
    book = desk()
    terms: dict[str, Any] = {"expiry": EXPIRY, "rights": RTS}
    assert book.act(RightsGranted, AAA, ratio=1, price=1, **terms) == ()
    assert book.act(RightsExercised, AAA, ratio="1/5", price=6, **terms) == ()
    assert book.act(RightsSold, AAA, price=6, **terms) == ()
    assert book.act(RightsLapsed, AAA, **terms) == ()
    assert book.cash == "100000.00"


def test_zipline_averages_the_cost_of_an_exercise() -> None:
    book = granted(103, **ZIPLINE_RULES)
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, rights=RTS)
    assert float(book.cost(AAA)) == pytest.approx(1147)


# ---------------------------------------------------------------------- rights that don't trade


def test_rights_that_do_not_trade_count_as_nothing_until_they_are_exercised() -> None:
    book = entitled()
    assert held(book) == {AAA: ("100", "1000.00", "12")}
    assert len(book.journal) == 2
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6)
    assert held(book) == {AAA: ("120", "1120.00", "12")}
    assert book.cash == "98880.00"
    assert book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6) == ()


def test_a_short_delivers_for_the_same_money() -> None:
    book = entitled(-100)
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6)
    assert held(book) == {AAA: ("-120", "-1120.00", "12")}
    assert book.cash == "101120.00"


def test_rights_follow_who_held_the_shares_on_the_ex_date() -> None:
    book = entitled()
    book.fill(AAA, -100, 11)
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6, market=11)
    assert held(book) == {AAA: ("20", "120.00", "11")}


def test_thirds_of_rights_are_counted_exactly() -> None:
    book = entitled(100, "1/3")
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio=3, price=6)
    assert book.amount(AAA) == "200"


def test_offerings_of_one_last_day_add_up_if_they_are_alike() -> None:
    book = entitled()
    book.act(RightsGranted, AAA, expiry=EXPIRY, ratio=1)
    with pytest.raises(InvalidArgument, match="grants 1/1"):
        book.act(RightsGranted, AAA, expiry=EXPIRY, ratio=2)
    book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6)
    assert book.amount(AAA) == "140"


def test_rights_that_do_not_trade_can_be_sold_for_their_holders() -> None:
    book = entitled(100, "1/2")
    postings = book.act(RightsSold, AAA, expiry=EXPIRY, price="1.5")
    assert [(row.account, book.money(row.amount)) for row in postings] == [
        ("assets:cash", "75.00"),
        (f"trading:{commodity_of(AAA)}", "-75.00"),
    ]
    assert book.act(RightsSold, AAA, expiry=EXPIRY, price="1.5") == ()


def test_rights_that_do_not_trade_lapse() -> None:
    book = entitled()
    assert book.act(RightsLapsed, AAA, expiry=EXPIRY) == ()
    assert book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6) == ()
    assert held(book) == {AAA: ("100", "1000.00", "12")}


def test_rights_on_nothing_are_none() -> None:
    book = desk()
    assert book.act(RightsGranted, AAA, expiry=EXPIRY, ratio=1) == ()
    assert book.act(RightsExercised, AAA, expiry=EXPIRY, ratio="1/5", price=6) == ()


# ---------------------------------------------------------------------- what is known before


@pytest.mark.parametrize("trade", [True, False])
def test_what_an_exercise_will_bring_is_known_before(*, trade: bool) -> None:
    book = granted(103) if trade else entitled(103)
    rights = RTS if trade else None
    terms: dict[str, Any] = {"expiry": EXPIRY, "ratio": "1/5", "price": 6, "market": 11}
    event = book.action(RightsExercised, AAA, rights=rights, fractions="cash", **terms)
    arrival = book.ledger.arrival(event)
    assert arrival is not None
    assert (arrival.units, arrival.fraction, arrival.cash, arrival.price) == (
        DECIMAL.amount(20),
        DECIMAL.amount("0.6"),
        DECIMAL.money(3),
        DECIMAL.price(11),
    )
    book.ledger.apply(event)
    assert book.ledger.arrival(event) is None


def test_what_a_grant_will_bring_is_known_before() -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    event = book.action(RightsGranted, AAA, expiry=EXPIRY, ratio="1/2", rights=RTS, price=1)
    arrival = book.ledger.arrival(event)
    assert arrival is not None
    assert (arrival.asset, arrival.units) == (RTS, DECIMAL.amount(50))
    assert book.ledger.arrival(event._replace(rights=None)) is None


@pytest.mark.parametrize("event", [RightsGranted, RightsExercised])
def test_futures_have_no_rights(event: type[Any]) -> None:
    book = desk()
    book.fill(OIL, 1, 50)
    terms = {"price": 6} if event is RightsExercised else {}
    with pytest.raises(InvalidArgument, match="futures"):
        book.act(event, OIL, expiry=EXPIRY, ratio=1, **terms)
