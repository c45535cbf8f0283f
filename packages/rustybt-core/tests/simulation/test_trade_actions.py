"""Corporate actions within round trips; every number is worked out by hand."""

from datetime import UTC, datetime

from finance.books import AAA, BBB
from simulation.trade_stories import Story

COLUMNS = ("side", "status", "quantity", "lots", "entry_price", "exit_price", "gross_pnl")
COSTS = ("commission", "net_pnl", "return")


def test_a_split_on_the_way_puts_prices_on_the_last_scale() -> None:
    story = Story().trade(1, AAA, 100, 50, 1).split(2, AAA, "1/2").trade(3, AAA, -200, 27, 1)
    assert story.rows(*COLUMNS, *COSTS) == [
        ("long", "closed", "200", 1, "25", "27", "400", "2", "398", "0.0796")
    ]


def test_cash_in_lieu_is_an_exit() -> None:
    # 7 shares are 1.4; 0.4 go at 50: 20. Cost 70; in the end 60: 10 made.
    story = Story().trade(1, AAA, 7, 10).split(2, AAA, "5", price=50).trade(3, AAA, -1, 60)
    assert story.rows(*COLUMNS) == [("long", "closed", "1.4", 2, "50", "57.1428571428571429", "10")]
    assert story.rows("cause", "quantity", "net_pnl", by="lot") == [
        ("cash_in_lieu", "0.4", "0"),
        ("trade", "1", "10"),
    ]


def test_a_split_that_leaves_nothing_ends_the_round_trip() -> None:
    story = Story().trade(1, AAA, 3, 10).split(2, AAA, "5", price=60).trade(3, AAA, 1, 50)
    rows = story.rows("status", "exit_dt", "gross_pnl", marks={AAA: 51})
    midnight = datetime(1970, 1, 3, tzinfo=UTC)
    assert rows == [("closed", midnight, "6"), ("open", None, "1")]


def test_what_happens_to_an_asset_that_is_not_held_is_nothing() -> None:
    story = Story().split(1, AAA, "1/2").trade(2, AAA, 1, 10).trade(3, AAA, -1, 11)
    story.split(4, AAA, "1/2")
    assert story.rows("quantity", "gross_pnl") == [("1", "1")]


def test_a_return_of_capital_lowers_the_entry() -> None:
    story = Story().trade(1, AAA, 10, 20).return_capital(2, AAA, 3).trade(3, AAA, -10, 18)
    assert story.rows("entry_price", "exit_price", "gross_pnl") == [("17", "18", "10")]
    assert story.rows("cause", "quantity", "proceeds", "net_pnl", by="lot") == [
        ("return_of_capital", "0", "30", "0"),
        ("trade", "10", "180", "10"),
    ]


def test_a_merger_for_cash_is_an_exit() -> None:
    story = Story().trade(1, AAA, 10, 20, 1).merge(2, AAA, BBB, shares=None, cash_per_share=23)
    assert story.rows("status", "exit_price", "gross_pnl", "net_pnl") == [
        ("closed", "23", "30", "29")
    ]
    assert story.rows("cause", "net_pnl", by="lot") == [("merger", "29")]


def test_a_merger_for_shares_moves_the_cost_to_the_other_asset() -> None:
    story = (
        Story()
        .trade(1, AAA, 10, 20, 1)
        .merge(2, AAA, BBB, shares="1/4", price=90)
        .trade(3, BBB, -2, 100, 1)
    )
    # 2.5 shares at 80; half of one is paid at 90.
    assert story.rows("symbol", "entry_price", "exit_price", "quantity", *COSTS[:2]) == [
        ("AAA", "20", "20", "10", "1", "-1"),
        ("BBB", "80", "98", "2.5", "1", "44"),
    ]
    assert story.rows("trade", "lot", "cause", "net_pnl", by="lot") == [
        (2, 1, "cash_in_lieu", "4.8"),
        (2, 1, "trade", "38.2"),
    ]


