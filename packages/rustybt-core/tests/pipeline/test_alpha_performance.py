"""What a factor is worth, on markets so small that each number is worked out by hand."""

from datetime import date
from math import sqrt
from typing import Any

import polars as pl
import pytest
from alpha_frames import Row, factor, prices, session

from rustybt.errors import InvalidArgument
from rustybt.pipeline import alpha


def study(
    values: dict[int, Row],
    returns: dict[int, Row],
    *,
    periods: tuple[int, ...] = (1,),
    **options: Any,
) -> alpha.FactorData:
    """A factor beside stated returns, the same for all periods."""
    frame = alpha.forward_returns(
        prices({sid: [1.0] * (len(row) + max(periods)) for sid, row in returns.items()}), periods
    )
    stated = prices(returns, column="stated")
    joined = frame.join(stated, on=["session", "sid"], how="left").with_columns(
        pl.col("stated").alias(f"forward_{period}") for period in periods
    )
    return alpha.clean_factor(factor(values), joined.drop("stated"), max_loss=1, **options)


def only(frame: pl.DataFrame, column: str) -> list[Any]:
    return frame[column].to_list()


# ------------------------------------------------------------------ information coefficient


def test_rank_correlation_with_ties() -> None:
    # ranks of the factor 1, 2, 3, 4; of returns 1.5, 1.5, 3, 4: means 2.5 both
    # sum of products: 1.5 x 1 + 0.5 x 1 + 0.5 x 0.5 + 1.5 x 1.5 = 4.5; squares 5 and 4.5
    data = study({1: [1], 2: [5], 3: [6], 4: [9]}, {1: [0], 2: [0], 3: [0.1], 4: [0.9]})
    assert only(alpha.information_coefficient(data), "ic") == [pytest.approx(4.5 / sqrt(5 * 4.5))]


def test_a_session_that_cannot_tell_has_no_coefficient() -> None:
    data = study({1: [1, 1], 2: [1, 2]}, {1: [0.1, 0.2], 2: [0.3, 0.2]}, bins=(0, 5))
    assert only(alpha.information_coefficient(data), "ic") == [None, None]
    summary = alpha.information_coefficient_summary(alpha.information_coefficient(data))
    assert summary.row(0, named=True) == {
        "period": 1, "sessions": 0, "mean": None, "std": None, "ratio": None, "t": None,
        "p": None, "skew": None, "kurtosis": None,
    }  # fmt: skip


def test_summary_of_three_sessions() -> None:
    days = [session(number) for number in range(3)]
    table = pl.DataFrame({"session": days, "period": [1, 1, 1], "ic": [0.1, 0.2, 0.6]})
    row = alpha.information_coefficient_summary(table).row(0, named=True)
    # mean 0.3; squares 0.04 + 0.01 + 0.09 = 0.14; std sqrt(0.07)
    assert row["mean"] == pytest.approx(0.3)
    assert row["std"] == pytest.approx(sqrt(0.07))
    assert row["ratio"] == pytest.approx(0.3 / sqrt(0.07))
    assert row["t"] == pytest.approx(0.3 / sqrt(0.07 / 3))
    # two degrees: 1 - t / sqrt(2 + t^2), t^2 = 0.09 x 3 / 0.07
    square = 0.27 / 0.07
    assert row["p"] == pytest.approx(1 - sqrt(square / (2 + square)))
    # m3 = (-0.008 - 0.001 + 0.027) / 3 = 0.006; m2 = 0.14 / 3; m4 = (16 + 1 + 81) / 3 x 1e-4
    assert row["skew"] == pytest.approx(0.006 / (0.14 / 3) ** 1.5)
    assert row["kurtosis"] == pytest.approx(98e-4 / 3 / (0.14 / 3) ** 2 - 3)


