"""What a term sees of the panel when it is compiled: its inputs as expressions, and its rows.

The panel has a row per asset and session, sorted by asset, then session, each asset with the same
number of rows. A row of a session holds data through the session before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from rustybt.errors import SidsNotFound

ROW: Final = "__row"
"""The column of the number of a row's session, from 0."""

ASSET: Final = "__asset"
"""The column of the number of a row's asset, from 0."""

SID: Final = "__sid"
"""The column of its sid."""

ALIVE: Final = "__alive"
"""The column that says whether the asset is of the universe in the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The inputs of a term, and what is known of rows.

    Attributes:
        inputs: Its inputs, in order. Numbers are null where they are missing, and never NaN.
        mask: Where it is computed: the universe, and its mask where it has one.
        rows: Rows of an asset.
        places: The number of each asset in the panel, by sid.
        starts: For a frequency of `downsample` the expression of the flat row in which the period
            of each row begins.
    """

    inputs: tuple[pl.Expr, ...]
    mask: pl.Expr = field(default_factory=lambda: pl.col(ALIVE))
    rows: int = 0
    places: Mapping[int, int] = field(default_factory=dict)
    starts: Callable[[str], pl.Expr] = pl.col

    def masked(self, values: pl.Expr) -> pl.Expr:
        """Values where the term is computed, null elsewhere."""
        return pl.when(self.mask).then(values)

    def of_asset(self, values: pl.Expr, sid: int) -> pl.Expr:
        """In every row the value that one asset has in the row's session.

        Raises:
            SidsNotFound: There is no such asset.
        """
        if sid not in self.places:
            raise SidsNotFound(sids=(sid,))
        return values.gather(pl.col(ROW) + self.places[sid] * self.rows)
