"""Versions of data sets: what is in them, what was known when, and what has changed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from catalog_frames import (
    FEBRUARY,
    all_closes,
    closes,
    frame,
    minutes,
    named_files,
    stored_files,
)

from rustybt.calendars import to_day
from rustybt.clock.resolution import MINUTE
from rustybt.data import bundles
from rustybt.errors import (
    BundleNotFound,
    DatasetNotFound,
    DataValidationError,
    IngestionNotFound,
    InvalidArgument,
    SeveralDatasets,
)
from rustybt_data import DataCatalog
from rustybt_data.catalog import Venue
from rustybt_data.catalog.spans import label_range
from rustybt_data.parquet import layout

D = Decimal


# ------------------------------------------------------------------ ingestion and queries


def test_each_ingestion_adds_and_restates(grown: DataCatalog) -> None:
    assert all_closes(grown, "mine", FEBRUARY[0]) == {"A2": D("10.5"), "A3": D(11), "B2": D(7)}
    assert all_closes(grown, "mine", FEBRUARY[1]) == {
        "A2": D("10.5"), "A3": D("11.25"), "A4": D(12), "B2": D(7),
    }  # fmt: skip
    assert all_closes(grown, "mine") == {
        "03": D(1), "A2": D("10.5"), "A3": D("11.25"), "A4": D(12), "B2": D(7), "B4": D(8),
    }  # fmt: skip


def test_what_was_known_at_a_time_is_the_newest_version_up_to_it(grown: DataCatalog) -> None:
    moments: list[tuple[datetime | str | None, str]] = [
        ("2024-02-01T00:00", "11"),
        ("2024-02-01T23:59:59", "11"),
        ("2024-02-02", "11.25"),
        (datetime(2025, 1, 1, tzinfo=UTC), "11.25"),
        (None, "11.25"),
    ]
    for as_of, known in moments:
        found = grown.materialize("A", "2024-01-03", "2024-01-03", as_of=as_of)
        assert closes(found) == [(3, "A", D(known))]
    with pytest.raises(DatasetNotFound, match="no bars of 1d of A"):
        grown.query("A", as_of="2024-01-31")


def test_a_query_is_in_the_standard_form_sorted_and_within_its_range(grown: DataCatalog) -> None:
    found = grown.query(["B", "A", "A"], "2024-01-03", date(2024, 1, 4)).collect()
    assert found.schema == {
        "date": pl.Date, "symbol": pl.String,
        **dict.fromkeys(("open", "high", "low", "close", "volume"), pl.Decimal(18, 8)),
    }  # fmt: skip
    assert closes(found) == [(3, "A", D("11.25")), (4, "A", D(12)), (4, "B", D(8))]
    assert found["volume"].to_list() == [D(100)] * 3


@pytest.mark.parametrize(
    ("symbols", "start", "end", "rows"),
    [
        ("A", None, None, 3),
        (["A", "B"], None, "2024-01-02", 2),
        ("A", "2024-01-05", None, 0),
        ("A", None, "2024-01-01", 0),
        ([], None, None, 0),
    ],
)
def test_ends_may_be_open(
    grown: DataCatalog, symbols: object, start: str | None, end: str | None, rows: int
) -> None:
    if not symbols:
        with pytest.raises(InvalidArgument, match="give a symbol at least"):
            grown.query([], start, end)
        return
    assert grown.query(symbols, start, end).collect().height == rows  # type: ignore[arg-type]
    assert grown.materialize(symbols, start, end).height == rows  # type: ignore[arg-type]


def test_a_range_that_ends_before_it_begins_is_refused(grown: DataCatalog) -> None:
    with pytest.raises(InvalidArgument, match="give one from 2024-01-04 on"):
        grown.query("A", "2024-01-04", "2024-01-03")


def test_unknown_symbols_and_resolutions_are_named(grown: DataCatalog) -> None:
    with pytest.raises(DatasetNotFound, match="the catalog has no bars of 1d of ZZZ"):
        grown.query(["A", "ZZZ"])
    with pytest.raises(DatasetNotFound, match="no bars of 1m of A"):
        grown.query("A", resolution="1m")
    with pytest.raises(DatasetNotFound):
        grown.query("A", dataset="other")


def test_a_symbol_of_several_data_sets_needs_a_choice(grown: DataCatalog) -> None:
    grown.ingest("other", frame((2, "A", "99"), (2, "C", "5")), timestamp=FEBRUARY[0])
    with pytest.raises(SeveralDatasets, match=r"mine.*other.*say which"):
        grown.query("A")
    assert closes(grown.materialize("A", dataset="other")) == [(2, "A", D(99))]
    # Symbols that are in one place each come together.
    both = grown.materialize(["C", "B"], "2024-01-02", "2024-01-02")
    assert closes(both) == [(2, "B", D(7)), (2, "C", D(5))]


def test_data_sets_of_different_scales_come_together_exactly(grown: DataCatalog) -> None:
    grown.ingest("coins", frame((2, "C", "0.0000000123")), timestamp=FEBRUARY[0])
    found = grown.materialize(["B", "C"], "2024-01-02", "2024-01-02")
    assert closes(found) == [(2, "B", D(7)), (2, "C", D("0.0000000123"))]
    assert found.schema["close"] == pl.Decimal(38, 10)


def test_the_same_bars_again_are_a_version_that_shares_all_files(grown: DataCatalog) -> None:
    before = stored_files(grown)
    report = grown.ingest("mine", frame((2, "B", "7")), timestamp="2024-02-09")
    assert (report.given, report.added, report.rows) == (1, 0, 6)
    assert stored_files(grown) == before
    newest, previous, *_ = grown.versions("mine")
    assert newest.fingerprint == previous.fingerprint
    assert newest.reference == "mine@2024-02-09T00:00:00+00:00"


def test_only_files_into_which_bars_fall_are_written(
    data_catalog: DataCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "ROWS_PER_FILE", 1)
    days = [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 2)]
    bars = pl.concat([frame((2, "A", "1")).with_columns(date=pl.lit(day)) for day in days])
    data_catalog.ingest("mine", bars, timestamp=FEBRUARY[0])
    first = {path for path in stored_files(data_catalog) if "bars" in path}
    assert {path.rpartition("/")[0] for path in first} == {
        "datasets/mine/bars-1d/year=2023/month=11",
        "datasets/mine/bars-1d/year=2023/month=12",
        "datasets/mine/bars-1d/year=2024/month=01",
    }
    data_catalog.ingest("mine", frame((3, "A", "2")), timestamp=FEBRUARY[1])
    (new,) = {path for path in stored_files(data_catalog) if "bars" in path} - first
    assert new.startswith("datasets/mine/bars-1d/year=2024/month=01/")
    assert data_catalog.materialize("A").height == 4


def test_a_replacement_drops_what_is_not_given(grown: DataCatalog) -> None:
    grown.ingest("mine", frame((5, "A", "13")), timestamp="2024-02-09", replace=True)
    assert all_closes(grown, "mine") == {"A5": D(13)}
    assert all_closes(grown, "mine", FEBRUARY[0]) == {"A2": D("10.5"), "A3": D(11), "B2": D(7)}


def test_assets_keep_their_sids_and_live_as_long_as_their_bars(grown: DataCatalog) -> None:
    first = bundles.load("mine", timestamp=FEBRUARY[0]).finder
    last = bundles.load("mine").finder
    assert {a.symbol: a.sid for a in first.retrieve_all(first.sids)} == {"A": 0, "B": 1}
    assert {a.symbol: a.sid for a in last.retrieve_all(last.sids)} == {"A": 0, "B": 1, "0": 2}
    lives = {a.symbol: (a.start_date, a.end_date) for a in last.retrieve_all(last.sids)}
    assert lives["A"] == lives["B"] == (date(2024, 1, 2), date(2024, 1, 4))
    assert lives["0"] == (date(2024, 1, 3), date(2024, 1, 3))


def test_a_version_is_a_bundle_that_runs_trade_on(grown: DataCatalog) -> None:
    bundle = bundles.load("mine", timestamp=FEBRUARY[1])
    assert bundle.daily is not None
    read = bundle.daily.read([0, 1], to_day("2024-01-01"), to_day("2024-01-31"), ["close"])
    # Coefficients at scale 8: 10.5, 7, 11.25 and 12.
    assert read["close"].to_list() == [1_050_000_000, 700_000_000, 1_125_000_000, 1_200_000_000]
    assert bundles.info("mine").assets == 3
    assert grown.versions("mine")[1].fingerprint == bundle.fingerprint


def test_more_decimals_and_more_digits_widen_what_was_there(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", frame((2, "A", "10.5")), timestamp=FEBRUARY[0])
    data_catalog.ingest("mine", frame((3, "A", "0.0000000123")), timestamp=FEBRUARY[1])
    found = data_catalog.materialize("A")
    assert closes(found) == [(2, "A", D("10.5")), (3, "A", D("0.0000000123"))]
    assert found.schema["close"] == pl.Decimal(18, 10)
    many = frame((4, "A", "1")).with_columns(volume=pl.lit("30000000000000"))  # 3e13
    data_catalog.ingest("mine", many, timestamp=FEBRUARY[2])
    assert data_catalog.materialize("A")["volume"].to_list() == [
        D(100),
        D(100),
        D(30_000_000_000_000),
    ]
    assert closes(data_catalog.materialize("A", as_of=FEBRUARY[0])) == [(2, "A", D("10.5"))]


def test_numbers_that_18_digits_cannot_hold_are_refused_by_name(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", frame((2, "A", "10000000000")), timestamp=FEBRUARY[0])
    with pytest.raises(DataValidationError, match=r"0\.0000000123.*18 digits"):
        data_catalog.ingest("mine", frame((3, "A", "0.0000000123")), timestamp=FEBRUARY[1])
    assert len(data_catalog.versions("mine")) == 1
    assert stored_files(data_catalog) == named_files(data_catalog)


def test_columns_beside_bars_are_merged_too(data_catalog: DataCatalog) -> None:
    data_catalog.ingest(
        "coins",
        minutes(("2024-01-05T00:01", "10", "7"), ("2024-01-05T00:02", "11", "8.5")),
        timestamp=FEBRUARY[0],
        resolution="1m",
    )
    data_catalog.ingest(
        "coins",
        minutes(("2024-01-05T00:02", "11", "9"), ("2024-01-05T00:03", "12", "")),
        timestamp=FEBRUARY[1],
    )
    assert data_catalog.describe("coins").version.calendar == "24/7"
    found = data_catalog.materialize("BTC/USDT", resolution="1m")
    assert found["close"].to_list() == [D(10), D(11), D(12)]
    assert found["open_interest"].to_list() == [D(7), D(9), None]
    (difference,) = data_catalog.diff(f"coins@{FEBRUARY[0]}", "coins")
    assert difference.changed.select("field", "old", "new").rows() == [
        ("open_interest", D("8.5"), D(9))
    ]


@pytest.mark.parametrize(
    ("start", "end", "minutes_found"),
    [
        ("2024-01-05T00:00", "2024-01-05T00:02", [1, 2]),
        ("2024-01-05T00:01", "2024-01-05T00:02", [2]),  # the bar until 00:01 began before
        ("2024-01-05T00:01", None, [2, 3]),
        ("2024-01-05", "2024-01-05", [1, 2, 3]),
        ("2024-01-06", None, []),
    ],
)
def test_instants_mean_bars_that_begin_and_end_between_them(
    data_catalog: DataCatalog, start: str, end: str | None, minutes_found: list[int]
) -> None:
    rows = [(f"2024-01-05T00:0{minute}", "10", "") for minute in (1, 2, 3)]
    data_catalog.ingest("coins", minutes(*rows), timestamp=FEBRUARY[0])
    found = data_catalog.materialize("BTC/USDT", start, end, "1m")
    assert [stamp.minute for stamp in found["timestamp"]] == minutes_found


def test_sessions_of_minutes_go_from_open_to_close() -> None:
    # New York, 3 July 2024: 9:30 to 13:00, which is 13:30 to 17:00 in UTC.
    first, last = label_range("2024-07-03", "2024-07-03", MINUTE, "XNYS")
    at = to_day("2024-07-03") * 24 * 60 * 60 * 10**9
    assert first == at + (13 * 60 + 30) * 60 * 10**9 + 1
    assert last == at + 17 * 60 * 60 * 10**9


def test_other_resolutions_are_data_sets_of_the_same_name(grown: DataCatalog) -> None:
    week = frame((5, "A", "12.5"))
    grown.ingest("mine", week, resolution="1w", timestamp="2024-02-09")
    assert closes(grown.materialize("A", resolution="1w")) == [(5, "A", D("12.5"))]
    assert grown.materialize("A").height == 3
    kinds = [(d.kind, d.resolution) for d in grown.describe("mine").version.datasets]
    assert kinds == [("assets", ""), ("bars", "1d"), ("bars", "1w")]
    assert bundles.load("mine").daily is not None


def test_files_of_frames_are_read(data_catalog: DataCatalog, tmp_path: Path) -> None:
    frame((2, "A", "10.5")).write_parquet(tmp_path / "bars.parquet")
    frame((3, "A", "11")).write_ipc(tmp_path / "bars.arrow")
    data_catalog.ingest("mine", tmp_path / "bars.parquet", timestamp=FEBRUARY[0])
    data_catalog.ingest("mine", str(tmp_path / "bars.arrow"), timestamp=FEBRUARY[1])
    assert closes(data_catalog.materialize("A")) == [(2, "A", D("10.5")), (3, "A", D(11))]
    assert str(tmp_path / "bars.arrow") in {
        dataset.source for dataset in data_catalog.describe("mine").version.datasets
    }
    with pytest.raises(InvalidArgument, match="there is no such file"):
        data_catalog.ingest("mine", tmp_path / "other.parquet")
    with pytest.raises(InvalidArgument, match=r"give a frame, or a file \.parquet"):
        data_catalog.ingest("mine", tmp_path / "bars.xlsx")


def test_a_source_that_is_an_ingest_function_writes_all_it_has(
    data_catalog: DataCatalog, market: Path
) -> None:
    data_catalog.ingest("market", source="csvdir", location=str(market), timestamp=FEBRUARY[0])
    assert "AAA" in {item.symbol for item in data_catalog.describe("market").symbols["1d"]}
    assert data_catalog.materialize("AAA").height == bundles.load("market").daily.read(  # type: ignore[union-attr]
        [1], 0, 10**6
    ).height  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda bars: bars.drop("close"), "the column is missing"),
        (lambda bars: bars.drop("symbol"), "the column is missing"),
        (lambda bars: pl.concat([bars, bars]), "the stamp is there twice"),
        (lambda bars: bars.with_columns(low=pl.lit("99")), "the high is below the low"),
        (lambda bars: bars.with_columns(date=pl.lit(date(2024, 1, 6))), "no session of XNYS"),
        (lambda bars: bars.with_columns(symbol=pl.lit(None, pl.String)), "give a symbol"),
        (lambda bars: bars.clear(), "there is not one bar in it"),
    ],
)
def test_bars_that_cannot_be_are_refused_and_nothing_is_there(
    data_catalog: DataCatalog, change: object, reason: str
) -> None:
    bars = change(frame((2, "A", "10.5")))  # type: ignore[operator]
    with pytest.raises(DataValidationError, match=reason):
        data_catalog.ingest("mine", bars)
    assert data_catalog.list() == ()
    assert not (data_catalog.root / "datasets").exists() or stored_files(data_catalog) == set()


def test_arguments_that_do_not_go_together_are_refused(grown: DataCatalog) -> None:
    with pytest.raises(InvalidArgument, match="give either data or a source"):
        grown.ingest("mine")
    with pytest.raises(InvalidArgument, match="the versions before have XNYS"):
        grown.ingest("mine", frame((2, "A", "1")), calendar="24/7")
    with pytest.raises(InvalidArgument, match="has an ingestion of this time"):
        grown.ingest("mine", frame((2, "A", "1")), timestamp=FEBRUARY[0])
    with pytest.raises(InvalidArgument, match="bundle name"):
        grown.ingest("a@b", frame((2, "A", "1")))


def test_new_assets_are_where_they_are_said_to_be(data_catalog: DataCatalog) -> None:
    venue = Venue(exchange="XETRA", country="DE", currency="EUR")
    data_catalog.ingest("mine", frame((2, "A", "1")), timestamp=FEBRUARY[0], venue=venue)
    (asset,) = bundles.load("mine").finder.retrieve_all([0])
    assert (asset.exchange, asset.country_code, asset.currency) == ("XETRA", "DE", "EUR")


# ------------------------------------------------------------------ what there is


def test_everything_is_listed_and_described(grown: DataCatalog) -> None:
    grown.ingest("coins", minutes(("2024-01-05T00:01", "10", "7")), timestamp=FEBRUARY[0])
    coins, mine = grown.list()
    assert (coins.name, mine.name) == ("coins", "mine")
    assert [v.timestamp.day for v in grown.versions("mine")] == [3, 2, 1]
    described = grown.describe(f"mine@{FEBRUARY[1]}")
    (bars,) = (d for d in described.version.datasets if d.kind == "bars")
    assert (bars.rows, bars.files, bars.resolution) == (4, 1, "1d")
    assert (bars.first_session, bars.last_session) == (date(2024, 1, 2), date(2024, 1, 4))
    assert [(s.symbol, s.sid, s.rows) for s in described.symbols["1d"]] == [
        ("A", 0, 3),
        ("B", 1, 1),
    ]
    assert described.symbols["1d"][0].last == to_day("2024-01-04")
    assert not described.version.is_bundle


def test_what_is_not_there_is_said(grown: DataCatalog) -> None:
    with pytest.raises(BundleNotFound, match=r"no bundle named 'other'.*mine"):
        grown.describe("other")
    with pytest.raises(IngestionNotFound):
        grown.describe("mine@2020-01-01")
    with pytest.raises(BundleNotFound):
        grown.versions("other")
    with pytest.raises(BundleNotFound):
        grown.verify("other")


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        ("2024-01-04T20:59:59", []),  # the session closes at 21:00 UTC
        ("2024-01-05T20:59:59", []),
        ("2024-01-05T21:00:00", [5]),
        ("2024-01-07T12:00:00", [5]),  # a Sunday
        ("2024-01-09T21:00:00", [5, 8, 9]),
    ],
)
def test_freshness_counts_sessions_that_have_ended(
    grown: DataCatalog, now: str, missing: list[int]
) -> None:
    (fresh,) = grown.freshness("mine", now)
    assert [day.day for day in fresh.missing] == missing
    assert fresh.is_fresh is (not missing)
    assert fresh.last_session == date(2024, 1, 4)


def test_a_week_is_missing_when_it_has_ended(grown: DataCatalog) -> None:
    grown.ingest("mine", frame((5, "A", "1")), resolution="1w", timestamp="2024-02-09")
    for now, missing in [
        ("2024-01-11T22:00", []),  # a Thursday
        ("2024-01-12T22:00", [date(2024, 1, 12)]),
        # Monday the 15th is a holiday, and the week of Friday the 19th not over.
        ("2024-01-18T22:00", [date(2024, 1, 12)]),
    ]:
        weekly = next(f for f in grown.freshness("mine", now) if f.resolution == "1w")
        assert list(weekly.missing) == missing, now


# ------------------------------------------------------------------ differences


def test_differences_are_added_removed_and_changed_numbers(grown: DataCatalog) -> None:
    (first,) = grown.diff(f"mine@{FEBRUARY[0]}", f"mine@{FEBRUARY[1]}")
    assert closes(first.added) == [(4, "A", D(12))]
    assert first.removed.is_empty()
    # All four prices of the bar of 3 January went from 11 to 11.25.
    assert first.changed.rows() == [
        (date(2024, 1, 3), "A", field, D(11), D("11.25"))
        for field in ("open", "high", "low", "close")
    ]
    (back,) = grown.diff("mine", f"mine@{FEBRUARY[0]}")
    assert sorted(closes(back.removed)) == [(3, "0", D(1)), (4, "A", D(12)), (4, "B", D(8))]
    (same,) = grown.diff("mine", "mine")
    assert same.is_empty


def test_differences_across_a_change_of_scale_are_those_of_values(
    data_catalog: DataCatalog,
) -> None:
    data_catalog.ingest("mine", frame((2, "A", "10.5"), (3, "A", "11")), timestamp=FEBRUARY[0])
    data_catalog.ingest("mine", frame((3, "A", "11.0000000001")), timestamp=FEBRUARY[1])
    (difference,) = data_catalog.diff(f"mine@{FEBRUARY[0]}", "mine")
    assert difference.added.is_empty()
    assert set(difference.changed.select("date", "old", "new").rows()) == {
        (date(2024, 1, 3), D(11), D("11.0000000001"))
    }