def test_group_adjusted_coefficient_compares_within_groups() -> None:
    values: dict[int, Row] = {1: [1], 2: [2], 3: [3], 4: [4]}
    returns: dict[int, Row] = {1: [2.0], 2: [2.75], 3: [0.25], 4: [0.75]}
    data = study(values, returns, groups={1: "b", 2: "b", 3: "a", 4: "a"})
    # ranks 3, 4, 1, 2 of returns: 1 - 6 x (4 + 4 + 4 + 4) / (4 x 15)
    assert only(alpha.information_coefficient(data), "ic") == [pytest.approx(-0.6)]
    # less 2.375 and 0.5: -0.375, 0.375, -0.25, 0.25, ranks 1, 4, 2, 3: 1 - 6 x (4 + 1 + 1) / 60
    adjusted = alpha.information_coefficient(data, group_adjust=True)
    assert only(adjusted, "ic") == [pytest.approx(0.4)]
    by_group = alpha.information_coefficient(data, by_group=True)
    assert [row[1:] for row in by_group.iter_rows()] == [
        ("a", 1, pytest.approx(1)), ("b", 1, pytest.approx(1)),
    ]  # fmt: skip


def test_mean_coefficient_of_a_month_is_labelled_by_its_first_day() -> None:
    rows: dict[int, Row] = {sid: [float(sid)] * 40 for sid in (1, 2, 3)}
    # right in all sessions of March (31), wrong from April on (9)
    returns: dict[int, Row] = {sid: [sid] * 31 + [-sid] * 9 for sid in (1, 2, 3)}
    monthly = alpha.mean_information_coefficient(study(rows, returns, quantiles=3), by_time="1mo")
    assert monthly.rows() == [
        (date(2021, 3, 1), 1, pytest.approx(1)), (date(2021, 4, 1), 1, pytest.approx(-1)),
    ]  # fmt: skip


# ------------------------------------------------------------------ quantiles


FOUR: dict[int, Row] = {1: [1, 1], 2: [2, 2], 3: [3, 3], 4: [4, 4]}
EARNED: dict[int, Row] = {1: [0.00, 0.02], 2: [0.02, 0.02], 3: [0.05, 0.00], 4: [0.09, 0.04]}


def test_mean_return_of_halves() -> None:
    data = study(FOUR, EARNED, quantiles=2)
    # session 0: 0.01 and 0.07; session 1: 0.02 and 0.02; std of 0, 0.02 is 0.02 / sqrt 2
    daily = alpha.mean_return_by_quantile(data, by_date=True, demeaned=False)
    assert only(daily, "mean") == pytest.approx([0.01, 0.07, 0.02, 0.02])
    assert only(daily, "std_error") == pytest.approx([0.01, 0.02, 0.0, 0.02])
    assert only(daily, "count") == [2, 2, 2, 2]
    # over sessions: (0.01 + 0.02) / 2 and (0.07 + 0.02) / 2; std 0.01 / sqrt 2, over sqrt 2
    whole = alpha.mean_return_by_quantile(data, demeaned=False)
    assert only(whole, "mean") == pytest.approx([0.015, 0.045])
    assert only(whole, "std_error") == pytest.approx([0.005, 0.025])
    assert only(whole, "count") == [2, 2]
    # less 0.04 in session 0 and 0.02 in session 1
    assert only(alpha.mean_return_by_quantile(data), "mean") == pytest.approx([-0.015, 0.015])


def test_spread_is_the_whole_difference() -> None:
    data = study(FOUR, EARNED, quantiles=2)
    table = alpha.mean_return_spread(alpha.mean_return_by_quantile(data, by_date=True))
    assert only(table, "spread") == pytest.approx([0.06, 0.0])
    assert only(table, "std_error") == pytest.approx([sqrt(0.0001 + 0.0004), 0.02])
    turned = alpha.mean_return_spread(alpha.mean_return_by_quantile(data), upper=1, lower=2)
    assert only(turned, "spread") == pytest.approx([-0.03])
    with pytest.raises(InvalidArgument, match=r"upper was 5; give one of 1, 2"):
        alpha.mean_return_spread(alpha.mean_return_by_quantile(data), upper=5)


