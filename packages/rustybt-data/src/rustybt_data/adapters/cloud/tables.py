"""Objects of Parquet as standard frames, read as far as they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.errors import DataValidationError, RustyBTError
from rustybt_data.adapters.cloud.groups import groups_of
from rustybt_data.adapters.cloud.hive import Wanted, parts_of
from rustybt_data.adapters.cloud.objects import Found, Objects, RemoteFile
from rustybt_data.adapters.local.columns import roles_of
from rustybt_data.adapters.local.mapping import EPOCHS, FileMapping
from rustybt_data.adapters.standard import Unit, standard_frame

_LABELS: Final = ("timestamp", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReader:
    """Reads objects of one dataset.

    Attributes:
        objects: Where they lie.
        mapping: How they are written.
        resolution: Length of a bar.
        calendar: Whose sessions count.
    """

    objects: Objects
    mapping: FileMapping
    resolution: Resolution
    calendar: TradingCalendar

    def read(self, found: Found, wanted: Wanted) -> pl.DataFrame | None:
        """The bars of an object in the standard form, None where it has none of those wanted.

        More days than wanted may come, but no other symbols. It fetches the end of the file, and
        of the row groups that may hold something the columns that are needed.

        Raises:
            DataValidationError: It is no Parquet file, or does not hold bars.
        """
        import pyarrow as pa
        from pyarrow import parquet

        name = self.objects.name_of(found)
        try:
            file = parquet.ParquetFile(RemoteFile(self.objects, found), pre_buffer=True)
            roles, columns = self._roles(file, found, name)
            groups = groups_of(
                file.metadata,
                wanted,
                symbol=roles.get("symbol"),
                label=roles.get("timestamp") or roles["date"],
                unit=EPOCHS.get(self.mapping.date_format),
            )
            table = file.read_row_groups(groups, columns=columns) if groups else None
        except RustyBTError:
            raise
        except (pa.ArrowException, OSError) as error:
            raise DataValidationError(file=name, reason=f"it cannot be read: {error}") from None
        return None if table is None else self._standard(table, roles, found, wanted, name)

    def _roles(self, file: Any, found: Found, name: str) -> tuple[dict[str, str], list[str]]:  # noqa: ANN401
        """The file's columns by what they are, as they are written there, and all of them."""
        written = {each.lower(): each for each in file.schema_arrow.names}
        partitions = parts_of(found.path)
        if "date" in partitions and not any(label in written for label in _LABELS):
            written.setdefault("date", "")
        roles = {
            role: written[column]
            for role, column in roles_of(list(written), name, self.mapping).items()
        }
        if "time" in roles and "timestamp" not in roles:
            reason = "times in a column of their own are for CSV alone; give a timestamp"
            raise DataValidationError(file=name, column=roles["time"], reason=reason)
        roles = {role: column for role, column in roles.items() if column}
        return roles, list(dict.fromkeys(roles.values()))

    def _standard(
        self,
        table: Any,
        roles: dict[str, str],
        found: Found,
        wanted: Wanted,
        name: str,
    ) -> pl.DataFrame | None:
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame), "a table becomes a frame"
        frame = frame.select(pl.col(column).alias(role) for role, column in roles.items())
        frame = self._with_symbols(frame, found)
        if wanted.symbols is not None:
            frame = frame.filter(pl.col("symbol").is_in(list(wanted.symbols)))
        if frame.is_empty():
            return None
        label = "timestamp" if "timestamp" in roles else "date"
        is_date = frame[label].dtype == pl.Date
        # From a day on a bar belongs to the date that it is stamped with, midnights as well.
        starts = self.mapping.bar_label == "start" or not self.resolution.is_intraday
        unit: Unit | None = EPOCHS.get(self.mapping.date_format)  # type: ignore[assignment]
        return standard_frame(
            frame,
            source=name,
            resolution=self.resolution,
            calendar=self.calendar,
            bar_label="start" if starts else "end",
            unit=unit,
            zone="UTC" if is_date else self.mapping.zone,
        )

    def _with_symbols(self, frame: pl.DataFrame, found: Found) -> pl.DataFrame:
        """With texts as symbols: of a column, of a partition, or of the name of the object."""
        if "symbol" in frame.columns:
            return frame.with_columns(pl.col("symbol").cast(pl.String).str.strip_chars())
        partitions = parts_of(found.path)
        named = next((partitions[key] for key in ("symbol", "ticker") if key in partitions), None)
        symbol = self.mapping.symbol or named
        if symbol is None:
            symbol = self.mapping.symbol_of(PurePosixPath(found.path))  # type: ignore[arg-type] # a name
        return frame.with_columns(pl.lit(symbol).alias("symbol"))
