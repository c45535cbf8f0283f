"""The client of Polygon (Massive), asked so that no digit is lost and no request is repeated."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from rustybt.errors import RequestRefused
from rustybt.net import check_reply
from rustybt_data.adapters.replies import Reply, cut_off, without
from rustybt_data.adapters.rows import exact_json


class PolygonClient:
    """The vendor's client: it neither repeats a request nor follows an address elsewhere.

    Args:
        vendor: What the adapter that asks is called.
        key: Of the API.
        base: Address of the server.
        timeout_seconds: For connecting, and for the next bytes of a reply.

    Raises:
        ImportError: It is not installed.
    """

    def __init__(self, vendor: str, key: str, base: str, timeout_seconds: float) -> None:
        from massive import RESTClient

        self._vendor = vendor
        self._key = key
        self.rest: Any = RESTClient(
            api_key=key,
            base=base,
            connect_timeout=timeout_seconds,
            read_timeout=timeout_seconds,
            connection_pool_kw={"retries": False},
        )
        self._pool = self.rest.client
        self.rest.client = self
        self._request = ""

    def close(self) -> None:
        """Close its connections."""
        self._pool.clear()

    def request(
        self,
        method: str,
        url: str,
        fields: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - a reply of urllib3
        """Ask for an address: called by the vendor's client.

        Raises:
            VendorUnavailable: The same request may succeed later.
            RequestRefused: It will not.
        """
        from urllib3.exceptions import HTTPError

        vendor = self._vendor
        try:
            reply = self._pool.request(method, url, fields=fields, headers=headers, redirect=False)
        except HTTPError as error:
            reason = f"{type(error).__name__}: {without(str(error), [self._key])}"
            raise cut_off(vendor, self._request, reason) from None
        body = without(reply.data.decode("utf-8", "replace"), [self._key])
        check_reply(reply.status, reply.headers, body, vendor=vendor, request=self._request)
        return reply

    async def ask(self, method: str, *args: object, request: str, **kwargs: object) -> Reply:
        """The reply to a method of the vendor's client, in a thread."""
        self._request = request
        reply = await asyncio.to_thread(getattr(self.rest, method), *args, raw=True, **kwargs)
        return self._parsed(reply, request)

    async def follow(self, address: str, request: str) -> Reply:
        """The next page, on the same server whatever the address says."""
        parts = urlsplit(address)
        self._request = request
        url = f"{self.rest.BASE}{parts.path}?{parts.query}"
        return self._parsed(await asyncio.to_thread(self.request, "GET", url), request)

    def _parsed(self, reply: Any, request: str) -> Reply:  # noqa: ANN401
        vendor = self._vendor
        parsed = Reply(
            exact_json(reply.data, vendor=vendor, request=request), f"{vendor}, {request}"
        )
        status = parsed.find("status")
        if status is not None and status.text not in {"OK", "DELAYED"}:
            said = parsed.find("message") or parsed.find("error") or status
            raise RequestRefused(
                vendor=vendor,
                request=request,
                status=reply.status,
                reason=without(said.text, [self._key]),
            )
        return parsed


def next_page(reply: Reply) -> str | None:
    """The address of the next page, without a key that a server may have put into it."""
    address = reply.find("next_url")
    if address is None:
        return None
    try:
        parts = urlsplit(address.text)
    except ValueError:
        raise address.error("an address was expected here") from None
    fields = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, text) for name, text in fields if name.lower() != "apikey"])
    return urlunsplit(parts._replace(query=query))
