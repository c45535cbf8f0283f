"""Asking vendors and venues over a network: rate limits, retries, replies, time.

Everything that waits takes a `Timer`, so that its tests run on virtual time.
"""

from rustybt.net.blocking import run_blocking
from rustybt.net.bucket import TokenBucket
from rustybt.net.replies import check_reply, redacted, retry_after
from rustybt.net.retry import TRANSIENT, Retry
from rustybt.net.timer import Timer

__all__ = [
    "TRANSIENT",
    "Retry",
    "Timer",
    "TokenBucket",
    "check_reply",
    "redacted",
    "retry_after",
    "run_blocking",
]
