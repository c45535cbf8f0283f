"""The information coefficient: how well the order of a factor foretells that of returns."""

from typing import Final, Literal

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha.by_period import aggregated, keyed, without_mean
from rustybt.pipeline.alpha.cleaning import FactorData, check_groups
from rustybt.pipeline.alpha.inputs import forward
from rustybt.pipeline.alpha.significance import two_sided_p

Calendar = Literal["1w", "1mo", "1q", "1y"]
"""Weeks from Monday, months, quarters or years."""

_SPANS: Final = ("1w", "1mo", "1q", "1y")


def information_coefficient(
    data: FactorData, *, group_adjust: bool = False, by_group: bool = False
) -> pl.DataFrame:
    """Spearman's rank correlation of factor and forward returns, session by session.

    Ties have the mean of their ranks.

    Args:
        data: From `clean_factor`.
        group_adjust: Whether the mean of their session's group is taken off returns first.
        by_group: Whether each group of a session counts by itself.

    Returns:
        ``session, group, period, ic``, `group` only by group; null where it has fewer than two
        assets, or all have one factor or one return.

    Raises:
        InvalidArgument: The factor has no groups.
    """
    frame = data.frame
    if group_adjust:
        check_groups(frame, field="group_adjust")
        frame = without_mean(frame, data.periods, ["session", "group"])
    if by_group:
        check_groups(frame, field="by_group")
    keys = keyed(by_group=by_group)
    names = ["factor", *map(forward, data.periods)]
    ranks = frame.select(*keys, *(pl.col(name).rank().over(keys) for name in names))
    return aggregated(ranks, keys, data.periods, lambda returns: {"ic": pl.corr("factor", returns)})


def mean_information_coefficient(
    data: FactorData,
    *,
    by_time: Calendar | None = None,
    by_group: bool = False,
    group_adjust: bool = False,
) -> pl.DataFrame:
    """The mean of the sessions' information coefficients.

    Args:
        data: From `clean_factor`.
        by_time: Over which spans; None for all of it.
        by_group: Whether each group counts by itself.
        group_adjust: As in `information_coefficient`.

    Returns:
        ``session, group, period, ic``: `session` is the first day of the span and only there by
        time, `group` only by group.

    Raises:
        InvalidArgument: The factor has no groups, or the span is none.
    """
    if by_time is not None and by_time not in _SPANS:
        reason = f"give one of {', '.join(_SPANS)}"
        raise InvalidArgument(field="by_time", value=by_time, reason=reason)
    daily = information_coefficient(data, group_adjust=group_adjust, by_group=by_group)
    if by_time is not None:
        daily = daily.with_columns(pl.col("session").dt.truncate(by_time))
    keys = [*keyed(by_session=by_time is not None, by_group=by_group), "period"]
    return daily.group_by(keys).agg(pl.col("ic").mean()).sort(keys)


def information_coefficient_summary(coefficients: pl.DataFrame) -> pl.DataFrame:
    """What the sessions' information coefficients come to, per period (and group).

    `std` is that of a sample (n - 1); `ratio` is ``mean / std``, the risk-adjusted coefficient;
    `t` is ``mean / (std / sqrt(n))`` and `p` its two-sided probability with n - 1 degrees of
    freedom where sessions are independent. Those of a period of several sessions overlap, so that
    `t` is too large for them. `skew` and `kurtosis` are ``m3 / m2^1.5`` and ``m4 / m2^2 - 3`` of
    the central moments of the population (0 for a normal distribution).

    Args:
        coefficients: From `information_coefficient`.

    Returns:
        ``group, period, sessions, mean, std, ratio, t, p, skew, kurtosis``; `group` only where
        there is one. Sessions without a coefficient do not count; null where too few do.
    """
    keys = [*keyed(by_session=False, by_group="group" in coefficients.columns), "period"]
    ic, count = pl.col("ic"), pl.col("ic").count()
    ratio = ic.mean() / ic.std()
    figures = {
        "sessions": count.cast(pl.Int64),
        "mean": ic.mean(),
        "std": ic.std(),
        "ratio": ratio,
        "t": ratio * count.sqrt(),
        "skew": ic.skew(),
        "kurtosis": ic.kurtosis(),
    }
    table = coefficients.group_by(keys).agg(**figures).sort(keys)
    floats = [name for name in figures if name != "sessions"]
    known = table.with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in floats
    )
    return with_p(known, degrees=pl.col("sessions") - 1)


def with_p(table: pl.DataFrame, *, degrees: pl.Expr) -> pl.DataFrame:
    """A table with the column `p` behind `t`."""
    counts = table.select(degrees).to_series()
    chances = [two_sided_p(t, n) for t, n in zip(table["t"], counts, strict=True)]
    p = pl.Series("p", chances, pl.Float64)
    return table.insert_column(table.get_column_index("t") + 1, p)
