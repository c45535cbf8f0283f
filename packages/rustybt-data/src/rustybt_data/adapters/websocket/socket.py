"""Connections through the library websockets."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from rustybt.errors import InvalidArgument, MissingExtra, VendorUnavailable
from rustybt.net import Message, check_reply, redacted
from rustybt_data.adapters.websocket.templates import without_places

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_CLOSE_TIMEOUT_S: Final = 2.0
_MESSAGE_BYTES_MAX: Final = 2**22


class SocketLink:
    """A connection; see `rustybt.net.Link`.

    Args:
        connection: Of the library.
        vendor: Who is on the other side, for errors.
    """

    def __init__(self, connection: ClientConnection, vendor: str) -> None:
        self._connection: Final = connection
        self._vendor: Final = vendor

    async def receive(self) -> Message:
        """The next message."""
        from websockets.exceptions import ConnectionClosed

        try:
            return await self._connection.recv()
        except ConnectionClosed as error:
            raise self._lost(error) from None

    async def send(self, message: str) -> None:
        """Send a message.

        Raises:
            VendorUnavailable: The connection is lost.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            await self._connection.send(message)
        except ConnectionClosed as error:
            raise self._lost(error) from None

    async def ping(self) -> None:
        """Ask for a sign of life."""
        from websockets.exceptions import ConnectionClosed

        try:
            await (await self._connection.ping())
        except ConnectionClosed as error:
            raise self._lost(error) from None

    async def close(self) -> None:
        """Say good-bye; the other side has two seconds to answer."""
        await self._connection.close()

    def abort(self) -> None:
        """Let the connection go at once."""
        with suppress(AttributeError):  # the transport is gone with the connection
            self._connection.transport.abort()

    def _lost(self, error: Exception) -> VendorUnavailable:
        reason = str(error) or type(error).__name__
        return VendorUnavailable(vendor=self._vendor, request="a message", reason=reason)


async def opened(url: str) -> SocketLink:
    """A connection to an address.

    Raises:
        InvalidArgument: It is no address of a WebSocket.
        MissingExtra: The library is not installed.
        RequestRefused: The server refuses the connection.
        VendorUnavailable: It may be had later.
    """
    try:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
    except ImportError as error:
        raise MissingExtra(
            feature="the client of websocket", install="rustybt-data[websocket]"
        ) from error
    vendor = redacted(url)
    try:
        connection = await connect(
            url,
            open_timeout=None,
            ping_interval=None,
            close_timeout=_CLOSE_TIMEOUT_S,
            max_size=_MESSAGE_BYTES_MAX,
        )
    except InvalidURI as error:
        raise InvalidArgument(field="location", value=vendor, reason=f"{error}") from None
    except InvalidStatus as error:
        reply = error.response
        body = (reply.body or b"").decode("utf-8", "replace")
        headers = dict(reply.headers.raw_items())
        check_reply(reply.status_code, headers, body, vendor=vendor, request="a connection")
        raise VendorUnavailable(vendor=vendor, request="a connection", reason=str(error)) from None
    except (InvalidHandshake, OSError, EOFError) as error:
        reason = str(error) or type(error).__name__
        raise VendorUnavailable(vendor=vendor, request="a connection", reason=reason) from error
    return SocketLink(connection, vendor)


def check_address(url: str) -> None:
    """Refuse what is no address of a WebSocket, and one that holds a secret.

    ``{env:NAME}`` in it stands for a variable of the environment.

    Raises:
        InvalidArgument: It is one.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        reason = "give the address of a WebSocket: wss://HOST/PATH"
        raise InvalidArgument(field="location", value=redacted(url), reason=reason)
    query = urlencode(parse_qsl(urlsplit(without_places(url)).query))
    if parts.username is not None or "***" in redacted(f"{parts.scheme}://host/?{query}"):
        reason = "an address must hold no secret; write {env:NAME} for a variable that does"
        raise InvalidArgument(field="location", value=redacted(url), reason=reason)
