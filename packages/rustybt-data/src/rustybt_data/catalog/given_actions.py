"""Corporate actions that a vendor gives with its bars, beside those that a name has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from rustybt.calendars import TradingCalendar, to_day
from rustybt.data.actions import Action
from rustybt.data.adjustments import Adjustments
from rustybt_data.adjustments import (
    AdjustmentFilesWriter,
    adjustments_hash,
    adjustments_of,
    other_actions,
)
from rustybt_data.adjustments.reading import FOLDER
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.part_contents import part_content
from rustybt_data.catalog.parts import ACTIONS
from rustybt_data.catalog.writing import Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenActions:
    """Corporate actions of some symbols and days, complete.

    Attributes:
        frames: By kind, with a column ``symbol``; see `BaseDataAdapter.actions`.
        symbols: The symbols that were asked for.
        first: The first day that was asked for.
        last: The last one, included.
    """

    frames: Mapping[str, pl.DataFrame]
    symbols: tuple[str, ...]
    first: date
    last: date


def actions_before(work: Writing) -> Adjustments:
    """The corporate actions of the version before."""
    datasets = () if work.base is None else work.base.of_kind(ACTIONS)
    return adjustments_of(
        tuple((file.role, work.root / file.path) for each in datasets for file in each.files)
    )


def actions_content(
    given: GivenActions,
    sids: Mapping[str, int],
    work: Writing,
    *,
    name: str,
    calendar: TradingCalendar,
    source: str,
) -> tuple[DatasetContent | None, Mapping[str, int]]:
    """The actions of the name with the given ones in place of those of the same days.

    Args:
        given: What the vendor says.
        sids: The sid of each symbol; actions of others are left out.
        work: What the writer of the name has.
        name: Name of the data set.
        calendar: The calendar of the sessions.
        source: Where they come from.

    Returns:
        What is to be published, None for nothing; and how many there are of each kind that the
        version counts.

    Raises:
        DataValidationError: A cell is not what it has to be.
    """
    writer = AdjustmentFilesWriter(work.folder, calendar)
    before = actions_before(work)
    asked = {sids[symbol] for symbol in given.symbols if symbol in sids}
    first, last = to_day(given.first), to_day(given.last)
    others = (*other_actions(before), *before.symbol_changes())
    every = (*before.splits(), *before.dividends(), *others)
    writer.add(
        action for action in every if action.sid not in asked or not first <= _day(action) <= last
    )
    writer.write(**{kind: _numbered(frame, sids) for kind, frame in given.frames.items()})
    actions = writer.finish()
    counts = {
        "splits": len(actions.splits()),
        "dividends": len(actions.dividends()),
        "other_actions": len(other_actions(actions)),
    }
    content = part_content(
        ACTIONS,
        name,
        sorted((file.stem, file) for file in (work.folder / FOLDER).glob("*.parquet")),
        staged=work.folder,
        fingerprint=adjustments_hash(actions),
        rows=sum(counts.values()),
        source=source,
    )
    return content, counts


def _numbered(frame: pl.DataFrame, sids: Mapping[str, int]) -> pl.DataFrame:
    known = frame.filter(pl.col("symbol").is_in(list(sids)))
    sid = pl.col("symbol").replace_strict(sids, return_dtype=pl.Int64)
    return known.with_columns(sid.alias("sid")).drop("symbol")


def _day(action: Action) -> int:
    """The first session on which it holds."""
    day = getattr(action, "effective", None)
    return int(action.ex if day is None else day)  # type: ignore[union-attr]
