from datetime import UTC, date, datetime
from pathlib import Path

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


def test_an_ingestion_lies_where_zipline_would_put_it(
    ingested: ParquetCatalog, data_dir: Path
) -> None:
    folder = data_dir / "bundles" / "mine" / "2024-01-02T03;04;05"
    assert (folder / "assets-8.sqlite").is_file()
    assert info("mine", timestamp=MOMENTS[1]).location == str(folder)
    assert ingested.names() == ("mine",)


def test_other_folders_are_no_ingestions(ingested: ParquetCatalog, data_dir: Path) -> None:
    (data_dir / "bundles" / "mine" / "notes").mkdir()
    (data_dir / "bundles" / "empty").mkdir()
    assert len(ingested.ingestions("mine")) == 3
    assert ingested.names() == ("mine",)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a:b"])
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


def test_an_ingestion_at_work_is_not_taken_for_a_dead_one(catalog: ParquetCatalog) -> None:
    calendar = get_calendar("XNYS")
    with (
        catalog.ingestion("mine", MOMENTS[0], calendar=calendar),
        catalog.ingestion("mine", MOMENTS[1], calendar=calendar),
    ):
        pass
    assert catalog.ingestions("mine") == (MOMENTS[1], MOMENTS[0])


def test_who_ends_second_is_refused_in_the_end(catalog: ParquetCatalog) -> None:
    calendar = get_calendar("XNYS")
    with (
        pytest.raises(InvalidArgument, match="has an ingestion of this time"),
        catalog.ingestion("mine", MOMENTS[0], calendar=calendar) as slow,
        catalog.ingestion("mine", MOMENTS[0], calendar=calendar),
    ):
        (slow.output_dir / "late.txt").write_text("too late")
    location = Path(catalog.info("mine", MOMENTS[0]).location)
    assert not (location / "late.txt").exists()


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


@pytest.mark.parametrize("text", ["{", '{"format_version": 2}', '{"format_version": 1}'])
def test_a_damaged_description_is_noticed(
    ingested: ParquetCatalog, data_dir: Path, text: str
) -> None:
    (data_dir / "bundles/mine/2024-01-01T03;04;05/bundle.json").write_text(text)
    with pytest.raises(CorruptData):
        ingested.load("mine", MOMENTS[0])


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
        assert seen[6:8] == [date(2020, 1, 1), date(2020, 12, 31)]
        assert seen[8:10] == [{}, True]
        location = Path(info("probe", timestamp=stamp).location)
        assert (location / "extra.txt").read_text() == "kept"
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
