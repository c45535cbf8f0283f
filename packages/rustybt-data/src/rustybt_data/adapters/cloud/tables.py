"""Objects of Parquet as bars, read as far as they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.errors import DataValidationError, RustyBTError
from rustybt_data.adapters.cloud.columns import columns_of
from rustybt_data.adapters.cloud.groups import groups_of
from rustybt_data.adapters.cloud.hive import Wanted, parts_of, symbol_in
from rustybt_data.adapters.cloud.objects import Found, Objects, RemoteFile
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
            columns = [name for name in dict.fromkeys(roles.values()) if name]
            frame = _frame(file.read_row_groups(groups, columns=columns))
        frame = self._completed(frame, roles, found)
        if wanted.symbols is not None:
            frame = frame.filter(pl.col("symbol").cast(pl.String).is_in(list(wanted.symbols)))
        if frame.is_empty():
            return None
        origin = Origin(self.objects.name_of(found))
        return self.rules.chunk(columns_of(frame, roles, self.rules.mapping, origin), origin)

    def symbols_of(self, found: Found) -> set[str]:
        """The symbols of an object, by its name or its column of symbols.

        Raises:
            DataValidationError: It is no Parquet file, or does not hold bars.
        """
        named = symbol_in(found.path)
        if named is not None:
            return {named}
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
        written = {each.lower(): each for each in file.schema_arrow.names}
        if _DATE in parts_of(found.path):
            written.setdefault(_DATE, "")
        roles = {
            role: written[column]
            for role, column in roles_of(list(written), name, self.rules.mapping).items()
        }
        if "time" in roles:
            reason = "times in a column of their own are for CSV; give a timestamp"
            raise DataValidationError(file=name, column=roles["time"], reason=reason)
        return file, roles

    def _completed(self, frame: pl.DataFrame, roles: dict[str, str], found: Found) -> pl.DataFrame:
        """The columns under their roles, with those that the name of the object tells."""
        frame = frame.select(pl.col(name).alias(role) for role, name in roles.items() if name)
        if roles.get(_DATE) == "":
            day = pl.lit(parts_of(found.path)[_DATE])
            frame = frame.with_columns(day.alias(_DATE))
            roles[_DATE] = _DATE
        if "symbol" in roles:
            return frame
        return frame.with_columns(pl.lit(self._symbol_of(found)).alias("symbol"))

    def _symbol_of(self, found: Found) -> str:
        """The symbol of all bars of an object: of the mapping, of a partition, or its name."""
        mapping = self.rules.mapping
        return mapping.symbol or symbol_in(found.path) or mapping.symbol_of(Path(found.path))


def _frame(table: Any) -> pl.DataFrame:  # noqa: ANN401 - pyarrow ships no types
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame), "a table becomes a frame"
    return frame
