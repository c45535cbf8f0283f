"""What callers of the catalog name, as it takes it."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from rustybt.calendars import from_ns, to_ns
from rustybt.errors import InvalidArgument
from rustybt_data.catalog import reads
from rustybt_data.catalog.database import Session
from rustybt_data.catalog.records import Version
from rustybt_data.catalog.references import found_version, split_reference, time_of

Moment = datetime | str
"""A time; texts are ISO 8601, in UTC where they name no zone."""


def moment_of(moment: Moment | None) -> datetime | None:
    """A time in UTC."""
    return None if moment is None else from_ns(to_ns(moment))


def symbols_of(symbols: str | Sequence[str] | None) -> Sequence[str] | None:
    """Symbols, of which there may be one.

    Raises:
        InvalidArgument: There is none.
    """
    if symbols is not None and not len(symbols):
        raise InvalidArgument(field="symbols", value=symbols, reason="give a symbol at least")
    return [symbols] if isinstance(symbols, str) else symbols


def digest(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions_of(session: Session | None, text: str | None) -> Iterator[Version]:
    """The versions that a reference means: all of a name, where it has no time."""
    if session is None:
        return
    names = reads.names(session) if text is None else (split_reference(text)[0],)
    for name in names:
        if text is not None and "@" in text:
            yield found_version(session, *time_of(session, text))
            continue
        time_of(session, name)
        for stamp in reads.times(session, name):
            yield found_version(session, name, stamp)
