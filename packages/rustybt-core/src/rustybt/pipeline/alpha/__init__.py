"""Alpha research: what a factor foretells of returns, as Polars frames.

`clean_factor_and_forward_returns` puts a factor beside the returns that followed it; the other
functions take what it gives. A factor of session D is what was known before the open of D.
"""

from rustybt.pipeline.alpha.bundle_prices import Basis, prices_of_bundle
from rustybt.pipeline.alpha.cleaning import (
    REASONS,
    FactorData,
    clean_factor,
    clean_factor_and_forward_returns,
)
from rustybt.pipeline.alpha.coefficient import (
    information_coefficient,
    information_coefficient_summary,
    mean_information_coefficient,
)
from rustybt.pipeline.alpha.events import average_cumulative_return_by_quantile
from rustybt.pipeline.alpha.portfolio import (
    cumulative_returns,
    factor_alpha_beta,
    factor_returns,
    factor_weights,
)
from rustybt.pipeline.alpha.quantile_returns import (
    mean_return_by_quantile,
    mean_return_spread,
    quantile_statistics,
)
from rustybt.pipeline.alpha.returns import AfterEnd, Entry, forward_returns
from rustybt.pipeline.alpha.tear_sheet import TearSheet, factor_tear_sheet
from rustybt.pipeline.alpha.turnover import factor_rank_autocorrelation, quantile_turnover

__all__ = [
    "REASONS",
    "AfterEnd",
    "Basis",
    "Entry",
    "FactorData",
    "TearSheet",
    "average_cumulative_return_by_quantile",
    "clean_factor",
    "clean_factor_and_forward_returns",
    "cumulative_returns",
    "factor_alpha_beta",
    "factor_rank_autocorrelation",
    "factor_returns",
    "factor_tear_sheet",
    "factor_weights",
    "forward_returns",
    "information_coefficient",
    "information_coefficient_summary",
    "mean_information_coefficient",
    "mean_return_by_quantile",
    "mean_return_spread",
    "prices_of_bundle",
    "quantile_statistics",
    "quantile_turnover",
]
