"""What a vendor has restated from one version to another, and which saved runs it touches."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, stamp_column
from rustybt_data.catalog import links, reads
from rustybt_data.catalog.bars import EXTRA, manifest_of
from rustybt_data.catalog.database import Session
from rustybt_data.catalog.links import Backtest
from rustybt_data.catalog.records import DatasetVersion, SymbolRange, Version
from rustybt_data.catalog.references import reference
from rustybt_data.parquet.damage import telling

_DIGITS: Final = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two versions of a data set of bars.

    Attributes:
        before: The one version, as ``name@time``.
        after: The other one.
        resolution: Length of a bar.
        added: Label and symbol of bars that only the other one has, with their fields.
        removed: The same of bars that only the one has.
        changed: ``label, symbol, field, old, new``: a row per number that differs.
        touched: Saved runs on any version before the other one that read some of these bars, and
            had them otherwise than the other one has them.
    """

    before: str
    after: str
    resolution: str
    added: pl.DataFrame
    removed: pl.DataFrame
    changed: pl.DataFrame
    touched: tuple[Backtest, ...]

    @property
    def is_empty(self) -> bool:
        """Whether all bars are the same."""
        return self.added.is_empty() and self.removed.is_empty() and self.changed.is_empty()


def differences(
    session: Session, root: Path, before: Version, after: Version
) -> tuple[Difference, ...]:
    """What differs in the bars of two versions, for each resolution that either has.

    Files that both share are not read.
    """
    one = {item.resolution: item for item in before.of_kind("bars")}
    other = {item.resolution: item for item in after.of_kind("bars")}
    found = []
    for resolution in dict.fromkeys((*one, *other)):
        old, new = one.get(resolution), other.get(resolution)
        added, removed, changed = _compared(session, root, old, new)
        found.append(
            Difference(
                before=reference(before.name, before.created_at),
                after=reference(after.name, after.created_at),
                resolution=resolution,
                added=added,
                removed=removed,
                changed=changed,
                touched=_touched(session, root, new, _cells(added, removed, changed))
                if old
                else (),
            )
        )
    return tuple(found)


