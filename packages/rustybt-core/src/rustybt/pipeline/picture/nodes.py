"""What a picture of a pipeline shows: its terms, and what each is made of."""

from typing import Literal, NamedTuple

from rustybt.pipeline.term import Term

Kind = Literal["data", "factor", "filter", "classifier"]


class GraphNode(NamedTuple):
    """A term in a picture.

    Attributes:
        term: The term.
        kind: What it is.
        label: What it is called.
        window: Rows of its windows; 0 or 1 for none.
        extra_rows: So many sessions before the first one that is shown are needed of it, at most.
        columns: Names of the columns that show it.
        is_screen: Whether it is the screen.
        uses: How many terms are made of it.
        level: How many terms are between it and the data, at most.
    """

    term: Term
    kind: Kind
    label: str
    window: int
    extra_rows: int
    columns: tuple[str, ...]
    is_screen: bool
    uses: int
    level: int


class GraphEdge(NamedTuple):
    """That a term is made of another.

    Attributes:
        source: Number of what it is made of.
        target: Its own number.
        is_mask: Whether it only says where it is computed.
    """

    source: int
    target: int
    is_mask: bool
