"""Operations across the assets of a session, or of a group of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.pipeline.across import (
    FloatArray,
    above_means,
    among_lowest,
    at_places,
    ordinal_ranks,
    z_scores,
)
from rustybt.pipeline.columns import ROW, Columns
from rustybt.pipeline.operations.labels import present
from rustybt.pipeline.profiles import ZIPLINE

Keys = tuple[pl.Expr, ...]

_TRUTH: Final = pl.Boolean()


def rank(
    columns: Columns, *, method: str, ascending: bool, missing_group: object = None
) -> pl.Expr:
    """Ranks from 1 on; ordinal ones of equal values ascend with the sid either way."""
    values, keys = _grouped(columns, missing_group)
    if method == "ordinal" and len(keys) == 1:
        return columns.across(values if ascending else -values, ordinal_ranks)
    return values.rank(method, descending=not ascending).over(*keys)  # type: ignore[arg-type]


def top(columns: Columns, *, N: int, missing_group: object = None) -> pl.Expr:  # noqa: N803
    """Whether a value is among the N largest; the first sids of equal ones.

    Zipline finds the largest one by comparing floats as whole numbers: of those below zero the one
    that is farthest from it counts as the largest.
    """
    if N == 1 and columns.profile == ZIPLINE:
        values = columns.inputs[0]
        turned = pl.when(values < 0).then(1 / values).otherwise(values)
        columns = replace(columns, inputs=(turned, *columns.inputs[1:]))
    if len(columns.inputs) == 1:
        lowest = partial(among_lowest, number=N)
        return columns.across(-columns.masked(columns.inputs[0]), lowest, _TRUTH)
    ranks = rank(columns, method="ordinal", ascending=False, missing_group=missing_group)
    return (ranks <= N).fill_null(value=False)


def bottom(columns: Columns, *, N: int, missing_group: object = None) -> pl.Expr:  # noqa: N803
    """Whether a value is among the N smallest; the first sids of equal ones."""
    if len(columns.inputs) == 1:
        lowest = partial(among_lowest, number=N)
        return columns.across(columns.masked(columns.inputs[0]), lowest, _TRUTH)
    ranks = rank(columns, method="ordinal", ascending=True, missing_group=missing_group)
    return (ranks <= N).fill_null(value=False)


def demean(columns: Columns, *, missing_group: object = None) -> pl.Expr:
    """What a value is above the mean."""
    values, keys = _grouped(columns, missing_group)
    if len(keys) == 1:
        return columns.across(values, above_means)
    return values - values.mean().over(*keys)


def zscore(columns: Columns, *, missing_group: object = None) -> pl.Expr:
    """(value - mean) / population standard deviation; missing where all values are equal."""
    values, keys = _grouped(columns, missing_group)
    if len(keys) == 1:
        return columns.across(values, z_scores)
    spread = values.max().over(*keys) > values.min().over(*keys)
    scores = (values - values.mean().over(*keys)) / values.std(ddof=0).over(*keys)
    return pl.when(spread).then(scores)


def winsorize(
    columns: Columns,
    *,
    min_percentile: float,
    max_percentile: float,
    missing_group: object = None,
) -> pl.Expr:
    """Values, those of both tails moved to the outermost value that is not in a tail.

    Of n values in order, those before place ``floor(min_percentile * n)`` and those from place
    ``ceil(max_percentile * n)`` on are the tails.
    """
    values, keys = _grouped(columns, missing_group)
    count = values.count()
    lowest = (count * min_percentile).floor()
    highest = (count * max_percentile).ceil() - 1
    return values.clip(_placed(values, lowest, keys), _placed(values, highest, keys))


def clip(columns: Columns, *, min_bound: float, max_bound: float) -> pl.Expr:
    """Values, those outside of two bounds moved to the bound."""
    return columns.inputs[0].clip(min_bound, max_bound)


def quantiles(columns: Columns, *, bins: int) -> pl.Expr:
    """Labels 0 to bins - 1 of the quantiles that values are in.

    The j-th edge of n values in order is at place ``(n - 1) * j / bins``, between two values by
    linear interpolation; a value on an edge belongs below it (pandas.qcut). A value whose equals
    begin at place r is above the edges with ``(n - 1) * j / bins < r``; counting these needs no
    edge, and equal edges, which qcut refuses, just leave the bins between them empty.
    """
    values, keys = _grouped(columns, None)
    place = values.rank("min").over(*keys).cast(pl.Int64) - 1
    last = values.count().over(*keys).cast(pl.Int64) - 1
    label = (place * bins + last - 1) // pl.max_horizontal(last, 1) - 1
    return pl.when(values.is_not_null()).then(pl.max_horizontal(label, 0))


def percentile_between(
    columns: Columns, *, min_percentile: float, max_percentile: float
) -> pl.Expr:
    """Whether a value is between two percentiles, or equals one of them.

    Percentiles are interpolated linearly: that of p among n values is at place
    ``(n - 1) * p / 100``. No value is between it and its neighbours in order, so a value is
    compared with these.
    """
    values = columns.masked(columns.inputs[0])
    kernel = partial(_between, lowest=min_percentile, highest=max_percentile)
    return columns.across(values, kernel, _TRUTH)


def _between(values: FloatArray, *, lowest: float, highest: float) -> NDArray[np.bool_]:
    least, most = at_places(
        values,
        lambda count: np.ceil((count - 1) * lowest / 100),
        lambda count: np.floor((count - 1) * highest / 100),
    )
    found: NDArray[np.bool_] = (least <= values) & (values <= most)
    return found


def peer_count(columns: Columns, *, missing: object = None) -> pl.Expr:
    """How many assets have the same label."""
    label = columns.inputs[0]
    counted = pl.when(columns.mask & present(label, missing)).then(1)
    return pl.when(counted.is_not_null()).then(counted.count().over(pl.col(ROW), label))


_REDUCTIONS: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "mean": lambda values: values.mean(),
    "sum": lambda values: values.sum(),
    "min": lambda values: values.min(),
    "max": lambda values: values.max(),
    "median": lambda values: values.median(),
    "stddev": lambda values: values.std(ddof=0),
    "notnull_count": lambda values: values.count(),
}
"""What makes one value of those of a session."""


def _reducing(name: str) -> Callable[..., pl.Expr]:
    def reduced(columns: Columns) -> pl.Expr:
        return _REDUCTIONS[name](columns.masked(columns.inputs[0])).over(ROW)

    return reduced


def _grouped(columns: Columns, missing_group: object) -> tuple[pl.Expr, Keys]:
    """Values where the term is computed, and what parts them into groups."""
    values = columns.masked(columns.inputs[0])
    if len(columns.inputs) == 1:
        return values, (pl.col(ROW),)
    label = columns.inputs[1]
    return pl.when(present(label, missing_group)).then(values), (pl.col(ROW), label)


def _placed(values: pl.Expr, place: pl.Expr, keys: Keys) -> pl.Expr:
    """The value at a place, from 0, of those of a group in order; null where there is none."""
    found = pl.when(values.count() > 0).then(place).otherwise(0).cast(pl.Int64)
    return values.sort(nulls_last=True).get(found).over(*keys)


MASKED: Final = frozenset(
    {"rank", "top", "bottom", "demean", "zscore", "winsorize", "quantiles", "percentile_between"}
)
"""Those that give nothing where their term is not computed."""

OPERATIONS: Final[Mapping[str, Callable[..., pl.Expr]]] = MappingProxyType(
    {
        "rank": rank,
        "top": top,
        "bottom": bottom,
        "demean": demean,
        "zscore": zscore,
        "winsorize": winsorize,
        "clip": clip,
        "quantiles": quantiles,
        "percentile_between": percentile_between,
        "peer_count": peer_count,
        **{name: _reducing(name) for name in _REDUCTIONS},
    }
)
"""The operations of this module by name."""
