"""Performance rows: one per session, from the snapshots that the ledger takes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rustybt.finance.accounts import COSTS
from rustybt.finance.snapshot import SessionSnapshot
from rustybt.values.columns import Columns, instants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rustybt.values import Arithmetic

_MONEY = (
    "starting_cash",
    "ending_cash",
    "starting_value",
    "ending_value",
    "starting_exposure",
    "ending_exposure",
    "long_value",
    "short_value",
    "long_exposure",
    "short_exposure",
    "capital_used",
    "pnl",
    "portfolio_value",
)
_EARNED = ("dividends", "fx_pnl")
LEDGER_ONLY = ("gross_pnl", *COSTS, *_EARNED)
"""The columns that Zipline does not have."""

_DERIVED = ("returns", "gross_leverage", "net_leverage")
_COUNTS = ("longs_count", "shorts_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What a metric computes from.

    Attributes:
        frame: The ledger's columns, a row per session: session (Date), period_open and
            period_close (UTC), the money columns, returns, leverage and counts.
        returns: The run's return of each session, Float64.
        benchmark_returns: The benchmark's return of each session, Float64; zeros without one.
    """

    frame: pl.DataFrame
    returns: NDArray[np.float64]
    benchmark_returns: NDArray[np.float64]


def performance_rows(
    snapshots: Sequence[SessionSnapshot],
    arithmetic: Arithmetic,
    benchmark_returns: NDArray[np.float64] | None = None,
) -> Performance:
    """The rows of a run.

    Args:
        snapshots: One per session, in order.
        arithmetic: The run's arithmetic, to which the kernel numbers in them belong.
        benchmark_returns: One per session; None means no benchmark: zeros.
    """
    frame = _ledger_columns(snapshots, Columns(arithmetic))
    if benchmark_returns is None:
        benchmark_returns = np.zeros(len(snapshots))
    assert len(benchmark_returns) == len(snapshots)
    return Performance(
        frame=frame,
        returns=frame["returns"].cast(pl.Float64).to_numpy(),
        benchmark_returns=np.asarray(benchmark_returns, dtype=np.float64),
    )


def _ledger_columns(snapshots: Sequence[SessionSnapshot], columns: Columns) -> pl.DataFrame:
    """The columns that come from the ledger as they are."""
    fields = SessionSnapshot._fields
    transposed = zip(*snapshots, strict=True) if snapshots else repeat((), len(fields))
    values: dict[str, Sequence[Any]] = dict(zip(fields, transposed, strict=False))
    costs: dict[str, list[Any]] = {
        kind: [of_session[kind] for of_session in values["costs"]] for kind in COSTS
    }
    gross = [pnl + sum(paid) for pnl, *paid in zip(values["pnl"], *costs.values(), strict=True)]
    money = columns.moneys(
        {
            **{name: values[name] for name in _MONEY},
            "gross_pnl": gross,
            **costs,
            **{name: values[name] for name in _EARNED},
        }
    )
    return pl.DataFrame(
        [
            pl.Series("session", values["session"], dtype=pl.Date),
            *(instants(name, values[name]) for name in ("period_open", "period_close")),
            *money[: len(_MONEY)],
            *(columns.derived(name, values[name]) for name in _DERIVED),
            *(pl.Series(name, values[name], dtype=pl.Int64) for name in _COUNTS),
            *money[len(_MONEY) :],
        ]
    )
