"""Random draws that repeat: the one generator of a run.

A draw is a function of the run's seed, of what it is for and of whom it is for, so it does not
depend on which draws were made before it, or in which order:

    draws = Draws(seed)
    draws.uniform("fill", order.sequence, bar)      # the same whenever it is asked for

Numbers come as whole coefficients at scale 18 and by integer algorithms alone, so that another
language repeats them to the last digit.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from rustybt.errors import InvalidArgument
from rustybt.finance._fixed_point import ONE, SCALE, ln_scaled, normal_quantile_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DRAW_SCALE", "Draws", "splitmix64"]

DRAW_SCALE: Final = SCALE
"""Decimals of a draw: its coefficient over 10^18 is the number."""

_WORD: Final = 64
_MASK: Final = 2**_WORD - 1
_GAMMA: Final = 0x9E3779B97F4A7C15
_FIRST_FACTOR: Final = 0xBF58476D1CE4E5B9
_SECOND_FACTOR: Final = 0x94D049BB133111EB
_WORD_BYTES: Final = 8


def splitmix64(seed: int) -> Iterator[int]:
    """The numbers of the generator SplitMix64, of 64 bits each, without end.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
    with the constants of S. Vigna's splitmix64.c (public domain).

    Args:
        seed: Its state before the first number; 64 bits of it count.
    """
    return (_mixed(seed + step * _GAMMA) for step in count(1))


class Draws:
    """Numbers drawn for a purpose and keys: the same question has the same answer.

    The state starts at 0. The words that name a draw are taken in one after the other: the state
    becomes the first number of SplitMix64 whose seed is state XOR word. The words are the seed;
    the purpose, as the number of its bytes in UTF-8 and the bytes in words of eight, the first
    byte lowest and zeros behind the last; then each key. The last state is the draw.

    Args:
        seed: Any whole number of 64 bits, with or without sign.

    Raises:
        InvalidArgument: The seed has more bits.
    """

    __slots__ = ("_parts", "_purposes", "_state")

    def __init__(self, seed: int) -> None:
        if not -(2 ** (_WORD - 1)) <= seed <= _MASK:
            raise InvalidArgument(field="seed", value=seed, reason="give a whole number of 64 bits")
        self._state = _absorbed(0, seed)
        self._purposes: dict[str, int] = {}
        self._parts: dict[str, Draws] = {}

    def within(self, name: str) -> Draws:
        """Draws of a part of its own: other numbers for the same purposes and keys.

        The words of the name are taken in before all others.
        """
        part = self._parts.get(name)
        if part is None:
            part = self._parts[name] = Draws(0)
            part._state = self._state_for(name)
        return part

    def bits(self, purpose: str, *keys: int) -> int:
        """A whole number of 64 bits.

        Args:
            purpose: What is drawn.
            keys: For whom: whole numbers, of which 64 bits count.
        """
        state = self._state_for(purpose)
        for key in keys:
            state = _absorbed(state, key)
        return state

    def uniform(self, purpose: str, *keys: int) -> int:
        """A number in [0, 1), all of 18 decimals equally likely within 2^-64.

        The bits x 10^18 / 2^64, rounded down.

        Args:
            purpose: What is drawn.
            keys: For whom.

        Returns:
            Its coefficient at scale 18.
        """
        return self.bits(purpose, *keys) * ONE >> _WORD

    def integer(self, below: int, purpose: str, *keys: int) -> int:
        """A whole number from 0 up to and without `below`, a positive number of 64 bits."""
        return self.bits(purpose, *keys) * below >> _WORD

    def normal(self, purpose: str, *keys: int) -> int:
        """A standard normal number: the quantile of (uniform + half a unit).

        Args:
            purpose: What is drawn.
            keys: For whom.

        Returns:
            Its coefficient at scale 18; at most 8.8 away from zero.
        """
        return normal_quantile_scaled(10 * self.uniform(purpose, *keys) + 5)

    def exponential(self, purpose: str, *keys: int) -> int:
        """An exponential number of mean 1: minus the logarithm of (uniform + half a unit).

        Args:
            purpose: What is drawn.
            keys: For whom.

        Returns:
            Its coefficient at scale 18, from 0 to 42.2.
        """
        return -ln_scaled(10 * self.uniform(purpose, *keys) + 5, SCALE + 1)

    def _state_for(self, purpose: str) -> int:
        state = self._purposes.get(purpose)
        if state is None:
            text = purpose.encode()
            state = _absorbed(self._state, len(text))
            for start in range(0, len(text), _WORD_BYTES):
                word = int.from_bytes(text[start : start + _WORD_BYTES], "little")
                state = _absorbed(state, word)
            self._purposes[purpose] = state
        return state


def _absorbed(state: int, word: int) -> int:
    return _mixed((state ^ (word & _MASK)) + _GAMMA)


def _mixed(number: int) -> int:
    """The finalizer of SplitMix64: every bit of the result depends on every bit of the number."""
    mixed = number & _MASK
    mixed = (mixed ^ (mixed >> 30)) * _FIRST_FACTOR & _MASK
    mixed = (mixed ^ (mixed >> 27)) * _SECOND_FACTOR & _MASK
    return mixed ^ (mixed >> 31)
