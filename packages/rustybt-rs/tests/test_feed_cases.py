"""Cases of one's own orders in the book of a feed, worked out by hand.

Each has commands (see `book_stories`), the events of those after ``--``, and what bids and asks
show in the end, as size@price, the best first. In a trade, 0 is the market.
"""

import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from book_stories import Case  # noqa: E402
from rustybt_rs.order_book import FeedCancels  # noqa: E402

FEED_LEVELS = [
    Case("a level of a feed", "level buy 5 @ 99\nlevel sell 4 @ 101", "", "5@99", "4@101"),
    Case("a level set to zero goes", "level buy 5 @ 99\nlevel buy 0 @ 99", ""),
    Case("changes add up", "level buy 5 @ 99\nchange buy -2 @ 99\nchange buy 3 @ 99", "", "6@99"),
    Case("a change never goes below zero", "level buy 5 @ 99\nchange buy -7 @ 99", ""),
    Case(
        "an own market order takes levels",
        "level sell 2 @ 100\nlevel sell 9 @ 101\n--\n1 buy 5",
        "accepted 1\ntrade 0 1 2 @ 100\ntrade 0 1 3 @ 101\nfilled 1",
        asks="6@101",
    ),
    Case(
        "an own order stands behind what is shown",
        "level buy 5 @ 99\n1 buy 2 @ 99\n--\ntraded sell 5 @ 99\ntraded sell 1 @ 99",
        "trade 1 0 1 @ 99",  # 5 were ahead; the sixth is ours
        "1@99",
    ),
    Case(
        "a trade takes who is ahead, then us, then who is behind",
        "level buy 5 @ 99\n1 buy 2 @ 99\nlevel buy 8 @ 99\n--\ntraded sell 9 @ 99",
        # 5 ahead, 2 ours, 3 behind (8 - 5): 9 = 5 + 2 + 2
        "trade 1 0 2 @ 99\nfilled 1",
        "1@99",
    ),
    Case(
        "a level that shrinks without a trade loses who is behind first",
        "level buy 5 @ 99\n1 buy 2 @ 99\nlevel buy 8 @ 99\n--\n"
        "level buy 4 @ 99\ntraded sell 5 @ 99",
        # 8 - 4: the 3 behind and 1 ahead go, 4 are ahead; the fifth is ours
        "trade 1 0 1 @ 99",
        "1@99",
    ),
    Case(
        "or in proportion, rounded against us",
        "level buy 5 @ 99\n1 buy 2 @ 99\nlevel buy 8 @ 99\n--\n"
        "level buy 4 @ 99\ntraded sell 4 @ 99",
        # ahead: 5 x 4 / 8 = 2.5, so 3 stay; behind 1; the fourth is ours
        "trade 1 0 1 @ 99",
        "2@99",  # our 1 and 1 behind
        feed_cancels=FeedCancels.PROPORTIONAL,
    ),
    Case(
        "a trade through our price fills us at ours",
        "level buy 5 @ 98\n1 buy 2 @ 99\n--\ntraded sell 3 @ 98",
        # we are first with 2; 1 of the level
        "trade 1 0 2 @ 99\nfilled 1",
        "4@98",
    ),
    Case(
        "but never with more than the trade's size",
        "1 buy 5 @ 99\n--\ntraded sell 3 @ 98",
        "trade 1 0 3 @ 99",
        "2@99",  # 5 - 3
    ),
    Case(
        "two own orders share a trade by their places",
        "level buy 2 @ 99\n1 buy 2 @ 99\nlevel buy 5 @ 99\n2 buy 2 @ 99\n--\ntraded sell 8 @ 99",
        # 2 ahead, 2 of order 1, 3 between, 1 of order 2: 8
        "trade 1 0 2 @ 99\nfilled 1\ntrade 2 0 1 @ 99",
        "1@99",
    ),
    Case(
        "a trade on the other side leaves us alone",
        "level buy 5 @ 99\n1 buy 2 @ 99\n--\ntraded buy 9 @ 100",
        "",
        "7@99",
    ),
    Case(
        "a level that comes in across our order trades with it",
        "1 buy 5 @ 99\n--\nlevel sell 3 @ 98\nlevel sell 4 @ 98",
        # 3, then the 1 that is more
        "trade 1 0 3 @ 99\ntrade 1 0 1 @ 99",
        "1@99",
        "4@98",  # the feed's level is as the feed says
    ),
    Case(
        "a snapshot leaves places as they are",
        "level buy 5 @ 99\nlevel buy 7 @ 98\n1 buy 2 @ 99\n--\n"
        "snapshot buy 6 @ 99 sell 3 @ 101\ntraded sell 6 @ 99",
        # 5 ahead as before, the sixth of the trade is ours; 1 came in behind
        "trade 1 0 1 @ 99",
        "2@99",  # our 1 and 1 behind
        "3@101",
    ),
    Case(
        "a trade of the feed reaches our stop",
        "level sell 9 @ 101\n1 buy 2 stop 100\n--\ntraded buy 1 @ 100",
        "triggered 1 @ 100\ntrade 0 1 2 @ 101\nfilled 1",
        asks="7@101",
    ),
    Case(
        "an own iceberg's next slice goes behind the level",
        "level buy 1 @ 99\n1 buy 4 @ 99 show 2\nlevel buy 3 @ 99\n--\ntraded sell 6 @ 99",
        # 1 ahead, our slice of 2, 2 behind it, 1 of the next slice: 6
        "trade 1 0 2 @ 99\nrefilled 1 2\ntrade 1 0 1 @ 99",
        "1@99",
    ),
    Case(
        "the next level message puts back what we took",
        "level sell 5 @ 100\n1 buy 2\n--\nlevel sell 5 @ 100",
        "",
        asks="5@100",
    ),
]

