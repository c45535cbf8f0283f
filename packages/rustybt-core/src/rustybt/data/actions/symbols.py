"""Changes of symbols, out of who owned which symbol when."""

from collections.abc import Iterable
from itertools import pairwise

from rustybt.assets import SymbolOwnership
from rustybt.calendars import to_day
from rustybt.data.actions.records import SymbolChange


def symbol_changes(ownerships: Iterable[SymbolOwnership]) -> tuple[SymbolChange, ...]:
    """The days on which an asset took another symbol, by day, then sid.

    Args:
        ownerships: Periods of symbols, in any order; one after another counts as a change where
            the symbols differ.
    """
    periods: dict[int, list[SymbolOwnership]] = {}
    for owned in ownerships:
        periods.setdefault(owned.sid, []).append(owned)
    found = [
        SymbolChange(
            sid=after.sid, effective=to_day(after.first_day), old=before.symbol, new=after.symbol
        )
        for own in periods.values()
        for before, after in pairwise(sorted(own, key=lambda owned: owned.first_day))
        if before.symbol != after.symbol
    ]
    return tuple(sorted(found, key=lambda change: (change.effective, change.sid)))
