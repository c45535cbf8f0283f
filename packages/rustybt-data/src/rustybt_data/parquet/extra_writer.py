"""Writing the columns that bars have beside their fields, in files beside those of the bars."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from rustybt.data.coefficients import IntArray
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import EXTRA_FIELDS, BarKind
from rustybt_data.parquet.days import LabelDays, Span
from rustybt_data.parquet.extras import Extras
from rustybt_data.parquet.files import partition_at, write_file
from rustybt_data.parquet.layout import EXTRA_FILE_NAME, partition_path
from rustybt_data.parquet.manifest import ExtraManifest, Partition
from rustybt_data.parquet.placement import IN_PLACE, Placement
from rustybt_data.parquet.scales import ScaleNeed, rescaled
from rustybt_data.parquet.spill import Spill


class ExtraWriter:
    """Takes the further columns of assets and writes them when it is finished.

    Args:
        folder: The folder of the data set.
        kind: What the labels are.
        rows_in_memory: Rows that wait in memory; more wait on disk.
        placement: How files are named.
    """

    def __init__(
        self,
        folder: Path,
        kind: BarKind,
        *,
        rows_in_memory: int,
        placement: Placement = IN_PLACE,
    ) -> None:
        self._placement = placement
        self._folder = folder
        self._kind = kind
        self._spill = Spill(folder, rows_in_memory=rows_in_memory, name="extra-aside")
        self._days = LabelDays(kind)
        self._needs: dict[str, ScaleNeed] = {}

    def add(self, sid: int, extras: Extras, *, origin: str) -> None:
        """Take checked columns of an asset."""
        if not len(extras):
            return
        self._days.add(extras.rows["at"].to_numpy())
        for name, scale in extras.scales.items():
            values = extras.rows[name].drop_nulls().to_numpy()
            if len(values):
                self._needs.setdefault(name, ScaleNeed(name)).add(values, scale, origin=origin)
        absent = [name for name in EXTRA_FIELDS if name not in extras.scales]
        self._spill.add(
            extras.rows.select(
                "at",
                pl.lit(int(sid), pl.Int64).alias("sid"),
                *extras.scales,
                *(pl.lit(None, pl.Int64).alias(name) for name in absent),
                *(
                    pl.lit(extras.scales.get(name, 0), pl.Int8).alias(_own_scale(name))
                    for name in EXTRA_FIELDS
                ),
            ).select("at", "sid", *EXTRA_FIELDS, *map(_own_scale, EXTRA_FIELDS))
        )

    def finish(self) -> ExtraManifest | None:
        """Write everything.

        Returns:
            The description, None where nothing was given.

        Raises:
            DataValidationError: No scale holds all numbers of a column.
        """
        if not self._days:
            return None
        scales = {name: need.scale for name, need in self._ordered()}
        depth = self._days.depth()
        partitions = tuple(map(self._write_partition, self._days.spans(depth)))
        self._spill.clear()
        return ExtraManifest(scales=scales, stored=self._stored, partitions=partitions)

    def _ordered(self) -> Iterator[tuple[str, ScaleNeed]]:
        return ((name, self._needs[name]) for name in EXTRA_FIELDS if name in self._needs)

    @property
    def _stored(self) -> dict[str, int]:
        return {name: need.decimals for name, need in self._ordered()}

    def _write_partition(self, span: Span) -> Partition:
        stored = self._stored
        rows = self._rescaled(self._spill.between(span.first, span.stop).sort("sid", "at"))
        content = _content_hash(rows, stored)
        path = self._placement.named(partition_path(span.partition, EXTRA_FILE_NAME), content)
        if not self._placement.holds(path):
            exact = rows.select(as_decimals(pl.col(name), scale) for name, scale in stored.items())
            write_file(
                rows,
                lambda start, stop: {name: exact[name][start:stop].to_arrow() for name in stored},
                self._folder,
                path,
                kind=self._kind,
                scales=stored,
                content=content,
            )
        return partition_at(rows, path, content=content)

    def _rescaled(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Every number at the scale of the files."""
        columns = {"at": rows["at"], "sid": rows["sid"]}
        for name, to_scale in self._stored.items():
            known = rows[name].is_not_null().to_numpy()
            values: IntArray = rows[name].fill_null(0).to_numpy().copy()
            own = rows[_own_scale(name)].to_numpy()
            for scale in np.unique(own[known]).tolist():
                chosen = known & (own == scale)
                values[chosen] = rescaled(values[chosen], scale, to_scale)
            columns[name] = pl.Series(name, values).set(pl.Series(~known), None)
        return pl.DataFrame(columns)


def _own_scale(name: str) -> str:
    return f"{name}_scale"


def _content_hash(rows: pl.DataFrame, scales: dict[str, int]) -> str:
    """SHA-256 of the scales, and of the columns' names, holes and 64-bit values in order."""
    digest = hashlib.sha256(f"{sorted(scales.items())}:{rows.height}".encode())
    for column in rows.iter_columns():
        digest.update(f";{column.name}:".encode())
        digest.update(column.is_null().to_numpy().tobytes())
        values = np.ascontiguousarray(column.fill_null(0).to_numpy(), dtype="<i8")
        digest.update(values.tobytes())
    return digest.hexdigest()
