"""Chunks: what is seen does not depend on where they end, or on who reads them."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from random_markets import RandomMarket, opened_portal, random_market, sights
from small_markets import bundle, equities, run, weekdays

from rustybt.clock import axis_of
from rustybt.data.bar_data import BarData
from rustybt.data.schemas import BAR_FIELDS
from rustybt.values import DecimalArithmetic, FloatArithmetic

SESSIONS = {"1d": 180, "1m": 35}
TINY = 1


def walk(
    market: RandomMarket, resolution: str, bars: Sequence[int], *, stored_days: bool, **options: Any
) -> list[Any]:
    """What is seen on the bars of a run and before the open of their sessions."""
    axis = axis_of(market.calendar, resolution)
    found = []
    with opened_portal(
        market, resolution, DecimalArithmetic(), stored_days=stored_days, **options
    ) as portal:
        see = sights(portal, market.assets, (1, 40))
        for bar in bars:
            session = axis.session_of(bar)
            if bar % 3 == 0:
                moment = market.calendar.before_trading_start(session)
                portal.set_now(moment, session, -1, in_bar=False)
                found.append(see())
            portal.set_now(axis.label(bar), session, bar, in_bar=True)
            found.append(see())
    return found


@whole_run
@given(
    resolution=st.sampled_from(["1d", "1m"]),
    stored_days=st.booleans(),
    steps=st.lists(st.integers(1, 80), min_size=2, max_size=5),
    seed=st.integers(0, 10**6),
)
def test_many_small_chunks_show_what_one_large_chunk_shows(
    resolution: str, stored_days: bool, steps: list[int], seed: int
) -> None:
    market = random_market(seed, sessions=SESSIONS[resolution], assets=3)
    bars = len(axis_of(market.calendar, resolution))
    path = [bar for bar in accumulate(steps) if bar < bars]
    small = walk(market, resolution, path, stored_days=stored_days, budget_cells=TINY)
    assert small == walk(market, resolution, path, stored_days=stored_days)


@whole_run
@given(seed=st.integers(0, 10**6))
def test_float_runs_too(seed: int) -> None:
    market = random_market(seed, sessions=150)
    marks: list[list[list[Any]]] = []
    for budget in (TINY, 10**6):
        with opened_portal(market, "1d", FloatArithmetic(), budget_cells=budget) as portal:
            marks.append([])
            for session in range(150):
                close = market.calendar.session_close(session)
                portal.set_now(close, session, session, in_bar=True)
                marks[-1].append([portal.mark(asset) for asset in market.assets])
    assert marks[0] == marks[1]


class Watched:
    """A reader that notes who reads what, and can fail or be held up."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.reads: list[tuple[str, tuple[int, ...], int, int]] = []
        self.fails_from: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def read(
        self, sids: Sequence[int], start: int, stop: int, fields: Sequence[str] = BAR_FIELDS
    ) -> pl.DataFrame:
        thread = "main" if threading.current_thread() is threading.main_thread() else "ahead"
        self.reads.append((thread, tuple(sids), start, stop))
        if self.fails_from is not None and stop > self.fails_from:
            raise OSError("the disk is gone")
        frame: pl.DataFrame = self._reader.read(sids, start, stop, fields)
        return frame


CALENDAR = weekdays("2020-01-06", 300)
ASSETS = equities("ABC")
BARS = pl.DataFrame(
    [
        (day, asset.symbol, *[10 + asset.sid + row % 7] * 4, 100)
        for row, day in enumerate(CALENDAR.sessions.tolist())
        for asset in ASSETS
    ],
    schema=["timestamp", "symbol", *BAR_FIELDS],
    orient="row",
).with_columns(pl.col("timestamp").cast(pl.Int32).cast(pl.Date))


def watched(**options: Any) -> tuple[Watched, Any]:
    market = bundle(CALENDAR, ASSETS, daily=BARS)
    reader = Watched(market.daily)
    here = run(replace(market, daily=reader), CALENDAR, **options)
    return reader, here.portal


