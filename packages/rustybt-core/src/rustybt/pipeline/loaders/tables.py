"""Frames that users hand to loaders: Polars, or pandas."""

from typing import Any

import polars as pl


def polars_frame(frame: Any) -> pl.DataFrame:  # noqa: ANN401 - a Polars or a pandas frame
    """A frame in Polars; a pandas frame's index becomes columns where it has a name."""
    if isinstance(frame, pl.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    named = any(name is not None for name in frame.index.names)
    found: pl.DataFrame = pl.from_pandas(frame.reset_index() if named else frame)
    return found
