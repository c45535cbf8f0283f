"""Giving a name to data sets that are there."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rustybt.errors import InvalidArgument
from rustybt_data.catalog.frame_ingestion import assets_fingerprint, version_fingerprint
from rustybt_data.catalog.parts import ASSETS, FILES
from rustybt_data.catalog.publication import Publication
from rustybt_data.catalog.records import DatasetVersion, Version


def named(name: str, versions: Sequence[Version], timestamp: datetime, root: Path) -> Publication:
    """A bundle of the data sets of some versions.

    Args:
        name: Its name.
        versions: The versions; calendar, assets and what is counted are those of the first one.
        timestamp: Its time.
        root: The folder of the data.

    Raises:
        InvalidArgument: There are none, or two have data sets of one kind and resolution.
    """
    if not versions:
        raise InvalidArgument(field="of", value=versions, reason="name one version at least")
    first, *others = versions
    found = {(item.kind, item.resolution): item for item in first.datasets}
    for dataset in (each for version in others for each in version.datasets):
        key = dataset.kind, dataset.resolution
        if dataset.kind in {ASSETS, FILES} or found.get(key, dataset).id == dataset.id:
            if dataset.kind not in {ASSETS, FILES}:
                found[key] = dataset
            continue
        raise InvalidArgument(field="of", value=dataset.name, reason=_twice(dataset, found[key]))
    kept = tuple(found.values())
    assets = assets_fingerprint(root, kept)
    return Publication(
        name=name,
        created_at=timestamp,
        calendar=first.calendar,
        fingerprint=version_fingerprint(first.calendar, assets, kept, []),
        facts=first.facts,
        is_bundle=True,
        contents=(),
        kept=kept,
    )


def _twice(one: DatasetVersion, other: DatasetVersion) -> str:
    what = f"{one.kind} {one.resolution}".strip()
    return f"it has {what}, and so has {other.name}; a bundle has one of each"
