"""Rules of quality on csvdir folders and on ingest functions: what is noted, put aside, refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from csv_folders import HEADER, write

from rustybt.calendars import get_calendar
from rustybt.data import bundles
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data import DataCatalog
from rustybt_data.catalog.noting import all_inside
from rustybt_data.quality import QualityReport

D = Decimal

#: The open of 10.8 is above the high of 10.5 (rule high_body); it can be stored.
ABOVE = "2021-03-02,10.8,10.5,10,10.25,1000"
#: The high of 9 is below the low of 10: it cannot be stored.
CROSSED = "2021-03-02,10,9,10,10,1000"
SOUND = ("2021-03-01,10.5,11,10,10.25,1000", "2021-03-03,10.25,11,10,10.5,1100")

MINUTES = "timestamp,open,high,low,close,volume"
BAR = "10,10,10,10,5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "prices"


def days(folder: Path, wrong: str) -> None:
    write(folder, "daily/ACME.csv", HEADER, SOUND[0], wrong, SOUND[1])
    write(folder, "daily/OTHER.csv", HEADER, *SOUND)


def ingest(folder: Path, calendar: str = "XNYS", **how: str | Path) -> tuple[QualityReport, ...]:
    bundles.ingest_from("mine", source="csvdir", location=folder, calendar_name=calendar, **how)  # type: ignore[arg-type]
    return bundles.quality_reports("mine")


def found(reports: tuple[QualityReport, ...]) -> list[tuple[str, str, str, str]]:
    return [
        (each.symbol, each.rule, each.value, each.outcome)
        for report in reports
        for each in report.findings()
    ]


def test_by_default_what_is_wrong_by_itself_is_stored_and_noted(folder: Path) -> None:
    days(folder, ABOVE)
    reports = ingest(folder)
    assert found(reports) == [("ACME", "high_body", "10.5", "flag")]
    assert reports[0].findings()[0].label == date(2021, 3, 2)
    assert bundles.info("mine").daily_bars == 5
    with DataCatalog() as catalog:
        (summary,) = catalog.quality("mine").summaries()
    assert (summary.rules, summary.checked, summary.flagged) == ("flagged by default", 5, 1)
    assert summary.by_symbol == {"ACME": (1, 0)}


def test_sound_bars_leave_no_note(folder: Path) -> None:
    days(folder, "2021-03-02,10,11,10,10,1")
    assert ingest(folder) == ()


def test_what_rules_keep_out_is_put_aside(folder: Path) -> None:
    days(folder, CROSSED)
    (report,) = ingest(folder, quality="quarantine")
    assert ("ACME", "high_low", "9", "quarantine") in found((report,))
    assert bundles.info("mine").daily_bars == 4
    with DataCatalog() as catalog:
        records = catalog.quality("mine")
        (row,) = records.quarantined().to_dicts()
        assert catalog.verify().is_sound
    assert (row["date"], row["symbol"], row["high"]) == (date(2021, 3, 2), "ACME", D(9))
    assert "the high is below the low" in row["reasons"]


def test_what_is_let_in_is_what_a_sound_folder_has(folder: Path, tmp_path: Path) -> None:
    days(folder, CROSSED)
    ingest(folder, quality="quarantine")
    print_of_screened = bundles.info("mine").fingerprint
    other = tmp_path / "sound"
    write(other, "daily/ACME.csv", HEADER, *SOUND)
    write(other, "daily/OTHER.csv", HEADER, *SOUND)
    ingest(other)
    assert bundles.info("mine").fingerprint == print_of_screened


@pytest.mark.parametrize(
    ("quality", "wrong", "message"),
    [
        ("strict", ABOVE, "line 3, column high: was '10.5'; the high is below open or close"),
        ("strict", CROSSED, "line 3, column high: was '9'; the high is below the low"),
        ("off", CROSSED, "line 3, column high: was '9'; the high is below the low"),
        ("flag", CROSSED, "the high is below the low"),
        ("quarantine", "2021-03-02,x,9,10,10,1", "line 3, column open: was 'x'; give a number"),
    ],
)
def test_what_is_refused(folder: Path, quality: str, wrong: str, message: str) -> None:
    days(folder, wrong)
    with pytest.raises(DataValidationError, match=message):
        ingest(folder, quality=quality)
    assert "mine" not in bundles.bundle_names()


def test_nobody_looks_where_it_is_off(folder: Path) -> None:
    days(folder, ABOVE)
    assert ingest(folder, quality="off") == ()
    assert bundles.info("mine").daily_bars == 5


def test_rules_of_a_file(folder: Path, tmp_path: Path) -> None:
    days(folder, ABOVE)
    rules = tmp_path / "rules.toml"
    rules.write_text('[rules.high_body]\noutcome = "flag"\n')
    (report,) = ingest(folder, quality="quarantine", rules=rules)
    assert report.rules == "rules"
    assert found((report,)) == [
        ("ACME", "high_body", "10.5", "flag"),
        ("OTHER", "missing_sessions", "1", "flag"),  # it has no row of the 2nd
    ]
    rules.write_text('[rules.high_body]\noutcome = "fail"\n')
    with pytest.raises(DataValidationError, match=r"\(rule high_body\)"):
        ingest(folder, rules=rules)


def test_a_split_of_the_folder_explains_a_move(folder: Path) -> None:
    # 40 sessions around 100, then half of it: a split 2 to 1 on that day, or a jump that stays.
    market = get_calendar("XNYS")
    first = market.session_index(date(2021, 3, 1))
    labels = [market.session_date(first + place) for place in range(50)]
    closes = [*(["100", "101"] * 20), *(["50", "50.5"] * 5)]
    rows = [
        f"{day},{close},{close},{close},{close},{1000 + place}"
        for place, (day, close) in enumerate(zip(labels, closes, strict=True))
    ]
    write(folder, "daily/ACME.csv", HEADER, *rows)
    (report,) = ingest(folder, quality="quarantine")
    assert [each.rule for each in report.findings()] == ["split_suspected"]
    write(folder, "splits.csv", "effective_date,symbol,ratio", f"{labels[40]},ACME,0.5")
    (report,) = ingest(folder, quality="quarantine")
    assert report.is_clean


def test_both_resolutions_have_a_report(folder: Path) -> None:
    days(folder, CROSSED)
    # XNYS is open from 14:30 to 21:00 UTC on 2021-03-01.
    write(folder, "minute/ACME.csv", MINUTES, f"2021-03-01T14:31:00Z,{BAR}")
    daily, minutely = ingest(folder, quality="quarantine")
    assert (daily.resolution, minutely.resolution) == ("1d", "1m")
    assert minutely.is_clean


def test_minutes_while_the_market_is_closed_are_noted(folder: Path) -> None:
    # 2020-11-27 ended early, at 13:00 in New York, 18:00 UTC; 14:30 UTC is the open, no end.
    stamps = ("14:29", "14:30", "14:31", "18:00", "18:01", "18:02", "18:03")
    lines = [f"2020-11-27T{stamp}:00Z,{BAR}" for stamp in stamps]
    write(folder, "minute/ACME.csv", MINUTES, *lines)
    (report,) = ingest(folder)
    assert [(each.rule, each.value, each.reason) for each in report.findings()] == [
        ("outside_hours", "2020-11-27T14:29:00Z", "the market is closed then; 1 more such bars"),
        (
            "after_early_close",
            "2020-11-27T18:01:00Z",
            "the session had closed early; 2 more such bars",
        ),
    ]
    assert report.outcome == "flag"
    assert bundles.info("mine").minute_bars == 7
    with DataCatalog() as catalog:
        (summary,) = catalog.quality("mine").summaries()
    assert summary.by_symbol == {"ACME": (5, 0)}


def test_minutes_of_a_break_are_noted_or_put_aside(folder: Path) -> None:
    # XHKG pauses from 12:00 to 13:00 in Hong Kong, 04:00 to 05:00 UTC: 04:00 ends the last
    # minute before it, 05:00 ends one inside of it.
    stamps = ("03:59", "04:00", "04:01", "05:00", "05:01")
    lines = [f"2021-03-01T{stamp}:00Z,{BAR}" for stamp in stamps]
    write(folder, "minute/0005.csv", MINUTES, *lines)
    assert found(ingest(folder, "XHKG")) == [("0005", "in_break", "2021-03-01T04:01:00Z", "flag")]
    assert bundles.info("mine").minute_bars == 5
    (report,) = ingest(folder, "XHKG", quality="quarantine")
    assert [each.value for each in report.findings() if each.rule == "in_break"] == [
        "2021-03-01T04:01:00Z",
        "2021-03-01T05:00:00Z",
    ]
    assert bundles.info("mine").minute_bars == 3


def function(*frames: tuple[int, pl.DataFrame]) -> Callable[..., None]:
    """An ingest function of Zipline's signature."""

    def write_all(
        environ: object,
        asset_db_writer: bundles.AssetWriter,
        minute_bar_writer: bundles.BarWriter,
        daily_bar_writer: bundles.BarWriter,
        adjustment_writer: bundles.AdjustmentWriter,
        *rest: object,
    ) -> None:
        del environ, minute_bar_writer, rest
        daily_bar_writer.write(iter(frames))
        adjustment_writer.write()
        rows = [{"sid": sid, "symbol": f"S{sid}", "exchange": "X"} for sid, _ in frames]
        asset_db_writer.write(equities=pl.DataFrame(rows))

    return write_all


