"""Bundles of other engines: taken over with a comparison, or read where they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from rustybt.data.bundle import BundleData
from rustybt.data.bundles.stores import IngestFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBundle:
    """A bundle of another engine that was found.

    Attributes:
        name: What it is called there.
        timestamp: When it was ingested (UTC); None where nothing says it.
        calendar: Name of the calendar of its sessions.
        location: Where it is.
    """

    name: str
    timestamp: datetime | None
    calendar: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One kind of thing that was compared after it was written.

    Attributes:
        what: What it is, such as ``"daily bars"``.
        items: How many were compared.
        values: How many values they have together.
        differences: Those that differ, in words.
    """

    what: str
    items: int
    values: int
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationReport:
    """What became of a bundle.

    Attributes:
        name: Name of the bundle here.
        timestamp: The ingestion here.
        location: Where it was taken from.
        compared: What was compared with it.
        left_out: What stayed behind, in words.
        notes: What is otherwise here, in words.
    """

    name: str
    timestamp: datetime | None
    location: str
    compared: tuple[Compared, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[str, ...]:
        """All values that differ, in words."""
        return tuple(text for part in self.compared for text in part.differences)


@runtime_checkable
class DirectSource(Protocol):
    """A data adapter's ingest function whose data a run can also read where they are."""

    def open(
        self,
        name: str,
        environ: Mapping[str, str] | None = None,
        timestamp: datetime | None = None,
    ) -> BundleData:
        """Open the data.

        Args:
            name: What the bundle is called.
            environ: Where to look for the places that the source knows; by default that of the
                process.
            timestamp: The newest ingestion up to here; None for the newest of all.
        """
        ...


@runtime_checkable
class MigrationSource(IngestFunction, Protocol):
    """A data adapter's ingest function that takes over bundles of another engine."""

    def found(self, environ: Mapping[str, str] | None = None) -> FoundBundle:
        """What would be taken over."""
        ...

    def compare(
        self,
        bundle: BundleData,
        environ: Mapping[str, str] | None = None,
        *,
        show_progress: bool = False,
    ) -> MigrationReport:
        """Compare every value with what was written of it."""
        ...
