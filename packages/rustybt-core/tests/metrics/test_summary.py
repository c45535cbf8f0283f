"""The summary: its figures and its table."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from run_stubs import DECIMAL, snapshots

from rustybt.metrics import Summary, performance_rows, summarize


def summary(count: int = 3) -> Summary:
    return summarize(
        performance_rows(snapshots()[:count], DECIMAL).frame,
        pl.DataFrame({"id": ["1", "2"], "status": ["FILLED", "REJECTED"]}),
        pl.DataFrame({"commission": [Decimal("0.10"), Decimal("1.205")]}),
        capital_base=Decimal(1000),
    )


def test_figures() -> None:
    figures = summary()
    assert (figures.start, figures.end) == (date(2020, 6, 1), date(2020, 6, 3))
    assert (figures.sessions, figures.orders, figures.transactions) == (3, 2, 2)
    assert figures.rejected == 1
    assert (figures.starting_value, figures.ending_value) == (Decimal(1000), Decimal("1045.2375"))
    # three sessions of 0.5 commission and 0.225 profit after it, of which 0.05 dividends
    assert figures.commission == figures.costs["commission"] == Decimal("1.5")
    assert (figures.gross_pnl, figures.pnl) == (Decimal("2.175"), Decimal("0.675"))
    assert (figures.dividends, figures.fx_pnl) == (Decimal("0.15"), 0)
    assert sum(figures.costs.values()) == Decimal("1.5")
    assert figures.total_return == pytest.approx(0.0452375)
    assert figures.max_drawdown == pytest.approx(-0.05)
    assert figures.win_rate == 0.5
    assert figures.profit_factor == pytest.approx(2.005)


def test_a_run_without_sessions_has_its_capital() -> None:
    figures = summary(0)
    assert (figures.start, figures.end, figures.total_return) == (None, None, None)
    assert figures.ending_value == Decimal(1000)


def test_it_prints_as_a_table() -> None:
    lines = str(summary()).splitlines()
    shown = {
        cells[0].strip(): cells[1].strip() for line in lines if len(cells := _cells(line)) == 2
    }
    assert shown["start"] == "2020-06-01"
    assert shown["ending value"] == "1,045.24"
    assert shown["total return"] == "4.52%"
    assert shown["max drawdown"] == "-5.00%"
    assert shown["profit factor"] == "2.00"
    assert shown["gross pnl"] == "2.18"
    assert shown["commission"] == "1.50"
    assert shown["pnl"] == "0.68"
    assert shown["dividends"] == "0.15"
    assert not {"slippage", "borrow", "fx pnl"} & shown.keys()
    assert shown["kernel"] == "python"
    assert (shown["orders"], shown["rejected"]) == ("2", "1")
    assert all(len(line) <= 60 for line in lines)


def test_counts_are_grouped_by_thousands() -> None:
    text = str(replace(summary(), sessions=12_345, orders=1_000, transactions=1_234_567))
    for count in ("12,345", "1,000", "1,234,567"):
        assert f" {count} " in text


def _cells(line: str) -> list[str]:
    return line.strip("│").split("│")


def test_an_undefined_figure_is_a_dash() -> None:
    assert "sharpe ratio" in str(summary(1))
    assert summary(1).sharpe_ratio is None
    line = next(line for line in str(summary(1)).splitlines() if "sharpe" in line)
    assert _cells(line)[1].strip() == "-"


def test_its_fields_as_a_dict() -> None:
    assert summary().to_dict()["ending_value"] == Decimal("1045.2375")


def test_costs_are_shown_where_there_were_any() -> None:
    costs = {**summary().costs, "borrow": Decimal("2.5"), "funding": Decimal("-1.25")}
    text = str(replace(summary(), costs=costs))
    shown = [_cells(line) for line in text.splitlines()]
    assert ["borrow", "2.50"] in [[cell.strip() for cell in cells] for cells in shown]
    assert ["funding", "-1.25"] in [[cell.strip() for cell in cells] for cells in shown]
