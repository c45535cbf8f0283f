"""Reports and their forms, parted frames, what is kept beside, and whole bundles."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from quality_bars import flat, minute_bars, minutes, random_walk, rules_of, table
from rich.console import Console

from rustybt.assets import AssetFinder
from rustybt.data import bundles
from rustybt.errors import CorruptData, DataValidationError, InvalidArgument
from rustybt_data.quality import (
    QualityReport,
    RuleSet,
    check,
    check_bundle,
    read_quarantine,
    resolutions_of,
    screen,
    write_quarantine,
)

MIXED = """
2023-01-03 AAA 10 11 9 10 1
2023-01-04 AAA 10 9 11 10 2
2023-01-06 AAA 10 11 9 10 3
2023-01-03 BBB 10 11 9 10 1
2023-01-04 BBB 10 11 9 10 -7
"""


def mixed(**more: object) -> QualityReport:
    return check(table(MIXED), calendar="XNYS", resolution="1d", name="mixed", **more)  # type: ignore[arg-type]


def test_counts_and_bars_of_a_report() -> None:
    report = mixed()
    assert report.outcome == "quarantine"
    assert dict(report.checked) == {"AAA": 3, "BBB": 2}
    assert (str(report.first), str(report.last)) == ("2023-01-03", "2023-01-06")
    assert report.counts().rows() == [
        ("high_body", 2, "quarantine", 1, 1),
        ("high_low", 2, "quarantine", 1, 1),
        ("low_body", 2, "quarantine", 1, 1),
        ("volume_sign", 2, "quarantine", 1, 1),
        ("missing_sessions", 4, "flag", 1, 1),
    ]
    assert report.counts_by_symbol().rows()[-1] == ("BBB", "volume_sign", "quarantine", 1)
    assert report.passed["volume"].to_list() == [1, 1]
    assert report.flagged.select("symbol", "volume", "rules").rows() == [
        ("AAA", 3, "missing_sessions")
    ]
    assert report.quarantined.select("symbol", "volume", "rules").rows() == [
        ("AAA", 2, "high_body, high_low, low_body"),
        ("BBB", -7, "volume_sign"),
    ]
    assert report.findings()[-1].reason == "the volume is negative"


@pytest.mark.parametrize("resolution", ["1d", "1m"])
def test_a_report_survives_json(resolution: str) -> None:
    frame = table(MIXED) if resolution == "1d" else minute_bars(minutes("2023-01-03")[::40])
    report = check(frame, calendar="XNYS", resolution=resolution, name="x")
    assert not report.is_clean
    again = QualityReport.from_dict(json.loads(report.to_json()))
    assert again.rows.equals(report.rows)
    assert (again.checked, again.first, again.last) == (report.checked, report.first, report.last)
    assert again.to_dict() == report.to_dict()
    with pytest.raises(InvalidArgument, match="the bars are not kept"):
        assert again.passed


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"rows": 3}, {"rows": [{"symbol": 3}]}, {"checked": None},
               {"resolution": "1y"}, {"first": "soon"}]
)  # fmt: skip
def test_what_is_no_report_is_refused(change: dict[str, object]) -> None:
    values = mixed().to_dict() | change
    with pytest.raises(InvalidArgument):
        QualityReport.from_dict(values)
    with pytest.raises(InvalidArgument):
        QualityReport.from_dict({})


def test_a_report_in_the_terminal_names_the_worst_first() -> None:
    out = StringIO()
    Console(file=out, width=160).print(mixed())
    text = out.getvalue()
    assert text.startswith(
        "mixed: 5 bars of 1d, 2 symbols, 2023-01-03 to 2023-01-06, rules default 1d: "
        "4 quarantine, 1 flag"
    )
    assert text.index("the high is below the low") < text.index("no sound bar from 2023-01-04")
    clean = StringIO()
    Console(file=clean, width=160).print(
        check(flat(["10", "11"]), calendar="XNYS", resolution="1d")
    )
    assert clean.getvalue().splitlines() == [
        "2 bars of 1d, 1 symbols, 2023-01-03 to 2023-01-04, rules default 1d: nothing found"
    ]


def test_symbols_that_look_like_markup_are_shown_as_they_are(tmp_path: Path) -> None:
    frame = table(MIXED).with_columns(symbol=pl.lit("[red]<b>&"))
    report = check(frame, calendar="XNYS", resolution="1d", name="<i>")
    out = StringIO()
    Console(file=out, width=160).print(report)
    assert "[red]<b>&" in out.getvalue()
    page = report.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "[red]&lt;b&gt;&amp;" in page


def test_the_page_needs_nothing_else_and_its_picture_is_sound() -> None:
    page = mixed().to_html()
    assert not re.search(r"(src|href|@import|url\()", page)
    picture = page[page.index("<svg") : page.index("</svg>") + len("</svg>")]
    shapes = ET.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    assert [text.text for text in shapes.iter(f"{space}text")] == [
        "AAA",
        "BBB",
        "2023-01-03",
        "2023-01-06",
    ]
    cells = [each for each in shapes.iter(f"{space}rect") if each.find(f"{space}title") is not None]
    assert len(cells) == 3  # AAA on the 4th and the 6th, BBB on the 4th
    assert "nothing found" in check(flat(["10"]), calendar="XNYS", resolution="1d").to_html()


def test_a_page_of_findings_about_columns_has_no_picture() -> None:
    page = check(table(MIXED).drop("high"), calendar="XNYS", resolution="1d").to_html()
    assert "<svg" not in page
    assert "the column is missing" in page


def test_a_long_report_is_cut_and_says_so() -> None:
    frame = random_walk(60, 20, seed=1).with_columns(volume=-pl.col("volume"))
    report = check(frame, calendar="XNYS", resolution="1d")
    out = StringIO()
    Console(file=out, width=200).print(report)
    assert "Symbols, the worst 15 of 60" in out.getvalue()
    assert "Findings, the worst 25 of 1,200" in out.getvalue()
    assert "Findings, the worst 500 of 1,200" in report.to_html()


# ---------------------------------------------------------------- parted frames


def test_screening_parts_a_frame() -> None:
    frame = table("""
