"""Laws of alpha research that hold on any market."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl
import pytest
from alpha_frames import factor, prices, session
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.errors import FactorLossExceeded
from rustybt.pipeline import alpha

GROUPS = ("a", "b")
VALUES = st.integers(-300, 300).map(lambda number: number / 16)
PRICES = st.integers(1, 400).map(lambda number: number / 8)


@st.composite
def markets(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, dict[int, str]]:
    """A factor, prices and groups: late starts, halts, ends, ties, missing values."""
    assets, sessions = draw(st.integers(2, 7)), draw(st.integers(3, 7))
    row = st.lists(st.none() | PRICES, min_size=sessions, max_size=sessions)
    paths, values = {}, {}
    for sid in range(assets):
        start, length = draw(st.integers(0, 2)), draw(st.integers(1, sessions))
        path = draw(row)
        paths[sid] = [
            price if start <= at < start + length else None for at, price in enumerate(path)
        ]
        kinds = st.one_of(VALUES, VALUES, VALUES, VALUES, st.sampled_from((None, float("nan"))))
        values[sid] = draw(st.lists(kinds, min_size=sessions, max_size=sessions))
    groups = {sid: draw(st.sampled_from(GROUPS)) for sid in range(assets)}
    paths[0] = draw(st.lists(PRICES, min_size=sessions, max_size=sessions))
    return factor(values), prices(paths).drop_nulls(), groups


def cleaned(
    market: tuple[pl.DataFrame, pl.DataFrame, dict[int, str]], **options: Any
) -> alpha.FactorData | None:
    """The clean factor; None where nothing is left of it."""
    values, market_prices, groups = market
    usual: dict[str, Any] = {
        "periods": (1, 2),
        "groups": groups,
        "bins": (-99, 0, 99),
        "max_loss": 1,
    }
    options = usual | options
    try:
        return alpha.clean_factor_and_forward_returns(values, market_prices, **options)
    except FactorLossExceeded:
        return None


@through_files
@given(markets(), st.integers(1, 3), st.sampled_from(("null", "last")))
def test_forward_returns_are_those_of_a_loop(market: Any, period: int, after_end: Any) -> None:
    _, frame, _ = market
    days = frame["session"].unique().sort().to_list()
    rows = {(at, sid): price for at, sid, price in frame.iter_rows()}
    returns = alpha.forward_returns(frame, (period,), after_end=after_end)
    for at, sid, price, found in returns.iter_rows():
        own = sorted(day for day, other in rows if other == sid)
        target = days.index(at) + period
        expected = None
        if target < len(days) and (days[target] <= own[-1] or after_end == "last"):
            newest = max(day for day in own if day <= days[target])
            expected = rows[newest, sid] / price - 1
        assert found == expected


@through_files
@given(markets())
def test_every_row_is_kept_or_accounted_for(market: Any) -> None:
    data = cleaned(market)
    if data is None:
        return
    both = pl.concat([data.frame.select("session", "sid"), data.dropped.select("session", "sid")])
    assert both.sort("session", "sid").equals(market[0].select("session", "sid").sort(pl.all()))
    assert data.frame.null_count().sum_horizontal().sum() == 0
    assert set(data.dropped["reason"]) <= set(alpha.REASONS)
    assert data.account()["rows"].sum() == len(market[0])


@given(st.lists(VALUES, min_size=1, max_size=40, unique=True), st.integers(1, 8))
def test_quantiles_of_different_values_are_of_equal_size(values: list[float], parts: int) -> None:
    given_factor = factor({sid: [value] for sid, value in enumerate(values)})
    returns = alpha.forward_returns(prices({sid: [1, 1] for sid in range(len(values))}), (1,))
    if len(values) == 1:
        return
    data = alpha.clean_factor(given_factor, returns, quantiles=parts)
    ordered = data.frame.sort("factor")["quantile"].to_list()
    sizes = [ordered.count(part) for part in range(1, parts + 1)]
    assert ordered == sorted(ordered)
    assert sum(sizes) == len(values)
    assert max(sizes) - min(sizes) <= 1


@given(st.lists(VALUES, min_size=2, max_size=30), st.integers(1, 6))
def test_quantiles_are_those_of_numpy(values: list[float], parts: int) -> None:
    # numpy.quantile is definition 7 as well; sixteenths leave no doubt about a value on an edge
    edges = np.quantile(values, [part / parts for part in range(parts + 1)])
    returns = alpha.forward_returns(prices({sid: [1, 1] for sid in range(len(values))}), (1,))
    given_factor = factor({sid: [value] for sid, value in enumerate(values)})
    if not (np.diff(edges) > 1e-9).all():
        return
    data = alpha.clean_factor(given_factor, returns, quantiles=parts)
    below = [int((value > edges[1:-1] + 1e-9).sum()) + 1 for value in values]
    assert data.frame["quantile"].to_list() == below


@through_files
@given(markets(), st.sampled_from((lambda x: 8 * x + 3, lambda x: x**3, lambda x: (x / 19).exp())))
def test_rank_coefficients_do_not_change_with_the_scale(
    market: Any, scale: Callable[[pl.Expr], pl.Expr]
) -> None:
    values, market_prices, groups = market
    other = (values.with_columns(scale(pl.col("factor"))), market_prices, groups)
    everything = {"bins": (float("-inf"), float("inf"))}
    one, two = cleaned(market, **everything), cleaned(other, **everything)
    if one is None or two is None:
        assert one is two
        return
    for options in ({}, {"by_group": True}, {"group_adjust": True}):
        first = alpha.information_coefficient(one, **options)
        assert first.equals(alpha.information_coefficient(two, **options))
    assert alpha.factor_rank_autocorrelation(one).equals(alpha.factor_rank_autocorrelation(two))


@through_files
@given(markets())
def test_coefficients_turn_with_the_factor_and_lie_within_one(market: Any) -> None:
    values, market_prices, groups = market
    turned = (values.with_columns(-pl.col("factor")), market_prices, groups)
    everything = {"bins": (float("-inf"), float("inf"))}
    one, two = cleaned(market, **everything), cleaned(turned, **everything)
    if one is None or two is None:
        return
    table = alpha.information_coefficient(one).join(
        alpha.information_coefficient(two), on=["session", "period"]
    )
    for _, _, left, right in table.iter_rows():
        assert (left is None) == (right is None)
        if left is not None:
            assert left == pytest.approx(-right, abs=1e-12)
            assert abs(left) <= 1 + 1e-12


@through_files
@given(markets())
def test_returns_less_their_mean_sum_to_zero(market: Any) -> None:
    data = cleaned(market)
    if data is None:
        return
    means = alpha.mean_return_by_quantile(data, by_date=True)
    totals = means.group_by("session", "period").agg((pl.col("mean") * pl.col("count")).sum())
    assert totals["mean"].to_list() == pytest.approx([0.0] * len(totals), abs=1e-8)
    neutral = alpha.mean_return_by_quantile(data, by_date=True, by_group=True, group_adjust=True)
    totals = neutral.group_by("session", "group", "period").agg(
        (pl.col("mean") * pl.col("count")).sum()
    )
    assert totals["mean"].to_list() == pytest.approx([0.0] * len(totals), abs=1e-8)


@through_files
@given(markets(), st.booleans(), st.booleans(), st.booleans())
def test_weights_have_leverage_one_and_demeaned_ones_no_net(
    market: Any, demeaned: bool, group_adjust: bool, equal_weight: bool
) -> None:
    data = cleaned(market)
    if data is None:
        return
    weights = alpha.factor_weights(
        data, demeaned=demeaned, group_adjust=group_adjust, equal_weight=equal_weight
    )
    assert weights.select("session", "sid").equals(data.frame.select("session", "sid"))
    for _, part in weights.group_by("session"):
        gross, net = part["weight"].abs().sum(), part["weight"].sum()
        assert gross == pytest.approx(1) or gross == 0
        if demeaned and not equal_weight:
            assert net == pytest.approx(0, abs=1e-9)


@through_files
@given(markets(), st.integers(1, 3))
def test_turnover_is_that_of_sets(market: Any, period: int) -> None:
    data = cleaned(market)
    if data is None:
        return
    members = {key: set(part["sid"]) for key, part in data.frame.group_by("session", "quantile")}
    days = data.frame["session"].unique().sort().to_list()
    for at, quantile, found in alpha.quantile_turnover(data, period=period).iter_rows():
        place = days.index(at) - period
        before = members.get((days[place], quantile)) if place >= 0 else None
        now = members[at, quantile]
        assert found == (None if before is None else pytest.approx(len(now - before) / len(now)))


@through_files
@given(markets(), st.integers(0, 2), st.integers(0, 2), st.booleans())
def test_returns_around_events_are_those_of_a_loop(
    market: Any, before: int, after: int, demeaned: bool
) -> None:
    data = cleaned(market)
    if data is None:
        return
    frame = market[1]
    days = frame["session"].unique().sort().to_list()
    rows: dict[tuple[Any, int], float] = {(at, sid): price for at, sid, price in frame.iter_rows()}

    def worth(sid: int, place: int) -> float | None:
        own = sorted(day for day, other in rows if other == sid)
        if not 0 <= place < len(days) or not own[0] <= days[place] <= own[-1]:
            return None
        return rows[max(day for day in own if day <= days[place]), sid]

    def mean(members: pl.DataFrame, at: Any, offset: int) -> float | None:
        here = days.index(at)
        found = [(worth(sid, here + offset), worth(sid, here)) for sid in members["sid"]]
        known = [late / now - 1 for late, now in found if late is not None and now is not None]
        return sum(known) / len(known) if known else None

    table = alpha.average_cumulative_return_by_quantile(
        data, frame, before=before, after=after, demeaned=demeaned
    )
    assert len(table) == data.frame["quantile"].n_unique() * (before + after + 1)
    for quantile, offset, found, _, sessions in table.iter_rows():
        daily = []
        for (at,), part in data.frame.group_by("session"):
            own = mean(part.filter(quantile=quantile), at, offset)
            rest = mean(part, at, offset) if demeaned else 0.0
            if own is not None and rest is not None:
                daily.append(own - rest)
        assert sessions == len(daily)
        assert found == (pytest.approx(sum(daily) / len(daily), abs=1e-9) if daily else None)


@through_files
@given(markets(), st.integers(0, 4))
def test_what_is_known_of_a_session_does_not_depend_on_later_prices(
    market: Any, known: int
) -> None:
    """A return of period n ends with session D + n: nothing after it counts."""
    _, frame, _ = market
    later = pl.col("session") > session(known)
    changed = frame.with_columns(pl.when(later).then(pl.col("close") * 7 + 1).otherwise("close"))
    one, two = alpha.forward_returns(frame, (1,)), alpha.forward_returns(changed, (1,))
    before = pl.col("session") < session(known)
    assert one.filter(before).equals(two.filter(before))


@through_files
@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_the_last_digit(market: Any, random: Any) -> None:
    values, market_prices, groups = market
    mixed = tuple(
        frame[random.sample(range(len(frame)), len(frame))] for frame in (values, market_prices)
    )
    one, two = cleaned(market), cleaned((*mixed, groups))
    if one is None or two is None:
        assert one is two
        return
    first, second = alpha.factor_tear_sheet(one), alpha.factor_tear_sheet(two)
    for field in fields(first):
        assert getattr(first, field.name).equals(getattr(second, field.name)), field.name
    around = [
        alpha.average_cumulative_return_by_quantile(data, prices, before=1, after=1)
        for data, prices in ((one, market_prices), (two, mixed[1]))
    ]
    assert around[0].equals(around[1])
