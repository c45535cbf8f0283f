import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from rustybt.calendars import get_calendar
from rustybt.data.bundles import (
    bundle_names,
    bundles,
    clean,
    info,
    ingest,
    ingestions_for_bundle,
    load,
    register,
    unregister,
)
from rustybt.errors import (
    BadClean,
    BundleNotFound,
    CatalogBusy,
    CatalogVersionError,
    CorruptData,
    DataValidationError,
    IngestionNotFound,
    InvalidArgument,
)
from rustybt_data.catalog import ParquetCatalog

MOMENTS = [datetime(2024, 1, day, 3, 4, 5, tzinfo=UTC) for day in (1, 2, 3)]


@pytest.fixture
def catalog(data_dir: Path) -> ParquetCatalog:
    return ParquetCatalog(data_dir)


@pytest.fixture
def ingested(catalog: ParquetCatalog) -> ParquetCatalog:
    """A bundle with three ingestions that hold nothing."""
    for moment in MOMENTS:
        with catalog.ingestion("mine", moment, calendar=get_calendar("XNYS")):
            pass
    return catalog


def test_nothing_is_there_before_the_first_ingestion(catalog: ParquetCatalog) -> None:
    assert catalog.names() == ()
    assert catalog.ingestions("mine") == ()
    with pytest.raises(IngestionNotFound):
        catalog.load("mine", MOMENTS[0])


def test_ingestions_are_listed_newest_first(ingested: ParquetCatalog) -> None:
    assert ingested.names() == ("mine",)
    assert ingested.ingestions("mine") == (MOMENTS[2], MOMENTS[1], MOMENTS[0])


def test_it_lies_in_a_folder_of_its_name(ingested: ParquetCatalog, data_dir: Path) -> None:
    folder = data_dir / "datasets" / "mine"
    assert info("mine", timestamp=MOMENTS[1]).location == str(folder)
    # Three ingestions of the same share their one file.
    assert [path.suffix for path in folder.rglob("*") if path.is_file()] == [".sqlite"]
    assert ingested.names() == ("mine",)


def test_other_folders_are_no_ingestions(ingested: ParquetCatalog, data_dir: Path) -> None:
    (data_dir / "datasets" / "mine" / "notes").mkdir()
    (data_dir / "datasets" / "empty").mkdir()
    assert len(ingested.ingestions("mine")) == 3
    assert ingested.names() == ("mine",)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a:b", "a@b"])
def test_a_name_that_is_no_folder_is_refused(catalog: ParquetCatalog, name: str) -> None:
    with pytest.raises(InvalidArgument, match="bundle name"):
        catalog.ingestions(name)


def test_an_ingestion_without_data_can_be_opened(ingested: ParquetCatalog) -> None:
    bundle = ingested.load("mine", MOMENTS[0])
    assert (bundle.name, bundle.timestamp, bundle.calendar) == ("mine", MOMENTS[0], "XNYS")
    assert bundle.daily is bundle.minute is None
    assert bundle.finder.sids == ()
    assert bundle.adjustments.splits() == ()
    assert info("mine").first_session is None


def test_zipline_s_names_mean_the_same(ingested: ParquetCatalog) -> None:
    bundle = ingested.load("mine", MOMENTS[0])
    assert bundle.asset_finder is bundle.finder
    assert bundle.equity_daily_bar_reader is bundle.daily
    assert bundle.equity_minute_bar_reader is bundle.minute
    assert bundle.adjustment_reader is bundle.adjustments


def test_the_newest_ingestion_up_to_a_time_is_loaded(ingested: ParquetCatalog) -> None:
    assert ingested.names() == ("mine",)
    assert load("mine").timestamp == MOMENTS[2]
    assert load("mine", timestamp="2024-01-02T12:00:00").timestamp == MOMENTS[1]
    assert load("mine", timestamp=MOMENTS[0]).timestamp == MOMENTS[0]
    with pytest.raises(IngestionNotFound):
        load("mine", timestamp="2023-12-31")


def test_an_unknown_bundle_is_not_found(ingested: ParquetCatalog) -> None:
    assert ingested.names() == ("mine",)
    for function in (load, info, ingest, ingestions_for_bundle):
        with pytest.raises(BundleNotFound, match="there is no bundle named 'other'"):
            function("other")


def test_an_ingestion_of_the_same_time_is_refused(ingested: ParquetCatalog) -> None:
    with (
        pytest.raises(InvalidArgument, match="has an ingestion of this time"),
        ingested.ingestion("mine", MOMENTS[0], calendar=get_calendar("XNYS")),
    ):
        pytest.fail("the block is not entered")


