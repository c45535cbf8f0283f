"""Asking vendors and venues over a network: rate limits, retries, replies, connections, time.

Everything that waits takes a `Timer`, so that its tests run on virtual time.
"""

from rustybt.net.blocking import run_blocking
from rustybt.net.bucket import TokenBucket
from rustybt.net.links import Link, LinkPhase, LinkRules, LinkState, Message
from rustybt.net.reconnection import Reconnecting
from rustybt.net.replies import check_reply, redacted, retry_after
from rustybt.net.retry import TRANSIENT, Retry
from rustybt.net.timer import Timer

__all__ = [
    "TRANSIENT",
    "Link",
    "LinkPhase",
    "LinkRules",
    "LinkState",
    "Message",
    "Reconnecting",
    "Retry",
    "Timer",
    "TokenBucket",
    "check_reply",
    "redacted",
    "retry_after",
    "run_blocking",
]
