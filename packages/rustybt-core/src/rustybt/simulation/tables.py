"""The frames of a result as they are kept, saved and compared."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Every frame of a result.

    Symbols can be reused, so where a row is about an asset it ends with the asset's sid.

    Attributes:
        performance: A row per session.
        orders: A row per order, in order of creation, in its final state.
        order_states: A row per session and order that changed in it, as it was at the close.
        transactions: A row per execution, in order of execution.
        positions: A row per session and open position.
        recorded: A row per session with what the strategy recorded.
        journal: A row per posting; None where the run kept no journal.
    """

    performance: pl.DataFrame
    orders: pl.DataFrame
    order_states: pl.DataFrame
    transactions: pl.DataFrame
    positions: pl.DataFrame
    recorded: pl.DataFrame
    journal: pl.DataFrame | None = None

    def items(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Names and frames, without those that are None."""
        for field in fields(self):
            frame = getattr(self, field.name)
            if frame is not None:
                yield field.name, frame
