"""The bars that explain the orders of a run, read after it.

Of each order the bars in which something happened to it, and of one that was not filled whole the
bar that came nearest to doing so. A saved result keeps them, and explains an order without data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
import polars as pl

from rustybt.data.chunks import Life
from rustybt.data.coefficients import present
from rustybt.data.rendering import kernel_amounts, kernel_prices
from rustybt.data.schemas import BAR_FIELDS
from rustybt.execution import bar_start
from rustybt.orders import TRIGGERED, EndCode, OrderStatus, TrailingStopOrder
from rustybt.values.columns import Columns, instants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustybt.assets import Asset
    from rustybt.clock.axis import BarAxis
    from rustybt.data.coefficients import IntArray
    from rustybt.execution import FillAt, Trigger
    from rustybt.execution.matching_rules import Fills
    from rustybt.orders import Transition
    from rustybt.simulation.explanations.explained import Tested
    from rustybt.simulation.explanations.order_trails import RecordedOrder
    from rustybt.simulation.trips.run_bars import BarPiece, RunBars
    from rustybt.values import Arithmetic

_FILL: Final = "fill"


class OrderBars(NamedTuple):
    """What the bars of a run say about its orders.

    Attributes:
        bars: A row per asset and bar in which something happened to an order, or that came nearest
            to filling one that was not filled whole: at, the fields of the bar, sid.
        waits: A row per order that came to the market and was not filled whole: order_id; kind,
            what it waited for at last: "stop", "limit", or "fill" once neither was left; bars,
            how many of them traded since its figures last changed; at, which one came nearest
            to its stop or limit (the last one of "fill", and of a stop that trails), and price,
            how near.
    """

    bars: pl.DataFrame
    waits: pl.DataFrame


class FillRules(Protocol):
    """What of the rules of a run says where an order fills."""

    @property
    def fill_at(self) -> FillAt:
        """Where the next bar fills."""

    @property
    def trigger(self) -> Trigger:
        """What tests stops and limits."""

    @property
    def fills(self) -> Fills:
        """At which prices orders fill."""


def tested_price(order: RecordedOrder, rules: FillRules, kind: str) -> Tested:
    """What of a bar an order is tested against that waits for its stop or limit."""
    if rules.trigger == "intrabar":
        return "range"
    at_once = order.time_in_force.is_immediate and kind == "limit"
    return "open" if at_once and rules.fill_at == "open" else "close"


def order_bars(
    orders: Sequence[RecordedOrder],
    bars: RunBars,
    axis: BarAxis,
    arithmetic: Arithmetic,
    *,
    rules: FillRules,
    end: int,
) -> OrderBars:
    """The bars that say why orders filled where they did, and what the others waited for.

    Args:
        orders: The orders of a run.
        bars: Its bars.
        axis: Their times.
        arithmetic: Its numbers.
        rules: Its rules.
        end: When the run ended, nanoseconds UTC.
    """
    watch = _Watch(orders, axis, rules=rules, end=end)
    spans = watch.spans()
    if spans:
        for piece in bars.pieces(spans):
            watch.see(piece)
    return watch.told(Columns(arithmetic), arithmetic, bars)


class _Seen(NamedTuple):
    """A bar of an asset, coefficients in the order of the fields."""

    sid: int
    at: int
    values: tuple[int, ...]


class _Wait:
    """An order that was not filled whole, from the last change of its figures on.

    Attributes:
        order: The order.
        kind: What it waits for.
        takes_last: Whether its last bar is the one to tell: where nothing stands still that a
            price could come near to.
        since: Bars that end later count.
        until: Up to here.
        bars: How many of them traded.
        nearest: The bar that came nearest.
        price: How near, a coefficient.
    """

    __slots__ = ("bars", "kind", "nearest", "order", "price", "since", "takes_last", "until")

    def __init__(self, order: RecordedOrder, kind: str, since: int, until: int) -> None:
        self.order = order
        self.kind = kind
        self.takes_last = kind == _FILL or order.order_type == TrailingStopOrder.order_type
        self.since = since
        self.until = until
        self.bars = 0
        self.nearest: _Seen | None = None
        self.price: int | None = None

    @property
    def seeks_high(self) -> bool:
        """Whether the highest price is the nearest one."""
        return (self.order.trail[0].amount > 0) is (self.kind == "stop")

    def places(self, labels: IntArray, traded: IntArray) -> IntArray:
        """Which bars of a piece belong to it, and traded."""
        first, last = np.searchsorted(labels[traded], (self.since, self.until), "right")
        return traded[first:last]

    def take(self, piece: BarPiece, places: IntArray, prices: IntArray) -> None:
        """Take in some bars of a piece and the prices that it is tested against in them."""
        self.bars += len(places)
        known = present(prices)
        if not known.any():
            return
        places, prices = places[known], prices[known]
        best = len(prices) - 1
        if not self.takes_last:
            best = int(prices.argmax() if self.seeks_high else prices.argmin())
        price = int(prices[best])
        if self.takes_last or self.price is None or (price > self.price) is self.seeks_high:
            self.price, self.nearest = price, _seen(piece, int(places[best]))


class _Watch:
    """What the orders of a run want to see of its bars, and what they have seen.

    Args:
        orders: The orders.
        axis: The times of the bars.
        rules: The rules of the run.
        end: When the run ended.
    """

    def __init__(
        self, orders: Sequence[RecordedOrder], axis: BarAxis, *, rules: FillRules, end: int
    ) -> None:
        self._axis = axis
        self._starts = bar_start(axis)
        self._rules = rules
        self._stamps: dict[Asset, set[int]] = {}
        self._waits: dict[Asset, list[_Wait]] = {}
        self._seen: dict[tuple[int, int], _Seen] = {}
        for order in orders:
            self._stamps.setdefault(order.asset, set()).update(line.at for line in order.trail)
            wait = _wait_of(order, end)
            if wait is not None:
                self._waits.setdefault(order.asset, []).append(wait)

    def spans(self) -> dict[Asset, tuple[int, int]]:
        """First and last moment of interest, by asset."""
        return {
            asset: (
                min(stamps),
                max(*stamps, *(wait.until for wait in self._waits.get(asset, ())), 0),
            )
            for asset, stamps in self._stamps.items()
            if stamps
        }

    def see(self, piece: BarPiece) -> None:
        """Look at some bars of an asset."""
        labels, days, life = piece.labels, piece.chunk.days, Life.of(piece.asset)
        stamps = np.array(sorted(self._stamps[piece.asset]))
        known = present(piece.column("close")) & (days >= life.first) & (days <= life.last)
        for place in np.flatnonzero(np.isin(labels, stamps) & known).tolist():
            self._keep(_seen(piece, place))
        traded = np.flatnonzero(known & (piece.column("volume") > 0))
        for wait in self._waits.get(piece.asset, ()):
            places = wait.places(labels, traded)
            if len(places):
                wait.take(piece, places, self._tested(wait, piece, places))

    def _tested(self, wait: _Wait, piece: BarPiece, places: IntArray) -> IntArray:
        """The prices that an order is tested against."""
        tested = "close" if wait.takes_last else tested_price(wait.order, self._rules, wait.kind)
        if tested != "range":
            return piece.column(tested)[places]
        prices = piece.column("high" if wait.seeks_high else "low")[places]
        first = int(places[0])
        began = self._starts(int(piece.labels[first]), self._axis.session_of(piece.first + first))
        if wait.since > began:  # it came within the bar: the close is all that it saw of it
            prices = prices.copy()
            prices[0] = piece.column("close")[first]
        return prices

    def _keep(self, bar: _Seen) -> None:
        self._seen[bar.sid, bar.at] = bar

    def told(self, columns: Columns, arithmetic: Arithmetic, bars: RunBars) -> OrderBars:
        """What was seen, as frames."""
        waits = [wait for several in self._waits.values() for wait in several]
        waits.sort(key=lambda wait: wait.order.sequence)
        for wait in waits:
            if wait.nearest is not None:
                self._keep(wait.nearest)
        prices, amounts = kernel_prices(arithmetic), kernel_amounts(arithmetic)
        seen = [self._seen[key] for key in sorted(self._seen)]
        fields = list(zip(*(bar.values for bar in seen), strict=True)) or [()] * len(BAR_FIELDS)
        found = [
            columns.amount(field, amounts.column(np.array(values, np.int64), bars.volume_scale, 0))
            if field == "volume"
            else columns.price(field, prices.column(np.array(values, np.int64), bars.scale, 0))
            for field, values in zip(BAR_FIELDS, fields, strict=True)
        ]
        sids = pl.Series("sid", [bar.sid for bar in seen], dtype=pl.Int64)
        return OrderBars(
            bars=pl.DataFrame([instants("at", [bar.at for bar in seen]), *found, sids]),
            waits=_waits_frame(waits, columns, arithmetic, bars.scale),
        )


def _waits_frame(
    waits: Sequence[_Wait], columns: Columns, arithmetic: Arithmetic, scale: int
) -> pl.DataFrame:
    stamps = [None if wait.nearest is None else wait.nearest.at for wait in waits]
    prices = [
        None if wait.price is None else arithmetic.price_from(wait.price, scale) for wait in waits
    ]
    return pl.DataFrame(
        [
            pl.Series("order_id", [wait.order.id for wait in waits], dtype=pl.String),
            pl.Series("kind", [wait.kind for wait in waits], dtype=pl.String),
            pl.Series("bars", [wait.bars for wait in waits], dtype=pl.Int64),
            instants("at", stamps),
            columns.price("price", prices),
        ]
    )


def _seen(piece: BarPiece, place: int) -> _Seen:
    values = tuple(int(piece.column(field)[place]) for field in BAR_FIELDS)
    return _Seen(piece.asset.sid, int(piece.labels[place]), values)


def _wait_of(order: RecordedOrder, end: int) -> _Wait | None:
    """What an order waited for at last; None where it was filled or never came to the market."""
    trail = order.trail
    if not trail or trail[-1].after is OrderStatus.FILLED:
        return None
    came = [place for place, line in enumerate(trail) if line.after.in_market]
    if not came:
        return None
    last = trail[-1]
    until = end if last.after.is_open else last.at - (last.code is EndCode.GOOD_TILL)
    since = _last_change(trail, came[0])
    return _Wait(order, waits_for(order), since, until)


def _last_change(trail: Sequence[Transition], first: int) -> int:
    """When the figures of an order last changed while it was in the market."""
    at = trail[first].at
    for before, line in zip(trail[first:], trail[first + 1 :], strict=False):
        figures = (before.limit, before.stop, before.filled)
        if line.after.is_open and (line.limit, line.stop, line.filled) != figures:
            at = line.at
    return at


def waits_for(order: RecordedOrder) -> str:
    """What an order still waited for at its end.

    Returns:
        "stop", "limit", or "fill" once neither was left; a limit that was reached once and did not
        fill the order whole is waited for again.
    """
    last = order.trail[-1]
    if last.limit is not None:
        return "limit" if last.stop is None else "stop"
    has_stop = last.stop is not None or order.order_type == TrailingStopOrder.order_type
    reached = any(line.reason == TRIGGERED for line in order.trail)
    return "stop" if has_stop and not reached else _FILL
