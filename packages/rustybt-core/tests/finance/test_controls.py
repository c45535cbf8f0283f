"""Controls: which orders and accounts break them, and what happens then."""

import logging
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from cost_stubs import AAA, BBB, NOON, Account, Bar, Portfolio

from rustybt.errors import (
    AccountControlViolation,
    InvalidArgument,
    InvalidNumber,
    TradingControlViolation,
)
from rustybt.finance.asset_restrictions import StaticRestrictions
from rustybt.finance.controls import (
    AssetDateBounds,
    LongOnly,
    MaxLeverage,
    MaxOrderCount,
    MaxOrderSize,
    MaxPositionSize,
    MinLeverage,
    OrderRefused,
    RestrictedListOrder,
    TradingControl,
)

TEN = Bar({"price": Decimal(10)})
HOLDING = Portfolio({AAA: Decimal(60)})


def breaks(
    control: TradingControl, amount: str, asset: Any = AAA, market: Bar = TEN, at: datetime = NOON
) -> bool:
    """Whether an order of `amount` breaks a control, with 60 AAA held."""
    try:
        control.validate(asset, Decimal(amount), HOLDING, at, market)
    except TradingControlViolation:
        return True
    return False


@pytest.mark.parametrize(
    ("control", "amount", "broken"),
    [
        (MaxOrderSize("fail", max_shares=100), "100", False),
        (MaxOrderSize("fail", max_shares=100), "101", True),
        (MaxOrderSize("fail", max_shares=100), "-101", True),
        (MaxOrderSize("fail", max_notional=1000), "100", False),
        (MaxOrderSize("fail", max_notional="1000"), "-101", True),
        (MaxOrderSize("fail", max_shares=0), "1", True),
        (MaxOrderSize("fail", AAA, 1), "2", True),
        (MaxOrderSize("fail", BBB, 1), "2", False),
        (MaxPositionSize("fail", max_shares=100), "40", False),
        (MaxPositionSize("fail", max_shares=100), "41", True),
        (MaxPositionSize("fail", max_shares=100), "-160", False),
        (MaxPositionSize("fail", max_shares=100), "-161", True),
        (MaxPositionSize("fail", max_notional=1000), "41", True),
        (MaxPositionSize("fail", BBB, max_shares=1), "41", False),
        (LongOnly("fail"), "-60", False),
        (LongOnly("fail"), "-61", True),
        (RestrictedListOrder("fail", StaticRestrictions([AAA])), "1", True),
        (RestrictedListOrder("fail", StaticRestrictions([BBB])), "1", False),
    ],
    ids=str,
)
def test_orders(control: TradingControl, amount: str, broken: bool) -> None:
    assert breaks(control, amount) is broken


@pytest.mark.parametrize(
    ("control", "open_amount", "amount", "broken"),
    [
        (MaxPositionSize("fail", max_shares=100), "30", "10", False),
        (MaxPositionSize("fail", max_shares=100), "30", "11", True),
        (LongOnly("fail"), "-20", "-40", False),
        (LongOnly("fail"), "-20", "-41", True),
    ],
)
def test_position_controls_add_open_orders_when_told(
    control: TradingControl,
    open_amount: str,
    amount: str,
    broken: bool,
) -> None:
    control.open_amount = Decimal(open_amount)
    assert breaks(control, amount) is broken


@pytest.mark.parametrize("price", [None, float("nan")])
def test_without_a_price_there_is_no_value_to_limit(price: float | None) -> None:
    market = Bar({"price": price})
    MaxOrderSize("fail", max_notional=1).validate(AAA, 1000.0, Portfolio(), NOON, market)


