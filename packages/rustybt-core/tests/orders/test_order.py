"""The life of an order: transitions, triggers, splits, and the trail they leave."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rustybt.assets import Equity, ExchangeInfo
from rustybt.errors import ImpossibleTransition
from rustybt.orders import Order, OrderStatus, ZiplineStatus, check_transition
from rustybt.values import DecimalArithmetic, ExactRounding, Num, Ratio
from rustybt.views import PublicView, ZiplineView

D = Decimal

NYSE = ExchangeInfo(name="NYSE", canonical_name="NYSE", country_code="US")
SHARE = Equity(sid=1, symbol="AAA", exchange_info=NYSE)
EXACT = DecimalArithmetic()
LOT = EXACT.amount(1)


def an_order(
    amount: int = 100, *, limit: object = None, stop: object = None, accepted: bool = True
) -> Order:
    def price(value: object) -> Num | None:
        return None if value is None else EXACT.price(value)

    order = Order(
        id="main-1",
        sequence=1,
        asset=SHARE,
        amount=EXACT.amount(amount),
        limit=price(limit),
        stop=price(stop),
        created=5,
        strategy="main",
        zero=EXACT.zero,
    )
    if accepted:
        order.submit(5)
        order.accept(5)
    return order


# ------------------------------------------------------------------ triggers


# Zipline tests triggers on the close only: buy stop close >= stop, sell stop close <= stop,
# buy limit close <= limit, sell limit close >= limit.
@pytest.mark.parametrize(
    ("amount", "limit", "stop", "close", "ready"),
    [
        (1, None, None, "10", True),
        (1, "10", None, "10", True),
        (1, "10", None, "10.01", False),
        (-1, "10", None, "10", True),
        (-1, "10", None, "9.99", False),
        (1, None, "10", "10", True),
        (1, None, "10", "9.99", False),
        (-1, None, "10", "10", True),
        (-1, None, "10", "10.01", False),
        (1, "10.5", "10", "10.2", True),
        (1, "10.5", "10", "10.6", False),
        (1, "10.5", "10", "9.9", False),
        (-1, "9.5", "10", "9.8", True),
        (-1, "9.5", "10", "9.4", False),
    ],
)
def test_a_close_triggers(
    amount: int, limit: str | None, stop: str | None, close: str, ready: bool
) -> None:
    assert an_order(amount, limit=limit, stop=stop).touch(EXACT.price(close), 9) is ready


def test_a_stop_limit_loses_its_stop_and_waits_for_its_limit() -> None:
    order = an_order(10, limit="10", stop="10.5")
    assert not order.touch(EXACT.price("10.4"), 6)
    assert not order.touch(EXACT.price("10.6"), 7)
    assert order.stop is None
    assert not order.stop_reached
    assert order.changed == 5
    assert order.touch(EXACT.price("9.9"), 8)
    assert order.limit_reached
    assert order.changed == 8


def test_what_was_touched_stays_touched() -> None:
    order = an_order(10, limit="10")
    order.touch(EXACT.price("9"), 6)
    assert order.touch(EXACT.price("99"), 7)
    assert order.changed == 6


# ------------------------------------------------------------------ transitions


def test_fills_lead_to_the_end() -> None:
    order = an_order(100)
    order.fill(EXACT.amount(40), EXACT.money("0.04"), 6)
    assert order.view(PublicView(EXACT)).state is OrderStatus.PARTIALLY_FILLED
    assert ZiplineStatus.of(order.status) is ZiplineStatus.OPEN
    order.fill(EXACT.amount(60), EXACT.money("0.06"), 7)
    assert order.view(PublicView(EXACT)).state is OrderStatus.FILLED
    assert EXACT.money_value(order.commission) == D("0.10")
    assert [record.after.value for record in order.trail] == [
        "Submitted", "Accepted", "PartiallyFilled", "Filled",
    ]  # fmt: skip
    assert [EXACT.amount_value(record.filled) for record in order.trail] == [0, 0, 40, 100]
    with pytest.raises(ImpossibleTransition, match="main-1 cannot go from Filled to Cancelled"):
        order.cancel(8, cause="strategy")


def test_a_rejection_keeps_its_reason() -> None:
    order = an_order(accepted=False)
    order.reject(6, reason="too large")
    view = order.view(PublicView(EXACT))
    assert (view.state, view.status, view.reason) == (
        OrderStatus.REJECTED, ZiplineStatus.REJECTED, "too large",
    )  # fmt: skip
    assert not view.open


OPEN = {"Pending", "Submitted", "Accepted", "PartiallyFilled", "Unknown"}


@pytest.mark.parametrize("before", list(OrderStatus))
@pytest.mark.parametrize("after", list(OrderStatus))
def test_the_table_of_transitions(before: OrderStatus, after: OrderStatus) -> None:
    allowed = {
        "Pending": {"Submitted", "Cancelled", "Rejected", "Expired", "Unknown"},
        "Submitted": {"Accepted", "PartiallyFilled", "Filled", "Cancelled", "Rejected", "Expired",
                      "Unknown"},
        "Accepted": {"PartiallyFilled", "Filled", "Cancelled", "Rejected", "Expired", "Unknown"},
        "PartiallyFilled": {"PartiallyFilled", "Filled", "Cancelled", "Rejected", "Expired",
                            "Unknown"},
        "Unknown": {"Accepted", "PartiallyFilled", "Filled", "Cancelled", "Rejected", "Expired"},
    }  # fmt: skip
    assert before.is_open is (before.value in OPEN)
    if after.value in allowed.get(before.value, set()):
        check_transition("x", before, after)
    else:
        with pytest.raises(ImpossibleTransition):
            check_transition("x", before, after)


# ------------------------------------------------------------------ splits


def test_a_split_scales_amounts_and_prices() -> None:
    # 53 shares at a limit of 3.94 before 1:5 reverse: 10 shares at 19.70 (recorded a09).
    order = an_order(53, limit="3.94", stop="7.15")
    order.split(Ratio(5), 9, EXACT, ExactRounding())
    view = order.view(PublicView(EXACT))
    assert (view.amount, view.limit, view.stop) == (10, D("19.70"), D("35.75"))
    assert order.trail[-1].cause == "split"
    assert order.status is OrderStatus.ACCEPTED


def test_a_split_truncates_filled_and_open_apart() -> None:
    order = an_order(-11)
    order.fill(EXACT.amount(-4), 0, 6)
    order.split(Ratio(3), 9, EXACT, ExactRounding())
    assert (EXACT.amount_value(order.filled), EXACT.amount_value(order.amount)) == (-1, -3)


def test_an_order_that_a_split_empties_has_ended() -> None:
    order = an_order(3)
    order.split(Ratio(5), 9, EXACT, ExactRounding())
    assert order.status is OrderStatus.FILLED
    assert order.amount == 0
    assert order.reason is None


# ------------------------------------------------------------------ views


def test_views_show_the_same_order_as_decimals_or_as_zipline_does() -> None:
    order = an_order(-30, limit="184.30")
    exact, zipline = order.view(PublicView(EXACT)), order.view(ZiplineView(EXACT))
    assert str(exact.limit) == "184.30"
    assert (exact.open_amount, exact.direction, exact.triggered) == (-30, -1, False)
    assert (zipline.amount, zipline.limit) == (-30, 184.3)
    assert type(zipline.amount) is int
    assert exact.sid is exact.asset
    assert exact["amount"] == -30


class Life(RuleBasedStateMachine):
    """Whatever happens to an order, its trail says so and nothing overfills."""

    def __init__(self) -> None:
        super().__init__()
        self.order = an_order(100, accepted=False)
        self.at = 5

    def tick(self) -> int:
        self.at += 1
        return self.at

    @precondition(lambda self: self.order.status is OrderStatus.PENDING)
    @rule()
    def send(self) -> None:
        self.order.submit(self.tick())
        self.order.accept(self.at)

    @precondition(lambda self: self.order.status.is_open and self.order.trail)
    @rule(share=st.integers(1, 100))
    def fill(self, share: int) -> None:
        lots = max(self.order.open_amount // LOT * share // 100, 1)
        self.order.fill(lots * LOT, 1, self.tick())

    @precondition(lambda self: self.order.status.is_open)
    @rule()
    def cancel(self) -> None:
        self.order.cancel(self.tick(), cause="strategy")

    @precondition(lambda self: self.order.status.is_open and self.order.trail)
    @rule(ratio=st.builds(Ratio, st.integers(1, 5), st.integers(1, 5)))
    def split(self, ratio: Ratio) -> None:
        self.order.split(ratio, self.tick(), EXACT, ExactRounding())

    @precondition(lambda self: not self.order.status.is_open)
    @rule(status=st.sampled_from(OrderStatus))
    def nothing_follows_an_end(self, status: OrderStatus) -> None:
        with pytest.raises(ImpossibleTransition):
            self.order.move(status, self.tick(), cause="test")

    @invariant()
    def the_trail_is_the_state(self) -> None:
        order = self.order
        assert 0 <= order.filled <= order.amount
        assert (order.status is OrderStatus.FILLED) == (order.open_amount == 0) or (
            order.status is OrderStatus.CANCELLED
        )
        for earlier, later in zip(order.trail, order.trail[1:], strict=False):
            assert later.before is earlier.after
            assert later.at >= earlier.at
        if order.trail:
            last = order.trail[-1]
            assert (last.after, last.amount, last.filled) == (
                order.status, order.amount, order.filled,
            )  # fmt: skip


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=20, deadline=None)


@given(
    st.integers(-(10**6), 10**6).filter(bool),
    st.builds(Ratio, st.integers(1, 9), st.integers(1, 9)),
)
def test_a_split_never_invents_shares(amount: int, ratio: Ratio) -> None:
    order = an_order(amount)
    order.split(ratio, 9, EXACT, ExactRounding())
    assert abs(order.amount) * ratio.numerator <= abs(amount) * LOT * ratio.denominator
