"""Cancels, replacements, stops and self-trades worked out by hand, in ticks of 1 and lots of 1.

Each has commands (see `book_stories`), the events of those after ``--``, and what bids and asks
show in the end, as size@price, the best first.
"""

import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from book_stories import Case  # noqa: E402
from rustybt_rs.order_book import SelfTrade  # noqa: E402

CHANGES = [
    Case("cancel", "1 buy 5 @ 99\n--\ncancel 1", "cancelled 1 5 requested"),
    Case(
        "cancel what is left",
        "1 buy 5 @ 99\n2 sell 2 @ 99\n--\ncancel 1",
        "cancelled 1 3 requested",  # 5 - 2
    ),
    Case("cancel nothing", "cancel 1", "rejected 1 unknown_order"),
    Case("cancel twice", "1 buy 5 @ 99\ncancel 1\n--\ncancel 1", "rejected 1 unknown_order"),
    Case(
        "cancel in the middle of a queue",
        "1 buy 1 @ 99\n2 buy 1 @ 99\n3 buy 1 @ 99\n--\ncancel 2\n4 sell 2 @ 99",
        """cancelled 2 1 requested
        accepted 4
        trade 1 4 1 @ 99
        filled 1
        trade 3 4 1 @ 99
        filled 3
        filled 4""",
    ),
    Case("cancel a stop", "1 buy 5 stop 101\n--\ncancel 1", "cancelled 1 5 requested"),
    Case(
        "a smaller size keeps its place",
        "1 buy 5 @ 99\n2 buy 5 @ 99\n--\nreplace 1 size 3\n3 sell 4 @ 99",
        "replaced 1 3 @ 99 kept\naccepted 3\n"
        "trade 1 3 3 @ 99\nfilled 1\ntrade 2 3 1 @ 99\nfilled 3",
        "4@99",
    ),
    Case(
        "a larger size loses it",
        "1 buy 5 @ 99\n2 buy 5 @ 99\n--\nreplace 1 size 6\n3 sell 6 @ 99",
        "replaced 1 6 @ 99 moved\naccepted 3\n"
        "trade 2 3 5 @ 99\nfilled 2\ntrade 1 3 1 @ 99\nfilled 3",
        "5@99",
    ),
    Case(
        "the same size again keeps it",
        "1 buy 5 @ 99\n2 buy 5 @ 99\n--\nreplace 1 size 5\n3 sell 1 @ 99",
        "replaced 1 5 @ 99 kept\naccepted 3\ntrade 1 3 1 @ 99\nfilled 3",
        "9@99",
    ),
    Case(
        "another price and back again loses it",
        "1 buy 5 @ 99\n2 buy 5 @ 99\n--\nreplace 1 @ 98\nreplace 1 @ 99\n3 sell 1 @ 99",
        """replaced 1 5 @ 98 moved
        replaced 1 5 @ 99 moved
        accepted 3
        trade 2 3 1 @ 99
        filled 3""",
        "9@99",
    ),
    Case(
        "another price trades where it crosses",
        "1 buy 5 @ 99\n2 sell 2 @ 100\n--\nreplace 1 @ 100",
        "replaced 1 5 @ 100 moved\ntrade 2 1 2 @ 100\nfilled 2",
        "3@100",
    ),
    Case(
        "a size after a partial fill is what is to be open",
        "1 buy 5 @ 99\n2 sell 3 @ 99\n--\nreplace 1 size 4",  # 2 are open: 4 is more
        "replaced 1 4 @ 99 moved",
        "4@99",
    ),
    Case("replace nothing", "replace 1 size 4", "rejected 1 unknown_order"),
    Case(
        "a post-only order's new price that would trade is refused, the order stays",
        "1 buy 5 @ 99 post\n2 sell 2 @ 100\n--\nreplace 1 @ 100",
        "rejected 1 post_only",
        "5@99",
        "2@100",
    ),
    Case(
        "a limit order has no stop price",
        "1 buy 5 @ 99\n--\nreplace 1 stop 98",
        "rejected 1 no_stop_price",
        "5@99",
    ),
    Case(
        "a stop order has no limit price",
        "1 buy 5 stop 101\n--\nreplace 1 @ 98",
        "rejected 1 no_limit_price",
    ),
    Case(
        "an iceberg's larger size with too many slices is refused",
        "1 buy 10000 @ 99 show 1\n--\nreplace 1 size 10001",
        "rejected 1 too_many_slices",
        "1@99",
    ),
]