def test_ingestions_of_other_names_may_be_under_way(catalog: ParquetCatalog) -> None:
    calendar = get_calendar("XNYS")
    with (
        catalog.ingestion("mine", MOMENTS[0], calendar=calendar),
        catalog.ingestion("other", MOMENTS[1], calendar=calendar),
    ):
        pass
    assert catalog.ingestions("mine") == (MOMENTS[0],)
    assert catalog.ingestions("other") == (MOMENTS[1],)


def test_a_thread_does_not_wait_for_itself(catalog: ParquetCatalog) -> None:
    calendar = get_calendar("XNYS")
    with (
        catalog.ingestion("mine", MOMENTS[0], calendar=calendar),
        pytest.raises(CatalogBusy, match="an ingestion of mine is under way already"),
        catalog.ingestion("mine", MOMENTS[1], calendar=calendar),
    ):
        pytest.fail("the block is not entered")
    assert catalog.ingestions("mine") == (MOMENTS[0],)


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ({"keep_last": 1}, [3]),
        ({"keep_last": 0}, []),
        ({"keep_last": 9}, [3, 2, 1]),
        ({"before": MOMENTS[1]}, [3, 2]),
        ({"after": "2024-01-02T03:04:05"}, [2, 1]),
        ({"before": MOMENTS[1], "after": MOMENTS[1]}, [2]),
    ],
)
def test_cleaning_removes_what_was_selected(
    ingested: ParquetCatalog, data_dir: Path, arguments: dict[str, object], left: list[int]
) -> None:
    removed = clean("mine", **arguments)  # type: ignore[arg-type]
    assert [moment.day for moment in ingested.ingestions("mine")] == left
    assert sorted([moment.day for moment in removed] + left) == [1, 2, 3]
    assert [path for path in (data_dir / ".staging").iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    "arguments",
    [{}, {"keep_last": 1, "before": MOMENTS[0]}, {"keep_last": -1}, {"keep_last": 1, "after": 0}],
)
def test_a_selection_that_means_nothing_is_refused(
    ingested: ParquetCatalog, arguments: dict[str, object]
) -> None:
    with pytest.raises(BadClean):
        clean("mine", **arguments)  # type: ignore[arg-type]
    assert len(ingested.ingestions("mine")) == 3


def test_cleaning_removes_files_that_no_ingestion_shares(
    ingested: ParquetCatalog, data_dir: Path
) -> None:
    clean("mine", keep_last=1)
    assert [path.suffix for path in (data_dir / "datasets").rglob("*.*")] == [".sqlite"]
    clean("mine", keep_last=0)
    assert list((data_dir / "datasets").rglob("*")) == []
    assert ingested.names() == ()


@pytest.mark.parametrize("content", [b"", b"no database, but text"])
def test_a_damaged_database_is_noticed(
    ingested: ParquetCatalog, data_dir: Path, content: bytes
) -> None:
    assert ingested.names() == ("mine",)
    (data_dir / "catalog.db").write_bytes(content)
    other = ParquetCatalog(data_dir)
    if content:
        with pytest.raises(CorruptData, match=r"catalog\.db"):
            other.load("mine", MOMENTS[0])
    else:
        assert other.names() == ()


def test_a_database_of_a_version_to_come_is_refused(
    ingested: ParquetCatalog, data_dir: Path
) -> None:
    assert ingested.names() == ("mine",)
    with closing(sqlite3.connect(data_dir / "catalog.db")) as connection, connection:
        connection.execute("UPDATE alembic_version_rustybt_data SET version_num = '9999'")
    other = ParquetCatalog(data_dir)
    with pytest.raises(CatalogVersionError, match="of version 9999"):
        other.names()
    with (
        pytest.raises(CatalogVersionError, match="of version 9999"),
        other.ingestion("mine", datetime(2025, 1, 1, tzinfo=UTC), calendar=get_calendar("XNYS")),
    ):
        pytest.fail("the block is not entered")


def test_an_exception_in_the_ingest_function_leaves_nothing(catalog: ParquetCatalog) -> None:
    def function(*_arguments: object) -> None:
        raise LookupError("the vendor is closed")

    register("broken", function, calendar_name="XNYS")
    try:
        with pytest.raises(LookupError, match="the vendor is closed"):
            ingest("broken")
        assert catalog.names() == ()
        with pytest.raises(IngestionNotFound, match="has no ingestion"):
            load("broken")
    finally:
        unregister("broken")


