"""Finding out of a result's frames why an order filled where it did."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from rustybt.calendars import from_ns
from rustybt.errors import OrderNotFound
from rustybt.finance.slippage import whole_lots
from rustybt.orders import EXITS, STOP_REACHED, TRIGGERED, OrderStatus
from rustybt.simulation.explanations.explained import (
    ExplainedBar,
    ExplainedChange,
    ExplainedFill,
    ExplainedTrigger,
    ExplainedWait,
    VolumeLimit,
)
from rustybt.simulation.explanations.explanation import Explanation
from rustybt.simulation.explanations.order_bars import tested_price
from rustybt.simulation.explanations.order_trails import recorded_order
from rustybt.simulation.trips.round_trips import multiplier_of
from rustybt.simulation.trips.run_records import arithmetic_of
from rustybt.values import like, parse_decimal
from rustybt.views import PublicView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rustybt.assets import Asset
    from rustybt.orders import FillFacts, Transition
    from rustybt.simulation.explanations.explained import Place
    from rustybt.simulation.explanations.order_bars import FillRules
    from rustybt.simulation.explanations.order_trails import RecordedOrder
    from rustybt.simulation.tables import Tables
    from rustybt.values import Num, Value

_MICROSECOND: Final = 1_000
_MILLISECOND: Final = 1_000_000
_NEAREST_IDS: Final = 3
_SENT: Final = OrderStatus.SUBMITTED
_TRIGGERS: Final = frozenset({TRIGGERED, STOP_REACHED})


def explain(
    tables: Tables, assets: Mapping[int, Asset], order_id: str, rules: FillRules
) -> Explanation:
    """Why an order of a run filled where it did, or why it did not.

    Args:
        tables: The frames of the run's result.
        assets: The assets in them, by sid.
        order_id: The order.
        rules: The rules of the run.

    Raises:
        OrderNotFound: The run has no such order.
        InvalidArgument: The result was kept without what explains orders.
    """
    order = recorded_order(tables, assets, order_id)
    if order is None:
        known = tables.orders["id"].to_list()
        nearest = get_close_matches(str(order_id), known, n=_NEAREST_IDS, cutoff=0.0)
        raise OrderNotFound(order_id=order_id, nearest=nearest)
    return _Explaining(tables, order, rules).explanation()


class _Explaining:
    """One order, and what the frames say about it."""

    def __init__(self, tables: Tables, order: RecordedOrder, rules: FillRules) -> None:
        self._tables = tables
        self._order = order
        self._rules = rules
        self._arithmetic = arithmetic_of(tables)
        self._view = PublicView(self._arithmetic)
        self._keep = order.asset.price_decimals
        self._bars = _bars_of(tables, order.asset.sid)
        self._models = _models_of(tables, order.asset.sid)

    def explanation(self) -> Explanation:
        """Everything together."""
        order, trail = self._order, self._order.trail
        first = trail[0] if trail else None
        last = trail[-1] if trail else None
        sent = self._sent()
        came = next((line.at for line in trail if line.after.in_market), None)
        amount = order.amount if first is None else first.amount
        ended = last is not None and not last.after.is_open and last.fill is None
        return Explanation(
            order_id=order.id,
            asset=order.asset,
            currency=order.asset.currency,
            order_type=order.order_type,
            time_in_force=order.time_in_force,
            strategy=order.strategy,
            group_id=order.group_id,
            role=order.role,
            amount=self._view.amount(amount),
            limit=self._price(order.limit if first is None else first.limit),
            stop=self._price(order.stop if first is None else first.stop),
            placed=from_ns(order.created),
            placed_bar=self._bar(order.created),
            forced=first.reason if first is not None and first.after is _SENT else None,
            sent=None if sent is None else from_ns(sent),
            arrived=None if came is None else from_ns(came),
            latency_ms=None if sent is None or came is None else _milliseconds(came - sent),
            triggers=tuple(self._triggers()),
            fills=tuple(self._fills()),
            changes=tuple(self._changes()),
            status=OrderStatus.PENDING if last is None else last.after,
            filled=self._view.amount(order.filled),
            open_amount=self._view.amount(order.amount - order.filled),
            ended=from_ns(last.at) if last is not None and ended else None,
            cause=last.cause if last is not None and ended else None,
            reason=last.reason if last is not None and ended else None,
            code=last.code if last is not None and ended else None,
            wait=self._wait(),
            fills_rule=self._rules.fills,
            slippage_model=self._models["slippage"],
            commission_model=self._models["commission"],
            latency_model=self._models["latency"],
            fill_model=self._models["fill_model"],
        )

    def _price(self, price: Num | None) -> Value | None:
        return None if price is None else self._view.price(price, self._keep)

    # ------------------------------------------------------------ bars

    def _bar(self, at: int) -> ExplainedBar | None:
        """The bar that ended at a time."""
        row = self._bars.get(at // _MICROSECOND)
        if row is None:
            return None
        *prices, volume = row
        opened, high, low, close = map(self._price, prices)
        return ExplainedBar(
            at=from_ns(at),
            open=opened,
            high=high,
            low=low,
            close=close,
            volume=None if volume is None else self._view.amount(volume),
        )

    def _volume_limit(self, bar: ExplainedBar | None, earlier: pl.DataFrame) -> VolumeLimit | None:
        """What the slippage model let fill of a bar; `earlier` are the executions before."""
        text = self._models["volume_limit"]
        if text is None or bar is None or bar.volume is None:
            return None
        share = like(parse_decimal(text, field="volume_limit"), bar.volume)
        most = whole_lots(share * bar.volume, self._order.asset)  # type: ignore[operator] # of one kind
        mine = earlier.filter(
            pl.col("sid") == self._order.asset.sid,
            pl.col("dt") == bar.at,
            pl.col("order_id").is_not_null(),
        )
        taken = zero = self._arithmetic.zero
        if not self._models["per_order"]:
            taken = sum(map(abs, mine["amount"].to_physical()), zero)
        left = max(self._arithmetic.amount(most) - taken, zero)
        return VolumeLimit(
            share=share, most=most, taken=self._view.amount(taken), left=self._view.amount(left)
        )

    # ------------------------------------------------------------ steps

    def _triggers(self) -> Iterator[ExplainedTrigger]:
        before = None
        for line in self._order.trail:
            if line.reason in _TRIGGERS:
                stop = line.stop if line.limit is None else None
                if before is not None and line.stop is None:
                    stop = before.stop
                if stop is not None:
                    yield self._trigger(line, "stop", stop)
                if line.reason == TRIGGERED and line.limit is not None:
                    yield self._trigger(line, "limit", line.limit)
            before = line

    def _trigger(
        self, line: Transition, kind: Literal["stop", "limit"], price: Num
    ) -> ExplainedTrigger:
        bar = self._bar(line.at)
        return ExplainedTrigger(at=from_ns(line.at), kind=kind, price=self._price(price), bar=bar)

    def _changes(self) -> Iterator[ExplainedChange]:
        for line in self._order.trail:
            if line.before is line.after and line.fill is None and line.reason not in _TRIGGERS:
                yield ExplainedChange(
                    at=from_ns(line.at),
                    cause=line.cause,
                    reason=line.reason or "",
                    amount=self._view.amount(line.amount),
                    limit=self._price(line.limit),
                    stop=self._price(line.stop),
                )

    def _fills(self) -> Iterator[ExplainedFill]:
        executions = self._tables.transactions.with_row_index("place")
        mine = executions.filter(pl.col("order_id") == self._order.id)
        charged = zip(mine["place"], mine["commission"].to_physical(), strict=True)
        open_before, stop = self._order.amount, None
        for line in self._order.trail:
            stop = stop if line.stop is None else line.stop
            if line.fill is not None:
                place, commission = next(charged)
                yield self._fill(line, stop, open_before, executions.head(place), commission)
            open_before = line.amount - line.filled

    def _fill(
        self,
        line: Transition,
        stop: Num | None,
        open_before: Num,
        earlier: pl.DataFrame,
        commission: Num,
    ) -> ExplainedFill:
        fill, view, bar = line.fill, self._view, self._bar(line.at)
        assert fill is not None
        per_unit, slippage = self._slippage(fill)
        limit = self._volume_limit(bar, earlier)
        return ExplainedFill(
            at=from_ns(line.at),
            amount=view.amount(fill.amount),
            open_before=view.amount(open_before),
            price=view.price(fill.price, self._keep),
            market_price=self._price(fill.reference),
            place=self._place(line, stop),
            slippage_per_unit=self._price(per_unit),
            slippage=None if slippage is None else view.money(slippage),
            commission=view.money(commission),
            bar=bar,
            volume_limit=limit,
            limited_by=None if fill.amount == open_before else self._limited_by(fill, limit),
        )

    def _slippage(self, fill: FillFacts) -> tuple[Num | None, Num | None]:
        """Slippage per unit and in all, as the ledger posts it."""
        if fill.reference is None:
            return None, None
        worse = fill.price - fill.reference
        multiplier = multiplier_of(self._order.asset)
        money = self._arithmetic.notional(fill.amount, worse, multiplier)
        return worse if fill.amount > 0 else -worse, money

    def _limited_by(self, fill: FillFacts, limit: VolumeLimit | None) -> str:
        if limit is not None and self._view.amount(abs(fill.amount)) == limit.left:
            return "the volume limit"
        if self._order.order_type == "iceberg":
            return "the part of it that the market saw"
        if self._models["fill_model"] is not None:
            return "the fill model"
        return "the slippage model, the account or its terms"

    def _place(self, line: Transition, stop: Num | None) -> Place | None:
        """What the market's price of an execution was."""
        assert line.fill is not None
        price, row = line.fill.reference, self._bars.get(line.at // _MICROSECOND)
        if price is None or row is None:
            return None
        prices: dict[Place, Num | None] = {
            "open": row[0],
            "limit": line.limit,
            "stop": stop,
            "close": row[3],
        }
        at = self._rules.fill_at
        tested = self._rules.trigger == "intrabar" and (line.limit or stop) is not None
        names = tuple(prices) if tested else (at, "close" if at == "open" else "open")
        found = next((name for name in names if prices[name] == price), None)
        return found or ("entry" if self._came_alive(line.at) else "market price")

    def _came_alive(self, at: int) -> bool:
        """Whether it is an exit whose entry filled in the bar."""
        return self._order.role in EXITS and self._sent() == at

    def _sent(self) -> int | None:
        """When it was sent; before that a split may have changed it."""
        sent = (line.at for line in self._order.trail if line.after is OrderStatus.SUBMITTED)
        return next(sent, None)

    # ------------------------------------------------------------ what did not happen

    def _wait(self) -> ExplainedWait | None:
        row = self._tables.order_waits.filter(pl.col("order_id") == self._order.id)
        if not len(row):
            return None
        kind, order = row["kind"][0], self._order
        at = row["at"].to_physical()[0]
        bar = None if at is None else self._bar(at * _MICROSECOND)
        price = {"stop": order.stop, "limit": order.limit}.get(kind)
        rules = self._rules
        later = kind != "fill" and rules.trigger == "close" and rules.fill_at == "open"
        return ExplainedWait(
            kind=kind,
            price=self._price(price),
            bars=row["bars"][0],
            nearest=self._price(row["price"].to_physical()[0]),
            tested=tested_price(order, self._rules, kind),
            bar=bar,
            volume_limit=None if later else self._volume_limit(bar, self._tables.transactions),
        )


def _bars_of(tables: Tables, sid: int) -> dict[int, tuple[Num | None, ...]]:
    """The bars of an asset that were kept, by microsecond, in kernel numbers."""
    frame = tables.order_bars.filter(pl.col("sid") == sid)
    names = ("open", "high", "low", "close", "volume")
    columns = [frame[name].to_physical().to_list() for name in names]
    return dict(zip(frame["at"].to_physical(), zip(*columns, strict=True), strict=True))


def _models_of(tables: Tables, sid: int) -> dict[str, Any]:
    rows = tables.order_models.filter(pl.col("sid") == sid).to_dicts()
    return rows[0] if rows else dict.fromkeys(tables.order_models.columns)


def _milliseconds(nanoseconds: int) -> int | float:
    whole, rest = divmod(nanoseconds, _MILLISECOND)
    return nanoseconds / _MILLISECOND if rest else whole
