"""The recorded bundles of Zipline's, unpacked once, and what Zipline's own readers gave of them."""

import atexit
import gzip
import json
import shutil
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "data" / "zipline"
STAMP_FOLDER = "2024-05-06T07;08;09"
BUNDLES = ("america", "hongkong", "long", "ratios", "odd")


@cache
def zipline_root() -> Path:
    """A root of Zipline's with all recorded bundles; not to be changed."""
    root = Path(tempfile.mkdtemp(prefix="zipline-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    for name in ("bundles", "golden"):
        with tarfile.open(RECORDED / f"{name}.tar.gz") as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.11.4 on
            archive.extractall(root)
    return root


def ingestion(name: str) -> Path:
    """The folder of the ingestion of a bundle; not to be changed."""
    return zipline_root() / "data" / name / STAMP_FOLDER


def copied(name: str, target: Path) -> Path:
    """A copy of the ingestion of a bundle that may be changed."""
    folder = target / name / STAMP_FOLDER
    shutil.copytree(ingestion(name), folder)
    return folder


@cache
def recorded() -> dict[str, Any]:
    """What Zipline's readers gave, by bundle."""
    facts: dict[str, Any] = json.loads(gzip.decompress((RECORDED / "bundles.json.gz").read_bytes()))
    return facts
