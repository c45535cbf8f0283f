"""Quantiles, bins, and what is left out of a factor and why. Edges are worked out by hand."""

from typing import Any

import polars as pl
import pytest
from alpha_frames import Row, factor, prices, session

from rustybt.errors import FactorLossExceeded, InvalidArgument
from rustybt.pipeline.alpha import (
    FactorData,
    clean_factor,
    clean_factor_and_forward_returns,
    forward_returns,
)

FLAT = [1.0, 1.0, 1.0]


def cut(values: Row, **options: Any) -> list[int | None]:
    """The quantiles of the values of one session, by sid."""
    given = factor({sid: [value] for sid, value in enumerate(values)})
    returns = forward_returns(prices(dict.fromkeys(range(len(values)), FLAT)), (1,))
    data = clean_factor(given, returns, max_loss=1, **options)
    found = dict(data.frame.select("sid", "quantile").iter_rows())
    return [found.get(sid) for sid in range(len(values))]


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        # ranks 1 + 4 x 1/2 = 3: the edge is 30, which belongs to the part below
        ([10, 20, 30, 40, 50], {"quantiles": 2}, [1, 1, 1, 2, 2]),
        # 1 + 5 x 1/3 = 2.67 and 1 + 5 x 2/3 = 4.33: 2 + 0.67 x 1 and 4 + 0.33 x 96
        ([1, 2, 3, 4, 100, 101], {"quantiles": 3}, [1, 1, 2, 2, 3, 3]),
        # 5 parts of 16 values: ranks 4, 7, 10, 13 are whole, where floats would miss 3 x 0.6
        (list(range(16)), {"quantiles": 5}, [1] * 4 + [2] * 3 + [3] * 3 + [4] * 3 + [5] * 3),
        # 5 by default
        ([5, 4, 3, 2, 1], {}, [5, 4, 3, 2, 1]),
        ([3, 1, 2], {"quantiles": 1}, [1, 1, 1]),
        # ties at an edge stay together: 1 + 5 x 1/2 = 3.5: between 2 and 2
        ([1, 2, 2, 2, 2, 9], {"quantiles": 2}, [1, 1, 1, 1, 1, 2]),
        # shares: ranks 1 + 10 x 0.1 = 2 and 1 + 10 x 0.9 = 10
        (list(range(11)), {"quantiles": (0, 0.1, 0.9, 1)}, [1, 1] + [2] * 8 + [3]),
        # shares that leave both ends out: edges 1 and 9; the lowest edge belongs to the first
        (list(range(11)), {"quantiles": (0.1, 0.5, 0.9)}, [None] + [1] * 5 + [2] * 4 + [None]),
        # widths: from 0 to 8 in 4 of 2 each
        ([0, 2, 2.5, 8], {"bins": 4}, [1, 1, 2, 4]),
        # values: above the edge below, up to the one above
        ([-2, -1, 0, 0.5, 3], {"bins": (-1, 0, 2)}, [None, None, 1, 2, None]),
        ([-2, 0, 3], {"bins": (float("-inf"), 0, float("inf"))}, [1, 1, 2]),
        # below zero by themselves: -4, -3 | -2; then 0, 1 | 5 (edges -3 and 1)
        ([-4, -3, -2, 0, 1, 5], {"quantiles": 4, "zero_aware": True}, [1, 1, 2, 3, 3, 4]),
        # widths of each half: -4 to -2 by 1, 0 to 5 by 2.5
        ([-4, -3, -2, 0, 1, 5], {"bins": 4, "zero_aware": True}, [1, 1, 2, 3, 3, 4]),
    ],
)
def test_parts(values: Row, options: dict[str, Any], expected: list[int | None]) -> None:
    assert cut(values, **options) == expected


def test_half_that_is_all_alike_is_left_out_by_itself() -> None:
    assert cut([-1, -1, 0, 3], quantiles=4, zero_aware=True) == [None, None, 3, 4]


def test_groups_are_cut_by_themselves() -> None:
    given = factor({sid: [value] for sid, value in enumerate([1, 2, 30, 40])})
    returns = forward_returns(prices(dict.fromkeys(range(4), FLAT)), (1,))
    groups = {0: "low", 1: "low", 2: "high", 3: "high"}
    data = clean_factor(given, returns, groups=groups, quantiles=2, by_group=True)
    assert data.frame["quantile"].to_list() == [1, 2, 1, 2]
    assert clean_factor(given, returns, quantiles=2).frame["quantile"].to_list() == [1, 1, 2, 2]


