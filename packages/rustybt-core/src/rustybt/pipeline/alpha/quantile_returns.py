"""What the quantiles of a factor earned."""

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha.by_period import aggregated, keyed, without_mean
from rustybt.pipeline.alpha.cleaning import FactorData, check_groups


def mean_return_by_quantile(
    data: FactorData,
    *,
    by_date: bool = False,
    by_group: bool = False,
    demeaned: bool = True,
    group_adjust: bool = False,
) -> pl.DataFrame:
    """The mean forward return of the assets of each quantile.

    Of a session it is the mean of its assets; over all sessions the mean of the sessions' means,
    each session counting as much as any other. The standard error is ``std / sqrt(count)`` with
    the deviation of a sample: over the assets of a session, or over sessions.

    Args:
        data: From `clean_factor`.
        by_date: Whether each session is told by itself.
        by_group: Whether each group is.
        demeaned: Whether the mean of the session is taken off returns first, as of a portfolio
            that is long one quantile and short all assets.
        group_adjust: Whether that of the session's group is, in its place.

    Returns:
        ``session, group, quantile, period, mean, std_error, count``: `session` only by date,
        `group` only by group; `count` of assets, or of sessions.

    Raises:
        InvalidArgument: The factor has no groups.
    """
    frame = _relative(data, demean=demeaned, group_adjust=group_adjust)
    if by_group:
        check_groups(frame, field="by_group")
    keys = keyed(quantile=True, by_group=by_group)
    daily = aggregated(frame, keys, data.periods, _figures)
    return daily if by_date else over_sessions(daily)


def over_sessions(daily: pl.DataFrame) -> pl.DataFrame:
    """The mean of the sessions' means, from `mean_return_by_quantile` by date."""
    keys = [name for name in ("group", "quantile", "period") if name in daily.columns]
    return daily.group_by(keys).agg(**_figures(pl.col("mean"))).sort(keys)


def mean_return_spread(
    mean_returns: pl.DataFrame, *, upper: int | None = None, lower: int | None = None
) -> pl.DataFrame:
    """What one quantile earned more than another: the whole difference of their means.

    It is the return of one unit of money long and one short. Its standard error is the root of the
    sum of both squares, as of independent means.

    Args:
        mean_returns: From `mean_return_by_quantile`.
        upper: The quantile that is bought; None for the highest.
        lower: The quantile that is sold; None for the lowest.

    Returns:
        ``session, group, period, spread, std_error``, as far as `mean_returns` has them, where
        both quantiles are there.

    Raises:
        InvalidArgument: There is no such quantile.
    """
    known = mean_returns["quantile"].unique().sort().to_list()
    chosen = {"upper": upper, "lower": lower}
    for name, quantile in chosen.items():
        if quantile is not None and quantile not in known:
            reason = f"give one of {', '.join(map(str, known))}"
            raise InvalidArgument(field=name, value=quantile, reason=reason)
    keys = [name for name in ("session", "group", "period") if name in mean_returns.columns]

    def of(quantile: int) -> pl.DataFrame:
        rows = mean_returns.filter(pl.col("quantile") == quantile)
        return rows.select(*keys, "mean", "std_error")

    top = of(known[-1] if upper is None else upper)
    both = top.join(of(known[0] if lower is None else lower), on=keys, suffix="_lower")
    squares = pl.col("std_error") ** 2 + pl.col("std_error_lower") ** 2
    return both.select(
        *keys,
        (pl.col("mean") - pl.col("mean_lower")).alias("spread"),
        squares.sqrt().alias("std_error"),
    ).sort(keys)


def quantile_statistics(data: FactorData) -> pl.DataFrame:
    """What values of the factor each quantile holds, over all sessions.

    Args:
        data: From `clean_factor`.

    Returns:
        ``quantile, min, max, mean, std, count, share``; the deviation is that of a sample.
    """
    factor = pl.col("factor")
    table = data.frame.group_by("quantile").agg(
        factor.min().alias("min"),
        factor.max().alias("max"),
        factor.mean().alias("mean"),
        factor.std().alias("std"),
        pl.len().cast(pl.Int64).alias("count"),
    )
    share = pl.col("count") / pl.col("count").sum()
    return table.with_columns(share.alias("share")).sort("quantile")


def _relative(data: FactorData, *, demean: bool, group_adjust: bool) -> pl.DataFrame:
    if group_adjust:
        check_groups(data.frame, field="group_adjust")
        return without_mean(data.frame, data.periods, ["session", "group"])
    return without_mean(data.frame, data.periods, ["session"]) if demean else data.frame


def _figures(returns: pl.Expr) -> dict[str, pl.Expr]:
    count = returns.count()
    return {
        "mean": returns.mean(),
        "std_error": returns.std() / count.sqrt(),
        "count": count.cast(pl.Int64),
    }
