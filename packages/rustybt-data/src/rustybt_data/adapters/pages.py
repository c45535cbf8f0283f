"""Pages of a vendor that were fetched already, so that an interrupted fetch goes on."""

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from rustybt.errors import DataValidationError

_NS_PER_SECOND: Final = 1_000_000_000
MAX_AGE_SECONDS: Final = 86_400
"""How long a page is kept: vendors restate their bars."""


class Page(NamedTuple):
    """What one request brings.

    Attributes:
        frame: The vendor's rows.
        cursor: What asks for the next page; None after the last one.
    """

    frame: pl.DataFrame
    cursor: str | None


class PageStore:
    """Pages in a folder, a file each, which is there whole or not at all.

    A file holds a line of JSON with the cursor and the hash of the rest, and an Arrow file. One
    that is damaged or too old counts as absent.

    Args:
        folder: Where they are; it is created with the first page.
        max_age_seconds: Older pages are not used.
    """

    def __init__(self, folder: Path, *, max_age_seconds: int = MAX_AGE_SECONDS) -> None:
        self._folder = folder
        self._max_age_ns = max_age_seconds * _NS_PER_SECOND

    def load(self, key: Mapping[str, str | None], *, now_ns: int) -> Page | None:
        """The page of a request, if it is there.

        Args:
            key: All that the reply depends on: adapter, address, symbol, resolution, range,
                cursor, options.
            now_ns: The time of day.
        """
        try:
            content = self._file(key).read_bytes()
            head, _, body = content.partition(b"\n")
            facts = json.loads(head)
            sound = hashlib.sha256(body).hexdigest() == facts["sha256"]
            if not sound or now_ns - facts["at_ns"] > self._max_age_ns:
                return None
            return Page(pl.read_ipc(io.BytesIO(body)), facts["cursor"])
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
            return None

    def save(self, key: Mapping[str, str | None], page: Page, *, now_ns: int) -> None:
        """Keep a page."""
        self._folder.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        page.frame.write_ipc(buffer)
        body = buffer.getvalue()
        sha256 = hashlib.sha256(body).hexdigest()
        facts = {"cursor": page.cursor, "sha256": sha256, "at_ns": now_ns}
        descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".page-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(facts).encode() + b"\n" + body)
        Path(name).replace(self._file(key))

    def remove(self, key: Mapping[str, str | None]) -> None:
        """Forget a page."""
        self._file(key).unlink(missing_ok=True)

    def _file(self, key: Mapping[str, str | None]) -> Path:
        text = json.dumps(sorted(key.items()))
        return self._folder / f"{hashlib.sha256(text.encode()).hexdigest()}.page"


@contextmanager
def unless_wrong(forget: Callable[[], None]) -> Iterator[None]:
    """Forget pages where what they hold is refused: the source may have mended it by next time."""
    try:
        yield
    except DataValidationError:
        forget()
        raise
