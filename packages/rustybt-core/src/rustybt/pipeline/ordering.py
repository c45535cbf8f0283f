"""The order in which terms are computed, and from which session on each is needed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rustybt.pipeline.term import ComputableTerm, Term

if TYPE_CHECKING:
    from rustybt.calendars import TradingCalendar


def first_sessions(
    order: list[Term], roots: Iterable[Term], first: int, calendar: "TradingCalendar"
) -> dict[Term, int]:
    """For each term the first session in which its value is needed.

    Args:
        order: Terms, inputs before what is made of them.
        roots: Those that are shown.
        first: The first session that is shown, by its index in the calendar.
        calendar: The sessions.
    """
    needed = dict.fromkeys(roots, first)
    for term in reversed(order):
        at = needed[term]
        back = term.reaches_back(at, calendar) if isinstance(term, ComputableTerm) else at
        for part in term.inputs:
            needed[part] = min(back, needed.get(part, at))
        if term.mask is not None:
            needed[term.mask] = min(at, needed.get(term.mask, at))
    return needed


def ordered_terms(roots: list[Term]) -> list[Term]:
    """Every term once, inputs before what is made of them."""
    order: dict[Term, None] = {}
    stack: list[tuple[Term, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        term, entered = stack.pop()
        if term in order:
            continue
        if entered:
            order[term] = None
        else:
            stack.append((term, True))
            stack.extend((part, False) for part in reversed(term.terms) if part not in order)
    return list(order)
