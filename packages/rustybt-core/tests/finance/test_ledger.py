from decimal import Decimal
from math import isnan

import pytest
from finance.books import AAA, BBB, DECIMAL, FLOAT, OIL, ZIPLINE_RULES, Desk, desk

from rustybt.errors import InvalidArgument
from rustybt.finance.accounts import commodity_of
from rustybt.finance.book_events import CapitalChange, CloseOut, DividendPaid, Settlement


def test_buying_and_selling_moves_cash_by_the_exact_notional() -> None:
    book = desk()
    book.fill(AAA, 1001, "178.979445")
    assert book.cash == "-79158.424445"
    book.fill(AAA, -1, "0.000000000001")
    assert book.cash == "-79158.424444999999"


def test_a_fill_of_eight_decimal_price_and_amount_is_exact() -> None:
    book = desk()
    book.fill(AAA, "0.12345678", "0.87654321")
    assert Decimal(book.cash) == 100_000 - Decimal("0.12345678") * Decimal("0.87654321")


def test_positions_come_in_order_of_opening_and_leave_when_closed() -> None:
    book = desk()
    book.fill(BBB, 1, 10)
    book.fill(AAA, 1, 10)
    book.fill(BBB, 1, 10)
    assert list(book.ledger.positions) == [BBB, AAA]
    book.fill(BBB, -2, 10)
    book.fill(BBB, 5, 10)
    assert list(book.ledger.positions) == [AAA, BBB]


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="event"):
        desk().ledger.apply("fill")  # type: ignore[arg-type]


# ---------------------------------------------------------------------- commissions


def test_a_commission_is_an_expense() -> None:
    book = desk()
    book.fill(AAA, 10, 50)
    postings = book.charge(AAA, "1.25")
    assert [(row.account, book.money(row.amount)) for row in postings] == [
        ("expenses:commission", "1.25"),
        ("assets:cash", "-1.25"),
    ]
    assert book.cash == "99498.75"


def test_a_rebate_is_a_negative_expense_and_nothing_is_no_entry() -> None:
    book = desk()
    book.fill(AAA, 10, 50)
    assert book.charge(AAA, 0) == ()
    book.charge(AAA, "-0.5")
    assert book.cash == "99500.50"


# ---------------------------------------------------------------------- dividends


def start(book: Desk, day: int, *dividends: object) -> None:
    book.ledger.start_session(day=day, at=book.tick(), dividends=dividends)  # type: ignore[arg-type]


def test_a_dividend_is_earned_on_the_ex_date_and_paid_on_the_pay_date() -> None:
    book = desk()
    book.fill(AAA, 100, 50)
    start(book, 10, book.dividend(AAA, "0.82", pay=14))
    assert (book.cash, book.money(book.ledger.receivables)) == ("95000.00", "82.00")
    book.fill(AAA, -100, 50)
    start(book, 13)
    assert book.cash == "100000.00"
    start(book, 14)
    assert (book.cash, book.money(book.ledger.receivables)) == ("100082.00", "0.00")


def test_a_short_owes_the_dividend() -> None:
    book = desk()
    book.fill(AAA, -100, 50)
    start(book, 10, book.dividend(AAA, "0.82", pay=14))
    assert book.money(book.ledger.receivables) == "-82.00"
    start(book, 14)
    assert book.cash == "104918.00"


def test_who_holds_nothing_earns_nothing() -> None:
    book = desk()
    assert book.ledger.apply(book.dividend(AAA, 1, pay=14)) == ()
    assert book.ledger.due(14, at=0) == ()


def test_a_dividend_paid_on_its_ex_date_arrives_that_morning() -> None:
    book = desk()
    book.fill(AAA, 100, 50)
    start(book, 10, book.dividend(AAA, "0.82", pay=10))
    assert book.cash == "95082.00"


def test_two_dividends_for_one_pay_date_arrive_together() -> None:
    book = desk()
    book.fill(AAA, 100, 50)
    start(book, 10, book.dividend(AAA, "0.5", pay=14), book.dividend(AAA, "0.25", pay=14))
    assert [event.pay for event in book.ledger.due(14, at=0)] == [14]
    start(book, 14)
    assert book.cash == "95075.00"


def test_a_pay_date_without_session_is_paid_on_the_next_one_in_standard_rules() -> None:
    book = desk()
    book.fill(AAA, 100, 50)
    start(book, 10, book.dividend(AAA, "0.82", pay=12))
    start(book, 14)
    assert book.cash == "95082.00"


def test_a_pay_date_without_session_is_never_paid_in_zipline_rules() -> None:
    book = desk(**ZIPLINE_RULES)
    book.fill(AAA, 100, 50)
    start(book, 10, book.dividend(AAA, "0.82", pay=12))
    start(book, 14)
    assert book.cash == "95000.00"
    assert book.value == "100000.00"