def test_the_cash_of_a_merger_for_both_realises_the_profit() -> None:
    # Cost 20, then a share of 22 and 5 in cash: 7 made, 5 of it now. The cost of 20 goes on.
    story = (
        Story()
        .trade(1, AAA, 10, 20)
        .merge(2, AAA, BBB, shares=1, cash_per_share=5, price=22)
        .trade(3, BBB, -10, 23)
    )
    assert story.rows("symbol", "gross_pnl", "status") == [
        ("AAA", "50", "closed"),
        ("BBB", "30", "closed"),
    ]


def test_a_merger_into_what_is_held_adds_to_it() -> None:
    story = (
        Story()
        .trade(1, BBB, 10, 30)
        .trade(1, AAA, 10, 20)
        .merge(2, AAA, BBB, shares=1)
        .trade(3, BBB, -20, 26)
    )
    assert story.rows("symbol", "entry_price", "quantity", "lots", "gross_pnl") == [
        ("BBB", "25", "20", 2, "20"),
        ("AAA", "20", "10", 0, "0"),
    ]


def test_a_merger_into_what_is_held_short_covers_it() -> None:
    story = (
        Story()
        .trade(1, BBB, -4, 30)
        .trade(1, AAA, 10, 20)
        .merge(2, AAA, BBB, shares=1, price=24)
        .trade(3, BBB, -6, 26)
    )
    # 10 shares for 200: 4 of them, 80, cover the short that brought 120; 6 are sold.
    assert story.rows("symbol", "side", "quantity", "gross_pnl") == [
        ("BBB", "short", "4", "40"),
        ("AAA", "long", "10", "0"),
        ("BBB", "long", "6", "36"),
    ]
    # The lots are closed at the price of the day, which makes the same in all.
    assert story.rows("trade", "cause", "side", "net_pnl", by="lot") == [
        (1, "delivery", "short", "24"),
        (1, "delivery", "long", "16"),
        (3, "trade", "long", "36"),
    ]


def test_a_spin_off_moves_a_share_of_the_cost() -> None:
    story = (
        Story()
        .trade(1, AAA, 10, 40, 1)
        .spin_off(2, AAA, BBB, shares="1/4", cost_share="1/5", price=36)
        .trade(3, AAA, -10, 33)
        .trade(3, BBB, -2, 35)
    )
    # 2.5 BBB that cost 80: half of one is paid at 36: 18; 70 for the two.
    assert story.rows("symbol", "entry_price", "quantity", "lots", "gross_pnl", "commission") == [
        ("AAA", "32", "10", 1, "10", "1"),
        ("BBB", "32", "2.5", 2, "8", "0"),
    ]


def test_a_delisting_has_no_order() -> None:
    story = Story().trade(1, AAA, 10, 40).trade(2, AAA, -10, 30, order=None)
    assert story.rows("status", "gross_pnl") == [("closed", "-100")]
    assert story.rows("entry_order", "exit_order", by="lot") == [("o1", None)]


def test_a_fraction_beside_units_that_cover_a_short() -> None:
    # 7 AAA for 70 are 3.5 BBB: 3 of them cover the short that brought 36; half a one is paid at 11.
    story = (
        Story()
        .trade(1, BBB, -3, 12)
        .trade(1, AAA, 7, 10)
        .merge(2, AAA, BBB, shares="1/2", price=11)
    )
    # Of the 70, 60 go to the three and 10 to the half: 36 - 60, and 5.5 - 10.
    assert story.rows("symbol", "side", "status", "quantity", "gross_pnl") == [
        ("BBB", "short", "closed", "3", "-24"),
        ("AAA", "long", "closed", "7", "0"),
        ("BBB", "long", "closed", "0.5", "-4.5"),
    ]


def test_a_fraction_that_comes_to_a_short_leaves_it() -> None:
    # 7 AAA for 70 are 0.7 BBB, paid at 90: 63. The short of 3 stays.
    story = (
        Story()
        .trade(1, BBB, -3, 92)
        .trade(1, AAA, 7, 10)
        .merge(2, AAA, BBB, shares="1/10", price=90)
    )
    story.trade(3, BBB, 3, 95)
    assert story.rows("symbol", "side", "status", "gross_pnl") == [
        ("BBB", "short", "closed", "-16"),
        ("AAA", "long", "closed", "0"),
    ]
