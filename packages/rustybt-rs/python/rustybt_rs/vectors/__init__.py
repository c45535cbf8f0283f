"""Statistics of Decimal columns: exact where the mathematics is finite, else rounded once.

Columns are Polars series of Decimals, or anything else of Arrow's that holds Decimals or Int64
(whole numbers; coefficients at a scale become Decimals by :func:`decimals`). Of a Polars series a
function that gives a column gives a series of the same name, ready for ``frame.with_columns`` and
``pl.Expr.map_batches``; of anything else a :class:`rustybt_rs.Column`. Columns that come back are
``Decimal(38, scale)``; numbers are Python Decimals, or None where there is nothing to compute.

Nulls are treated as Polars does: aggregates pass over them, cumulative functions leave them null
and go on behind them, a window counts what is there and is null where that is less than
`min_periods` (all of the window unless it is said). Functions of two columns pass over rows in
which either is null.

What cannot be exact is rounded once, half even, at `scale`: 18 digits or those of the column,
whichever is more, unless it is said. Variances come from exact whole sums, square roots from
whole numbers; no float has a part in them. A result of more than 38 digits raises
:class:`rustybt_rs.NumberTooLargeError` with the function and the column; a smaller scale helps
where the result is rounded anyway.
"""

from rustybt_rs.vectors._aggregates import (
    Interpolation,
    correlation,
    covariance,
    dot,
    maximum,
    mean,
    median,
    minimum,
    quantile,
    standard_deviation,
    sum,  # noqa: A004 - the name it has everywhere
    variance,
)
from rustybt_rs.vectors._columns import coefficients, decimals
from rustybt_rs.vectors._cumulative import (
    cumulative_maximum,
    cumulative_minimum,
    cumulative_product,
    cumulative_sum,
    difference,
    ewm_mean,
    percentage_change,
)
from rustybt_rs.vectors._elementwise import divide, multiply, round  # noqa: A004 - as above
from rustybt_rs.vectors._numbers import Ratio
from rustybt_rs.vectors._rolling import (
    rolling_correlation,
    rolling_covariance,
    rolling_maximum,
    rolling_mean,
    rolling_median,
    rolling_minimum,
    rolling_quantile,
    rolling_standard_deviation,
    rolling_sum,
    rolling_variance,
    rolling_zscore,
)

__all__ = [
    "Interpolation",
    "Ratio",
    "coefficients",
    "correlation",
    "covariance",
    "cumulative_maximum",
    "cumulative_minimum",
    "cumulative_product",
    "cumulative_sum",
    "decimals",
    "difference",
    "divide",
    "dot",
    "ewm_mean",
    "maximum",
    "mean",
    "median",
    "minimum",
    "multiply",
    "percentage_change",
    "quantile",
    "rolling_correlation",
    "rolling_covariance",
    "rolling_maximum",
    "rolling_mean",
    "rolling_median",
    "rolling_minimum",
    "rolling_quantile",
    "rolling_standard_deviation",
    "rolling_sum",
    "rolling_variance",
    "rolling_zscore",
    "round",
    "standard_deviation",
    "sum",
    "variance",
]
