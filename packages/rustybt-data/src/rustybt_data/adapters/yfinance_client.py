"""Yahoo's charts, asked for through yfinance: its session, cookies and crumbs."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from rustybt.errors import RustyBTError, UnknownSymbol
from rustybt.net import check_reply
from rustybt_data.adapters.replies import Reply, cut_off
from rustybt_data.adapters.rows import exact_json

_HOST: Final = "https://query2.finance.yahoo.com"
_CHART: Final = "/v8/finance/chart/"
_CRUMB_IS_OLD: Final = frozenset({401, 403})
"""Where yfinance gets itself a new crumb and asks once more."""


class YahooClient:
    """Asks for charts.

    Args:
        vendor: What the adapter that asks is called.
        base: Address of another server that speaks the same protocol; "" for Yahoo's own.
        timeout_seconds: For a request.

    Raises:
        ImportError: yfinance is not installed.
    """

    def __init__(self, vendor: str, base: str, timeout_seconds: float) -> None:
        from yfinance.data import YfData

        self._vendor = vendor
        self._timeout = timeout_seconds
        self._request = ""
        session = _session_class(base, self._check)(impersonate="chrome")
        # Past its metaclass, which would give the session to all users of yfinance in the process.
        self._data: Any = type.__call__(YfData, session=session)
        self._session = session

    async def chart(self, ticker: str, fields: Mapping[str, str], *, request: str) -> Reply:
        """The chart of a ticker, in a thread.

        Raises:
            VendorUnavailable: The same request may succeed later.
            UnknownSymbol: There is no such ticker.
            RequestRefused: It has no such chart.
        """
        self._request, self._ticker = request, ticker
        url = f"{_HOST}{_CHART}{quote(ticker, safe='')}"
        body = await asyncio.to_thread(self._asked, url, dict(fields))
        reply = Reply(
            exact_json(body, vendor=self._vendor, request=request), f"{self._vendor}, {request}"
        )
        results = reply.at("chart").at("result").items
        if len(results) != 1:
            raise reply.error("one chart was expected")
        return results[0]

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def _asked(self, url: str, fields: dict[str, str]) -> str:
        from curl_cffi.requests.exceptions import RequestException
        from yfinance.exceptions import YFException

        try:
            return str(self._data.get(url, params=fields, timeout=self._timeout).text)
        except RustyBTError:
            raise
        except (RequestException, YFException) as error:
            reason = f"{type(error).__name__}: {error}"
            raise cut_off(self._vendor, self._request, reason) from None

    def _check(self, url: str, reply: Any) -> None:  # noqa: ANN401 - a reply of curl_cffi
        """Told of every reply: what a chart's status means is said before yfinance tries again."""
        if not urlsplit(url).path.startswith(_CHART) or reply.status_code in _CRUMB_IS_OLD:
            return
        if reply.status_code == 404:
            raise UnknownSymbol(source=self._vendor, symbol=self._ticker)
        check_reply(
            reply.status_code,
            dict(reply.headers),
            reply.text,
            vendor=self._vendor,
            request=self._request,
        )


def _session_class(base: str, check: Callable[[str, Any], None]) -> Any:  # noqa: ANN401
    """A session of curl_cffi that asks another server, and tells of its replies."""
    from curl_cffi.requests import Session

    class Told(Session[Any]):
        """A session whose replies are checked as they come."""

        def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            parts = urlsplit(url)
            query = f"?{parts.query}" if parts.query else ""
            address = f"{base}{parts.path or '/'}{query}" if base else url
            reply = super().request(method, address, *args, **kwargs)
            check(url, reply)
            return reply

    return Told