def test_an_ingest_function_gets_what_zipline_gives_it(catalog: ParquetCatalog) -> None:
    seen: list[object] = []

    def function(*arguments: object) -> None:
        seen.extend(arguments)
        (Path(str(arguments[-1])) / "extra.txt").write_text("kept")

    register("probe", function, "XNYS", "2020-01-01", "2020-12-31", create_writers=False)
    try:
        stamp = ingest("probe", {"RUSTYBT_DATA_DIR": str(catalog._root)}, show_progress=True)
        assert isinstance(seen[0], dict)
        assert seen[1:5] == [None] * 4
        assert seen[5] is get_calendar("XNYS")
        assert seen[6:8] == [pd.Timestamp(2020, 1, 1), pd.Timestamp(2020, 12, 31)]
        assert seen[8:10] == [{}, True]
        (file,) = Path(info("probe", timestamp=stamp).location).rglob("extra.txt")
        assert file.read_text() == "kept"
    finally:
        unregister("probe")


def test_older_asset_databases_cannot_be_written() -> None:
    with pytest.raises(InvalidArgument, match="assets_versions"):
        ingest("sample", assets_versions=(6,))


@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        # Zipline's mergers are factors on prices: they don't say what holders get.
        (
            "mergers",
            {"sid": 1, "effective_date": 1_598_832_000, "ratio": 0.5},
            "whose shares the ratio counts",
        ),
        # Its stock dividends may be paid in another asset, on another day than the ex-date.
        (
            "stock_dividends",
            {
                "sid": 1,
                "ex_date": "2020-08-31",
                "pay_date": "2020-09-10",
                "ratio": 0.5,
                "payment_sid": 2,
            },
            "are a spin-off",
        ),
    ],
)
def test_what_has_no_meaning_here_is_refused_not_dropped(
    catalog: ParquetCatalog, table: str, row: dict[str, object], reason: str
) -> None:
    def function(environ, assets, minute, daily, adjustments, *rest) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002
        adjustments.write(**{table: pl.DataFrame([row])})

    register("refused", function, calendar_name="XNYS")
    try:
        with pytest.raises(DataValidationError, match=reason):
            ingest("refused")
        assert catalog.names() == ()
    finally:
        unregister("refused")


def test_adjustments_are_read_as_zipline_writes_them(catalog: ParquetCatalog) -> None:
    pandas = pytest.importorskip("pandas")

    def function(environ, assets, minute, daily, adjustments, *rest) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002
        adjustments.write(
            splits=pandas.DataFrame(
                {"sid": [1], "effective_date": [1_598_832_000], "ratio": [2 / 3]}
            ),
            dividends=pandas.DataFrame(
                {
                    "sid": [1],
                    "ex_date": [pandas.Timestamp("2020-02-07")],
                    "declared_date": [pandas.NaT],
                    "record_date": [pandas.NaT],
                    "pay_date": [pandas.Timestamp("2020-02-13")],
                    "amount": [0.82],
                }
            ),
        )

    register("pandas", function, calendar_name="XNYS")
    try:
        ingest("pandas")
        (split,) = load("pandas").adjustments.splits()
        (dividend,) = load("pandas").adjustments.dividends()
        # 1,598,832,000 seconds are 2020-08-31, 18,505 days.
        assert (split.effective, str(split.ratio)) == (18_505, "2/3")
        assert (str(dividend.amount), dividend.declared, dividend.ex) == ("0.82", None, 18_299)
    finally:
        unregister("pandas")


def test_the_embedded_bundles_are_registered() -> None:
    assert {"sample", "sample-crypto"} <= set(bundles)
    assert bundle_names() == ("sample", "sample-crypto")


def test_assets_keep_their_sids(catalog: ParquetCatalog) -> None:
    known: list[dict[str, int]] = []
    for moment, symbols in zip(MOMENTS, ("BD", "ABCD", "ACE"), strict=True):
        with catalog.ingestion("mine", moment, calendar=get_calendar("XNYS")) as writers:
            sids = writers.asset_db_writer.sids_for(symbols)
            rows = [{"sid": sid, "symbol": symbol} for symbol, sid in sids.items()]
            writers.asset_db_writer.write(equities=rows)
            known.append(sids)
    # Each symbol keeps its number as long as it is there; new ones come after all of them.
    assert known == [
        {"B": 0, "D": 1},
        {"A": 2, "B": 0, "C": 3, "D": 1},
        {"A": 2, "C": 3, "E": 4},
    ]
