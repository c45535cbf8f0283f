"""Adjustment factors as of a day: what corporate actions make of earlier numbers."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from rustybt.data.actions import Exchange, PreviousClose
from rustybt.data.adjustments import Adjustments
from rustybt.data.coefficients import BoolArray, IntArray, multiplied
from rustybt.values import Ratio

if TYPE_CHECKING:
    from rustybt.data.actions import Effect, Factor

_ONE = Ratio(1)


class FactorBook:
    """The factors of the assets that were asked for.

    A dividend's factor needs the close before its ex day; it is looked up when a window first
    reaches over that day, never earlier. That of a spin-off may need the child's first close, and
    is not there before its session has ended.

    Args:
        adjustments: Corporate actions.
        previous_close: The close before a day, as it read on the eve.
        exchange: Makes money that of the asset it is paid on; asked when a factor is looked up.
        places: Decimals to which adjusted prices are rounded; None: to those of the column.
    """

    def __init__(
        self,
        adjustments: Adjustments,
        previous_close: PreviousClose,
        *,
        exchange: Exchange,
        places: int | None = None,
    ) -> None:
        self._adjustments = adjustments
        self._previous_close = previous_close
        self._exchange = exchange
        self._places = places
        self._effects: dict[int, list[Effect]] = {}
        self._effective: dict[int, list[int]] = {}
        self._days: dict[int, list[int]] = {}
        self._order: tuple[list[int], list[int]] | None = None

    def admit(self, sids: Iterable[int]) -> None:
        """Prepare the events of some more assets."""
        for sid in sids:
            if sid not in self._effects:
                effects = self._adjustments.effects(sid)
                self._effects[sid] = effects
                self._effective[sid] = [effect.day for effect in effects]
                self._days[sid] = sorted(day for effect in effects for day in effect.days)
        self._order = None

    def epoch(self, day: int) -> int:
        """How many events of all admitted assets are effective on `day`.

        A spin-off that waits for a price counts on each day on which the price may come.
        """
        return bisect_right(self._ordered()[0], day)

    def changed(self, epoch: int, later: int) -> frozenset[int]:
        """The assets with an event between two epochs, in either order."""
        return frozenset(self._ordered()[1][min(epoch, later) : max(epoch, later)])

    def version(self, sid: int, day: int) -> int:
        """How many events of an asset are effective on `day`, counted as by `epoch`."""
        return bisect_right(self._days[sid], day)

    def next_event(self, sid: int, day: int) -> int | None:
        """The day after `day` on which the `version` of an asset is another one."""
        days = self._days[sid]
        place = bisect_right(days, day)
        return days[place] if place < len(days) else None

    def held(self, sid: int, days: IntArray) -> IntArray:
        """The sids of what is held on some sessions' days: an asset is itself."""
        return np.full(len(days), sid)

    def crossed(self, sid: int, after: IntArray, until: IntArray) -> BoolArray:
        """Whether an event lies in ``after < day <= until``, pair by pair."""
        days = self._days[sid]
        passed: BoolArray = np.searchsorted(days, after, side="right") < np.searchsorted(
            days, until, side="right"
        )
        return passed

    def between(
        self, sid: int, after: int, until: int, *, splits_only: bool = False
    ) -> tuple[Ratio, Ratio]:
        """What multiplies prices and volumes of day `after` to compare them with `until`.

        Args:
            sid: The asset.
            after: The day of the numbers.
            until: The day that they are compared with; what is known on it counts.
            splits_only: Leave out dividends in cash: holders still have the rest as shares.
        """
        price = volume = _ONE
        if after == until:
            return price, volume
        for factor in self._factors(sid, after, until, splits_only=splits_only):
            price, volume = price * factor.price, volume * factor.volume
        return price, volume

    def adjusted(
        self, sid: int, field: str, values: IntArray, days: IntArray, today: int, scale: int
    ) -> IntArray:
        """A column as of a day: exact factors, rounded once to its scale, half even.

        Args:
            sid: The asset.
            field: A price field or ``volume``.
            values: Coefficients.
            days: For each the day on whose share scale it stands.
            today: Events after this day are not applied.
            scale: Decimals of the coefficients.
        """
        factors = self._factors(sid, int(days.min()), today) if len(days) else []
        if not factors:
            return values
        result = values.copy()
        passed = np.searchsorted([factor.day for factor in factors], days, side="right")
        total = _ONE
        for place in range(len(factors) - 1, -1, -1):
            factor = factors[place]
            total = total * (factor.volume if field == "volume" else factor.price)
            rows = passed == place
            result[rows] = self._rounded(values[rows], total, field, scale)
        return result

    def _ordered(self) -> tuple[list[int], list[int]]:
        """Days and sids of all events, by day."""
        if self._order is None:
            every = sorted((day, sid) for sid, days in self._days.items() for day in days)
            self._order = [day for day, _ in every], [sid for _, sid in every]
        return self._order

    def _rounded(self, values: IntArray, ratio: Ratio, field: str, scale: int) -> IntArray:
        if self._places is None or self._places >= scale or field == "volume" or ratio == _ONE:
            return multiplied(values, ratio.numerator, ratio.denominator, field=field)
        unit = 10 ** (scale - self._places)
        coarse = multiplied(values, ratio.numerator, ratio.denominator * unit, field=field)
        return multiplied(coarse, unit, 1, field=field)

    def _factors(
        self, sid: int, after: int, until: int, *, splits_only: bool = False
    ) -> "list[Factor]":
        days = self._effective[sid]
        effects = self._effects[sid][bisect_right(days, after) : bisect_right(days, until)]
        found = (
            effect.factor(self._previous_close, self._exchange, until)
            for effect in effects
            if not (splits_only and effect.pays_cash)
        )
        return [factor for factor in found if factor is not None]