STOPS = [
    Case("a stop waits unseen", "1 buy 5 stop 101", "accepted 1"),
    Case(
        "a trade at the stop price makes it a market order",
        "1 sell 1 @ 100\n2 sell 9 @ 101\n3 buy 2 stop 100\n--\n4 buy 1 @ 100",
        """accepted 4
        trade 1 4 1 @ 100
        filled 1
        filled 4
        triggered 3 @ 100
        trade 2 3 2 @ 101
        filled 3""",
        asks="7@101",
    ),
    Case(
        "a trade one tick short does not",
        "1 sell 1 @ 100\n3 buy 2 stop 101\n--\n4 buy 1 @ 100",
        "accepted 4\ntrade 1 4 1 @ 100\nfilled 1\nfilled 4",
    ),
    Case(
        "a sell stop is reached from above",
        "1 buy 1 @ 98\n2 buy 5 @ 97\n3 sell 2 stop 98\n--\n4 sell 1 @ 98",
        """accepted 4
        trade 1 4 1 @ 98
        filled 1
        filled 4
        triggered 3 @ 98
        trade 2 3 2 @ 97
        filled 3""",
        "3@97",
    ),
    Case(
        "a stop that the last trade has reached is active at once",
        "1 sell 1 @ 100\n2 buy 1 @ 100\n3 sell 1 @ 105\n--\n4 buy 1 stop 100",
        "accepted 4\ntriggered 4 @ 100\ntrade 3 4 1 @ 105\nfilled 3\nfilled 4",
    ),
    Case(
        "a stop-limit order rests when it is reached",
        "1 sell 1 @ 100\n2 sell 5 @ 103\n3 buy 4 @ 101 stop 100\n--\n4 buy 1 @ 100",
        "accepted 4\ntrade 1 4 1 @ 100\nfilled 1\nfilled 4\ntriggered 3 @ 100",
        "4@101",
        "5@103",
    ),
    Case(
        "a cascade: each stop's trade reaches the next",
        """1 buy 1 @ 100
        2 buy 2 @ 99
        3 buy 5 @ 98
        4 sell 2 stop 99
        5 sell 2 stop 100
        6 sell 3 stop 98
        --
        7 sell 1 @ 100""",
        # 100 reaches 5, which takes 2 at 99; that reaches 4, which takes 2 at 98; that reaches 6,
        # which takes the other 3
        """accepted 7
        trade 1 7 1 @ 100
        filled 1
        filled 7
        triggered 5 @ 100
        trade 2 5 2 @ 99
        filled 2
        filled 5
        triggered 4 @ 99
        trade 3 4 2 @ 98
        filled 4
        triggered 6 @ 98
        trade 3 6 3 @ 98
        filled 3
        filled 6""",
    ),
    Case(
        "the incoming order is done before the stops that it reaches",
        "1 sell 1 @ 100\n2 sell 1 @ 101\n3 buy 1 stop 100\n--\n4 buy 2 @ 101",
        """accepted 4
        trade 1 4 1 @ 100
        filled 1
        trade 2 4 1 @ 101
        filled 2
        filled 4
        triggered 3 @ 100
        expired 3 1 no_liquidity""",
    ),
    Case(
        "of stops at one price the first goes first; the nearer stop before the farther",
        """1 sell 1 @ 102
        2 sell 9 @ 103
        3 buy 1 stop 102
        4 buy 1 stop 101
        5 buy 1 stop 102
        --
        6 buy 1 @ 102""",
        """accepted 6
        trade 1 6 1 @ 102
        filled 1
        filled 6
        triggered 4 @ 102
        trade 2 4 1 @ 103
        filled 4
        triggered 3 @ 102
        trade 2 3 1 @ 103
        filled 3
        triggered 5 @ 102
        trade 2 5 1 @ 103
        filled 5""",
        asks="6@103",  # 9 - 3
    ),
    Case(
        "a post-only stop-limit order that would trade when it is reached expires",
        "1 sell 1 @ 100\n2 sell 5 @ 101\n3 buy 4 @ 101 stop 100 post\n--\n4 buy 1 @ 100",
        """accepted 4
        trade 1 4 1 @ 100
        filled 1
        filled 4
        triggered 3 @ 100
        expired 3 4 post_only""",
        asks="5@101",
    ),
    Case(
        "a fill-or-kill stop-limit order is tried when it is reached",
        "1 sell 1 @ 100\n2 sell 3 @ 101\n3 buy 4 @ 101 stop 100 fok\n--\n4 buy 1 @ 100",
        """accepted 4
        trade 1 4 1 @ 100
        filled 1
        filled 4
        triggered 3 @ 100
        expired 3 4 fok_unfilled""",
        asks="3@101",
    ),
    Case(
        "another stop price that was reached already",
        "1 sell 1 @ 100\n2 buy 1 @ 100\n3 sell 5 @ 103\n4 buy 2 stop 104\n--\nreplace 4 stop 99",
        "replaced 4 2 @ 99 moved\ntriggered 4 @ 100\ntrade 3 4 2 @ 103\nfilled 4",
        asks="3@103",
    ),
    Case(
        "a stop's smaller size",
        "1 sell 1 @ 100\n2 sell 5 @ 101\n3 buy 4 stop 100\n--\nreplace 3 size 2\n4 buy 1 @ 100",
        """replaced 3 2 @ 100 kept
        accepted 4
        trade 1 4 1 @ 100
        filled 1
        filled 4
        triggered 3 @ 100
        trade 2 3 2 @ 101
        filled 3""",
        asks="3@101",
    ),
]

