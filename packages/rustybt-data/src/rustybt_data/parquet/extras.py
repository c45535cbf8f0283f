"""Columns of one asset beside the fields of its bars: quotes, open interest, funding rates.

They have rows of their own, since an open interest or a funding rate is there without a trade, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import polars as pl

from rustybt.data.readers import as_decimals
from rustybt.data.schemas import EXTRA_FIELDS, SIGNED_FIELDS
from rustybt_data.origin import Origin
from rustybt_data.parquet.numbers import at_scale, numbers_of, scale_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """Checked columns of one asset.

    Attributes:
        rows: ``at`` and the coefficients, null where there is nothing; sorted by `at`. A row has
            at least one of them.
        scales: Decimals by column.
    """

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"at": pl.Int64}))
    scales: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.rows.height

    def between(self, first: int, last: int) -> Self:
        """The rows with ``first <= at <= last``."""
        if self.rows.is_empty():
            return self
        return replace(self, rows=self.rows.filter(pl.col("at").is_between(first, last)))

    def decimals(self) -> pl.DataFrame:
        """The rows with their labels and Decimals."""
        columns = [as_decimals(pl.col(name), scale) for name, scale in self.scales.items()]
        return self.rows.select("at", *columns)


def read_extras(
    source: pl.DataFrame, labels: pl.Series, origin: Origin
) -> tuple[Extras, pl.Series]:
    """The known columns of a frame beside the fields of bars.

    Args:
        source: The frame; columns are found by name.
        labels: The label of each row.
        origin: Where the frame comes from.

    Returns:
        The columns, and which rows of the frame have any of them.

    Raises:
        DataValidationError: A cell is no number, or a negative one that cannot be.
    """
    names = [name for name in EXTRA_FIELDS if name in source.columns]
    numbers = {name: numbers_of(source[name], origin) for name in names}
    scales = {name: scale_of(name, [numbers[name]], origin) for name in names}
    columns = {name: at_scale(numbers[name], scales[name]) for name in names}
    for name in names:
        wrong = (columns[name] < 0).fill_null(value=False).arg_true()
        if name not in SIGNED_FIELDS and len(wrong):
            row = int(wrong[0])
            raise origin.error(row, name, source[name][row], "give no negative numbers")
    rows = pl.DataFrame({"at": labels, **columns})
    if not names:
        return Extras(), pl.Series([False] * rows.height, dtype=pl.Boolean)
    held = rows.select(pl.any_horizontal(pl.col(name).is_not_null() for name in names)).to_series()
    return Extras(rows=rows.filter(held), scales=scales), held
