"""What a finished run leaves for its round trips: executions, corporate actions, payments.

The journal tells what happened in which order, and what was paid, to the last digit. Where the run
kept none, splits and dividends come from the data: each at the start of its session, cash in lieu
at the last price, and other payments (borrow, financing, funding) are not known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, Self

import polars as pl

from rustybt.finance import accounts
from rustybt.simulation.trade_records import MoneyPaid, SharesSplit, TradeExecuted
from rustybt.values import DecimalArithmetic, FloatArithmetic, Ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rustybt.assets import Asset
    from rustybt.data.adjustments import Adjustments, Split
    from rustybt.simulation.tables import Tables
    from rustybt.simulation.trade_records import TradeRecord
    from rustybt.values import Arithmetic, Num

_MICROSECOND = 1_000
_MONEY_SCALE = 16
_EXPENSES = "expenses:"
_SLIPPAGE = "expenses:slippage"


def arithmetic_of(tables: Tables) -> Arithmetic:
    """The arithmetic that the numbers of a result belong to."""
    schema = tables.transactions.schema
    price, amount = schema["price"], schema["amount"]
    if not price.is_decimal():
        return FloatArithmetic()
    return DecimalArithmetic(
        price_scale=price.scale,  # type: ignore[attr-defined]
        amount_scale=amount.scale,  # type: ignore[attr-defined]
    )


def records_of(
    tables: Tables,
    assets: Mapping[int, Asset],
    *,
    adjustments: Adjustments | None = None,
    late_events: bool = True,
) -> list[TradeRecord]:
    """The records of a run, in order.

    Args:
        tables: The frames of its result.
        assets: The assets in them, by sid.
        adjustments: Splits and dividends of the data. Without them the ratio of a split is what
            became of the whole shares, and without a journal there are no corporate actions.
        late_events: Whether an event on a day without session counts on the next session.
    """
    run = _Run(tables=tables, assets=assets, adjustments=adjustments, late_events=late_events)
    return list(run.from_journal() if tables.journal is not None else run.from_data())


def end_of(tables: Tables) -> int:
    """The close of the last session, nanoseconds UTC; zero where there was none."""
    return _Sessions.of(tables).closes[-1] if len(tables.performance) else 0


def marks_of(
    tables: Tables, assets: Mapping[int, Asset], session: int | None = None
) -> dict[Asset, Num]:
    """The prices that positions were valued at when a session ended.

    Args:
        tables: The frames of a result.
        assets: The assets in them, by sid.
        session: Number of the session within the run; the last one if not given.
    """
    sessions = tables.performance["session"]
    place = len(sessions) - 1 if session is None else session
    if place < 0:
        return {}
    rows = tables.positions.filter(pl.col("session") == sessions[place])
    prices = rows["last_sale_price"].to_physical()
    return {assets[sid]: mark for sid, mark in zip(rows["sid"], prices, strict=True)}


class _Sessions(NamedTuple):
    """The sessions of a run.

    Attributes:
        days: Their days since 1970-01-01.
        closes: When they close, nanoseconds UTC.
    """

    days: Sequence[int]
    closes: Sequence[int]

    @classmethod
    def of(cls, tables: Tables) -> Self:
        """Those of the performance rows."""
        frame = tables.performance
        closes = frame["period_close"].to_physical() * _MICROSECOND
        return cls(frame["session"].to_physical().to_list(), closes.to_list())

    def starting(self, at: int) -> int:
        """The session that has begun at a moment, or begins then."""
        return bisect_right(self.closes, at)

    def days_of(self, session: int, *, late: bool) -> range:
        """The days whose events happen on a session: its own, and those since the last one."""
        day = self.days[session]
        return range(self.days[session - 1] + 1 if late and session else day, day + 1)


class _Entry(NamedTuple):
    """One entry of the journal."""

    at: int
    strategy: str
    cause: str
    legs: Sequence[tuple[str, str, Num]]


@dataclass(slots=True, kw_only=True)
class _Run:
    """The frames of a run as records.

    Attributes:
        tables: Its frames.
        assets: Its assets, by sid.
        adjustments: Splits and dividends of its data.
        late_events: Whether an event on a day without session counts on the next one.
        held: What is held of each asset, as far as records were made.
    """

    tables: Tables
    assets: Mapping[int, Asset]
    adjustments: Adjustments | None
    late_events: bool
    held: defaultdict[Asset, Num] = field(default_factory=lambda: defaultdict(int))

    # ------------------------------------------------------------------ from the journal

    def from_journal(self) -> Iterator[TradeRecord]:
        executions = self._executions()
        commodities = {accounts.commodity_of(asset): asset for asset in self.assets.values()}
        sessions = _Sessions.of(self.tables)
        splits: Counter[tuple[Asset, int]] = Counter()
        for entry in self._entries():
            kind, _, about = entry.cause.partition(":")
            asset = commodities.get(about)
            if kind == "fill" or kind.startswith("close-out"):
                execution = next(executions)
                self.held[execution.asset] += execution.amount
                yield execution._replace(strategy=entry.strategy, slippage=_total(entry, _SLIPPAGE))
            elif asset is not None and kind == "split":
                session = sessions.starting(entry.at)
                place = splits[asset, session]
                splits[asset, session] += 1
                yield self._split(entry, asset, self._splits_on(asset, sessions, session), place)
            elif asset is not None:
                yield from _payments(entry, kind, asset)

    def _entries(self) -> Iterator[_Entry]:
        journal = self.tables.journal
        assert journal is not None
        amounts = journal["amount"].to_physical().to_list()
        unit = 10 ** (_MONEY_SCALE - self._amount_scale) if self._amount_scale else 1
        columns = (journal[name].to_list() for name in ("entry", "account", "commodity"))
        rows = zip(*columns, amounts, strict=True)
        legs: dict[int, list[tuple[str, str, Num]]] = {}
        for entry, account, commodity, amount in rows:
            number = amount // unit if unit > 1 and accounts.is_asset(commodity) else amount
            legs.setdefault(entry, []).append((account, commodity, number))
        heads = journal.unique("entry", keep="first", maintain_order=True)
        times = heads["at"].to_physical().to_list()
        texts = zip(heads["entry"], times, heads["strategy"], heads["cause"], strict=True)
        for entry, at, strategy, cause in texts:
            yield _Entry(at, strategy, cause, legs[entry])

    def _split(
        self, entry: _Entry, asset: Asset, known: Sequence[Split], place: int
    ) -> SharesSplit:
        before = self.held[asset]
        change = sum(amount for name, _, amount in entry.legs if name == accounts.POSITION)
        after = self.held[asset] = before + change
        ratio = known[place].ratio if place < len(known) else Ratio(1)
        if place >= len(known) and after:
            ratio = Ratio.parse(Fraction(before) / Fraction(after))
        cash = _total(entry, accounts.CASH)
        return SharesSplit(asset, entry.at, ratio, stays=after, cash=cash)

    def _splits_on(self, asset: Asset, sessions: _Sessions, session: int) -> Sequence[Split]:
        if self.adjustments is None:
            return ()
        days = sessions.days_of(session, late=self.late_events)
        return [each for each in self.adjustments.splits([asset.sid]) if each.effective in days]

    # ------------------------------------------------------------------ from the data

    def from_data(self) -> Iterator[TradeRecord]:
        sessions = _Sessions.of(self.tables)
        executions = list(self._executions())
        place = 0
        for session, close in enumerate(sessions.closes):
            yield from self._actions(sessions, session)
            while place < len(executions) and executions[place].at <= close:
                execution = executions[place]
                self.held[execution.asset] += execution.amount
                yield execution
                place += 1
        yield from executions[place:]

    def _actions(self, sessions: _Sessions, session: int) -> Iterator[TradeRecord]:
        if self.adjustments is None or not any(self.held.values()):
            return
        arithmetic, at = arithmetic_of(self.tables), sessions.closes[session - 1]
        days = sessions.days_of(session, late=self.late_events)
        for dividend in (each for day in days for each in self.adjustments.dividends_with_ex(day)):
            asset = self.assets.get(dividend.sid)
            if asset is not None and self.held[asset]:
                per_share = arithmetic.price(dividend.amount, "dividend")
                money = arithmetic.notional(self.held[asset], per_share)
                yield MoneyPaid(asset, at, "dividend", money)
        for split in (each for day in days for each in self.adjustments.splits_effective(day)):
            asset = self.assets.get(split.sid)
            if asset is not None and self.held[asset]:
                lot = arithmetic.amount(asset.lot_size)
                self.held[asset], _ = arithmetic.split_amount(self.held[asset], split.ratio, lot)
                mark = marks_of(self.tables, self.assets, session - 1).get(asset)
                price = None if mark is None else arithmetic.scale_price(mark, split.ratio)
                yield SharesSplit(asset, at, split.ratio, price)

    # ------------------------------------------------------------------ frames

    @property
    def _amount_scale(self) -> int:
        dtype = self.tables.transactions.schema["amount"]
        return dtype.scale if dtype.is_decimal() else 0  # type: ignore[attr-defined]

    def _executions(self) -> Iterator[TradeExecuted]:
        frame = self.tables.transactions
        columns = [frame[name].to_physical() for name in ("dt", "amount", "price", "commission")]
        for order, sid, at, amount, price, commission in zip(
            frame["order_id"], frame["sid"], *columns, strict=True
        ):
            yield TradeExecuted(
                asset=self.assets[sid],
                at=at * _MICROSECOND,
                amount=amount,
                price=price,
                commission=commission,
                order_id=order,
                strategy=None,
            )


def _total(entry: _Entry, account: str) -> Num:
    return sum(amount for name, _, amount in entry.legs if name == account)


def _payments(entry: _Entry, kind: str, asset: Asset) -> Iterator[MoneyPaid]:
    """What was earned or paid for an asset, but for what belongs to an execution."""
    if kind == "dividend-earned":
        money = _total(entry, accounts.RECEIVABLE_DIVIDENDS)
        yield MoneyPaid(asset, entry.at, "dividend", money)
    if kind == "commission":  # the fee of a liquidation, which the transaction tells
        return
    cost = sum(amount for name, _, amount in entry.legs if name.startswith(_EXPENSES))
    if cost:
        yield MoneyPaid(asset, entry.at, "cost", -cost)
