"""A portfolio that holds assets by their factor: weights, returns, alpha and beta, growth."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Final

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha.by_period import aggregated
from rustybt.pipeline.alpha.cleaning import FactorData, check_groups
from rustybt.pipeline.alpha.coefficient import with_p
from rustybt.pipeline.alpha.inputs import check_positive

SESSIONS_PER_YEAR: Final = 252


def factor_weights(
    data: FactorData,
    *,
    demeaned: bool = True,
    group_adjust: bool = False,
    equal_weight: bool = False,
) -> pl.DataFrame:
    """The share of a portfolio that each asset has: absolute weights of a session sum to 1.

    Weights are as the factor, or as its sign (``equal_weight``).

    Args:
        data: From `clean_factor`.
        demeaned: Whether the mean of the session is taken off the factor first, so that longs and
            shorts are as much worth; for equal weights the median, and both sides get one half.
        group_adjust: Whether each group of a session is weighted by itself, all of them alike.
        equal_weight: Whether only the sign counts.

    Returns:
        ``session, sid, weight`` by session and sid; 0 for all where they cannot be told apart.

    Raises:
        InvalidArgument: The factor has no groups.
    """
    frame = data.frame
    if group_adjust:
        check_groups(frame, field="group_adjust")
    keys = ["session", "group"] if group_adjust else ["session"]
    factor = pl.col("factor")
    if demeaned:
        # Rounding leaves a rest of equal values less their mean, which would become a weight.
        flat = factor.max().over(keys) == factor.min().over(keys)
        centre = (factor.median() if equal_weight else factor.mean()).over(keys)
        factor = pl.when(flat).then(0.0).otherwise(factor - centre)
    weighted = frame.select(*keys, "sid", factor.alias("weight"))
    if equal_weight:
        weighted = weighted.with_columns(_signs(keys, halves=demeaned))
    weighted = weighted.with_columns(_normalised(keys))
    if group_adjust:
        weighted = weighted.with_columns(_normalised(["session"]))
    return weighted.select("session", "sid", "weight")


def factor_returns(
    data: FactorData,
    *,
    demeaned: bool = True,
    group_adjust: bool = False,
    equal_weight: bool = False,
) -> pl.DataFrame:
    """What the portfolio of `factor_weights` earned from each session on.

    Args:
        data: From `clean_factor`.
        demeaned: As in `factor_weights`, and so are the others.
        group_adjust: Whether groups are weighted alike.
        equal_weight: Whether only the sign of the factor counts.

    Returns:
        ``session, period, return``: the sum of weight x forward return.

    Raises:
        InvalidArgument: The factor has no groups.
    """
    weights = factor_weights(
        data, demeaned=demeaned, group_adjust=group_adjust, equal_weight=equal_weight
    )
    # Both are in the order of `data.frame`.
    frame = data.frame.with_columns(weights["weight"])
    return aggregated(
        frame,
        ["session"],
        data.periods,
        lambda returns: {"return": (returns * pl.col("weight")).sum()},
    )


def factor_alpha_beta(
    data: FactorData,
    returns: pl.DataFrame | None = None,
    *,
    demeaned: bool = True,
    group_adjust: bool = False,
    equal_weight: bool = False,
    sessions_per_year: int = SESSIONS_PER_YEAR,
) -> pl.DataFrame:
    """What the factor's portfolio earned beyond the market: alpha, and beta to the market.

    Both are the ordinary least squares of its returns on the mean return of all assets of the
    session, ``return = alpha + beta x mean``. `annual_alpha` is
    ``(1 + alpha)^(sessions_per_year / period) - 1``; `t` is alpha over its standard error, with
    n - 2 degrees of freedom; returns of more than one session overlap, which makes it too large.

    Args:
        data: From `clean_factor`.
        returns: Those of `factor_returns`, or others of the same form; None to compute them.
        demeaned: As in `factor_weights`, and so are the next two.
        group_adjust: Whether groups are weighted alike.
        equal_weight: Whether only the sign of the factor counts.
        sessions_per_year: How many there are.

    Returns:
        ``period, sessions, alpha, annual_alpha, beta, std_error, t, p``; null where there are too
        few sessions, or the market never moves. `std_error` is that of alpha.

    Raises:
        InvalidArgument: The factor has no groups, or a year no sessions.
    """
    check_positive(sessions_per_year, field="sessions_per_year")
    if returns is None:
        returns = factor_returns(
            data, demeaned=demeaned, group_adjust=group_adjust, equal_weight=equal_weight
        )
    market = aggregated(data.frame, ["session"], data.periods, lambda each: {"market": each.mean()})
    both = returns.join(market, on=["session", "period"], maintain_order="left")
    both = both.drop_nulls(["return", "market"])
    fitted = both.group_by("period").agg(**_regression(pl.col("market"), pl.col("return")))
    years = sessions_per_year / pl.col("period")
    table = fitted.sort("period").select(
        "period",
        "sessions",
        "alpha",
        ((1 + pl.col("alpha")) ** years - 1).alias("annual_alpha"),
        "beta",
        "std_error",
        (pl.col("alpha") / pl.col("std_error")).alias("t"),
    )
    floats = pl.col(pl.Float64)
    known = table.with_columns(pl.when(floats.is_finite()).then(floats))
    return with_p(known, degrees=pl.col("sessions") - 2)


def cumulative_returns(returns: pl.DataFrame, *, column: str = "return") -> pl.DataFrame:
    """What one unit of money grew to, session by session of entry.

    Of period 1 it is the product of all ``1 + return`` so far. Returns of a longer period overlap:
    they are those of a portfolio of as many equal parts as the period has sessions, of which one
    is renewed in each session (Jegadeesh and Titman, *Returns to Buying Winners and Selling
    Losers*, 1993). A return counts in the row of the session where its holding begins.

    Args:
        returns: ``session, period`` and a return, from `factor_returns`,
            `mean_return_by_quantile` by date (column ``"mean"``) or `mean_return_spread`
            (``"spread"``); null earns nothing.
        column: The return's.

    Returns:
        The keys of `returns` (``session, group, quantile, period``) and `growth`.

    Raises:
        InvalidArgument: A column is missing.
    """
    absent = [name for name in ("session", "period", column) if name not in returns.columns]
    if absent:
        reason = f"it needs {', '.join(absent)}; means by quantile have a session by_date"
        raise InvalidArgument(field="returns", value=returns.columns, reason=reason)
    others = [name for name in ("group", "quantile") if name in returns.columns]
    number = pl.col("session").rank("dense").cast(pl.Int64) - 1
    numbered = returns.with_columns(number.alias("_at")).sort("session")
    grown = [
        _growth(part, column, others)
        for _, part in numbered.group_by("period", maintain_order=True)
    ]
    keys = ["session", *others, "period"]
    return pl.concat(grown).select(*keys, "growth").sort(keys)


def _growth(frame: pl.DataFrame, column: str, others: Sequence[str]) -> pl.DataFrame:
    """The growth of returns of one period: the mean of its parts."""
    period = int(frame["period"][0])
    earned = 1 + pl.col(column).fill_null(0.0)
    parts = [
        pl.when(pl.col("_at") % period == part).then(earned).otherwise(1.0).cum_prod()
        for part in range(period)
    ]
    grown = [part.over(others) for part in parts] if others else parts
    # Added from the first to the last: `mean_horizontal` adds in any order, and rounds as it comes.
    return frame.with_columns((reduce(add, grown) / period).alias("growth"))


def _signs(keys: list[str], *, halves: bool) -> pl.Expr:
    """The sign of each weight; over the number of those of the same sign, for two halves."""
    weight = pl.col("weight")
    sign = weight.sign()
    if not halves:
        return sign.alias("weight")
    longs, shorts = (weight > 0).sum().over(keys), (weight < 0).sum().over(keys)
    side = pl.when(weight > 0).then(longs).otherwise(shorts)
    return pl.when(weight != 0).then(sign / side).otherwise(0.0).alias("weight")


def _normalised(keys: list[str]) -> pl.Expr:
    total = pl.col("weight").abs().sum().over(keys)
    return pl.when(total > 0).then(pl.col("weight") / total).otherwise(0.0).alias("weight")


def _regression(x: pl.Expr, y: pl.Expr) -> dict[str, pl.Expr]:
    """Ordinary least squares of y on x and a constant; the standard error is the constant's."""
    count = x.len().cast(pl.Int64)
    across, along = x - x.mean(), y - y.mean()
    spread = (across**2).sum()
    beta = (across * along).sum() / spread
    rest = ((along - beta * across) ** 2).sum() / (count - 2)
    return {
        "sessions": count,
        "alpha": y.mean() - beta * x.mean(),
        "beta": beta,
        "std_error": (rest * (1 / count + x.mean() ** 2 / spread)).sqrt(),
    }
