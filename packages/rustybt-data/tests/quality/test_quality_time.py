"""Layer 4 on tables written by hand. Hours are those that the exchanges publish."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from quality_bars import flat, found, minute_bars, minutes, rules_of, sessions, table

from rustybt_data.quality import QualityReport, RuleSet, check


def of(
    frame: pl.DataFrame, rules: RuleSet | None = None, *, resolution: str = "1d", **more: object
) -> QualityReport:
    calendar = more.pop("calendar", "XNYS")
    return check(frame, rules, calendar=calendar, resolution=resolution, **more)  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ---------------------------------------------------------------- order and duplicates


def test_order_duplicates_and_conflicts() -> None:
    frame = table("""
2023-01-03 AAA 10 10 10 10 1
2023-01-05 AAA 10 10 10 10 3
2023-01-04 AAA 10 10 10 10 2
2023-01-05 AAA 10 10 10 10 3
2023-01-05 AAA 10 10 10 10 4
2023-01-06 AAA 10 10 10 10 5
""")
    causal = of(frame)
    # 4 January comes too late to fill the gap before the 5th.
    assert causal.rows.sort("row").select("row", "rule", "outcome").rows() == [
        (1, "missing_sessions", "flag"),
        (2, "order", "flag"),
        (3, "duplicate", "quarantine"),
        (4, "conflict", "quarantine"),
    ]
    # In hindsight it fills it, and neither of the two bars of the 5th is trusted.
    hindsight = of(frame, hindsight=True)
    assert hindsight.rows.sort("row").select("row", "rule", "outcome").rows() == [
        (1, "conflict", "quarantine"),
        (2, "order", "flag"),
        (3, "duplicate", "quarantine"),
        (4, "conflict", "quarantine"),
    ]


def test_symbols_may_lie_between_each_other() -> None:
    frame = pl.concat([flat(["10", "11", "10"]), flat(["20", "21", "20"], symbol="BBB")])
    assert of(frame[[0, 3, 1, 4, 2, 5]]).is_clean
    late = of(frame[[0, 3, 2, 5, 1, 4]])
    assert sorted(late.rows.filter(pl.col("rule") == "order")["row"].to_list()) == [4, 5]


def test_labels_in_the_future() -> None:
    frame = flat(["10", "11", "10"])
    assert rules_of(of(frame, now="2023-01-04")) == [("2023-01-05", "future")]
    labels = minutes("2023-01-03")[:3]
    report = of(minute_bars(labels), resolution="1m", now=labels[1])
    assert rules_of(report) == [("2023-01-03 14:33:00", "future")]


# ---------------------------------------------------------------- sessions


def test_days_without_a_session() -> None:
    frame = table("""
2023-01-13 AAA 10 10 10 10 1
2023-01-14 AAA 10 10 10 10 1
2023-01-16 AAA 10 10 10 10 1
2023-01-17 AAA 10 10 10 10 2
""")  # a Saturday, and Martin Luther King's day
    assert found(of(frame)) == [
        ("2023-01-14", "outside_hours", "date", "2023-01-14", "quarantine"),
        ("2023-01-16", "outside_hours", "date", "2023-01-16", "quarantine"),
    ]


def test_missing_sessions_are_found_at_the_bar_after_them() -> None:
    frame = flat(["10", "11", "10", "11", "10", "11", "10"])  # 3 to 6 and 9 to 11 January
    report = of(frame[[0, 1, 5, 6]])  # without the 5th, 6th and 9th
    assert found(report) == [("2023-01-10", "missing_sessions", "date", "3", "flag")]
    assert report.rows["reason"].to_list() == ["no sound bar from 2023-01-05 to 2023-01-09"]
    rules = RuleSet.default().changed("missing_sessions", parameters={"least": 4})
    assert of(frame[[0, 1, 5, 6]], rules).is_clean


def test_weeks_and_months_are_labelled_by_their_last_session() -> None:
    # Good Friday was 7 April 2023: that week ended on the 6th.
    weeks = table("""
2023-03-31 AAA 10 10 10 10 1
2023-04-06 AAA 10 10 10 10 2
2023-04-13 AAA 10 10 10 10 3
2023-04-28 AAA 10 10 10 10 4
""")
    assert rules_of(of(weeks, resolution="1w")) == [
        ("2023-04-13", "off_grid"),
        ("2023-04-28", "missing_sessions"),
    ]
    months = table("""
