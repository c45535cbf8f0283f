"""When a medium is full."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.errors import StorageFull

_CODES: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORDS: Final = ("no space left", "os error 28", "quota exceeded", "file too large", "disk is full")
"""What Polars, Arrow and SQLite say, which hand on no code."""


@contextmanager
def telling_of_space(root: Path) -> Iterator[None]:
    """Turn what a full medium makes libraries raise into one error.

    Args:
        root: The folder that is written to.

    Raises:
        StorageFull: There is no space left.
    """
    try:
        yield
    except StorageFull:
        raise
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise StorageFull(path=str(root), reason=reason) from error


def _reason(error: BaseException) -> str | None:
    """What says that there is no space, in an error or in what caused it."""
    if isinstance(error, OSError) and error.errno in _CODES:
        return error.strerror or str(error)
    if isinstance(error, (OSError, pl.exceptions.PolarsError)) or "sqlite" in _module(error):
        text = str(error).lower()
        if any(word in text for word in _WORDS):
            return str(error).splitlines()[0]
    cause = error.__cause__
    return None if cause is None else _reason(cause)


def _module(error: BaseException) -> str:
    return type(error).__module__ + str(error.__class__.__mro__)
