"""Hashes that tell the content of a version."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from rustybt.assets import AssetFinder


def assets_hash(finder: AssetFinder) -> str:
    """SHA-256 of all assets, their symbols through time and their supplementary values."""
    digest = hashlib.sha256()
    for fact in finder.facts():
        digest.update(fact.encode() + b"\n")
    return digest.hexdigest()


def tables_hash(file: Path) -> str:
    """SHA-256 of all rows of an SQLite file: its bytes tell of the order of writing, too."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in sorted(tables.fetchall()):
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608
            digest.update(f"{table}:{sorted(map(repr, rows))}\n".encode())
    return digest.hexdigest()


def combined_hash(*parts: str) -> str:
    """SHA-256 of several texts in order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
