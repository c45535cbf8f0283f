"""Plans: the terms of a pipeline in the order in which they are computed, each once."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rustybt.calendars import TradingCalendar
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.domain import GENERIC, Domain
from rustybt.pipeline.ordering import first_sessions, ordered_terms
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.specialising import specialised
from rustybt.pipeline.term import ComputableTerm, Term


class Node(NamedTuple):
    """A term of a plan.

    Attributes:
        term: The term.
        name: Name of its column.
        level: How many terms are between it and the data, at most.
        first: First session, by its index in the calendar, in which its value is needed.
    """

    term: Term
    name: str
    level: int
    first: int


class Plan(NamedTuple):
    """What is computed for some sessions.

    Attributes:
        nodes: Every term once, inputs before what is made of them.
        columns: For each column of the pipeline the name of its term's column.
        screen: Name of that of the screen.
        first: First session that is shown, by its index in the calendar.
        start: First session of which anything is needed.
    """

    nodes: Mapping[Term, Node]
    columns: Mapping[str, str]
    screen: str | None
    first: int
    start: int

    @property
    def levels(self) -> Iterator[list[Node]]:
        """The terms that are computed, of each level in turn."""
        nodes = [node for node in self.nodes.values() if isinstance(node.term, ComputableTerm)]
        for level in sorted({node.level for node in nodes}):
            yield [node for node in nodes if node.level == level]

    @property
    def loaded(self) -> list[BoundColumn]:
        """The columns of data that it reads."""
        return [term for term in self.nodes if isinstance(term, BoundColumn)]

    def uses(self) -> dict[Term, int]:
        """How many terms are made of each; being shown is a use as well."""
        uses: dict[Term, int] = dict.fromkeys(self.nodes, 0)
        for node in self.nodes.values():
            for part in node.term.terms:
                uses[part] += 1
        kept = {*self.columns.values(), self.screen}
        return {term: number + (self.nodes[term].name in kept) for term, number in uses.items()}

    @property
    def needs(self) -> tuple[int, ...]:
        """Sids whose data it needs beside those of the universe."""
        return tuple(sorted({sid for term in self.nodes for sid in term.needs}))


def plan_of(
    pipeline: Pipeline, calendar: TradingCalendar, first: int, domain: Domain = GENERIC
) -> Plan:
    """The plan of a pipeline from a session on.

    Args:
        pipeline: The pipeline.
        calendar: Its sessions.
        first: The first session that is shown, by its index in the calendar.
        domain: What it runs in: generic terms become terms of it.
    """
    shown, screen, order = _in_domain(pipeline, domain)
    roots: list[Term] = [*shown.values(), *(() if screen is None else (screen,))]
    needed = first_sessions(order, roots, first, calendar)
    nodes: dict[Term, Node] = {}
    for number, term in enumerate(order):
        level = 1 + max((nodes[part].level for part in term.terms), default=-1)
        nodes[term] = Node(term, f"t{number}", level, needed[term])
    return Plan(
        nodes=nodes,
        columns={name: nodes[term].name for name, term in shown.items()},
        screen=None if screen is None else nodes[screen].name,
        first=first,
        start=min(needed.values(), default=first),
    )


def _in_domain(
    pipeline: Pipeline, domain: Domain
) -> tuple[dict[str, Term], Term | None, list[Term]]:
    """The terms of columns, that of the screen, and all that they need, inputs first."""
    shown: dict[str, Term] = dict(pipeline.columns)
    screen: Term | None = pipeline.screen
    order = ordered_terms([*shown.values(), *(() if screen is None else (screen,))])
    if domain == GENERIC:
        return shown, screen, order
    made = specialised(order, domain)
    return (
        {name: made[term] for name, term in shown.items()},
        None if screen is None else made[screen],
        list(dict.fromkeys(made.values())),
    )
