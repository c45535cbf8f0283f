"""What a folder of Zipline's holds, as one hash.

Hashing a large bundle takes as long as reading it, so the hash is kept beside the calendars that
are kept, under the names, sizes and times of all of its files.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rustybt.settings import settings

_DIGEST: Final = re.compile("[0-9a-f]{64}")
_SHORT: Final = 2**24
"""Bytes of files that are read again in less time than a kept hash is worth."""


def content_hash(folder: Path) -> str:
    """SHA-256 of the names and the contents of all files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = [path.stat() for path in files]
    names = [path.relative_to(folder).as_posix() for path in files]
    if sum(stat.st_size for stat in stats) <= _SHORT:
        return _hash(folder, names)
    stamps = [(s.st_ino, s.st_size, s.st_mtime_ns) for s in stats]
    seen = repr((str(folder.absolute()), list(zip(names, stamps, strict=True))))
    kept = settings().home / "cache" / "zipline" / hashlib.sha256(seen.encode()).hexdigest()
    found = _kept(kept)
    if found is None:
        found = _hash(folder, names)
        _keep(kept, found)
    return found


def _kept(path: Path) -> str | None:
    try:
        text = path.read_text("ascii")
    except (OSError, ValueError):
        return None
    return text if _DIGEST.fullmatch(text) else None


def _hash(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as file:
            own = hashlib.file_digest(file, "sha256")
        digest.update(f"{name} {own.hexdigest()}\n".encode())
    return digest.hexdigest()


def _keep(path: Path, text: str) -> None:
    """Write a file in one step; where that is not possible, it is computed again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        Path(draft).replace(path)
    except OSError:
        return
