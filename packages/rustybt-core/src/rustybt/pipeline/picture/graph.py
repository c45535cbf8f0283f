"""The terms of a pipeline as a graph: what each is made of, and how far back it reaches."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars import TradingCalendar
from rustybt.errors import InvalidArgument
from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.ordering import first_sessions, ordered_terms
from rustybt.pipeline.picture.drawing import drawn
from rustybt.pipeline.picture.nodes import GraphEdge, GraphNode, Kind
from rustybt.pipeline.term import Term

_DAY_NS = 86_400_000_000_000
_YEARS = 8
_A_YEAR = 262
"""Weekdays of a year."""


class TermGraph:
    """The terms of a pipeline, inputs before what is made of them.

    In a notebook it shows itself as a picture; `save` writes that to a file.

    Args:
        columns: The terms that are shown, by name.
        screen: The filter of what is shown.
        title: What stands above the picture.
    """

    def __init__(
        self, columns: Mapping[str, Term], screen: Term | None = None, *, title: str = ""
    ) -> None:
        self.title = title
        roots = [*columns.values(), *(() if screen is None else (screen,))]
        order = ordered_terms(roots)
        numbers = {term: number for number, term in enumerate(order)}
        self.edges = tuple(_edges(order, numbers))
        uses = np.bincount([edge.source for edge in self.edges], minlength=len(order))
        rows = _extra_rows(order, roots)
        levels: dict[Term, int] = {}
        for term in order:
            levels[term] = 1 + max((levels[part] for part in term.terms), default=-1)
        self.nodes = tuple(
            GraphNode(
                term=term,
                kind=_kind(term),
                label=label_of(term),
                window=int(term.window_length),
                extra_rows=rows[term],
                columns=tuple(name for name, each in columns.items() if each is term),
                is_screen=term is screen,
                uses=int(uses[number]),
                level=levels[term],
            )
            for term, number in numbers.items()
        )

    def ordered(self) -> tuple[Term, ...]:
        """The terms, inputs before what is made of them."""
        return tuple(node.term for node in self.nodes)

    @property
    def svg(self) -> str:
        """The picture, as the text of an SVG file."""
        return drawn(self.nodes, self.edges, self.title)

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file.

        Args:
            path: The file; its name ends with ``.svg``.

        Raises:
            InvalidArgument: It has another ending.
        """
        file = Path(path)
        if file.suffix.lower() != ".svg":
            raise InvalidArgument(
                field="path", value=str(path), reason="give a name that ends with .svg"
            )
        file.write_text(self.svg, encoding="utf-8")
        return file

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<TermGraph of {len(self.nodes)} terms; .save('plan.svg') draws it>"


def label_of(term: Term) -> str:
    """What a term is called in a picture: its name, or the operation with its arguments."""
    operation = getattr(term, "operation", "")
    if operation in {"", "latest"}:
        return repr(term) if operation else term.short_name
    given = {name: value for name, value in dict(term.params).items() if value is not None}
    symbol = given.pop("symbol", None)
    if isinstance(symbol, str):
        left, right = given.get("left", "·"), given.get("right", "·")
        return f"{left} {symbol} {right}"
    inner = ", ".join(f"{name}={value}" for name, value in given.items() if name != "name")
    if term.short_name == "output_of":
        return f".{given.get('name', '')}"
    return f"{term.short_name}({inner})" if inner else term.short_name


def _kind(term: Term) -> Kind:
    if isinstance(term, BoundColumn):
        return "data"
    if isinstance(term, Filter):
        return "filter"
    return "classifier" if isinstance(term, Classifier) else "factor"


def _edges(order: list[Term], numbers: Mapping[Term, int]) -> Iterator[GraphEdge]:
    for term in order:
        for part in dict.fromkeys(term.inputs):
            yield GraphEdge(numbers[part], numbers[term], is_mask=False)
        if term.mask is not None and term.mask not in term.inputs:
            yield GraphEdge(numbers[term.mask], numbers[term], is_mask=True)


def _extra_rows(order: list[Term], roots: list[Term]) -> dict[Term, int]:
    """For each term how many sessions before the first one are needed, at most.

    Periods, such as months, begin at different distances: of all days of a year the most counts.
    """
    by_period = any(getattr(term, "operation", "") == "downsample" for term in order)
    rows = dict.fromkeys(order, 0)
    length = max((term.window_length for term in order), default=0) * max(len(order), 1)
    calendar = _weekdays(length + _YEARS * _A_YEAR)
    last = len(calendar) - 1
    for first in range(last - _A_YEAR, last) if by_period else (last,):
        for term, since in first_sessions(order, roots, first, calendar).items():
            rows[term] = max(rows[term], first - since)
    return rows


def _weekdays(count: int) -> TradingCalendar:
    days = np.arange(-count, count, dtype=np.int64)
    days = days[(days + 3) % 7 < 5][-count:]  # 1970-01-01, day 0, was a Thursday
    return TradingCalendar(
        name="weekdays",
        tz=ZoneInfo("UTC"),
        sessions=days,
        opens=days * _DAY_NS,
        closes=days * _DAY_NS + _DAY_NS // 2,
    )
