"""The benchmarks: what is judged and how, and that a tiny run of them works."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from benchmarks import market, peers
from benchmarks.drivers.rustybt_py import ZIPLINE_IMPORT
from benchmarks.drivers.task import Outcome, Task
from benchmarks.folders import Folders
from benchmarks.report import WorkloadReport
from benchmarks.runner import Measurement, Runner
from benchmarks.verdict import disagreements, judge
from benchmarks.workload import FULL, Entry, Goal, Workload
from benchmarks.workloads import WORKLOADS, ingest, orders, scaling, sma
from tools import bootstrap, pythons
from tools.workspace import ROOT

BARS = market.Market(data="", bundle="", start="", end="", bars=100, assets=2)
TASK = Task(strategy="none", data="", start="", end="", frequency="daily", capital=1, runs=1)
OURS, THEIRS = "ours", "theirs"


def measurement(name: str, seconds: float, outcome: Outcome) -> Measurement:
    entry = Entry(name=name, driver="missing", task=TASK, market=BARS)
    return Measurement(
        entry=entry,
        cold=[3 * seconds, 2 * seconds, 9 * seconds],
        warm=[seconds, seconds, 5 * seconds],
        peaks=[int(100 * seconds)],
        outcome=outcome,
    )


def comparison(kind: str, limit: float) -> Workload:
    goal = Goal(kind=kind, entry=OURS, rival=THEIRS, limit=limit)  # type: ignore[arg-type]
    return Workload(
        name="", title="", description="", entries=lambda *_: (), goals=(goal,), agree=True
    )


@pytest.mark.parametrize(
    ("kind", "ours", "theirs", "limit", "ratios", "met"),
    [
        ("speed", 1.0, 10.0, 10, [10, 10], True),
        ("speed", 1.0, 9.9, 10, [9.9, 9.9], False),
        ("faster", 1.0, 10.0, 10, [10], True),
        ("faster", 1.0, 9.9, 10, [9.9], False),
        ("overhead", 1.3, 1.0, 1.3, [1.3, 1.3], True),
        ("overhead", 1.4, 1.0, 1.3, [1.4, 1.4], False),
        ("warm", 1.5, 1.0, 1.5, [1.5], True),
        ("warm", 1.6, 1.0, 1.5, [1.6], False),
        ("memory", 1.0, 2.0, 1, [0.5], True),
        ("memory", 2.0, 2.0, 1, [1], False),
        ("flat", 1.2, 1.0, 1.25, [1.2], True),
        ("flat", 1.3, 1.0, 1.25, [1.3], False),
    ],
)
def test_goal_is_judged_by_the_ratio_of_medians(
    kind: str, ours: float, theirs: float, limit: float, ratios: list[float], met: bool
) -> None:
    outcome = Outcome(fills=2, final_value=100.0)
    measured = {
        THEIRS: measurement(THEIRS, theirs, outcome),
        OURS: measurement(OURS, ours, outcome),
    }
    verdicts = judge(comparison(kind, limit), measured, {})
    assert [verdict.ratio for verdict in verdicts] == pytest.approx(ratios)
    assert {verdict.met for verdict in verdicts} == {met}


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome(fills=2, final_value=100.00009, read=7.0), ""),
        (Outcome(fills=3, final_value=100.0, read=7.0), "3 fills, not 2"),
        (Outcome(fills=2, final_value=100.0002, read=7.0), "final value 100.0002, not 100.0000"),
        (Outcome(fills=2, final_value=100.0, read=0.0), "read 0.0000, not 7.0000"),
    ],
)
def test_time_counts_only_with_the_same_outcome(outcome: Outcome, reason: str) -> None:
    workload = comparison("speed", 1)
    measured = {
        THEIRS: measurement(THEIRS, 9.0, Outcome(fills=2, final_value=100.0, read=7.0)),
        OURS: measurement(OURS, 1.0, outcome),
    }
    ignored = disagreements(workload, measured)
    assert ignored == ({OURS: reason} if reason else {})
    assert {verdict.met for verdict in judge(workload, measured, ignored)} == (
        {None} if reason else {True}
    )


def test_entries_agree_with_those_of_the_same_market_and_strategy() -> None:
    measured = {
        "hours": measurement("hours", 1.0, Outcome(fills=24, final_value=1.0)),
        "days": measurement("days", 1.0, Outcome(fills=1, final_value=1.0)),
        "others": measurement("others", 1.0, Outcome(fills=2, final_value=1.0)),
    }
    days = replace(measured["days"].entry, task=replace(TASK, strategy="days"))
    measured["days"].entry = days
    measured["others"].entry = replace(days, market=replace(BARS, bars=7))
    assert (
        disagreements(
            comparison("speed", 1),
            measured,
        )
        == {}
    )
    measured["others"].entry = days
    assert disagreements(comparison("speed", 1), measured) == {"others": "2 fills, not 1"}


def test_process_that_fails_is_reported_and_not_started_again(tmp_path: Path) -> None:
    runner = Runner(folders=Folders(work=tmp_path), peers={}, seconds_max=60)
    started: list[int] = []
    entry = Entry(name=OURS, driver="missing", task=TASK, market=BARS)
    measured = runner.measure(
        [entry], rounds=3, on_process=lambda _, number: started.append(number)
    )
    assert "No module named benchmarks.drivers.missing" in measured[OURS].error
    assert started == [0]


def test_process_gets_the_environment_of_its_task(tmp_path: Path) -> None:
    runner = Runner(folders=Folders(work=tmp_path), peers={}, seconds_max=60)
    made = market.minutes_of_one_asset(tmp_path / "minutes", bars=100)
    task = Task(
        strategy="sma",
        data=made.data,
        start=made.start,
        end=made.end,
        frequency="minute",
        capital=1,
        parameters=sma.PARAMETERS,
        environment={"RUSTYBT_ACCEL": "no such value"},
        runs=1,
    )
    entry = Entry(name=OURS, driver="rustybt_py", task=task, market=made)
    measured = runner.measure([entry], rounds=1, on_process=lambda *_: None)
    assert "RUSTYBT_ACCEL" in measured[OURS].error


def test_outcomes_agree_whatever_kernel_ran() -> None:
    measured = {
        THEIRS: measurement(THEIRS, 9.0, Outcome(fills=2, final_value=1.0, kernel="python")),
        OURS: measurement(OURS, 1.0, Outcome(fills=2, final_value=1.0, kernel="rust 0.1.0")),
    }
    assert disagreements(comparison("speed", 1), measured) == {}
    report = WorkloadReport(
        workload=comparison("speed", 1), measured=measured, ignored={}, verdicts=[]
    )
    for each in measured.values():
        each.warm_cpu = [1.0]
    assert [row[:2] for row in report.entry_rows()] == [(THEIRS, "python"), (OURS, "rust 0.1.0")]


def test_peer_that_cannot_be_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_uv() -> str:
        raise pythons.BootstrapError("there is no network")

    monkeypatch.setattr(bootstrap, "find_uv", no_uv)
    monkeypatch.setattr(pythons, "find_all", lambda: iter(()))
    peer = peers.prepare("zipline", Folders(work=tmp_path))
    assert peer.python is None
    assert peer.reason == "there is no network"


def test_peers_are_pinned_to_the_last_dependency() -> None:
    for name in peers.NAMES:
        lines = (peers.REQUIREMENTS / f"{name}.txt").read_text("utf-8").splitlines()
        needed = [line for line in lines if not line.lstrip().startswith("#")]
        assert needed
        assert all("==" in line for line in needed)


def test_moving_averages_never_tie(tmp_path: Path) -> None:
    made = market.minutes_of_one_asset(tmp_path / "minutes", bars=FULL.minute_bars)
    close = (pl.read_parquet(made.data)["close"] * 10_000).round().cast(pl.Int64).to_numpy()
    assert len(close) == 196_560
    fast, slow = int(sma.PARAMETERS["fast"]), int(sma.PARAMETERS["slow"])
    assert market.moving_average_ties(close, fast, slow) == 0


def test_ties_are_found() -> None:
    # Means of the last 1 and 2: 5 and 5 on the second bar, 6 and 5.5, then 6 and 6.
    close = pl.Series([5, 5, 6, 6]).to_numpy()
    assert market.moving_average_ties(close, 1, 2) == 2


def test_market_is_the_same_each_time_it_is_made(tmp_path: Path) -> None:
    folders = [tmp_path / name / "m" for name in ("first", "second")]
    for folder in folders:
        market.csv_folder(folder, assets=3, sessions=4, lead=2, minutes=True)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.csv")}
        for folder in folders
    )
    assert first == second
    assert len(first) == 3 * 2 + 4


def test_bars_are_those_of_a_market(tmp_path: Path) -> None:
    made = market.csv_folder(tmp_path / "m", assets=3, sessions=300)
    for path in (tmp_path / "m" / "daily").iterdir():
        bars = pl.read_csv(path)
        body = pl.max_horizontal("open", "close"), pl.min_horizontal("open", "close")
        assert bars.select((pl.col("high") >= body[0]).all()).item()
        assert bars.select((pl.col("low") <= body[1]).all()).item()
        assert bars["low"].cast(pl.Float64).min() > 0  # type: ignore[operator]
        assert bars["date"].to_list()[0] == made.start
        assert bars["date"].to_list()[-1] == made.end == "2021-12-31"


def test_migrating_touches_import_lines_only() -> None:
    source = (
        "from zipline.api import order\nimport zipline\nname = 'zipline'\nfrom ziplines import x"
    )
    assert ZIPLINE_IMPORT.sub(r"\1rustybt", source) == (
        "from rustybt.api import order\nimport rustybt\nname = 'zipline'\nfrom ziplines import x"
    )


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=lambda each: each.name)
def test_goals_name_entries(workload: Workload, tmp_path: Path) -> None:
    tiny = replace(
        FULL,
        minute_bars=400,
        sessions=2,
        minute_sessions=1,
        asset_counts=(3, 4),
        year_counts=(1, 2),
        resampled_minutes=1_000,
        resampled_trades=1_000,
        ingested=((2, 2), (3, 1)),
        streamed=(2, 2),
    )
    names = {entry.name for entry in workload.entries(Folders(work=tmp_path), tiny)}
    scaled = {
        "scaling": scaling.goals,
        "orders": orders.goals,
        "ingest": ingest.goals,
    }.get(workload.name)
    for goal in workload.goals if scaled is None else scaled(tiny):
        assert {goal.entry, goal.rival} <= names


@pytest.mark.slow
def test_benchmarks_run_without_peers(tmp_path: Path) -> None:
    options = ["--quick", "--no-peers", "--only", "sma", "--work", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options, "--output", str(tmp_path / "out")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (workload,) = json.loads((tmp_path / "out" / "latest.json").read_text("utf-8"))["workloads"]
    entries = {entry["name"]: entry for entry in workload["entries"]}
    assert set(entries) == {
        "RustyBT",
        "RustyBT in Python",
        "RustyBT float64",
        "RustyBT, floats shown",
        "RustyBT float64, floats shown",
    }
    fills = {entry["outcome"]["fills"] for entry in entries.values()}
    assert len(fills) == 1
    assert fills.pop() > 0
    for entry in entries.values():
        assert not entry["error"]
        assert not entry["does_not_count"]
        assert entry["warm_seconds"][0] > 0
        assert entry["cold_seconds"][0] > 0
    assert entries["RustyBT in Python"]["outcome"]["kernel"] == "python"
    assert "RustyBT" in done.stdout
    assert (tmp_path / "out" / "latest.md").exists()
