"""Why an order filled where it did, or why it did not: facts with their numbers, and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rustybt.orders import OrderStatus
from rustybt.simulation.explanations.explained import moment, number, size
from rustybt.simulation.explanations.text import change_text, fill_text, trigger_text, wait_text
from rustybt.values import divide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.table import Table

    from rustybt.assets import Asset
    from rustybt.execution.matching_rules import Fills
    from rustybt.orders import EndCode, TimeInForce
    from rustybt.simulation.explanations.explained import (
        ExplainedBar,
        ExplainedChange,
        ExplainedFill,
        ExplainedTrigger,
        ExplainedWait,
    )
    from rustybt.values import Value


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Explanation:
    """Why an order filled where it did, or why it did not.

    Numbers are Decimals where the run computed with them, else floats; money is in `currency`.
    ``print(explanation)`` tells it in words.

    Attributes:
        order_id: The order.
        asset: What was ordered.
        currency: The currency of its prices.
        order_type: "market", "limit", "stop", "stop_limit", "trailing_stop", "iceberg".
        time_in_force: How long it was to live.
        strategy: Who placed it.
        group_id: Its group, None for an order of its own.
        role: What it was in its group.
        amount: Signed amount, as it was ordered.
        limit: The limit, as it was ordered.
        stop: The stop, as it was ordered.
        placed: When it was placed.
        placed_bar: The bar that had ended then; None where none had just ended.
        forced: Why the broker placed it; None for an order of the strategy.
        sent: When it was sent; exits of a bracket are sent when their entry fills.
        arrived: When it came to the market; None where it never did.
        latency_ms: How long it travelled.
        triggers: Stops and limits that were reached.
        fills: Its executions.
        changes: Replacements, splits, changes by its group, messages.
        status: Its state at the end.
        filled: Signed amount filled, on the scale of the end.
        open_amount: Signed amount that was left.
        ended: When it ended without being filled whole.
        cause: What ended it.
        reason: Why, in words.
        code: Why, as a stable name.
        wait: What it waited for; None where it was filled, or never came to the market.
        fills_rule: At which prices orders filled by the rules of the run: "expected" are those of
            the slippage model, "optimistic" the market's, "pessimistic" the worst of the bar.
        slippage_model: The slippage model and its numbers; None where it was not kept.
        commission_model: The commission model and its numbers.
        latency_model: The latency model.
        fill_model: The fill model.
    """

    order_id: str
    asset: Asset
    currency: str
    order_type: str
    time_in_force: TimeInForce
    strategy: str
    group_id: str | None
    role: str | None
    amount: Value
    limit: Value | None
    stop: Value | None
    placed: datetime
    placed_bar: ExplainedBar | None
    forced: str | None
    sent: datetime | None
    arrived: datetime | None
    latency_ms: int | float | None
    triggers: tuple[ExplainedTrigger, ...]
    fills: tuple[ExplainedFill, ...]
    changes: tuple[ExplainedChange, ...]
    status: OrderStatus
    filled: Value
    open_amount: Value
    ended: datetime | None
    cause: str | None
    reason: str | None
    code: EndCode | None
    wait: ExplainedWait | None
    fills_rule: Fills
    slippage_model: str | None
    commission_model: str | None
    latency_model: str | None
    fill_model: str | None

    @property
    def commission(self) -> Value:
        """What was charged for all fills."""
        return sum((fill.commission for fill in self.fills), self.filled * 0)

    @property
    def slippage(self) -> Value:
        """What all fills cost over the market's prices."""
        costs = (fill.slippage for fill in self.fills if fill.slippage is not None)
        return sum(costs, self.filled * 0)

    @property
    def average_price(self) -> Value | None:
        """Price per unit of all fills, half even at 18 digits; None without any.

        Fills before a split and after it have different scales.
        """
        if not self.fills:
            return None
        value = sum(fill.amount * fill.price for fill in self.fills)  # type: ignore[operator,misc] # of one kind
        return divide(value, sum(fill.amount for fill in self.fills))

    def __repr__(self) -> str:
        return f"<Explanation of {self.heading()}>"

    def heading(self) -> str:
        """The order and what became of it, in a line."""
        role = "" if self.role is None else f", {self.role.replace('_', ' ')} of {self.group_id}"
        side = "buy" if self.amount > 0 else "sell"
        return (
            f"{self.order_id}: {side} {size(self.amount)} {self.asset.symbol}, {self._kind()}, "
            f"{self.time_in_force}{role}: {self._outcome()}"
        )

    def steps(self) -> Iterator[tuple[datetime | None, str]]:
        """What happened when, in order of time; what belongs to the whole order has no time."""
        yield self.placed, self._placement()
        if self.sent is not None and self.sent != self.placed:
            yield self.sent, "sent to the market" + (", its entry has filled" if self.role else "")
        if self.arrived is not None and self.latency_ms:
            yield self.arrived, f"reached the market after {self.latency_ms:,} ms"
        filled = {fill.at for fill in self.fills}
        parts = [
            *((each.at, 0, trigger_text(each, brief=each.at in filled)) for each in self.triggers),
            *((fill.at, 1, fill_text(fill, self.currency)) for fill in self.fills),
            *((change.at, 2, [change_text(change)]) for change in self.changes),
        ]
        for at, _, (text, *further) in sorted(parts, key=lambda part: part[:2]):
            yield at, text
            yield from ((None, each) for each in further)
        if self.wait is not None and (self.wait.bars or self.code is None):
            trails = self.order_type == "trailing_stop"
            yield None, wait_text(self.wait, is_buy=self.amount > 0, trails=trails)
        if self.ended is not None:
            yield self.ended, self._end()
        yield from ((None, text) for text in self._models())

    def __str__(self) -> str:
        lines = [self.heading()]
        for at, text in self.steps():
            lines.append(f"  {moment(at):<19}  {text}")
        return "\n".join(lines)

    def __rich__(self) -> Table:
        from rich.markup import escape
        from rich.table import Table

        table = Table(title=escape(self.heading()), title_justify="left", show_header=False)
        table.add_column("time", style="cyan", no_wrap=True)
        table.add_column("what happened")
        for at, text in self.steps():
            table.add_row(moment(at), escape(text))
        return table

    def _kind(self) -> str:
        """Its type and its prices: market; limit 9; stop limit, stop 11, limit 12."""
        kind = self.order_type.replace("_", " ")
        given = [("stop", self.stop), ("limit", self.limit)]
        prices = [(name, number(price)) for name, price in given if price is not None]
        if [name for name, _ in prices] == [kind]:
            return f"{kind} {prices[0][1]}"
        return ", ".join([kind, *(f"{name} {price}" for name, price in prices)])

    def _outcome(self) -> str:
        filled, whole = size(self.filled), size(self.filled + self.open_amount)  # type: ignore[operator] # of one kind
        if self.status is OrderStatus.FILLED and self.fills:
            return f"filled {filled} at {number(self.average_price)}"
        state = "open" if self.status.is_open else self.status.value.lower()
        state = "ended by a split" if self.status is OrderStatus.FILLED else state
        return f"{state}, {filled} of {whole} filled" if self.filled else f"{state}, nothing filled"

    def _placement(self) -> str:
        if self.arrived is None and self.sent is None and self.role is not None:
            return "placed; it was never sent: its entry did not fill"
        if self.forced is not None:
            return f"placed by the broker: {self.forced}"
        bar = self.placed_bar
        return "placed" if bar is None else f"placed at a close of {number(bar.close)}"

    def _end(self) -> str:
        code = "" if self.code is None else f" [{self.code}]"
        why = "" if self.reason is None else f": {self.reason}"
        return f"{self.status.value.lower()} by {self.cause}{why}{code}"

    def _models(self) -> Iterator[str]:
        if self.fills_rule != "expected":
            yield f"fills, by the rules of the run: {self.fills_rule}"
        for name in ("slippage", "commission", "latency", "fill"):
            model = getattr(self, f"{name}_model")
            if model is not None:
                yield f"{name} model: {model}"