def test_orders_are_counted_by_session() -> None:
    control = MaxOrderCount("fail", 2)
    monday, tuesday = Bar({}), Bar({}, current_session=date(2020, 6, 2))
    assert [breaks(control, "1", market=monday) for _ in range(3)] == [False, False, True]
    assert [breaks(control, "1", market=tuesday) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(
    ("session", "amount", "broken"),
    [
        (date(2020, 1, 1), "1", True),
        (date(2020, 1, 1), "0", False),
        (date(2020, 1, 2), "1", False),
        (date(2020, 12, 31), "1", False),
        (date(2021, 1, 1), "1", True),
    ],
)
def test_orders_outside_an_asset_s_life(session: date, amount: str, broken: bool) -> None:
    market = Bar({}, current_session=session)
    assert breaks(AssetDateBounds("fail"), amount, market=market) is broken


def test_the_session_counts_where_its_last_bar_is_labelled_with_the_next_day() -> None:
    midnight = datetime(2021, 1, 1, tzinfo=UTC)
    market = Bar({}, current_session=date(2020, 12, 31))
    assert not breaks(AssetDateBounds("fail"), "1", market=market, at=midnight)


def test_the_violation_says_what_and_why() -> None:
    with pytest.raises(TradingControlViolation) as caught:
        AssetDateBounds("fail").validate(
            AAA, Decimal(5), HOLDING, NOON, Bar({}, current_session=date(2021, 1, 4))
        )
    error = caught.value
    assert (error.asset, error.amount, error.datetime) == (AAA, Decimal(5), NOON)
    assert "asset_end_date" in str(error.constraint)
    with pytest.raises(TradingControlViolation, match=r"MaxOrderSize\(.*'max_shares': 1"):
        MaxOrderSize("fail", max_shares=1).validate(AAA, Decimal(5), HOLDING, NOON, TEN)


def test_log_only_logs(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert not breaks(LongOnly("log"), "-61")
    assert "LongOnly" in caplog.text
    assert "-61" in caplog.text


def test_reject_refuses_the_order() -> None:
    with pytest.raises(OrderRefused) as caught:
        LongOnly("reject").validate(AAA, Decimal(-61), HOLDING, NOON, TEN)
    assert caught.value.constraint == "LongOnly({})"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: LongOnly(cast("Any", "panic")), InvalidArgument),
        (lambda: MaxOrderSize("fail"), InvalidArgument),
        (lambda: MaxOrderSize("fail", max_shares=-1), InvalidArgument),
        (lambda: MaxPositionSize("fail", max_notional=-1), InvalidArgument),
        (lambda: MaxPositionSize("fail", max_notional=float("nan")), InvalidNumber),
        (lambda: MaxOrderCount("fail", -1), InvalidArgument),
        (lambda: MaxLeverage(-1), InvalidArgument),
        (lambda: MinLeverage(-1, NOON), InvalidArgument),
    ],
)
def test_impossible_arguments_are_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


# ------------------------------------------------------------------ accounts


@pytest.mark.parametrize("leverage", [Decimal("1.5"), 1.5, float("nan"), Decimal("NaN")])
def test_leverage_up_to_the_limit_is_fine(leverage: Any) -> None:
    MaxLeverage(1.5).validate(HOLDING, Account(leverage), NOON, TEN)


@pytest.mark.parametrize("leverage", [Decimal("1.5000001"), 1.51, float("inf")])
def test_leverage_above_the_limit_is_a_violation(leverage: Any) -> None:
    with pytest.raises(AccountControlViolation, match=r"MaxLeverage\({'max_leverage': 1.5}\)"):
        MaxLeverage(1.5).validate(HOLDING, Account(leverage), NOON, TEN)


@pytest.mark.parametrize(
    ("at", "leverage", "broken"),
    [
        (datetime(2020, 6, 1, tzinfo=UTC), "0.1", False),
        (datetime(2020, 6, 1, 0, 1, tzinfo=UTC), "0.1", True),
        (datetime(2020, 6, 1, 0, 1, tzinfo=UTC), "0.5", False),
    ],
)
@pytest.mark.parametrize("zone", [None, UTC])
def test_leverage_below_the_minimum_after_the_deadline(
    at: datetime,
    leverage: str,
    broken: bool,
    zone: Any,
) -> None:
    control = MinLeverage("0.5", datetime(2020, 6, 1, tzinfo=zone))
    if broken:
        with pytest.raises(AccountControlViolation):
            control.validate(HOLDING, Account(Decimal(leverage)), at, TEN)
    else:
        control.validate(HOLDING, Account(Decimal(leverage)), at, TEN)
