"""Errors of vendors that are asked over a network."""
# ruff: noqa: N818 - named after what happened, as all others are

from __future__ import annotations

from rustybt.errors._base import TransientError, UserError


class VendorUnavailable(TransientError, ConnectionError):
    """A vendor did not answer, or asked to wait; the same request may succeed later.

    ``retry_after`` is how many seconds it asked to wait.
    """

    vendor: str
    request: str
    reason: str
    retry_after: float | None = None
    template = "{vendor} did not answer {request}: {reason}; ask again later"


class RetriesExhausted(TransientError, TimeoutError):
    """A vendor did not answer in all tries; the last error is chained."""

    vendor: str
    request: str
    tries: int
    seconds: float
    reason: str
    template = (
        "{vendor} did not answer {request} in {tries} tries within {seconds} s; "
        "the last error was: {reason}. Ask again later"
    )


class RequestRefused(UserError, ValueError):
    """A vendor will not answer a request as it is: repeating it will fail again."""

    vendor: str
    request: str
    status: int
    reason: str
    template = (
        "{vendor} refused {request} with {status}: {reason}; check symbols, dates, credentials "
        "and the subscription"
    )


class MissingCredential(UserError, LookupError):
    """A variable of the environment with a credential is not set."""

    vendor: str
    variable: str
    template = "{vendor} needs the variable {variable}; set it in the environment"


class UnknownSymbol(UserError, LookupError):
    """A source has nothing of a symbol."""

    source: str
    symbol: str
    template = "{source} has no symbol {symbol!r}; check how it writes its symbols"


class ResolutionNotServed(UserError, ValueError):
    """A source has no bars of the length asked for."""

    source: str
    resolution: object
    served: object
    template = "{source} has no bars of {resolution}; give one of {served}"
