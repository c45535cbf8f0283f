"""Versions as callers name them: ``name`` for the newest, ``name@time`` for the one of a time."""

from datetime import datetime

from rustybt.calendars import from_ns, to_ns
from rustybt.errors import BundleNotFound, IngestionNotFound
from rustybt_data.catalog import reads
from rustybt_data.catalog.database import Session
from rustybt_data.catalog.records import Version, stored_time


def reference(name: str, timestamp: datetime) -> str:
    """A version's own name."""
    return f"{name}@{timestamp.isoformat()}"


def split_reference(text: str) -> tuple[str, datetime | None]:
    """The name and the time of a reference; without a time the newest is meant."""
    name, _, moment = text.partition("@")
    return name, from_ns(to_ns(moment)) if moment else None


def time_of(session: Session | None, text: str) -> tuple[str, datetime]:
    """The name and the time of the version that a reference means.

    Raises:
        BundleNotFound: Nothing has this name.
        IngestionNotFound: There is none of this time.
    """
    name, moment = split_reference(text)
    stamps = () if session is None else reads.times(session, name)
    if not stamps:
        raise BundleNotFound(name=name, known=() if session is None else reads.names(session))
    if moment is None:
        return name, stamps[0]
    for stamp in stamps:
        if stored_time(stamp) == stored_time(moment):
            return name, stamp
    raise IngestionNotFound(bundle=name, timestamp=moment)


def found_version(session: Session | None, name: str, timestamp: datetime) -> Version:
    """A version that has been named.

    Raises:
        IngestionNotFound: It is gone.
    """
    version = None if session is None else reads.version_at(session, name, timestamp)
    if version is None:
        raise IngestionNotFound(bundle=name, timestamp=timestamp)
    return version
