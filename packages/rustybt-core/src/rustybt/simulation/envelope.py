"""How much of a result hangs on how its orders were filled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from rustybt.metrics import Summary
    from rustybt.values import Value

Fills = Literal["optimistic", "expected", "pessimistic"]
FILLS: Final[tuple[Fills, ...]] = ("optimistic", "expected", "pessimistic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A run under one way of filling orders; figures are fractions, None where not defined.

    Attributes:
        fills: "optimistic": no slippage. "expected": by the models of the run. "pessimistic":
            at the worst price of the bar, or at the limit where that is better.
        ending_value: Portfolio value at the last close.
        total_return: Growth over the whole run, less one.
        annual_return: Compound annual growth rate.
        sharpe_ratio: Annualised mean over deviation.
        max_drawdown: The deepest fall below an earlier peak, negative.
        orders: Number of orders.
        transactions: Number of fills.
    """

    fills: Fills
    ending_value: Value
    total_return: float | None
    annual_return: float | None
    sharpe_ratio: float | None
    max_drawdown: float | None
    orders: int
    transactions: int

    @classmethod
    def of(cls, fills: Fills, summary: Summary) -> Outcome:
        """The outcome of a run that is summed up."""
        return cls(
            fills=fills,
            ending_value=summary.ending_value,
            total_return=summary.total_return,
            annual_return=summary.annual_return,
            sharpe_ratio=summary.sharpe_ratio,
            max_drawdown=summary.max_drawdown,
            orders=summary.orders,
            transactions=summary.transactions,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The same strategy under optimistic, expected and pessimistic fills.

    ``print(envelope)`` shows it as a table.

    Attributes:
        outcomes: One per way of filling, the optimistic one first.
        touch_decisions: How often in the expected run both sides of a group of orders lay inside
            one bar, so that the order of touch had to be assumed.
    """

    outcomes: tuple[Outcome, ...]
    touch_decisions: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcomes", tuple(self.outcomes))

    @classmethod
    def of(cls, runs: Mapping[Fills, Summary], *, touch_decisions: int) -> Envelope:
        """The envelope of three runs."""
        outcomes = tuple(Outcome.of(fills, runs[fills]) for fills in FILLS)
        return cls(outcomes=outcomes, touch_decisions=touch_decisions)

    def frame(self) -> pl.DataFrame:
        """A row per way of filling."""
        return pl.DataFrame([asdict(outcome) for outcome in self.outcomes])

    def __rich__(self) -> Table:
        from rich.table import Table

        caption = f"{self.touch_decisions:,} decisions hung on the order of touch within a bar"
        table = Table(title="Fill envelope", caption=caption)
        table.add_column("figure", style="cyan", no_wrap=True)
        for outcome in self.outcomes:
            table.add_column(outcome.fills, justify="right", no_wrap=True)
        for name in _SHOWN:
            cells = [_cell(name, getattr(outcome, name)) for outcome in self.outcomes]
            table.add_row(name.replace("_", " "), *cells)
        return table

    def __str__(self) -> str:
        from io import StringIO

        from rich.console import Console

        text = StringIO()
        Console(file=text, width=80, color_system=None).print(self)
        return text.getvalue().rstrip("\n")


_SHOWN = tuple(name for name in Outcome.__slots__ if name != "fills")


def _cell(name: str, value: Any) -> str:  # noqa: ANN401 - a figure of any kind
    if value is None:
        return "-"
    if name == "ending_value":
        return f"{value:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}" if name == "sharpe_ratio" else f"{value:.2%}"