# ------------------------------------------------------------------ portfolio


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # 1, 2, 3, 6 less 3: -2, -1, 0, 3 over 6
        ({}, [-2 / 6, -1 / 6, 0, 3 / 6]),
        # over 12
        ({"demeaned": False}, [1 / 12, 2 / 12, 3 / 12, 6 / 12]),
        # median 2.5: two below, two above, one half to each side
        ({"equal_weight": True}, [-0.25, -0.25, 0.25, 0.25]),
        ({"equal_weight": True, "demeaned": False}, [0.25] * 4),
        # groups 1, 2 less 1.5 and 3, 6 less 4.5: -1/2, 1/2 each, and one half to each group
        ({"group_adjust": True}, [-0.25, 0.25, -0.25, 0.25]),
        # 1/3, 2/3 and 1/3, 2/3, one half each
        ({"group_adjust": True, "demeaned": False}, [1 / 6, 2 / 6, 1 / 6, 2 / 6]),
    ],
)
def test_weights(options: dict[str, bool], expected: list[float]) -> None:
    data = study(
        {1: [1], 2: [2], 3: [3], 4: [6]},
        {1: [0.1], 2: [0.2], 3: [0.3], 4: [0.4]},
        groups={1: "a", 2: "a", 3: "b", 4: "b"},
    )
    assert only(alpha.factor_weights(data, **options), "weight") == pytest.approx(expected)
    earned = sum(weight * each for weight, each in zip(expected, (0.1, 0.2, 0.3, 0.4), strict=True))
    assert only(alpha.factor_returns(data, **options), "return") == [pytest.approx(earned)]


def test_values_that_are_all_alike_are_not_held() -> None:
    # the mean of three times 0.1 is not 0.1 in floats
    data = study({1: [0.1], 2: [0.1], 3: [0.1]}, {1: [1], 2: [2], 3: [4]}, bins=(0, 1))
    assert only(alpha.factor_weights(data), "weight") == [0, 0, 0]
    assert only(alpha.factor_returns(data), "return") == [0]


def test_alpha_and_beta_of_a_line() -> None:
    # market 0.00, 0.01, 0.02, 0.03; returns 0.001 + 2 x market, but 0.002 more and less at the
    # ends, and twice that in the middle the other way round, which leaves both as they are
    market = [0.00, 0.01, 0.02, 0.03]
    data = study({1: [1.0] * 4}, {1: market}, periods=(1, 2), bins=(0, 2))
    off = [0.002, -0.002, -0.002, 0.002]
    earned = [0.001 + 2 * each + rest for each, rest in zip(market, off, strict=True)]
    days = [session(number) for number in range(4)]
    returns = pl.concat(
        pl.DataFrame({"session": days, "period": [period] * 4, "return": earned})
        for period in (1, 2)
    )
    one, two = alpha.factor_alpha_beta(data, returns).iter_rows(named=True)
    assert one["beta"] == pytest.approx(2)
    assert one["alpha"] == pytest.approx(0.001)
    assert one["annual_alpha"] == pytest.approx(1.001**252 - 1)
    assert two["annual_alpha"] == pytest.approx(1.001**126 - 1)
    # rest: 4 x 0.002^2 / (4 - 2) = 8e-6; times 1/4 + 0.015^2 / 0.0005 = 0.7
    assert one["std_error"] == pytest.approx(sqrt(8e-6 * 0.7))
    assert one["t"] == pytest.approx(0.001 / sqrt(8e-6 * 0.7))
    # two degrees: 1 - t / sqrt(2 + t^2)
    t = one["t"]
    assert one["p"] == pytest.approx(1 - t / sqrt(2 + t * t))
    assert one["sessions"] == 4


def test_too_few_sessions_have_no_alpha() -> None:
    data = study({1: [1], 2: [2]}, {1: [0.1], 2: [0.2]}, quantiles=2)
    row = alpha.factor_alpha_beta(data).row(0, named=True)
    assert row["sessions"] == 1
    assert [row[name] for name in ("alpha", "beta", "std_error", "t", "p")] == [None] * 5
    with pytest.raises(InvalidArgument, match=r"sessions_per_year was 0"):
        alpha.factor_alpha_beta(data, sessions_per_year=0)


