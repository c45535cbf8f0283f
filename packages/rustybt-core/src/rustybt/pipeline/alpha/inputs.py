"""What alpha research is given: frames of factors, prices and groups, checked and in one form."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from rustybt.errors import InvalidArgument

Frame = pl.DataFrame | pl.LazyFrame
Groups = Mapping[int, str] | Frame
"""The group of each asset: by sid, or a frame ``sid, group`` or ``session, sid, group``."""

KEYS: Final = ("session", "sid")
"""What names a row: the session and the asset."""

FORWARD: Final = "forward_"
"""Columns of forward returns are named by it and their period: ``forward_5``."""


def forward(period: int) -> str:
    """Name of the column of returns over a period."""
    return f"{FORWARD}{period}"


def read_periods(periods: Sequence[int], *, field: str = "periods") -> tuple[int, ...]:
    """Periods in sessions, ascending, each once.

    Raises:
        InvalidArgument: There are none, or one is no whole number of 1 or more.
    """
    for period in periods:
        check_positive(period, field=field)
    if not periods:
        raise InvalidArgument(field=field, value=periods, reason="give one period or more")
    return tuple(sorted(set(periods)))


def check_positive(count: int, *, field: str) -> None:
    """Refuse what is no count of sessions.

    Raises:
        InvalidArgument: It is no whole number of 1 or more.
    """
    if type(count) is not int or count < 1:
        raise InvalidArgument(field=field, value=count, reason="give sessions, 1 or more")


def names_of(frame: Frame, *, field: str) -> list[str]:
    """Names of the columns of a frame.

    Raises:
        InvalidArgument: It is no Polars frame.
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        kind = type(frame).__name__
        reason = "give a Polars frame; of a pandas one, polars.from_pandas(frame)"
        raise InvalidArgument(field=field, value=kind, reason=reason)
    return frame.lazy().collect_schema().names()


def read_keyed(frame: Frame, columns: Sequence[str], *, field: str) -> pl.DataFrame:
    """Some columns of a frame with its keys: ``session`` (Date), ``sid`` (Int64), by both.

    Raises:
        InvalidArgument: It is no Polars frame, lacks a column, has a key of another type or none,
            or a session twice for an asset.
    """
    known = names_of(frame, field=field)
    absent = [name for name in (*KEYS, *columns) if name not in known]
    if absent:
        reason = f"it needs a column {', '.join(absent)}"
        raise InvalidArgument(field=field, value=known, reason=reason)
    collected = frame.lazy().select(*KEYS, *columns).collect()
    return in_order(_with_keys(collected, field), field=field)


def in_order(frame: pl.DataFrame, *, field: str) -> pl.DataFrame:
    """A frame by session, then sid; one that is in order already is not sorted.

    Raises:
        InvalidArgument: An asset has a session twice.
    """
    session, sid = (pl.col(name) for name in KEYS)
    same = session == session.shift()
    rises = (session > session.shift()) | (same & (sid > sid.shift()))
    if frame.select(rises.fill_null(value=True).all()).item():
        return frame
    ordered = frame.sort(KEYS)
    twice = ordered.filter(same & (sid == sid.shift())).head(1)
    if len(twice):
        met = f"session {twice['session'][0]}, sid {twice['sid'][0]} twice"
        raise InvalidArgument(
            field=field, value=met, reason="give one row per session and sid, such as the newest"
        )
    return ordered


def numbers(frame: pl.DataFrame, column: str, *, field: str) -> pl.DataFrame:
    """A frame whose column is Float64; NaN is null.

    Raises:
        InvalidArgument: The column holds no numbers.
    """
    dtype = frame.schema[column]
    if not dtype.is_numeric():
        raise InvalidArgument(
            field=f"{field}.{column}", value=dtype, reason="give numbers: cast it to Float64"
        )
    return frame.with_columns(pl.col(column).cast(pl.Float64).fill_nan(None))


def _with_keys(frame: pl.DataFrame, field: str) -> pl.DataFrame:
    session, sid = (frame.schema[name] for name in KEYS)
    if session != pl.Date:
        reason = "give the days of sessions as pl.Date: of a Datetime, .dt.date()"
        raise InvalidArgument(field=f"{field}.session", value=session, reason=reason)
    if not sid.is_integer():
        reason = "give the sids of assets as Int64"
        raise InvalidArgument(field=f"{field}.sid", value=sid, reason=reason)
    for name in KEYS:
        if frame[name].null_count():
            reason = f"{frame[name].null_count()} rows are without: leave them out"
            raise InvalidArgument(field=f"{field}.{name}", value=None, reason=reason)
    return frame.with_columns(pl.col("sid").cast(pl.Int64))


def with_groups(factor: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """A factor with the column `group`; null where an asset has none.

    Raises:
        InvalidArgument: The groups are nothing of the kind, or an asset has two.
    """
    if isinstance(groups, Mapping):
        schema = {"sid": pl.Int64, "group": pl.String}
        table = pl.DataFrame([list(groups), list(groups.values())], schema=schema)
        return factor.join(table, on="sid", how="left", maintain_order="left")
    known = names_of(groups, field="groups")
    if "session" in known:
        table = read_keyed(groups, ["group"], field="groups").cast({"group": pl.String})
        return factor.join(table, on=KEYS, how="left", maintain_order="left")
    if not {"sid", "group"} <= set(known):
        reason = "give sid and group, and session where groups change"
        raise InvalidArgument(field="groups", value=known, reason=reason)
    table = (
        groups.lazy()
        .collect()
        .select(pl.col("sid").cast(pl.Int64), pl.col("group").cast(pl.String))
        .unique()
    )
    twice = table.filter(pl.col("sid").is_duplicated())["sid"]
    if len(twice):
        reason = "it has two groups: give a session beside each, or one group"
        raise InvalidArgument(field="groups.sid", value=twice.min(), reason=reason)
    return factor.join(table, on="sid", how="left", maintain_order="left")
