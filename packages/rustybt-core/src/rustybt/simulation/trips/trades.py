"""The round trips of a run as a frame.

By ``"position"`` a row is a round trip: from flat to flat, in order of entry. Crossing zero
ends one and begins another. Columns:

===================  ======================================================================
trade                number of the round trip
symbol, side         what, and "long" or "short"
status               "closed", or "open" at the end
entry_dt, exit_dt    first entry, and when it was flat again (null while open)
entry_price          average of what added to it, on the scale of shares of the end
exit_price           average of what took away from it; null before there was any
quantity             the most that was held
lots                 closed parts of lots
bars, held           bars that ended after the entry up to the exit, and the time
gross_pnl            money in less money out; while it is open, as if sold at the mark
dividends            received, less owed
commission           charged
other_costs          borrow, financing, funding, tax withheld
net_pnl              ``gross_pnl + dividends - commission - other_costs``, exactly
return               net_pnl over the value of all entries
mae, mfe             the worst and the best result on the way (`excursions`), as money
mae_price, mfe_price the same as a change from the entry price, per unit
slippage             cost of its executions over the market's prices; in the prices already
currency, strategy   money is in the asset's currency; whose order opened it
sid                  of the asset
===================  ======================================================================

By ``"lot"`` a row is a part of a lot that was closed (`ClosedLot`), in order of closing, with
its ``cause``, ``cost`` and ``proceeds``; dividends and other costs belong to no lot. A row of
quantity zero is money that came for a lot that stays. Excursions are those of the part alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.simulation.trips.excursions import Course, show_bars
from rustybt.simulation.trips.round_trips import RoundTrips, multiplier_of
from rustybt.values.columns import Columns, instants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rustybt.assets import Asset
    from rustybt.finance.lots import ClosedLot, LotMethod
    from rustybt.simulation.trips.excursions import Excursion
    from rustybt.simulation.trips.round_trips import RoundTrip
    from rustybt.simulation.trips.trade_records import BarsOf, TradeRecord
    from rustybt.values import Arithmetic, Num, Value

TradesBy = Literal["position", "lot"]
"""A row per round trip, or a row per closed part of a lot."""

_Row = dict[str, Any]

_BOTH_ENDS = {
    "entry_dt": "instant",
    "exit_dt": "instant",
}
_EXCURSION = {"mae": "money", "mfe": "money", "mae_price": "money", "mfe_price": "money"}
_OF_POSITION = {
    "trade": pl.Int64,
    "symbol": pl.String,
    "side": pl.String,
    "status": pl.String,
    **_BOTH_ENDS,
    "entry_price": "money",
    "exit_price": "money",
    "quantity": "amount",
    "lots": pl.Int64,
    "bars": pl.Int64,
    "held": "duration",
    "gross_pnl": "money",
    "dividends": "money",
    "commission": "money",
    "other_costs": "money",
    "net_pnl": "money",
    "return": "derived",
    **_EXCURSION,
    "slippage": "money",
    "currency": pl.String,
    "strategy": pl.String,
    "sid": pl.Int64,
}
_OF_LOT = {
    "trade": pl.Int64,
    "lot": pl.Int64,
    "symbol": pl.String,
    "side": pl.String,
    "cause": pl.String,
    **_BOTH_ENDS,
    "entry_price": "price",
    "exit_price": "price",
    "quantity": "amount",
    "bars": pl.Int64,
    "held": "duration",
    "cost": "money",
    "proceeds": "money",
    "gross_pnl": "money",
    "commission": "money",
    "net_pnl": "money",
    "return": "derived",
    **_EXCURSION,
    "entry_order": pl.String,
    "exit_order": pl.String,
    "currency": pl.String,
    "strategy": pl.String,
    "sid": pl.Int64,
}


def trades_frame(
    records: Iterable[TradeRecord],
    *,
    arithmetic: Arithmetic,
    method: LotMethod = "fifo",
    by: TradesBy = "position",
    bars: BarsOf | None = None,
    until: int | None = None,
    marks: Mapping[Asset, Num] | None = None,
) -> pl.DataFrame:
    """The round trips that executions, corporate actions and payments make up.

    The columns are those at the top of this module. Money, prices and amounts are Decimals under
    exact arithmetic, else Float64; times are UTC.

    Args:
        records: What happened, in order.
        arithmetic: The arithmetic of their numbers.
        method: Which lot is closed first.
        by: What a row is.
        bars: The bars of the held assets; without them ``bars`` and the excursions are null.
        until: The end of what is known, nanoseconds UTC; the last record when not given.
        marks: Prices that open round trips are valued at; without one their profit is null.

    Raises:
        InvalidArgument: There is no such method, or nothing that rows can be made by.
    """
    check_by(by)
    trips = followed(records, arithmetic, method)
    return frame_of(trips, by=by, bars=bars, until=until, marks=marks or {})


def check_by(by: str) -> None:
    """Make sure that rows can be made by this.

    Raises:
        InvalidArgument: They can't.
    """
    if by not in get_args(TradesBy):
        raise InvalidArgument(field="by", value=by, reason="give position or lot")


def followed(
    records: Iterable[TradeRecord], arithmetic: Arithmetic, method: LotMethod
) -> RoundTrips:
    """The round trips and lots of what happened."""
    trips = RoundTrips(arithmetic, method)
    for record in records:
        trips.add(record)
    return trips


def frame_of(
    trips: RoundTrips,
    *,
    by: TradesBy,
    bars: BarsOf | None,
    until: int | None,
    marks: Mapping[Asset, Num],
) -> pl.DataFrame:
    """Round trips or their lots as a frame; the arguments are those of `trades_frame`."""
    maker = _Rows(trips.arithmetic, marks, trips.last if until is None else until, bars)
    if by == "position":
        trips.finish(maker.until)
        return maker.of_trips(trips.trips)
    return maker.of_lots(trips.book.closed, trips.of_closed)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Makes rows and columns.

    Attributes:
        arithmetic: The policy of all numbers.
        marks: Prices of what is still held.
        until: The end of what is known.
        bars: Where bars come from.
    """

    arithmetic: Arithmetic
    marks: Mapping[Asset, Num]
    until: int
    bars: BarsOf | None

    # ------------------------------------------------------------------ round trips

    def of_trips(self, trips: Sequence[RoundTrip]) -> pl.DataFrame:
        self._show([trip.course for trip in trips])
        return self._frame(_OF_POSITION, [self._trip(trip) for trip in trips])

    def _trip(self, trip: RoundTrip) -> _Row:
        entry_price = self._per_unit(trip.entry_value, trip.entered, trip)
        gross = self._gross(trip)
        net = gross
        if net is not None:
            net += trip.dividends - trip.commission - trip.costs
        return {
            "trade": trip.number,
            **_about(trip.asset, long=trip.long, strategy=trip.strategy),
            "status": "open" if trip.exit_at is None else "closed",
            "entry_dt": trip.entry_at,
            "exit_dt": trip.exit_at,
            "entry_price": entry_price,
            "exit_price": self._per_unit(trip.exit_value, trip.left, trip),
            "quantity": trip.quantity,
            "lots": trip.lots,
            "held": (self.until if trip.exit_at is None else trip.exit_at) - trip.entry_at,
            "gross_pnl": gross,
            "dividends": trip.dividends,
            "commission": trip.commission,
            "other_costs": trip.costs,
            "net_pnl": net,
            "return": self._return(net, trip.entry_value),
            "slippage": trip.slippage,
            **self._excursion(trip.course, trip, entry_price),
        }

    def _gross(self, trip: RoundTrip) -> Num | None:
        if not trip.amount:
            return trip.money
        mark = self.marks.get(trip.asset)
        if mark is None:
            return None
        return trip.money + self.arithmetic.notional(trip.amount, mark, trip.multiplier)

    def _per_unit(self, money: Num, amount: Num, trip: RoundTrip) -> Num | None:
        return self.arithmetic.unit_cost(money, amount, trip.multiplier) if amount else None

    def _excursion(self, course: Course, trip: RoundTrip, entry_price: Num | None) -> _Row:
        if self.bars is None or entry_price is None:
            return {}
        return course.excursion(
            self.arithmetic, long=trip.long, entry_price=entry_price, multiplier=trip.multiplier
        )._asdict()

    # ------------------------------------------------------------------ lots

    def of_lots(self, parts: Sequence[ClosedLot], trips: Sequence[RoundTrip]) -> pl.DataFrame:
        courses = [_course_of(part, trip) for part, trip in zip(parts, trips, strict=True)]
        self._show([course for course in courses if course is not None])
        rows = [
            self._part(part, trip, course)
            for part, trip, course in zip(parts, trips, courses, strict=True)
        ]
        return self._frame(_OF_LOT, rows)

    def _part(self, part: ClosedLot, trip: RoundTrip, course: Course | None) -> _Row:
        long = part.amount > 0 if part.amount else trip.long
        return {
            "trade": trip.number,
            "lot": part.number,
            **_about(part.asset, long=long, strategy=part.entry_strategy or None),
            "cause": part.cause,
            "entry_dt": part.opened,
            "exit_dt": part.closed,
            "entry_price": part.entry_price,
            "exit_price": part.exit_price,
            "quantity": abs(part.amount),
            "held": part.closed - part.opened,
            "cost": part.cost,
            "proceeds": part.proceeds,
            "gross_pnl": part.gross_pnl,
            "commission": part.entry_commission + part.exit_commission,
            "net_pnl": part.pnl,
            "return": self._return(part.pnl, part.cost),
            "entry_order": part.entry_order,
            "exit_order": part.exit_order,
            **self._lot_excursion(part, trip, course),
        }

    def _lot_excursion(self, part: ClosedLot, trip: RoundTrip, course: Course | None) -> _Row:
        if self.bars is None or course is None:
            return {}
        paid = part.cost - part.entry_commission
        multiplier = multiplier_of(part.asset)
        found: Excursion = course.excursion(
            self.arithmetic,
            long=part.amount > 0,
            entry_price=self.arithmetic.unit_cost(paid, part.amount, multiplier),
            multiplier=multiplier,
            lot=(paid, part.amount),
        )
        return found._asdict()

    # ------------------------------------------------------------------ shared

    def _show(self, courses: Sequence[Course]) -> None:
        if self.bars is not None:
            show_bars(courses, self.bars, self.arithmetic)

    def _return(self, net: Num | None, spent: Num) -> Value | None:
        return None if net is None or not spent else self.arithmetic.quotient(net, abs(spent))

    def _frame(self, kinds: Mapping[str, Any], rows: Sequence[_Row]) -> pl.DataFrame:
        columns = Columns(self.arithmetic)
        makers: dict[str, Callable[[str, list[Any]], pl.Series]] = {
            "amount": columns.amount,
            "derived": columns.derived,
            "duration": _durations,
            "instant": instants,
            "money": columns.money,
            "price": columns.price,
        }
        return pl.DataFrame(
            [
                makers[kind](name, [row.get(name) for row in rows])
                if isinstance(kind, str)
                else pl.Series(name, [row.get(name) for row in rows], dtype=kind)
                for name, kind in kinds.items()
            ]
        )


def _about(asset: Asset, *, long: bool, strategy: str | None) -> _Row:
    return {
        "symbol": asset.symbol,
        "side": "long" if long else "short",
        "currency": asset.currency,
        "strategy": strategy,
        "sid": asset.sid,
    }


def _course_of(part: ClosedLot, trip: RoundTrip) -> Course | None:
    """The life of a part of a lot, since it has been of its asset; None of a payment."""
    if not part.amount:
        return None
    course, start, amount = Course(part.asset), max(part.opened, trip.entry_at), part.amount
    if start == part.opened and part.entry_order is not None:
        course.trade(start, money=0, amount=amount)
    else:
        course.act(start, money=0, amount=amount)
    for at, ratio in trip.splits:
        if start <= at < part.closed or (at == part.closed and part.cause == "cash_in_lieu"):
            course.act(at, money=0, amount=amount, ratio=ratio)
    if part.cause == "trade":
        course.trade(part.closed, money=0, amount=0, price=part.exit_price)
    else:
        course.act(part.closed, money=0, amount=0)
    return course


def _durations(name: str, times: list[int]) -> pl.Series:
    return (pl.Series(name, times, dtype=pl.Int64) // 1_000).cast(pl.Duration("us"))
