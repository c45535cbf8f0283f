"""One Parquet file of bars: its schema, metadata and content hash."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS, BarKind, stamp_column
from rustybt_data.parquet.layout import SCHEMA_VERSION
from rustybt_data.parquet.manifest import Partition
from rustybt_data.parquet.placement import IN_PLACE, Placement
from rustybt_data.parquet.scales import Scales

ROW_GROUP_ROWS: Final = 131_072
"""Rows of a row group: readers skip the groups that cannot hold what they look for."""

METADATA_PREFIX: Final = "rustybt."


def write_file(
    rows: pl.DataFrame,
    columns: Callable[[int, int], Mapping[str, pa.Array]],
    folder: Path,
    path: PurePosixPath,
    *,
    kind: BarKind,
    scales: Mapping[str, int],
    content: str,
    encoding: str | None = None,
) -> None:
    """Write one file.

    Args:
        rows: The labels ``at`` and the ``sid`` of each row, sorted by sid, then label; not none.
        columns: Decimals by field, of the rows from one number up to another one.
        folder: The folder of the data set.
        path: The file below it.
        kind: What the labels are.
        scales: Decimals of each field.
        content: The hash of the content.
        encoding: Parquet's encoding of all columns; None for its usual ones.
    """
    metadata = {
        "schema_version": str(SCHEMA_VERSION),
        "kind": kind,
        "content_sha256": content,
        **{f"scale.{field}": str(scale) for field, scale in scales.items()},
    }
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows.height, ROW_GROUP_ROWS):
        part = rows[start : start + ROW_GROUP_ROWS]
        labels = {stamp_column(kind): labels_array(part["at"], kind), "sid": part["sid"].to_arrow()}
        table = pa.table({**labels, **columns(start, start + part.height)})
        table = table.replace_schema_metadata(
            {METADATA_PREFIX + key: text for key, text in metadata.items()}
        )
        writer = writer or _writer(file, table, encoding)
        writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
    assert writer is not None, "a file has rows"
    writer.close()


def partition_at(rows: pl.DataFrame, path: PurePosixPath, *, content: str) -> Partition:
    """What the manifest says of a file.

    Args:
        rows: The labels ``at`` of its rows; not none.
        path: The file below the folder of the data set.
        content: The hash of its content.
    """
    at = rows["at"].to_numpy()
    return Partition(
        path=str(path), rows=len(at), first=int(at.min()), last=int(at.max()), sha256=content
    )


def _writer(file: Path, table: pa.Table, encoding: str | None) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        file,
        table.schema,
        compression="zstd",
        use_dictionary=False,
        column_encoding=None if encoding is None else dict.fromkeys(table.column_names, encoding),
        store_decimal_as_integer=True,
        sorting_columns=[pq.SortingColumn(1), pq.SortingColumn(0)],
    )


def write_bars(
    bars: pl.DataFrame,
    folder: Path,
    path: PurePosixPath,
    *,
    kind: BarKind,
    scales: Scales,
    placement: Placement = IN_PLACE,
) -> Partition:
    """Write bars, unless the file is there already.

    Args:
        bars: ``at, sid`` and the coefficients of the fields, Int64 without nulls, sorted by sid,
            then label.
        folder: The folder of the data set.
        path: The file below it.
        kind: What the labels are.
        scales: Decimals that the coefficients count.
        placement: How the file is named.

    Returns:
        What the manifest says of the file; the hash is in the metadata of the file, too.
    """
    content = content_hash(bars, scales)
    path = placement.named(path, content)
    if not placement.holds(path):
        write_file(
            bars,
            lambda start, stop: {
                field: _decimals(bars[field][start:stop], scales.of(field)) for field in BAR_FIELDS
            },
            folder,
            path,
            kind=kind,
            scales={field: scales.of(field) for field in BAR_FIELDS},
            content=content,
            # Sorted by asset and time, neighbours are close: their differences take a few bits.
            encoding="DELTA_BINARY_PACKED",
        )
    return partition_at(bars, path, content=content)


def content_hash(bars: pl.DataFrame, scales: Scales) -> str:
    """SHA-256 of bars: of the scales and the columns' names and 64-bit values in order."""
    digest = hashlib.sha256(f"{scales.price}:{scales.volume}:{bars.height}".encode())
    for name in ("at", "sid", *BAR_FIELDS):
        values = np.ascontiguousarray(bars[name].to_numpy(), dtype="<i8")
        digest.update(f";{name}:".encode())
        digest.update(values.data)
    return digest.hexdigest()


def labels_array(at: pl.Series, kind: BarKind) -> pa.Array:
    """Labels as dates or as instants in UTC."""
    if kind == "daily":
        return at.cast(pl.Int32).cast(pl.Date).to_arrow()
    return at.cast(pl.Datetime("ns", "UTC")).to_arrow()


def _decimals(coefficients: pl.Series, scale: int) -> pa.Array:
    """Decimals over the coefficients' own bits: Arrow wants the sign in a second word."""
    low = coefficients.to_numpy().astype(np.int64, copy=False)
    words = np.empty((len(low), 2), dtype=np.int64)
    words[:, 0] = low
    np.right_shift(low, 63, out=words[:, 1])
    buffers = [None, pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.decimal128(MAX_DIGITS, scale), len(low), buffers)