def bars(*rows: tuple[int, str, str, str, str]) -> pl.DataFrame:
    names = ("date", "open", "high", "low", "close")
    frame = pl.DataFrame(
        [(date(2021, 3, day), *prices) for day, *prices in rows], names, orient="row"
    )
    return frame.with_columns(pl.lit(100).alias("volume"))


def test_functions_of_ziplines_signature_are_judged_too() -> None:
    twice = bars((1, "10", "11", "10", "10"), (1, "10", "11", "10", "10.5"))
    crossed = bars((1, "10", "11", "10", "10"), (2, "10", "9", "10", "10"))
    bundles.register("mine", function((3, crossed), (5, twice)), calendar_name="XNYS")
    try:
        with pytest.raises(DataValidationError, match="the high is below the low"):
            bundles.ingest("mine")
        bundles.ingest("mine", quality="quarantine")
    finally:
        bundles.unregister("mine")
    with DataCatalog() as catalog:
        aside = catalog.quality("mine").quarantined()
    # Two different bars have one label: neither is let in.
    assert aside.select("symbol", "rules").rows() == [
        ("S3", "high_body, high_low"),
        ("S5", "conflict"),
        ("S5", "conflict"),
    ]
    assert bundles.info("mine").daily_bars == 1


def test_files_of_adapters_are_judged_too(folder: Path) -> None:
    days(folder, CROSSED)
    place = folder / "daily"
    with pytest.raises(DataValidationError, match="line 3, column high: was '9'"):
        bundles.ingest_from("mine", source="csv", location=place)
    bundles.ingest_from("mine", source="csv", location=place, quality="quarantine")
    (report,) = bundles.quality_reports("mine")
    assert report.quarantined.is_empty()  # a report that was read has no bars
    assert ("ACME", "high_low", "9", "quarantine") in found((report,))
    days(folder, ABOVE)
    with pytest.raises(DataValidationError, match="the high is below open or close"):
        bundles.ingest_from("mine", source="csv", location=place)
    bundles.ingest_from("mine", source="csv", location=place, quality="off")
    assert bundles.info("mine").daily_bars == 5


