"""Tables of the catalog.

Times are microseconds since 1970-01-01 in UTC. Labels are days since 1970-01-01 for bars of a day
and longer, nanoseconds since then for others.
"""

from typing import Any, Final

import sqlalchemy as sa

metadata: Final = sa.MetaData()


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def _to(column: sa.Column[Any], name: str, **options: Any) -> sa.Column[int]:  # noqa: ANN401
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(column), nullable=False, **options)


datasets: Final = sa.Table(
    "datasets",
    metadata,
    _key(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # Of bars; an empty text for other kinds.
    sa.Column("resolution", sa.Text, nullable=False),
    sa.UniqueConstraint("name", "kind", "resolution"),
)

dataset_versions: Final = sa.Table(
    "dataset_versions",
    metadata,
    _key(),
    _to(datasets.c.id, "dataset_id", index=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("first_session", sa.Text),
    sa.Column("last_session", sa.Text),
    # What a reader has to know besides the files, as JSON.
    sa.Column("facts", sa.Text, nullable=False),
    # Keys are never used again: links of saved runs to versions that are gone stay true.
    sqlite_autoincrement=True,
)

files: Final = sa.Table(
    "files",
    metadata,
    _key(),
    _to(datasets.c.id, "dataset_id", index=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("first_label", sa.BigInteger),
    sa.Column("last_label", sa.BigInteger),
    # Of what it holds, which names it, and of its bytes, which is its checksum.
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
)

dataset_files: Final = sa.Table(
    "dataset_files",
    metadata,
    _to(dataset_versions.c.id, "dataset_version_id", primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    _to(files.c.id, "file_id", index=True),
)

dataset_symbols: Final = sa.Table(
    "dataset_symbols",
    metadata,
    _to(dataset_versions.c.id, "dataset_version_id", primary_key=True, autoincrement=False),
    sa.Column("sid", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("symbol", sa.Text, nullable=False, index=True),
    sa.Column("first_label", sa.BigInteger, nullable=False),
    sa.Column("last_label", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
)

versions: Final = sa.Table(
    "versions",
    metadata,
    _key(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("calendar", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    # What is counted in it, as JSON.
    sa.Column("facts", sa.Text, nullable=False),
    # 1 for a bundle: only `clean` removes it.
    sa.Column("is_bundle", sa.Integer, nullable=False),
    # 0, or its own id once it was removed and waits for its readers to end.
    sa.Column("removed", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("name", "created_at", "removed"),
)

version_datasets: Final = sa.Table(
    "version_datasets",
    metadata,
    _to(versions.c.id, "version_id", primary_key=True, autoincrement=False),
    _to(
        dataset_versions.c.id,
        "dataset_version_id",
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
)

backtests: Final = sa.Table(
    "backtests",
    metadata,
    _key(),
    sa.Column("folder", sa.Text, nullable=False, unique=True),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
)

backtest_reads: Final = sa.Table(
    "backtest_reads",
    metadata,
    _to(backtests.c.id, "backtest_id", primary_key=True, autoincrement=False),
    # Of the data set's version: it may be gone, the link stays.
    sa.Column("dataset_version_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("symbol", sa.Text, primary_key=True),
    sa.Column("first_label", sa.BigInteger, nullable=False),
    sa.Column("last_label", sa.BigInteger, nullable=False),
    sa.Index("backtest_reads_of", "dataset_version_id"),
)
