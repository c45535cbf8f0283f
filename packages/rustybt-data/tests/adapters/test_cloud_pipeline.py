"""A pipeline on bars that were on an object store."""

import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from object_servers import put, s3

from rustybt.data import bundles
from rustybt.pipeline import Pipeline, run_pipeline
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.factors import SimpleMovingAverage

WORD = "open-sesame-street"
DAYS = [date(2024, 3, day) for day in (4, 5, 6, 7, 8)]
BUCKET = "pipeline-of-objects"


def objects() -> dict[str, bytes]:
    """A folder for each day, in which the closes of both symbols are the day and its double."""
    found = {}
    for day in DAYS:
        closes = [day.day, 2 * day.day]
        prices = dict.fromkeys(("open", "high", "low", "close"), closes)
        frame = pl.DataFrame({"date": [day] * 2, "symbol": ["AAA", "BBB"], **prices})
        buffer = io.BytesIO()
        frame.with_columns(volume=pl.lit(100)).write_parquet(buffer)
        found[f"prices/date={day}/part-0.parquet"] = buffer.getvalue()
    return found


def test_pipeline_on_bars_of_an_object_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, WORD)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path))
    mean = SimpleMovingAverage(inputs=[EquityPricing.close], window_length=3)
    with s3() as server:
        put(BUCKET, objects())
        bundles.ingest_from(
            "remote",
            source="cloud",
            location=f"s3://{BUCKET}/prices",
            options={"endpoint": server.url, "start": "2024-03-04", "end": "2024-03-08"},
            calendar_name="XNYS",
        )
    found = run_pipeline(Pipeline({"mean": mean}), "2024-03-07", "2024-03-08", "remote")
    # Before the 7th the closes of the 4th to the 6th are known, before the 8th those of the 5th
    # to the 7th: means 5 and 6, and their doubles.
    assert found.select("session", "symbol", "mean").rows() == [
        (date(2024, 3, 7), "AAA", 5.0),
        (date(2024, 3, 7), "BBB", 10.0),
        (date(2024, 3, 8), "AAA", 6.0),
        (date(2024, 3, 8), "BBB", 12.0),
    ]