def test_a_folder_goes_into_the_catalog_with_rules(folder: Path) -> None:
    days(folder, CROSSED)
    with DataCatalog() as catalog:
        report = catalog.ingest("mine", source="csvdir", location=str(folder), quality="quarantine")
        aside = catalog.quality("mine").quarantined()
    assert [each.resolution for each in report.written] == ["1d"]
    assert aside["rules"].to_list() == ["high_body, high_low"]


def test_nothing_is_left(folder: Path) -> None:
    write(folder, "daily/ACME.csv", HEADER, CROSSED)
    with pytest.raises(DataValidationError, match="of 1 bars not one can be used"):
        ingest(folder, quality="quarantine")


def test_what_is_no_choice_is_refused(folder: Path) -> None:
    days(folder, ABOVE)
    with pytest.raises(InvalidArgument, match="quality was 'loose'; give one of strict, quar"):
        ingest(folder, quality="loose")
    with pytest.raises(InvalidArgument, match="this bundle is computed; leave it out"):
        bundles.ingest("sample", quality="flag")


def instants(*texts: str) -> pl.Series:
    stamps = [datetime.fromisoformat(f"2021-03-{text}").replace(tzinfo=UTC) for text in texts]
    return pl.Series(stamps, dtype=pl.Datetime("ns", "UTC")).to_physical()


@pytest.mark.parametrize(
    ("calendar", "texts", "inside"),
    [
        ("XNYS", (), True),
        ("XNYS", ("01 14:31", "01 21:00", "02 14:31"), True),
        ("XNYS", ("01 14:30",), False),
        ("XNYS", ("01 21:01",), False),
        ("XNYS", ("06 15:00",), False),  # a Saturday
        ("XNYS", ("02 14:31", "01 14:31"), True),
        ("XNYS", ("02 14:31", "01 14:30"), False),
        # In March of 2021, clocks changed on the 14th: the open is at 13:30 UTC from then on.
        ("XNYS", ("12 14:31", "15 13:31"), True),
        ("XNYS", ("12 13:31", "15 13:31"), False),
        ("XHKG", ("01 01:31", "01 04:00", "01 05:01"), True),
        ("XHKG", ("01 04:01",), False),
        ("XHKG", ("01 05:00",), False),
        ("24/7", ("01 00:00", "06 12:00"), True),
    ],
)
def test_labels_inside_of_sessions(calendar: str, texts: tuple[str, ...], inside: bool) -> None:
    assert all_inside(get_calendar(calendar), instants(*texts).to_numpy()) is inside