2023-03-31 AAA 10 10 10 10 1
2023-04-28 AAA 10 10 10 10 2
2023-05-30 AAA 10 10 10 10 3
2023-06-30 AAA 10 10 10 10 4
""")
    assert rules_of(of(months, resolution="1mo")) == [
        ("2023-05-30", "off_grid"),
        ("2023-06-30", "missing_sessions"),
    ]


# ---------------------------------------------------------------- inside sessions


def test_a_whole_session_of_minutes_is_clean() -> None:
    for day, calendar in (("2023-01-03", "XNYS"), ("2023-11-24", "XNYS"), ("2023-01-05", "XHKG")):
        frame = minute_bars(minutes(day, calendar=calendar))
        assert of(frame, resolution="1m", calendar=calendar).is_clean


def test_bars_outside_hours_and_after_an_early_close() -> None:
    # New York trades 14:30 to 21:00 UTC in winter; on 24 November 2023 it closed at 18:00.
    labels = [
        at("2023-11-24T14:30:00"),  # the open is the end of a bar before it
        at("2023-11-24T14:31:00"),
        at("2023-11-24T18:00:00"),
        at("2023-11-24T18:01:00"),
        at("2023-11-24T21:00:00"),
        at("2023-11-27T21:00:00"),
        at("2023-11-27T21:01:00"),
    ]
    rules = RuleSet.default("equity", "1m").changed("missing_bars", outcome="off")
    report = of(minute_bars(labels), rules, resolution="1m")
    assert rules_of(report) == [
        ("2023-11-24 14:30:00", "outside_hours"),
        ("2023-11-24 18:01:00", "after_early_close"),
        ("2023-11-24 21:00:00", "after_early_close"),
        ("2023-11-27 21:01:00", "outside_hours"),
    ]


def test_without_the_rule_about_early_closes_they_are_outside_hours() -> None:
    rules = RuleSet.default("equity", "1m").changed("after_early_close", outcome="off")
    report = of(minute_bars([at("2023-11-24T18:01:00")]), rules, resolution="1m")
    assert rules_of(report) == [("2023-11-24 18:01:00", "outside_hours")]


def test_bars_in_a_break() -> None:
    # Hong Kong trades 9:30 to 12:00 and 13:00 to 16:00, eight hours ahead of UTC.
    labels = [
        at("2023-01-05T04:00:00"),
        at("2023-01-05T04:01:00"),
        at("2023-01-05T05:00:00"),
        at("2023-01-05T05:01:00"),
    ]
    report = of(minute_bars(labels), resolution="1m", calendar="XHKG")
    assert rules_of(report) == [
        ("2023-01-05 04:01:00", "in_break"),
        ("2023-01-05 05:00:00", "in_break"),
    ]


@pytest.mark.parametrize(
    ("resolution", "good", "bad"),
    [
        ("1m", "14:35:00", "14:35:30"),
        ("1h", "15:30:00", "15:45:00"),  # an hour after the open
        ("1h", "15:00:00", "15:01:00"),  # a whole hour of the clock
        ("1h", "21:00:00", "20:15:00"),  # the close
        ("5m", "14:35:00", "14:36:00"),
        ("100ms", "14:35:00.100", "14:35:00.050"),
    ],
)
def test_labels_at_which_no_bar_ends(resolution: str, good: str, bad: str) -> None:
    for time, expected in ((good, []), (bad, ["off_grid"])):
        frame = table(f"2023-01-03T{time} AAA 10 10 10 10 1")
        assert [rule for _, rule in rules_of(of(frame, resolution=resolution))] == expected


def test_runs_of_missing_minutes() -> None:
    labels = minutes("2023-01-03")
    # 29 missing are few, 30 are found; minute 60 is the 61st, of 15:31.
    few = of(minute_bars(labels[:31] + labels[60:]), resolution="1m")
    assert few.is_clean
    many = of(minute_bars(labels[:31] + labels[61:]), resolution="1m")
    assert found(many) == [("2023-01-03 15:32:00+00:00", "missing_bars", "timestamp", "30", "flag")]


def test_a_break_is_no_gap_and_missing_minutes_around_it_count() -> None:
    labels = minutes("2023-01-05", calendar="XHKG")  # 150 in the morning, 180 in the afternoon
    rules = RuleSet.default("equity", "1m").changed("missing_bars", parameters={"least": 5})
    frame = minute_bars(labels[:148] + labels[153:])  # without the last two and the first three
    report = of(frame, rules, resolution="1m", calendar="XHKG")
    assert found(report) == [
        ("2023-01-05 05:04:00+00:00", "missing_bars", "timestamp", "5", "flag")
    ]


def test_minutes_that_are_missing_after_the_open_count() -> None:
    labels = minutes("2023-01-03") + minutes("2023-01-04")[40:]
    report = of(minute_bars(labels), resolution="1m")
    assert found(report) == [
        ("2023-01-04 15:11:00+00:00", "missing_bars", "timestamp", "40", "flag")
    ]


def test_the_share_of_a_session_is_told_at_its_last_bar() -> None:
    days = ["2023-01-03", "2023-01-04", "2023-01-05", "2023-01-06"]
    rules = RuleSet.default("equity", "1m").changed("missing_bars", outcome="off")
    half = [minutes(day)[: 195 if day in days[:2] else 194] for day in days]
    labels = [label for day in half for label in day]
    report = of(minute_bars(labels), rules, resolution="1m")
    # Half of the 390 minutes is allowed, 196 missing are not; first and last are not judged.
    assert found(report) == [
        ("2023-01-05 17:44:00+00:00", "missing_share", "timestamp", "194", "flag")
    ]
    assert report.rows["reason"].to_list() == ["the session has 194 of 390 bars"]


def test_whole_sessions_of_minutes_are_missing() -> None:
    labels = minutes("2023-01-03") + minutes("2023-01-06")
    report = of(minute_bars(labels), resolution="1m")
    assert rules_of(report) == [("2023-01-06 14:31:00", "missing_sessions")]


def test_a_market_that_never_closes_misses_bars_at_any_time() -> None:
    first = at("2023-01-07T23:50:00")  # a Saturday
    labels = [first + timedelta(minutes=place) for place in range(30)]
    frame = minute_bars(labels, symbol="BTC/USDT")
    whole = of(frame, resolution="1m", calendar="24/7")
    assert whole.is_clean
    gap = of(frame.filter(~pl.int_range(pl.len()).is_between(13, 18)), resolution="1m",
             calendar="24/7")  # fmt: skip
    # 00:03 to 00:08 on Sunday are missing: six bars, and five are enough.
    assert found(gap) == [("2023-01-08 00:09:00+00:00", "missing_bars", "timestamp", "6", "flag")]


# ---------------------------------------------------------------- runs


def test_equal_bars_with_volume_are_stale() -> None:
    lines = [
        f"{day} AAA 10 11 9 10 {volume}"
        for day, volume in zip(sessions("2023-01-03", 8), (5, 7, 7, 7, 7, 8, 7, 7), strict=True)
    ]
    report = of(table("\n".join(lines)))
    # The third of four equal bars is that of 6 January; the two at the end are too few.
    assert found(report) == [("2023-01-06", "stale_bars", "close", "10", "flag")]


def test_equal_closes_with_volume_are_stale() -> None:
    closes = ["10"] * 9 + ["11"] + ["10"] * 10
    report = of(flat(closes))
    assert found(report) == [(str(sessions("2023-01-03", 20)[-1]), "stale_closes", "close", "10",
                              "flag")]  # fmt: skip


def test_runs_without_volume() -> None:
    volumes = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1)
    lines = [
        f"{day} AAA 10 10 10 10 {volume}"
        for day, volume in zip(sessions("2023-01-03", 13), volumes, strict=True)
    ]
    report = of(table("\n".join(lines)))
    # Four are too few; the fifth of the second run is the eleventh bar, of 18 January.
    assert found(report) == [("2023-01-18", "zero_volume", "volume", "0", "flag")]


def test_a_run_without_volume_may_begin_with_the_data() -> None:
    lines = [f"{day} AAA 10 10 10 10 0" for day in sessions("2023-01-03", 5)]
    assert rules_of(of(table("\n".join(lines)))) == [("2023-01-09", "zero_volume")]
