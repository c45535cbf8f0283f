"""The assets of an ingestion."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from rustybt.assets.database import AssetDBWriter


class SnapshotWriter(AssetDBWriter):
    """Writes the assets of a version, and knows what their sids were in the one before.

    Args:
        database: The SQLite file.
        known: Sids by symbol in the version before.
    """

    def __init__(self, database: Path, *, known: Mapping[str, int]) -> None:
        super().__init__(database)
        self._known = known

    def sids_for(self, symbols: Iterable[str]) -> dict[str, int]:
        """A sid for each symbol, for sources that give none themselves.

        What the version before had keeps its sid; new symbols are numbered after all of those, in
        their order, from 0 where there are none.
        """
        wanted = list(dict.fromkeys(symbols))
        new = max(self._known.values(), default=-1) + 1
        sids = {}
        for symbol in wanted:
            if symbol in self._known:
                sids[symbol] = self._known[symbol]
            else:
                sids[symbol] = new
                new += 1
        return sids
