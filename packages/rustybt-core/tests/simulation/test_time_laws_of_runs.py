"""Laws of time: the future is not seen, and a run is a function of what it is given."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import whole_run
from markets import Played
from random_runs import Act, Case, cases, conditions, programs
from simulation.witness import Witness
from worlds import World, twins, worlds

from rustybt.data.portal import PolarsDataPortal
from rustybt.simulation import assembly
from rustybt.simulation.verify import first_difference

ON_REQUEST = settings(
    parent=whole_run,
    suppress_health_check=[*whole_run.suppress_health_check, HealthCheck.function_scoped_fixture],
)


def assert_same_results(one: Played, other: Played) -> None:
    """Every frame is the same to the last bit."""
    again = dict(other.result.tables.items())
    for name, frame in one.result.tables.items():
        assert first_difference(frame, again.pop(name)) is None, name
    assert not again


# ------------------------------------------------------------------ the future


@dataclass(frozen=True, kw_only=True)
class Fork:
    """A case, another market for it, and the bar after which the other one takes over.

    Attributes:
        case: The case.
        other: Another market of the same form.
        bar: The last bar that both have in common.
        frames: How the strategy sees them.
    """

    case: Case
    other: World
    bar: int
    frames: str

    def runs(self) -> tuple[Played, Played]:
        """The run on the market, and that on the market with another future."""
        perturbed = self.case.world.with_future_of(self.other, self.bar)
        first, second = (
            self.case.run(world, actor=Witness, frames=self.frames)
            for world in (self.case.world, perturbed)
        )
        return first, second


@st.composite
def forks(draw: st.DrawFn) -> Fork:
    """Any fork."""
    case = draw(cases())
    return Fork(
        case=case,
        other=draw(twins(case.world)),
        bar=draw(st.integers(0, case.world.length - 1)),
        frames=draw(st.sampled_from(("polars", "pandas"))),
    )


@whole_run
@given(fork=forks())
def test_nothing_seen_or_done_depends_on_later_data(fork: Fork) -> None:
    runs = fork.runs()
    entries, again = (played.context.up_to(fork.bar) for played in runs)
    if fork.case.given.rules.before_open_sees_today and not fork.case.world.minutes:
        # Zipline's look-ahead, on purpose: before the open it shows the bar that is to come.
        entries, again = (
            [entry for entry in log if entry[0] != "before"] for log in (entries, again)
        )
    assert len(entries) == len(again)
    for entry, entry_again in zip(entries, again, strict=True):
        assert entry == entry_again
    until = max(entry[2][0] for entry in entries if entry[0] == "bar")
    for name, stamp in (("transactions", "dt"), ("performance", "period_close")):
        known = [getattr(run.result, name).filter(pl.col(stamp) <= until) for run in runs]
        assert first_difference(*known) is None


# ------------------------------------------------------------------ a run that ends earlier


@whole_run
@given(case=cases(), data=st.data())
def test_the_first_sessions_of_a_run_are_the_run_that_ends_there(
    case: Case, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, case.world.sessions))
    calendar = case.world.calendar
    last = calendar.session_date(calendar.session_index(case.world.market().first) + count - 1)
    whole, part = case.run(), case.run(end=last)
    for name in ("performance", "positions", "order_states", "recorded"):
        frame = getattr(whole.result.tables, name).filter(pl.col("session") <= last)
        assert first_difference(frame, getattr(part.result.tables, name)) is None, name
    close = part.result.performance["period_close"][-1]
    for name, stamp in (("transactions", "dt"), ("journal", "at")):
        frame, beginning = (getattr(run.result.tables, name) for run in (whole, part))
        assert first_difference(frame.head(len(beginning)), beginning) is None, name
        assert (frame[stamp].slice(len(beginning)) >= close).all(), name


# ------------------------------------------------------------------ the same again


@whole_run
@given(case=cases())
def test_two_runs_are_the_same_to_the_last_bit(case: Case) -> None:
    assert_same_results(case.run(), case.run())


@ON_REQUEST
@given(case=cases())
def test_saved_runs_are_the_same_byte_for_byte(
    case: Case, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folders = [case.run().result.save(tmp_path_factory.mktemp("run") / "saved") for _ in range(2)]
    assert contents(folders[0]) == contents(folders[1])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


OTHER_PROCESS = """
import sys
from datetime import date, timedelta
import polars as pl
from rustybt import run_algorithm
from rustybt.api import order, order_target_percent, symbols

days = [date(2024, 1, 1) + timedelta(days=day) for day in range(20)]
names = ["BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "ADA/USD"]
rows = [
    (day, name, *[100.0 + (n * 7 + i * 3) % 11] * 4, 50.0)
    for n, day in enumerate(days) for i, name in enumerate(names)
]
columns = ["timestamp", "symbol", "open", "high", "low", "close", "volume"]

def initialize(context):
    context.coins = set(symbols(*names))

def handle_data(context, data):
    for coin in context.coins:
        order_target_percent(coin, 0.1)
    order(next(iter(context.coins)), 1.5, limit_price=104)

run_algorithm(
    "2024-01-01", "2024-01-20", initialize, 10_000, handle_data,
    data=pl.DataFrame(rows, schema=columns, orient="row"),
).save(sys.argv[1])
"""


def test_other_processes_with_other_hashes_give_the_same_bytes(tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "2"):
        folders.append(tmp_path / seed)
        subprocess.run(
            [sys.executable, "-c", OTHER_PROCESS, str(folders[-1])],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
    files = contents(folders[0])
    assert len(files) > 5
    assert files == contents(folders[1])


# ------------------------------------------------------------------ how much is read at a time


@st.composite
def long_cases(draw: st.DrawFn) -> Case:
    """Cases with more bars than the smallest chunk has rows."""
    world = draw(worlds(minutes=st.just(25), sessions=4))
    program: tuple[Act, ...] = draw(programs(world))
    return Case(world=world, program=program, given=draw(conditions()))


@settings(parent=ON_REQUEST, max_examples=max(whole_run.max_examples // 5, 1))
@given(case=long_cases())
def test_the_size_of_chunks_changes_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = case.run(actor=Witness)
    with monkeypatch.context() as patch:
        small = partial(PolarsDataPortal, budget_cells=1)
        patch.setattr(assembly, "PolarsDataPortal", small)
        in_pieces = case.run(actor=Witness)
    assert whole.context.log == in_pieces.context.log
    assert_same_results(whole, in_pieces)
