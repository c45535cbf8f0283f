"""Bars of the times in which nothing was traded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from rustybt.streams.events import Bar
from rustybt.streams.grid import BarGrid

_ZERO: Final = Decimal(0)


class EmptyBars:
    """Fills the bars between those of a stream: all prices are the last close, nothing traded.

    Args:
        grid: Which bars there are.
    """

    def __init__(self, grid: BarGrid) -> None:
        self._grid: Final = grid
        self._last: Final[dict[str, Bar]] = {}

    def filled(self, bars: Iterable[Bar], until: int) -> list[Bar]:
        """The bars and the empty ones of all symbols up to a label, by label and symbol.

        Args:
            bars: In order of their labels.
            until: The last label.
        """
        result: list[Bar] = []
        for bar in bars:
            result.extend(self._fill(bar.symbol, bar.at - 1))
            result.append(bar)
            self._last[bar.symbol] = bar
        for symbol in self._last:
            result.extend(self._fill(symbol, until))
        return sorted(result, key=lambda bar: (bar.at, bar.symbol))

    def next_label(self) -> int | None:
        """The label of the next empty bar, None where there is none to come."""
        spans = (self._grid.following(bar.at) for bar in self._last.values())
        return min((span.end for span in spans if span is not None), default=None)

    def _fill(self, symbol: str, until: int) -> Iterator[Bar]:
        last = self._last.get(symbol)
        while last is not None:
            span = self._grid.following(last.at)
            if span is None or span.end > until:
                return
            last = Bar(
                symbol=symbol,
                at=span.end,
                open=last.close,
                high=last.close,
                low=last.close,
                close=last.close,
                volume=_ZERO,
                session=span.session,
            )
            self._last[symbol] = last
            yield last
