"""Parquet and Arrow files as batches of rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from rustybt.errors import DataValidationError

ROWS: Final = 262_144
"""Rows of a batch."""

_MAGIC: Final = b"ARROW1"


def parquet_names(file: Path) -> list[str]:
    """The columns of a Parquet file.

    Raises:
        DataValidationError: It is none.
    """
    with _explained(file, "Parquet"):
        return list(pq.read_schema(file).names)


def parquet_batches(file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Columns of a Parquet file, some rows at a time.

    Raises:
        DataValidationError: It is damaged.
    """
    with _explained(file, "Parquet"), pq.ParquetFile(file) as source:
        for batch in source.iter_batches(batch_size=ROWS, columns=list(columns)):
            yield _frame(batch, columns)


def arrow_names(file: Path) -> list[str]:
    """The columns of an Arrow file or stream; Feather is the former.

    Raises:
        DataValidationError: It is none.
    """
    with _explained(file, "Arrow"), pa.OSFile(str(file)) as source:
        return list(_reader(file, source).schema.names)


def arrow_batches(file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Columns of an Arrow file or stream, some rows at a time.

    Raises:
        DataValidationError: It is damaged.
    """
    with _explained(file, "Arrow"), pa.OSFile(str(file)) as source:
        reader = _reader(file, source)
        if isinstance(reader, pa.ipc.RecordBatchFileReader):
            batches = map(reader.get_batch, range(reader.num_record_batches))
        else:
            batches = iter(reader)
        for batch in batches:
            for start in range(0, batch.num_rows, ROWS):
                yield _frame(batch.slice(start, ROWS), columns)


def _reader(file: Path, source: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    with file.open("rb") as start:
        is_file = start.read(len(_MAGIC)) == _MAGIC
    return pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)


def _frame(batch: Any, columns: Sequence[str]) -> pl.DataFrame:  # noqa: ANN401 - no types
    # Without metadata, which nobody needs here and Polars cannot read where they are damaged.
    found = [batch.column(name) for name in columns]
    table = pa.Table.from_arrays(found, names=list(columns))
    table.validate(full=True)  # what is damaged must not get further
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame), "a table is a frame"
    return frame


@contextmanager
def _explained(file: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError) as error:
        if isinstance(error, DataValidationError):
            raise
        reason = f"it is no {kind} file, or damaged: {' '.join(str(error).split())[:200]}"
        raise DataValidationError(file=str(file), reason=reason) from None