def test_growth_of_one_and_of_two_sessions() -> None:
    days = [session(number) for number in range(4)]
    earned = [0.1, 0.2, None, -0.5]
    returns = pl.concat(
        pl.DataFrame({"session": days, "period": [period] * 4, "return": earned})
        for period in (1, 2)
    )
    growth = alpha.cumulative_returns(returns)
    # 1.1, x 1.2, x 1, x 0.5
    assert only(growth.filter(period=1), "growth") == pytest.approx([1.1, 1.32, 1.32, 0.66])
    # two halves, one of sessions 0 and 2 (1.1, 1.1), one of 1 and 3 (1.2, 0.6)
    assert only(growth.filter(period=2), "growth") == pytest.approx([1.05, 1.15, 1.15, 0.85])


def test_growth_of_quantiles_is_told_apart() -> None:
    means = alpha.mean_return_by_quantile(
        study(FOUR, EARNED, quantiles=2), by_date=True, demeaned=False
    )
    growth = alpha.cumulative_returns(means, column="mean")
    assert only(growth.filter(quantile=1), "growth") == pytest.approx([1.01, 1.01 * 1.02])
    assert only(growth.filter(quantile=2), "growth") == pytest.approx([1.07, 1.07 * 1.02])
    with pytest.raises(InvalidArgument, match=r"it needs session; means by quantile"):
        alpha.cumulative_returns(means.drop("session"), column="mean")


# ------------------------------------------------------------------ turnover


def test_turnover_counts_who_was_not_there_before() -> None:
    # top halves: {3, 4}, {4, 1}, {3, 4}; bottom halves the others
    data = study(
        {1: [1, 4, 1], 2: [2, 2, 2], 3: [3, 1, 3], 4: [4, 3, 4]},
        {sid: [0, 0, 0] for sid in range(1, 5)},
        quantiles=2,
    )
    one = alpha.quantile_turnover(data)
    assert only(one.filter(quantile=2), "turnover") == [None, 0.5, 0.5]
    assert only(alpha.quantile_turnover(data, period=2), "turnover") == [None] * 4 + [0, 0]
    with pytest.raises(InvalidArgument, match=r"period was 0"):
        alpha.quantile_turnover(data, period=0)


def test_rank_autocorrelation_counts_who_is_in_both_sessions() -> None:
    # sid 3 is missing in session 1: ranks 1, 2, 3, 4 and 2, 1, -, 3: of those in both 1, 2, 4 and
    # 2, 1, 3: means 7/3 and 2, products -4/3 x 0 + -1/3 x -1 + 5/3 x 1 = 2, squares 14/3 and 2
    data = study(
        {1: [1, 2], 2: [2, 1], 3: [3, None], 4: [4, 9]},
        {sid: [0, 0] for sid in range(1, 5)},
        quantiles=1,
    )
    table = alpha.factor_rank_autocorrelation(data)
    assert only(table, "autocorrelation") == [None, pytest.approx(2 / sqrt(14 / 3 * 2))]


# ------------------------------------------------------------------ around events


def test_returns_around_a_session() -> None:
    # sid 1 (bottom) 10, 20, 30; sid 2 (top) 40, 20, 10: relative to session 1
    market = prices({1: [10, 20, 30, 30], 2: [40, 20, 10, 10]})
    given = factor({1: [None, 1], 2: [None, 2]}).drop_nulls()
    data = alpha.clean_factor_and_forward_returns(given, market, periods=(1,), quantiles=2)

    def around(**options: Any) -> dict[int, list[float]]:
        table = alpha.average_cumulative_return_by_quantile(
            data, market, before=1, after=1, **options
        )
        return {q: only(table.filter(quantile=q), "mean") for q in (1, 2)}

    # 10/20-1, 0, 30/20-1 and 40/20-1, 0, 10/20-1
    assert around(demeaned=False) == {1: [-0.5, 0, 0.5], 2: [1, 0, -0.5]}
    # less 0.25, 0, 0
    assert around() == {1: [-0.75, 0, 0.5], 2: [0.75, 0, -0.5]}


