"""The money of a margin account."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from rustybt.assets import Equity
from rustybt.errors import DayTradeLimitReached
from rustybt.finance.account_types._calls import CallPolicy, Grace, MarginCall
from rustybt.finance.account_types._day_trades import LIMIT, MINIMUM_EQUITY, SESSIONS, DayTrades
from rustybt.finance.account_types._forced_sales import Broker
from rustybt.finance.account_types._isolated import IsolatedBook
from rustybt.finance.account_types._limited import LimitedFunds
from rustybt.finance.account_types._lots import most_lots
from rustybt.finance.account_types._requirements import Required, Requirements
from rustybt.finance.account_types._waiting import Claims, Waiting, waiting_by_asset
from rustybt.finance.margin import MarginModel, RegT
from rustybt.values import Ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.account_types._arguments import OnRefusal
    from rustybt.finance.account_types._base import OpenOrder
    from rustybt.finance.account_types._liquidation import BarRange, Liquidation
    from rustybt.finance.book_events import Fill
    from rustybt.finance.holdings import Holdings
    from rustybt.finance.margin import MarginPart
    from rustybt.values import Num

_A_MILLIONTH_MORE: Final = Decimal("1.000001")


class MarginFunds(LimitedFunds):
    """Equity of a margin account against what its model requires.

    Args:
        book: Cash and positions of the account.
        one_currency: Whether everything counts as quoted in the currency of the account.
        days: Sessions to settlement by asset class.
        on_refusal: What happens to an order that is not covered.
        model: What positions require.
        calls: What happens when equity does not suffice.
        counts_day_trades: Whether small accounts may make few day trades only.
    """

    called: ClassVar[bool] = True

    def __init__(
        self,
        book: Holdings,
        *,
        one_currency: bool,
        days: Mapping[str, int],
        on_refusal: OnRefusal,
        model: MarginModel,
        calls: CallPolicy,
        counts_day_trades: bool,
    ) -> None:
        super().__init__(book, one_currency=one_currency, days=days, on_refusal=on_refusal)
        self._model = model
        self._isolated = IsolatedBook(book, model, self._pricing)
        self._requirements = Requirements(book, model, self._pricing, self._is_cross)
        self._broker = Broker(book, self._requirements, self._pricing, calls)
        self._grace = Grace(calls)
        self._claims = Claims(book.arithmetic.zero)
        self._day_trades = DayTrades() if counts_day_trades else None
        self._is_small = False
        self._ceilings = tuple(_ceiling(model, shorts=shorts) for shorts in (False, True))

    def _is_cross(self, asset: Asset) -> bool:
        return self._isolated.terms_of(asset) is None

    def _equity(self) -> Num:
        """What stands for the positions that are not isolated, at the newest marks."""
        return self._book.value_as_marked() - self._isolated.set_aside()

    def _required(self) -> Required:
        return self._requirements.of(self._requirements.held().values())

    # ------------------------------------------------------------------ before an order

    def check(
        self,
        asset: Asset,
        amount: Num,
        price: Num,
        *,
        commission: Num = 0,
        open_orders: Iterable[OpenOrder] = (),
    ) -> None:
        self._check_day_trades(asset, amount)
        self._book.freshen()
        waiting = waiting_by_asset(open_orders)
        reserved = self._reserved(waiting)
        waiting[asset] = waiting.get(asset, Waiting()).plus(amount, price)
        more = self._reserved(waiting) - reserved
        if more <= 0:
            return
        required = more + self._pricing.worth(asset, max(commission, self._book.arithmetic.zero))
        available = self._equity() - reserved
        self._require(asset, amount, required, available)

    def _check_day_trades(self, asset: Asset, amount: Num) -> None:
        if self.day_trades_remaining() != 0 or not isinstance(asset, Equity):
            return
        held = self._held(asset)
        if held * amount >= 0 or abs(amount) > abs(held):
            shown = self._book.arithmetic.amount_value(amount)
            raise DayTradeLimitReached(asset=asset, amount=shown, limit=LIMIT, sessions=SESSIONS)

    def _reserved(self, waiting: Mapping[Asset, Waiting]) -> Num:
        """What positions require to be opened, with whatever of the orders requires most."""
        parts = dict(self._requirements.held())
        aside = self._book.arithmetic.zero
        for asset, orders in waiting.items():
            held = self._held(asset)
            if self._is_cross(asset):
                found = [self._beyond(asset, held, *side) for side in orders.sides()]
                possible = [part for part in (parts.get(asset), *found) if part is not None]
                if possible:
                    parts[asset] = max(possible, key=lambda part: part.requirement.initial)
            else:
                aside += max(self._set_aside_by(asset, held, *side) for side in orders.sides())
        return self._requirements.of(parts.values()).initial + aside

    def _set_aside_by(self, asset: Asset, held: Num, amount: Num, price: Num) -> Num:
        """What orders of one side set aside beside what is set aside for the position."""
        added = self._pricing.worth(asset, self._isolated.added(asset, held, amount, price))
        if _crosses(held, amount):
            added -= self._isolated.aside(asset)
        return max(added, self._book.arithmetic.zero)

    def _beyond(self, asset: Asset, held: Num, amount: Num, price: Num) -> MarginPart | None:
        """A position after orders of one side; None where they only make it smaller."""
        if held * amount < 0:
            if abs(amount) <= abs(held):
                return None
            return self._requirements.part(asset, held + amount, price)
        if not held:
            return self._requirements.part(asset, amount, price)
        return self._requirements.enlarged(self._book.positions[asset], amount, price)

    # ------------------------------------------------------------------ with a fill

    def affordable(self, asset: Asset, amount: Num, price: Num, commission: Num = 0) -> Num:
        zero = self._book.arithmetic.zero
        held, mark = self._projected(asset, price)
        free = self._equity() + self._claims.money
        free -= self._pricing.worth(asset, max(commission, zero))
        parts = dict(self._requirements.held())
        for each, (size, at) in self._claims.positions.items():
            if self._is_cross(each):
                parts[each] = self._requirements.part(each, size, at)
        free += self._pricing.value(asset, held, price - mark)
        if self._is_cross(asset):

            def needed(part: Num) -> Num:
                trial = {**parts, asset: self._requirements.part(asset, held + part, price)}
                return self._requirements.of(trial.values()).initial
        else:
            free += self._isolated.aside(asset, mark)
            free -= self._requirements.of(parts.values()).initial

            def needed(part: Num) -> Num:
                added = self._pricing.worth(asset, self._isolated.added(asset, held, part, price))
                kept = 0 if _crosses(held, part) else self._isolated.aside(asset, price)
                return added + kept

        return most_lots(
            asset,
            amount,
            lambda part: _only_closes(held, part) or needed(part) <= free,
            self._book.arithmetic,
        )

    def claim(self, asset: Asset, amount: Num, price: Num, commission: Num = 0) -> None:
        held, mark = self._projected(asset, price)
        zero = self._book.arithmetic.zero
        self._claims.money -= self._pricing.worth(asset, max(commission, zero))
        if self._is_cross(asset):
            self._claims.money += self._pricing.value(asset, held, price - mark)
        else:
            added = self._isolated.added(asset, held, amount, price)
            self._claims.money -= self._pricing.worth(asset, added)
        self._claims.positions[asset] = held + amount, price

    def _projected(self, asset: Asset, price: Num) -> tuple[Num, Num]:
        """Amount and mark of a position, with executions that the book does not know yet."""
        claimed = self._claims.positions.get(asset)
        if claimed is not None:
            return claimed
        position = self._book.positions.get(asset)
        if position is None:
            return self._book.arithmetic.zero, price
        return position.amount, position.last_price

    def filled(self, fills: Iterable[Fill]) -> None:
        executed = list(fills)
        super().filled(executed)
        self._claims = Claims(self._book.arithmetic.zero)
        for fill, held, after in self._one_by_one(executed):
            self._isolated.filled(fill, held, after)
            if self._day_trades is not None:
                self._day_trades.filled(fill, held)

    def charged(self, asset: Asset, money: Num) -> None:
        self._isolated.charged(asset, money)

    def _one_by_one(self, fills: list[Fill]) -> list[tuple[Fill, Num, Num]]:
        """Fills with what was held before and after each, reckoned back from the book."""
        found = []
        now: dict[Asset, Num] = {}
        for fill in reversed(fills):
            after = now.get(fill.asset)
            after = self._held(fill.asset) if after is None else after
            now[fill.asset] = after - fill.amount
            found.append((fill, now[fill.asset], after))
        return found[::-1]

    # ------------------------------------------------------------------ after a bar

    def start_session(self, session: int, day: date) -> None:
        super().start_session(session, day)
        self._grace.start_session()
        if self._day_trades is not None:
            self._day_trades.start_session(session)
            minimum = self._book.arithmetic.money(MINIMUM_EQUITY)
            self._is_small = self._book.value_as_marked() < minimum

    def assess(self, at: int) -> MarginCall | None:
        self._book.freshen()
        equity = self._equity()
        if self._is_far_above(equity):
            self._grace.met()
            return None
        required = self._required().maintenance
        if equity >= required or not self._requirements.held():
            self._grace.met()
            return None
        since, over = self._grace.stands(at)
        return MarginCall(
            at=at,
            since=since,
            currency=self._book.currency,
            equity=equity,
            requirement=required,
            sales=self._broker.sales(equity),
            forced=over,
        )

    def _is_far_above(self, equity: Num) -> bool:
        """Whether equity suffices whatever the model says of single positions."""
        totals = self._book.totals_as_marked()
        share = self._ceilings[bool(totals.shorts_count)]
        if share is None:
            return False
        return equity > self._book.arithmetic.converted(totals.gross_exposure, share)

    def liquidations(
        self, at: int, bar_of: Callable[[Asset], BarRange | None]
    ) -> list[Liquidation]:
        return list(self._isolated.liquidations(at, bar_of))

    def liquidation_price(self, asset: Asset) -> Num | None:
        return self._isolated.liquidation_price(asset)

    # ------------------------------------------------------------------ figures

    def regt_equity(self) -> Num:
        return self._book.portfolio_value()

    def regt_margin(self) -> Num | None:
        self._book.freshen()
        rule = Requirements(
            self._book, RegT(), self._pricing, lambda asset: isinstance(asset, Equity)
        )
        return rule.of(rule.held().values()).initial

    def initial_margin(self) -> Num | None:
        self._book.freshen()
        return self._required().initial + self._isolated.set_aside()

    def maintenance_margin(self) -> Num | None:
        self._book.freshen()
        return self._required().maintenance + self._isolated.set_aside()

    def available_funds(self) -> Num:
        self._book.freshen()
        return self._equity() - self._required().initial

    def excess_liquidity(self) -> Num:
        self._book.freshen()
        return self._equity() - self._required().maintenance

    def buying_power(self) -> Num | None:
        free = max(self.available_funds(), self._book.arithmetic.zero)
        return self._book.arithmetic.converted(free, Ratio.parse(self._model.leverage()))

    def day_trades_remaining(self) -> int | None:
        if self._day_trades is None or not self._is_small:
            return None
        return self._day_trades.remaining()


def _ceiling(model: MarginModel, *, shorts: bool) -> Ratio | None:
    """The ceiling of a model and a millionth of it, beyond what rounding can hide."""
    share = model.ceiling(shorts=shorts)
    return Ratio.parse(share * _A_MILLIONTH_MORE) if share else None


def _only_closes(held: Num, part: Num) -> bool:
    return not part or (held * part < 0 and abs(part) <= abs(held))


def _crosses(held: Num, amount: Num) -> bool:
    """Whether a trade closes a position and opens one on the other side."""
    return held * amount < 0 and abs(amount) > abs(held)
