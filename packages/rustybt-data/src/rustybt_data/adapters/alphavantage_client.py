"""Alpha Vantage over HTTP: its address has the key in it, and its errors come as successes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from rustybt.errors import DataValidationError, RequestRefused, RustyBTError, UnknownSymbol
from rustybt.net import check_reply
from rustybt_data.adapters.replies import Reply, cut_off, without

if TYPE_CHECKING:
    import httpx2

_FOR_MONEY: Final = re.compile(r"is a premium (endpoint|feature)|apikey is invalid|\*\*demo\*\*")
_KEY_WRONG: Final = "apikey"


class AlphaVantageClient:
    """Asks for one thing at a time.

    Args:
        vendor: What the adapter that asks is called.
        http: The client of HTTP.
        address: Where queries go.
        key: Of the API.
    """

    def __init__(self, vendor: str, http: httpx2.AsyncClient, address: str, key: str) -> None:
        self._vendor = vendor
        self._http = http
        self._address = address
        self._key = key
        self._secrets = (key, quote(key), quote(key, safe=""))

    async def ask(self, fields: Mapping[str, str], *, request: str) -> Reply:
        """The reply to a query.

        Raises:
            VendorUnavailable: It was throttled, did not come or was cut off.
            RequestRefused: The key is wrong, or the plan has no such data.
            UnknownSymbol: There is no such symbol.
        """
        reply, trouble = await self._sent(fields)
        if reply is None:
            raise cut_off(self._vendor, request, trouble)
        body = without(reply.text, self._secrets)
        check_reply(reply.status_code, reply.headers, body, vendor=self._vendor, request=request)
        parsed = Reply(self._parsed(body, request), f"{self._vendor}, {request}")
        said = self._said(parsed, request, fields["symbol"], reply.status_code)
        if said is not None:
            raise said
        return parsed

    async def _sent(self, fields: Mapping[str, str]) -> tuple[httpx2.Response | None, str]:
        """The reply, or what went wrong: an error of HTTP holds the address, and so the key."""
        from httpx2 import HTTPError

        try:
            query = {**fields, "datatype": "json", "apikey": self._key}
            return await self._http.get(self._address, params=query), ""
        except HTTPError as error:
            return None, f"{type(error).__name__}: {without(str(error), self._secrets)}"

    def _parsed(self, body: str, request: str) -> object:
        try:
            return json.loads(
                body,
                parse_float=str,
                parse_int=str,
                parse_constant=str,
                object_pairs_hook=_each_once,
            )
        except _Twice as twice:
            raise DataValidationError(
                file=f"{self._vendor}, {request}",
                column=twice.args[0],
                reason="it is there twice and differs; ask the vendor which is right",
            ) from None
        except (ValueError, RecursionError) as error:
            reason = f"the reply is no JSON or was cut off: {error}"
            raise cut_off(self._vendor, request, reason) from None

    def _said(self, reply: Reply, request: str, symbol: str, status: int) -> RustyBTError | None:
        """What a reply says in place of data."""
        error = reply.find("Error Message")
        if error is not None and _KEY_WRONG not in error.text:
            return UnknownSymbol(source=self._vendor, symbol=symbol)
        notice = error or reply.find("Information") or reply.find("Note")
        if notice is None:
            return None
        if error is not None or _FOR_MONEY.search(notice.text):
            return RequestRefused(
                vendor=self._vendor, request=request, status=status, reason=notice.text
            )
        return cut_off(self._vendor, request, f"throttled: {notice.text}")


@asynccontextmanager
async def asking(
    vendor: str, address: str, key: str, timeout_seconds: float
) -> AsyncIterator[AlphaVantageClient]:
    """A client whose connections are closed at the end, and whose log does not show the key.

    Raises:
        ImportError: httpx2 is not installed.
    """
    import httpx2

    log = logging.getLogger("httpx2")  # it logs every address
    hidden = _Hidden(key)
    log.addFilter(hidden)
    try:
        # Certificates take 50 ms to load: not for an address that has none.
        secure = address.startswith("https:")
        async with httpx2.AsyncClient(
            timeout=timeout_seconds, follow_redirects=False, verify=secure
        ) as http:
            yield AlphaVantageClient(vendor, http, f"{address}/query", key)
    finally:
        log.removeFilter(hidden)


class _Hidden(logging.Filter):
    """Leaves a key out of what is logged."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._secrets = (key, quote(key), quote(key, safe=""))

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        record.msg, record.args = without(text, self._secrets), ()
        return True


class _Twice(ValueError):  # noqa: N818 - caught at once
    """A name is there twice and says different things."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        for name, value in pairs:
            if made[name] != value:
                raise _Twice(name)
    return made
