"""What cannot be read, by the name of its file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.errors import CorruptData

UNREADABLE: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises over a file that is damaged or gone."""


@contextmanager
def telling(files: Iterable[Path]) -> Iterator[None]:
    """Turn what Polars raises over Parquet files into the error about one of them.

    Raises:
        CorruptData: A file is gone, or not what was written.
    """
    try:
        yield
    except UNREADABLE as error:
        raise _damage(list(files), error) from error


def _damage(files: list[Path], error: BaseException) -> CorruptData:
    for file in files:
        try:
            pl.read_parquet(file, hive_partitioning=False)
        except FileNotFoundError:
            return CorruptData(path=str(file), reason="the file is gone")
        except UNREADABLE as found:
            return CorruptData(path=str(file), reason=f"it cannot be read ({_first_line(found)})")
    where = ", ".join(map(str, files))
    return CorruptData(path=where, reason=f"they cannot be read together ({_first_line(error)})")


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
