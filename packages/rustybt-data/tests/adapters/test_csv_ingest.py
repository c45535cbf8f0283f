"""Bundles made by the adapter csv."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from rustybt.calendars import get_calendar
from rustybt.data import bundles
from rustybt.data.bundle import BundleData
from rustybt.errors import DataValidationError
from rustybt.testing import AdapterCase, DataAdapterSuite
from rustybt.testing._bar_reader import all_bars
from rustybt_data.adapters.csv import CSVAdapter

HEADER = "timestamp,symbol,open,high,low,close,volume"


def minutes(path: Path, symbols: list[str], sessions: int, *, by_time: bool = False) -> Path:
    """Minutes of XNYS from 2024-01-02 on, with two decimals."""
    calendar = get_calendar("XNYS")
    first = calendar.session_index(datetime(2024, 1, 2, tzinfo=UTC))
    labels = np.concatenate([calendar.minutes(first + number) for number in range(sessions)])
    rows = pl.DataFrame({"at": labels}).join(pl.DataFrame({"symbol": symbols}), how="cross")
    rows = rows.with_row_index("n").select(
        pl.col("at").cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%S").alias("timestamp"),
        "symbol",
        *(
            pl.format("{}.{}", pl.col("n") % 900 + base, pl.col("n") % 90 + 10).alias(name)
            for name, base in (("open", 20), ("high", 30), ("low", 10), ("close", 20))
        ),
        (pl.col("n") % 1000).alias("volume"),
    )
    rows = rows if by_time else rows.sort("symbol", maintain_order=True)
    rows.write_csv(path)
    return path


def ingested(path: Path, resolution: str = "1m", **options: str) -> BundleData:
    options = {"resolution": resolution, **options}
    stamp = bundles.ingest_from("mine", source="csv", location=path, options=options)
    return bundles.load("mine", timestamp=stamp)


class SmallBlocks(CSVAdapter):
    block_bytes = 4096


def fingerprint(path: Path, kind: type[CSVAdapter]) -> str:
    bundles.register("blocks", kind(str(path), {"resolution": "1m"}), calendar_name="XNYS")
    try:
        bundles.ingest("blocks")
    finally:
        bundles.unregister("blocks")
    return bundles.info("blocks").fingerprint


class TestManySymbolsInOneFile(DataAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> AdapterCase:
        place = minutes(tmp_path / "all.csv", ["BBB", "AAA"], 3)
        return AdapterCase(adapter=CSVAdapter, location=place, options={"resolution": "1m"})


class TestDailyFiles(DataAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> AdapterCase:
        for symbol in ("AAA", "BBB"):
            lines = ["date,open,high,low,close,volume"]
            lines += [f"2024-01-0{day},1.5,2,1,1.25,100" for day in (2, 3, 4, 5)]
            (tmp_path / "prices").mkdir(exist_ok=True)
            (tmp_path / "prices" / f"{symbol}.csv").write_text("\n".join(lines))
        return AdapterCase(adapter=CSVAdapter, location=tmp_path / "prices")


def test_blocks_of_any_size_and_rows_in_any_order_make_the_same_bundle(tmp_path: Path) -> None:
    symbols = ["CCC", "AAA", "BBB"]
    sorted_file = minutes(tmp_path / "sorted.csv", symbols, 2)
    mixed = minutes(tmp_path / "mixed.csv", symbols, 2, by_time=True)
    prints = {
        fingerprint(path, kind)
        for path in (sorted_file, mixed)
        for kind in (CSVAdapter, SmallBlocks)
    }
    assert len(prints) == 1


def test_bars_that_come_again_far_apart_are_stored_once(tmp_path: Path) -> None:
    path = minutes(tmp_path / "all.csv", ["AAA", "BBB"], 2)
    once = fingerprint(path, SmallBlocks)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, *lines[1:50]]))
    assert fingerprint(path, SmallBlocks) == once


def test_bars_that_come_again_and_differ_are_refused(tmp_path: Path) -> None:
    path = minutes(tmp_path / "all.csv", ["AAA", "BBB"], 2)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1].rpartition(",")[0] + ",77"]))
    with pytest.raises(DataValidationError, match=r"bars of AAA: .*two bars of this time"):
        fingerprint(path, SmallBlocks)


def test_symbols_start_and_end_choose(tmp_path: Path) -> None:
    path = minutes(tmp_path / "all.csv", ["AAA", "BBB", "CCC"], 4)
    ingested(path, symbols="CCC,AAA", start="2024-01-03", end="2024-01-04")
    info = bundles.info("mine")
    assert (info.assets, info.minute_bars) == (2, 2 * 2 * 390)
    assert (info.first_session, info.last_session) == (date(2024, 1, 3), date(2024, 1, 4))


def test_columns_beside_the_bars_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "AAA.csv"
    path.write_text(
        "date,open,high,low,close,volume,bid,open_interest\n"
        "2024-01-04,1,1,1,1,1,0.99,7\n2024-01-05,1,1,1,1,1,,8\n"
    )
    bundle = ingested(path, "1d")
    assert bundle.daily is not None
    assert set(bundle.daily.extra_fields) == {"bid", "open_interest"}  # type: ignore[attr-defined]


def test_volumes_and_prices_of_any_size_are_stored_exactly(tmp_path: Path) -> None:
    path = tmp_path / "AAA.csv"
    price, volume = "0.0000000123", "30000000000000"
    path.write_text(
        f"date,open,high,low,close,volume\n2024-01-05,{price},{price},{price},{price},{volume}\n"
    )
    reader = ingested(path, "1d").daily
    assert reader is not None
    # Coefficients: 123 / 10^10 and 3 x 10^13 at the scale of the volume.
    (bar,) = all_bars(reader).rows(named=True)
    assert D(bar["close"]).scaleb(-reader.price_scale) == D(price)
    assert D(bar["volume"]).scaleb(-reader.volume_scale) == D(volume)


def test_interpolated_bars_are_stored_and_told(tmp_path: Path) -> None:
    path = tmp_path / "AAA.csv"
    path.write_text(
        "date,open,high,low,close,volume\n2024-01-03,1,1,1,1,1\n2024-01-04,,,,,\n"
        "2024-01-05,3,3,3,3,3\n"
    )
    adapter = CSVAdapter(str(path), {"missing": "interpolate"})
    bundles.register("mine", adapter, calendar_name="XNYS")
    try:
        bundles.ingest("mine")
    finally:
        bundles.unregister("mine")
    assert bundles.info("mine").daily_bars == 3
    assert len(adapter.filled) == 5


MEASURED = """
import sys
from rustybt.data import bundles

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

