"""The closes that corporate actions are measured against."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rustybt.data.actions import Exchange
from rustybt.data.adjustments import Adjustments

if TYPE_CHECKING:
    from rustybt.data.actions import Effect

NewestClose = Callable[[int, int], tuple[int, Decimal] | None]
"""``(sid, day) -> day and raw close of the newest session before day with one``, or None."""


class EveCloses:
    """The last close of an asset before a day, as it would have read on the eve of that day.

    It is an `rustybt.data.actions.PreviousClose` that looks past sessions without a trade: actions
    that came between the close and the eve are taken out of it.

    Args:
        adjustments: Corporate actions.
        newest: Finds closes.
        exchange: Makes money that is paid on an asset that of the asset.
    """

    def __init__(self, adjustments: Adjustments, newest: NewestClose, exchange: Exchange) -> None:
        self._adjustments = adjustments
        self._newest = newest
        self._exchange = exchange
        self._effects: dict[int, list[Effect]] = {}

    def __call__(self, sid: int, day: int) -> Fraction | None:
        """The close before a day; exact."""
        found = self._newest(sid, day)
        if found is None:
            return None
        at, close = found
        price = Fraction(close)
        for effect in self._effects_of(sid):
            if at < effect.day < day:
                factor = effect.factor(self, self._exchange, day - 1)
                price *= 1 if factor is None else factor.price.as_fraction()
        return price

    def _effects_of(self, sid: int) -> "list[Effect]":
        effects = self._effects.get(sid)
        if effects is None:
            effects = self._effects[sid] = self._adjustments.effects(sid)
        return effects
