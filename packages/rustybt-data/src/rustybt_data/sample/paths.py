"""Synthetic bars: random walks in integers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from rustybt_data.sample.draws import MILLION, Draws

FINE: Final = 10_000
"""A walk counts in this part of a price unit, so that rounding to units leaves it no drift."""

_GAP_SHARE: Final = 3
_WICK_SHARE: Final = 2
_VOLUME_MOVE: Final = 250_000
_MINUTE_SHARE: Final = 20


class Bar(NamedTuple):
    """Prices in units (cents, for example) and a volume in its own units."""

    open: int
    high: int
    low: int
    close: int
    volume: int


@dataclass(slots=True, kw_only=True)
class Walk:
    """The price of one asset on its way.

    Attributes:
        draws: Where its luck comes from.
        level: Price in units, times `FINE`.
        drift: Expected move per day in millionths.
        volatility: Standard deviation of the moves of a day in millionths.
        volume: Usual volume of a day.
    """

    draws: Draws
    level: int
    drift: int
    volatility: int
    volume: int

    def day(self, market: int) -> Bar:
        """The bar of the next day.

        Args:
            market: The move of all assets on that day in millionths.
        """
        opening = self._moved(self.level, self.draws.bell(self.volatility // _GAP_SHARE))
        move = self.drift + market + self.draws.bell(self.volatility)
        self.level = self._moved(opening, move)
        return self._bar(opening, self.level, self.volatility, self.volume)

    def minutes(self, count: int) -> list[Bar]:
        """The bars of the minutes of the next day; a minute in sixteen has no trade."""
        bars = []
        for _ in range(count):
            opening = self.level
            self.level = self._moved(opening, self.draws.bell(self.volatility // _MINUTE_SHARE))
            bar = self._bar(
                opening, self.level, self.volatility // _MINUTE_SHARE, self.volume // count
            )
            bars.append(bar if self.draws.below(16) else _NO_TRADE)
        return bars

    def rescale(self, numerator: int, denominator: int) -> None:
        """Go on at another scale of prices, as after a split."""
        self.level = max(FINE, self.level * numerator // denominator)
        self.volume = self.volume * denominator // numerator

    def pay(self, amount: int) -> None:
        """Fall by a dividend of `amount` units."""
        self.level = max(FINE, self.level - amount * FINE)

    def _moved(self, level: int, move: int) -> int:
        return max(FINE, level + level * move // MILLION)

    def _bar(self, opening: int, closing: int, volatility: int, volume: int) -> Bar:
        wick = volatility // _WICK_SHARE
        top = self._moved(max(opening, closing), abs(self.draws.bell(wick)))
        bottom = self._moved(min(opening, closing), -abs(self.draws.bell(wick)))
        traded = volume + volume * abs(self.draws.bell(_VOLUME_MOVE)) // MILLION
        return Bar(
            open=_units(opening),
            high=_units(top),
            low=_units(bottom),
            close=_units(closing),
            volume=max(1, traded),
        )


def _units(level: int) -> int:
    return (level + FINE // 2) // FINE


_NO_TRADE: Final = Bar(0, 0, 0, 0, 0)


def traded(bars: Sequence[Bar]) -> list[tuple[int, Bar]]:
    """The bars with a trade, and their places."""
    return [(place, bar) for place, bar in enumerate(bars) if bar.volume]


def day_of(minutes: Sequence[Bar]) -> Bar:
    """The daily bar of the minutes of a day, of which at least one has a trade."""
    bars = [bar for _, bar in traded(minutes)]
    return Bar(
        open=bars[0].open,
        high=max(bar.high for bar in bars),
        low=min(bar.low for bar in bars),
        close=bars[-1].close,
        volume=sum(bar.volume for bar in bars),
    )
