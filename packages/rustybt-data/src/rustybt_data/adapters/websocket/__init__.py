"""Live streams through WebSockets, and the adapter that ingests what it gathers of them."""

from rustybt_data.adapters.websocket.adapter import WebSocketAdapter
from rustybt_data.adapters.websocket.decoder import MessageCounts
from rustybt_data.adapters.websocket.gathering import GatherReport
from rustybt_data.adapters.websocket.protocol import StreamProtocol, presets
from rustybt_data.adapters.websocket.stream import WebSocketStream

__all__ = [
    "GatherReport",
    "MessageCounts",
    "StreamProtocol",
    "WebSocketAdapter",
    "WebSocketStream",
    "presets",
]
