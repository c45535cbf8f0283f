"""Price files that are read in one pass say what their texts say, or are left to these."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rustybt.calendars import always_open
from rustybt.data.schemas import BarKind
from rustybt.errors import DataValidationError
from rustybt_data.csvdir.options import STAMP_COLUMNS
from rustybt_data.csvdir.quick import plain_prices
from rustybt_data.csvdir.tables import label_column, read_csv
from rustybt_data.origin import Origin
from rustybt_data.parquet.bars import AssetBars, read_bars
from rustybt_data.parquet.scales import Scales

HEADER = "timestamp,open,high,low,close,volume\n"
ODD = [
    "",
    " ",
    "nan",
    "inf",
    "1e2",
    "1E-1",
    "+1",
    "-1",
    ".5",
    "5.",
    " 1",
    "1 ",
    "0x10",
    "1_0",
    "--1",
]
ODD += ["1.123", "12345678901234567", "1,5", '"1"', "é", "-0", "007", "1.50", "0.00"]
NUMBERS = st.decimals(0, 10**6, places=2).map(str) | st.integers(0, 10**6).map(str)
PLAIN = "2024-01-05 14:31:00"
STAMPS = [PLAIN, "2024-01-05T14:31:00", "2024-01-05", "2024-01-05 14", "2024-01-05 14:31"]
STAMPS += ["2024-01-05 14:31:00Z", "2024-01-05 14:31:00+01:00", "2024-01-05 14:31:00.25", "soon"]
STAMPS += ["20240105", "2024-02-30", " 2024-01-05", "1600-01-01", "2500-01-01 00:00:00", ""]


def bars_of(frame: pl.DataFrame, kind: BarKind, label: str) -> AssetBars:
    return read_bars(frame, kind, Origin("bars"), calendar=always_open(), label=label)


def outcomes(content: str, kind: BarKind) -> tuple[AssetBars | None, AssetBars | None]:
    """What the quick way and what the texts come to; None for an error, and for what it leaves."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "AAA.csv"
        path.write_bytes(content.encode())
        found: list[AssetBars | None] = []
        try:
            frame = plain_prices(path, kind, STAMP_COLUMNS, Scales(2, 0))
            found.append(None if frame is None else bars_of(frame, kind, frame.columns[0]))
        except DataValidationError:
            found.append(None)
        try:
            table = read_csv(path)
            found.append(bars_of(table.frame, kind, label_column(table, STAMP_COLUMNS)))
        except DataValidationError:
            found.append(None)
    return found[0], found[1]


def check_alike(quick: AssetBars | None, slow: AssetBars | None) -> None:
    if quick is None:
        return
    assert slow is not None
    assert_frame_equal(quick.bars, slow.bars)
    assert (quick.price_scale, quick.volume_scale) == (slow.price_scale, slow.volume_scale)
    assert (quick.first_label, quick.last_label) == (slow.first_label, slow.last_label)


@given(
    st.sampled_from(["daily", "intraday"]),
    st.sampled_from(STAMPS),
    st.lists(NUMBERS | st.sampled_from(ODD), min_size=5, max_size=5),
    st.sampled_from(["", "\n", "\n\n", "\r\n"]),
)
@example("intraday", PLAIN, ["1", "2.50", "0.5", "1", "0"], "")
@example("intraday", PLAIN, ["0", "0.00", "-0", "0", "0"], "\n")
def test_it_reads_what_the_texts_say(kind: BarKind, stamp: str, cells: list[str], end: str) -> None:
    check_alike(*outcomes(HEADER + ",".join([stamp, *cells]) + end, kind))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("intraday", f"{HEADER}{PLAIN},1,2.25,0.5,1.5,100\n2024-01-05 14:32:00,1,2,1,1,7"),
        ("daily", "Volume, Close,low,high,open,DATE,note\n7,1,1,1,1,2024-01-05,x\n"),
    ],
)
def test_usual_files_are_read_in_one_pass(kind: BarKind, content: str) -> None:
    quick, slow = outcomes(content, kind)
    assert quick is not None
    check_alike(quick, slow)


@pytest.mark.parametrize(
    "content",
    [
        "",
        HEADER.strip(),
        HEADER.replace("low,", ""),
        HEADER.replace("low", "high"),
        f"{HEADER}{PLAIN},1,1,1,1,1,1\n",
        f"{HEADER}{PLAIN},1,1,1,1\n",
        f"{HEADER}\n{PLAIN},1,1,1,1,1\n",
        f"{HEADER.strip()},bid\n{PLAIN},1,1,1,1,1,1\n",
        f"\ufeff{HEADER}{PLAIN},1,1,1,1,1\n",
        f"{HEADER}{PLAIN},1,1,1,1,1\r{PLAIN},1,1,1,1,1\n",
    ],
)
def test_the_rest_is_left_to_the_texts(tmp_path: Path, content: str) -> None:
    path = tmp_path / "AAA.csv"
    path.write_bytes(content.encode())
    assert plain_prices(path, "intraday", STAMP_COLUMNS, Scales(2, 0)) is None
