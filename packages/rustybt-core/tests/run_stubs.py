"""Three sessions of a small run, as the ledger hands them to the performance rows."""

from datetime import date
from decimal import Decimal
from typing import Any

from cost_stubs import AAA, BTC

from rustybt.assets import Asset
from rustybt.finance.accounts import COSTS
from rustybt.finance.book_events import Fill
from rustybt.finance.snapshot import PositionColumns, SessionSnapshot
from rustybt.metrics import load
from rustybt.orders import Order
from rustybt.simulation.builder import ResultBuilder
from rustybt.simulation.tables import Tables
from rustybt.values import Arithmetic, DecimalArithmetic, FloatArithmetic, Num

DECIMAL, FLOAT = DecimalArithmetic(), FloatArithmetic()
MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FIRST_DAY = 18_414  # 2020-06-01
SESSIONS = (date(2020, 6, 1), date(2020, 6, 2), date(2020, 6, 3))
VALUES = ("1000", "1100.25", "1045.2375")
RETURNS = ("0", "0.10025", "-0.05")
LEVERAGE = ("0", "0.5", "0.25")


def snapshots(arithmetic: Arithmetic = DECIMAL) -> list[SessionSnapshot]:
    """The snapshots, in kernel numbers of an arithmetic."""
    return [_snapshot(arithmetic, day) for day in range(len(SESSIONS))]


def _public(arithmetic: Arithmetic, text: str) -> Any:
    return Decimal(text) if arithmetic.exact else float(text)


def _snapshot(arithmetic: Arithmetic, day: int) -> SessionSnapshot:
    money = arithmetic.money
    midnight = (FIRST_DAY + day) * DAY
    held = PositionColumns(
        assets=(AAA, BTC)[:day],
        amounts=(arithmetic.amount("5"), arithmetic.amount("-0.00000001"))[:day],
        cost_bases=(money("10.02"), money("0.3333333333333333"))[:day],
        last_sale_prices=(arithmetic.price("11.005"), arithmetic.price("9000.12345678"))[:day],
    )
    return SessionSnapshot(
        session=SESSIONS[day],
        period_open=midnight + 13 * HOUR + 31 * MINUTE,
        period_close=midnight + 20 * HOUR,
        starting_cash=money("1000"),
        ending_cash=money("945.2"),
        starting_value=money("0"),
        ending_value=money("55.025"),
        starting_exposure=money("0"),
        ending_exposure=money("55.025"),
        long_value=money("55.025"),
        short_value=money("-0.0000900012345678"),
        long_exposure=money("55.025"),
        short_exposure=money("-0.0000900012345678"),
        longs_count=day,
        shorts_count=1,
        capital_used=money("-54.8"),
        pnl=money("0.225"),
        portfolio_value=money(VALUES[day]),
        returns=_public(arithmetic, RETURNS[day]),
        gross_leverage=_public(arithmetic, LEVERAGE[day]),
        net_leverage=_public(arithmetic, LEVERAGE[day]),
        positions=held,
        costs={**dict.fromkeys(COSTS, arithmetic.zero), "commission": money("0.5")},
        dividends=money("0.05"),
        fx_pnl=arithmetic.zero,
    )


def orders(arithmetic: Arithmetic = DECIMAL) -> list[Order]:
    """A filled market order, and an open stop-limit order of which a part was filled."""
    filled = _order(arithmetic, "o1", AAA, "5", created=0)
    filled.submit(_close(0))
    filled.fill(arithmetic.amount("5"), arithmetic.money("0.1"), _close(1))
    partly = _order(arithmetic, "o2", BTC, "-3", limit="9000.5", stop="8999", created=1)
    partly.submit(_close(1))
    partly.fill(arithmetic.amount("-0.00000001"), arithmetic.money("0.0000001"), _close(2))
    return [filled, partly]


def fills(arithmetic: Arithmetic = DECIMAL) -> list[tuple[Fill, Num]]:
    """The executions of the orders and an auto-close, with what each cost."""
    return [
        (_fill(arithmetic, "o1", AAA, "5", "10.01", day=1), arithmetic.money("0.1")),
        (
            _fill(arithmetic, "o2", BTC, "-0.00000001", "9000.12345678", day=2),
            arithmetic.money("0.0000001"),
        ),
        (_fill(arithmetic, None, AAA, "-5", "11", day=2), arithmetic.zero),
    ]


def tables(arithmetic: Arithmetic = DECIMAL, *, metrics_set: str = "default") -> Tables:
    """The tables of the run."""
    return build(arithmetic, metrics_set=metrics_set)[0]


def build(
    arithmetic: Arithmetic = DECIMAL, *, metrics_set: str = "default"
) -> tuple[Tables, dict[int, Asset]]:
    """Tables and assets of the run, as the engine builds them."""
    builder = ResultBuilder(arithmetic)
    placed, executed = orders(arithmetic), fills(arithmetic)
    touched = ([placed[0]], placed, [placed[1]])
    recorded: list[dict[str, object]] = [{}, {"fast": Decimal("1.5")}, {"fast": 2, "note": "sold"}]
    for day, snapshot in enumerate(snapshots(arithmetic)):
        for fill, commission in executed:
            if fill.session == day:
                builder.add_fill(fill, commission)
        builder.end_session(snapshot, orders=touched[day], recorded=recorded[day])
    return builder.finish(orders=placed, metrics=load(metrics_set)), builder.assets


def _close(day: int) -> int:
    return (FIRST_DAY + day) * DAY + 20 * HOUR


def _order(
    arithmetic: Arithmetic,
    name: str,
    asset: Asset,
    amount: str,
    *,
    created: int,
    limit: str | None = None,
    stop: str | None = None,
) -> Order:
    return Order(
        id=name,
        sequence=1,
        asset=asset,
        amount=arithmetic.amount(amount),
        limit=None if limit is None else arithmetic.price(limit),
        stop=None if stop is None else arithmetic.price(stop),
        created=_close(created),
        strategy="main",
        zero=arithmetic.zero,
    )


def _fill(
    arithmetic: Arithmetic, order: str | None, asset: Asset, amount: str, price: str, *, day: int
) -> Fill:
    return Fill(
        order_id=order,
        asset=asset,
        at=_close(day),
        session=day,
        amount=arithmetic.amount(amount),
        price=arithmetic.price(price),
        sequence=1,
        strategy="main",
    )
