"""What checks found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import polars as pl

from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.quality.catalogue import OUTCOMES, Outcome
from rustybt_data.quality.findings import Finding, finding_schema

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

_FORMAT: Final = 1
_FINDING: Final = (
    "symbol",
    "label",
    "rule",
    "layer",
    "column",
    "value",
    "reason",
    "outcome",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """What rules found in the bars of some symbols. Immutable.

    Attributes:
        name: What was checked.
        rules: Name of the rule set.
        resolution: Length of a bar, as a text.
        calendar: Name of the calendar.
        hindsight: Whether bars were judged by what comes after as well.
        checked: Number of rows by symbol.
        rows: A row for each finding: ``symbol, label, rule, layer, column, value, reason, outcome``
            and ``row``, its place in the frame. The label of a whole column is null, its symbol "".
        flagged: The bars that are flagged and no worse, with ``rules`` and ``reasons``; without
            columns where bars were not kept.
        quarantined: The bars that are quarantined, in the same form.
        first: First label.
        last: Last label.
        source: The frame that was checked, None where it is not kept.
    """

    name: str
    rules: str
    resolution: str
    calendar: str
    hindsight: bool
    checked: Mapping[str, int]
    rows: pl.DataFrame
    flagged: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)
    quarantined: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)
    first: date | datetime | None = None
    last: date | datetime | None = None
    source: pl.DataFrame | None = field(default=None, repr=False, compare=False)

    # ------------------------------------------------------------------ verdicts

    @property
    def outcome(self) -> str:
        """The worst that came of any row: ``pass``, ``flag``, ``quarantine`` or ``fail``."""
        met = set(self.rows["outcome"].unique().to_list())
        return next((outcome for outcome in reversed(OUTCOMES) if outcome in met), "pass")

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return self.rows.is_empty()

    @property
    def failed(self) -> bool:
        """Whether a rule refuses the whole."""
        return self.outcome == "fail"

    def raise_if_failed(self) -> None:
        """Refuse the whole where a rule says so.

        Raises:
            DataValidationError: It names the first finding that refuses.
        """
        self._raise_from("fail")

    def raise_if_refused(self) -> None:
        """Refuse the whole where a rule keeps out any part of it.

        Raises:
            DataValidationError: It names the first finding that is worse than a flag.
        """
        self._raise_from("quarantine")

    def _raise_from(self, outcome: Outcome) -> None:
        worse = OUTCOMES[OUTCOMES.index(outcome) :]
        failures = self.rows.filter(pl.col("outcome").is_in(worse))
        if failures.is_empty():
            return
        row = failures.row(0, named=True)
        label = "" if row["label"] is None else f" at {row['label']}"
        raise DataValidationError(
            file=", ".join(filter(None, (self.name or "bars", row["symbol"]))) + label,
            column=row["column"],
            value=row["value"] or None,
            reason=f"{row['reason']} (rule {row['rule']})",
        )

    @property
    def passed(self) -> pl.DataFrame:
        """The bars in which nothing was found.

        Raises:
            InvalidArgument: The report was read from somewhere, or its bars were not kept.
        """
        if self.source is None:
            raise InvalidArgument(
                field="passed", value=self.name, reason="the bars are not kept; use screen"
            )
        return without(self.source, self.rows["row"])

    # ------------------------------------------------------------------ figures

    def counts(self) -> pl.DataFrame:
        """Findings by ``rule, layer, outcome``, and in how many symbols they are."""
        return (
            self.rows.group_by("rule", "layer", "outcome")
            .agg(pl.len().alias("findings"), pl.col("symbol").n_unique().alias("symbols"))
            .sort("layer", "rule", "outcome")
        )

    def counts_by_symbol(self) -> pl.DataFrame:
        """Findings by ``symbol, rule, outcome``."""
        return (
            self.rows.group_by("symbol", "rule", "outcome")
            .agg(pl.len().alias("findings"))
            .sort("symbol", "rule", "outcome")
        )

    def findings(self) -> list[Finding]:
        """The rows as objects."""
        return [Finding(**row) for row in self.rows.select(_FINDING).iter_rows(named=True)]

    # ------------------------------------------------------------------ forms

    def to_dict(self) -> dict[str, Any]:
        """All but the bars, in values that JSON has; labels are ISO 8601."""
        plain = self.rows.with_columns(_label_texts(self.rows), pl.col("outcome").cast(pl.String))
        return {
            "format": _FORMAT,
            "name": self.name,
            "rules": self.rules,
            "resolution": self.resolution,
            "calendar": self.calendar,
            "hindsight": self.hindsight,
            "outcome": self.outcome,
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "checked": dict(self.checked),
            "counts": self.counts().with_columns(pl.col("outcome").cast(pl.String)).to_dicts(),
            "rows": plain.to_dicts(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `to_dict` gave; without bars.

        Raises:
            InvalidArgument: It is no such thing.
        """
        try:
            _check_format(values["format"])
            moment = _moment(values["resolution"])
            return cls(
                name=values["name"],
                rules=values["rules"],
                resolution=values["resolution"],
                calendar=values["calendar"],
                hindsight=values["hindsight"],
                checked=dict(values["checked"]),
                rows=_rows_of(values["rows"], daily=moment is date),
                first=None if values["first"] is None else moment.fromisoformat(values["first"]),
                last=None if values["last"] is None else moment.fromisoformat(values["last"]),
            )
        except InvalidArgument:
            raise
        except (
            LookupError,
            TypeError,
            AttributeError,
            ValueError,
            pl.exceptions.PolarsError,
        ) as error:
            raise InvalidArgument(
                field="report", value=type(values).__name__, reason=f"it is no report: {error}"
            ) from None

    def to_json(self) -> str:
        """`to_dict` as a text of JSON."""
        return json.dumps(self.to_dict(), indent=1)

    def to_html(self, path: str | Path | None = None) -> str:
        """A page that needs nothing else, and where a path is given a file of it."""
        from rustybt_data.quality.page import page_of

        page: str = page_of(self)
        if path is not None:
            Path(path).write_text(page, "utf-8")
        return page

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rustybt_data.quality.terminal import renderables

        yield from renderables(self)