OWN = "1 sell 2 @ 100 of 7\n2 sell 4 @ 100 of 8\n--\n"
SELF_TRADES = [
    Case(
        "allowed",
        OWN + "3 buy 3 @ 100 of 7",
        "accepted 3\ntrade 1 3 2 @ 100\nfilled 1\ntrade 2 3 1 @ 100\nfilled 3",
        asks="3@100",
    ),
    Case(
        "cancel the newest",
        OWN + "3 buy 3 @ 100 of 7",
        "accepted 3\ncancelled 3 3 self_trade",
        asks="6@100",
        self_trade=SelfTrade.CANCEL_NEWEST,
    ),
    Case(
        "cancel the newest after it traded with others",
        OWN + "3 buy 3 @ 100 of 8",
        "accepted 3\ntrade 1 3 2 @ 100\nfilled 1\ncancelled 3 1 self_trade",  # 3 - 2
        asks="4@100",
        self_trade=SelfTrade.CANCEL_NEWEST,
    ),
    Case(
        "cancel the oldest and go on",
        OWN + "3 buy 3 @ 100 of 7",
        "accepted 3\ncancelled 1 2 self_trade\ntrade 2 3 3 @ 100\nfilled 3",
        asks="1@100",
        self_trade=SelfTrade.CANCEL_OLDEST,
    ),
    Case(
        "cancel both",
        OWN + "3 buy 3 @ 100 of 7",
        "accepted 3\ncancelled 1 2 self_trade\ncancelled 3 3 self_trade",
        asks="4@100",
        self_trade=SelfTrade.CANCEL_BOTH,
    ),
    Case(
        "nobody's orders trade with each other",
        "1 sell 2 @ 100\n--\n2 buy 2 @ 100",
        "accepted 2\ntrade 1 2 2 @ 100\nfilled 1\nfilled 2",
        self_trade=SelfTrade.CANCEL_BOTH,
    ),
    Case(
        "fill or kill leaves out one's own where they would be cancelled",
        OWN + "3 buy 5 @ 100 fok of 7\n4 buy 4 @ 100 fok of 7",  # 4 of owner 8
        """accepted 3
        expired 3 5 fok_unfilled
        accepted 4
        cancelled 1 2 self_trade
        trade 2 4 4 @ 100
        filled 2
        filled 4""",
        self_trade=SelfTrade.CANCEL_OLDEST,
    ),
    Case(
        "fill or kill counts only what is before one's own",
        "1 sell 6 @ 100 of 8 show 2\n2 sell 4 @ 100 of 7\n--\n"
        "3 buy 3 @ 100 fok of 7\n4 buy 2 @ 100 fok of 7",
        # before order 2 there is the slice of 2; the next slice stands behind it
        """accepted 3
        expired 3 3 fok_unfilled
        accepted 4
        trade 1 4 2 @ 100
        refilled 1 2
        filled 4""",
        asks="6@100",  # 4 and a slice of 2
        self_trade=SelfTrade.CANCEL_NEWEST,
    ),
]

CASES = CHANGES + STOPS + SELF_TRADES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    case.check()


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
