"""A saved result: whole or not at all, and never over something else."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rustybt.errors import InvalidArgument
from rustybt.simulation import store

FRAME = pl.DataFrame({"a": [1, 2]})


def write(folder: Path, document: dict[str, Any] | None = None, **frames: pl.DataFrame) -> None:
    store.write_folder(
        folder, frames=frames.items(), document=document or {}, source="x = 1\n", data=None
    )


def test_there_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "one"
    store.write_folder(
        folder, frames=[("a", FRAME)], document={"format": 1}, source="x = 'é'\n", data=FRAME
    )
    assert {path.name for path in folder.iterdir()} == {
        "a.parquet", "data.parquet", "run.json", "strategy.py",
    }  # fmt: skip
    assert store.read_document(folder) == {"format": 1}
    assert store.read_frame(folder, "a").equals(FRAME)  # type: ignore[union-attr]
    assert store.read_frame(folder, "b") is None
    assert (folder / "strategy.py").read_text(encoding="utf-8") == "x = 'é'\n"


def test_an_older_result_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path / "run", {"n": 1}, a=FRAME, b=FRAME)
    write(tmp_path / "run", {"n": 2}, a=FRAME)
    assert store.read_document(tmp_path / "run") == {"n": 2}
    assert store.read_frame(tmp_path / "run", "b") is None
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write(tmp_path / "run", {"n": 1})
    assert store.read_document(tmp_path / "run") == {"n": 1}


def test_other_files_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InvalidArgument, match="holds something other than a saved run"):
        write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_failed_write_leaves_the_older_result(tmp_path: Path) -> None:
    write(tmp_path / "run", {"n": 1})
    with pytest.raises(ValueError, match="Out of range float"):
        write(tmp_path / "run", {"n": float("nan")})
    assert store.read_document(tmp_path / "run") == {"n": 1}
    write(tmp_path / "run", {"n": 3})
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_an_interrupted_write_left_is_cleared(tmp_path: Path) -> None:
    write(tmp_path / "run", {"n": 1})
    for leftover in (".run.partial", ".run.old"):
        (tmp_path / leftover).mkdir()
        (tmp_path / leftover / "a.parquet").write_text("half")
    write(tmp_path / "run", {"n": 2})
    assert store.read_document(tmp_path / "run") == {"n": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_document_is_sorted_json_text(tmp_path: Path) -> None:
    write(tmp_path / "run", {"b": 1, "a": 2})
    text = (tmp_path / "run" / "run.json").read_text()
    assert list(json.loads(text)) == ["a", "b"]
    assert text.endswith("\n")


def test_a_folder_without_a_result_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"it has no run\.json"):
        store.read_document(tmp_path)


def test_a_place_is_checked_without_a_trace(tmp_path: Path) -> None:
    write(tmp_path / "older", {"n": 1})
    for folder in (tmp_path / "older", tmp_path / "new" / "run"):
        store.check_folder(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["older"]
    assert store.read_document(tmp_path / "older") == {"n": 1}


def test_a_place_that_cannot_be_written_is_named_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("in the way")
    for check in (store.check_folder, write):
        with pytest.raises(InvalidArgument) as caught:
            check(Path("file/run"))
        assert str(caught.value) == (
            "directory was 'file/run'; it cannot be written (Not a directory); give another folder"
        )
