"""Quantiles and bins: in which part of its session a factor lies."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import polars as pl

from rustybt.errors import InvalidArgument

DEFAULT_QUANTILES: Final = 5

_LARGEST_DENOMINATOR: Final = 10**6
"""Shares are taken as fractions with this denominator at most: 0.1 is 1/10."""


class Cut(NamedTuple):
    """Where a session is cut.

    Attributes:
        kind: By rank (quantiles), in equal widths (bins), or at given values.
        edges: Shares of the ranks or of the width, or the values; ascending.
        halves: Whether values below zero are cut by themselves.
    """

    kind: Literal["ranks", "widths", "values"]
    edges: tuple[float, ...]
    halves: bool

    @property
    def parts(self) -> int:
        """How many parts there are, of each half where there are halves."""
        return len(self.edges) - 1


def read_cut(
    quantiles: int | Sequence[float] | None,
    bins: int | Sequence[float] | None,
    *,
    zero_aware: bool,
) -> Cut:
    """What the arguments of `clean_factor` ask for.

    Raises:
        InvalidArgument: They ask for both, or for parts that cannot be.
    """
    if quantiles is not None and bins is not None:
        raise InvalidArgument(field="bins", value=bins, reason="give quantiles or bins, not both")
    field, given = ("quantiles", quantiles) if bins is None else ("bins", bins)
    given = DEFAULT_QUANTILES if given is None else given
    if isinstance(given, int):
        parts = _parts(given, field, zero_aware=zero_aware)
        shares = tuple(part / parts for part in range(parts + 1))
        return Cut("ranks" if bins is None else "widths", shares, zero_aware)
    if zero_aware:
        reason = f"with zero_aware give {field} as an even number of parts"
        raise InvalidArgument(field=field, value=given, reason=reason)
    if bins is None:
        return Cut("ranks", _shares(given), halves=False)
    return Cut("values", _rising(given, field), halves=False)


def with_buckets(frame: pl.DataFrame, cut: Cut, keys: Sequence[str]) -> pl.DataFrame:
    """A frame with the column `quantile`: 1 for the lowest values of each of its keys.

    Of quantiles, edges are those of definition 7 of Hyndman and Fan (*Sample Quantiles in
    Statistical Packages*, 1996): the value at rank ``1 + (n - 1) x share``, linear between ranks;
    ranks are counted in integers. A value on an edge belongs to the part below; the lowest of all
    to the first. Of given values the lowest edge belongs to no part.

    Null is what cannot be told apart: all values of a session (or of its group, or half) where two
    edges are equal; and what lies outside of all edges.

    Args:
        frame: With a column `factor` without nulls, and the keys.
        cut: Where to cut.
        keys: What is cut by itself: ``session``, and ``group``.
    """
    factor = pl.col("factor")
    if cut.halves:
        keys = [*keys, "_upper"]
        frame = frame.with_columns((factor >= 0).alias("_upper"))
    if cut.kind == "values":
        return frame.with_columns(_label(cut, [pl.lit(edge) for edge in cut.edges]))
    edges = [f"_edge_{place}" for place in range(cut.parts + 1)]
    table = _edges(frame.group_by(keys), cut, edges)
    rising = pl.all_horizontal(pl.col(low) < pl.col(high) for low, high in pairwise(edges))
    table = table.with_columns(pl.when(rising).then(pl.col(name)) for name in edges)
    joined = frame.join(table, on=keys, how="left", maintain_order="left")
    return joined.with_columns(_label(cut, [pl.col(name) for name in edges])).drop(
        *edges, "_upper", strict=False
    )


def _label(cut: Cut, edges: list[pl.Expr]) -> pl.Expr:
    """Number of the part: one more than the inner edges that lie below."""
    factor = pl.col("factor")
    passed = [(factor > edge).cast(pl.Int64) for edge in edges[1:-1]]
    label = pl.sum_horizontal(pl.lit(1, pl.Int64), *passed)
    if cut.halves:
        label = label + pl.when(pl.col("_upper")).then(cut.parts).otherwise(0)
    above = factor > edges[0] if cut.kind == "values" else factor >= edges[0]
    return pl.when(above & (factor <= edges[-1])).then(label).alias("quantile")


def _edges(groups: "pl.dataframe.group_by.GroupBy", cut: Cut, names: list[str]) -> pl.DataFrame:
    factor = pl.col("factor")
    if cut.kind == "widths":
        low, width = pl.col("low"), pl.col("high") - pl.col("low")
        table = groups.agg(factor.min().alias("low"), factor.max().alias("high"))
        inner = [low + width * share for share in cut.edges[1:-1]]
        edges = [low, *inner, pl.col("high")]
    else:
        table = groups.agg(factor.sort().alias("sorted"))
        edges = [_at_share(share) for share in cut.edges]
    named = [edge.alias(name) for edge, name in zip(edges, names, strict=True)]
    return table.with_columns(named).drop("low", "high", "sorted", strict=False)


def _at_share(number: float) -> pl.Expr:
    """The value at rank ``1 + (n - 1) x share`` of the lists `sorted`."""
    share = Fraction(number).limit_denominator(_LARGEST_DENOMINATOR)
    values = pl.col("sorted")
    last = values.list.len().cast(pl.Int64) - 1
    ahead = last * share.numerator
    low, rest = ahead // share.denominator, ahead % share.denominator
    below = values.list.get(low)
    above = values.list.get(pl.min_horizontal(low + 1, last))
    return below + (above - below) * (rest / share.denominator)


def _parts(count: int, field: str, *, zero_aware: bool) -> int:
    if zero_aware and (count < 2 or count % 2):
        reason = "with zero_aware give an even number: half of them are below zero"
        raise InvalidArgument(field=field, value=count, reason=reason)
    if isinstance(count, bool) or count < 1:
        raise InvalidArgument(field=field, value=count, reason="give 1 or more")
    return count // 2 if zero_aware else count


def _shares(given: Sequence[float]) -> tuple[float, ...]:
    values = _rising(given, "quantiles")
    if values[0] < 0 or values[-1] > 1:
        reason = "give shares from 0 to 1, such as 0, 0.1, 0.9, 1"
        raise InvalidArgument(field="quantiles", value=list(given), reason=reason)
    return values


def _rising(given: Sequence[float], field: str) -> tuple[float, ...]:
    values = tuple(float(value) for value in given)
    rises = all(low < high for low, high in pairwise(values))
    if len(values) < 2 or not rises:
        reason = "give two edges or more, each above the one before"
        raise InvalidArgument(field=field, value=list(given), reason=reason)
    return values
