"""Domains: on which calendar, and of which country, the data of a pipeline are."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from rustybt.errors import AmbiguousDomain


class Domain(NamedTuple):
    """Where data are from.

    Attributes:
        name: What it is called.
        country_code: Country whose equities are its assets (ISO 3166); None: of all.
        calendar_name: Calendar of its sessions; None: that of the bundle.
    """

    name: str
    country_code: str | None = None
    calendar_name: str | None = None

    def __repr__(self) -> str:
        return self.name


GENERIC: Final = Domain("GENERIC")
"""Every market: the calendar of the bundle that a pipeline runs on, and all of its assets."""


def common_domain(name: str, given: Domain, terms: Iterable[Any]) -> Domain:
    """The domain that terms have in common; generic ones go with any.

    Args:
        name: Of what is made of them, for the message.
        given: That it is given itself.
        terms: The terms; others are passed over.

    Raises:
        AmbiguousDomain: Two of them differ.
    """
    found: dict[Domain, Any] = {} if given == GENERIC else {given: name}
    for term in terms:
        domain = getattr(term, "domain", GENERIC)
        if domain != GENERIC:
            found.setdefault(domain, term)
    if len(found) > 1:
        raise AmbiguousDomain(
            name=name, domains=tuple(f"{domain} of {term!r}" for domain, term in found.items())
        )
    return next(iter(found), GENERIC)
