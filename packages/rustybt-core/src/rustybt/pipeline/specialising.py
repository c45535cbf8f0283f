"""Terms of a domain: generic columns become those of the domain that a pipeline runs in."""

from collections.abc import Iterable
from typing import Any

from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.domain import Domain
from rustybt.pipeline.term import Term


def specialised(terms: Iterable[Term], domain: Domain) -> dict[Term, Term]:
    """For each term the one that it is in a domain; terms that only differed in it become one.

    Args:
        terms: Inputs before what is made of them; all of the domain, or generic.
        domain: The domain, no generic one.
    """
    made: dict[Term, Term] = {}
    for term in terms:
        made[term] = _specialised(term, domain, made)
    return made


def _specialised(term: Term, domain: Domain, made: dict[Term, Term]) -> Term:
    if isinstance(term, BoundColumn):
        return term.specialize(domain)
    fields: dict[str, Any] = {**term.fields, "domain": domain}
    if term.inputs:
        fields["inputs"] = tuple(made[part] for part in term.inputs)
    if term.mask is not None:
        fields["mask"] = made[term.mask]
    return type(term).of(**fields)
