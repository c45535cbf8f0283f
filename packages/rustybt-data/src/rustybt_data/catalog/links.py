"""Which saved runs read which data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rustybt_data.catalog.database import Row, Session
from rustybt_data.catalog.records import read_time, stored_time

_RUN: Final = "b.id, b.folder, b.run, b.name, b.created_at, b.fingerprint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A saved run.

    Attributes:
        folder: Where it was saved.
        run: Hash of its arguments, its code and its data.
        name: Name of the version that it read.
        timestamp: Time of that version.
        fingerprint: Hash of the content of that version.
    """

    folder: str
    run: str
    name: str
    timestamp: datetime
    fingerprint: str


def record(
    session: Session,
    backtest: Backtest,
    reads: Mapping[int, Iterable[tuple[str, int, int]]],
) -> None:
    """Note a saved run; what was noted of its folder is replaced.

    Args:
        session: Where to.
        backtest: The run.
        reads: By the key of a data set's version: symbols, first and last label.
    """
    forget(session, backtest.folder)
    session.run(
        "INSERT INTO backtests (folder, run, name, created_at, fingerprint) "
        "VALUES (:folder, :run, :name, :at, :fingerprint)",
        {
            "folder": backtest.folder,
            "run": backtest.run,
            "name": backtest.name,
            "at": stored_time(backtest.timestamp),
            "fingerprint": backtest.fingerprint,
        },
    )
    (row,) = session.rows(
        "SELECT id FROM backtests WHERE folder = :folder", {"folder": backtest.folder}
    )
    session.run_many(
        "INSERT INTO backtest_reads (backtest_id, dataset_version_id, symbol, first_label, "
        "last_label) VALUES (:backtest, :dataset, :symbol, :first, :last)",
        [
            {
                "backtest": row["id"],
                "dataset": dataset,
                "symbol": symbol,
                "first": first,
                "last": last,
            }
            for dataset, ranges in reads.items()
            for symbol, first, last in ranges
        ],
    )


def forget(session: Session, folder: str) -> None:
    """Forget a saved run."""
    key = {"folder": folder}
    session.run(
        "DELETE FROM backtest_reads WHERE backtest_id IN "
        "(SELECT id FROM backtests WHERE folder = :folder)",
        key,
    )
    session.run("DELETE FROM backtests WHERE folder = :folder", key)


def backtests(session: Session, name: str | None = None) -> tuple[Backtest, ...]:
    """Saved runs, of one name or of all, by folder."""
    query = f"SELECT {_RUN} FROM backtests b"  # noqa: S608 - constants
    if name is None:
        rows = session.rows(f"{query} ORDER BY b.folder")
    else:
        rows = session.rows(f"{query} WHERE b.name = :name ORDER BY b.folder", {"name": name})
    return tuple(map(_backtest, rows))


def backtests_at(session: Session, name: str, timestamp: datetime) -> int:
    """Number of saved runs that read a version."""
    query = "SELECT COUNT(*) AS runs FROM backtests WHERE name = :name AND created_at = :at"
    (row,) = session.rows(query, {"name": name, "at": stored_time(timestamp)})
    return int(row["runs"])


def readers_of(session: Session, dataset: int) -> list[tuple[Backtest, str, int, int]]:
    """What saved runs read of a version of a data set: the run, a symbol, first and last label."""
    rows = session.rows(
        f"SELECT {_RUN}, r.symbol, r.first_label, r.last_label FROM backtest_reads r "  # noqa: S608
        "JOIN backtests b ON b.id = r.backtest_id WHERE r.dataset_version_id = :dataset "
        "ORDER BY b.folder, r.symbol",
        {"dataset": dataset},
    )
    return [(_backtest(row), row["symbol"], row["first_label"], row["last_label"]) for row in rows]


def symbols_read(session: Session, backtest: Backtest) -> list[tuple[str, str, int]]:
    """What a saved run read of bars: a symbol, the resolution and the last label."""
    rows = session.rows(
        "SELECT r.symbol, r.last_label, d.resolution FROM backtest_reads r "
        "JOIN backtests b ON b.id = r.backtest_id "
        "JOIN dataset_versions v ON v.id = r.dataset_version_id "
        "JOIN datasets d ON d.id = v.dataset_id WHERE b.folder = :folder ORDER BY r.symbol",
        {"folder": backtest.folder},
    )
    return [(row["symbol"], row["resolution"], row["last_label"]) for row in rows]


def read_versions(session: Session, name: str, kind: str, resolution: str) -> tuple[int, ...]:
    """The versions of a data set that saved runs read, oldest first."""
    rows = session.rows(
        "SELECT DISTINCT v.id FROM backtest_reads r "
        "JOIN dataset_versions v ON v.id = r.dataset_version_id "
        "JOIN datasets d ON d.id = v.dataset_id "
        "WHERE d.name = :name AND d.kind = :kind AND d.resolution = :resolution ORDER BY v.id",
        {"name": name, "kind": kind, "resolution": resolution},
    )
    return tuple(row["id"] for row in rows)


def _backtest(row: Row) -> Backtest:
    return Backtest(
        folder=row["folder"],
        run=row["run"],
        name=row["name"],
        timestamp=read_time(row["created_at"]),
        fingerprint=row["fingerprint"],
    )
