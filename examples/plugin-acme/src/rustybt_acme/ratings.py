"""Acme's ratings: a data set for pipelines, and what brings it.

The fictitious vendor sends a text file that starts with the line ``ACME RATINGS 1``; each further
line is what its analysts think of a share since a time, in UTC::

    ticker|2024-01-03T21:30:00Z|score|analysts
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from rustybt.data.point_in_time import PointInTime
from rustybt.errors import DataValidationError
from rustybt.pipeline.data import BoundColumn, Column, DataSet
from rustybt.pipeline.loaders import FactLoader, Loaded, LoadRequest

MAGIC = "ACME RATINGS 1"
VARIABLE = "ACME_RATINGS"
COLUMNS = ("symbol", "known_at", "score", "analysts")


class AcmeRatings(DataSet):
    """What Acme's analysts think of shares, as it was known before each session."""

    score = Column(dtype=float, doc="from 1, sell, to 5, buy")
    analysts = Column(dtype=int, missing_value=0, doc="how many of them said so")


class RatingsLoader:
    """Brings `AcmeRatings` out of a file of ratings.

    Args:
        path: The file; None: the one that the environment variable ``ACME_RATINGS`` names.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._facts: FactLoader | None = None

    def first_session(self, request: LoadRequest) -> int | None:
        """Ratings begin when they begin: before, they are missing."""
        del request
        return None

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """The newest rating of each share by each session.

        Raises:
            DataValidationError: There is no file, or a line is no rating.
        """
        if self._facts is None:
            self._facts = FactLoader(PointInTime.of(read_ratings(self._file())))
        return self._facts.load(columns, request)

    def _file(self) -> Path:
        path = self._path or Path(os.environ.get(VARIABLE, ""))
        if not path.is_file():
            reason = f"there is no such file; set {VARIABLE} to one of Acme's files of ratings"
            raise DataValidationError(file=str(path), reason=reason)
        return path


def read_ratings(path: Path) -> pl.DataFrame:
    """Read a file of ratings as facts: ``symbol, effective_at, known_at, score, analysts``.

    Raises:
        DataValidationError: A line is no rating; names it.
    """
    lines = path.read_text("utf-8").splitlines()
    if not lines or lines[0] != MAGIC:
        met, reason = lines[0] if lines else "", f"a file of ratings starts with {MAGIC!r}"
        raise DataValidationError(file=str(path), line=1, value=met, reason=reason)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split("|")
        if len(fields) != len(COLUMNS):
            reason = f"expected {len(COLUMNS)} fields, separated by |"
            raise DataValidationError(file=str(path), line=number, value=line, reason=reason)
        rows.append(fields)
    texts = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return texts.with_columns(
        pl.col("known_at").alias("effective_at"),
        pl.col("score").cast(pl.Decimal(18, 2)),
        pl.col("analysts").cast(pl.Int64),
    )
