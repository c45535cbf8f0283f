"""Which files of a place hold bars."""

import glob
from pathlib import Path
from typing import Final

from rustybt.errors import DataValidationError

_PACKED: Final = {".gz", ".zst"}


def files_at(location: str, endings: tuple[str, ...]) -> list[Path]:
    """The files of a place, in the order of their names.

    Args:
        location: A file; a folder, whose files with one of the endings count, at any depth, but
            for hidden ones (``._AAA.csv``); or a pattern such as ``prices/*.csv``.
        endings: Such as ``.csv``; each may be followed by ``.gz`` or ``.zst``.

    Raises:
        DataValidationError: There is none.
    """
    place = Path(location)
    if place.is_file():
        return [place]
    if place.is_dir():
        found = sorted(path for path in place.rglob("*") if path.is_file())
        files = [path for path in found if _ending(path) in endings and path.name[0] != "."]
        wanted = f"with a name that ends in {' or '.join(endings)}"
    else:
        files = sorted(map(Path, glob.glob(location, recursive=True)))  # noqa: PTH207 - may be absolute
        files, wanted = [path for path in files if path.is_file()], "of that name or pattern"
    if not files:
        raise DataValidationError(file=location, reason=f"there is no file {wanted}")
    return files


def stem_of(file: Path) -> str:
    """A file's name without its endings: ``BRK.B`` of ``BRK.B.csv.gz``."""
    return Path(file.stem).stem if file.suffix.lower() in _PACKED else file.stem


def _ending(path: Path) -> str:
    """The ending of a file, without that of its compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""