FEED_ORDERS = [
    Case(
        "orders of a feed rest without matching",
        "add 1 buy 5 @ 99\nadd 2 buy 1 @ 99\nadd 3 sell 4 @ 101",
        "",
        "6@99",
        "4@101",
    ),
    Case(
        "ids of a feed are apart from one's own",
        "add 1 buy 5 @ 99\n--\n1 buy 2 @ 99\nadd 1 buy 3 @ 98",
        "accepted 1\nrejected 1 duplicate_feed_order",
        "7@99",
    ),
    Case(
        "executed ahead of us: nothing is ours",
        "add 1 buy 5 @ 99\n1 buy 2 @ 99\n--\nexecuted 1 size 5",
        "",
        "2@99",
    ),
    Case(
        "executed behind us: we were first, up to the trade's size",
        "add 1 buy 5 @ 99\n1 buy 2 @ 99\nadd 2 buy 4 @ 99\n--\nexecuted 2 size 3",
        "trade 1 0 2 @ 99\nfilled 1",
        "6@99",  # 5 of order 1; 4 - 3 of order 2
    ),
    Case(
        "executed at a worse price than ours",
        "add 1 buy 5 @ 98\n1 buy 9 @ 99\n--\nexecuted 1 size 3",
        "trade 1 0 3 @ 99",
        "6@99 2@98",  # 9 - 3, 5 - 3
    ),
    Case(
        "cancels ahead of us bring us forward",
        "add 1 buy 5 @ 99\nadd 2 buy 3 @ 99\n1 buy 2 @ 99\nadd 3 buy 4 @ 99\n--\n"
        "drop 1\ndrop 2 size 1\nexecuted 3 size 1",
        "trade 1 0 1 @ 99",
        "6@99",  # 2 of order 2, our 1, 4 - 1 of order 3
    ),
    Case(
        "less keeps a feed order's place, more loses it",
        "add 1 buy 5 @ 99\n1 buy 2 @ 99\n--\nmodify 1 size 3\nexecuted 1 size 1\n"
        "modify 1 size 4\nexecuted 1 size 1",
        # first it is ahead of us: 3 - 1; then it stands behind us: its trade is ours
        "trade 1 0 1 @ 99",
        "4@99",  # our 1 and 4 - 1
    ),
    Case(
        "a feed order that moves across our order trades with it",
        "1 buy 5 @ 99\nadd 1 sell 3 @ 101\n--\nmodify 1 size 3 @ 99",
        "trade 1 0 3 @ 99",
        "2@99",
        "3@99",  # the feed's order is as the feed says
    ),
    Case(
        "an order of the feed that comes in across ours trades with it",
        "1 sell 2 @ 100\n2 sell 2 @ 101\n--\nadd 1 buy 3 @ 101",
        "trade 1 0 2 @ 100\nfilled 1\ntrade 2 0 1 @ 101",
        "3@101",
        "1@101",
    ),
    Case(
        "our market order takes orders of the feed by their places",
        "add 1 sell 2 @ 100\nadd 2 sell 3 @ 100\n--\n1 buy 4\nexecuted 1 size 1",
        # 2 of order 1, which is gone then; 2 of order 2
        "accepted 1\ntrade 0 1 2 @ 100\ntrade 0 1 2 @ 100\nfilled 1\nrejected 1 unknown_feed_order",
        asks="1@100",
    ),
    Case(
        "a message about an order that is not there",
        "drop 4\nmodify 4 size 1\nexecuted 4 size 1",
        "rejected 4 unknown_feed_order\n" * 3,
    ),
]

CASES = FEED_LEVELS + FEED_ORDERS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    case.check()


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
