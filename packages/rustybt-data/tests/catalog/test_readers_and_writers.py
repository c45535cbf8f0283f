"""Many read while one writes and one removes."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from catalog_frames import all_closes, frame, named_files, stored_files

from rustybt.calendars import get_calendar
from rustybt_data import DataCatalog

VERSIONS = 12

READING = """
import sys
from pathlib import Path
from catalog_frames import closes
from rustybt.errors import BundleNotFound, DatasetNotFound
from rustybt_data import DataCatalog
seen = set()
print("ready", flush=True)
while True:
    with DataCatalog(Path(sys.argv[1]), cold_bytes=0, hot_bytes=0) as catalog:
        found = {f"{symbol}{day}": close for day, symbol, close in
                 closes(catalog.query(None, dataset="mine").collect())}
    # Version N has one price, N, for all symbols and days.
    prices = set(found.values())
    assert len(prices) == 1 and len(found) == 6, found
    seen.add(int(prices.pop()))
    if {last} in seen:
        break
assert len(seen) > 1, seen
print(len(seen))
"""


def version(number: int) -> object:
    return frame(*((day, symbol, str(number)) for symbol in "ABC" for day in (2, 3)))


def test_readers_see_whole_versions_while_others_write_and_remove(
    data_dir: Path, tmp_path: Path
) -> None:
    get_calendar("XNYS")
    catalog = DataCatalog(data_dir)
    catalog.ingest("mine", version(1), timestamp="2024-02-01")  # type: ignore[arg-type]
    script = tmp_path / "reading.py"
    script.write_text(READING.replace("{last}", str(VERSIONS)))
    readers = [
        subprocess.Popen(
            [sys.executable, str(script), str(data_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for number in range(2, VERSIONS + 1):
        catalog.ingest("mine", version(number), timestamp=f"2024-02-{number:02}")  # type: ignore[arg-type]
        catalog.gc(keep_last=1)
    for reader in readers:
        _, errors = reader.communicate(timeout=120)
        assert reader.returncode == 0, errors
    catalog.gc(keep_last=1)
    assert stored_files(catalog) == named_files(catalog)


def test_writers_of_one_name_follow_each_other(data_dir: Path) -> None:
    days = range(2, 6)

    def write(day: int) -> None:
        DataCatalog(data_dir).ingest("mine", frame((day, "A", str(day))))

    threads = [threading.Thread(target=write, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    catalog = DataCatalog(data_dir)
    assert len(catalog.versions("mine")) == len(days)
    # None lost what the others wrote.
    assert all_closes(catalog, "mine") == {f"A{day}": day for day in days}


def test_what_cannot_be_written_can_be_read(data_dir: Path) -> None:
    catalog = DataCatalog(data_dir)
    catalog.ingest("mine", frame((2, "A", "10.5")), timestamp="2024-02-01")
    for folder in (data_dir, *(p for p in data_dir.rglob("*") if p.is_dir())):
        folder.chmod(0o555)
    (data_dir / "catalog.db").chmod(0o444)
    try:
        reading = DataCatalog(data_dir)
        assert reading.materialize("A").height == 1
        assert reading.describe("mine").backtests == 0
    finally:
        for folder in (data_dir, *(p for p in data_dir.rglob("*") if p.is_dir())):
            folder.chmod(0o755)


def test_a_lock_tells_whom_it_waits_for(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    from rustybt_data.catalog.locks import exclusive

    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with exclusive(data_dir / "lock", doing="an ingestion"):
            entered.set()
            leave.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    threading.Timer(0.2, leave.set).start()
    with exclusive(data_dir / "lock", doing="an ingestion"):
        assert leave.is_set()
    thread.join()
    assert "to end an ingestion" in caplog.text
