"""Files that are not what was written, and media without space."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from catalog_frames import (
    FEBRUARY,
    all_closes,
    closes,
    frame,
    named_files,
    stored_files,
)

from rustybt import run_algorithm
from rustybt.data import bundles
from rustybt.errors import CorruptData, StorageFull
from rustybt_data import DataCatalog

D = Decimal


def bars_file(catalog: DataCatalog, as_of: str | None = None) -> Path:
    """The only file of bars of a version."""
    text = "mine" if as_of is None else f"mine@{as_of}"
    with catalog.database.reading() as session:
        assert session is not None
        rows = session.rows(
            "SELECT f.path FROM versions v JOIN version_datasets p ON p.version_id = v.id "
            "JOIN dataset_files x ON x.dataset_version_id = p.dataset_version_id "
            "JOIN files f ON f.id = x.file_id WHERE f.role = 'bars' AND v.created_at = :at",
            {"at": int(catalog.describe(text).version.timestamp.timestamp()) * 10**6},
        )
    (row,) = rows
    return catalog.root / str(row["path"])


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    file.write_bytes(bytes(content))


DAMAGES = [cut, emptied, flipped, Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_named_with_both_checksums(
    grown: DataCatalog, damage: Callable[[Path], None]
) -> None:
    file = bars_file(grown, FEBRUARY[1])
    written = sha256(file.read_bytes()).hexdigest()
    damage(file)
    met = sha256(file.read_bytes()).hexdigest() if file.exists() else None
    found = grown.verify()
    (broken,) = found.damaged
    assert (broken.path, broken.expected, broken.met) == (str(file), written, met)
    assert broken.versions == ("mine@2024-02-02T00:00:00+00:00",)
    assert not found.is_sound
    # The others are what they were.
    assert grown.verify(f"mine@{FEBRUARY[0]}").is_sound
    assert all_closes(grown, "mine")["A3"] == D("11.25")
    assert closes(grown.materialize("A", as_of=FEBRUARY[0])) == [
        (2, "A", D("10.5")),
        (3, "A", D(11)),
    ]


@pytest.mark.parametrize("damage", [cut, emptied, Path.unlink], ids=lambda d: d.__name__)
def test_reading_a_damaged_file_is_an_error_that_names_it(
    grown: DataCatalog, damage: Callable[[Path], None]
) -> None:
    file = bars_file(grown)
    damage(file)
    with pytest.raises(CorruptData, match=file.name):
        grown.materialize("A")
    bundle = bundles.load("mine")
    assert bundle.daily is not None
    with pytest.raises(CorruptData, match=file.name):
        bundle.daily.read([0], 0, 10**6)
    with pytest.raises(CorruptData, match=file.name):
        run_algorithm(
            "2024-01-02",
            "2024-01-04",
            bundle="mine",
            handle_data=lambda context, data: data.current(context.symbol("A"), "close"),
        )
    with pytest.raises(CorruptData, match=file.name):
        grown.ingest("mine", frame((5, "A", "1")), timestamp="2024-03-01")
    assert len(grown.versions("mine")) == 3


def test_any_damage_is_an_error_or_harmless_never_a_traceback_of_polars(
    grown: DataCatalog,
) -> None:
    file = bars_file(grown)
    content = file.read_bytes()
    for place in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[place] ^= 0x5A
        file.write_bytes(bytes(damaged))
        reader = bundles.load("mine").daily
        assert reader is not None
        # What is not noticed has the right form: the checksum tells.
        with suppress(CorruptData):
            assert reader.read([0, 1, 2], 0, 10**6).columns[:2] == ["at", "sid"]
        assert not grown.verify("mine").is_sound


def test_ingesting_again_repairs_a_damaged_file(grown: DataCatalog) -> None:
    file = bars_file(grown)
    before = file.read_bytes()
    flipped(file)
    whole = frame(
        (3, "0", "1"), (2, "A", "10.5"), (3, "A", "11.25"), (4, "A", "12"), (2, "B", "7"),
        (4, "B", "8"),
    )  # fmt: skip
    grown.ingest("mine", whole, timestamp="2024-03-01", replace=True)
    assert file.read_bytes() == before
    assert grown.verify().is_sound


def test_a_damaged_cache_is_made_anew(grown: DataCatalog, data_dir: Path) -> None:
    first = grown.materialize("A")
    (cached,) = (data_dir / "cache").glob("*.arrow")
    for damage in (cut, emptied):
        damage(cached)
        again = DataCatalog(data_dir)
        assert again.materialize("A").equals(first)
        assert again.cache_stats().cold.misses == 1
        assert DataCatalog(data_dir).materialize("A").equals(first)


# ------------------------------------------------------------------ no space

FILLING = """
import resource, sys
from pathlib import Path
import signal
from catalog_frames import frame
from rustybt_data import DataCatalog
from rustybt.errors import StorageFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
catalog = DataCatalog(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    catalog.ingest("mine", frame((5, "D", "1")), timestamp="2024-03-01")
except StorageFull as error:
    print("full", error)
else:
    print("done")
"""


@pytest.mark.parametrize("limit", [512, 2_000, 60_000])
def test_where_files_cannot_grow_nothing_has_changed(
    grown: DataCatalog, data_dir: Path, limit: int
) -> None:
    # 512 bytes stop Parquet and SQLite alike, 60,000 the database of assets alone.
    before = stored_files(grown)
    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(data_dir), str(limit)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.stdout.startswith("full"), done.stdout + done.stderr
    assert "nothing of it is visible" in done.stdout
    assert len(grown.versions("mine")) == 3
    assert stored_files(grown) == before == named_files(grown)
    assert not [path for path in (data_dir / ".staging").iterdir() if path.is_dir()]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A medium of 700 kB; tests are skipped where none can be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("mounting a small medium needs root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small medium cannot be mounted here")
    return place


def test_a_full_medium_is_said_and_its_space_given_back(
    small: Path, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: subprocess.run(["umount", "-l", str(small)], check=False))
    catalog = DataCatalog(small / "data", cold_bytes=0)
    catalog.ingest("mine", frame((2, "A", "10.5")), timestamp=FEBRUARY[0])
    free = os.statvfs(small).f_bavail
    (small / "filler").write_bytes(b"x" * (free * os.statvfs(small).f_bsize - 60_000))
    before = os.statvfs(small).f_bavail
    with pytest.raises(StorageFull, match="Make space"):
        catalog.ingest("mine", frame((3, "B", "1")), timestamp=FEBRUARY[1])
    assert os.statvfs(small).f_bavail == before
    assert all_closes(catalog, "mine") == {"A2": D("10.5")}
    (small / "filler").unlink()
    catalog.ingest("mine", frame((3, "B", "1")), timestamp=FEBRUARY[1])
    assert all_closes(catalog, "mine") == {"A2": D("10.5"), "B3": D(1)}
    assert catalog.verify().is_sound
