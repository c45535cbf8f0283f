"""The summary of a run: its span, its money and its figures, as numbers and as a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.accelerators import REFERENCE_KERNEL
from rustybt.finance.accounts import COSTS
from rustybt.metrics.objectives import OBJECTIVES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from rich.table import Table

    from rustybt.finance.accounts import CostKind
    from rustybt.values import Value

_TABLE_WIDTH = 60
_EARNED = ("dividends", "fx_pnl")
_IF_ANY = frozenset({"rejected", *_EARNED})
_MONEY = frozenset({"starting_value", "ending_value", "gross_pnl", "pnl", *_EARNED, *COSTS})
_RATIOS = frozenset({"sharpe_ratio", "sortino_ratio", "calmar_ratio", "profit_factor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run in a page. Figures are fractions (0.1 is ten percent), None where not defined.

    ``print(summary)`` shows it as a table; :meth:`to_dict` gives its fields.

    Attributes:
        start: First session.
        end: Last session.
        sessions: Number of sessions.
        starting_value: Capital at the start.
        ending_value: Portfolio value at the last close.
        total_return: Growth over the whole run, less one.
        annual_return: Compound annual growth rate (252 sessions in a year).
        annual_volatility: Annualised standard deviation of the returns.
        sharpe_ratio: Annualised mean over deviation.
        sortino_ratio: Annualised mean over the deviation of the losses.
        calmar_ratio: Annual return over the depth of the largest drawdown.
        max_drawdown: The deepest fall below an earlier peak, negative.
        win_rate: Share of sessions with a gain among those with a gain or a loss.
        profit_factor: Sum of the gains over the sum of the losses, by session.
        orders: Number of orders.
        rejected: How many of the orders were rejected.
        transactions: Number of fills, auto-closes included.
        gross_pnl: Profit before costs, in the currency of the account as all money here.
        costs: What was paid by kind: commission, slippage, borrow, financing, conversion,
            withholding, funding. What was earned is negative.
        pnl: Profit: `gross_pnl` less all of `costs`, exactly.
        dividends: Dividends earned; part of the profit.
        fx_pnl: What of the profit comes from exchange rates alone.
        kernel: What computed it: "python", or an accelerator with its version.
    """

    start: date | None
    end: date | None
    sessions: int
    starting_value: Value
    ending_value: Value
    total_return: float | None
    annual_return: float | None
    annual_volatility: float | None
    sharpe_ratio: float | None
    sortino_ratio: float | None
    calmar_ratio: float | None
    max_drawdown: float | None
    win_rate: float | None
    profit_factor: float | None
    orders: int
    rejected: int
    transactions: int
    gross_pnl: Value
    costs: Mapping[CostKind, Value]
    pnl: Value
    dividends: Value
    fx_pnl: Value
    kernel: str = REFERENCE_KERNEL

    @property
    def commission(self) -> Value:
        """What all fills cost in commission."""
        return self.costs["commission"]

    def to_dict(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)

    def __rich__(self) -> Table:
        from rich.table import Table

        table = Table(title="Summary of the run", show_header=False, min_width=_TABLE_WIDTH // 2)
        table.add_column("figure", style="cyan", no_wrap=True)
        table.add_column("value", justify="right", no_wrap=True)
        for name, value in self._shown():
            table.add_row(name.replace("_", " "), _text(name, value))
        return table

    def _shown(self) -> Iterator[tuple[str, object]]:
        """The rows of the table; costs that were not met are left out, but for commission."""
        for name, value in self.to_dict().items():
            if name == "costs":
                paid = self.costs.items()
                yield from ((kind, cost) for kind, cost in paid if cost or kind == "commission")
            elif value or name not in _IF_ANY:
                yield name, value

    def __str__(self) -> str:
        from io import StringIO

        from rich.console import Console

        text = StringIO()
        Console(file=text, width=_TABLE_WIDTH, color_system=None).print(self)
        return text.getvalue().rstrip("\n")


def summarize(
    performance: pl.DataFrame,
    orders: pl.DataFrame,
    transactions: pl.DataFrame,
    *,
    capital_base: Value,
    kernel: str = REFERENCE_KERNEL,
) -> Summary:
    """The summary of a run's frames.

    Args:
        performance: A row per session.
        orders: A row per order.
        transactions: A row per fill.
        capital_base: Capital at the start.
        kernel: What computed it.
    """
    sessions = performance["session"].to_list()
    values = performance["portfolio_value"]
    returns = performance["returns"].cast(pl.Float64).to_numpy()
    return Summary(
        start=sessions[0] if sessions else None,
        end=sessions[-1] if sessions else None,
        sessions=len(sessions),
        starting_value=capital_base,
        ending_value=values[-1] if len(values) else capital_base,
        **{name: figure(returns) for name, figure in OBJECTIVES.items()},
        orders=len(orders),
        rejected=int((orders["status"] == "REJECTED").sum()),
        transactions=len(transactions),
        gross_pnl=performance["gross_pnl"].sum(),
        costs={kind: performance[kind].sum() for kind in COSTS},
        pnl=performance["pnl"].sum(),
        dividends=performance["dividends"].sum(),
        fx_pnl=performance["fx_pnl"].sum(),
        kernel=kernel,
    )


def _text(name: str, value: object) -> str:
    """A figure as the table shows it."""
    if value is None:
        return "-"
    if name in _MONEY:
        return f"{value:,.2f}"
    if name in _RATIOS:
        return f"{value:.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2%}" if name in OBJECTIVES else str(value)
