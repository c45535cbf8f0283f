"""How many sessions are computed at once, so that memory is bounded whatever is asked for."""

from typing import Final

from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.plan import Plan
from rustybt.pipeline.term import ComputableTerm, Term

CELLS: Final = 3 * 2**25
"""Numbers that the columns of a chunk may hold together: 768 MiB of 64 bits each."""

LEAST: Final = 21
"""Sessions that a chunk has at least: else all work would be on rows that windows look back to."""

_KEYS: Final = 3
"""Columns that every panel has, in columns of numbers: who, when, and whether it is alive."""

_FORMS: Final = 3
"""Columns that a column of data makes at most, about: as reported, in one unit, its units."""


def width(plan: Plan) -> int:
    """The most columns that are there at once while a plan is computed, about."""
    uses = plan.uses()
    live, most = _KEYS + _FORMS * len(plan.loaded), 0
    for level in plan.levels:
        live += sum(_columns(node.term) for node in level)
        most = max(most, live)
        for node in level:
            for part in node.term.terms:
                uses[part] -= 1
                if not uses[part] and not isinstance(part, BoundColumn):
                    live -= _columns(part)
    return max(most, live)


def sessions_at_once(plan: Plan, *, assets: int, sessions: int, cells: int = CELLS) -> int:
    """How many sessions are computed at once, so that all chunks are about equally long.

    Args:
        plan: What is computed.
        assets: Of how many assets.
        sessions: How many sessions are asked for.
        cells: Numbers that columns may hold together.
    """
    rows = cells // (width(plan) * max(assets, 1))
    most = max(rows - (plan.first - plan.start), LEAST)
    chunks = -(-sessions // most)
    return -(-sessions // max(chunks, 1))


def _columns(term: Term) -> int:
    return len(term.outputs or ("",)) if isinstance(term, ComputableTerm) else 1
