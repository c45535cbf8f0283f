"""Bars that come one by one are judged as the frame that they make."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files
from quality_bars import PRICE, flat, minutes, random_walk, sessions, table

from rustybt.calendars import to_ns
from rustybt.errors import InvalidArgument
from rustybt.streams import Bar
from rustybt_data.quality import LiveChecker, RuleSet, check

SPLITS = {
    "splits": pl.DataFrame({"symbol": ["AAA"], "effective_date": ["2023-01-20"], "ratio": ["1/2"]})
}
QUICK = {
    "return_outlier": {"window": 12, "refresh": 4, "history": 6, "opening_window": 5,
                       "opening_history": 3},
    "volume_outlier": {"window": 10, "refresh": 3, "history": 5},
    "missing_bars": {"least": 2},
    "stale_closes": {"least": 3},
    "zero_volume": {"least": 2},
}  # fmt: skip
"""Rules that find something in a few dozen bars."""


def quick(resolution: str) -> RuleSet:
    rules = RuleSet.default("equity", resolution)
    for name, parameters in QUICK.items():
        rules = rules.changed(name, parameters=parameters)
    return rules


def key(finding: Any) -> tuple[str, ...]:
    names = ("symbol", "label", "rule", "column", "value", "reason", "outcome")
    return tuple(str(finding[name] if isinstance(finding, dict) else getattr(finding, name))
                 for name in names)  # fmt: skip


def batch(frame: pl.DataFrame, rules: RuleSet, **more: Any) -> list[tuple[str, ...]]:
    report = check(frame, rules, **more)
    return sorted(key(row) for row in report.rows.iter_rows(named=True))


def live(frame: pl.DataFrame, rules: RuleSet, **more: Any) -> list[tuple[str, ...]]:
    checker = LiveChecker(rules, **more)
    return sorted(
        key(finding)
        for bar in frame.iter_rows(named=True)
        for finding in checker.check(bar).findings
    )


prices = st.integers(9_000, 11_000) | st.sampled_from([0, -5, 5_000, 20_000, 20_010])
bodies = st.tuples(prices, st.integers(-1, 1), st.integers(-1, 1), st.integers(0, 400))


@st.composite
def daily_frames(draw: st.DrawFn) -> pl.DataFrame:
    days = sessions("2023-01-03", 60)
    steps = draw(st.lists(st.tuples(st.sampled_from([1, 1, 1, 1, 1, 2, 0, -1, 4]), bodies),
                          min_size=8, max_size=40))  # fmt: skip
    rows, place = [], 0
    for step, (close, up, down, volume) in steps:
        place = min(max(place + step, 0), len(days) - 1)
        rows.append((days[place], *bar(close, up, down), volume - 20))
    return framed(rows, "date", draw(st.sampled_from(["AAA", "AAA,BBB"])))


@st.composite
def minute_frames(draw: st.DrawFn) -> pl.DataFrame:
    labels = [
        label
        for day in ("2023-11-22", "2023-11-24", "2023-11-27", "2023-11-28", "2023-11-29")
        for label in [*minutes(day)[:4], *minutes(day)[-4:], minutes(day)[-1] + dt.timedelta(0, 60)]
    ]
    chosen = sorted(draw(st.sets(st.integers(0, len(labels) - 1), min_size=8)))
    shaped = draw(st.lists(bodies, min_size=len(chosen), max_size=len(chosen)))
    rows = [
        (labels[place], *bar(close, up, down), volume)
        for place, (close, up, down, volume) in zip(chosen, shaped, strict=True)
    ]
    return framed(rows, "timestamp", "AAA")


def bar(close: int, up: int, down: int) -> tuple[int, int, int, int]:
    return close, close + 30 * up, close - 30 * down, close + 10 * up


def framed(rows: list[tuple[Any, ...]], label: str, symbols: str) -> pl.DataFrame:
    names = symbols.split(",")
    bars = [
        (
            stamp,
            names[place % len(names)],
            *(Decimal(price).scaleb(-2) for price in numbers),
            volume,
        )
        for place, (stamp, *numbers, volume) in enumerate(rows)
    ]
    stamp = pl.Date() if label == "date" else pl.Datetime("ns", "UTC")
    schema = {label: stamp, "symbol": pl.String(),
              **dict.fromkeys(("open", "high", "low", "close", "volume"), PRICE)}  # fmt: skip
    return pl.DataFrame(bars, schema=schema, orient="row")


@through_files
@given(daily_frames())
def test_daily_bars_one_by_one_give_what_the_frame_gives(frame: pl.DataFrame) -> None:
    more: dict[str, Any] = {"calendar": "XNYS", "resolution": "1d", "actions": SPLITS}
    assert live(frame, quick("1d"), **more) == batch(frame, quick("1d"), **more)


@through_files
@given(minute_frames())
def test_minutes_one_by_one_give_what_the_frame_gives(frame: pl.DataFrame) -> None:
    more: dict[str, Any] = {"calendar": "XNYS", "resolution": "1m"}
    assert live(frame, quick("1m"), **more) == batch(frame, quick("1m"), **more)


@through_files
@given(daily_frames(), st.data())
def test_what_comes_later_changes_no_outcome(frame: pl.DataFrame, data: st.DataObject) -> None:
    """Findings of a bar itself, and those that it decides about earlier ones, stay."""
    more: dict[str, Any] = {"calendar": "XNYS", "resolution": "1d"}
    cut = data.draw(st.integers(1, frame.height))
    before, whole = batch(frame[:cut], quick("1d"), **more), batch(frame, quick("1d"), **more)
    assert not [finding for finding in before if finding not in whole]


def test_a_long_walk_with_real_windows_agrees() -> None:
    frame = random_walk(2, 700, seed=3, sigma=0.02)
    draws = np.random.default_rng(4)
    spoilt = frame.with_columns(
        close=pl.when(pl.Series(draws.random(frame.height) < 0.02))
        .then(pl.col("close") * 2)
        .otherwise(pl.col("close"))
        .cast(PRICE)
    ).with_columns(high=pl.max_horizontal("high", "close"))
    more: dict[str, Any] = {"calendar": "XNYS", "resolution": "1d"}
    rules = RuleSet.default()
    expected = batch(spoilt, rules, **more)
    assert len(expected) > 40
    assert live(spoilt, rules, **more) == expected


def test_the_outcome_is_that_of_the_bar() -> None:
    checker = LiveChecker(calendar="XNYS", resolution="1d")
    frame = flat([str(close) for close in [*[100, 101] * 15, 100, 150, 101]])
    outcomes = [checker.check(bar) for bar in frame.iter_rows(named=True)]
    assert [outcome.outcome for outcome in outcomes[:31]] == ["pass"] * 31
    assert outcomes[31].outcome == "quarantine"
    # The bar after the spike passes; what it decides is about the one before.
    assert outcomes[32].outcome == "pass"
    assert [(str(each.label), each.rule) for each in outcomes[32].findings] == [
        (str(frame["date"][31]), "spike")
    ]


def test_the_future_is_asked_bar_by_bar() -> None:
    checker = LiveChecker(calendar="XNYS", resolution="1m")
    label = minutes("2023-01-03")[1]
    bar = {"timestamp": label, "symbol": "AAA", **dict.fromkeys(("open", "high", "low", "close",
           "volume"), Decimal(1))}  # fmt: skip
    early = checker.check(bar, now=label - dt.timedelta(seconds=1))
    assert [(finding.rule, finding.outcome) for finding in early.findings] == [
        ("future", "quarantine")
    ]
    assert checker.check(bar, now=label).outcome == "pass"


def test_bars_of_streams_are_judged_as_rows_are() -> None:
    label = minutes("2023-01-03")[0]
    ten = Decimal(10)
    day = Bar(symbol="AAA", at=to_ns(minutes("2023-01-03")[-1]), session=dt.date(2023, 1, 3),
              open=ten, high=ten, low=ten, close=ten, volume=ten)  # fmt: skip
    assert LiveChecker(calendar="XNYS", resolution="1d").check(day) == ("pass", ())
    minute = replace(day, at=to_ns(label), low=Decimal(11))
    verdict = LiveChecker(calendar="XNYS", resolution="1m").check(minute)
    assert {finding.rule for finding in verdict.findings} == {"high_low", "low_body"}
    assert verdict.findings[0].label == label


def test_numbers_may_come_with_as_many_decimals_as_they_need() -> None:
    checker = LiveChecker(calendar="XNYS", resolution="1d")
    days = sessions("2023-01-03", 4)
    bars = [
        {"date": day, "symbol": "AAA", **dict.fromkeys(("open", "high", "low", "close"),
         Decimal(price)), "volume": Decimal("3e13")}
        for day, price in zip(days, ("10", "10.5", "10.55", "10.550"), strict=True)
    ]  # fmt: skip
    assert [checker.check(bar).outcome for bar in bars] == ["pass"] * 4
    again = checker.check(bars[-1] | {"close": Decimal("10.55000")})
    assert [finding.rule for finding in again.findings] == ["duplicate"]


@pytest.mark.parametrize(
    ("change", "rule", "column", "outcome"),
    [
        ({"close": None}, "nulls", "close", "quarantine"),
        ({"symbol": None}, "nulls", "symbol", "quarantine"),
        ({"symbol": ""}, "nulls", "symbol", "quarantine"),
        ({"date": None}, "nulls", "date", "quarantine"),
        ({"symbol": 3}, "types", "symbol", "fail"),
        ({"date": "2023-01-03"}, "types", "date", "fail"),
        ({"date": dt.datetime(2023, 1, 3, tzinfo=dt.UTC)}, "types", "date", "fail"),
        ({"close": 1.5}, "types", "close", "fail"),
        ({"close": True}, "types", "close", "fail"),
        ({"close": Decimal("nan")}, "types", "close", "fail"),
        ({"volume": Decimal("1e18")}, "digits", "volume", "quarantine"),
        ({"close": Decimal("1e-19")}, "digits", "close", "quarantine"),
        ({"close": Decimal("12345678901.123456789")}, "digits", "close", "quarantine"),
        ({"bid": Decimal(2), "ask": Decimal(1)}, "quotes", "bid", "flag"),
    ],
)
def test_a_bar_that_cannot_be_read_is_told(
    change: dict[str, Any], rule: str, column: str, outcome: str
) -> None:
    bar: dict[str, Any] = {
        "date": sessions("2023-01-03", 1)[0],
        "symbol": "AAA",
        **dict.fromkeys(("open", "high", "low", "close", "volume"), Decimal(1)),
    }
    verdict = LiveChecker(calendar="XNYS", resolution="1d").check(bar | change)
    assert [(each.rule, each.column) for each in verdict.findings] == [(rule, column)]
    assert verdict.outcome == outcome


def test_a_bar_without_columns_and_what_is_no_bar() -> None:
    checker = LiveChecker(calendar="XNYS", resolution="1d")
    verdict = checker.check({"symbol": "AAA"})
    assert {each.rule for each in verdict.findings} == {"columns"}
    assert verdict.outcome == "fail"
    with pytest.raises(InvalidArgument, match="give a row as a mapping"):
        checker.check(["AAA"])  # type: ignore[arg-type]


def test_floats_are_read_where_the_rules_let_them_pass() -> None:
    frame = table("2023-01-03 AAA 10 9 9.5 10 1").with_columns(pl.col("high").cast(pl.Float64))
    for outcome, expected in (("flag", {"types", "high_low", "high_body"}), ("fail", {"types"})):
        rules = RuleSet.default().changed("types", outcome=outcome)
        more: dict[str, Any] = {"calendar": "XNYS", "resolution": "1d"}
        verdict = LiveChecker(rules, **more).check(frame.row(0, named=True))
        assert {finding.rule for finding in verdict.findings} == expected
        assert set(check(frame, rules, **more).rows["rule"]) == expected


def test_decimals_are_limited_in_live_bars_as_in_frames() -> None:
    rules = RuleSet.default().changed("decimals", parameters={"price": 2, "volume": 0})
    frame = table("2023-01-03 AAA 10 11 9.005 10 1.5")
    verdict = LiveChecker(rules, calendar="XNYS", resolution="1d").check(frame.row(0, named=True))
    assert [(each.column, each.value) for each in verdict.findings] == [
        ("low", "9.005"),
        ("volume", "1.5"),
    ]
