"""An exchange as ccxt knows it, asked so that no digit is lost and no request is repeated."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    RequestRefused,
    RustyBTError,
    UnknownSymbol,
    VendorUnavailable,
)
from rustybt.net import check_reply
from rustybt.values import parse_decimal
from rustybt_data.adapters.replies import base_url, cut_off

_MS: Final = 1000
_BUSY: Final = frozenset({408, 418, 425, 429})


class Place(NamedTuple):
    """An exchange, and where it is.

    Attributes:
        venue: Its id in ccxt.
        base: Address of another server that speaks its protocol; "" for its own.
    """

    venue: str
    base: str

    @classmethod
    def parse(cls, location: str) -> Self:
        """Read ``binance`` or ``binance@http://127.0.0.1:8080``.

        Raises:
            InvalidArgument: It is neither.
        """
        venue, separator, address = location.strip().partition("@")
        if not venue.isidentifier() or (separator and not address):
            raise InvalidArgument(
                field="location",
                value=location,
                reason="give the exchange's id in ccxt, such as binance, or "
                "binance@http://HOST for another server of its protocol",
            )
        return cls(venue, base_url(address, "") if separator else "")


def venue_class(venue: str) -> Callable[[Mapping[str, object]], Any]:
    """The class of an exchange; the first call imports ccxt, which takes seconds.

    Raises:
        ImportError: ccxt is not installed.
        InvalidArgument: It has no such exchange.
    """
    ccxt = importlib.import_module("ccxt.async_support")
    if venue not in ccxt.exchanges:
        near = get_close_matches(venue, ccxt.exchanges, n=5) or ["binance", "kraken"]
        raise InvalidArgument(
            field="exchange", value=venue, reason=f"give an id of ccxt, such as {', '.join(near)}"
        )
    made: Callable[[Mapping[str, object]], Any] = getattr(ccxt, venue)
    return made


class Venue:
    """One exchange while it is asked.

    Args:
        exchange: Of ccxt.
        place: Which one it is, and where.
    """

    def __init__(self, exchange: Any, place: Place) -> None:  # noqa: ANN401 - ccxt has no types
        self.exchange = exchange
        self.vendor = place.venue
        self._request = ""
        self._status = 0
        exchange.on_rest_response = self._on_reply
        exchange.parse_json = self._exact
        if place.base:
            exchange.urls["api"] = _moved(exchange.urls["api"], place.base)

    def _on_reply(self, status: int, _reason: str, _url: str, *rest: Any) -> str:  # noqa: ANN401
        """Told of every reply: what only time can help is said before ccxt gives it a name."""
        headers, body = rest[1], str(rest[2]).strip()
        if status in _BUSY or status >= 500:
            busy = 429 if status in _BUSY else status
            check_reply(busy, headers, body, vendor=self.vendor, request=self._request)
        self._status = status
        return body

    def _exact(self, body: str) -> object:
        """JSON whose numbers with a point stay texts; None for an error that is no JSON."""
        try:
            return json.loads(body, parse_float=str)
        except (ValueError, RecursionError) as error:
            if not 200 <= self._status < 300:
                return None  # ccxt goes by the status
            reason = f"the reply is no JSON or was cut off: {error}"
            raise cut_off(self.vendor, self._request, reason) from None

    async def ask(self, method: str, *args: object, request: str) -> Any:  # noqa: ANN401
        """Call a method of ccxt, with its errors as ours.

        Raises:
            VendorUnavailable: It may succeed later.
            UnknownSymbol: The exchange has no such symbol.
            RequestRefused: It will not succeed later, either.
        """
        self._request = request
        try:
            return await getattr(self.exchange, method)(*args)
        except (RustyBTError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - ccxt raises what its parsers stumble over
            raise self._ours(error) from None

    def _ours(self, error: Exception) -> RustyBTError:
        errors = importlib.import_module("ccxt.base.errors")
        reason = f"{type(error).__name__}: {error}"
        if not isinstance(error, errors.BaseError):
            return DataValidationError(
                file=f"{self.vendor}, {self._request}",
                reason=f"ccxt cannot read the reply ({reason}); ask again, or update ccxt",
            )
        if isinstance(error, errors.OperationFailed) or error.__cause__ is not None:
            return VendorUnavailable(vendor=self.vendor, request=self._request, reason=reason)
        if isinstance(error, errors.BadSymbol):
            return UnknownSymbol(source=self.vendor, symbol=self._request.split()[0])
        return RequestRefused(
            vendor=self.vendor, request=self._request, status=self._status, reason=reason
        )

    @property
    def timeframes(self) -> Mapping[str, object]:
        """What it calls its lengths of bars."""
        return self.exchange.timeframes or {}

    def limit(self, symbol: str) -> int:
        """Bars that a page holds at most; 100 where ccxt does not know."""
        found = self.exchange.feature_value(symbol, "fetchOHLCV", "limit")
        return int(found) if found else 100

    def steps(self, symbol: str) -> dict[str, Any]:
        """Tick and lot of a symbol, as far as they are known; a lot in coins, not in contracts."""
        market = self.exchange.markets[symbol]
        precision = market.get("precision") or {}
        tick, lot = self._step(precision.get("price")), self._step(precision.get("amount"))
        if lot is not None and market.get("contract") and market.get("contractSize"):
            lot *= parse_decimal(market["contractSize"], field="contractSize")
        steps = {"tick_size": tick, "lot_size": lot}
        return {name: step for name, step in steps.items() if step is not None}

    def _step(self, value: object) -> Any:  # noqa: ANN401
        modes = importlib.import_module("ccxt.base.decimal_to_precision")
        if value is None or self.exchange.precisionMode == modes.SIGNIFICANT_DIGITS:
            return None
        number = parse_decimal(value, field="precision")
        if self.exchange.precisionMode == modes.DECIMAL_PLACES:
            number = parse_decimal(f"1e-{number}", field="precision")
        return number if number > 0 else None


@asynccontextmanager
async def opened(place: Place, *, timeout_seconds: float) -> AsyncIterator[Venue]:
    """An exchange with its connections, which are closed at the end.

    Its own rate limit and its own retries are off: the adapter's count.

    Raises:
        ImportError: ccxt is not installed.
        InvalidArgument: It has no such exchange.
    """
    settings = {
        "enableRateLimit": False,
        "timeout": round(timeout_seconds * _MS),
        "timeout_on_exit": 0,
        "number": str,
    }
    exchange = venue_class(place.venue)(settings)
    exchange.number = str
    try:
        yield Venue(exchange, place)
    finally:
        await exchange.close()


def _moved(addresses: object, base: str) -> object:
    """Addresses with another scheme and host; the path stays."""
    if isinstance(addresses, dict):
        return {name: _moved(address, base) for name, address in addresses.items()}
    if not isinstance(addresses, str):
        return addresses
    return base + urlsplit(addresses).path
