"""Versions that may go."""

from rustybt_data.catalog import links, reads
from rustybt_data.catalog.database import Session


def outdated(session: Session, keep_last: int | None, name: str | None = None) -> tuple[int, ...]:
    """Keys of versions that are older than the newest ones of their names.

    Bundles are not among them, nor versions that saved runs read.

    Args:
        session: What to ask.
        keep_last: How many of the newest to keep; None for all.
        name: The name to look at; None for all.
    """
    if keep_last is None:
        return ()
    return tuple(
        version.id
        for each in (reads.names(session) if name is None else (name,))
        for version in reads.versions_of(session, each)[keep_last:]
        if not version.is_bundle
        and not links.backtests_at(session, version.name, version.created_at)
    )
