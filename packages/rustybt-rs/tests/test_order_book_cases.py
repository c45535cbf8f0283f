"""Cases of the order book worked out by hand, in ticks of 1 and lots of 1.

Each has commands (see `book_stories`), the events of those after ``--``, and what bids and asks
show in the end, as size@price, the best first.
"""

import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from book_stories import Case  # noqa: E402

ORDERS = [
    Case("an order rests in an empty book", "1 buy 5 @ 100", "accepted 1", "5@100"),
    Case(
        "prices that touch trade at the resting price, also where the limit is better",
        "1 sell 5 @ 100\n--\n2 buy 3 @ 102",
        "accepted 2\ntrade 1 2 3 @ 100\nfilled 2",
        asks="2@100",  # 5 - 3
    ),
    Case(
        "one tick apart do not trade",
        "1 sell 5 @ 101\n--\n2 buy 3 @ 100",
        "accepted 2",
        "3@100",
        "5@101",
    ),
    Case(
        "the better price goes first, then who came first",
        "1 sell 2 @ 101\n2 sell 2 @ 100\n3 sell 2 @ 100\n--\n4 buy 5 @ 101",
        # 2 of order 2, 2 of order 3, then 1 of order 1: 2 + 2 + 1 = 5
        """accepted 4
        trade 2 4 2 @ 100
        filled 2
        trade 3 4 2 @ 100
        filled 3
        trade 1 4 1 @ 101
        filled 4""",
        asks="1@101",
    ),
    Case(
        "a sell takes the highest bid first",
        "1 buy 2 @ 99\n2 buy 2 @ 100\n--\n3 sell 3 @ 99",
        "accepted 3\ntrade 2 3 2 @ 100\nfilled 2\ntrade 1 3 1 @ 99\nfilled 3",
        "1@99",
    ),
    Case(
        "what is left of a limit order rests",
        "1 sell 2 @ 100\n--\n2 buy 5 @ 100",
        "accepted 2\ntrade 1 2 2 @ 100\nfilled 1",
        "3@100",  # 5 - 2
    ),
    Case(
        "equal sizes fill both: the maker is told first",
        "1 sell 2 @ 100\n--\n2 buy 2 @ 100",
        "accepted 2\ntrade 1 2 2 @ 100\nfilled 1\nfilled 2",
    ),
    Case(
        "prices may be negative",
        "1 sell 2 @ -3\n2 sell 2 @ 0\n--\n3 buy 3 @ 0",
        "accepted 3\ntrade 1 3 2 @ -3\nfilled 1\ntrade 2 3 1 @ 0\nfilled 3",
        asks="1@0",
    ),
    Case(
        "a market order meets an empty book",
        "1 buy 5",
        "accepted 1\nexpired 1 5 no_liquidity",
    ),
    Case(
        "a market order takes all there is, its rest expires",
        "1 sell 2 @ 100\n2 sell 1 @ 1000\n--\n3 buy 5",
        # 5 - 2 - 1 = 2
        """accepted 3
        trade 1 3 2 @ 100
        filled 1
        trade 2 3 1 @ 1000
        filled 2
        expired 3 2 no_liquidity""",
    ),
    Case(
        "a market order that fills or is killed",
        "1 sell 2 @ 100\n--\n2 buy 3 fok\n3 buy 2 fok",
        """accepted 2
        expired 2 3 fok_unfilled
        accepted 3
        trade 1 3 2 @ 100
        filled 1
        filled 3""",
    ),
    Case(
        "immediate or cancel: the rest expires",
        "1 sell 2 @ 100\n2 sell 9 @ 101\n--\n3 buy 5 @ 100 ioc",
        "accepted 3\ntrade 1 3 2 @ 100\nfilled 1\nexpired 3 3 ioc_unfilled",
        asks="9@101",
    ),
    Case(
        "immediate or cancel without a counterpart",
        "1 buy 5 @ 100 ioc",
        "accepted 1\nexpired 1 5 ioc_unfilled",
    ),
    Case(
        "immediate or cancel that fills",
        "1 sell 5 @ 100\n--\n2 buy 5 @ 100 ioc",
        "accepted 2\ntrade 1 2 5 @ 100\nfilled 1\nfilled 2",
    ),
    Case(
        "fill or kill, one lot short",
        "1 sell 2 @ 100\n2 sell 2 @ 101\n--\n3 buy 5 @ 101 fok",  # 2 + 2 = 4 < 5
        "accepted 3\nexpired 3 5 fok_unfilled",
        asks="2@100 2@101",
    ),
    Case(
        "fill or kill, just enough over two levels",
        "1 sell 2 @ 100\n2 sell 3 @ 101\n--\n3 buy 5 @ 101 fok",  # 2 + 3 = 5
        "accepted 3\ntrade 1 3 2 @ 100\nfilled 1\ntrade 2 3 3 @ 101\nfilled 2\nfilled 3",
    ),
    Case(
        "fill or kill does not count what is beyond its limit",
        "1 sell 2 @ 100\n2 sell 3 @ 102\n--\n3 buy 5 @ 101 fok",
        "accepted 3\nexpired 3 5 fok_unfilled",
        asks="2@100 3@102",
    ),
    Case(
        "fill or kill counts what an iceberg hides",
        "1 sell 5 @ 100 show 2\n--\n2 buy 5 @ 100 fok",  # slices of 2, 2, 1
        """accepted 2
        trade 1 2 2 @ 100
        refilled 1 2
        trade 1 2 2 @ 100
        refilled 1 1
        trade 1 2 1 @ 100
        filled 1
        filled 2""",
    ),
    Case(
        "post-only at the touch is refused",
        "1 sell 2 @ 100\n--\n2 buy 1 @ 100 post",
        "rejected 2 post_only",
        asks="2@100",
    ),
    Case(
        "post-only one tick below the touch rests",
        "1 sell 2 @ 100\n--\n2 buy 1 @ 99 post",
        "accepted 2",
        "1@99",
        "2@100",
    ),
    Case("post-only in an empty book rests", "1 sell 1 @ 1 post", "accepted 1", asks="1@1"),
    Case(
        "an id twice",
        "1 buy 2 @ 99\n--\n1 buy 3 @ 98",
        "rejected 1 duplicate_order",
        "2@99",
    ),
    Case(
        "an id again after its order has ended",
        "1 buy 2 @ 99\ncancel 1\n--\n1 buy 3 @ 98",
        "accepted 1",
        "3@98",
    ),
]

