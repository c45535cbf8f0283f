"""Small CSV files that are read together."""

from pathlib import Path

import pytest

from rustybt.data import bundles
from rustybt.errors import DataValidationError

HEADER = "timestamp,open,high,low,close,volume\n"


def rows(first: int, count: int, price: str = "1.25", volume: str = "100") -> list[str]:
    """Minutes of 2024-01-05 from 14:30 + `first` on."""
    return [
        f"2024-01-05 {14 + (30 + at) // 60}:{(30 + at) % 60:02}:00,{price},2,1,1.5,{volume}"
        for at in range(first, first + count)
    ]


def write(folder: Path, name: str, lines: list[str], header: str = HEADER) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.csv"
    path.write_text(header + "\n".join(lines))
    return path


def fingerprint(place: Path) -> str:
    bundles.ingest_from("lots", source="csv", location=place, options={"resolution": "1m"})
    return bundles.info("lots").fingerprint


def folder_of(place: Path, number: int) -> Path:
    for each in range(number):
        write(place, f"S{each:02}", rows(1 + each, 5))
    return place


def test_files_of_any_shape_are_the_same_as_one_file(tmp_path: Path) -> None:
    place = folder_of(tmp_path / "many", 8)
    # A line feed at the end; finer prices; quotes; a column more, and in another order.
    (place / "S02.csv").write_text(HEADER + "\n".join(rows(3, 5)) + "\n")
    write(place, "S03", rows(4, 5, price="1.0625"))
    write(place, "S04", [*rows(5, 4), '"2024-01-05 14:39:00","1.25",2,1,1.5,100'])
    turned = [f"{','.join(reversed(row.split(',')))},x" for row in rows(6, 5)]
    write(place, "S05", turned, "volume,close,low,high,open,timestamp,note\n")
    lines = [
        f"{row},S{each:02}"
        for each in range(8)
        for row in rows(1 + each, 5, price="1.0625" if each == 3 else "1.25")
    ]
    one = write(tmp_path, "one", lines, HEADER.strip() + ",symbol\n")
    assert fingerprint(place) == fingerprint(one)


@pytest.mark.parametrize(
    ("name", "line", "cells", "words"),
    [
        ("S05", 3, "2024-01-05 14:40:00,1,2,1,x,5", r"S05.csv, line 3.*close.*x"),
        ("S05", 4, "2024-01-05 14:40:00,1,2,1,1,-5", r"S05.csv, line 4.*volume.*-5"),
        ("S07", 2, "2024-01-05 14:40:00,1,0.5,1,1,5", r"S07.csv, line 2.*high"),
        ("S07", 6, "2024-01-05 14:40:00,1,2,,1,5", r"S07.csv, line 6.*low.*number"),
        ("S03", 5, "2024-01-05 14:61:00,1,2,1,1,5", r"S03.csv, line 5.*timestamp"),
    ],
)
def test_what_is_wrong_in_one_of_them_is_named(
    tmp_path: Path, name: str, line: int, cells: str, words: str
) -> None:
    place = folder_of(tmp_path / "many", 9)
    lines = (place / f"{name}.csv").read_text().splitlines()
    lines[line - 1] = cells
    (place / f"{name}.csv").write_text("\n".join(lines))
    with pytest.raises(DataValidationError, match=words):
        fingerprint(place)


def test_a_missing_column_of_one_of_them_is_named(tmp_path: Path) -> None:
    place = folder_of(tmp_path / "many", 4)
    lines = [row.rpartition(",")[0] for row in rows(1, 5)]
    write(place, "S02", lines, "timestamp,open,high,low,close\n")
    with pytest.raises(DataValidationError, match=r"S02.csv.*volume.*missing"):
        fingerprint(place)


def test_the_file_of_a_label_at_which_no_bar_ends_is_named(tmp_path: Path) -> None:
    place = tmp_path / "many"
    for each in range(6):
        write(place, f"S{each:02}", [rows(5, 1)[0], rows(11 if each == 4 else 10, 1)[0]])
    with pytest.raises(DataValidationError, match=r"S04.csv.*14:41.*no 5m bar"):
        bundles.ingest_from("lots", source="csv", location=place, options={"resolution": "5m"})


def test_the_files_of_numbers_that_do_not_go_together_are_named(tmp_path: Path) -> None:
    place = folder_of(tmp_path / "many", 6)
    # 12 digits before the point and 8 after it are 20.
    write(place, "S02", [f"2024-01-05 14:31:00,1,{10**11},1,1,5"])
    write(place, "S04", ["2024-01-05 14:31:00,1.00000001,2,1,1,5"])
    with pytest.raises(DataValidationError, match=r"S04.csv.*1.00000001.*100000000000 in .*S02"):
        fingerprint(place)
