"""Waiting for a coroutine from plain code."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_ResultT = TypeVar("_ResultT")


def run_blocking(coroutine: Coroutine[Any, Any, _ResultT]) -> _ResultT:
    """What a coroutine returns, also where an event loop runs already, as in a notebook.

    There it runs in a loop of its own in another thread, and this one waits.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, coroutine).result()
