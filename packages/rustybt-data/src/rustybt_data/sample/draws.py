"""Pseudo-random integers, the same on every machine and with every version of numpy.

Only the raw bits of a pinned generator are used, and integer arithmetic on them: neither the
distributions of numpy nor the mathematical functions of a platform are promised to stay equal.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.random import PCG64

MILLION: Final = 1_000_000
"""Moves are counted in millionths."""

_PART_MASK: Final = np.uint64(0xFFFF)
_PART_SHIFTS: Final = tuple(np.uint64(bits) for bits in (0, 16, 32, 48))
_MEAN: Final = 4 * 0xFFFF // 2
_DEVIATION: Final = 37_837
"""Standard deviation of the sum of four uniform 16-bit parts: 2**16 * sqrt(4 / 12)."""

_BLOCK: Final = 4_096


class Draws:
    """A stream of draws.

    Args:
        seed: Equal seeds give equal streams.
    """

    def __init__(self, seed: int) -> None:
        uniform, bell = np.random.SeedSequence(seed).spawn(2)
        self._uniform = _uniform(PCG64(uniform))
        self._bell = _bell(PCG64(bell))

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound - 1``, nearly uniform for bounds far below 2**64."""
        return next(self._uniform) % bound

    def bell(self, deviation: int) -> int:
        """A number around 0 with a standard deviation, and never beyond 3.5 of them.

        It is a sum of four uniform parts, whose shape is close to a normal distribution.
        """
        return next(self._bell) * deviation // _DEVIATION


def _uniform(generator: PCG64) -> Iterator[int]:
    while True:
        yield from np.asarray(generator.random_raw(_BLOCK)).tolist()


def _bell(generator: PCG64) -> Iterator[int]:
    while True:
        bits = np.asarray(generator.random_raw(_BLOCK), dtype=np.uint64)
        parts = [(bits >> shift) & _PART_MASK for shift in _PART_SHIFTS]
        yield from (np.sum(parts, axis=0).astype(np.int64) - _MEAN).tolist()
