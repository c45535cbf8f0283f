"""Bars of some symbols in the standard form, out of the files of a version."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS, PRICE_FIELDS, stamp_column
from rustybt.errors import CorruptData
from rustybt_data.catalog.bars import manifest_of
from rustybt_data.catalog.reads import Offer
from rustybt_data.catalog.records import DatasetVersion
from rustybt_data.parquet.manifest import Manifest, Partition


class Part(NamedTuple):
    """What one data set has to give.

    Attributes:
        offer: The data set.
        sids: The sid of each symbol.
        span: The first and the last label, both included.
    """

    offer: Offer
    sids: Mapping[str, int]
    span: tuple[int, int]

    def key(self) -> str:
        """Hash that is the same where the bars are the same."""
        symbols = ",".join(f"{sid}={symbol}" for symbol, sid in sorted(self.sids.items()))
        text = f"{self.offer.fingerprint};{self.span};{symbols}"
        return hashlib.sha256(text.encode()).hexdigest()


def part_frame(root: Path, dataset: DatasetVersion, part: Part) -> pl.LazyFrame:
    """The bars of one data set, sorted by symbol and label.

    Only files that can hold such bars are named; Polars skips the row groups that cannot.

    Args:
        root: The folder of the data.
        dataset: The data set with its files.
        part: What is asked for.

    Raises:
        CorruptData: A file is gone. What else is wrong with one shows when it is read.
    """
    manifest = manifest_of(dataset)
    label = stamp_column("daily" if dataset.resolution in {"1d", "1w", "1mo"} else "intraday")
    folder = root / dataset.folder
    bars = _rows(folder, manifest.partitions, part, label)
    frame = bars.select(
        label,
        "sid",
        *(
            _declared(name, manifest.stored.of(name), manifest.scales.of(name))
            for name in BAR_FIELDS
        ),
    )
    if manifest.extra is not None:
        frame = _with_extras(frame, folder, manifest, part, label)
    # Symbols in their order, as numbers: they sort faster than texts.
    symbols = sorted(part.sids)
    places = {part.sids[symbol]: place for place, symbol in enumerate(symbols)}
    place = pl.col("sid").replace_strict(places, return_dtype=pl.UInt32)
    names = pl.lit(pl.Series(symbols, dtype=pl.String))
    return (
        frame.with_columns(place.alias("sid"))
        .sort("sid", label)
        .select(label, names.gather(pl.col("sid")).alias("symbol"), pl.exclude(label, "sid"))
    )


def _rows(folder: Path, partitions: tuple[Partition, ...], part: Part, label: str) -> pl.LazyFrame:
    """Rows of the files that can hold what is asked for; of the first one where none can."""
    touched = [p for p in partitions if p.first <= part.span[1] and part.span[0] <= p.last]
    paths = [folder / p.path for p in touched or partitions[:1]]
    for path in paths:
        if not path.is_file():
            raise CorruptData(path=str(path), reason="the file is gone")
    rows = pl.scan_parquet(paths, hive_partitioning=False)
    low, high = _literal(part.span[0], label), _literal(part.span[1], label)
    return rows.filter(
        pl.col(label).is_between(low, high), pl.col("sid").is_in(sorted(part.sids.values()))
    )


def _literal(at: int, label: str) -> pl.Expr:
    if label == "date":
        return pl.lit(max(min(at, 2**31 - 1), -(2**31)), pl.Int32).cast(pl.Date)
    return pl.lit(at, pl.Int64).cast(pl.Datetime("ns", "UTC"))


def _declared(name: str, stored: int, scale: int) -> pl.Expr:
    """A column with the decimals that readers declare."""
    column = pl.col(name)
    if stored == scale:
        return column
    return as_decimals(column.to_physical().cast(pl.Int64) * 10 ** (scale - stored), scale)


def _with_extras(
    frame: pl.LazyFrame, folder: Path, manifest: Manifest, part: Part, label: str
) -> pl.LazyFrame:
    extra = manifest.extra
    assert extra is not None, "the caller has seen it"
    columns = [_declared(name, extra.stored[name], scale) for name, scale in extra.scales.items()]
    beside = _rows(folder, extra.partitions, part, label).select(label, "sid", *columns)
    return frame.join(beside, on=[label, "sid"], how="full", coalesce=True)


def joined(frames: list[pl.LazyFrame], resolution_label: str) -> pl.LazyFrame:
    """Bars of several data sets together; where their scales differ, with the most decimals."""
    if len(frames) == 1:
        return frames[0]
    schemas = [frame.collect_schema() for frame in frames]
    names = list(dict.fromkeys(name for schema in schemas for name in schema))
    numbers = [name for name in names if name not in {resolution_label, "symbol"}]
    scales = {
        name: max(_scale(schema[name]) for schema in schemas if name in schema) for name in numbers
    }
    prices = max(scales[name] for name in PRICE_FIELDS)
    scales |= dict.fromkeys(PRICE_FIELDS, prices)
    same = all(
        _scale(schema[name]) == scales[name]
        for schema in schemas
        for name in numbers
        if name in schema
    )
    digits = MAX_DIGITS if same else 38
    alike = [
        frame.select(
            resolution_label,
            "symbol",
            *(
                (pl.col(name) if name in schema else pl.lit(None).alias(name)).cast(
                    pl.Decimal(digits, scales[name])
                )
                for name in numbers
            ),
        )
        for frame, schema in zip(frames, schemas, strict=True)
    ]
    return pl.concat(alike).sort("symbol", resolution_label)


def _scale(kind: pl.DataType) -> int:
    assert isinstance(kind, pl.Decimal), "numbers at rest are Decimals"
    return kind.scale
