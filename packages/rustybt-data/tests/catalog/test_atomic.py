"""An ingestion is there whole or not at all, whatever happens to the process."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rustybt.calendars import get_calendar
from rustybt.data.bundles import bundle_names, ingestions_for_bundle, load
from rustybt.errors import BundleNotFound
from rustybt_data.catalog import ParquetCatalog

SCRIPT = Path(__file__).parent / "ingesting.py"


@pytest.fixture(autouse=True)
def calendar() -> None:
    """Computed here, so that the processes only read it."""
    get_calendar("XNYS")


def start(name: str, timestamp: str, mode: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), name, timestamp, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def half_done(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"


def staged(data_dir: Path) -> list[str]:
    return [path.name for path in (data_dir / ".staging").iterdir() if path.is_dir()]


def ingest_here(data_dir: Path) -> None:
    catalog = ParquetCatalog(data_dir)
    moment = datetime(2024, 1, 2, tzinfo=UTC)
    with catalog.ingestion("mine", moment, calendar=get_calendar("XNYS")):
        pass


def test_a_killed_ingestion_is_invisible_and_the_next_one_cleans_up(data_dir: Path) -> None:
    process = start("mine", "2024-01-01", "wait")
    half_done(process)
    process.kill()
    process.communicate()
    assert bundle_names() == ("sample", "sample-crypto")
    with pytest.raises(BundleNotFound):
        load("mine")
    assert len(staged(data_dir)) == 1
    ingest_here(data_dir)
    assert staged(data_dir) == []
    assert [stamp.day for stamp in ingestions_for_bundle("mine")] == [2]


@pytest.mark.parametrize(
    ("function", "call", "visible"),
    [
        ("flush", 1, False),
        ("move", 1, False),
        ("move", 2, False),
        ("remove_tree", 1, True),  # its own folder, after it was published
    ],
)
def test_killed_at_any_step_it_is_there_whole_or_not_at_all(
    data_dir: Path, function: str, call: int, visible: bool
) -> None:
    process = start("mine", "2024-01-01", f"kill {function} {call}")
    _, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors
    assert ("mine" in bundle_names()) is visible
    if visible:
        bundle = load("mine")
        assert bundle.daily is not None
        assert bundle.daily.read([1], 0, 10**6)["volume"].to_list() == [10**9, 2 * 10**9]
        assert bundle.finder.sids == (1,)
    ingest_here(data_dir)
    assert staged(data_dir) == []


def test_two_processes_ingest_into_different_names_at_once(data_dir: Path) -> None:
    processes = [start(name, "2024-01-01", "wait") for name in ("mine", "other")]
    for process in processes:
        half_done(process)
    assert len(staged(data_dir)) == 2
    for process in processes:
        _, errors = process.communicate("go\n")
        assert process.returncode == 0, errors
    assert len(ingestions_for_bundle("mine")) == len(ingestions_for_bundle("other")) == 1
    assert staged(data_dir) == []


def test_who_ingests_into_a_name_waits_for_who_does_already(data_dir: Path) -> None:
    slow, late = start("mine", "2024-01-01", "wait"), None
    half_done(slow)
    late = start("mine", "2024-01-02", "wait")
    assert late.stderr is not None
    message = late.stderr.readline()
    assert f"waiting for process {slow.pid} to end an ingestion of mine" in message
    assert slow.communicate("go\n") == ("", "")
    half_done(late)
    late.communicate("go\n")
    assert late.returncode == 0
    assert [stamp.day for stamp in ingestions_for_bundle("mine")] == [2, 1]


def test_of_two_ingestions_of_one_time_the_second_is_refused(data_dir: Path) -> None:
    slow = start("mine", "2024-01-01", "wait")
    half_done(slow)
    late = start("mine", "2024-01-01", "wait")
    slow.communicate("go\n")
    assert slow.returncode == 0
    _, errors = late.communicate()
    assert late.returncode == 1
    assert "bundle mine has an ingestion of this time" in errors
    assert staged(data_dir) == []
