"""Bars out of Zipline's columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.zipline.chunk import UIntArray
from rustybt_data.zipline.scales import MISSING


class Block(NamedTuple):
    """Some rows of an asset.

    Attributes:
        sid: The asset.
        labels: The label of each row.
        columns: Each of `BAR_FIELDS`, as it is stored.
        factors: For each field that is wanted what makes a stored number a coefficient.
    """

    sid: int
    labels: npt.NDArray[np.int64]
    columns: Mapping[str, UIntArray]
    factors: Mapping[str, int]


def frame_of(blocks: Iterable[Block], fields: Sequence[str]) -> pl.DataFrame:
    """Bars by label, then sid: rows of zeros are left out, a price of zero is null.

    Args:
        blocks: In ascending order of sid, labels ascending.
        fields: Columns of the frame after ``at`` and ``sid``.
    """
    parts = [part for part in map(_bars, blocks) if not part.is_empty()]
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(("at", "sid", *fields), pl.Int64))
    # Within a part labels ascend, and parts are in the order of sids: a stable sort is enough.
    return pl.concat(parts).select("at", "sid", *fields).sort("at", maintain_order=True)


def _bars(block: Block) -> pl.DataFrame:
    printed = np.logical_or.reduce([block.columns[name] != MISSING for name in BAR_FIELDS])
    labels = block.labels[printed]
    columns = {"at": pl.Series(labels), "sid": pl.Series(np.full(len(labels), block.sid, np.int64))}
    for name, factor in block.factors.items():
        stored = block.columns[name][printed]
        numbers = pl.Series(stored.astype(np.int64) * np.int64(factor))
        known = pl.Series(stored != MISSING)
        columns[name] = numbers if name == "volume" else numbers.set(~known, None)
    return pl.DataFrame(columns)
