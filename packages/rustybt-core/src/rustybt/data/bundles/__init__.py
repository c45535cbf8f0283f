"""Bundles: named data sets, ingested once and then read by their name and time.

``register`` says how a bundle is ingested, ``ingest`` does it, ``load`` opens the newest version.
"""

from rustybt.data.bundles.migration import (
    Compared,
    DirectSource,
    FoundBundle,
    MigrationReport,
    MigrationSource,
)
from rustybt.data.bundles.operations import (
    bundle_names,
    clean,
    info,
    ingest,
    ingest_from,
    ingestions_for_bundle,
    load,
    migrate,
    open_table,
    quality_reports,
    record_run,
)
from rustybt.data.bundles.registration import RegisteredBundle, bundles, register, unregister
from rustybt.data.bundles.stores import (
    AdjustmentWriter,
    AssetWriter,
    BarWriter,
    BundleCatalog,
    BundleInfo,
    BundleWriters,
    DataAdapter,
    IngestFunction,
)

__all__ = [
    "AdjustmentWriter",
    "AssetWriter",
    "BarWriter",
    "BundleCatalog",
    "BundleInfo",
    "BundleWriters",
    "Compared",
    "DataAdapter",
    "DirectSource",
    "FoundBundle",
    "IngestFunction",
    "MigrationReport",
    "MigrationSource",
    "RegisteredBundle",
    "bundle_names",
    "bundles",
    "clean",
    "info",
    "ingest",
    "ingest_from",
    "ingestions_for_bundle",
    "load",
    "migrate",
    "open_table",
    "quality_reports",
    "record_run",
    "register",
    "unregister",
]
