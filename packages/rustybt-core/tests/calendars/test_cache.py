"""The cache on disk: fast, safe against concurrent writers, healed when it is corrupt."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from rustybt.calendars import TradingCalendar, cache, get_calendar
from rustybt.calendars.exchanges import build_exchange

HEAVY = {"pandas", "exchange_calendars", "pyarrow"}
REPORT = (
    "import sys; from rustybt.calendars import get_calendar; "
    "calendar = get_calendar('{name}'); "
    "print(calendar.name, len(calendar), *sorted({heavy} & set(sys.modules)))"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path))
    return tmp_path


def start(home: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", REPORT.format(name=name, heavy=HEAVY)],
        env={**os.environ, "RUSTYBT_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output.split()


def files(home: Path) -> dict[str, Path]:
    folder = home / "cache" / "calendars"
    return {path.name.split("-")[0]: path for path in folder.iterdir()}


def columns(calendar: TradingCalendar) -> list[object]:
    return [
        calendar.name,
        calendar.tz,
        *(
            column.tolist()
            for column in (
                calendar.sessions,
                calendar.opens,
                calendar.closes,
                calendar.break_starts,
                calendar.break_ends,
                calendar.early_close,
            )
        ),
    ]


def test_a_second_start_needs_neither_pandas_nor_the_library(home: Path) -> None:
    first = finish(start(home, "NYSE"))
    assert "pandas" in first
    assert finish(start(home, "NYSE")) == ["XNYS", first[1]]


def test_many_processes_may_write_at_once(home: Path) -> None:
    processes = [start(home, "XHKG") for _ in range(3)]
    sizes = {tuple(finish(process)[:2]) for process in processes}
    assert len(sizes) == 1
    assert set(files(home)) == {"XHKG", "names"}, "no draft is left behind"


@pytest.mark.parametrize("name", ["XNYS", "XHKG"])
def test_what_is_stored_is_what_was_computed(home: Path, name: str) -> None:
    calendar = get_calendar(name)
    cache.store_calendar(calendar)
    loaded = cache.load_calendar(name)
    assert loaded is not None
    assert columns(loaded) == columns(calendar) == columns(build_exchange(name))


def test_names_are_stored_whole(home: Path) -> None:
    names = {"NYSE": "XNYS", "XNYS": "XNYS", "24/5": "24/5"}
    cache.store_names(names)
    assert cache.load_names() == names


def test_nothing_stored_is_no_error(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert cache.load_calendar("XNYS") is None
    assert cache.load_names() is None
    assert not caplog.records


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_columns(path: Path) -> None:
    pl.DataFrame({"session": [1]}).write_ipc(path)


def other_type(path: Path) -> None:
    frame = pl.read_ipc(path.read_bytes())
    frame.with_columns(pl.col("close").cast(pl.Int64)).write_ipc(path)


def no_zone(path: Path) -> None:
    frame = pl.read_ipc(path.read_bytes())
    frame.with_columns(pl.col("open").dt.replace_time_zone(None)).write_ipc(path)


def closed_before_open(path: Path) -> None:
    frame = pl.read_ipc(path.read_bytes())
    frame.with_columns(open=pl.col("close"), close=pl.col("open")).write_ipc(path)


@pytest.mark.parametrize(
    "damage", [truncate, empty, other_columns, other_type, no_zone, closed_before_open]
)
def test_a_corrupt_file_is_reported_and_not_used(
    home: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    cache.store_calendar(get_calendar("XNYS"))
    path = files(home)["XNYS"]
    damage(path)
    with caplog.at_level(logging.WARNING, logger="rustybt"):
        assert cache.load_calendar("XNYS") is None
    assert [str(path) in str(record.msg) for record in caplog.records] == [True]


@pytest.mark.parametrize("damage", [truncate, other_columns])
def test_corrupt_names_are_reported_and_not_used(
    home: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    cache.store_names({"NYSE": "XNYS"})
    damage(files(home)["names"])
    with caplog.at_level(logging.WARNING, logger="rustybt"):
        assert cache.load_names() is None
    assert len(caplog.records) == 1


def test_a_corrupt_file_is_replaced_by_the_next_start(home: Path) -> None:
    computed = finish(start(home, "XNYS"))
    truncate(files(home)["XNYS"])
    assert finish(start(home, "XNYS"))[:2] == computed[:2]
    assert cache.load_calendar("XNYS") is not None


def test_a_file_that_cannot_be_replaced_leaves_no_draft(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.store_names({"NYSE": "XNYS"})
    place = files(home)["names"]
    place.unlink()
    place.mkdir()
    with caplog.at_level(logging.WARNING, logger="rustybt"):
        cache.store_names({"NYSE": "XNYS"})
    assert files(home) == {"names": place}
    assert "not cached" in str(caplog.records[0].msg)


def test_a_home_that_cannot_be_written_is_only_a_warning(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "cache").write_text("a file where a folder should be")
    with caplog.at_level(logging.WARNING, logger="rustybt"):
        cache.store_names({"NYSE": "XNYS"})
    assert "not cached" in str(caplog.records[0].msg)
