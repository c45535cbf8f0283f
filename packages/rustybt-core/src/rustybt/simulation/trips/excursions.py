"""How far a holding ran against its owner and for them, from bar to bar.

The rule: while an amount is held, every bar from the one in which it was reached to the one in
which it was changed again counts with its whole range, since a bar does not tell what came first:
the bars of entry and exit count too. A corporate action comes between two bars. What was made so
far and what the rest would bring at the bar's high and low is the result; before costs and
dividends. Results at the executions count as well, and so does the zero at the entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rustybt.values import Ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rustybt.assets import Asset
    from rustybt.simulation.trips.trade_records import BarsOf, HeldBars, Span
    from rustybt.values import Arithmetic, Num

_ONE = Ratio(1)


class Excursion(NamedTuple):
    """The worst and the best of a holding.

    Attributes:
        mae: The lowest result, as money; not above zero.
        mfe: The highest result; not below zero.
        mae_price: The worst price less the average entry price, or the reverse for a short, at
            the scale of money; not above zero. On the scale of shares of the end.
        mfe_price: The same of the best price; not below zero.
        bars: How many bars ended after the entry, the bar of the exit included.
    """

    mae: Num
    mfe: Num
    mae_price: Num
    mfe_price: Num
    bars: int


class _Stretch:
    """A time in which an amount did not change.

    Attributes:
        start: Bars that end from here on belong to it.
        stop: Until then.
        through: Whether the bar that `stop` lies in belongs to it, or only those up to it.
        money: What was made so far.
        amount: What was held, on its own scale of shares.
        era: How many splits there were before.
        low: Lowest price, as far as bars were seen.
        high: Highest price.
        bars: How many bars were seen.
        done: Whether there are none to come.
    """

    __slots__ = (
        "amount", "bars", "done", "era", "high", "low", "money", "start", "stop", "through",
    )  # fmt: skip

    def __init__(self, *, start: int, money: Num, amount: Num, era: int) -> None:
        self.start = self.stop = start
        self.through = False
        self.money = money
        self.amount = amount
        self.era = era
        self.low: Num | None = None
        self.high: Num | None = None
        self.bars = 0
        self.done = False

    def see(self, bars: HeldBars, arithmetic: Arithmetic) -> None:
        """Take in those of some bars that belong to it."""
        first = int(np.searchsorted(bars.labels, self.start))
        side, count = ("left", 1) if self.through else ("right", 0)
        last = int(np.searchsorted(bars.labels, self.stop, side))  # type: ignore[call-overload]
        self.done = last < len(bars.labels)
        stop = min(last + count, len(bars.labels))
        if first >= stop:
            return
        self.bars += stop - first
        low = arithmetic.price_from(int(bars.low[first:stop].min()), bars.scale)
        high = arithmetic.price_from(int(bars.high[first:stop].max()), bars.scale)
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)


class Course:
    """The life of a holding: what was held when, and the prices it traded at.

    Args:
        asset: What is held.
    """

    __slots__ = ("_ratios", "_results", "_stretches", "_traded", "_whole", "asset")

    def __init__(self, asset: Asset) -> None:
        self.asset = asset
        self._stretches: list[_Stretch] = []
        self._ratios: list[Ratio] = []
        self._traded: list[tuple[Num, int]] = []
        self._results: list[Num] = []
        self._whole: _Stretch | None = None

    # ------------------------------------------------------------------ telling it

    def trade(
        self,
        at: int,
        *,
        money: Num,
        amount: Num,
        price: Num | None = None,
        result: Num | None = None,
    ) -> None:
        """An execution; `money` and `amount` are as they are after it.

        Args:
            at: When.
            money: What was made so far.
            amount: What is held now.
            price: Price of the execution, where it counts.
            result: What was made if the rest is worth that price, where it counts.
        """
        if price is not None:
            self._traded.append((price, len(self._ratios)))
        if result is not None:
            self._results.append(result)
        self._next(at, money, amount, traded=True)

    def act(self, at: int, *, money: Num, amount: Num, ratio: Ratio | None = None) -> None:
        """A corporate action; `ratio` is that of a split."""
        if ratio is not None:
            self._ratios.append(ratio)
        self._next(at, money, amount, traded=False)

    def finish(self, at: int) -> None:
        """The end of what is known, while something is still held."""
        self._next(at, 0, 0, traded=True)

    def _next(self, at: int, money: Num, amount: Num, *, traded: bool) -> None:
        start = at if traded else at + 1
        if self._whole is None:
            self._whole = _Stretch(start=at + 1, money=0, amount=0, era=0)
        ended = [self._whole, *self._stretches[-1:]]
        for stretch in ended:
            stretch.stop, stretch.through = at, traded
        self._stretches.append(
            _Stretch(start=start, money=money, amount=amount, era=len(self._ratios))
        )

    # ------------------------------------------------------------------ bars

    @property
    def span(self) -> Span:
        """When it began and when it ended."""
        assert self._whole is not None
        return self._whole.start - 1, self._whole.stop

    def stretches(self) -> Iterator[_Stretch]:
        """What wants to see bars."""
        assert self._whole is not None
        yield self._whole
        for stretch in self._stretches:
            if stretch.amount and stretch.stop >= stretch.start:
                yield stretch

    def excursion(
        self,
        arithmetic: Arithmetic,
        *,
        long: bool,
        entry_price: Num,
        multiplier: Ratio | None,
        lot: tuple[Num, Num] | None = None,
    ) -> Excursion:
        """The worst and the best of it, of the bars that it has seen.

        Args:
            arithmetic: The policy of all numbers.
            long: Whether it is a long.
            entry_price: Average price of the entry, at the scale of money.
            multiplier: Money per unit of price and amount; None for one.
            lot: Of a lot: what it cost without commission, and its amount on the scale of shares
                of the end, in place of the amounts of its course.
        """
        assert self._whole is not None
        scales, one = self._scales(), arithmetic.amount(1)
        results, changes = [arithmetic.zero, *self._results], [arithmetic.zero]
        seen = [
            (price, stretch.era, stretch)
            for stretch in self._stretches
            for price in (stretch.low, stretch.high)
            if price is not None
        ]
        for price, era, stretch in (*seen, *[(price, era, None) for price, era in self._traded]):
            last = arithmetic.scale_price(price, scales[era])
            change = arithmetic.notional(one, last) - entry_price
            changes.append(change if long else -change)
            if lot is not None:
                results.append(arithmetic.notional(lot[1], last, multiplier) - lot[0])
            elif stretch is not None:
                worth = arithmetic.notional(stretch.amount, price, multiplier)
                results.append(stretch.money + worth)
        return Excursion(min(results), max(results), min(changes), max(changes), self._whole.bars)

    def _scales(self) -> list[Ratio]:
        """By era the factor that puts a price on the scale of the end."""
        scales = [_ONE]
        for ratio in reversed(self._ratios):
            scales.append(scales[-1] * ratio)
        return scales[::-1]


def show_bars(courses: Iterable[Course], bars: BarsOf, arithmetic: Arithmetic) -> None:
    """Let every course see its bars; they are asked for once."""
    waiting: dict[Asset, list[_Stretch]] = {}
    spans: dict[Asset, Span] = {}
    for course in courses:
        first, last = course.span
        known = spans.get(course.asset, (first, last))
        spans[course.asset] = min(first, known[0]), max(last, known[1])
        waiting.setdefault(course.asset, []).extend(course.stretches())
    for stretches in waiting.values():
        stretches.sort(key=lambda stretch: stretch.start)
    if not spans:
        return
    for piece in bars(spans):
        if len(piece.labels):
            _show(waiting.get(piece.asset, []), piece, arithmetic)


def _show(waiting: list[_Stretch], piece: HeldBars, arithmetic: Arithmetic) -> None:
    last = int(piece.labels[-1])
    begun = 0
    for stretch in waiting:
        if stretch.start > last:
            break
        begun += 1
        stretch.see(piece, arithmetic)
    waiting[:begun] = [stretch for stretch in waiting[:begun] if not stretch.done]