def test_what_is_owed_counts_as_value_in_standard_rules_only() -> None:
    standard, zipline = desk(), desk(**ZIPLINE_RULES)
    for book in (standard, zipline):
        book.fill(AAA, 100, 50)
        start(book, 10, book.dividend(AAA, "0.82", pay=14))
        book.mark(AAA, "49.18")
    assert standard.value == "100000.00"
    assert zipline.value == "99918.00"


def test_a_payment_that_nobody_is_owed_posts_nothing() -> None:
    assert desk().ledger.apply(DividendPaid(asset=AAA, at=1, pay=14)) == ()


def test_earning_and_paying_a_dividend_are_two_entries() -> None:
    book = desk()
    book.fill(AAA, 100, 50)
    earned = book.ledger.apply(book.dividend(AAA, "0.82", pay=14))
    paid = book.ledger.apply(DividendPaid(asset=AAA, at=2, pay=14))
    assert [(row.account, book.money(row.amount)) for row in (*earned, *paid)] == [
        ("receivable:dividends", "82.00"),
        ("income:dividends", "-82.00"),
        ("assets:cash", "82.00"),
        ("receivable:dividends", "-82.00"),
    ]
    assert {row.strategy for row in (*earned, *paid)} == {"strategy"}


# ---------------------------------------------------------------------- splits, delisting


def test_a_split_posts_the_new_shares_and_the_cash_in_lieu() -> None:
    book = desk()
    book.fill(AAA, 101, "95.67")
    share, trading = commodity_of(AAA), f"trading:{commodity_of(AAA)}"
    postings = book.split(AAA, "2/3")
    assert [(row.account, row.commodity, row.amount) for row in postings] == [
        ("assets:cash", "USD", DECIMAL.money("31.89")),
        (trading, "USD", DECIMAL.money("-31.89")),
        ("assets:position", share, DECIMAL.amount(50)),
        (trading, share, DECIMAL.amount(-50)),
    ]


def test_a_delisting_closes_the_position_at_its_mark_or_at_the_final_price() -> None:
    book = desk()
    book.fill(AAA, 10, 50)
    book.fill(BBB, -10, 50)
    book.mark(AAA, 40)
    book.close_out(AAA)
    assert book.cash == "100400.00"
    book.close_out(BBB, price=0)
    assert book.cash == "100400.00"
    assert book.ledger.positions == {}


def test_a_delisting_is_a_fill_without_an_order() -> None:
    book = desk()
    book.fill(AAA, -10, 50)
    event = CloseOut(asset=AAA, at=9, session=3, price=None, sequence=7)
    fill = book.ledger.closing_fill(event)
    assert fill is not None
    assert (fill.order_id, fill.amount, fill.price) == (
        None,
        DECIMAL.amount(10),
        DECIMAL.price(50),
    )
    assert book.close_out(AAA)[0].cause == "close-out#2"


def test_a_delisting_of_what_is_not_held_posts_nothing() -> None:
    assert desk().close_out(AAA) == ()


# ---------------------------------------------------------------------- capital, returns


def test_capital_that_comes_or_goes_is_neither_profit_nor_return() -> None:
    # 100,000 grow to 110,000 (10 %), 50,000 come, 160,000 grow to 166,000 (3.75 %).
    book = desk()
    book.fill(AAA, 1000, 50)
    book.mark(AAA, 60)
    assert book.ledger.returns() == Decimal("0.1")
    book.ledger.apply(CapitalChange(at=3, amount=DECIMAL.money(50_000)))
    assert book.ledger.returns() == Decimal("0.1")
    book.mark(AAA, 66)
    assert book.ledger.returns() == Decimal("0.14125")
    assert book.money(book.ledger.pnl()) == "16000.00"
    assert book.money(book.ledger.cash_flow()) == "-50000.00"
    assert book.money(book.ledger.starting_cash) == "100000.00"
    book.ledger.apply(CapitalChange(at=4, amount=DECIMAL.money(-83_000)))
    book.mark(AAA, 132)
    # 83,000 grow to 149,000: 1.14125 x 149 / 83 = 2.04875.
    assert book.ledger.returns() == Decimal("1.04875")


def test_float_returns_agree_with_the_exact_ones() -> None:
    book = desk(arithmetic=FLOAT)
    book.fill(AAA, 1000, 50)
    book.mark(AAA, 60)
    book.ledger.apply(CapitalChange(at=3, amount=50_000.0))
    book.mark(AAA, 66)
    assert book.ledger.returns() == pytest.approx(0.14125, rel=1e-15)


