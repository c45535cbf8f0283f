"""Versions of data sets that are to be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rustybt_data.catalog.records import StoredFile, SymbolRange


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetContent:
    """A version of a data set that is to be published; fields as in `DatasetVersion`.

    Attributes:
        files: Its files. Those that are new are at their paths in the staging folder.
        symbols: What it has of each asset.
    """

    kind: str
    fingerprint: str
    files: tuple[StoredFile, ...]
    resolution: str = ""
    schema_version: int = 1
    source: str = ""
    rows: int = 0
    first_session: date | None = None
    last_session: date | None = None
    facts: Mapping[str, Any]
    symbols: tuple[SymbolRange, ...] = ()
