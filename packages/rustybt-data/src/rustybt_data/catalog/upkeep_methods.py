"""What a catalog does for its files, and for the runs that read them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rustybt.errors import InvalidArgument, StorageFull
from rustybt_data.catalog import reads
from rustybt_data.catalog.arguments import versions_of
from rustybt_data.catalog.cache import TwoTierCache
from rustybt_data.catalog.database import Database
from rustybt_data.catalog.references import found_version, split_reference, time_of
from rustybt_data.catalog.spans import Edge

if TYPE_CHECKING:
    from rustybt_data.catalog.collection import Collected
    from rustybt_data.catalog.links import Backtest
    from rustybt_data.catalog.verification import Verification


class UpkeepMethods:
    """Verification, collection, and links of saved runs to the data that they read."""

    root: Path
    database: Database
    _cache: TwoTierCache

    def verify(self, version: str | None = None) -> "Verification":
        """Read all files and compare their checksums with those that were written.

        Args:
            version: ``name`` for all versions of a name, ``name@time`` for one; None for all.

        Raises:
            BundleNotFound: Nothing has this name.
        """
        from rustybt_data.catalog.verification import verify

        with self.database.reading() as session:
            found = list(versions_of(session, version))
        return verify(self.root, found, is_there=self._is_there)

    def gc(
        self, *, keep_last: int | None = None, name: str | None = None, dry_run: bool = False
    ) -> "Collected":
        """Remove what is not needed, and what processes that died have left.

        Bundles stay (`rustybt.data.bundles.clean` removes those), and so do versions that a saved
        run read, that are being read now, and the newest of each name.

        Args:
            keep_last: How many of the newest versions of a name to keep, 1 at least; None for all.
            name: The name whose versions are removed; None for all.
            dry_run: Whether to say only what would be removed.

        Raises:
            InvalidArgument: `keep_last` is less than 1.
            StorageFull: The database has no room left to note it in, not even that of the cache.
        """
        if keep_last is not None and keep_last < 1:
            raise InvalidArgument(field="keep_last", value=keep_last, reason="keep one at least")
        from rustybt_data.catalog.collection import collect
        from rustybt_data.catalog.outdated import outdated

        with self.database.reading() as session:
            old = () if session is None else outdated(session, keep_last, name)
        try:
            return collect(self.root, self.database, outdated=old, dry_run=dry_run)
        except StorageFull:  # the database needs some room to forget what is to be removed
            self._cache.clear_disk()
            return collect(self.root, self.database, outdated=old, dry_run=dry_run)

    def record_backtest(
        self,
        folder: str | Path,
        run: str,
        version: str,
        read: Sequence[tuple[str, Sequence[str], Edge, Edge]],
    ) -> None:
        """Note what a saved run read. `BacktestResult.save` does so by itself.

        Args:
            folder: Where the run was saved; what was noted of it before is replaced.
            run: A hash or an id of the run.
            version: The version that it read: ``name@time``.
            read: For each resolution that it read: the symbols, the first and the last session.

        Raises:
            IngestionNotFound: There is no such version.
        """
        from rustybt_data.catalog.recording import record_run

        with self.database.reading() as session:
            found = found_version(session, *time_of(session, version))
        record_run(self.database, found, str(Path(folder).absolute()), run, read)

    def backtests(self, name: str | None = None) -> "tuple[Backtest, ...]":
        """Saved runs that were noted, by folder.

        Args:
            name: Only those that read versions of this name.
        """
        from rustybt_data.catalog import links

        with self.database.reading() as session:
            return () if session is None else links.backtests(session, name)

    def _is_there(self, version: str) -> bool:
        name, moment = split_reference(version)
        with self.database.reading() as session:
            return session is not None and moment in reads.times(session, name)