def _compared(
    session: Session, root: Path, old: DatasetVersion | None, new: DatasetVersion | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    present = old or new
    assert present is not None, "one of the two has the resolution"
    label = stamp_column("daily" if present.resolution in {"1d", "1w", "1mo"} else "intraday")
    shared = frozenset(_paths(old)) & frozenset(_paths(new))
    if old is not None and new is not None and _scales(old) != _scales(new):
        shared = frozenset()
    if _renamed(session, old, new):
        shared = frozenset()
    kind = pl.Date() if label == "date" else pl.Datetime("ns", "UTC")
    keys = [label, "symbol"]
    schema = {label: kind, "symbol": pl.String(), **_numbers(old, new)}
    left = _bars(session, root, old, shared, schema)
    right = _bars(session, root, new, shared, schema)
    most = max(_scale(schema[name]) for name in schema if name not in keys)
    number = pl.Decimal(_DIGITS, most)
    fields = [name for name in left.columns if name not in keys]
    both = left.join(right, on=keys, how="inner", suffix="_new")
    changed = [
        both.filter(pl.col(field).ne_missing(pl.col(f"{field}_new"))).select(
            label,
            "symbol",
            pl.lit(field).alias("field"),
            pl.col(field).cast(number).alias("old"),
            pl.col(f"{field}_new").cast(number).alias("new"),
        )
        for field in fields
    ]
    return (
        right.join(left, on=keys, how="anti").sort(keys),
        left.join(right, on=keys, how="anti").sort(keys),
        pl.concat(changed).sort("symbol", label, maintain_order=True),
    )


def _touched(
    session: Session, root: Path, new: DatasetVersion | None, shown: Mapping[str, set[int]]
) -> tuple[Backtest, ...]:
    """Runs on earlier versions that read what differs, otherwise than it is now.

    Args:
        session: Where the runs are noted.
        root: The folder of the data.
        new: The other version.
        shown: The labels at which the two versions differ, by symbol.
    """
    if new is None:
        return ()
    found: dict[str, Backtest] = {}
    for key in links.read_versions(session, new.name, new.kind, new.resolution):
        if key >= new.id:
            continue
        version = reads.dataset_version(session, key)
        if version is None:
            continue
        cells = _cells(*_compared(session, root, version, new))
        for backtest, symbol, first, last in links.readers_of(session, key):
            labels = cells.get(symbol, set()) & shown.get(symbol, set())
            if any(first <= label <= last for label in labels):
                found[backtest.folder] = backtest
    return tuple(found[folder] for folder in sorted(found))


def _cells(*frames: pl.DataFrame) -> dict[str, set[int]]:
    """The labels, as integers, at which anything differs, by symbol."""
    labels: dict[str, set[int]] = {}
    for frame in frames:
        label = pl.col(frame.columns[0]).to_physical().cast(pl.Int64)
        for symbol, at in frame.select("symbol", label.alias("at")).unique().iter_rows():
            labels.setdefault(symbol, set()).add(at)
    return labels


def _bars(
    session: Session,
    root: Path,
    dataset: DatasetVersion | None,
    shared: frozenset[str],
    schema: Mapping[str, pl.DataType],
) -> pl.DataFrame:
    """All numbers of the files that are not shared."""
    empty = pl.DataFrame(schema=dict(schema))
    if dataset is None:
        return empty
    label = empty.columns[0]
    names = {item.sid: item.symbol for item in reads.symbols_of(session, dataset.id)}
    frames = []
    for role, columns in (("bars", BAR_FIELDS), (EXTRA, _extra_names(dataset))):
        paths = [
            root / file.path
            for file in dataset.files
            if file.role == role and file.path not in shared
        ]
        if not paths or not columns:
            continue
        with telling(paths):
            frames.append(
                pl.scan_parquet(paths, hive_partitioning=False)
                .select(label, "sid", *(pl.col(name).cast(schema[name]) for name in columns))
                .collect()
            )
    if not frames:
        return empty
    frame = frames[0]
    for beside in frames[1:]:
        frame = frame.join(beside, on=[label, "sid"], how="full", coalesce=True)
    symbol = pl.col("sid").replace_strict(names, default=pl.col("sid").cast(pl.String))
    missing = (
        pl.lit(None, number).alias(name)
        for name, number in schema.items()
        if name not in {*frame.columns, "symbol"}
    )
    return frame.with_columns(symbol.cast(pl.String).alias("symbol"), *missing).select(
        empty.columns
    )


def _numbers(*datasets: DatasetVersion | None) -> dict[str, pl.DataType]:
    """The fields that some data sets have, with decimals enough for all of them."""
    scales: dict[str, int] = {}
    for dataset in datasets:
        if dataset is None:
            continue
        manifest = manifest_of(dataset)
        own = {name: manifest.scales.of(name) for name in BAR_FIELDS}
        own |= {} if manifest.extra is None else dict(manifest.extra.scales)
        for name, scale in own.items():
            scales[name] = max(scale, scales.get(name, 0))
    ordered = (name for name in (*BAR_FIELDS, *EXTRA_FIELDS) if name in scales)
    return {name: pl.Decimal(_DIGITS, scales[name]) for name in ordered}


def _scale(kind: pl.DataType) -> int:
    assert isinstance(kind, pl.Decimal), "numbers are Decimals"
    return kind.scale


def _extra_names(dataset: DatasetVersion) -> tuple[str, ...]:
    extra = manifest_of(dataset).extra
    return () if extra is None else tuple(extra.stored)


def _paths(dataset: DatasetVersion | None) -> tuple[str, ...]:
    return () if dataset is None else tuple(file.path for file in dataset.files)


def _scales(dataset: DatasetVersion) -> object:
    return dataset.facts.get("stored"), dataset.facts.get("extra")


def _renamed(session: Session, old: DatasetVersion | None, new: DatasetVersion | None) -> bool:
    """Whether a sid stands for another symbol than before."""
    if old is None or new is None or old.id == new.id:
        return False
    names = _symbols(reads.symbols_of(session, old.id))
    return any(
        names.get(item.sid, item.symbol) != item.symbol
        for item in reads.symbols_of(session, new.id)
    )


def _symbols(ranges: tuple[SymbolRange, ...]) -> dict[int, str]:
    return {item.sid: item.symbol for item in ranges}
