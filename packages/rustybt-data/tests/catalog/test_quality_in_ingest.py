"""Rules on the way into the catalog: what is let in, what is put aside, and what is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from catalog_frames import FEBRUARY, all_closes, frame

from rustybt.calendars import get_calendar
from rustybt.data import bundles
from rustybt.errors import CorruptData, DataValidationError, InvalidArgument
from rustybt_data import DataCatalog
from rustybt_data.quality import RuleSet

D = Decimal


def with_high(bars: pl.DataFrame, row: int, high: str) -> pl.DataFrame:
    """The bars, one of them with another high."""
    highs = bars["high"].to_list()
    highs[row] = high
    return bars.with_columns(pl.Series("high", highs))


@pytest.fixture
def bad() -> pl.DataFrame:
    """A on the 2nd, 3rd and 4th, B on the 2nd; the high of the 3rd is below its low."""
    return with_high(frame((2, "A", "10"), (3, "A", "11"), (4, "A", "10"), (2, "B", "7")), 1, "9")


def test_what_cannot_be_is_put_aside(data_catalog: DataCatalog, bad: pl.DataFrame) -> None:
    report = data_catalog.ingest("mine", bad, quality="quarantine", timestamp=FEBRUARY[0])
    assert all_closes(data_catalog, "mine") == {"A2": 10, "A4": 10, "B2": 7}
    assert (report.given, report.added, report.rows) == (3, 3, 3)
    assert [(each.symbol, each.rows, each.quarantined) for each in report.symbols] == [
        ("A", 2, 1),
        ("B", 1, 0),
    ]
    records = data_catalog.quality("mine")
    (row,) = records.quarantined().to_dicts()
    assert (row["date"], row["symbol"], row["high"]) == (date(2024, 1, 3), "A", 9)
    assert row["rules"] == "high_body, high_low"
    (summary,) = records.summaries()
    assert (summary.checked, summary.quarantined, summary.aside) == (4, 1, 1)
    kept = records.report()
    assert kept is not None
    assert kept.outcome == "quarantine"
    assert report.quality is not None
    assert kept.to_dict() == report.quality.to_dict()


def test_the_rest_can_be_run_and_has_the_hash_of_its_bars(
    data_catalog: DataCatalog, bad: pl.DataFrame
) -> None:
    data_catalog.ingest("mine", bad, quality="quarantine", timestamp=FEBRUARY[0])
    sound = bad.filter(pl.col("high") != "9")
    data_catalog.ingest("other", sound, timestamp=FEBRUARY[0])
    assert bundles.info("mine").fingerprint == bundles.info("other").fingerprint
    assert bundles.load("mine").daily is not None


def test_frames_are_strict_unless_asked(data_catalog: DataCatalog, bad: pl.DataFrame) -> None:
    with pytest.raises(DataValidationError, match="the high is below the low"):
        data_catalog.ingest("mine", bad)
    assert data_catalog.list() == ()


def test_what_cannot_be_stored_is_refused_without_rules(
    data_catalog: DataCatalog, bad: pl.DataFrame
) -> None:
    for quality in ("off", "flag"):
        with pytest.raises(DataValidationError, match="the high is below the low"):
            data_catalog.ingest("mine", bad, quality=quality)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        # The bars of `frame` have one price in all fields, 10.
        ("open", "10.5", "the high is below open or close"),
        ("close", "10.5", "the high is below open or close"),
        ("open", "9.5", "the low is above open or close"),
        ("low", "10.5", "the high is below the low"),
        ("low", "0", "the price is not above 0"),
    ],
)
def test_strict_refuses_what_the_default_rules_call_wrong_by_itself(
    data_catalog: DataCatalog, column: str, value: str, message: str
) -> None:
    bars = frame((2, "A", "10")).with_columns(pl.lit(value).alias(column))
    with pytest.raises(DataValidationError, match=message):
        data_catalog.ingest("mine", bars)
    assert data_catalog.list() == ()


def test_what_can_be_stored_is_let_in_where_nobody_looks(data_catalog: DataCatalog) -> None:
    bars = frame((2, "A", "10")).with_columns(pl.lit("10.5").alias("open"))
    assert data_catalog.ingest("mine", bars, quality="off").rows == 1


def test_nothing_is_known_where_nobody_looked(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", frame((2, "A", "10")))
    records = data_catalog.quality("mine")
    assert records.summaries() == ()
    assert records.report() is None
    assert records.quarantined().is_empty()


def test_rules_that_are_given_are_applied(data_catalog: DataCatalog) -> None:
    rules = RuleSet.default().changed("stale_closes", outcome="quarantine", parameters={"least": 2})
    flat = frame((2, "A", "10"), (3, "A", "10"), (4, "A", "11"))
    with pytest.raises(DataValidationError, match=r"\(rule stale_closes\)"):
        data_catalog.ingest("mine", flat, rules=rules)
    report = data_catalog.ingest("mine", flat, quality="flag", rules=rules)
    assert report.rows == 3
    (summary,) = data_catalog.quality("mine").summaries()
    assert (summary.outcome, summary.quarantined) == ("flag", 0)
    assert summary.flagged >= 1


def test_a_rule_that_fails_refuses_everything(data_catalog: DataCatalog, bad: pl.DataFrame) -> None:
    rules = RuleSet.default().changed("high_low", outcome="fail")
    with pytest.raises(DataValidationError, match="rule high_low"):
        data_catalog.ingest("mine", bad, quality="quarantine", rules=rules)
    assert data_catalog.list() == ()


def test_a_frame_of_nothing_but_bad_bars_is_refused(data_catalog: DataCatalog) -> None:
    bars = with_high(frame((2, "A", "10")), 0, "9")
    with pytest.raises(DataValidationError, match="of 1 bars not one can be used"):
        data_catalog.ingest("mine", bars, quality="quarantine")


def test_bars_stay_aside_until_sound_ones_come(
    data_catalog: DataCatalog, bad: pl.DataFrame
) -> None:
    data_catalog.ingest("mine", bad, quality="quarantine", timestamp=FEBRUARY[0])
    later = with_high(frame((5, "A", "12"), (8, "A", "12")), 1, "11")
    data_catalog.ingest("mine", later, quality="quarantine", timestamp=FEBRUARY[1])
    aside = data_catalog.quality("mine").quarantined()
    assert [day.day for day in aside["date"]] == [3, 8]
    (summary,) = data_catalog.quality("mine").summaries()
    assert (summary.checked, summary.quarantined, summary.aside) == (2, 1, 2)
    # A sound bar of the 3rd, and the one of the 8th is bad in another way.
    mended = with_high(frame((3, "A", "11"), (8, "A", "12")), 1, "10.5")
    data_catalog.ingest("mine", mended, quality="quarantine", timestamp=FEBRUARY[2])
    aside = data_catalog.quality("mine").quarantined()
    assert [(day.day, high) for day, high in aside.select("date", "high").rows()] == [
        (8, D("10.5"))
    ]
    # Versions before are what they were.
    first = data_catalog.versions("mine")[-1]
    assert data_catalog.quality(first.reference).quarantined().height == 1
    assert data_catalog.verify().is_sound


def test_without_rules_what_is_aside_stays_there(
    data_catalog: DataCatalog, bad: pl.DataFrame
) -> None:
    data_catalog.ingest("mine", bad, quality="quarantine", timestamp=FEBRUARY[0])
    data_catalog.ingest("mine", frame((5, "A", "12")), timestamp=FEBRUARY[1])
    assert data_catalog.quality("mine").quarantined().height == 1
    data_catalog.ingest("mine", frame((5, "A", "12")), timestamp=FEBRUARY[2], replace=True)
    assert data_catalog.quality("mine").summaries() == ()


def year(jump_at: int | None = None) -> pl.DataFrame:
    """Bars of 200 sessions of 2023 that move up and down by 1 in 100; one close ten times as high.

    A move from 100 to 1,010 is some hundred robust deviations, and it goes back at once.
    """
    calendar = get_calendar("XNYS")
    first = calendar.session_index("2023-01-03")
    days = [calendar.session_date(first + place) for place in range(200)]
    closes = [D(100) + place % 2 for place in range(200)]
    if jump_at is not None:
        closes[jump_at] *= 10
    return pl.DataFrame(
        {
            "date": days,
            "symbol": ["A"] * 200,
            "open": closes,
            "high": [close + 1 for close in closes],
            "low": [close - 1 for close in closes],
            "close": closes,
            "volume": [D(1000 + place % 7) for place in range(200)],
        }
    )


def test_a_single_bar_is_judged_beside_those_that_are_there(data_catalog: DataCatalog) -> None:
    """By itself a bar of 1,010 is no outlier; beside 199 others it is."""
    jump = year(jump_at=199)
    data_catalog.ingest("mine", jump.head(199), timestamp=FEBRUARY[0], quality="quarantine")
    alone = data_catalog.ingest("alone", jump.tail(1), quality="quarantine", timestamp=FEBRUARY[0])
    assert alone.quality is not None
    assert alone.quality.is_clean
    report = data_catalog.ingest("mine", jump.tail(1), timestamp=FEBRUARY[1], quality="quarantine")
    assert report.quality is not None
    assert "return_outlier" in set(report.quality.rows["rule"])
    assert report.quality.checked == {"A": 1}
    assert not report.quality.is_clean
    assert set(report.quality.rows["label"]) == {jump["date"][199]}


def test_a_single_minute_is_judged_beside_those_that_are_there(data_catalog: DataCatalog) -> None:
    """300 minutes between 99.98 and 100.06, and one with a low of 50."""
    start = datetime(2024, 1, 2, 14, 30, tzinfo=UTC)
    closes = [D(100) + D(place % 5) / 100 for place in range(300)]
    bars = pl.DataFrame(
        {
            "timestamp": [start + timedelta(minutes=place) for place in range(1, 301)],
            "symbol": ["A"] * 300,
            "open": closes,
            "high": [close + D("0.02") for close in closes],
            "low": [close - D("0.02") for close in closes],
            "close": closes,
            "volume": [D(10 + place % 9) for place in range(300)],
        }
    ).with_columns(pl.col("timestamp").cast(pl.Datetime("ns", "UTC")))
    data_catalog.ingest("mine", bars, quality="quarantine", timestamp=FEBRUARY[0])
    wick = bars[290:291].with_columns(pl.lit(D(50)).alias("low"))
    report = data_catalog.ingest("mine", wick, quality="quarantine", timestamp=FEBRUARY[1])
    (one,) = report.symbols
    assert (one.rows, one.restated, one.quarantined) == (300, 0, 1)
    (row,) = data_catalog.quality("mine").quarantined("1m").to_dicts()
    assert (row["rules"], row["low"]) == ("wick_outlier", 50)


def test_a_report_that_is_damaged_is_named(data_catalog: DataCatalog, bad: pl.DataFrame) -> None:
    data_catalog.ingest("mine", bad, quality="quarantine")
    (file,) = data_catalog.root.rglob("report-*.json")
    file.write_text("{")
    with pytest.raises(CorruptData, match=file.name):
        data_catalog.quality("mine").report()
    assert [Path(each.path).name for each in data_catalog.verify().damaged] == [file.name]


def test_other_words_are_no_quality(data_catalog: DataCatalog) -> None:
    with pytest.raises(InvalidArgument, match="quality was 'good'; give one of strict"):
        data_catalog.ingest("mine", frame((2, "A", "1")), quality="good")  # type: ignore[arg-type]


def test_what_is_restated_is_counted_by_symbol(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", frame((2, "A", "1"), (3, "A", "2"), (2, "B", "3")))
    # The 3rd of A is restated, the 2nd is as it was; C is new.
    again = frame((2, "A", "1.00"), (3, "A", "2.5"), (4, "A", "3"), (2, "C", "3"))
    report = data_catalog.ingest("mine", again)
    assert [(each.symbol, each.rows, each.added, each.restated) for each in report.symbols] == [
        ("A", 3, 1, 1),
        ("C", 1, 1, 0),
    ]
