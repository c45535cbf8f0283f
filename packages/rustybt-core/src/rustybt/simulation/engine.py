"""The one loop's step: an event goes in, effects come out.

The engine reads no clock and sends nothing itself. A backtest feeds it from a
:class:`~rustybt.clock.SimulatedClock`; a driver for paper or live trading feeds the same events
as they happen. Strategy, ledger, cost models and portal are the same objects in each.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from rustybt.algorithm import Phase, TradingAlgorithm
from rustybt.clock import NO_BAR, SESSION, Event, EventKind, SessionPlan
from rustybt.execution.messages import BrokerMessage
from rustybt.finance.book_events import CloseOut
from rustybt.finance.transaction import DecimalTransaction
from rustybt.logs import get_logger
from rustybt.simulation.account_watch import AccountWatch
from rustybt.simulation.effects import NO_EFFECTS, Effects
from rustybt.simulation.morning import Morning

if TYPE_CHECKING:
    from rustybt.algorithm import Environment
    from rustybt.algorithm.base import Hook
    from rustybt.assets import Asset
    from rustybt.data.adjustments import Adjustments
    from rustybt.data.bar_data import BarData
    from rustybt.execution import Execution
    from rustybt.execution.messages import MessageKind
    from rustybt.finance.borrow import BorrowModel
    from rustybt.finance.journal import Posting
    from rustybt.orders import Order
    from rustybt.simulation.builder import ResultBuilder
    from rustybt.simulation.kernel import Kernel
    from rustybt.simulation.recalls import Recalls
    from rustybt.simulation.rules import SimulationRules
    from rustybt.values import Num

Step = Callable[[Event], Effects]

_event: Final = partial(tuple.__new__, Event)
"""An `Event` of a tuple of its fields, three times faster than its constructor."""


class Engine:
    """Runs one algorithm on one account.

    Args:
        algorithm: The strategy; its `initialize` has not been called yet.
        environment: What is lent to it.
        kernel: Venue and book.
        rules: The choices of the simulation.
        adjustments: Splits and dividends of the data.
        builder: Keeps what the result will show.
    """

    def __init__(
        self,
        *,
        algorithm: TradingAlgorithm,
        environment: "Environment",
        kernel: "Kernel",
        rules: "SimulationRules",
        adjustments: "Adjustments",
        builder: "ResultBuilder",
    ) -> None:
        self._algorithm = algorithm
        self._env = environment
        self._kernel = kernel
        self._rules = rules
        self._morning = Morning(environment, rules, adjustments, self._tell, self._cancelled)
        self._sweeps = rules.foreign_cash == "sweep"
        self._watch = AccountWatch(environment, builder, self._tell, self._cancelled)
        self._builder = builder
        self._schedule = environment.schedule
        self._handle_data = algorithm.hook("handle_data")
        self._before_open = algorithm.hook("before_trading_start")
        self._on_fill = algorithm.hook("on_order_fill")
        self._data = environment.data
        self._ledger = environment.ledger
        self._blotter = environment.blotter
        self._set_now = environment.portal.set_now
        self._recalls: Recalls | None = None
        self._due: dict[int, list[Hook]] = {}
        self._planned = -1
        self._steps: tuple[Step, ...] = (
            self._start_session,
            self._start_trading,
            self._bar,
            self._end_session,
        )
        self._ledger.refresh = self._mark
        self._ledger.follow = builder.add_event

    def initialize(self, at: int, session: int) -> None:
        """Call the strategy's `initialize`, before the first event."""
        env = self._env
        env.enter_session(session)
        env.now, env.phase = at, Phase.INITIALIZE
        hook = self._algorithm.hook("initialize")
        if hook is not None:
            hook(self._algorithm)
        if env.pipelines is not None:
            self._before_open = env.pipelines.before_open(self._before_open)
        if env.overnight.borrow is not None:
            self._lend(env.overnight.borrow)

    def _lend(self, model: "BorrowModel") -> None:
        """Let a borrow model say what may be short."""
        from rustybt.finance.loans import Loans
        from rustybt.simulation.recalls import Recalls

        loans = self._env.loans = Loans(model, self._ledger)
        self._blotter.set_loans(loans)
        self._recalls = Recalls(self._env, loans, self._tell)

    def step(self, event: Event) -> Effects:
        """Let one event of the clock happen."""
        return self._steps[event.kind](event)

    def run(self, plan: SessionPlan) -> None:
        """Let a whole session happen: the same as a step for each of its events, in less time."""
        session, start, morning, morning_bar, first, stop, end = plan
        self._start_session(_event((EventKind.SESSION_START, start, session, NO_BAR)))
        if morning is not None:
            if morning_bar > first:
                self._bars(session, first, morning_bar)
                first = morning_bar
            self._start_trading(_event((EventKind.BEFORE_TRADING_START, morning, session, NO_BAR)))
        self._bars(session, first, stop)
        self._end_session(_event((EventKind.SESSION_END, end, session, NO_BAR)))

    # ------------------------------------------------------------ the session's morning

    def _start_session(self, event: Event) -> Effects:
        env = self._env
        env.enter_session(event.session)
        env.now, env.phase = event.at, Phase.BEFORE_OPEN
        self._set_now(event.at, event.session, -1, in_bar=False)
        self._plan(event.session)
        self._blotter.begin_session(env.calendar.session_day(event.session), event.at)
        postings = self._morning.begin(event.session)
        if self._watch.limited:
            self._watch.start_session(event.session)
        if self._recalls is not None:
            self._recalls.start_session(event.session)
        if self._blotter.has_ends:
            self._algorithm.tell_ends()
        return self._effects((), postings)

    def _start_trading(self, event: Event) -> Effects:
        if self._before_open is None:
            return NO_EFFECTS
        env = self._env
        env.now, env.phase = event.at, Phase.BEFORE_OPEN
        self._set_now(event.at, event.session, -1, in_bar=False)
        self._ledger.stale = True
        self._before_open(self._algorithm, self._data)
        return self._effects((), ())

    # ------------------------------------------------------------ bars

    def _bar(self, event: Event) -> Effects:
        _, at, session, bar = event
        env = self._env
        env.now, env.bar, env.phase = at, bar, Phase.BAR
        self._set_now(at, session, bar, in_bar=True)
        self._ledger.stale = True
        watch = self._watch
        if watch.called:
            watch.liquidate(at, session)
        executions = self._kernel.advance(at, session)
        if executions:
            if watch.limited:
                watch.filled([execution.fill for execution in executions])
            if self._sweeps:
                self._morning.sweep()
            self._report(executions)
        if self._blotter.has_ends:
            self._algorithm.tell_ends()
        if watch.called:
            watch.assess(at)
        if self._handle_data is not None:
            self._handle_data(self._algorithm, self._data)
        if self._due or env.scheduled != self._planned:
            self._call_scheduled(bar)
        if executions or self._blotter.has_news:
            return self._effects(executions, ())
        return NO_EFFECTS

    def _bars(self, session: int, first: int, stop: int) -> None:
        """Let bars that follow one another happen, as `_bar` lets each.

        Args:
            session: Index of their session.
            first: Number of the first.
            stop: The one after the last.
        """
        axis, handle_data = self._env.portal.axis, self._handle_data or _nothing
        several = stop - first > 1
        labels = axis.labels(first, stop).tolist() if several else [axis.label(first)]
        if not several or self._watch.limited:
            for bar, at in zip(range(first, stop), labels, strict=False):
                self._bar(_event((EventKind.BAR, at, session, bar)))
            return
        env, ledger, blotter, data = self._env, self._ledger, self._blotter, self._data
        algorithm, next_bar = self._algorithm, env.portal.next_bar
        advance, idles, resting = self._kernel.advance, self._kernel.idles, blotter.resting
        env.phase = Phase.BAR
        for bar, at in enumerate(labels, first):
            env.now, env.bar = at, bar
            next_bar(at, bar)
            ledger.stale = True
            if resting or not idles:
                executions = advance(at, session)
                if executions and self._sweeps:
                    self._morning.sweep()
                self._report(executions)
            if blotter.has_ends:
                algorithm.tell_ends()
            handle_data(algorithm, data)
            if self._due or env.scheduled != self._planned:
                self._call_scheduled(bar)
            if blotter.has_news:
                blotter.take_news()

    def _report(self, executions: "Sequence[Execution]") -> None:
        env, hook = self._env, self._on_fill
        for execution in executions:
            self._builder.add_fill(execution.fill, self._commission(execution))
        if hook is None:
            return
        for execution in executions:
            commission = env.view.money(self._commission(execution))
            transaction = DecimalTransaction.from_fill(execution.fill, env.view, commission)
            hook(self._algorithm, execution.order.view(env.view), transaction)

    def _commission(self, execution: "Execution") -> "Num":
        return self._env.arithmetic.zero if execution.charge is None else execution.charge.amount

    def _call_scheduled(self, bar: int) -> None:
        if self._env.scheduled != self._planned:
            self._plan(self._env.session)
        for function in self._due.get(bar, ()):
            function(self._algorithm, self._data)

    def _plan(self, session: int) -> None:
        """Find out which scheduled functions are due at which bars of the session."""
        self._planned = self._env.scheduled
        self._due = {}
        for bar, number in self._schedule.due(session):
            self._due.setdefault(bar, []).append(self._schedule.callback(number))

    # ------------------------------------------------------------ the session's end

    def _end_session(self, event: Event) -> Effects:
        env = self._env
        env.now, env.phase = event.at, Phase.SESSION_END
        postings = self._close_ended_assets(event)
        if self._blotter.open_orders:
            self._blotter.end_session(event.at)
        if self._blotter.has_ends:
            self._algorithm.tell_ends()
        self._cancel_by_policy()
        for control in env.account_controls:
            control.validate(env.portfolio, env.account, env.current_dt, env.data)
        calendar, session = env.calendar, event.session
        snapshot = self._ledger.end_session(
            session=env.session_date,
            period_open=calendar.first_minute(session),
            period_close=calendar.session_close(session),
        )
        self._builder.end_session(
            snapshot, orders=self._blotter.take_touched(), recorded=env.recorded
        )
        return self._effects((), postings)

    def _close_ended_assets(self, event: Event) -> "list[Posting]":
        """Close the positions and orders of assets whose last day has come."""
        today, ledger = self._env.session_date, self._ledger
        postings: list[Posting] = []
        ledger.freshen()
        postings += self._morning.end_rights(event.session)
        delisted = self._morning.delisted(event.session)
        for asset, price in self._morning.endings(event.session, today, delisted):
            close_out = CloseOut(
                asset=asset,
                at=event.at,
                session=event.session,
                price=price,
                sequence=self._blotter.next_sequence(),
            )
            fill = ledger.closing_fill(close_out)
            if fill is not None:
                postings += ledger.apply(close_out)
                self._builder.add_fill(fill, self._env.arithmetic.zero)
                if self._watch.limited:
                    self._watch.filled([fill])
                self._tell("close_out", "the asset has ended: its position was closed", asset)
        waiting = self._blotter.open_orders
        for asset in [each for each in waiting if each in delisted or _has_ended(each, today)]:
            self._cancelled(self._blotter.cancel_all(asset, at=event.at, cause="delisting"))
        return postings

    def _cancel_by_policy(self) -> None:
        env = self._env
        policy = env.cancel_policy
        if not policy.should_cancel(EventKind.SESSION_END):
            return
        daily = env.portal.axis.resolution == SESSION
        first_only = self._rules.eod_cancels_first_only and daily
        for asset in list(self._blotter.open_orders):
            cancelled = self._blotter.cancel_all(
                asset,
                at=env.now,
                cause="cancel policy",
                first_of_several=first_only,
                forced=False,
            )
            if policy.warn_on_cancel:
                _warn(cancelled)
            self._cancelled(cancelled)

    def _cancelled(self, orders: "list[Order]") -> None:
        hook = self._algorithm.hook("on_order_cancel")
        if hook is not None:
            for order in orders:
                hook(self._algorithm, order.view(self._env.view), order.reason)

    # ------------------------------------------------------------ shared

    def _tell(
        self, kind: "MessageKind", text: str, asset: "Asset", order_id: str | None = None
    ) -> None:
        """Hand the strategy a message of the simulated broker."""
        hook = self._algorithm.hook("on_broker_message")
        if hook is not None:
            at = self._env.view.instant(self._env.now)
            message = BrokerMessage(kind=kind, dt=at, text=text, asset=asset, order_id=order_id)
            hook(self._algorithm, message)

    def _mark(self) -> None:
        """Bring all positions to their prices as of now."""
        env = self._env
        self._ledger.mark_all(env.portal.marks(self._ledger.positions), env.now)

    def _effects(self, executions: "Sequence[Execution]", postings: "Sequence[Posting]") -> Effects:
        placed, changed = self._blotter.take_news()
        if not (placed or changed or executions or postings):
            return NO_EFFECTS
        return Effects(placed=placed, changed=changed, executions=executions, postings=postings)


def _nothing(_: TradingAlgorithm, __: "BarData") -> None:
    """What a strategy does in a bar that has no `handle_data`."""


def _has_ended(asset: "Asset", today: date) -> bool:
    return asset.auto_close_date is not None and asset.auto_close_date <= today


def _warn(orders: "list[Order]") -> None:
    log = get_logger(__name__)
    for order in orders:
        log.warning(
            "order cancelled at the end of the day",
            order=order.id,
            asset=order.asset.symbol,
            filled_in_part=bool(order.filled),
        )
