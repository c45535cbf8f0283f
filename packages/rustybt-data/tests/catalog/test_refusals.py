"""What the catalog says where it cannot write, and what it takes no harm from."""

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from catalog_frames import FEBRUARY, frame

from rustybt.errors import (
    CatalogBusy,
    CorruptData,
    DataValidationError,
    InvalidArgument,
    RustyBTError,
    StorageFull,
    StorageNotWritable,
)
from rustybt_data import DataCatalog
from rustybt_data.catalog.cache import ColdTier
from rustybt_data.catalog.database.sqlite import told
from rustybt_data.catalog.disk import telling_of_rights


def full(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA max_page_count=2")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def read_only(path: Path) -> None:
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as connection:
        connection.execute("INSERT INTO t VALUES (1)")


def gone(path: Path) -> None:
    sqlite3.connect(f"{path.with_name('other').as_uri()}?mode=rw", uri=True)


def busy(path: Path) -> None:
    with sqlite3.connect(path) as first, sqlite3.connect(path, timeout=0) as second:
        first.execute("INSERT INTO t VALUES (1)")
        second.execute("INSERT INTO t VALUES (2)")


def no_database(path: Path) -> None:
    path.write_bytes(b"text" * 1000)
    sqlite3.connect(path).execute("SELECT * FROM t")


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (full, StorageFull),
        (read_only, StorageNotWritable),
        (gone, StorageNotWritable),
        (busy, CatalogBusy),
        (no_database, CorruptData),
    ],
)
def test_what_sqlite_cannot_do_is_said_by_its_reason(
    act: Callable[[Path], None], kind: type[RustyBTError], tmp_path: Path
) -> None:
    path = tmp_path / "x.db"
    sqlite3.connect(path).execute("CREATE TABLE t (x)")
    with pytest.raises(sqlite3.DatabaseError) as met:
        act(path)
    assert type(told("x.db", met.value)) is kind


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_without_the_right_to_write_is_named(code: int) -> None:
    reason = os.strerror(code)
    with (
        pytest.raises(StorageNotWritable, match=f"data cannot be written: {reason}"),
        telling_of_rights(Path("data")),
    ):
        raise OSError(code, reason)
    with pytest.raises(IsADirectoryError), telling_of_rights(Path("data")):
        raise IsADirectoryError(errno.EISDIR, "is a directory")


def test_a_cache_that_cannot_be_changed_does_no_harm(tmp_path: Path) -> None:
    tier = ColdTier(tmp_path, 10**6)
    numbers = pl.DataFrame({"x": [1]})
    (tmp_path / "key.arrow" / "in the way").mkdir(parents=True)
    tier.put("key", numbers)
    assert tier.get("key") is None
    tier.put("other", numbers)
    assert tier.get("other") is not None
    tier.clear()
    assert tier.get("other") is None


@pytest.mark.parametrize("name", ["n" * 129, "é" * 65, "a\nb", "a\0b", "a/b", "..", "a@b", ""])
def test_names_that_no_file_can_bear_are_refused(data_catalog: DataCatalog, name: str) -> None:
    with pytest.raises(InvalidArgument, match="128 bytes at most"):
        data_catalog.ingest(name, frame((2, "A", "1")))


def test_a_name_may_be_128_bytes_long(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("n" * 128, frame((2, "A", "1")))
    assert data_catalog.materialize("A").height == 1


@pytest.mark.parametrize("symbol", ["", " ", " A", "A\n", "A\tB", "A\u202e", "\ufeffA"])
def test_symbols_that_look_like_others_are_refused(data_catalog: DataCatalog, symbol: str) -> None:
    with pytest.raises(DataValidationError, match=r"column symbol: was .*without blanks around"):
        data_catalog.ingest("mine", frame((2, symbol, "1")))
    data_catalog.ingest("mine", frame((2, "A B-\u00e9.\u682a", "1")))


def test_what_was_known_cannot_be_changed_later(grown: DataCatalog) -> None:
    # It would have what the versions after it have, which nobody knew then.
    table = pl.DataFrame({"k": [1]})
    for write in (
        lambda: grown.ingest("mine", frame((5, "A", "1")), timestamp="2024-02-02T12:00"),
        lambda: grown.ingest_table("mine", "t", table, keys=["k"], timestamp="2024-02-02T12:00"),
    ):
        with pytest.raises(InvalidArgument, match=r"version of 2024-02-03.*a later time"):
            write()
    assert len(grown.versions("mine")) == 3


def test_a_clock_that_was_set_back_makes_the_next_version_all_the_same(
    data_catalog: DataCatalog,
) -> None:
    data_catalog.ingest("mine", frame((2, "A", "1")), timestamp="2035-01-01")
    data_catalog.ingest("mine", frame((3, "A", "1")))
    data_catalog.ingest_table("mine", "t", pl.DataFrame({"k": [1]}), keys=["k"])
    times = [version.timestamp for version in data_catalog.versions("mine")]
    assert [time.microsecond for time in times] == [2, 1, 0]
    assert data_catalog.materialize("A").height == 2
    assert data_catalog.materialize("A", as_of="2035-01-01").height == 1


def test_a_lazy_query_of_a_file_that_is_gone_names_it(grown: DataCatalog) -> None:
    for file in (grown.root / "datasets" / "mine" / "bars-1d").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(CorruptData, match=r"bars-1d/\w+.parquet is corrupt: the file is gone"):
        grown.query("A")


def test_a_version_that_is_removed_while_it_is_verified_is_not_damaged(grown: DataCatalog) -> None:
    from rustybt_data.catalog import reads
    from rustybt_data.catalog.verification import verify

    with grown.database.reading() as session:
        assert session is not None
        versions = [reads.version_at(session, "mine", at) for at in reads.times(session, "mine")]
    grown.gc(keep_last=1)
    found = [version for version in versions if version is not None]
    left = {version.timestamp for version in grown.versions("mine")}
    sound = verify(
        grown.root, found, is_there=lambda name: name in {f"mine@{at.isoformat()}" for at in left}
    )
    assert sound.files > 2
    assert sound.is_sound
    assert grown.verify().is_sound


def test_a_difference_names_runs_that_read_what_it_shows(grown: DataCatalog) -> None:
    # From the first to the second version A of 3 January was restated; from the second to the
    # third one nothing was that was there before.
    for name, symbol in (("one", "A"), ("two", "B")):
        grown.record_backtest(name, "run", f"mine@{FEBRUARY[0]}", [("1d", [symbol], None, None)])

    def touched(before: str, after: str) -> list[str]:
        (found,) = grown.diff(f"mine@{before}", f"mine@{after}")
        return [Path(run.folder).name for run in found.touched]

    assert touched(FEBRUARY[0], FEBRUARY[1]) == ["one"]
    assert touched(FEBRUARY[1], FEBRUARY[2]) == ["two"]  # B of 4 January was added
