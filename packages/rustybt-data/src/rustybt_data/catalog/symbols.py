"""Which assets a data set of bars has, from when to when."""

from collections.abc import Mapping

from rustybt.assets import AssetFinder
from rustybt_data.catalog.records import SymbolRange


def symbol_ranges(
    ranges: Mapping[int, tuple[int, int, int]], finder: AssetFinder
) -> tuple[SymbolRange, ...]:
    """What a data set has of each asset.

    Args:
        ranges: The first and the last label of each sid, and the number of its rows.
        finder: The assets; a sid that is not among them is its own symbol.
    """
    known = set(finder.sids)
    assets = finder.retrieve_all([sid for sid in sorted(ranges) if sid in known])
    symbols = {asset.sid: asset.symbol for asset in assets}
    return tuple(
        SymbolRange(sid=sid, symbol=symbols.get(sid, str(sid)), first=first, last=last, rows=rows)
        for sid, (first, last, rows) in sorted(ranges.items())
    )
