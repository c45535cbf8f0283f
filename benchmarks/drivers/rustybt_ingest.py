"""Ingest minutes with RustyBT."""

from pathlib import Path

from benchmarks.drivers.task import Outcome, Task, answer
from rustybt.data import bundles
from rustybt.testing._bar_reader import read_all


def run(task: Task) -> Outcome:
    """One ingestion, of which nothing else is left afterwards."""
    source = task.options["source"]
    place = Path(task.data) if source == "csvdir" else Path(task.data) / "minute"
    options = {} if source == "csvdir" else {"resolution": "1m"}
    stamp = bundles.ingest_from(
        f"ingest-{source}", source=source, location=place, calendar_name="XNYS", options=options
    )
    info = bundles.info(f"ingest-{source}", timestamp=stamp)
    reader = bundles.load(f"ingest-{source}", timestamp=stamp).minute
    assert reader is not None
    closes = read_all(reader, reader.sids()[-1:])["close"]
    return Outcome(
        fills=info.minute_bars,
        final_value=int(closes.sum()) / 10**reader.price_scale,
        stored_bytes=info.size_bytes,
    )


if __name__ == "__main__":
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "rustybt-core", "rustybt-data", "polars", "pyarrow")
