"""When a chain of futures moves on: days worked out by hand, and laws of random chains."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_markets import VENUE, weekdays

from rustybt.assets import Future
from rustybt.assets.chains import FutureChains, front_until
from rustybt.assets.rolls import ChainSessions, Figures, IntArray, held_places

CALENDAR = weekdays("2020-01-06", 40)
LAST = len(CALENDAR) - 1
D = CALENDAR.session_date


def contract(
    symbol: str, sid: int, close: int | None, *, start: int = 0, end: int | None = None
) -> Future:
    """A contract of root X; sessions by number; it trades until the session after its close."""
    last = end if end is not None else LAST if close is None else min(close + 1, LAST)
    return Future(
        sid=sid,
        symbol=symbol,
        exchange_info=VENUE,
        root_symbol="X",
        start_date=D(start),
        end_date=D(last),
        auto_close_date=None if close is None else D(close),
    )


F, G, H = contract("XF20", 1, 10), contract("XG20", 2, 20), contract("XH20", 3, None)
CHAIN = (F, G, H)


def table(rows: Mapping[str, Sequence[int]]) -> Figures:
    """Figures by symbol and session; the last one of a row goes on."""

    def figures(future: Future, first: int, stop: int) -> IntArray:
        row = rows[future.symbol]
        return np.array([row[min(session, len(row) - 1)] for session in range(first, stop)])

    return figures


def held(
    chain: Sequence[Future],
    figures: Figures | None,
    *,
    offset: int = 0,
    first: int = 0,
    stop: int = len(CALENDAR),
) -> list[tuple[int, str | None]]:
    """The sessions in which another contract is held, and which one; None for none."""
    sessions = ChainSessions.of(chain, CALENDAR)
    places = held_places(sessions, offset, figures, first=first, stop=stop).tolist()
    symbols = [None if place < 0 else chain[place].symbol for place in places]
    changes = [n for n, symbol in enumerate(symbols) if not n or symbol != symbols[n - 1]]
    return [(n, symbols[n]) for n in changes]


# ---------------------------------------------------------------------- the calendar


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, [(0, "XF20"), (10, "XG20"), (20, "XH20")]),
        (1, [(0, "XG20"), (10, "XH20"), (20, None)]),
        (2, [(0, "XH20"), (10, None)]),
        (3, [(0, None)]),
    ],
)
def test_by_the_calendar_a_chain_moves_on_when_a_contract_closes(
    offset: int, expected: list[tuple[int, str | None]]
) -> None:
    assert held(CHAIN, None, offset=offset) == expected


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        # A contract that ends before its close is at the front no more on the day after.
        ((contract("A", 1, 10, end=6), G), [(0, "A"), (7, "XG20"), (22, None)]),
        # Nothing is held before the next contract begins.
        ((F, contract("B", 2, None, start=14)), [(0, "XF20"), (10, None), (14, "B")]),
        # The last contract is held to its last session, also after its close.
        ((F, G), [(0, "XF20"), (10, "XG20"), (22, None)]),
        # A chain of one.
        ((F,), [(0, "XF20"), (12, None)]),
        # Two that close on one day: the first is at the front, the second never.
        ((F, contract("B", 2, 10), H), [(0, "XF20"), (10, "XH20")]),
        # A contract that is listed late.
        ((contract("A", 1, 10, start=3), G), [(0, None), (3, "A"), (10, "XG20"), (22, None)]),
    ],
)
def test_gaps_and_ends_of_a_chain(
    chain: Sequence[Future], expected: list[tuple[int, str | None]]
) -> None:
    assert held(chain, None) == expected


# ---------------------------------------------------------------------- volume

FRONT = [900] * 40

VOLUMES = {
    "crosses on 6: held from 7 on": (
        {"XF20": [900] * 6 + [100], "XG20": [10] * 6 + [200], "XH20": [1]},
        [(0, "XF20"), (7, "XG20"), (20, "XH20")],
    ),
    "never crosses: the calendar": (
        {"XF20": FRONT, "XG20": [10], "XH20": [1]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "equal is not more": (
        {"XF20": [50], "XG20": [50], "XH20": [50]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "crosses on the eve of the close: the close": (
        {"XF20": [900] * 9 + [1], "XG20": [10] * 9 + [99], "XH20": [1]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "crosses on the first session": (
        {"XF20": [5], "XG20": [6], "XH20": [1]},
        [(0, "XF20"), (1, "XG20"), (20, "XH20")],
    ),
    "crosses back: the first switch is the roll": (
        {"XF20": [9, 9, 1, 9, 9, 9, 9, 9], "XG20": [5], "XH20": [1]},
        [(0, "XF20"), (3, "XG20"), (20, "XH20")],
    ),
    "the third trades most from the start: not before its turn": (
        {"XF20": [900], "XG20": [10], "XH20": [5000]},
        [(0, "XF20"), (10, "XH20")],
    ),
    "both cross, one after the other": (
        {"XF20": [9] * 4 + [1], "XG20": [5] * 15 + [2], "XH20": [1] * 15 + [8]},
        [(0, "XF20"), (5, "XG20"), (16, "XH20")],
    ),
    "a gap of the front contract, long before its close: no switch": (
        {"XF20": [9, 0, 9], "XG20": [5], "XH20": [1]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "no trade of it in the last seven sessions: a switch": (
        {"XF20": [9, 9, 9, 0, 9], "XG20": [5], "XH20": [1]},
        [(0, "XF20"), (4, "XG20"), (20, "XH20")],
    ),
    "one session earlier it is a gap": (
        {"XF20": [9, 9, 0, 9], "XG20": [5], "XH20": [1]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "no trade of either": (
        {"XF20": [0], "XG20": [0], "XH20": [0]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "nothing known of it in the last seven sessions: no switch": (
        {"XF20": [9, 9, 9, -1, 9], "XG20": [5], "XH20": [1]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
    "nothing known of either, marked below zero": (
        {"XF20": [-(2**63)], "XG20": [-(2**63)], "XH20": [-(2**63)]},
        [(0, "XF20"), (10, "XG20"), (20, "XH20")],
    ),
}


@pytest.mark.parametrize("case", VOLUMES)
def test_by_volume_a_chain_moves_on_after_the_first_session_in_which_the_next_trades_more(
    case: str,
) -> None:
    rows, expected = VOLUMES[case]
    assert held(CHAIN, table(rows)) == expected


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (1, [(0, "XG20"), (5, "XH20"), (16, None)]),
        (2, [(0, "XH20"), (5, None)]),
    ],
)
def test_an_offset_follows_the_active_contract(
    offset: int, expected: list[tuple[int, str | None]]
) -> None:
    rows, _ = VOLUMES["both cross, one after the other"]
    assert held(CHAIN, table(rows), offset=offset) == expected


def test_a_contract_that_has_not_begun_cannot_trade_more() -> None:
    late = contract("XG20", 2, 20, start=4)
    rows = {"XF20": [9], "XG20": [99], "XH20": [1]}
    assert held((F, late, H), table(rows)) == [(0, "XF20"), (5, "XG20"), (20, "XH20")]


def test_only_sessions_with_data_are_compared() -> None:
    asked = []

    def figures(future: Future, first: int, stop: int) -> IntArray:
        asked.append((future.symbol, first, stop))
        return np.ones(stop - first, dtype=np.int64)

    held(CHAIN, figures, first=3, stop=15)
    assert asked == [("XF20", 3, 9), ("XG20", 3, 9), ("XG20", 9, 15), ("XH20", 9, 15)]


# ---------------------------------------------------------------------- chains


@pytest.mark.parametrize(
    ("future", "day"),
    [
        (F, D(10)),
        (contract("A", 1, 10, end=6), D(7)),
        (replace(F, auto_close_date=None, expiration_date=D(8)), D(8)),
        (replace(F, auto_close_date=None, expiration_date=None), D(11).replace(day=22)),
    ],
)
def test_a_contract_is_at_the_front_until_its_close_or_the_day_after_its_end(
    future: Future, day: object
) -> None:
    assert front_until(future) == day


def test_contracts_of_months_that_hardly_trade_are_passed_over() -> None:
    gold = [
        replace(contract(f"GC{month}20", sid, close), root_symbol="GC")
        for sid, (month, close) in enumerate(zip("FGHJ", (5, 10, 15, 20), strict=True), start=1)
    ]
    chains = FutureChains(gold)
    assert chains.contracts("GC") == tuple(gold)
    assert [future.symbol for future in chains.held("GC")] == ["GCG20", "GCJ20"]


def test_a_chain_of_which_no_month_is_known_is_held_as_it_is() -> None:
    odd = [replace(contract(f"GC-{n}", n, n), root_symbol="GC") for n in (5, 10)]
    assert FutureChains(odd).held("GC") == tuple(odd)


def test_a_contract_that_begins_when_it_is_to_be_left_is_passed_over() -> None:
    assert FutureChains([contract("A", 1, 10, start=10), G]).held("X") == (G,)


# ---------------------------------------------------------------------- laws


@st.composite
def chains(draw: st.DrawFn) -> tuple[Future, ...]:
    closes = sorted(draw(st.lists(st.integers(1, LAST), min_size=1, max_size=6)))
    found = []
    for sid, close in enumerate(closes, start=1):
        start = draw(st.integers(0, close - 1))
        end = draw(st.integers(start, LAST))
        found.append(contract(f"C{sid}", sid, close, start=start, end=end))
    return FutureChains(found).held("X")


def figures_of(chain: Sequence[Future], seed: int) -> dict[str, list[int]]:
    rng = np.random.default_rng(seed)
    return {c.symbol: rng.integers(-1, 6, len(CALENDAR)).tolist() for c in chain}


@given(chain=chains(), seed=st.integers(0, 10**6), offset=st.integers(0, 2))
def test_a_chain_never_moves_back_nor_stays_longer_than_the_calendar(
    chain: tuple[Future, ...], seed: int, offset: int
) -> None:
    sessions = ChainSessions.of(chain, CALENDAR)
    span = {"first": 0, "stop": len(CALENDAR)}
    places = held_places(sessions, offset, table(figures_of(chain, seed)), **span)
    fronts = held_places(sessions, offset, None, **span)
    known = places[places >= 0]
    assert (np.diff(known) >= 0).all()
    both = (places >= 0) & (fronts >= 0)
    assert (places[both] >= fronts[both]).all()
    assert (places[both] <= fronts[both] + 1).all()
    for session, place in enumerate(places.tolist()):
        if place >= 0:
            assert chain[place].is_alive_for_session(D(session))


@given(
    chain=chains(),
    seed=st.integers(0, 10**6),
    other=st.integers(0, 10**6),
    now=st.integers(0, LAST),
)
def test_what_is_held_in_a_session_depends_on_earlier_sessions_only(
    chain: tuple[Future, ...], seed: int, other: int, now: int
) -> None:
    sessions = ChainSessions.of(chain, CALENDAR)
    rows, future = figures_of(chain, seed), figures_of(chain, other)
    changed = {symbol: row[:now] + future[symbol][now:] for symbol, row in rows.items()}
    here, there = (
        held_places(sessions, 0, table(which), first=0, stop=len(CALENDAR))[: now + 1].tolist()
        for which in (rows, changed)
    )
    assert here == there
