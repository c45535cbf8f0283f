"""Bundles and tables in the catalog, and what is removed from it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from catalog_frames import FEBRUARY, all_closes, frame, minutes, named_files, stored_files

from rustybt.data import bundles
from rustybt.errors import DatasetNotFound, DataValidationError, InvalidArgument
from rustybt_data import DataCatalog

D = Decimal


def test_a_bundle_names_data_sets_that_are_there(grown: DataCatalog) -> None:
    grown.ingest("coins", minutes(("2024-01-05T00:01", "10", "7")), timestamp=FEBRUARY[0])
    named = grown.bundle("study", [f"mine@{FEBRUARY[0]}", "coins"], timestamp="2024-03-01")
    assert named.is_bundle
    assert [(d.name, d.kind, d.resolution) for d in named.datasets] == [
        ("mine", "assets", ""), ("mine", "bars", "1d"), ("coins", "bars", "1m"),
    ]  # fmt: skip
    grown.gc(keep_last=1)
    assert [v.timestamp.day for v in grown.versions("mine")] == [3]
    loaded = bundles.load("study")
    assert loaded.daily is not None
    assert loaded.daily.sids() == (0, 1)
    # The bundle is no second place of the symbols.
    assert grown.materialize("A").height == 3
    assert grown.materialize("A", dataset="study").height == 2
    bundles.clean("study", keep_last=0)
    assert stored_files(grown) == named_files(grown)
    grown.ingest("other", frame((2, "A", "99")))
    with pytest.raises(InvalidArgument, match=r"it has bars 1d, and so has mine"):
        grown.bundle("both", ["mine", "other"])


def test_tables_of_any_kind_are_versioned_with_the_rest(grown: DataCatalog) -> None:
    def facts(*rows: tuple[str, int, str]) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "symbol": [symbol for symbol, _, _ in rows],
                "effective_at": [date(2023, month, 1) for _, month, _ in rows],
                "eps": [value for _, _, value in rows],
            }
        ).with_columns(pl.col("eps").str.to_decimal(scale=2))

    keys = ["symbol", "effective_at"]
    grown.ingest_table("mine", "fundamentals", facts(("B", 3, "1.10"), ("A", 3, "2.50")),
                       keys=keys, timestamp="2024-03-01")  # fmt: skip
    grown.ingest_table("mine", "fundamentals", facts(("A", 3, "2.40"), ("A", 6, "2.60")),
                       keys=keys, timestamp="2024-03-02")  # fmt: skip
    assert grown.table("mine", "fundamentals").collect().rows() == [
        ("A", date(2023, 3, 1), D("2.40")),
        ("A", date(2023, 6, 1), D("2.60")),
        ("B", date(2023, 3, 1), D("1.10")),
    ]
    then = grown.table("mine", "fundamentals", "2024-03-01").collect()
    assert then["eps"].to_list() == [D("2.50"), D("1.10")]
    assert grown.materialize("A").height == 3
    prints = {version.fingerprint for version in grown.versions("mine")}
    assert len(prints) == 5
    for kind, change, reason in [
        ("bars", facts(("A", 3, "1.00")), "give another kind"),
        ("fundamentals", facts(("A", 3, "1.00"), ("A", 3, "2.00")), "there twice"),
        ("fundamentals", facts(("A", 3, "1.00")).drop("eps"), "give the same columns"),
    ]:
        with pytest.raises((InvalidArgument, DataValidationError), match=reason):
            grown.ingest_table("mine", kind, change, keys=keys)
    with pytest.raises(DatasetNotFound, match="no fundamentals of other"):
        grown.table("other", "fundamentals")


def test_a_name_with_tables_alone_cannot_be_run_on(data_catalog: DataCatalog) -> None:
    table = pl.DataFrame({"date": [date(2024, 1, 2)], "value": [1]})
    data_catalog.ingest_table("macro", "indicators", table, keys=["date"])
    with pytest.raises(InvalidArgument, match="it has no assets"):
        bundles.load("macro")


def test_collecting_keeps_the_newest_versions(grown: DataCatalog) -> None:
    tried = grown.gc(keep_last=2, dry_run=True)
    assert tried.versions == ("mine@2024-02-01T00:00:00+00:00",)
    assert len(grown.versions("mine")) == 3
    done = grown.gc(keep_last=2)
    assert (done.versions, done.files, done.size_bytes) == (
        tried.versions, tried.files, tried.size_bytes,
    )  # fmt: skip
    assert len(grown.versions("mine")) == 2
    assert stored_files(grown) == named_files(grown)
    assert all_closes(grown, "mine", FEBRUARY[1])["A3"] == D("11.25")
    with pytest.raises(InvalidArgument, match="keep one at least"):
        grown.gc(keep_last=0)
    assert grown.gc().files == ()


def test_bundles_are_not_collected(grown: DataCatalog, market: Path) -> None:
    for stamp in FEBRUARY:
        bundles.ingest_from("market", source="csvdir", location=market, timestamp=stamp)
    grown.gc(keep_last=1)
    assert len(grown.versions("market")) == 3
    assert len(grown.versions("mine")) == 1


def test_what_is_read_is_not_collected(grown: DataCatalog, data_dir: Path) -> None:
    reading = grown.query(None, as_of=FEBRUARY[0], dataset="mine")
    opened = bundles.load("mine", timestamp=FEBRUARY[1])
    other = DataCatalog(data_dir)
    assert other.gc(keep_last=1).in_use == (
        "mine@2024-02-01T00:00:00+00:00",
        "mine@2024-02-02T00:00:00+00:00",
    )
    # They are gone for who comes now, and whole for who has them.
    assert len(other.versions("mine")) == 1
    assert reading.collect().height == 3
    assert opened.daily is not None
    assert opened.daily.read(opened.daily.sids(), 0, 10**6).height == 4
    grown.close()
    assert other.gc().versions == ("mine@2024-02-01T00:00:00+00:00",)
    del opened
    assert other.gc().versions == ("mine@2024-02-02T00:00:00+00:00",)
    assert stored_files(other) == named_files(other)
