"""Data sets of bars: what the database says, as their readers take it."""

from datetime import date
from typing import Final

from rustybt_data.catalog.records import DatasetVersion
from rustybt_data.parquet.layout import Depth
from rustybt_data.parquet.manifest import ExtraManifest, Manifest, Partition
from rustybt_data.parquet.scales import Scales

BARS: Final = "bars"
"""Kind of a data set of bars, and role of its files."""

EXTRA: Final = "extra"
"""Role of files of the columns that bars have beside their fields."""

_DIGITS: Final = 32
"""Digits of a hash in a file's name."""


def content_name(content: str) -> str:
    """What a file is called after the hash of its content."""
    return content[:_DIGITS]


def manifest_of(version: DatasetVersion) -> Manifest:
    """The description of a data set of bars, as its readers take it."""
    facts = version.facts
    extra = facts.get("extra")
    assert version.first_session is not None, "bars have sessions"
    assert version.last_session is not None, "bars have sessions"
    return Manifest(
        resolution=version.resolution,
        calendar=facts["calendar"],
        depth=Depth(facts["depth"]),
        scales=Scales(*facts["scales"]),
        stored=Scales(*facts["stored"]),
        first_session=version.first_session,
        last_session=version.last_session,
        sids=tuple(facts["sids"]),
        partitions=_partitions(version, BARS),
        extra=None
        if extra is None
        else ExtraManifest(
            scales=extra["scales"],
            stored=extra["stored"],
            partitions=_partitions(version, EXTRA),
        ),
    )


def _partitions(version: DatasetVersion, role: str) -> tuple[Partition, ...]:
    start = len(version.folder) + 1
    return tuple(
        Partition(
            path=file.path[start:],
            rows=file.rows,
            first=-1 if file.first is None else file.first,
            last=-1 if file.last is None else file.last,
            sha256=file.content,
        )
        for file in version.files
        if file.role == role
    )


def session_span(versions: tuple[DatasetVersion, ...]) -> tuple[date | None, date | None]:
    """First and last session of some data sets, None where they have none."""
    firsts = [v.first_session for v in versions if v.first_session is not None]
    lasts = [v.last_session for v in versions if v.last_session is not None]
    return min(firsts, default=None), max(lasts, default=None)
