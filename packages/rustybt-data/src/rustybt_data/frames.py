"""Frames of Polars or pandas."""

from typing import Any

import polars as pl


def as_polars(frame: Any, *, index: str | None = None) -> pl.DataFrame:  # noqa: ANN401
    """The frame in Polars.

    Args:
        frame: Of Polars or pandas.
        index: Name for the index of a pandas frame that has no column of that name; without it
            the index is dropped.
    """
    if isinstance(frame, pl.DataFrame):
        return frame
    if index is not None and index not in frame.columns:
        frame = frame.reset_index(names=index)
    converted: pl.DataFrame = pl.from_pandas(frame)
    return converted
