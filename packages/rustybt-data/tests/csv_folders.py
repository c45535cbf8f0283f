"""Small csvdir folders, written and ingested."""

from pathlib import Path

from rustybt.data.bundle import BundleData
from rustybt.data.bundles import ingest_from, load

HEADER = "date,open,high,low,close,volume"
GOOD = "2021-03-01,10.5,11,10,10.25,1000"


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def ingested(folder: Path, calendar: str = "XNYS", **options: str) -> BundleData:
    stamp = ingest_from(
        "mine", source="csvdir", location=folder, calendar_name=calendar, options=options
    )
    return load("mine", timestamp=stamp)