ICEBERGS = [
    Case("an iceberg shows its slice", "1 buy 10 @ 99 show 3", "accepted 1", "3@99"),
    Case("a slice above the size shows all", "1 buy 2 @ 99 show 3", "accepted 1", "2@99"),
    Case(
        "the next slice stands behind who came later",
        "1 sell 5 @ 100 show 2\n2 sell 2 @ 100\n--\n3 buy 3 @ 100\n4 buy 2 @ 100",
        # order 3: the slice of 2, 1 of order 2; order 4: the other 1 of it, 1 of the slice
        """accepted 3
        trade 1 3 2 @ 100
        refilled 1 2
        trade 2 3 1 @ 100
        filled 3
        accepted 4
        trade 2 4 1 @ 100
        filled 2
        trade 1 4 1 @ 100
        filled 4""",
        asks="1@100",  # the slice of 2 less 1; 1 more is hidden
    ),
    Case(
        "a slice that is used in part keeps its place",
        "1 sell 5 @ 100 show 2\n2 sell 2 @ 100\n3 buy 1 @ 100\n--\n4 buy 1 @ 100",
        "accepted 4\ntrade 1 4 1 @ 100\nrefilled 1 2\nfilled 4",
        asks="4@100",  # 2 of order 2, the new slice of 2
    ),
    Case(
        "an incoming iceberg trades with all of its size, then shows a slice",
        "1 buy 4 @ 100\n--\n2 sell 9 @ 100 show 2",
        "accepted 2\ntrade 1 2 4 @ 100\nfilled 1",
        asks="2@100",  # 9 - 4 = 5, of which 2
    ),
    Case(
        "two icebergs take turns",
        "1 sell 4 @ 100 show 2\n2 sell 3 @ 100 show 2\n--\n3 buy 7 @ 100",
        # 1: 2, 2: 2, 1: 2 (its last), 2: 1 (its last): 7
        """accepted 3
        trade 1 3 2 @ 100
        refilled 1 2
        trade 2 3 2 @ 100
        refilled 2 1
        trade 1 3 2 @ 100
        filled 1
        trade 2 3 1 @ 100
        filled 2
        filled 3""",
    ),
    Case(
        "10,000 slices are allowed",
        "1 buy 20000 @ 99 show 2",
        "accepted 1",
        "2@99",
    ),
    Case(
        "10,001 slices are not",
        "1 buy 20001 @ 99 show 2",
        "rejected 1 too_many_slices",
    ),
    Case(
        "cancelling takes what is hidden too",
        "1 buy 10 @ 99 show 3\n--\ncancel 1",
        "cancelled 1 10 requested",
    ),
    Case(
        "less of an iceberg comes from what it hides",
        "1 buy 10 @ 99 show 3\n2 buy 1 @ 99\n--\nreplace 1 size 4\n3 sell 4 @ 99",
        # 4 open, 3 shown: the slice of 3, order 2, and the last 1 stays
        """replaced 1 4 @ 99 kept
        accepted 3
        trade 1 3 3 @ 99
        refilled 1 1
        trade 2 3 1 @ 99
        filled 2
        filled 3""",
        "1@99",
    ),
]

CASES = ORDERS + ICEBERGS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    case.check()


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
