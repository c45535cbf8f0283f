"""What the status of an HTTP reply means to who asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from rustybt.errors import RequestRefused, VendorUnavailable

_BUSY: Final = frozenset({408, 425, 429})
_EXCERPT: Final = 200
_SECRET: Final = re.compile(r"key|token|secret|sign|passw|auth|credential", re.IGNORECASE)


def check_reply(
    status: int, headers: Mapping[str, str], body: str, *, vendor: str, request: str
) -> None:
    """Do nothing for a reply of success; raise what another one means.

    Args:
        status: The HTTP status.
        headers: Of the reply, in any case.
        body: Its text, of which an error shows the beginning.
        vendor: Who answered.
        request: What was asked, without secrets; see `redacted`.

    Raises:
        VendorUnavailable: 408, 425, 429 or 5xx: the same request may succeed later.
        RequestRefused: Any other status that is no success.
    """
    if 200 <= status < 300:
        return
    excerpt = " ".join(body.split())[:_EXCERPT]
    if status in _BUSY or status >= 500:
        raise VendorUnavailable(
            vendor=vendor,
            request=request,
            reason=f"HTTP {status}: {excerpt}".rstrip(": "),
            retry_after=retry_after(headers),
        )
    raise RequestRefused(
        vendor=vendor, request=request, status=status, reason=excerpt or "no reason was given"
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a header ``Retry-After`` (RFC 9110, 10.2.3) asks to wait.

    A date counts from the header ``Date`` of the same reply.

    Returns:
        None where there is no such header or it cannot be read.
    """
    lower = {name.lower(): text.strip() for name, text in headers.items()}
    text = lower.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(lower.get("date", ""))
        return max((until - now).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def redacted(url: str) -> str:
    """An address as errors and logs may show it.

    User and password are left out, and so are values of parameters whose name has one of key,
    token, secret, sign, passw, auth and credential in it.
    """
    parts = urlsplit(url)
    pairs = [
        (name, "***" if _SECRET.search(name) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    query = urlencode(pairs, safe="*,:/")
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))
