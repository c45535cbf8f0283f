"""A result as a folder: Parquet frames, the strategy's code, and a JSON document.

The folder appears whole or not at all: it is written beside its place and moved there at the end.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOCUMENT = "run.json"
STRATEGY = "strategy.py"
DATA = "data.parquet"


def check_folder(folder: Path) -> None:
    """Make sure that a result can be written to a folder; worth asking before a long run.

    Nothing is left behind, neither the folder nor a parent that isn't there yet.

    Args:
        folder: The place of a result.

    Raises:
        InvalidArgument: It holds something other than a result, or nothing can be written there.
    """
    place = folder.absolute()
    try:
        if place.exists() and not _may_be_replaced(place):
            reason = "it holds something other than a saved run; give a new or empty folder"
            raise InvalidArgument(field="directory", value=str(folder), reason=reason)
        nearest = next(parent for parent in place.parents if parent.exists())
        with TemporaryDirectory(prefix=f".{place.name}.", dir=nearest):
            pass
    except OSError as error:
        reason = f"it cannot be written ({error.strerror}); give another folder"
        raise InvalidArgument(field="directory", value=str(folder), reason=reason) from error


def write_folder(
    folder: Path,
    *,
    frames: Iterable[tuple[str, pl.DataFrame]],
    document: Mapping[str, Any],
    source: str,
    data: pl.DataFrame | None,
) -> None:
    """Write a result; one that is in the folder already is replaced.

    Args:
        folder: Its place; parents are made.
        frames: Frames by name.
        document: What goes into the JSON file.
        source: The strategy's code.
        data: The market data, where it was a frame.

    Raises:
        InvalidArgument: The place holds something other than a result, or cannot be written.
    """
    check_folder(folder)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = _empty(folder.with_name(f".{folder.name}.partial"))
    for name, frame in frames:
        frame.write_parquet(partial / f"{name}.parquet")
    if data is not None:
        data.write_parquet(partial / DATA)
    (partial / STRATEGY).write_text(source, encoding="utf-8")
    text = json.dumps(document, indent=2, sort_keys=True, allow_nan=False)
    (partial / DOCUMENT).write_text(text + "\n", encoding="utf-8")
    _move(partial, folder)


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all; one that is there is replaced.

    Args:
        path: Its place; parents are made.
        text: What is written, as UTF-8.

    Raises:
        InvalidArgument: It cannot be written.
    """
    place = path.absolute()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent) as folder:
            draft = Path(folder) / place.name
            draft.write_text(text, encoding="utf-8", newline="\n")
            draft.replace(place)
    except OSError as error:
        reason = f"it cannot be written ({error.strerror}); give another file"
        raise InvalidArgument(field="path", value=str(path), reason=reason) from error


def read_document(folder: Path) -> dict[str, Any]:
    """The JSON document of a saved result.

    Raises:
        InvalidArgument: The folder holds no saved result, or its document is damaged.
    """
    path = folder / DOCUMENT
    if not path.is_file():
        raise InvalidArgument(
            field="directory", value=str(folder), reason=f"give a saved run: it has no {DOCUMENT}"
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged(path, error) from error
    if not isinstance(document, dict):
        raise _damaged(path, "it holds no object")
    return document


def read_frame(folder: Path, name: str) -> pl.DataFrame | None:
    """One frame of a saved result, None when it has none of this name.

    Raises:
        InvalidArgument: Its file is damaged.
    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return None
    try:
        return pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, problem: object) -> InvalidArgument:
    reason = f"this file of a saved run is damaged ({problem}); run again and save the result anew"
    return InvalidArgument(field="file", value=str(path), reason=reason)


def _may_be_replaced(folder: Path) -> bool:
    return folder.is_dir() and ((folder / DOCUMENT).is_file() or not any(folder.iterdir()))


def _empty(folder: Path) -> Path:
    """A fresh folder where an interrupted write may have left one."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    return folder


def _move(partial: Path, folder: Path) -> None:
    """Put the finished folder into its place; what was there goes last."""
    if not folder.exists():
        partial.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.old")
    if old.exists():
        shutil.rmtree(old)
    folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old)
