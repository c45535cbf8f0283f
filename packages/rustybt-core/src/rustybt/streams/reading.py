"""Reading a stream, and letting it go."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

_EventT = TypeVar("_EventT")


@asynccontextmanager
async def reading(stream: AsyncIterable[_EventT]) -> AsyncIterator[AsyncIterator[_EventT]]:
    """The events of a stream, whose generator is closed at the end of the block.

    Without it a generator that is left in the middle is closed when it is garbage.
    """
    iterator = aiter(stream)
    try:
        yield iterator
    finally:
        if isinstance(iterator, AsyncGenerator):
            await iterator.aclose()
