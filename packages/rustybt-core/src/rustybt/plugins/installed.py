"""Fields of a distribution's metadata, read without parsing all of it.

`importlib.metadata` hands the whole file to the parser of e-mails, long description and licences
included, which takes longer than everything else that a run asks of its distributions.
"""

from __future__ import annotations

from importlib.metadata import distribution
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution


def name_of(found: Distribution) -> str:
    """The name of a distribution, as it is written there."""
    return _field(found, "Name") or found.name


def version_of(name: str) -> str:
    """The version of an installed distribution.

    Raises:
        PackageNotFoundError: It is not installed.
    """
    found = distribution(name)
    return _field(found, "Version") or found.version


def _field(found: Distribution, field: str) -> str:
    """The text of a field; empty where the file is not in the form that wheels have."""
    headers, _, _ = (found.read_text("METADATA") or "").partition("\n\n")
    start = f"{field}: "
    return next((line[len(start) :] for line in headers.split("\n") if line.startswith(start)), "")
