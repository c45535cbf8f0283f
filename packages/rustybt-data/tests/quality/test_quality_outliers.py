"""Layer 3, with numbers worked out by hand.

The series go up and down by a cent of a dollar: their moves, in shares of the smaller price, are
+0.01 and -0.01 in turn. Of 30 such moves the lower median is -0.01; 15 lie 0 from it and 15 lie
0.02, so the median of the distances is 0, and their 90th percentile 0.02. The spread is
0.02 / 1.644854 = 0.0121591. A move m is (m + 0.01) / 0.0121591 standard deviations from the median.
"""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
import pytest
from quality_bars import flat, found, minute_bars, minutes, rules_of, sessions, table

from rustybt.calendars import to_day
from rustybt.data.adjustments import Adjustments, Split, StockDividend
from rustybt.errors import InvalidArgument
from rustybt.values import Ratio
from rustybt_data.quality import QualityReport, RuleSet, check

CALM = [100, 101] * 15 + [100]  # 31 closes, 30 moves; the last one is 100
DAYS = [str(day) for day in sessions("2023-01-03", 60)]
FIRST = DAYS[31]
RULES = RuleSet.default().changed("stale_closes", outcome="off")


def of(closes: Sequence[object], **more: object) -> QualityReport:
    frame = flat([str(close) for close in [*CALM, *closes]])
    return check(frame, RULES, calendar="XNYS", resolution="1d", **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- how far is far


@pytest.mark.parametrize(
    ("close", "deviations", "outcome"),
    [
        ("102.99", "", ""),  # 0.0299 is less than the least move of 0.03
        ("104", "4.1", "flag"),  # (0.04 + 0.01) / 0.0121591 = 4.112
        ("105.07", "5.0", "flag"),  # 0.0607 / 0.0121591 = 4.992
        ("105.08", "5.0", "quarantine"),  # 0.0608 / 0.0121591 = 5.0004
        ("106", "5.8", "quarantine"),  # 5.757
        ("96", "", ""),  # -4/96 = -0.041667: -0.031667 / 0.0121591 = -2.604
        ("95.5", "3.1", "flag"),  # -4.5/95.5 = -0.047120: -3.053
        ("93", "5.4", "quarantine"),  # -7/93 = -0.075269: -5.368
        ("50", "81.4", "quarantine"),  # -50/50 = -1: -0.99 / 0.0121591 = -81.42
        ("200", "83.1", "quarantine"),  # +1: 1.01 / 0.0121591 = 83.07
    ],
)
def test_a_move_is_judged_by_those_before_it(close: str, deviations: str, outcome: str) -> None:
    report = of([close])
    if not outcome:
        assert report.is_clean
        return
    assert found(report) == [(FIRST, "return_outlier", "close", close, outcome)]
    assert report.rows["reason"].to_list() == [
        f"the price moved from 100 by {deviations} robust standard deviations"
    ]


def test_nothing_is_judged_before_there_is_history() -> None:
    early = flat([str(close) for close in [*CALM[:30], 200]])
    assert check(early, RULES, calendar="XNYS", resolution="1d").is_clean


def test_in_hindsight_early_bars_are_judged_as_well() -> None:
    closes = [*CALM[:5], 150, *CALM[1:]]
    frame = flat([str(close) for close in closes])
    report = check(frame, RULES, calendar="XNYS", resolution="1d", hindsight=True)
    assert rules_of(report) == [(DAYS[5], "spike")]


def test_a_gap_in_time_widens_what_is_usual() -> None:
    # Four sessions later: 0.06 / 2 = 0.03; (0.03 + 0.01) / 0.0121591 = 3.29: flagged only.
    frame = flat([str(close) for close in [*CALM, 103, 104, 105, 106]])
    report = check(frame.filter(~pl.int_range(pl.len()).is_between(31, 33)), RULES,
                   calendar="XNYS", resolution="1d")  # fmt: skip
    assert found(report) == [
        (DAYS[34], "return_outlier", "close", "106", "flag"),
        (DAYS[34], "missing_sessions", "date", "3", "flag"),
    ]


# ---------------------------------------------------------------- spikes and shifts


def test_a_spike_is_told_when_it_has_gone_back() -> None:
    report = of([150, 101, 100, 101])
    assert found(report) == [
        (FIRST, "return_outlier", "close", "150", "quarantine"),
        (FIRST, "spike", "close", "150", "quarantine"),
    ]
    hindsight = of([150, 101, 100, 101], hindsight=True)
    assert found(hindsight) == [(FIRST, "spike", "close", "150", "quarantine")]


def test_a_spike_of_several_bars_is_found_whole() -> None:
    report = of([150, 151, 101, 100], hindsight=True)
    assert found(report) == [
        (FIRST, "spike", "close", "150", "quarantine"),
        (DAYS[32], "spike", "close", "151", "quarantine"),
    ]


def test_a_jump_that_stays_is_a_level_shift() -> None:
    report = of([115, 116, 115, 116, 115])
    assert found(report) == [
        (FIRST, "level_shift", "close", "115", "flag"),
        (FIRST, "return_outlier", "close", "115", "quarantine"),
    ]
    # 0.16 / 0.0121591 = 13.16
    assert report.rows["reason"].to_list() == [
        "the price moved from 100 by 13.2 robust standard deviations and stayed",
        "the price moved from 100 by 13.2 robust standard deviations",
    ]
    hindsight = of([115, 116, 115, 116, 115], hindsight=True)
    assert found(hindsight) == [(FIRST, "level_shift", "close", "115", "flag")]
    assert hindsight.rows["reason"].to_list() == [
        # Of all 35 moves the lower median is 1/115 = 0.0086957; 15 lie 0.0186957 from it, two
        # 0.0173913, which is the 18th of the distances: 0.0173913 / 0.67449 = 0.025784, more than
        # before. (0.15 + 0.01) / 0.025784 = 6.205.
        "the price moved from 100 by 6.2 robust standard deviations and stayed"
    ]


def test_a_jump_on_the_last_bar_stays_undecided() -> None:
    for more in ([150], [150, 151], [150, 151, 150]):
        report = of(more, hindsight=True)
        assert found(report) == [(FIRST, "return_outlier", "close", "150", "quarantine")]


def test_a_smaller_jump_that_stays_is_flagged_as_a_move() -> None:
    report = of([104, 105, 104, 105], hindsight=True)
    assert found(report) == [(FIRST, "return_outlier", "close", "104", "flag")]


# ---------------------------------------------------------------- splits


@pytest.mark.parametrize(
    ("closes", "ratio"),
    [
        ([50, "50.5", 50, "50.5"], "1/2"),
        (["33.4", "33.7", "33.4", "33.7"], "1/3"),
        (["66.7", "67.4", "66.7", "67.4"], "2/3"),
        ([10, "10.1", 10, "10.1"], "1/10"),
        ([2000, 2020, 2000, 2020], "20"),
        ([75, "75.8", 75, "75.8"], "3/4"),
    ],
)
def test_a_jump_by_a_ratio_of_small_numbers_may_be_a_split(
    closes: list[object], ratio: str
) -> None:
    report = of(closes, hindsight=True)
    assert rules_of(report) == [(FIRST, "split_suspected")]
    assert report.rows["reason"][0].startswith(f"the price was multiplied by about {ratio} and")
    assert report.outcome == "flag"
    causal = of(closes)
    assert rules_of(causal) == [(FIRST, "return_outlier"), (FIRST, "split_suspected")]


def test_a_split_is_seen_at_the_open_as_well() -> None:
    # The close is 0.55 of the one before, the open is half of it.
    lines = flat([str(close) for close in CALM])
    more = table(f"""
{DAYS[31]} AAA 50 56 50 55 1
{DAYS[32]} AAA 55 56 54 55.5 2
{DAYS[33]} AAA 55 56 54 55 3
{DAYS[34]} AAA 55 56 54 55.5 4
""")
    report = check(pl.concat([lines, more]), RULES, calendar="XNYS", resolution="1d",
                   hindsight=True)  # fmt: skip
    assert (FIRST, "split_suspected") in rules_of(report)


def test_no_split_is_suspected_where_the_ratio_is_none() -> None:
    assert rules_of(of([58, "58.5", 58, "58.5"], hindsight=True)) == [(FIRST, "level_shift")]


def frames_of(kind: str, day: str, **columns: str) -> dict[str, pl.DataFrame]:
    stamp = "effective_date" if kind in {"splits", "spin_offs"} else "ex_date"
    return {kind: pl.DataFrame({"symbol": ["AAA"], stamp: [day], **{
        name: [value] for name, value in columns.items()}})}  # fmt: skip


@pytest.mark.parametrize(
    ("actions", "closes"),
    [
        (frames_of("splits", FIRST, ratio="1/2"), [50, "50.5", 50, "50.5"]),
        (frames_of("stock_dividends", FIRST, ratio="1/4"), [80, "80.8", 80, "80.8"]),
        (frames_of("dividends", FIRST, amount="12"), [88, "88.8", 88, "88.8"]),
        (frames_of("spin_offs", FIRST), [70, "70.7", 70, "70.7"]),
        (frames_of("rights", FIRST), [70, "70.7", 70, "70.7"]),
        (frames_of("dividends", FIRST, amount="9", currency="EUR"), [90, "90.9", 90, "90.9"]),
    ],
)
@pytest.mark.parametrize("hindsight", [False, True])
def test_a_known_action_explains_the_move(
    actions: dict[str, pl.DataFrame], closes: list[object], *, hindsight: bool
) -> None:
    assert not of(closes, hindsight=hindsight).is_clean
    assert of(closes, hindsight=hindsight, actions=actions).is_clean


def test_a_known_split_that_is_not_in_the_prices_is_told() -> None:
    report = of([101, 100, 101, 100], actions=frames_of("splits", FIRST, ratio="1/2"))
    assert rules_of(report)[0] == (FIRST, "return_outlier")
    assert report.rows["reason"][0].endswith("; a split of 1/2 is known for that day")


def test_a_known_split_in_the_middle_of_a_spike_moves_the_level() -> None:
    # 150 before the split of 1/2 is 75 after it; back to 50.5 is back to 101.
    actions = frames_of("splits", DAYS[32], ratio="1/2")
    report = of([150, "50.5", 50, "50.5"], actions=actions, hindsight=True)
    assert found(report) == [(FIRST, "spike", "close", "150", "quarantine")]


def test_a_split_of_a_day_without_a_bar_counts_at_the_next_one() -> None:
    frame = flat([str(close) for close in [*CALM, 101, 50, "50.5", 50, "50.5"]])
    actions = frames_of("splits", DAYS[31], ratio="0.5")
    report = check(frame.filter(pl.int_range(pl.len()) != 31), RULES, calendar="XNYS",
                   resolution="1d", actions=actions)  # fmt: skip
    assert rules_of(report) == [(DAYS[32], "missing_sessions")]


def test_actions_by_sid_need_the_assets(assets_of_two: list[object]) -> None:
    day = to_day(DAYS[31])
    actions = Adjustments.of([
        Split(sid=1, effective=day, ratio=Ratio(1, 2)),
        StockDividend(sid=2, ex=day, pay=day, ratio=Ratio(1)),
    ])  # fmt: skip
    closes: list[object] = [50, "50.5", 50, "50.5"]
    assert of(closes, actions=actions, assets=assets_of_two).is_clean
    with pytest.raises(InvalidArgument, match="give the assets as well"):
        of(closes, actions=actions)


@pytest.fixture
def assets_of_two() -> list[object]:
    from rustybt.assets import Equity, ExchangeInfo

    venue = ExchangeInfo("NYSE", "NYSE", "US")
    return [
        Equity(sid=1, symbol="AAA", exchange_info=venue),
        Equity(sid=2, symbol="BBB", exchange_info=venue),
    ]


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ({"split": pl.DataFrame()}, "actions was 'split'; give delistings"),
        ({"splits": pl.DataFrame({"symbol": ["A"]})}, "has no column effective_date, ratio"),
        (frames_of("splits", FIRST, ratio="0"), "ratio was '0'"),
        (frames_of("splits", FIRST, ratio="half"), "ratio was 'half'"),
        (frames_of("splits", "soon", ratio="2"), "effective_date was 'soon'"),
        (frames_of("dividends", FIRST, amount="-"), "amount was '-'"),
    ],
)
def test_actions_that_are_none_are_refused(actions: dict[str, pl.DataFrame], told: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        of([], actions=actions)
    assert told in str(caught.value)


def test_ends_of_assets_explain_nothing_and_are_accepted() -> None:
    assert of([], actions={"delistings": pl.DataFrame({"symbol": ["AAA"]})}).is_clean


# ---------------------------------------------------------------- wicks and volumes


def test_a_high_or_low_far_outside_the_closes() -> None:
    # 110 is 0.1 above the higher close: 0.1 / 0.0121591 = 8.22; 95 is 5/95 = 0.0526 below: 4.33.
    lines = flat([str(close) for close in CALM])
    for bar, expected in (
        ("100 110 100 100", ("wick_outlier", "high", "110", "quarantine")),
        ("110 110 100 100", ("wick_outlier", "open", "110", "quarantine")),
        ("100 100 95 100", ("wick_outlier", "low", "95", "flag")),
        ("95 100 95 100", ("wick_outlier", "open", "95", "flag")),
    ):
        frame = pl.concat([lines, table(f"{FIRST} AAA {bar} 1000")])
        report = check(frame, RULES, calendar="XNYS", resolution="1d")
        assert found(report) == [(FIRST, *expected)]


def test_a_volume_far_above_the_usual() -> None:
    # Volumes of 1000 and 2000 in turn: logarithms one apart, with a lower median of that of 1000,
    # distances of 0 and about 1, and a spread of about 1 / 1.645 = 0.608. 2**7 times 1000 is 7 up:
    # 11.5 deviations; 2**4 times it is less than 20 times the usual.
    lines = [
        f"{day} AAA 10 10 10 10.01 {1000 + 1000 * (place % 2)}".replace("10.01 ", "10 ")
        for place, day in enumerate(DAYS[:40])
    ]
    usual, far = (
        check(
            table("\n".join([*lines, f"{DAYS[40]} AAA 10 10 10 10 {volume}"])),
            RULES,
            calendar="XNYS",
            resolution="1d",
        )
        for volume in (16_000, 128_000)
    )
    assert usual.is_clean
    assert found(far) == [(DAYS[40], "volume_outlier", "volume", "128000", "flag")]
    assert far.rows["reason"].to_list() == [
        "about 128 times the usual volume, 11.5 robust standard deviations of its logarithm"
    ]


# ---------------------------------------------------------------- inside sessions


def test_moves_over_night_are_judged_by_moves_over_night() -> None:
    """Prices that move by 2 % over each night and by a hundredth of that inside a session."""
    days = [f"{day}" for day in sessions("2023-01-03", 30)]
    labels, closes, level = [], [], Decimal(100)
    for place, day in enumerate(days):
        level *= Decimal("1.02") if place % 2 else Decimal("0.98")
        for step, label in enumerate(minutes(day)[:40]):
            labels.append(label)
            closes.append(f"{level + level * (step % 2) / 5000:.4f}")
    rules = RuleSet.default("equity", "1m").changed("missing_share", outcome="off")
    frame = minute_bars(labels, closes=closes)
    assert check(frame, rules, calendar="XNYS", resolution="1m").is_clean
    # The same 2 % from one minute to the next are a hundred deviations.
    row = frame.height - 20
    closes[row] = f"{Decimal(closes[row]) * Decimal('1.02'):.4f}"
    report = check(minute_bars(labels, closes=closes), rules, calendar="XNYS", resolution="1m")
    assert [rule for _, rule in rules_of(report)] == ["return_outlier", "spike"]