def step(portal: Any, session: int) -> None:
    portal.set_now(CALENDAR.session_close(session), session, session, in_bar=True)


def ahead_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "rustybt-chunks" in thread.name]


def test_the_next_chunk_is_read_ahead_by_a_thread() -> None:
    reader, portal = watched(budget_cells=TINY)
    with portal:
        portal.subscribe(ASSETS)
        for session in range(300):
            step(portal, session)
            assert portal.mark(ASSETS[0]) == (11 + session % 7) * 10**12
    threads = [thread for thread, *_ in reader.reads]
    assert threads[0] == "main"
    assert set(threads[1:]) == {"ahead"}
    starts = [start for _, _, start, _ in reader.reads]
    assert starts == sorted(set(starts)), "no chunk was read twice"


def test_a_chunk_is_as_long_as_the_budget_allows() -> None:
    _, portal = watched(budget_cells=3 * len(BAR_FIELDS) * 100)
    with portal:
        portal.subscribe(ASSETS)
        for session in range(300):
            step(portal, session)
            assert len(portal.cursor.chunk) <= 101


def test_nothing_is_read_after_the_last_session_that_is_needed() -> None:
    reader, portal = watched(last_session=100)
    with portal:
        portal.subscribe(ASSETS)
        step(portal, 0)
        portal.mark(ASSETS[0])
    assert max(stop for *_, stop in reader.reads) == CALENDAR.sessions[100] + 1


def test_assets_are_read_together_when_they_are_announced() -> None:
    reader, portal = watched()
    with portal:
        portal.subscribe(ASSETS)
        step(portal, 10)
        assert [sids for _, sids, _, _ in reader.reads] == [(1, 2, 3)]


def test_an_error_of_the_thread_reaches_whoever_needs_the_chunk() -> None:
    reader, portal = watched(budget_cells=TINY)
    reader.fails_from = int(CALENDAR.sessions[64])
    with portal:
        portal.subscribe(ASSETS)
        for session in range(64):  # the thread has failed meanwhile; nobody needed its chunk
            step(portal, session)
        with pytest.raises(OSError, match="the disk is gone"):
            step(portal, 64)


def test_an_error_of_a_chunk_that_is_not_needed_is_dropped() -> None:
    reader, portal = watched(budget_cells=TINY)
    with portal:
        portal.subscribe(ASSETS)
        reader.fails_from = int(CALENDAR.sessions[200])
        step(portal, 100)  # this chunk ends before the 200th session, the next one after it
        step(portal, 20)
        assert portal.mark(ASSETS[0]) == (11 + 20 % 7) * 10**12


def test_the_thread_ends_with_the_portal() -> None:
    _, portal = watched(budget_cells=TINY)
    with portal:
        portal.subscribe(ASSETS)
        step(portal, 0)
        assert ahead_threads()
    assert not ahead_threads()
    step(portal, 299)
    assert portal.mark(ASSETS[0]) is not None
    assert not ahead_threads(), "a closed portal reads what it needs and no more"


def test_a_longer_window_than_ever_is_read_again() -> None:
    _, portal = watched(budget_cells=TINY)
    with portal:
        data = BarData(portal)
        step(portal, 200)
        for count in (2, 50, 150, 3):
            window = data.history(ASSETS[0], "close", count, "1d")
            expected = [11 + session % 7 for session in range(201 - count, 201)]
            assert window.to_list() == expected


def test_assets_that_come_one_by_one_shorten_the_chunk() -> None:
    _, portal = watched(budget_cells=len(BAR_FIELDS) * 160)
    with portal:
        step(portal, 0)
        for asset in ASSETS:
            assert portal.mark(asset) == (10 + asset.sid) * 10**12
        assert len(portal.cursor.chunk) <= 70
        for session in range(1, 300):
            step(portal, session)
            marks = [portal.mark(asset) for asset in ASSETS]
            assert marks == [(10 + asset.sid + session % 7) * 10**12 for asset in ASSETS]
