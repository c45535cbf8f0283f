"""The frames of a result as they are kept, saved and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import polars as pl

from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from rustybt.finance.lot_events import LotEvent

Table: TypeAlias = pl.DataFrame | Callable[[], pl.DataFrame]
"""A frame, or what makes it once it is read."""


class RunEvents(NamedTuple):
    """What happened to the positions of a run, in kernel numbers.

    Attributes:
        fills: Every execution: order, symbol, time, amount, price, commission, sid, strategy, and
            the price of the market before slippage, None where there was none.
        told: What the book told, each with the number of executions before it.
    """

    fills: Sequence[tuple[Any, ...]]
    told: Sequence[tuple[int, LotEvent]]


class Tables:
    """Every frame of a result. Those that nobody reads are never made.

    Symbols can be reused, so where a row is about an asset it ends with the asset's sid.

    Args:
        performance: A row per session.
        orders: A row per order, in order of creation, in its final state.
        order_states: A row per session and order that changed in it, as it was at the close.
        transactions: A row per execution, in order of execution.
        positions: A row per session and open position.
        recorded: A row per session with what the strategy recorded.
        trades: A row per round trip.
        lots: A row per closed lot.
        transitions: A row per line of the orders' trails, order by order.
        order_bars: A row per bar that explains an order; see `order_bars.OrderBars`.
        order_waits: A row per order that was not filled whole; see the same.
        order_models: A row per asset that was ordered: the models that its orders met.
        journal: A row per posting; None where the run kept no journal.

    Attributes:
        events: What round trips are made of, in the process of the run; it is neither saved nor
            sent to others.
    """

    NAMES: Final = (
        "performance",
        "orders",
        "order_states",
        "transactions",
        "positions",
        "recorded",
        "trades",
        "lots",
        "transitions",
        "order_bars",
        "order_waits",
        "order_models",
        "journal",
    )
    OPTIONAL: Final = frozenset(NAMES[6:])

    __slots__ = ("_made", "_making", "events")

    def __init__(self, *, journal: Table | None = None, **tables: Table) -> None:
        self.events: RunEvents | None = None
        self._making: dict[str, Callable[[], pl.DataFrame]] = {}
        self._made: dict[str, pl.DataFrame | None] = {"journal": None}
        for name, table in {**tables, "journal": journal}.items():
            assert name in self.NAMES, name
            if callable(table):
                self._making[name] = table
            else:
                self._made[name] = table

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_frames, (dict(self.items()),)

    @property
    def performance(self) -> pl.DataFrame:
        """A row per session."""
        return self._frame("performance")

    @property
    def orders(self) -> pl.DataFrame:
        """A row per order, in order of creation, in its final state."""
        return self._frame("orders")

    @property
    def order_states(self) -> pl.DataFrame:
        """A row per session and order that changed in it, as it was at the close."""
        return self._frame("order_states")

    @property
    def transactions(self) -> pl.DataFrame:
        """A row per execution, in order of execution."""
        return self._frame("transactions")

    @property
    def positions(self) -> pl.DataFrame:
        """A row per session and open position."""
        return self._frame("positions")

    @property
    def recorded(self) -> pl.DataFrame:
        """A row per session with what the strategy recorded."""
        return self._frame("recorded")

    @property
    def trades(self) -> pl.DataFrame:
        """A row per round trip."""
        return self._frame("trades")

    @property
    def lots(self) -> pl.DataFrame:
        """A row per closed lot."""
        return self._frame("lots")

    @property
    def transitions(self) -> pl.DataFrame:
        """A row per line of the orders' trails, order by order, each in its own order."""
        return self._frame("transitions")

    @property
    def order_bars(self) -> pl.DataFrame:
        """A row per bar in which something happened to an order, or almost did."""
        return self._frame("order_bars")

    @property
    def order_waits(self) -> pl.DataFrame:
        """A row per order that was not filled whole: what it waited for."""
        return self._frame("order_waits")

    @property
    def order_models(self) -> pl.DataFrame:
        """A row per asset that was ordered: the models that its orders met."""
        return self._frame("order_models")

    @property
    def journal(self) -> pl.DataFrame | None:
        """A row per posting; None where the run kept no journal."""
        return self._of("journal")

    def defer(self, name: str, make: Callable[[], pl.DataFrame]) -> None:
        """Have one more frame made once it is read; it may be made of the others."""
        assert name in self.NAMES, name
        self._making[name] = make

    def items(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Names and frames, without those that are None."""
        for name in self.NAMES:
            frame = self._of(name)
            if frame is not None:
                yield name, frame

    def _frame(self, name: str) -> pl.DataFrame:
        frame = self._of(name)
        if frame is None:
            raise InvalidArgument(
                field="frame", value=name, reason="this result was kept without it; run it again"
            )
        return frame

    def _of(self, name: str) -> pl.DataFrame | None:
        make = self._making.get(name)
        if make is not None:
            self._made[name] = make()
            del self._making[name]
        return self._made.get(name)


def _of_frames(frames: dict[str, pl.DataFrame]) -> Tables:
    return Tables(**frames)