2023-01-05 AAA 10 11 9 10 3
2023-01-03 AAA 10 11 9 10 1
2023-01-05 AAA 10 11 9 10 3
2023-01-04 BBB 10 11 9 10 -7
""")
    accepted, quarantined, report = screen(frame, calendar="XNYS", resolution="1d")
    assert accepted.select("date", "symbol", "volume").rows() == [
        (table(MIXED)["date"][0], "AAA", 1),
        (frame["date"][0], "AAA", 3),
    ]
    assert accepted.columns == frame.columns
    assert quarantined["rules"].to_list() == ["duplicate", "volume_sign"]
    assert report.outcome == "quarantine"


def test_a_rule_that_fails_refuses_the_whole() -> None:
    rules = RuleSet.default().changed("volume_sign", outcome="fail")
    with pytest.raises(DataValidationError) as caught:
        screen(table(MIXED), rules, calendar="XNYS", resolution="1d", name="mixed")
    assert str(caught.value) == (
        "mixed, BBB at 2023-01-04, column volume: was '-7'; "
        "the volume is negative (rule volume_sign)"
    )
    with pytest.raises(DataValidationError, match=r"^bars, column high: the column is missing"):
        screen(table(MIXED).drop("high"), calendar="XNYS", resolution="1d")


def test_nothing_is_lost_between_the_two_parts() -> None:
    frame = random_walk(5, 300, seed=2, sigma=0.03).with_columns(
        volume=pl.when(pl.int_range(pl.len()) % 17 == 0).then(-pl.col("volume"))
        .otherwise(pl.col("volume"))
    )  # fmt: skip
    parts = screen(frame, calendar="XNYS", resolution="1d")
    joined = pl.concat([parts.accepted, parts.quarantined.select(frame.columns)])
    assert joined.sort("symbol", "date").equals(frame.sort("symbol", "date"))


# ---------------------------------------------------------------- kept beside


def test_quarantined_bars_are_kept_beside(tmp_path: Path) -> None:
    folder = tmp_path / "version"
    report = mixed()
    path = write_quarantine(folder, report)
    assert path == folder / "quarantine.parquet"
    assert read_quarantine(folder).equals(report.quarantined)
    assert [each.name for each in folder.iterdir()] == ["quarantine.parquet"]
    clean = check(flat(["10"]), calendar="XNYS", resolution="1d")
    assert write_quarantine(folder, clean) is None
    assert not list(folder.iterdir())
    assert read_quarantine(folder).is_empty()
    assert read_quarantine(tmp_path / "nowhere").is_empty()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "quarantine.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(CorruptData, match=r"quarantine\.parquet is corrupt"):
        read_quarantine(tmp_path)


# ---------------------------------------------------------------- bundles


def test_a_bundle_is_checked_with_its_own_actions(tmp_path: Path) -> None:
    place = tmp_path / "prices"
    (place / "daily").mkdir(parents=True)
    closes = [*[100, 101] * 20, 100, 50, "50.5", 50, "50.5", 50]
    bars = flat([str(close) for close in closes])
    bars.drop("symbol").write_csv(place / "daily" / "AAA.csv")
    bars.drop("symbol").write_csv(place / "daily" / "BBB.csv")
    split = bars["date"][41]
    (place / "splits.csv").write_text(f"symbol,effective_date,ratio\nAAA,{split},0.5\n")
    bundles.ingest_from("mine", source="csvdir", location=place, calendar_name="XNYS")
    report = check_bundle(bundles.load("mine"))
    assert [(row[0], *rules) for row, rules in zip(report.rows.rows(), rules_of(report),
            strict=True)] == [("BBB", str(split), "split_suspected")]  # fmt: skip
    assert dict(report.checked) == {"AAA": 46, "BBB": 46}
    assert (report.name, report.resolution, report.calendar) == ("mine", "1d", "XNYS")
    assert report.flagged["symbol"].to_list() == ["BBB"]


def test_assets_that_share_a_symbol_are_told_apart(tmp_path: Path) -> None:
    place = tmp_path / "prices"
    (place / "daily").mkdir(parents=True)
    for name, level in (("AAA", 100), ("BBB", 5)):
        bars = flat([str(level + step % 2) for step in range(50)])
        bars.drop("symbol").write_csv(place / "daily" / f"{name}.csv")
    bundles.ingest_from("two", source="csvdir", location=place, calendar_name="XNYS")
    bundle = bundles.load("two")
    assets = [replace(asset, symbol="AAA") for asset in bundle.finder.retrieve_all((0, 1))]
    same = replace(bundle, finder=AssetFinder.from_assets(assets))
    report = check_bundle(same)
    assert dict(report.checked) == {"AAA (0)": 50, "AAA (1)": 50}
    assert "order" not in report.rows["rule"]


def test_bundles_are_checked_some_assets_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = bundles.load("sample")
    whole = check_bundle(bundle)
    assert len(whole.checked) == 20
    assert [str(resolution) for resolution in resolutions_of(bundle)] == ["1d", "1m"]
    monkeypatch.setattr("rustybt_data.quality.bundle.ROWS_AT_ONCE", 3000)
    seen: list[str] = []
    parted = check_bundle(bundle, progress=lambda symbol, rows: seen.append(symbol))
    assert parted.rows.drop("row").equals(whole.rows.drop("row"))
    assert parted.checked == whole.checked
    assert sorted(seen) == sorted(whole.checked)
    assert parted.outcome in {"pass", "flag"}  # it is computed without errors
    minute = check_bundle(bundle, {"1m": RuleSet.default("equity", "1m")}, resolution="1m")
    assert minute.is_clean
    with pytest.raises(InvalidArgument, match="bundle sample has bars of 1d, 1m"):
        check_bundle(bundle, resolution="5m")
