"""Coefficients of finished bars as Decimals of 18 digits."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from rustybt.data.coefficients import MISSING, IntArray
from rustybt.data.schemas import MAX_DIGITS
from rustybt.values import from_scaled
from rustybt_data.resampling.errors import invalid, label_text
from rustybt_data.resampling.folding import HIGH_PART, PART

_BOUND = 10**MAX_DIGITS


class Volumes(NamedTuple):
    """Sums of volumes and their decimals."""

    values: IntArray
    scale: int


def volumes(bars: pl.DataFrame, scale: int, *, label: str, fixed: bool) -> Volumes:
    """The sums of volumes of folded bars.

    Sums that need more than 18 digits get fewer decimals where those are zeros in all of them.

    Args:
        bars: What `folding.joined` gave.
        scale: Decimals of the volumes.
        label: The column that the bars will be labelled by.
        fixed: Whether the decimals have to stay.

    Raises:
        DataValidationError: A sum does not fit. It names the first one.
    """
    low, high = bars["volume"].to_numpy(), bars[HIGH_PART].to_numpy()
    high, low = high + low // PART, low % PART
    if not len(high) or int(np.abs(high).max()) < PART - 1:
        return Volumes(high * PART + low, scale)
    sums = [above * PART + below for above, below in zip(high.tolist(), low.tolist(), strict=True)]
    zeros = 0
    while any(abs(each) >= _BOUND * 10**zeros for each in sums):
        zeros += 1
    if zeros and (fixed or zeros > scale or any(each % 10**zeros for each in sums)):
        raise _too_wide(bars, sums, scale, label)
    return Volumes(np.array([each // 10**zeros for each in sums]), scale - zeros)


def decimals(name: str, values: IntArray, scale: int) -> pl.Series:
    """Decimals of 18 digits without a detour; MISSING becomes null."""
    missing = values == MISSING
    bits = None
    if missing.any():
        bits = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    buffers = [bits, pa.py_buffer(np.ascontiguousarray(values))]
    array = pa.Array.from_buffers(pa.decimal64(MAX_DIGITS, scale), len(values), buffers)
    column = pl.from_arrow(array)
    assert isinstance(column, pl.Series)
    return column.alias(name)


def check_digits(field: str, values: IntArray, bars: pl.DataFrame, label: str) -> None:
    """Refuse coefficients of more than 18 digits.

    Args:
        field: What they are.
        values: A value per bar.
        bars: ``symbol`` and ``label`` of each.
        label: The column that the bars will be labelled by.

    Raises:
        DataValidationError: One has more. It names the first one.
    """
    wide = (np.abs(values) >= _BOUND) & (values != MISSING)
    if wide.any():
        row = int(np.argmax(wide))
        where = f"{bars['symbol'][row]} at {label_text(bars['label'][row], label)}"
        raise invalid(field, where, f"it has more than {MAX_DIGITS} digits; round the data first")


def _too_wide(bars: pl.DataFrame, sums: list[int], scale: int, label: str) -> Exception:
    row = next(row for row, each in enumerate(sums) if abs(each) >= _BOUND)
    where = f"{bars['symbol'][row]} at {label_text(bars['label'][row], label)}"
    return invalid(
        "volume",
        f"{from_scaled(sums[row], scale):f}",
        f"{where}: the sum needs more than {MAX_DIGITS} digits at {scale} decimals; "
        "give volumes fewer decimals",
    )
