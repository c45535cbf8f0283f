"""Values by day from a file of the user, shown by `data.current` beside the bars."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import polars as pl

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument

Key = Asset | str
"""What a row is about: an asset, or a name that the user chose."""


class FetchedData:
    """Columns of files, each value valid from its time until the next one of the same key."""

    def __init__(self) -> None:
        self._columns: dict[tuple[Hashable, str], tuple[list[int], list[Any]]] = {}
        self._fields: set[object] = set()
        self._assets: dict[Asset, None] = {}

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The assets that any file has a row of."""
        return tuple(self._assets)

    def add(self, rows: Iterable[tuple[int, Key]], columns: pl.DataFrame) -> None:
        """Take in the rows of a file.

        Args:
            rows: From when (ns UTC) each row holds, and what it is about.
            columns: The values, a column per field.
        """
        self._fields.update(columns.columns)
        order: dict[Key, list[tuple[int, int]]] = {}
        for place, (at, key) in enumerate(rows):
            order.setdefault(key, []).append((at, place))
        for key, places in order.items():
            if isinstance(key, Asset):
                self._assets[key] = None
            places.sort()
            times = [at for at, _ in places]
            for field in columns.columns:
                values = columns[field].to_list()
                self._columns[key, field] = times, [values[place] for _, place in places]

    def knows(self, field: object) -> bool:
        """Whether any file has a column of this name."""
        return field in self._fields

    def value(self, key: object, field: str, now: int) -> Any:  # noqa: ANN401 - the user's values
        """The newest value at a moment; None before the first."""
        times, values = self._columns.get((key, field), ((), ()))
        place = bisect_right(times, now)
        return values[place - 1] if place else None


Transform = Callable[[Any], Any]


def read_csv_text(location: str) -> bytes:
    """The bytes of a file at a path or at an http or https address.

    Raises:
        InvalidArgument: It cannot be read.
    """
    from pathlib import Path
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        if location.startswith(("http://", "https://")):
            with urlopen(location, timeout=60) as answer:  # noqa: S310 - one of the web's schemes
                content: bytes = answer.read()
            return content
        return Path(location).read_bytes()
    except (OSError, URLError) as error:
        raise InvalidArgument(
            field="url", value=location, reason=f"it cannot be read: {error}"
        ) from error
