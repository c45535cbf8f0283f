"""Whoever dies while the catalog changes leaves it as it was, or as it was to be."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from catalog_frames import all_closes, frame, named_files, stored_files

from rustybt.calendars import get_calendar
from rustybt_data import DataCatalog

SCRIPT = Path(__file__).parent / "dying.py"
OLD = {"A2": Decimal("10.5"), "A3": Decimal(11)}
NEW = {"A2": Decimal("10.5"), "A3": Decimal(20), "B4": Decimal("5.25")}


@pytest.fixture(scope="module")
def killer() -> Iterator[subprocess.Popen[str]]:
    get_calendar("XNYS")
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[1])},
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed(process: subprocess.Popen[str], folder: Path, mode: str, step: int) -> bool:
    """Have a process do something and die before a step; whether it came to the step."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{folder} {mode} {step}\n")
    process.stdin.flush()
    status = int(process.stdout.readline())
    assert status in {0, signal.SIGKILL}, status
    return status == signal.SIGKILL


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with one version."""
    folder = tmp_path_factory.mktemp("template") / "data"
    DataCatalog(folder).ingest(
        "mine", frame((2, "A", "10.5"), (3, "A", "11")), timestamp="2024-02-01"
    )
    return folder


def check_whole(catalog: DataCatalog, *expected: object) -> None:
    """Readers see one of the expected states, with sound files; the next writer cleans up."""
    assert all_closes(catalog, "mine") in expected
    assert catalog.verify().is_sound
    before = len(catalog.versions("mine"))
    catalog.ingest("mine", frame((5, "C", "1")), timestamp="2024-02-03")
    assert len(catalog.versions("mine")) == before + 1
    assert stored_files(catalog) == named_files(catalog)
    assert not [path for path in (catalog.root / ".staging").iterdir() if path.is_dir()]
    assert catalog.gc(dry_run=True).abandoned == ()


def test_an_ingestion_that_dies_at_any_step_is_there_whole_or_not_at_all(
    killer: subprocess.Popen[str], template: Path, tmp_path: Path
) -> None:
    seen = []
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        shutil.copytree(template, folder)
        died = killed(killer, folder, "ingest", step)
        with DataCatalog(folder) as catalog:
            seen.append(all_closes(catalog, "mine") == NEW)
            check_whole(catalog, OLD, NEW)
        if not died:
            break
    # Not there, up to the commit; there, after it.
    assert seen == sorted(seen)
    assert seen[0] is False
    assert seen[-1] is True
    assert step > 20
    assert seen.count(True) > 1, "some step is after the commit"


def test_the_first_ingestion_of_all_may_die(killer: subprocess.Popen[str], tmp_path: Path) -> None:
    step = -2
    while True:
        step += 3  # making the tables takes many steps of the same kind
        folder = tmp_path / str(step)
        folder.mkdir()
        died = killed(killer, folder, "ingest", step)
        with DataCatalog(folder) as catalog:
            names = [version.name for version in catalog.list()]
            assert names in ([], ["mine"])
            if names:
                assert all_closes(catalog, "mine") == {"A3": Decimal(20), "B4": Decimal("5.25")}
            catalog.ingest("other", frame((5, "C", "1")), timestamp="2024-02-03")
            assert stored_files(catalog) == named_files(catalog)
        if not died:
            break
    assert step > 15


def test_who_collects_may_die(
    killer: subprocess.Popen[str], template: Path, tmp_path: Path
) -> None:
    step = 0
    while True:
        step += 1
        folder = tmp_path / str(step)
        shutil.copytree(template, folder)
        with DataCatalog(folder) as catalog:
            catalog.ingest("mine", frame((3, "A", "20"), (4, "B", "5.25")), timestamp="2024-02-02")
        died = killed(killer, folder, "gc", step)
        with DataCatalog(folder) as catalog:
            assert all_closes(catalog, "mine") == NEW
            assert catalog.verify().is_sound
            catalog.gc(keep_last=1)
            assert len(catalog.versions("mine")) == 1
            assert stored_files(catalog) == named_files(catalog)
        if not died:
            break
    assert step > 10
