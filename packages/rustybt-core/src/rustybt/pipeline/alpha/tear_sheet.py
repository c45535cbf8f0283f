"""All tables of a factor at once."""

from dataclasses import dataclass

import polars as pl

from rustybt.pipeline.alpha.cleaning import FactorData, check_groups
from rustybt.pipeline.alpha.coefficient import (
    information_coefficient,
    information_coefficient_summary,
)
from rustybt.pipeline.alpha.portfolio import (
    SESSIONS_PER_YEAR,
    cumulative_returns,
    factor_alpha_beta,
    factor_returns,
)
from rustybt.pipeline.alpha.quantile_returns import (
    mean_return_by_quantile,
    mean_return_spread,
    over_sessions,
    quantile_statistics,
)
from rustybt.pipeline.alpha.turnover import rank_autocorrelations, turnovers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TearSheet:
    """The tables of a factor, as the functions of their names give them.

    Attributes:
        account: How many rows were kept and dropped: `FactorData.account`.
        quantile_statistics: What values each quantile holds.
        mean_returns: The mean return of each quantile.
        mean_returns_by_session: The same session by session.
        spread: What the highest quantile earned more than the lowest, by session.
        quantile_growth: `cumulative_returns` of the quantiles.
        factor_returns: What the factor's portfolio earned, by session.
        factor_growth: `cumulative_returns` of that portfolio.
        alpha_beta: Its alpha and beta.
        coefficients: The information coefficient, by session.
        coefficient_summary: What it comes to.
        turnover: Who entered a quantile, by session and period.
        rank_autocorrelation: How far ranks stayed, by session and period.
    """

    account: pl.DataFrame
    quantile_statistics: pl.DataFrame
    mean_returns: pl.DataFrame
    mean_returns_by_session: pl.DataFrame
    spread: pl.DataFrame
    quantile_growth: pl.DataFrame
    factor_returns: pl.DataFrame
    factor_growth: pl.DataFrame
    alpha_beta: pl.DataFrame
    coefficients: pl.DataFrame
    coefficient_summary: pl.DataFrame
    turnover: pl.DataFrame
    rank_autocorrelation: pl.DataFrame


def factor_tear_sheet(
    data: FactorData,
    *,
    long_short: bool = True,
    group_neutral: bool = False,
    equal_weight: bool = False,
    sessions_per_year: int = SESSIONS_PER_YEAR,
) -> TearSheet:
    """All tables of a factor but those by group and around events.

    Args:
        data: From `clean_factor`.
        long_short: Whether the mean of all assets is taken off returns and off the factor.
        group_neutral: Whether that of each group is, in its place.
        equal_weight: Whether the portfolio holds its assets alike.
        sessions_per_year: For the annual alpha.

    Raises:
        InvalidArgument: The factor has no groups, or a year no sessions.
    """
    if group_neutral:
        check_groups(data.frame, field="group_neutral")
    means = mean_return_by_quantile(
        data, by_date=True, demeaned=long_short, group_adjust=group_neutral
    )
    earned = factor_returns(
        data, demeaned=long_short, group_adjust=group_neutral, equal_weight=equal_weight
    )
    coefficients = information_coefficient(data, group_adjust=group_neutral)
    return TearSheet(
        account=data.account(),
        quantile_statistics=quantile_statistics(data),
        mean_returns=over_sessions(means),
        mean_returns_by_session=means,
        spread=mean_return_spread(means),
        quantile_growth=cumulative_returns(means, column="mean"),
        factor_returns=earned,
        factor_growth=cumulative_returns(earned),
        alpha_beta=factor_alpha_beta(data, earned, sessions_per_year=sessions_per_year),
        coefficients=coefficients,
        coefficient_summary=information_coefficient_summary(coefficients),
        turnover=turnovers(data, data.periods),
        rank_autocorrelation=rank_autocorrelations(data, data.periods),
    )