location, name = sys.argv[1:]
options = {"resolution": "1m"}
bundles.ingest_from(name, source="csv", location=location, options=options)
print(peak())
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_file_needs_no_memory_of_its_size(tmp_path: Path) -> None:
    def peak(path: Path) -> int:
        command = [sys.executable, "-c", MEASURED, str(path), path.stem]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return int(done.stdout.split()[-1])

    symbols = [f"S{number:03d}" for number in range(100)]
    small = minutes(tmp_path / "small.csv", symbols, 60)
    large = minutes(tmp_path / "large.csv", symbols, 180)
    sizes = small.stat().st_size, large.stat().st_size
    needed = peak(small), peak(large)
    more, grown = sizes[1] - sizes[0], needed[1] - needed[0]
    assert more > 230_000_000
    # What is kept of a file does not grow with it; half of what it grew is left to the allocator.
    assert grown < more // 2, f"{grown:,} bytes more for {more:,} more in the file"


def test_start_labels_are_shifted(tmp_path: Path) -> None:
    at = datetime(2024, 1, 5, 15, tzinfo=UTC)
    path = tmp_path / "AAA.csv"
    path.write_text(f"timestamp,open,high,low,close,volume\n{at:%Y-%m-%d %H:%M},1,1,1,1,1\n")
    reader = ingested(path, bar_label="start").minute
    assert reader is not None
    assert all_bars(reader)["at"].to_list() == [
        int((at + timedelta(minutes=1)).timestamp()) * 10**9
    ]


def test_files_without_a_bar_make_no_bundle(tmp_path: Path) -> None:
    path = tmp_path / "AAA.csv"
    path.write_text("date,open,high,low,close,volume\n")
    with pytest.raises(DataValidationError, match=r"AAA.csv: there is not one bar in the range"):
        bundles.ingest_from("mine", source="csv", location=path)
    path.write_text("date,open,high,low,close,volume\n2024-01-05,1,1,1,1,1\n")
    with pytest.raises(DataValidationError, match=r"AAA.csv: there is not one bar in the range"):
        bundles.ingest_from("mine", source="csv", location=path, options={"start": "2024-01-06"})
    assert "mine" not in bundles.bundle_names()
