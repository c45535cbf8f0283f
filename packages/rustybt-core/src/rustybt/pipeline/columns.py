"""What a term sees of the panel when it is compiled: its inputs as expressions, and its rows.

The panel has a row per asset and session, sorted by asset, then session, each asset with the same
number of rows. A row of a session holds data through the session before.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from rustybt.errors import SidsNotFound
from rustybt.pipeline.across import Across, across_assets
from rustybt.pipeline.blocks import CELLS, Blocks, Kernel, Kernels
from rustybt.pipeline.profiles import STANDARD, Profile

ROW: Final = "__row"
"""The column of the number of a row's session, from 0."""

ASSET: Final = "__asset"
"""The column of the number of a row's asset, from 0."""

SID: Final = "__sid"
"""The column of its sid."""

ALIVE: Final = "__alive"
"""The column that says whether the asset is of the universe in the session."""


_FLOAT: Final = pl.Float64()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The inputs of a term, and what is known of rows.

    Attributes:
        inputs: Its inputs, in order. Numbers are null where they are missing, and never NaN.
        mask: Where it is computed: the universe, and its mask where it has one.
        rows: Rows of an asset; 0: rows are of segments of assets, each by itself.
        places: The number of each asset in the panel, by sid.
        starts: For a frequency of `downsample` the expression of the flat row in which the period
            of each row begins.
        days: The session of each row as a date.
        profile: Whose definitions hold where there are two.
        outputs: Of a term that has several, those that anything reads.
        first: The first row of each asset whose value is needed.
        reads_from: The first row of each asset that a window of these looks back to.
    """

    inputs: tuple[pl.Expr, ...]
    mask: pl.Expr = field(default_factory=lambda: pl.col(ALIVE))
    rows: int = 0
    places: Mapping[int, int] = field(default_factory=dict)
    starts: Callable[[str], pl.Expr] = pl.col
    days: Callable[[], pl.Expr] = lambda: pl.col(ROW).cast(pl.Date)
    profile: Profile = STANDARD
    outputs: tuple[str, ...] = ()
    first: int = 0
    reads_from: int = 0

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

    def in_blocks(self, kernel: Kernel, *values: pl.Expr, cells: int = CELLS) -> pl.Expr:
        """What a function of numpy arrays makes of columns, the rows of some assets at a time.

        It is the way of what Polars has no fast and exact expression for; the functions of
        `rustybt.pipeline.rolling` are made for it.

        Args:
            kernel: Takes an array (assets, rows) per column, NaN where a number is missing, and
                returns another. Assets may not mix: how many come at once is not said.
            values: The columns.
            cells: Cells of a block, about: `blocks.MANY` for what goes through it row by row.
        """
        kernels: Kernels = lambda *arrays: {"": kernel(*arrays)}  # noqa: E731 - a name is shorter
        blocks = Blocks(self.rows, kernels, cells=cells, first=self.reads_from)
        return blocks.expression("", values)

    def across(self, values: pl.Expr, kernel: Across, dtype: pl.DataType = _FLOAT) -> pl.Expr:
        """What a function of numpy arrays makes of the values of each session.

        Args:
            values: The column, masked.
            kernel: Takes an array (sessions, assets) and returns one of its shape.
            dtype: Float64, or Boolean.
        """
        return across_assets(values, kernel, rows=self.rows, first=self.first, dtype=dtype)

    def several_in_blocks(
        self, kernel: Kernels, names: Iterable[str], *values: pl.Expr
    ) -> dict[str, pl.Expr]:
        """As `in_blocks`, of a function that returns an array for each name; it is called once."""
        blocks = Blocks(self.rows, kernel, first=self.reads_from)
        return {name: blocks.expression(name, values) for name in names}
