"""The quick way to read plain blocks: numbers and times in one pass, without texts.

It reads the most usual form only, and nothing that the slow way, over texts, would read in another
way: points for decimals, no quotes, no marks between digits, ISO 8601 or counts since 1970. What
it cannot read it leaves to the slow way, which says what is wrong with a cell.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS, MAX_DIGITS
from rustybt_data.adapters.csv.blocks import Lot
from rustybt_data.adapters.local.columns import ROW, Columns, roles_of
from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.adapters.local.stamps import (
    BadStamp,
    StampFormat,
    check_years,
    counted,
    strictly_localised,
)
from rustybt_data.parquet.numbers import Coefficients
from rustybt_data.plain_csv import read_plain

_ISO: Final = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f")


def quick_columns(
    lot: Lot,
    mapping: FileMapping,
    stamps: StampFormat | None,
    scales: Mapping[str, int],
) -> Columns | None:
    """The columns of the blocks of a lot, as those of one block.

    Args:
        lot: The blocks.
        mapping: How it is written.
        stamps: The format of the times of the block before; None for none.
        scales: The decimals of the columns of the block before.

    Returns:
        None where a block is not plain, or not as the one before was.
    """
    stamp, block = _stamp_type(stamps), lot.blocks[0]
    roles = roles_of(block.names, str(block.file), mapping)
    if stamp is None or stamps is None or not scales or "timestamp" not in roles:
        return None
    if not _is_plain(lot.content, mapping, is_counted=bool(stamps.unit)):
        return None
    names = [name for name in (*BAR_FIELDS, *EXTRA_FIELDS) if name in roles]
    types = {roles["timestamp"]: stamp}
    types |= {roles[name]: pa.decimal128(MAX_DIGITS, scales.get(name, 8)) for name in names}
    if "symbol" in roles:
        types[roles["symbol"]] = pa.string()
    try:
        table = read_plain(lot.content, block.names, types, delimiter=block.delimiter)
        label = pl.Series(pl.from_arrow(table[roles["timestamp"]]))
        labels = _labels(label, stamps, mapping)
    except (BadStamp, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_rows != lot.ends[-1]:
        return None  # there is an empty line
    symbols = _symbols(table, roles, lot, mapping)
    if label.null_count() or symbols.null_count():
        return None  # there is an empty cell
    return Columns(
        rows=pl.Series(ROW, np.arange(table.num_rows, dtype=np.uint32)),
        labels=labels,
        symbols=symbols,
        numbers={name: _numbers(table[roles[name]], scales.get(name, 8)) for name in names},
    )


def _is_plain(content: bytes, mapping: FileMapping, *, is_counted: bool) -> bool:
    """Whether there are points alone in numbers, and no quotes.

    Arrow reads hexadecimal counts, so there may be none.
    """
    if mapping.decimal != "." or mapping.thousands or mapping.missing_values:
        return False
    hexadecimal = is_counted and (b"0x" in content or b"0X" in content)
    return not hexadecimal and b'"' not in content


def _stamp_type(stamps: StampFormat | None) -> Any:  # noqa: ANN401 - pyarrow has no types
    if stamps is None:
        return None
    if stamps.unit:
        return pa.int64()
    if stamps.pattern in _ISO:
        return pa.timestamp("us")
    if stamps.pattern.removesuffix("%:z").removesuffix("%z") in _ISO:
        return pa.timestamp("us", "UTC")
    return None


def _labels(label: pl.Series, stamps: StampFormat, mapping: FileMapping) -> pl.Series:
    """The times of a block.

    Raises:
        BadStamp: One is out of range, or is left out or shown twice by the clocks.
    """
    if stamps.unit:
        return counted(label, stamps.unit)
    check_years(label, label)
    moments = label.cast(pl.Datetime("ns", "UTC"))
    return moments if stamps.has_zone else strictly_localised(moments, mapping)


def _symbols(
    table: Any,  # noqa: ANN401 - pyarrow has no types
    roles: Mapping[str, str],
    lot: Lot,
    mapping: FileMapping,
) -> pl.Series:
    if "symbol" not in roles:
        found = [mapping.symbol or mapping.symbol_of(block.file) for block in lot.blocks]
        own = pl.Series("symbol", found, dtype=pl.String)
        return own.gather(np.repeat(np.arange(len(found)), np.diff(lot.ends, prepend=0)))
    symbols = pl.from_arrow(table[roles["symbol"]])
    assert isinstance(symbols, pl.Series), "a column is a series"
    symbols = symbols.str.strip_chars().alias("symbol")
    return symbols.set(symbols == "", None)


def _numbers(column: Any, scale: int) -> Coefficients:  # noqa: ANN401 - pyarrow has no types
    decimals = pl.from_arrow(column)
    assert isinstance(decimals, pl.Series), "a column is a series"
    return Coefficients(decimals.to_physical().cast(pl.Int64), scale)
