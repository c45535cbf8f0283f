"""What rules find, gathered by column: a frame of it, or objects."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import from_day, from_ns
from rustybt.data.schemas import MAX_DIGITS
from rustybt.values import from_scaled
from rustybt_data.quality.catalogue import LAYERS, OUTCOMES, RULES
from rustybt_data.quality.rows import IntArray, Rows
from rustybt_data.quality.rules import Rule

_FEW: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found in a row.

    Attributes:
        symbol: Symbol of the row; "" where it has none.
        label: Its session or the end of its bar (UTC), None where it has none.
        rule: Name of the rule.
        layer: 1 schema, 2 relations, 3 outliers, 4 time.
        column: The column that holds the value.
        value: The exact value met, as a text.
        reason: What is wrong with it.
        outcome: ``flag``, ``quarantine`` or ``fail``.
    """

    symbol: str
    label: date | datetime | None
    rule: str
    layer: int
    column: str
    value: str
    reason: str
    outcome: str


class Block(NamedTuple):
    """What one rule found in some rows of a symbol.

    Attributes:
        rule: Name of the rule.
        outcome: What comes of the rows.
        row: Where they are in the frame.
        at: Their labels as integers.
        column: The column of the values.
        values: The values as texts, or coefficients.
        scale: Decimals of coefficients.
        reasons: One for all rows, or one for each.
    """

    rule: str
    outcome: str
    row: IntArray
    at: IntArray
    column: str
    values: Sequence[str] | IntArray
    scale: int
    reasons: str | Sequence[str]

    def texts(self) -> Sequence[str]:
        """The values as texts, exactly."""
        if not isinstance(self.values, np.ndarray):
            return self.values
        if len(self.values) <= _FEW:
            return [f"{from_scaled(number, self.scale):f}" for number in self.values.tolist()]
        return _texts(self.values, self.scale)

    def each_reason(self) -> Sequence[str]:
        """A reason for each row."""
        if isinstance(self.reasons, str):
            return [self.reasons] * len(self.row)
        return self.reasons


class Findings:
    """What rules found in rows of one symbol.

    Args:
        daily: Whether labels are sessions, and not instants.
    """

    def __init__(self, *, daily: bool) -> None:
        self.daily = daily
        self._blocks: list[Block] = []

    def __len__(self) -> int:
        return sum(len(block.row) for block in self._blocks)

    def add(
        self,
        rule: Rule,
        rows: Rows,
        column: str,
        reasons: str | Sequence[str],
        *,
        values: Sequence[str] | None = None,
        outcome: str = "",
    ) -> None:
        """Take something down.

        Args:
            rule: The rule that found it.
            rows: The rows that it is about.
            column: The column that is to be looked at; ``at`` is the label.
            reasons: One for all rows, or one for each.
            values: The values met, by default those of the column.
            outcome: What comes of it, by default what the rule says.
        """
        given: Sequence[str] | IntArray = [] if values is None else values
        if values is None:
            given = (
                [self.label_text(at) for at in rows.at.tolist()]
                if column == "at"
                else rows.coefficients(column)
            )
        self._blocks.append(
            Block(
                rule=rule.name,
                outcome=outcome or rule.outcome,
                row=rows.row,
                at=rows.at,
                column=self.label_name if column == "at" else column,
                values=given,
                scale=0 if column == "at" else rows.scale_of(column),
                reasons=reasons,
            )
        )

    @property
    def label_name(self) -> str:
        """Name of the column of labels."""
        return "date" if self.daily else "timestamp"

    def label(self, at: int) -> date | datetime:
        """A label as an integer, as a date or a time."""
        return from_day(at) if self.daily else from_ns(at)

    def label_text(self, at: int) -> str:
        """A label as an integer, as a text."""
        return label_text(at, daily=self.daily)

    def each(self, symbol: str) -> Iterator[Finding]:
        """One by one, of a symbol."""
        for block in self._blocks:
            texts = block.texts()
            reasons = block.each_reason()
            for place, at in enumerate(block.at.tolist()):
                yield Finding(
                    symbol=symbol,
                    label=self.label(at),
                    rule=block.rule,
                    layer=RULES[block.rule].layer,
                    column=block.column,
                    value=texts[place],
                    reason=reasons[place],
                    outcome=block.outcome,
                )

    @property
    def blocks(self) -> Sequence[Block]:
        """What was taken down, rule by rule."""
        return self._blocks


def frame_of(found: Iterable[tuple[str, Findings]], *, daily: bool) -> pl.DataFrame:
    """What was found in the rows of some symbols, as a frame of `finding_schema`."""
    blocks = [(symbol, block) for symbol, each in found for block in each.blocks]
    schema = finding_schema(daily=daily)
    if not blocks:
        return pl.DataFrame(schema=schema)
    sizes = [len(block.row) for _, block in blocks]
    label = pl.Series("label", np.concatenate([block.at for _, block in blocks]))

    def spread(values: Iterable[object]) -> pl.Series:
        """A value of each block for each of its rows."""
        pairs = zip(values, sizes, strict=True)
        return pl.Series([value for value, size in pairs for _ in range(size)])

    return pl.DataFrame(
        {
            "symbol": spread(symbol for symbol, _ in blocks),
            "label": label.cast(pl.Int32).cast(pl.Date)
            if daily
            else label.cast(pl.Datetime("ns", "UTC")),
            "rule": spread(block.rule for _, block in blocks),
            "layer": spread(RULES[block.rule].layer for _, block in blocks),
            "column": spread(block.column for _, block in blocks),
            "value": [text for _, block in blocks for text in block.texts()],
            "reason": [reason for _, block in blocks for reason in block.each_reason()],
            "outcome": spread(block.outcome for _, block in blocks),
            "row": np.concatenate([block.row for _, block in blocks]),
        }
    ).cast(schema)


def label_text(at: int, *, daily: bool) -> str:
    """A label as an integer, as a text: the date, or the time in UTC."""
    if daily:
        return from_day(at).isoformat()
    below = at % 1000
    text = from_ns(at).replace(tzinfo=None).isoformat()
    if below:
        text += f"{'' if '.' in text else '.000000'}{below:03d}"
    return f"{text}Z"


def finding_schema(*, daily: bool) -> pl.Schema:
    """Columns of findings: those of `Finding`, and `row`, the place in the frame that was read."""
    return pl.Schema(
        {
            "symbol": pl.String(),
            "label": pl.Date() if daily else pl.Datetime("ns", "UTC"),
            "rule": pl.String(),
            "layer": pl.Int8(),
            "column": pl.String(),
            "value": pl.String(),
            "reason": pl.String(),
            "outcome": pl.Enum(OUTCOMES),
            "row": pl.Int64(),
        }
    )


def layer_name(rule: str) -> str:
    """The layer of a rule in words."""
    return LAYERS[RULES[rule].layer]


def _texts(coefficients: Any, scale: int) -> Sequence[str]:  # noqa: ANN401 - an array
    """Many values as texts."""
    if not scale:
        texts: list[str] = pl.Series(coefficients).cast(pl.String).to_list()
        return texts
    decimals = (
        pl.Series(coefficients)
        .cast(pl.Decimal(38, 0))
        .to_frame("n")
        .select(pl.col("n") * pl.lit(from_scaled(1, scale), pl.Decimal(38, scale)))
    )
    plain = decimals["n"].cast(pl.Decimal(38, scale)).cast(pl.String)
    stripped: list[str] = plain.str.strip_chars_end("0").str.strip_chars_end(".").to_list()
    return stripped


assert MAX_DIGITS < 38, "coefficients fit into the widest Decimal"
