"""Tables point in time into the catalog: checked, and joined with what is there already."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from rustybt.data import benchmark_tables, facts, fixings
from rustybt.data.bundle import FUNDAMENTALS
from rustybt.data.fact_cells import TableSource
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.catalog.frame_ingestion import dataset_before
from rustybt_data.catalog.parts import RATES
from rustybt_data.catalog.publication import Publication
from rustybt_data.catalog.records import DatasetVersion
from rustybt_data.catalog.table_ingestion import Table, table_publication
from rustybt_data.catalog.tables import table_frame
from rustybt_data.catalog.writing import Writing
from rustybt_data.csvdir.tables import read_csv
from rustybt_data.frames import as_polars

_CALENDAR = "24/7"
_WIDE = 38


class Facts(NamedTuple):
    """A checked table that is to be ingested.

    Attributes:
        kind: What it holds.
        frame: Its rows, each once.
        keys: The columns that tell them apart.
        source: Where they come from, for errors.
    """

    kind: str
    frame: pl.DataFrame
    keys: Sequence[str]
    source: TableSource


def fundamentals_of(
    data: Any,  # noqa: ANN401 - a frame of either kind, or a path
    *,
    texts: Collection[str] | None,
    forecasts: bool,
) -> Facts:
    """Fundamentals out of a frame or a file; see `rustybt.data.facts.read_facts`."""
    frame, source = _opened(data, facts.SOURCE)
    if source.line_of is not None and texts is None:
        texts = ()
    read = facts.read_facts(frame, texts=texts, forecasts=forecasts, source=source)
    return Facts(FUNDAMENTALS, read, facts.KEYS, source)


def rates_of(data: Any) -> Facts:  # noqa: ANN401 - as above
    """Exchange rates out of a frame or a file; see `rustybt.data.fixings.read_fixings`."""
    frame, source = _opened(data, fixings.SOURCE)
    read = fixings.read_fixings(frame, source=source)
    return Facts(RATES, read, fixings.KEYS, source)


def benchmark_of(data: Any) -> Facts:  # noqa: ANN401 - as above
    """A benchmark out of a frame or a file; see `rustybt.data.benchmark_tables.read_benchmark`."""
    frame, source = _opened(data, benchmark_tables.SOURCE)
    read = benchmark_tables.read_benchmark(frame, source=source)
    return Facts(benchmark_tables.KIND, read, benchmark_tables.KEYS, source)


def fact_publication(
    work: Writing, name: str, given: Facts, *, timestamp: datetime, replaces: bool
) -> Publication:
    """Write a table; what is there stays, unless it is replaced.

    Args:
        work: What the writer of the name has.
        name: The name.
        given: The rows.
        timestamp: Time of the version.
        replaces: Whether what is there is dropped.

    Raises:
        InvalidArgument: The name is one of a bundle that has such a table of another name.
        DataValidationError: A row is there with another value, or a field is of another type.
    """
    kind, frame, keys, source = given
    for dataset in () if work.base is None else work.base.of_kind(kind):
        if dataset.name != name:
            reason = f"its {kind} are those of {dataset.name}; ingest into that"
            raise InvalidArgument(field="name", value=name, reason=reason)
    before = dataset_before(work.base, name, "", kind)
    if before is not None and not replaces:
        frame = _joined(stored_facts(work.root, before), frame, keys, source)
    return table_publication(
        work,
        Table(name, kind, frame, keys, source.name),
        timestamp=timestamp,
        calendar=_CALENDAR,
        replaces=True,
    )


def stored_facts(root: Path, dataset: DatasetVersion) -> pl.DataFrame:
    """The rows that are there; rates of an ingest function are about the time they are known."""
    frame = table_frame(root, dataset).collect()
    if "timestamp" not in frame.columns:
        return frame
    stamp = pl.col("timestamp")
    return frame.select(
        "base", "quote", stamp.alias("effective_at"), stamp.alias("known_at"), "rate"
    )


def _joined(
    before: pl.DataFrame, frame: pl.DataFrame, keys: Sequence[str], source: TableSource
) -> pl.DataFrame:
    """The rows of both."""
    for field in frame.columns:
        if field in before.columns and _is_text(before, field) != _is_text(frame, field):
            was = "texts" if _is_text(before, field) else "numbers"
            reason = f"the version before has {was} there; give those, or replace it"
            raise DataValidationError(file=source.name, column=field, reason=reason)
    before, frame = widened(before, frame), widened(frame, before)
    _check_same(before, frame, keys, source)
    both = pl.concat([before, frame], how="diagonal")
    return _narrowed(facts.one_of_each(both, keys, source), source)


def _check_same(
    before: pl.DataFrame, frame: pl.DataFrame, keys: Sequence[str], source: TableSource
) -> None:
    """Refuse rows that would change what was known."""
    numbered = frame.with_row_index("row in table")
    pairs = numbered.join(before, on=list(keys), how="inner", suffix=" before")
    for field in frame.columns:
        was = f"{field} before"
        if field in keys or was not in pairs.columns:
            continue
        other = pairs.filter(pl.col(field) != pl.col(was))
        if other.height:
            row = other.row(0, named=True)
            reason = (
                f"the version before says {row[was]}, of the same {', '.join(keys)}; a restatement "
                "has a later known_at (replace=True drops what is there)"
            )
            raise DataValidationError(
                file=source.name,
                column=f"{field} of {', '.join(str(row[key]) for key in keys)}",
                value=row[field],
                reason=reason,
            )


def _is_text(frame: pl.DataFrame, field: str) -> bool:
    return frame.schema[field] == pl.String


def widened(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The same, its numbers with the decimals that the other one's need as well."""
    wide = []
    for field, dtype in frame.schema.items():
        if isinstance(dtype, pl.Decimal):
            there = other.schema.get(field)
            scale = max(dtype.scale, there.scale if isinstance(there, pl.Decimal) else 0)
            wide.append(pl.col(field).cast(pl.Decimal(_WIDE, scale)))
    return frame.with_columns(wide)


def _narrowed(frame: pl.DataFrame, source: TableSource) -> pl.DataFrame:
    """The same, its numbers as they are stored: of 18 digits, but for rates.

    Raises:
        DataValidationError: The numbers of both need more than 18 digits.
    """
    if "rate" in frame.columns and "base" in frame.columns:
        return frame
    plain = TableSource(source.name)
    numbers = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Decimal)]
    return frame.with_columns(facts.as_numbers(frame[name], plain) for name in numbers)


def _opened(data: Any, source: TableSource) -> tuple[pl.DataFrame, TableSource]:  # noqa: ANN401
    """The rows of a frame or a file, and where they come from."""
    if not isinstance(data, str | Path):
        lazy = isinstance(data, pl.LazyFrame)
        return (data.collect() if lazy else as_polars(data)), source
    path = Path(data)
    ending = path.suffix.lower()
    if not path.is_file():
        raise InvalidArgument(field="data", value=str(path), reason="there is no such file")
    if ending == ".csv":
        table = read_csv(path)
        return table.frame, TableSource(str(path), table.line_of)
    readers = {".parquet": pl.read_parquet, ".arrow": pl.read_ipc, ".feather": pl.read_ipc}
    if ending not in readers:
        reason = f"give a frame, or a file that ends with .csv, {', '.join(readers)}"
        raise InvalidArgument(field="data", value=str(path), reason=reason)
    try:
        return readers[ending](path), TableSource(str(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = f"it cannot be read: {error}"
        raise InvalidArgument(field="data", value=str(path), reason=reason) from error
