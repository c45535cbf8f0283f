"""Tables of any kind into the catalog: benchmarks, fundamentals and what else has rows and keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import polars as pl

from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.catalog.bars import BARS
from rustybt_data.catalog.frame_ingestion import (
    NOTHING,
    assets_fingerprint,
    dataset_before,
    version_fingerprint,
)
from rustybt_data.catalog.part_contents import part_content
from rustybt_data.catalog.parts import ACTIONS, ASSETS, FILES, RATES
from rustybt_data.catalog.publication import Publication
from rustybt_data.catalog.tables import ROLE, table_frame
from rustybt_data.catalog.writing import Writing

_OWN: Final = frozenset({BARS, ASSETS, ACTIONS, RATES, FILES})


class Table(NamedTuple):
    """A table that is to be ingested.

    Attributes:
        name: The name.
        kind: What it holds.
        frame: The rows.
        keys: The columns that tell rows apart; the table is sorted by them.
        source: Where the rows come from.
    """

    name: str
    kind: str
    frame: pl.DataFrame
    keys: Sequence[str]
    source: str


def check_kind(kind: str) -> None:
    """Refuse kinds that have writers of their own, and what no folder can be named."""
    if kind in _OWN or not kind.replace("_", "").isalnum():
        raise InvalidArgument(
            field="kind", value=kind, reason="give another kind: letters, digits and _"
        )


def table_publication(
    work: Writing,
    table: Table,
    *,
    timestamp: datetime,
    calendar: str,
    replaces: bool,
) -> Publication:
    """Write a table; rows with the keys of rows before replace them.

    Args:
        work: What the writer of the name has.
        table: The rows.
        timestamp: Time of the version.
        calendar: Name of the calendar, for the first version of the name.
        replaces: Whether rows that are not given are dropped, rather than kept.

    Raises:
        DataValidationError: A key is missing or empty, or there twice; or the columns are others
            than before.
    """
    name, kind, frame, keys, source = table
    _check(frame, keys, source)
    before = dataset_before(work.base, name, "", kind)
    if before is not None and not replaces:
        frame = _together(table_frame(work.root, before).collect(), frame, keys, source)
    file = work.folder / f"{ROLE}.parquet"
    ordered = frame.sort(*keys)
    ordered.write_parquet(file, compression="zstd", row_group_size=131_072)
    content = part_content(
        kind,
        name,
        [(ROLE, file)],
        staged=work.folder,
        rows=ordered.height,
        source=source,
        facts={"keys": list(keys)},
    )
    assert content is not None, "there is a file"
    kept = tuple(
        item
        for item in (() if work.base is None else work.base.datasets)
        if (item.name, item.kind) != (name, kind)
    )
    base = work.base
    calendar = calendar if base is None else base.calendar
    return Publication(
        name=name,
        created_at=timestamp,
        calendar=calendar,
        fingerprint=version_fingerprint(
            calendar, assets_fingerprint(work.root, kept), kept, [content]
        ),
        facts=NOTHING if base is None else base.facts,
        is_bundle=False,
        contents=(content,),
        kept=kept,
    )


def _check(frame: pl.DataFrame, keys: Sequence[str], source: str) -> None:
    for key in keys:
        if key not in frame.columns:
            reason = f"the column is missing; there are {', '.join(frame.columns)}"
            raise DataValidationError(file=source, column=key, reason=reason)
        if frame[key].null_count():
            row = int(frame[key].is_null().arg_true()[0])
            reason = "it tells rows apart; give a value"
            raise DataValidationError(file=source, column=f"{key} in row {row}", reason=reason)
    twice = frame.filter(frame.select(keys).is_duplicated())
    if len(twice):
        value = ", ".join(map(str, twice.select(keys).row(0)))
        raise DataValidationError(
            file=source, column=", ".join(keys), value=value, reason="the row is there twice"
        )


def _together(
    before: pl.DataFrame, frame: pl.DataFrame, keys: Sequence[str], source: str
) -> pl.DataFrame:
    if dict(before.schema) != dict(frame.schema):
        raise DataValidationError(
            file=source,
            value=str(dict(frame.schema)),
            reason=f"the table has {dict(before.schema)}; give the same columns, or replace it",
        )
    kept = before.join(frame, on=list(keys), how="anti")
    return pl.concat([kept, frame.select(kept.columns)])
