"""Clients of Alpaca's market data, asked so that no digit is lost and no request is repeated."""

import asyncio
import importlib
import warnings
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from rustybt.errors import RequestRefused
from rustybt.net import check_reply
from rustybt_data.adapters.replies import Reply, cut_off, without
from rustybt_data.adapters.rows import exact_json


class AlpacaClient:
    """One of the vendor's clients, with its session and its headers.

    The client's own way to send a request repeats it, waits for ever and reads numbers as floats;
    this one does not.

    Args:
        vendor: What the adapter that asks is called.
        client: A `RESTClient` of alpaca-py.
        secrets: Its key and the secret that belongs to it.
        timeout_seconds: For connecting, and for the next bytes of a reply.
    """

    def __init__(
        self,
        vendor: str,
        client: Any,  # noqa: ANN401 - one of several, of another package
        secrets: tuple[str, str],
        timeout_seconds: float,
    ) -> None:
        self._vendor = vendor
        self._client = client
        self._secrets = secrets
        self._timeout = timeout_seconds
        self._request = ""
        client._one_request = self._send  # noqa: SLF001 - alpaca-py has no other way

    async def get(self, path: str, fields: Mapping[str, Any], *, request: str) -> Reply:
        """The reply to a request, in a thread.

        Raises:
            VendorUnavailable: The same request may succeed later.
            RequestRefused: It will not.
        """
        self._request = request
        body = await asyncio.to_thread(self._client.get, path, dict(fields))
        return Reply(
            exact_json(body, vendor=self._vendor, request=request), f"{self._vendor}, {request}"
        )

    def close(self) -> None:
        """Close its connections."""
        self._client._session.close()  # noqa: SLF001 - alpaca-py has no other way

    def _send(self, method: str, url: str, options: dict[str, Any], retry: int) -> str:
        """Called by the vendor's client."""
        from requests.exceptions import RequestException

        del retry
        try:
            reply = self._client._session.request(  # noqa: SLF001 - alpaca-py has no other way
                method, url, timeout=self._timeout, **options
            )
        except RequestException as error:
            reason = f"{type(error).__name__}: {without(str(error), self._secrets)}"
            raise cut_off(self._vendor, self._request, reason) from None
        body = without(reply.text, self._secrets)
        if reply.is_redirect:
            raise RequestRefused(
                vendor=self._vendor,
                request=self._request,
                status=reply.status_code,
                reason="the server sends elsewhere; check the location",
            )
        check_reply(
            reply.status_code, reply.headers, body, vendor=self._vendor, request=self._request
        )
        return str(reply.text)


def imported(module: str) -> ModuleType:
    """A module of alpaca-py, which imports what another package has declared old.

    Raises:
        ImportError: It is not installed.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="websockets.legacy is deprecated", category=DeprecationWarning
        )
        return importlib.import_module(module)
