"""Our numbers are those that alphalens 0.5.1 has for the same factor and prices.

`make_alphalens_factor.py` recorded them in `alphalens_factor.json.gz`, to 12 digits: 17 assets in
three groups over 34 sessions, with factors that are equal or missing, and an asset whose prices end
early. Where we do otherwise on purpose the test says so: alphalens takes the last price of an asset
for ever, which here is `after_end="last"`, and halves the spread of two quantiles.
"""

import gzip
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rustybt.pipeline import alpha

RECORDED: dict[str, Any] = json.loads(
    gzip.decompress(Path(__file__).with_name("alphalens_factor.json.gz").read_bytes())
)
PERIODS = RECORDED["periods"]
CLOSE: dict[str, Any] = {"rel": 1e-9, "abs": 1e-11}

CUTS: dict[str, dict[str, Any]] = {
    "quantiles": {"quantiles": 4},
    "shares": {"quantiles": [0, 0.1, 0.5, 0.9, 1]},
    "inner": {"quantiles": [0.05, 0.5, 0.95]},
    "bins": {"bins": 4},
    "values": {"bins": [-1, -0.25, 0, 2]},
    "zero_aware": {"quantiles": 4, "zero_aware": True},
    "by_group": {"quantiles": 2, "by_group": True},
}

Table = dict[tuple[Any, ...], float | None]


def prices() -> pl.DataFrame:
    rows = [
        (date.fromisoformat(session), sid, price)
        for session, *row in RECORDED["prices"]
        for sid, price in enumerate(row)
        if price is not None
    ]
    return pl.DataFrame(rows, schema=["session", "sid", "price"], orient="row")