# Six sessions; returns of 1 and 2. Sid 1 is whole, 2 has gaps in its factor, 3 ended after
# session 2, 4 has no price in session 1, 5 has no group, 6 is all there is of the last sessions.
FACTOR = factor(
    {
        1: [1, 1, 1, 1, 1, 1],
        2: [2, None, float("nan"), float("inf"), 2, 2],
        3: [3, 3, 3],
        4: [4, 4, 4, 4],
        5: [5],
    }
)
PRICES = prices(
    {
        1: [1, 1, 1, 1, 1, 1],
        2: [1, 1, 1, 1, 1, 1],
        3: [1, 1, 1],
        4: [1, None, 1, 1, 1, 1],
        5: [1, 1, 1, 1, 1, 1],
    }
)
GROUPS = {1: "a", 2: "a", 3: "b", 4: "b"}


def account(data: FactorData) -> dict[str, int]:
    return {reason: rows for reason, rows, _ in data.account().iter_rows() if rows}


def test_every_row_that_is_left_out_has_its_reason() -> None:
    data = clean_factor_and_forward_returns(
        FACTOR, PRICES, periods=(1, 2), groups=GROUPS, quantiles=2, max_loss=1
    )
    reasons = {(at, sid): reason for at, sid, reason in data.dropped.iter_rows()}
    assert reasons == {
        (session(0), 5): "no_group",
        (session(1), 2): "no_factor",
        (session(2), 2): "no_factor",
        (session(3), 2): "no_factor",
        (session(1), 4): "no_price",
        # session 4 + 2 and 5 + 2 lie beyond the data, which end with session 5
        (session(4), 1): "data_ended",
        (session(4), 2): "data_ended",
        (session(5), 1): "data_ended",
        (session(5), 2): "data_ended",
        # sid 3 ended with session 2: 1 + 2 and 2 + 1 lie beyond
        (session(1), 3): "asset_ended",
        (session(2), 3): "asset_ended",
        # alone in its session: 1 value cannot be cut in two
        (session(1), 1): "no_quantile",
    }
    # 20 rows; kept: session 0 sids 1 to 4, session 2 and 3 sids 1 and 4
    assert account(data) == {
        "kept": 8, "no_factor": 3, "no_group": 1, "no_price": 1, "data_ended": 4,
        "asset_ended": 2, "no_quantile": 1,
    }  # fmt: skip
    assert data.account()["share"].sum() == pytest.approx(1)
    assert data.periods == (1, 2)
    assert data.frame.columns == [
        "session", "sid", "factor", "group", "quantile", "forward_1", "forward_2",
    ]  # fmt: skip


def test_a_return_that_is_missing_for_another_reason() -> None:
    unknown = pl.when(pl.col("session") != session(1)).then(pl.col("forward_1"))
    returns = forward_returns(PRICES, (1, 2)).with_columns(unknown.alias("forward_1"))
    data = clean_factor(FACTOR.filter(sid=1), returns, bins=(0, 5), max_loss=1)
    assert account(data) == {"kept": 3, "data_ended": 2, "no_return": 1}


def test_too_much_loss_is_an_error_that_accounts_for_it() -> None:
    with pytest.raises(FactorLossExceeded) as met:
        clean_factor_and_forward_returns(FACTOR, PRICES, periods=(1, 2), groups=GROUPS, quantiles=2)
    # 12 of 20 rows are more than 35 %
    assert met.value.given == 20
    assert sum(met.value.dropped.values()) == 12
    assert met.value.limit == 0.35
    assert "give prices beyond the factor's last session" in str(met.value)


def test_a_loss_up_to_the_limit_is_none() -> None:
    options = {"periods": (1, 2), "groups": GROUPS, "quantiles": 2}
    clean_factor_and_forward_returns(FACTOR, PRICES, max_loss=0.6, **options)  # type: ignore[arg-type]
    with pytest.raises(FactorLossExceeded):
        clean_factor_and_forward_returns(FACTOR, PRICES, max_loss=0.59, **options)  # type: ignore[arg-type]


