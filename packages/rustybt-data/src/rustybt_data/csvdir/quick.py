"""The quick way to read plain price files: numbers and times in one pass, without texts.

What it reads it reads as the slow way does; all else it leaves to that, which says what is wrong.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa

from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, MAX_DIGITS, BarKind
from rustybt_data.parquet.scales import Scales
from rustybt_data.plain_csv import lines_in, read_plain


def plain_prices(
    path: Path, kind: BarKind, stamps: Sequence[str], scales: Scales
) -> pl.DataFrame | None:
    """The label and the fields of a price file.

    Args:
        path: The file.
        kind: What its labels are.
        stamps: What the column of labels may be called, the best first.
        scales: Decimals that its numbers have at most.

    Returns:
        Instants or dates under the name of their column, and Decimals. None where a cell is
        empty, quoted or not as most files write it, or where there are columns beside the bars.
    """
    content = path.read_bytes()
    end = content.find(b"\n") + 1
    if b'"' in content or b"\r" in content or not end or not content.isascii():
        return None
    names = [name.strip().lower() for name in content[: end - 1].decode().split(",")]
    label = next((name for name in stamps if name in names), None)
    if label is None or len(set(names)) < len(names) or not set(BAR_FIELDS).issubset(names):
        return None
    if not set(EXTRA_FIELDS).isdisjoint(names):
        return None
    types = {label: pa.date32() if kind == "daily" else pa.timestamp("us")}
    types |= {name: pa.decimal128(MAX_DIGITS, scales.of(name)) for name in BAR_FIELDS}
    try:
        table = read_plain(pa.py_buffer(content).slice(end), names, types)
    except pa.ArrowInvalid:
        return None
    lines = lines_in(content) - 1 + (not content.endswith(b"\n"))
    if table.num_rows != lines or any(column.null_count for column in table.itercolumns()):
        return None
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame), "a table is a frame"
    return frame
