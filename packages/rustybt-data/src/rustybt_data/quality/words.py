"""What a report says, for any form that it is shown in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

import polars as pl


class Reported(Protocol):
    """What is shown of a `rustybt_data.quality.QualityReport`."""

    @property
    def name(self) -> str:
        """What was checked."""
        ...

    @property
    def rules(self) -> str:
        """Name of the rule set."""
        ...

    @property
    def resolution(self) -> str:
        """Length of a bar."""
        ...

    @property
    def checked(self) -> Mapping[str, int]:
        """Number of rows by symbol."""
        ...

    @property
    def rows(self) -> pl.DataFrame:
        """The findings."""
        ...

    @property
    def first(self) -> date | datetime | None:
        """First label."""
        ...

    @property
    def last(self) -> date | datetime | None:
        """Last label."""
        ...

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        ...

    def counts(self) -> pl.DataFrame:
        """Findings by rule and outcome."""
        ...


def summary(report: Reported) -> str:
    """One line: what was checked, and what came of it."""
    rows = sum(report.checked.values())
    what = f"{report.name}: " if report.name else ""
    span = "" if report.first is None else f", {label_of(report.first)} to {label_of(report.last)}"
    outcomes = report.rows["outcome"].value_counts().sort("outcome", descending=True)
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.iter_rows())
    return (
        f"{what}{rows:,} bars of {report.resolution}, {len(report.checked):,} symbols{span}, "
        f"rules {report.rules}: {told or 'nothing found'}"
    )


def worst(report: Reported, most: int) -> tuple[pl.DataFrame, str]:
    """Findings, the worst outcomes first, then by symbol and label; and a title for them."""
    every = report.rows.sort(
        "outcome", "symbol", "label", descending=(True, False, False), maintain_order=True
    ).select("symbol", "label", "rule", "outcome", "column", "value", "reason")
    if every.height <= most:
        return every, "Findings"
    return every.head(most), f"Findings, the worst {most:,} of {every.height:,}"


def label_of(label: object) -> str:
    """A label as a text: a date, or a time in UTC."""
    text = "" if label is None else str(label)
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text