def test_a_factor_of_few_values_has_equal_edges() -> None:
    given = factor({sid: [float(sid > 2)] for sid in range(10)})
    returns = forward_returns(prices(dict.fromkeys(range(10), FLAT)), (1,))
    with pytest.raises(FactorLossExceeded, match=r"'no_quantile': 10.*give fewer quantiles"):
        clean_factor(given, returns)
    # two values, one edge between them
    assert clean_factor(given, returns, bins=(-1, 0.5, 2)).frame["quantile"].to_list() == [
        1, 1, 1, 2, 2, 2, 2, 2, 2, 2,
    ]  # fmt: skip


def test_a_factor_without_any_row_left_is_an_error_whatever_the_limit() -> None:
    with pytest.raises(FactorLossExceeded):
        clean_factor_and_forward_returns(factor({1: [1]}), PRICES, periods=(9,), max_loss=1)


def test_groups_of_each_session() -> None:
    given = factor({1: [1, 1], 2: [2, 2]})
    groups = given.select("session", "sid", pl.Series("group", ["x", "y", "z", "z"]))
    returns = forward_returns(prices({1: FLAT, 2: FLAT}), (1,))
    expected = ["x", "z", "y", "z"]  # by session, then sid
    assert clean_factor(given, returns, groups=groups, quantiles=2).frame["group"].to_list() == (
        expected
    )
    beside = given.join(groups, on=["session", "sid"])
    assert clean_factor(beside, returns, quantiles=2).frame["group"].to_list() == expected
    table = pl.DataFrame({"sid": [1, 2], "group": ["x", "z"]})
    assert clean_factor(given, returns, groups=table, quantiles=2).frame["group"].to_list() == [
        "x", "z", "x", "z",
    ]  # fmt: skip


SMALL = factor({1: [1.0], 2: [2.0]})
RETURNS = forward_returns(prices({1: FLAT, 2: FLAT}), (1,))
TWICE = pl.DataFrame({"sid": [1, 1], "group": ["a", "b"]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"quantiles": 2, "bins": 2}, "bins was 2; give quantiles or bins, not both"),
        ({"quantiles": 0}, "quantiles was 0; give 1 or more"),
        ({"quantiles": (0, 0.5, 1.5)}, "quantiles was .*; give shares from 0 to 1"),
        ({"quantiles": (0.5,)}, "quantiles was .*; give two edges or more"),
        ({"bins": (1, 1, 2)}, "bins was .*; give two edges or more, each above"),
        ({"quantiles": 5, "zero_aware": True}, "quantiles was 5; with zero_aware give an even"),
        ({"bins": (0, 1), "zero_aware": True}, "bins was .*; with zero_aware"),
        ({"max_loss": 35}, "max_loss was 35; give a share from 0 to 1"),
        ({"by_group": True}, "by_group was True; the factor has no groups"),
        ({"groups": TWICE}, "groups.sid was 1; it has two groups"),
        ({"groups": TWICE.drop("sid")}, "groups was .*; give sid and group"),
    ],
)
def test_arguments_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        clean_factor(SMALL, RETURNS, **options)


def test_frames_that_cannot_be() -> None:
    with pytest.raises(InvalidArgument, match=r"returns was .*; give what forward_returns gives"):
        clean_factor(SMALL, RETURNS.drop("forward_1"))
    with pytest.raises(InvalidArgument, match=r"factor.factor was String; give numbers"):
        clean_factor(SMALL.cast({"factor": pl.String}), RETURNS)
    with pytest.raises(InvalidArgument, match=r"factor was 'no rows'"):
        clean_factor(SMALL.clear(), RETURNS)
    with pytest.raises(InvalidArgument, match=r"session 2021-03-01, sid 1 twice"):
        clean_factor(pl.concat([SMALL, SMALL]), RETURNS)
    with pytest.raises(
        InvalidArgument, match=r"factor.sid was '1 to 2, prices 8 to 9'; they have no"
    ):
        clean_factor(SMALL, RETURNS.with_columns(pl.col("sid") + 7))
    with pytest.raises(InvalidArgument, match=r"factor.session was '2021-03-01 to 2021-03-01, pri"):
        clean_factor(SMALL, RETURNS.with_columns(pl.col("session") + pl.duration(days=7)))