def without(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """A frame without some of its rows, by place."""
    taken = rows.drop_nulls().unique()
    if taken.is_empty():
        return frame
    keep = pl.Series([True]).new_from_index(0, frame.height).scatter(taken, values=False)
    return frame.filter(keep)


def _check_format(found: object) -> None:
    if not isinstance(found, int) or found != _FORMAT:
        raise InvalidArgument(field="format", value=found, reason=f"only {_FORMAT} is known")


def _moment(resolution: str) -> Any:  # noqa: ANN401 - a class
    from rustybt.clock.resolution import Resolution

    return datetime if Resolution.parse(resolution).is_intraday else date


def _label_texts(rows: pl.DataFrame) -> pl.Expr:
    if rows.schema["label"] == pl.Date():
        return pl.col("label").dt.to_string("%Y-%m-%d")
    return pl.col("label").dt.to_string("%Y-%m-%dT%H:%M:%S%.9f+00:00")


def _rows_of(rows: list[dict[str, Any]], *, daily: bool) -> pl.DataFrame:
    schema = finding_schema(daily=daily)
    for row in rows:
        if set(row) != set(schema):
            raise InvalidArgument(
                field="rows", value=sorted(row), reason=f"give {', '.join(schema)}"
            )
    texts = pl.DataFrame(rows, schema={**schema, "label": pl.String(), "outcome": pl.String()})
    label = (
        pl.col("label").str.to_date("%Y-%m-%d")
        if daily
        else pl.col("label").str.to_datetime("%Y-%m-%dT%H:%M:%S%.9f%z", time_unit="ns")
    )
    return texts.with_columns(label).cast(schema)
