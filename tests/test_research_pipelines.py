"""`run_pipeline` on bundles by name: of the settings' catalog, of another, as of a time."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rustybt import run_algorithm, run_pipeline
from rustybt.data import bundles
from rustybt.errors import BundleNotFound, IngestionNotFound, InvalidArgument
from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import EquityPricing
from rustybt_data.catalog import DataCatalog

PIPELINE = Pipeline({"close": EquityPricing.close.latest})
ROW = "{day},{close},{close},{close},{close},100\n"


def ingest(home: Path, close: int) -> Any:
    """Ingest a bundle of one asset and three sessions; the time of the version."""
    folder = home / f"csv{close}" / "daily"
    folder.mkdir(parents=True)
    days = ("2020-06-01", "2020-06-02", "2020-06-03")
    rows = "".join(ROW.format(day=day, close=close + n) for n, day in enumerate(days))
    (folder / "AAA.csv").write_text("date,open,high,low,close,volume\n" + rows)
    bundles.ingest_from(
        "small",
        source="csvdir",
        location=folder.parent,
        calendar_name="XNYS",
        environ={"RUSTYBT_HOME": str(home)},
    )
    return bundles.ingestions_for_bundle("small", {"RUSTYBT_HOME": str(home)})[0]


def closes(bundle: str | None = "small", **options: Any) -> list[float]:
    """What is known on 2 and 3 June: the closes of the days before."""
    frame = run_pipeline(PIPELINE, "2020-06-02", "2020-06-03", bundle, cache=False, **options)
    assert frame["session"].to_list() == [date(2020, 6, 2), date(2020, 6, 3)]
    found: list[float] = frame["close"].to_list()
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path))
    return tmp_path


def test_a_bundle_of_the_settings_as_of_a_time(home: Path) -> None:
    first, _ = ingest(home, 10), ingest(home, 20)
    assert closes() == [20.0, 21.0]
    assert closes(timestamp=first) == closes(f"small@{first.isoformat()}") == [10.0, 11.0]
    with pytest.raises(IngestionNotFound):
        closes(timestamp="2000-01-01")


def test_a_catalog_or_its_folder(tmp_path: Path) -> None:
    first, _ = ingest(tmp_path, 10), ingest(tmp_path, 20)
    with DataCatalog(tmp_path / "data") as catalog:
        for given in (catalog, tmp_path / "data", str(tmp_path / "data"), catalog.bundles):
            assert closes(catalog=given) == [20.0, 21.0]
            assert closes(catalog=given, timestamp=first) == [10.0, 11.0]
        with pytest.raises(BundleNotFound, match="other"):
            closes("other", catalog=catalog)
        with pytest.raises(InvalidArgument, match=r"give the name of a bundle, .*: small"):
            closes(None, catalog=catalog)
        with pytest.raises(IngestionNotFound):
            closes(catalog=catalog, timestamp="2000-01-01")


def test_a_run_tells_that_its_pipelines_read_other_assets_too() -> None:
    def initialize(context: Any) -> None:
        context.symbol("ALFA")
        if attaches:
            context.attach_pipeline(PIPELINE, "p")

    for attaches in (False, True):
        result = run_algorithm("2023-06-01", "2023-06-02", initialize, bundle="sample")
        read = {sid for each in result.manifest.data.reads for sid in each.sids}
        assert (len(read) > 1) is attaches
