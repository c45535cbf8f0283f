"""How much a factor changes: who enters a quantile, and how far ranks stay what they were."""

from collections.abc import Sequence

import polars as pl

from rustybt.pipeline.alpha.cleaning import FactorData
from rustybt.pipeline.alpha.inputs import check_positive
from rustybt.pipeline.alpha.panel import Panel


def quantile_turnover(data: FactorData, *, period: int = 1) -> pl.DataFrame:
    """The share of a quantile's assets that were not in it some sessions before.

    Args:
        data: From `clean_factor`.
        period: How many sessions before, counted in those of `data`.

    Returns:
        ``session, quantile, turnover``; null where the quantile had no assets then.

    Raises:
        InvalidArgument: The period is not positive.
    """
    check_positive(period, field="period")
    return turnovers(data, [period]).drop("period")


def turnovers(data: FactorData, periods: Sequence[int]) -> pl.DataFrame:
    """``session, quantile, period, turnover``: `quantile_turnover` of several periods."""
    panel = Panel.of(data.frame, "quantile")
    tables = [_turnover(data, panel, period).with_columns(_column(period)) for period in periods]
    keys = ["session", "quantile", "period"]
    return pl.concat(tables).select(*keys, "turnover").sort(keys)


def _turnover(data: FactorData, panel: Panel, period: int) -> pl.DataFrame:
    before = panel.away(panel.places, "quantile", -period)
    entered = (pl.col("quantile") != before).fill_null(value=True)
    rows = data.frame.select("session", "quantile", panel.places["at"], entered.alias("entered"))
    table = rows.group_by("session", "quantile").agg(
        pl.col("at").first(), pl.col("entered").mean().alias("turnover")
    )
    earlier = table.select(pl.col("at") + period, "quantile", pl.lit(value=True).alias("known"))
    both = table.join(earlier, on=["at", "quantile"], how="left")
    share = pl.when(pl.col("known")).then(pl.col("turnover"))
    return both.select("session", "quantile", share.alias("turnover"))


def factor_rank_autocorrelation(data: FactorData, *, period: int = 1) -> pl.DataFrame:
    """The correlation of the ranks of a session's factor with those some sessions before.

    Ranks are those among all assets of the session, ties with the mean of theirs; assets count
    that are there in both sessions.

    Args:
        data: From `clean_factor`.
        period: How many sessions before, counted in those of `data`.

    Returns:
        ``session, autocorrelation``; null where fewer than two assets are there in both.

    Raises:
        InvalidArgument: The period is not positive.
    """
    check_positive(period, field="period")
    return rank_autocorrelations(data, [period]).drop("period")


def rank_autocorrelations(data: FactorData, periods: Sequence[int]) -> pl.DataFrame:
    """``session, period, autocorrelation``: `factor_rank_autocorrelation` of several periods."""
    ranks = data.frame.select("session", "sid", pl.col("factor").rank().over("session"))
    panel = Panel.of(ranks, "factor")
    tables = [_autocorrelation(ranks, panel, period) for period in periods]
    keys = ["session", "period"]
    return pl.concat(tables).select(*keys, "autocorrelation").sort(keys)


def _autocorrelation(ranks: pl.DataFrame, panel: Panel, period: int) -> pl.DataFrame:
    before = panel.away(panel.places, "factor", -period).alias("before")
    both = ranks.with_columns(before).filter(pl.col("before").is_not_null())
    correlation = pl.corr("factor", "before")
    table = both.group_by("session").agg(correlation.alias("autocorrelation"))
    known = table.with_columns(pl.col("autocorrelation").fill_nan(None))
    sessions = pl.DataFrame({"session": panel.sessions}).with_columns(_column(period))
    return sessions.join(known, on="session", how="left")


def _column(period: int) -> pl.Expr:
    return pl.lit(period, pl.Int64).alias("period")
