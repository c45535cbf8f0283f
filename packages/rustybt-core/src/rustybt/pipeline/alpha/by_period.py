"""Tables of several periods: computed a column each, handed out a row each."""

from collections.abc import Callable, Sequence

import polars as pl

from rustybt.pipeline.alpha.inputs import forward

Figures = Callable[[pl.Expr], dict[str, pl.Expr]]
"""What is computed of the column of a period, by name."""


def keyed(*, by_session: bool = True, quantile: bool = False, by_group: bool = False) -> list[str]:
    """Columns that name a row of a table, in their order."""
    chosen = {"session": by_session, "group": by_group, "quantile": quantile}
    return [name for name, wanted in chosen.items() if wanted]


def aggregated(
    frame: pl.DataFrame, keys: Sequence[str], periods: Sequence[int], figures: Figures
) -> pl.DataFrame:
    """``*keys, period, …``: figures of each period's column, by keys; NaN is null.

    Args:
        frame: With the keys and a column of returns per period.
        keys: By what.
        periods: Which.
        figures: What is computed of a column.
    """
    columns = {
        f"{period}:{name}": _known(figure)
        for period in periods
        for name, figure in figures(pl.col(forward(period))).items()
    }
    named = [figure.alias(name) for name, figure in columns.items()]
    wide = frame.group_by(keys).agg(named)
    names = list(figures(pl.lit(0.0)))
    return stacked(wide, keys, periods, names)


def stacked(
    wide: pl.DataFrame, keys: Sequence[str], periods: Sequence[int], names: Sequence[str]
) -> pl.DataFrame:
    """``*keys, period, *names`` from columns ``1:mean`` and so on, by keys and period."""
    parts = [
        wide.select(
            *keys,
            pl.lit(period, pl.Int64).alias("period"),
            *(pl.col(f"{period}:{name}").alias(name) for name in names),
        )
        for period in periods
    ]
    return pl.concat(parts).sort([*keys, "period"])


def _known(figure: pl.Expr) -> pl.Expr:
    return pl.when(figure.is_not_nan()).then(figure)


def without_mean(frame: pl.DataFrame, periods: Sequence[int], keys: Sequence[str]) -> pl.DataFrame:
    """Returns less their mean of the same keys."""
    columns = [pl.col(forward(period)) for period in periods]
    return frame.with_columns(column - column.mean().over(keys) for column in columns)