def factor() -> pl.DataFrame:
    rows = [(date.fromisoformat(session), sid, value) for session, sid, value in RECORDED["factor"]]
    schema = {"session": pl.Date, "sid": pl.Int64, "factor": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def cleaned(**options: Any) -> alpha.FactorData:
    groups = {int(sid): group for sid, group in RECORDED["groups"].items()}
    return alpha.clean_factor_and_forward_returns(
        factor(), prices(), periods=PERIODS, groups=groups, after_end="last", max_loss=1, **options
    )


DATA = cleaned(quantiles=4)


def plain(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def ours(frame: pl.DataFrame, keys: Iterable[str], value: str) -> Table:
    """The values of a frame by its keys."""
    columns = [*keys, value]
    return {tuple(map(plain, row[:-1])): row[-1] for row in frame.select(columns).iter_rows()}


def theirs(rows: list[list[Any]]) -> Table:
    """Values by the cells before them and the period."""
    return {
        (*row[: -len(PERIODS)], period): value
        for row in rows
        for period, value in zip(PERIODS, row[-len(PERIODS) :], strict=True)
    }


def agree(one: Table, other: Table) -> None:
    assert len(one) == len(other) > 0
    assert one == {key: near(value) for key, value in other.items()}


def near(value: float | None) -> object:
    return None if value is None else pytest.approx(value, **CLOSE)


def test_forward_returns_and_rows() -> None:
    frame = DATA.frame
    expected = {(row[0], row[1]): row[2:] for row in RECORDED["data"]}
    assert len(frame) == len(expected)
    for session, sid, value, group, quantile, *returns in frame.iter_rows():
        row = expected[session.isoformat(), sid]
        assert returns == pytest.approx(row[:3], **CLOSE)
        assert [value, group, quantile] == row[3:]


@pytest.mark.parametrize("name", CUTS)
def test_quantiles_and_bins(name: str) -> None:
    found = ours(cleaned(**CUTS[name]).frame, ["session", "sid"], "quantile")
    assert found == {(row[0], row[1]): row[2] for row in RECORDED["cuts"][name]}


@pytest.mark.parametrize(
    ("name", "options"),
    [("ic", {}), ("ic_adjusted", {"group_adjust": True}), ("ic_by_group", {"by_group": True})],
)
def test_information_coefficient(name: str, options: dict[str, bool]) -> None:
    keys = ["session", *(["group"] if name == "ic_by_group" else []), "period"]
    agree(ours(alpha.information_coefficient(DATA, **options), keys, "ic"), theirs(RECORDED[name]))


def test_mean_information_coefficient() -> None:
    whole = alpha.mean_information_coefficient(DATA)
    days = [int(label.removesuffix("D")) for label, _ in RECORDED["mean_ic"]]
    means = {(day,): value for day, (_, value) in zip(days, RECORDED["mean_ic"], strict=True)}
    agree(ours(whole, ["period"], "ic"), means)
    monthly = alpha.mean_information_coefficient(DATA, by_time="1mo")
    agree(ours(monthly, ["session", "period"], "ic"), theirs(RECORDED["mean_ic_by_month"]))
    grouped = alpha.mean_information_coefficient(DATA, by_group=True)
    agree(ours(grouped, ["group", "period"], "ic"), theirs(RECORDED["mean_ic_by_group"]))


def test_summary_of_the_information_coefficient() -> None:
    table = alpha.information_coefficient_summary(alpha.information_coefficient(DATA))
    names = ["mean", "std", "ratio", "t", "p", "skew", "kurtosis"]
    for row, (_, *figures) in zip(
        table.select(names).iter_rows(), RECORDED["ic_summary"], strict=True
    ):
        assert list(row) == pytest.approx(figures, **CLOSE)
    assert table["sessions"].to_list() == [29, 29, 29]


def test_statistics_of_quantiles() -> None:
    table = alpha.quantile_statistics(DATA)
    for row, (quantile, *figures) in zip(
        table.iter_rows(), RECORDED["quantile_statistics"], strict=True
    ):
        assert row[0] == quantile
        assert [*row[1:-1], row[-1] * 100] == pytest.approx(figures, **CLOSE)


@pytest.mark.parametrize(
    "case", RECORDED["quantile_returns"], ids=lambda case: str(case["options"])
)
def test_mean_return_by_quantile(case: dict[str, Any]) -> None:
    options = case["options"]
    table = alpha.mean_return_by_quantile(DATA, **options)
    keys = ["quantile"]
    if options["by_date"]:
        keys.append("session")
    if options["by_group"]:
        keys.append("group")
    agree(ours(table, [*keys, "period"], "mean"), theirs(case["mean"]))
    agree(ours(table, [*keys, "period"], "std_error"), theirs(case["error"]))


@pytest.mark.parametrize(
    "case",
    [case for case in RECORDED["quantile_returns"] if "spread" in case],
    ids=lambda case: str(case["options"]),
)
def test_spread_is_twice_theirs(case: dict[str, Any]) -> None:
    table = alpha.mean_return_spread(alpha.mean_return_by_quantile(DATA, **case["options"]))
    halves = table.with_columns(pl.col("spread", "std_error") / 2)
    agree(ours(halves, ["session", "period"], "spread"), theirs(case["spread"]))
    agree(ours(halves, ["session", "period"], "std_error"), theirs(case["joint"]))


@pytest.mark.parametrize("case", RECORDED["portfolios"], ids=lambda case: str(case["options"]))
def test_portfolio(case: dict[str, Any]) -> None:
    options = case["options"]
    weights = ours(alpha.factor_weights(DATA, **options), ["session", "sid"], "weight")
    agree(weights, {(row[0], row[1]): row[2] for row in case["weights"]})
    returns = alpha.factor_returns(DATA, **options)
    agree(ours(returns, ["session", "period"], "return"), theirs(case["returns"]))
    fitted = alpha.factor_alpha_beta(DATA, **options)
    (_, *alphas), (_, *betas) = case["alpha_beta"]
    assert fitted["annual_alpha"].to_list() == pytest.approx(alphas, rel=1e-7, abs=1e-9)
    assert fitted["beta"].to_list() == pytest.approx(betas, rel=1e-7, abs=1e-9)
    growth = alpha.cumulative_returns(returns).filter(period=1)
    agree(ours(growth, ["session"], "growth"), {(row[0],): row[1] for row in case["growth"]})


@pytest.mark.parametrize("period", PERIODS)
def test_turnover(period: int) -> None:
    table = alpha.quantile_turnover(DATA, period=period).drop_nulls()
    recorded = RECORDED["turnover"][str(period)]
    expected = {
        (session, quantile): value
        for quantile, rows in enumerate(recorded, start=1)
        for session, value in rows
        if value is not None
    }
    agree(ours(table, ["session", "quantile"], "turnover"), expected)


@pytest.mark.parametrize("period", PERIODS)
def test_rank_autocorrelation(period: int) -> None:
    table = alpha.factor_rank_autocorrelation(DATA, period=period)
    expected = {(row[0],): row[1] for row in RECORDED["autocorrelation"][str(period)]}
    agree(ours(table, ["session"], "autocorrelation"), expected)
