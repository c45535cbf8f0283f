"""Telling the catalog of data about a saved run."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from rustybt.simulation.manifest import Manifest


def record(folder: Path, manifest: Manifest) -> None:
    """Have the catalog note what a run read; nothing happens where it has not the data.

    Args:
        folder: Where the run was saved.
        manifest: How it came about.
    """
    from rustybt.data.bundles import record_run

    data = manifest.data
    if data.bundle is None or data.timestamp is None or not data.reads:
        return
    record_run(
        data.bundle,
        datetime.fromisoformat(data.timestamp),
        folder=folder,
        run=run_hash(manifest),
        fingerprint=data.fingerprint,
        reads=data.reads,
    )


def run_hash(manifest: Manifest) -> str:
    """SHA-256 of all that a run depends on: arguments, code, data and versions."""
    document = json.dumps(manifest.to_json(), sort_keys=True)
    return hashlib.sha256(f"{document}\n{manifest.strategy.source}".encode()).hexdigest()