def test_deviation_around_events_is_that_of_sessions() -> None:
    # sid 1 alone: from session 0 10 -> 20 (+1), from session 1 20 -> 30 (+0.5)
    market = prices({1: [10, 20, 30]})
    data = alpha.clean_factor_and_forward_returns(
        factor({1: [1, 2]}), market, periods=(1,), bins=(0, 5)
    )
    table = alpha.average_cumulative_return_by_quantile(
        data, market, before=2, after=1, demeaned=False
    )
    assert table.rows() == [
        (1, -2, None, None, 0),
        (1, -1, pytest.approx(-0.5), None, 1),
        (1, 0, 0.0, 0.0, 2),
        (1, 1, pytest.approx(0.75), pytest.approx(sqrt(0.125)), 2),
    ]


def test_groups_around_events() -> None:
    market = prices({1: [10, 20, 30], 2: [10, 20, 40], 3: [10, 20, 10], 4: [10, 20, 20]})
    data = alpha.clean_factor_and_forward_returns(
        factor({sid: [None, sid] for sid in (1, 2, 3, 4)}).drop_nulls(),
        market,
        periods=(1,),
        groups={1: "a", 2: "a", 3: "b", 4: "b"},
        quantiles=2,
        by_group=True,
    )

    def after(**options: Any) -> list[Any]:
        table = alpha.average_cumulative_return_by_quantile(
            data, market, before=0, after=1, **options
        ).filter(offset=1)
        return only(table, "mean")

    # +0.5, +1 of a; -0.5, 0 of b; all of them 0.25 in the mean
    assert after(by_group=True) == pytest.approx([0.25, 0.75, -0.75, -0.25])
    # less 0.75 and -0.25: -0.25, 0.25 in both groups
    assert after(by_group=True, group_adjust=True) == pytest.approx([-0.25, 0.25] * 2)
    assert after(group_adjust=True) == pytest.approx([-0.25, 0.25])
    with pytest.raises(InvalidArgument, match=r"before was -1; give sessions, 0 or more"):
        alpha.average_cumulative_return_by_quantile(data, market, before=-1)


# ------------------------------------------------------------------ all at once


def test_tear_sheet_has_the_tables_of_its_functions() -> None:
    data = study(FOUR, EARNED, quantiles=2, periods=(1, 2), groups={1: "a", 2: "b", 3: "a", 4: "b"})
    sheet = alpha.factor_tear_sheet(data)
    assert sheet.mean_returns.equals(alpha.mean_return_by_quantile(data))
    assert sheet.coefficients.equals(alpha.information_coefficient(data))
    assert sheet.alpha_beta.equals(alpha.factor_alpha_beta(data))
    assert sheet.factor_growth.equals(alpha.cumulative_returns(alpha.factor_returns(data)))
    assert sheet.turnover.filter(period=1).drop("period").equals(alpha.quantile_turnover(data))
    assert sheet.turnover.columns == ["session", "quantile", "period", "turnover"]
    assert sheet.rank_autocorrelation.columns == ["session", "period", "autocorrelation"]
    neutral = alpha.factor_tear_sheet(data, group_neutral=True)
    assert neutral.mean_returns.equals(alpha.mean_return_by_quantile(data, group_adjust=True))


@pytest.mark.parametrize(
    ("function", "option"),
    [
        (alpha.information_coefficient, "group_adjust"),
        (alpha.information_coefficient, "by_group"),
        (alpha.mean_return_by_quantile, "by_group"),
        (alpha.mean_return_by_quantile, "group_adjust"),
        (alpha.factor_weights, "group_adjust"),
        (alpha.factor_tear_sheet, "group_neutral"),
    ],
)
def test_what_needs_groups_says_so(function: Any, option: str) -> None:
    data = study(FOUR, EARNED, quantiles=2)
    with pytest.raises(InvalidArgument, match=f"{option} was True; the factor has no groups"):
        function(data, **{option: True})


def test_a_span_that_is_none_is_named() -> None:
    with pytest.raises(InvalidArgument, match=r"by_time was 'M'; give one of 1w, 1mo, 1q, 1y"):
        alpha.mean_information_coefficient(study(FOUR, EARNED), by_time="M")  # type: ignore[arg-type]
