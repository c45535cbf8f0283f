"""Facts: what was said of symbols, for which time, and since when it is known."""

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from rustybt.data.fact_cells import TableSource, moments, names, values
from rustybt.errors import DataValidationError

KEYS: Final = ("symbol", "effective_at", "known_at")
"""What tells the rows of a table of facts apart."""

SOURCE: Final = TableSource("fundamentals")
"""What errors call a table of no file."""

TAKEN: Final = frozenset({*KEYS, "timestamp", "session"})
"""Names that no field can have: columns of tables of facts, and of what is made of them."""


def read_facts(
    frame: pl.DataFrame,
    *,
    texts: Collection[str] | None = None,
    forecasts: bool = False,
    source: TableSource = SOURCE,
) -> pl.DataFrame:
    """A checked table of facts: a row per symbol and time, a column per field.

    Args:
        frame: ``symbol, effective_at, known_at`` and the fields, in any order. `effective_at` is
            the time that the values are about, such as the end of a quarter; a date means the
            start of that day in UTC. `known_at` is the time from which on they are known; a date
            means the end of that day in UTC. Texts are ISO 8601. An empty cell says nothing.
        texts: The fields that hold texts; others hold numbers. None: columns of texts do.
        forecasts: Whether a value may be known before the time that it is about.
        source: Where the frame comes from, for errors.

    Returns:
        The same, sorted by symbol, `effective_at` and `known_at`, each row once: times in ns UTC,
        numbers as Decimals with as few decimals as their column needs, texts.

    Raises:
        DataValidationError: A column is missing or has another type; a cell is not what it has to
            be; a value is known before its time; or a field has two values of one symbol,
            `effective_at` and `known_at`.
    """
    source.need(frame, *KEYS)
    fields = [name for name in frame.columns if name not in KEYS]
    _check_fields(frame, fields, texts, source)
    facts = pl.DataFrame(
        [
            names(frame["symbol"], source, "give a symbol"),
            moments(frame["effective_at"], source, dates="start"),
            moments(frame["known_at"], source, dates="end"),
            *(values(frame[name], source, texts=_is_text(frame[name], texts)) for name in fields),
        ]
    )
    if not forecasts:
        reason = (
            "it is known before effective_at; give the time from which on it was known, or say "
            "that the values are forecasts"
        )
        source.refuse_first(facts["known_at"] < facts["effective_at"], facts["known_at"], reason)
    return _each_once(facts, fields, KEYS, source).sort(*KEYS)


def one_of_each(facts: pl.DataFrame, keys: Sequence[str], source: TableSource) -> pl.DataFrame:
    """A table each of whose keys is there once; rows that complete each other are made one.

    Raises:
        DataValidationError: A field has two values for the same keys.
    """
    fields = [name for name in facts.columns if name not in keys]
    return _each_once(facts, fields, keys, source)


def as_numbers(column: pl.Series, source: TableSource) -> pl.Series:
    """A column of numbers as Decimals of 18 digits, with as few decimals as they need.

    Raises:
        DataValidationError: They need more digits.
    """
    return values(column, source, texts=False)


def _is_text(column: pl.Series, texts: Collection[str] | None) -> bool:
    return column.dtype == pl.String if texts is None else column.name in texts


def _check_fields(
    frame: pl.DataFrame, fields: list[str], texts: Collection[str] | None, source: TableSource
) -> None:
    if not fields:
        raise DataValidationError(file=source.name, reason="there is no field; give a column more")
    for name in fields:
        dtype = frame[name].dtype
        if name in TAKEN:
            reason = "a field cannot have this name; give it another one"
            raise DataValidationError(file=source.name, column=name, reason=reason)
        if not (dtype.is_numeric() or dtype in (pl.String, pl.Null, pl.Categorical, pl.Enum)):
            reason = f"a field holds numbers or texts, and this is {dtype}"
            raise DataValidationError(file=source.name, column=name, reason=reason)
    for name in texts or ():
        if name not in fields:
            reason = f"there is no such field; there are {', '.join(fields)}"
            raise DataValidationError(file=source.name, column=name, reason=reason)


def _each_once(
    facts: pl.DataFrame, fields: Sequence[str], keys: Sequence[str], source: TableSource
) -> pl.DataFrame:
    """Each row once; rows that complete each other are made one."""
    repeated = facts.select(pl.struct(keys).is_duplicated()).to_series()
    if not repeated.any():
        return facts
    numbered = facts.with_row_index("row in table").filter(repeated)
    for field in fields:
        given = numbered.filter(pl.col(field).is_not_null())
        other = given.filter(pl.col(field) != pl.col(field).first().over(keys))
        if other.height:
            row = other.row(0, named=True)
            same = given.filter(*(pl.col(key) == row[key] for key in keys))
            reason = (
                f"{source.place(same['row in table'][0])} says {same[field][0]}, of the same "
                f"{', '.join(keys)}; remove one, or give the time from which on it is known"
            )
            source.refuse(int(row["row in table"]), field, row[field], reason)
    first = pl.col(*fields).drop_nulls().first()
    joined = facts.filter(repeated).group_by(keys, maintain_order=True).agg(first)
    return pl.concat([facts.filter(~repeated), joined.select(facts.columns)])
