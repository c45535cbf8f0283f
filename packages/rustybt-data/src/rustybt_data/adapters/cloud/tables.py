"""Objects of Parquet as bars, read as far as they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.errors import DataValidationError, RustyBTError
from rustybt_data.adapters.cloud.groups import groups_of
from rustybt_data.adapters.cloud.hive import Wanted, parts_of, symbol_in
from rustybt_data.adapters.cloud.objects import Found, Objects, RemoteFile
from rustybt_data.adapters.folders.cells import CellReader
from rustybt_data.adapters.local.chunks import BarRules, Chunk
from rustybt_data.adapters.local.columns import roles_of
from rustybt_data.adapters.local.mapping import EPOCHS
from rustybt_data.origin import Origin

_DATE: Final = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReader:
    """Reads objects of one dataset.

    Attributes:
        objects: Where they lie.
        rules: How they are written, and what bars have to be.
    """

    objects: Objects
    rules: BarRules

    def read(self, found: Found, wanted: Wanted) -> Chunk | None:
        """The bars of an object, None where it has none of those wanted.

        More days than wanted may come, but no other symbols. It fetches the end of the file, and
        of the row groups that may hold something the columns that are needed.

        Raises:
            DataValidationError: It is no Parquet file, or does not hold bars.
        """
        with self._named(found):
            file, roles = self._opened(found)
            groups = groups_of(
                file.metadata,
                wanted,
                symbol=roles.get("symbol"),
                label=roles.get("timestamp") or roles[_DATE],
                unit=EPOCHS.get(self.rules.mapping.date_format),
            )
            if not groups:
                return None
            names = [name for name in dict.fromkeys(roles.values()) if name]
            frame = _frame(file.read_row_groups(groups, columns=names))
        frame = self._completed(frame, roles, found)
        symbol = "" if "symbol" in roles else self._symbol_of(found)
        if wanted.symbols is not None:
            named = pl.lit(symbol) if "symbol" not in roles else pl.col(roles["symbol"])
            asked_for = named.cast(pl.String).str.strip_chars().is_in(list(wanted.symbols))
            frame = frame.filter(asked_for)
        if frame.is_empty():
            return None
        origin = Origin(self.objects.name_of(found))
        reader = CellReader(mapping=self.rules.mapping)
        return self.rules.chunk(reader.columns(frame, roles, symbol, origin, 0), origin)

    def symbols_of(self, found: Found) -> set[str]:
        """The symbols of an object, by its name or its column of symbols.

        Raises:
            DataValidationError: It is no Parquet file, or does not hold bars.
        """
        with self._named(found):
            file, roles = self._opened(found)
            if "symbol" not in roles:
                return {self._symbol_of(found)}
            column = _frame(file.read(columns=[roles["symbol"]])).to_series()
        texts = column.unique().cast(pl.String).str.strip_chars().drop_nulls()
        return {text for text in texts if text}

    @contextmanager
    def _named(self, found: Found) -> Iterator[None]:
        """Name the object in what pyarrow raises."""
        import pyarrow as pa

        try:
            yield
        except RustyBTError:
            raise
        except (pa.ArrowException, OSError) as error:
            reason = f"it cannot be read as Parquet: {error}"
            raise DataValidationError(file=self.objects.name_of(found), reason=reason) from None

    def _opened(self, found: Found) -> tuple[Any, dict[str, str]]:
        """The file, and its columns by what they are; one that is a partition has no name."""
        from pyarrow import parquet

        name = self.objects.name_of(found)
        file = parquet.ParquetFile(RemoteFile(self.objects, found), pre_buffer=True)
        written = {each.strip().lower(): each for each in file.schema_arrow.names}
        keys = parts_of(found.path)
        columns = roles_of([*written, *keys], name, self.rules.mapping)
        roles = {role: written.get(column, "") for role, column in columns.items()}
        # What a folder says of the day is put where the file would have it.
        return file, {role: each for role, each in roles.items() if each or role == _DATE}

    def _completed(self, frame: pl.DataFrame, roles: dict[str, str], found: Found) -> pl.DataFrame:
        """With the day that a folder says, where no column does."""
        if roles.get(_DATE, _DATE):
            return frame
        roles[_DATE] = _DATE
        return frame.with_columns(pl.lit(parts_of(found.path)[_DATE]).alias(_DATE))

    def _symbol_of(self, found: Found) -> str:
        """The symbol of all bars of an object: of the mapping, of a partition, or its name."""
        mapping = self.rules.mapping
        said = str(mapping.columns.get("symbol", "")).lower()
        named = parts_of(found.path).get(said) or symbol_in(found.path)
        return mapping.symbol or named or mapping.symbol_of(Path(found.path))


def _frame(table: Any) -> pl.DataFrame:  # noqa: ANN401 - pyarrow ships no types
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame), "a table becomes a frame"
    return frame
