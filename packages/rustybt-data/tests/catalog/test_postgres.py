"""The same catalog with PostgreSQL as its database: a server of the machine's, on loopback."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from catalog_frames import FEBRUARY, all_closes, closes, frame, named_files, stored_files

from rustybt.data import bundles
from rustybt.errors import CatalogVersionError, InvalidSettings
from rustybt_data import DataCatalog, PolarsParquetDailyReader

D = Decimal
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def found(program: str) -> str | None:
    """A program of the newest PostgreSQL there is."""
    return str(PROGRAMS[-1].with_name(program)) if PROGRAMS else shutil.which(program)


def unprivileged() -> list[str]:
    """What runs a command as somebody else: a server does not start as root."""
    if os.geteuid():
        return []
    name = next((n for n in ("postgres", "nobody") if n in {u.pw_name for u in pwd.getpwall()}), "")
    return ["runuser", "-u", name, "--"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    initdb, pg_ctl = found("initdb"), found("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    if not os.geteuid() and shutil.which("runuser") is None:
        pytest.skip("root cannot run a server, and there is no runuser")
    with TemporaryDirectory(prefix="rustybt-postgres-") as folder:
        Path(folder).chmod(0o777)
        yield from serving(Path(folder), initdb, pg_ctl)


def serving(folder: Path, initdb: str, pg_ctl: str) -> Iterator[str]:
    """A server whose data are in a folder, until the tests have ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = unprivileged()
    data = folder / "data"
    subprocess.run(
        [*run, initdb, "-D", str(data), "-U", "catalog", "-A", "trust", "-N", "-E", "UTF8"],
        check=True, capture_output=True, cwd="/",
    )  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*run, pg_ctl, "-D", str(data), "-l", str(folder / "log"), "-w"]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True, cwd="/")
    try:
        yield f"postgresql://catalog@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/",
                       capture_output=True)  # fmt: skip


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """A database of its own for each test."""
    import sqlalchemy as sa

    name = f"test_{abs(hash(request.node.nodeid))}"
    address = server.replace("postgresql://", "postgresql+pg8000://") + "/postgres"
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def catalog(data_dir: Path, url: str) -> Iterator[DataCatalog]:
    with DataCatalog(data_dir, url) as made:
        yield made


def test_versions_differences_and_collection_work_alike(catalog: DataCatalog) -> None:
    assert catalog.list() == ()
    catalog.ingest("mine", frame((2, "A", "10.5"), (3, "A", "11")), timestamp=FEBRUARY[0])
    catalog.ingest("mine", frame((3, "A", "11.25"), (4, "B", "8")), timestamp=FEBRUARY[1])
    assert not (catalog.root / "catalog.db").exists()
    assert all_closes(catalog, "mine", FEBRUARY[0]) == {"A2": D("10.5"), "A3": D(11)}
    assert all_closes(catalog, "mine") == {"A2": D("10.5"), "A3": D("11.25"), "B4": D(8)}
    (difference,) = catalog.diff(f"mine@{FEBRUARY[0]}", "mine")
    assert closes(difference.added) == [(4, "B", D(8))]
    assert set(difference.changed.select("old", "new").rows()) == {(D(11), D("11.25"))}
    assert catalog.verify().is_sound
    assert [fresh.is_fresh for fresh in catalog.freshness("mine", "2024-01-04T22:00")] == [True]
    catalog.close()  # lets go of what the queries have named
    assert catalog.gc(keep_last=1, dry_run=True).versions == ("mine@2024-02-01T00:00:00+00:00",)
    assert len(catalog.versions("mine")) == 2
    assert catalog.gc(keep_last=1).versions == ("mine@2024-02-01T00:00:00+00:00",)
    assert stored_files(catalog) == named_files(catalog)


def test_bundles_are_kept_there_by_a_setting(
    url: str, data_dir: Path, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTYBT_CATALOG_URL", url)
    bundles.ingest_from("market", source="csvdir", location=market, timestamp=FEBRUARY[0])
    bundles.ingest_from("market", source="csvdir", location=market, timestamp=FEBRUARY[1])
    bundle = bundles.load("market")
    assert isinstance(bundle.daily, PolarsParquetDailyReader)
    assert bundle.daily.rows == bundles.info("market").daily_bars > 0
    assert not (data_dir / "catalog.db").exists()
    assert DataCatalog().materialize("AAA").height > 0
    bundles.clean("market", keep_last=1)
    assert len(bundles.ingestions_for_bundle("market")) == 1


def test_links_of_saved_runs_are_kept_there(catalog: DataCatalog, tmp_path: Path) -> None:
    catalog.ingest("mine", frame((2, "A", "1"), (3, "A", "2")), timestamp=FEBRUARY[0])
    catalog.record_backtest(
        tmp_path / "run", "abc", f"mine@{FEBRUARY[0]}", [("1d", ["A"], "2024-01-02", "2024-01-03")]
    )
    catalog.ingest("mine", frame((3, "A", "3")), timestamp=FEBRUARY[1])
    (difference,) = catalog.diff(f"mine@{FEBRUARY[0]}", "mine")
    assert [run.folder for run in difference.touched] == [str(tmp_path / "run")]


def test_tables_of_a_version_to_come_are_refused(catalog: DataCatalog, url: str) -> None:
    import sqlalchemy as sa

    catalog.ingest("mine", frame((2, "A", "1")), timestamp=FEBRUARY[0])
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+pg8000://"))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version_rustybt_data SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(CatalogVersionError, match="9999"):
        DataCatalog(catalog.root, url).list()


@pytest.mark.parametrize("address", ["nonsense", "mysql://host/name"])
def test_other_databases_are_refused(data_dir: Path, address: str) -> None:
    with pytest.raises(InvalidSettings, match="RUSTYBT_CATALOG_URL"):
        DataCatalog(data_dir, address)


def test_an_address_without_a_password_is_what_errors_show(data_dir: Path) -> None:
    catalog = DataCatalog(data_dir, "postgresql://me:hidden@127.0.0.1:1/none")
    assert "hidden" not in catalog.database.where
