"""A long frame laid out asset by asset, so that a value some sessions away is found by counting."""

from dataclasses import dataclass
from typing import Self

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Columns of assets, each from its first session to its last one, one asset after another.

    A session inside of the life of an asset that has no row is there, with nulls.

    Attributes:
        sessions: All sessions, ascending.
        lives: ``sid, first, last, start``: numbers of an asset's first and last session, and the
            place of the first one.
        columns: The values, by place.
        places: For each row of the frame that it was made of ``at, first, last, start, place``:
            the number of its session, its asset's life, and where it is.
    """

    sessions: pl.Series
    lives: pl.DataFrame
    columns: pl.DataFrame
    places: pl.DataFrame

    @classmethod
    def of(cls, frame: pl.DataFrame, *columns: str) -> Self:
        """The panel of a frame by session and sid, with some of its columns."""
        sessions = frame["session"].unique().sort()
        numbered = _numbered(frame, sessions)
        lives = (
            numbered.group_by("sid")
            .agg(pl.col("at").min().alias("first"), pl.col("at").max().alias("last"))
            .sort("sid")
        )
        lengths = pl.col("last") - pl.col("first") + 1
        lives = lives.with_columns((lengths.cum_sum() - lengths).alias("start"))
        places = _placed(numbered, lives)
        size = int(lives.select(lengths.sum()).item())
        laid = [_laid(frame[name], places["place"], size) for name in columns]
        return cls(sessions=sessions, lives=lives, columns=pl.DataFrame(laid), places=places)

    def find(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``at, first, last, start, place`` of each row of another frame.

        Null is what the panel does not have: `at` of another session, the rest of another asset;
        `place` may lie outside of the life.
        """
        return _placed(_numbered(frame, self.sessions), self.lives)

    def away(self, places: pl.DataFrame, column: str, by: int) -> pl.Series:
        """The value of each place's asset `by` sessions later; null outside of its life."""
        at = pl.col("at") + by
        inside = at.is_between(pl.col("first"), pl.col("last"))
        rows = places.select(pl.when(inside).then(pl.col("place") + by)).to_series()
        return self.columns[column].gather(rows)


def filled(panel: Panel, column: str) -> pl.Series:
    """A column in which the last value of an asset stands where there is none, until its end."""
    values = panel.columns[column]
    if not values.null_count():
        return values
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    lengths = panel.lives["last"] - panel.lives["first"] + 1
    starts = panel.lives["start"].repeat_by(lengths).explode()
    known = pl.when(pl.col(column).is_not_null()).then(row).forward_fill()
    rows = panel.columns.select(pl.when(known >= starts).then(known)).to_series()
    return values.gather(rows)


def _numbered(frame: pl.DataFrame, sessions: pl.Series) -> pl.DataFrame:
    """``sid, at``: the session of each row as its number, null where it is none of them."""
    table = pl.DataFrame({"session": sessions}).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("at")
    )
    keys = frame.select("session", "sid")
    return keys.join(table, on="session", how="left", maintain_order="left").select("sid", "at")


def _placed(numbered: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    found = numbered.join(lives, on="sid", how="left", maintain_order="left")
    place = pl.col("start") + pl.col("at") - pl.col("first")
    return found.select("at", "first", "last", "start", place.alias("place"))


def _laid(values: pl.Series, places: pl.Series, size: int) -> pl.Series:
    """Values at their places; null elsewhere."""
    empty = pl.Series(values.name, [None], values.dtype).new_from_index(0, size)
    return empty.scatter(places, values)
