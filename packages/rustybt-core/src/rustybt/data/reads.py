"""What a run has read of its data."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rustybt.data.chunk_window import ChunkWindow
    from rustybt.data.portal import PolarsDataPortal


class DataRead(NamedTuple):
    """Bars of a resolution that were read.

    Attributes:
        resolution: Length of the bars that are stored.
        sids: The assets, ascending.
        first: The first session that was read, but for the search of the last price of an asset
            that had not traded for long. Bars are read ahead of look-backs: up to 64 before the
            run may be among them that it never looked at.
        last: The last session.
    """

    resolution: str
    sids: tuple[int, ...]
    first: date
    last: date


def reads_of(portal: "PolarsDataPortal", last_session: int) -> tuple[DataRead, ...]:
    """What a portal has read in a run.

    Args:
        portal: The portal.
        last_session: Index of the last session of the run.
    """
    return tuple(_reads(portal, last_session))


def joined(reads: Iterable[DataRead]) -> tuple[DataRead, ...]:
    """What was read, once for each length of bars: all assets, from the first to the last day."""
    found: dict[str, DataRead] = {}
    for read in reads:
        known = found.setdefault(read.resolution, read)
        found[read.resolution] = DataRead(
            read.resolution,
            tuple(sorted({*known.sids, *read.sids})),
            min(known.first, read.first),
            max(known.last, read.last),
        )
    return tuple(found.values())


def _reads(portal: "PolarsDataPortal", last: int) -> Iterator[DataRead]:
    calendar = portal.calendar
    for window in portal.windows:
        if window.earliest is not None:
            yield DataRead(
                resolution=str(window.loader.reader.resolution),
                sids=_assets(portal, window),
                first=calendar.session_date(window.loader.axis.session_of(window.earliest)),
                last=calendar.session_date(last),
            )


def _assets(portal: "PolarsDataPortal", window: "ChunkWindow") -> tuple[int, ...]:
    """The assets of a window; of a continuous future the contracts that it held."""
    tables = portal.roll_tables
    sids: set[int] = set()
    for sid in window.sids:
        if sid in tables:
            sids.update(held.contract.sid for held in tables[sid].stretches)
        else:
            sids.add(sid)
    return tuple(sorted(sids))
