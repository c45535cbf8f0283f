"""Returns before and after a session, by the quantile that an asset was in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha.cleaning import FactorData, check_groups
from rustybt.pipeline.alpha.inputs import Frame
from rustybt.pipeline.alpha.panel import Panel, filled
from rustybt.pipeline.alpha.returns import Entry, check_option, read_prices

_BATCH: Final = 6
"""How many offsets are computed at once, each of them a column."""

_MEAN: Final = pl.col("total").sum() / pl.col("count").sum()


def average_cumulative_return_by_quantile(
    data: FactorData,
    prices: Frame,
    *,
    before: int = 10,
    after: int = 15,
    demeaned: bool = True,
    group_adjust: bool = False,
    by_group: bool = False,
    entry: Entry = "close",
) -> pl.DataFrame:
    """How the assets of each quantile did around the session in which they were in it.

    The cumulative return at an offset is ``price(D + offset) / price(D) - 1``, so 0 at offset 0;
    negative offsets show what led to the factor's value. Of a session it is the mean of the
    quantile's assets; then that of all sessions, each counting alike. Where a session has no price
    the last one before counts, as in `forward_returns`.

    Args:
        data: From `clean_factor`.
        prices: As in `forward_returns`.
        before: How many sessions before.
        after: How many sessions after.
        demeaned: Whether the mean of all assets of the session is taken off.
        group_adjust: Whether that of the session's group is, in its place.
        by_group: Whether each group is told by itself.
        entry: At which price; as in `forward_returns`.

    Returns:
        ``group, quantile, offset, mean, std, sessions``, `group` only by group; the deviation is
        that of the sessions' means, of a sample. Null where no session has prices.

    Raises:
        InvalidArgument: The factor has no groups, a count of sessions is negative, or as in
            `forward_returns`.
    """
    check_option(entry, ("close", "open"), field="entry")
    for field, count in (("before", before), ("after", after)):
        if type(count) is not int or count < 0:
            raise InvalidArgument(field=field, value=count, reason="give sessions, 0 or more")
    for field, wanted in (("group_adjust", group_adjust), ("by_group", by_group)):
        if wanted:
            check_groups(data.frame, field=field)
    keys = ["session", *(["group"] if group_adjust or by_group else []), "quantile"]
    rival = ["session", "group"] if group_adjust else ["session"] if demeaned else None
    over = [*(["group"] if by_group else []), "quantile"]
    panel = Panel.of(read_prices(prices, entry), "price")
    values = filled(panel, "price")
    panel = replace(panel, columns=pl.DataFrame([values]), places=panel.find(data.frame))
    named = data.frame.select(keys)
    offsets = range(-before, after + 1)
    batches = [offsets[first : first + _BATCH] for first in range(0, len(offsets), _BATCH)]
    tables = [
        totals.pipe(_relative, rival).group_by("session", *over, maintain_order=True).agg(_MEAN)
        for batch in batches
        for totals in _totals(panel, named, batch)
    ]
    figures = [
        table.group_by(over).agg(**_figures(offset))
        for offset, table in zip(offsets, tables, strict=True)
    ]
    return pl.concat(figures).sort(*over, "offset")


def _totals(panel: Panel, named: pl.DataFrame, offsets: Sequence[int]) -> Iterator[pl.DataFrame]:
    """``*keys, total, count`` of the returns at each offset."""
    keys = named.columns
    price = panel.away(panel.places, "price", 0)
    earned = [
        (panel.away(panel.places, "price", offset) / price - 1).alias(str(offset))
        for offset in offsets
    ]
    figures = []
    for offset in offsets:
        known = pl.when(pl.col(str(offset)).is_finite()).then(pl.col(str(offset)))
        figures.append(known.sum().alias(f"{offset}:total"))
        figures.append(known.count().cast(pl.Int64).alias(f"{offset}:count"))
    table = named.with_columns(earned).group_by(keys, maintain_order=True).agg(figures)
    for offset in offsets:
        total, count = pl.col(f"{offset}:total"), pl.col(f"{offset}:count")
        yield table.select(*keys, total.alias("total"), count.alias("count"))


def _relative(table: pl.DataFrame, rival: list[str] | None) -> pl.DataFrame:
    """Totals less what a rival's mean comes to."""
    if rival is None:
        return table
    mean = pl.col("total").sum().over(rival) / pl.col("count").sum().over(rival)
    return table.with_columns(pl.col("total") - pl.col("count") * mean)


def _figures(offset: int) -> dict[str, pl.Expr]:
    mean = pl.when(pl.col("total").is_not_nan()).then(pl.col("total"))
    return {
        "offset": pl.lit(offset, pl.Int64),
        "mean": mean.mean(),
        "std": mean.std(),
        "sessions": mean.count().cast(pl.Int64),
    }