def test_a_period_that_starts_from_nothing_has_no_return() -> None:
    book = desk(1000)
    book.ledger.apply(CapitalChange(at=1, amount=DECIMAL.money(-1000)))
    assert book.ledger.returns() == 0
    book.ledger.apply(CapitalChange(at=2, amount=DECIMAL.money(500)))
    book.fill(AAA, 1, 100)
    book.mark(AAA, 150)
    assert book.ledger.returns() == Decimal("0.1")


# ---------------------------------------------------------------------- marks


def test_reading_a_value_marks_first_when_prices_have_moved_on() -> None:
    book = desk()
    ledger = book.ledger
    book.fill(AAA, 10, 50)
    calls = []

    def refresh() -> None:
        calls.append(book.tick())
        ledger.mark_all([DECIMAL.price(55)], book.now)

    ledger.refresh = refresh
    ledger.stale = True
    assert book.cash == "99500.00"
    assert calls == []
    assert (book.value, book.value) == ("100050.00", "100050.00")
    assert len(calls) == 1


def test_a_position_without_a_price_keeps_its_mark() -> None:
    book = desk()
    book.fill(AAA, 10, 50)
    book.ledger.mark_all([None], at=99)
    assert book.value == "100000.00"


def test_marking_what_is_not_held_changes_nothing() -> None:
    book = desk()
    book.mark(AAA, 50)
    assert book.ledger.positions == {}


def test_a_fill_marks_the_position_and_asks_for_a_fresh_mark() -> None:
    book = desk()
    book.fill(AAA, 10, 50)
    assert book.ledger.stale
    assert book.ledger.positions[AAA].last_price == DECIMAL.price(50)


# ---------------------------------------------------------------------- exposure


def test_exposures_of_longs_and_shorts() -> None:
    book = desk(1000)
    book.fill(AAA, 10, 60)
    book.fill(BBB, -5, 30)
    totals = book.ledger.totals()
    money = book.money
    assert (totals.longs_count, totals.shorts_count) == (1, 1)
    assert (money(totals.long_value), money(totals.short_value)) == ("600.00", "-150.00")
    assert (money(totals.gross_exposure), money(totals.net_exposure)) == ("750.00", "450.00")
    assert book.ledger.gross_leverage() == Decimal("0.75")
    assert book.ledger.net_leverage() == Decimal("0.45")


def test_leverage_of_an_account_worth_nothing_is_infinite() -> None:
    book = desk(1000)
    book.fill(AAA, 10, 100)
    book.mark(AAA, 0)
    assert book.ledger.gross_leverage() == Decimal("Infinity")
    assert book.ledger.net_leverage() == Decimal("Infinity")
    assert book.ledger.over_value(-1) == Decimal("-Infinity")
    assert isnan(book.ledger.over_value(0))


def test_a_position_at_a_price_of_zero_is_neither_long_nor_short() -> None:
    book = desk()
    book.fill(AAA, 10, 100)
    book.mark(AAA, 0)
    totals = book.ledger.totals()
    assert (totals.longs_count, totals.shorts_count) == (0, 0)


# ---------------------------------------------------------------------- futures


def test_a_future_moves_no_money_when_traded_and_pays_its_profit_in_cash() -> None:
    # Two contracts of 50 units bought at 100, marked at 103: 2 x 50 x 3 = 300.
    book = desk()
    book.fill(OIL, 2, 100)
    assert (book.cash, book.value) == ("100000.00", "100000.00")
    book.mark(OIL, 103)
    assert (book.cash, book.value) == ("100300.00", "100300.00")
    totals = book.ledger.totals()
    assert book.money(totals.net_value) == "0.00"
    assert book.money(totals.net_exposure) == "10300.00"
    assert book.ledger.gross_leverage() == Decimal("0.1026919242273180")


def test_trading_a_future_settles_what_was_held_before() -> None:
    # +2 at 100, +1 at 103 (300 paid), -5 at 104 (150 paid), +2 at 105 (2 short lose 100).
    book = desk()
    book.fill(OIL, 2, 100)
    book.fill(OIL, 1, 103)
    assert float(book.cost_basis(OIL)) == 101
    book.fill(OIL, -5, 104)
    assert (book.cash, float(book.cost_basis(OIL))) == ("100450.00", 104)
    book.fill(OIL, 2, 105)
    assert (book.cash, book.ledger.positions) == ("100350.00", {})


def test_a_settlement_posts_the_profit_once() -> None:
    book = desk()
    book.fill(OIL, 2, 100)
    book.fill(AAA, 1, 10)
    book.mark(OIL, 103)
    postings = book.ledger.apply(Settlement(at=9))
    assert [(row.account, book.money(row.amount)) for row in postings] == [
        ("assets:cash", "300.00"),
        (f"trading:{commodity_of(OIL)}", "-300.00"),
    ]
    assert book.ledger.apply(Settlement(at=10)) == ()
    assert book.cash == "100290.00"
