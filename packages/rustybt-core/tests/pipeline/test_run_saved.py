"""Saved results: whole or not at all, checked, and in bounded room."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from rustybt.pipeline import ResultCache

FRAMES = [pl.DataFrame({"n": [1, 2]}), pl.DataFrame({"n": [3]})]


def read(cache: ResultCache, key: str = "key") -> list[int] | None:
    files = cache.get(key)
    return None if files is None else pl.read_parquet(files)["n"].to_list()


def test_frames_are_read_as_they_were_written(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "not" / "there")
    assert read(cache) is None
    assert cache.put("key", FRAMES) == cache.get("key")
    assert read(cache) == [1, 2, 3]
    assert read(cache, "other") is None


def test_an_entry_is_not_written_twice(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    cache.put("key", FRAMES)
    cache.put("key", FRAMES)
    assert read(cache) == [1, 2, 3]
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])


def other(file: Path) -> None:
    pl.DataFrame({"n": [9]}).write_parquet(file)


def document(text: str) -> object:
    def write(file: Path) -> None:
        (file.parent / "entry.json").write_text(text)

    return write


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        cut,
        other,
        Path.unlink,
        document(""),
        document("[]"),
        document("{}"),
        document('{"parts": [{}]}'),
        document('{"parts": [{"file": "../../elsewhere", "sha256": ""}]}'),
        lambda file: (file.parent / "entry.json").unlink(),
        lambda file: (file.parent / "entry.json").write_bytes(b"\xff\xfe"),
    ],
    ids=["a bit", "the end", "another", "gone", *("document",) * 5, "no document", "no text"],
)
def test_a_damaged_entry_counts_as_none(
    damage: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = ResultCache(tmp_path)
    files = cache.put("key", FRAMES)
    assert files is not None
    damage(files[1])  # type: ignore[operator]  # a function of a file
    assert read(cache) is None
    assert "a saved result is damaged" in caplog.text
    assert not list(tmp_path.iterdir())
    cache.put("key", FRAMES)
    assert read(cache) == [1, 2, 3]


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[pl.DataFrame]:
        yield FRAMES[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ResultCache(tmp_path).put("key", failing())
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written_is_not_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = ResultCache(tmp_path / "file")
    assert cache.put("key", FRAMES) is None
    assert read(cache) is None
    assert "a result of a pipeline is not kept" in caplog.text


def aged(cache: ResultCache, key: str, seconds: int) -> None:
    """Let an entry have been asked for at a time."""
    os.utime(cache.folder / key / "entry.json", (seconds, seconds))


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_what_was_asked_for_least_recently_makes_room(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    for number, key in enumerate(("a", "b", "c"), start=1):
        cache.put(key, FRAMES)
        aged(cache, key, number)
    assert read(cache, "a") == [1, 2, 3]  # now the newest
    small = ResultCache(tmp_path, limit_bytes=3 * size_of(tmp_path / "a"))
    small.put("d", FRAMES)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "c", "d"]


def test_what_is_larger_than_all_the_room_is_not_kept(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path, limit_bytes=100)
    assert cache.put("key", FRAMES) is None
    assert not list(tmp_path.iterdir())


def test_what_dead_writers_left_is_removed_after_a_day(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    for name, seconds in (("old", 1), ("new", None)):
        partial = tmp_path / f".partial-{name}"
        partial.mkdir()
        if seconds is not None:
            os.utime(partial, (seconds, seconds))
    cache.put("key", FRAMES)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".partial-new", "key"]


def test_a_document_names_the_files(tmp_path: Path) -> None:
    files = ResultCache(tmp_path).put("key", FRAMES)
    assert files is not None
    told = json.loads((tmp_path / "key" / "entry.json").read_text())
    assert [(part["file"], part["rows"]) for part in told["parts"]] == [
        (files[0].name, 2),
        (files[1].name, 1),
    ]
