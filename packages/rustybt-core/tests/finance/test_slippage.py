"""Slippage models: tables computed by hand, zipline's answers, and what constructors refuse."""

import json
import math
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from cost_stubs import AAA, BTC, CL, EUR, Bar, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset, Equity, Future
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance import slippage
from rustybt.finance.slippage import (
    BidAskSpread,
    EquitySlippageModel,
    FixedBasisPointsSlippage,
    FixedSlippage,
    FutureSlippageModel,
    LiquidityExceeded,
    NoSlippage,
    SlippageModel,
    VolatilityVolumeShare,
    VolumeShareSlippage,
    fill_price_worse_than_limit_price,
)
from rustybt.values import KERNEL_CONTEXT

RECORDED = json.loads(Path(__file__).parents[1].joinpath("data/zipline_costs.json").read_text())


def bar(close: str, volume: str = "1000") -> Bar:
    return Bar({"close": Decimal(close), "volume": Decimal(volume)})


def order(amount: str, limit: str | None = None, asset: Asset = AAA) -> Order:
    return Order(
        asset, Decimal(amount), Decimal(0), limit=None if limit is None else Decimal(limit)
    )


def test_no_slippage_fills_everything_at_the_close() -> None:
    assert NoSlippage().process_order(bar("10.05", "1"), order("-700")) == (
        Decimal("10.05"),
        Decimal(-700),
    )


@pytest.mark.parametrize(("amount", "price"), [("5", "10.10"), ("-5", "10.00")])
def test_fixed_slippage_is_half_the_spread_away(amount: str, price: str) -> None:
    assert FixedSlippage(spread=0.1).process_order(bar("10.05"), order(amount)) == (
        Decimal(price),
        Decimal(amount),
    )


@pytest.mark.parametrize(("amount", "price"), [("3", "1.100055"), ("-3", "1.099945")])
def test_a_spread_of_one_basis_point_costs_half_of_it(amount: str, price: str) -> None:
    filled = BidAskSpread().process_order(bar("1.1"), order(amount, asset=EUR))
    assert filled == (Decimal(price), Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "volume", "taken", "expected"),
    [
        ("50", "1000", "0", ("100.05", "50")),  # 100 x 1.0005
        ("-50", "1000", "0", ("99.95", "-50")),
        ("500", "1000", "0", ("100.05", "100")),  # a tenth of the volume
        ("500", "1000", "30", ("100.05", "70")),  # less what is taken
        ("500", "1009", "0", ("100.05", "100")),  # 100.9 shares
        ("500", "1000", "100", None),
        ("500", "9", "0", None),  # 0.9 shares
    ],
)
def test_fixed_basis_points(
    amount: str, volume: str, taken: str, expected: tuple[str, str] | None
) -> None:
    model = FixedBasisPointsSlippage()
    model.volume_for_bar = Decimal(taken)
    if expected is None:
        with pytest.raises(LiquidityExceeded):
            model.process_order(bar("100", volume), order(amount))
    else:
        filled = model.process_order(bar("100", volume), order(amount))
        assert filled == tuple(map(Decimal, expected))


def test_fixed_basis_points_ignore_the_limit_price() -> None:
    filled = FixedBasisPointsSlippage().process_order(bar("100"), order("50", limit="100"))
    assert filled == (Decimal("100.05"), Decimal(50))


@pytest.mark.parametrize(
    ("amount", "taken", "expected"),
    [
        ("10", "0", ("100.001", "10")),  # share 0.01: 100 x (1 + 0.1 x 0.0001)
        ("-10", "0", ("99.999", "-10")),
        ("100", "0", ("100.00625", "25")),  # share 0.025
        ("100", "20", ("100.00625", "5")),  # the share counts what was taken
        ("100", "24.5", None),  # half a share is left
    ],
)
def test_volume_share(amount: str, taken: str, expected: tuple[str, str] | None) -> None:
    model = VolumeShareSlippage()
    model.volume_for_bar = Decimal(taken)
    if expected is None:
        with pytest.raises(LiquidityExceeded):
            model.process_order(bar("100"), order(amount))
    else:
        assert model.process_order(bar("100"), order(amount)) == tuple(map(Decimal, expected))


@pytest.mark.parametrize(
    ("amount", "limit", "fills"),
    [
        ("10", "100.0009", False),
        ("10", "100.001", True),
        ("-10", "99.9991", False),
        ("-10", "99.999", True),
    ],
)
def test_volume_share_keeps_the_limit(amount: str, limit: str, fills: bool) -> None:
    price, _ = VolumeShareSlippage().process_order(bar("100"), order(amount, limit))
    assert (price is not None) is fills


def test_sizes_are_whole_lots_of_the_asset() -> None:
    model = FixedBasisPointsSlippage(volume_limit="0.1")
    _, amount = model.process_order(bar("100", "0.000000123"), order("5", asset=BTC))
    assert amount == Decimal("0.00000001")
    floats = Bar({"close": 100.0, "volume": 3.0})
    _, amount = model.process_order(floats, Order(BTC, 5.0))
    assert amount == 0.3  # 30,000,000 lots, although 0.3 / 1e-8 falls short of it


@pytest.mark.parametrize(
    ("size", "asset", "lots"),
    [
        (Decimal("7.9"), AAA, Decimal(7)),
        (Decimal("-7.9"), AAA, Decimal(-7)),
        (Decimal("0.123456789"), BTC, Decimal("0.12345678")),
        (-7.9, AAA, -7.0),
        (0.3, BTC, 0.3),
    ],
)
def test_models_of_users_can_cut_sizes_to_whole_lots(
    size: Decimal | float, asset: Asset, lots: Decimal | float
) -> None:
    assert "whole_lots" in slippage.__all__
    assert slippage.whole_lots(size, asset) == lots


def test_a_zero_limit_price_is_a_limit() -> None:
    assert fill_price_worse_than_limit_price(Decimal("0.01"), order("1", limit="0"))
    assert not fill_price_worse_than_limit_price(Decimal("0.01"), order("1"))


# ------------------------------------------------------------------ impact from history

FLAT = {"close": [Decimal(100)] * 21, "volume": [Decimal(400)] * 21}
FUTURE_BAR = {"high": Decimal(102), "low": Decimal(100), "volume": Decimal(1000)}


def zigzag() -> dict[str, list[Decimal]]:
    """Closes 100, 110, 100, 110, ... and a mean volume of 400 before today."""
    closes = [Decimal(100 + 10 * (day % 2)) for day in range(20)]
    return {"close": [*closes, Decimal(1)], "volume": [*[Decimal(400)] * 20, Decimal(1)]}


def test_volatility_volume_share_by_hand() -> None:
    # Returns: 10 of +0.1, 9 of -1/11. Mean 2/209; sum of squares 0.1 + 9/121 - 19 x mean^2;
    # sigma = sqrt(252 x that / 18). A fill of 100 is a quarter of the mean volume: sqrt = 1/2.
    mean = (10 * 0.1 - 9 / 11) / 19
    squares = 10 * 0.1**2 + 9 / 121 - 19 * mean**2
    sigma = math.sqrt(252 * squares / 18)
    model = VolatilityVolumeShare("0.1", eta=2)
    with_history = Bar(FUTURE_BAR, zigzag())
    price, amount = model.process_order(with_history, order("500", asset=CL))
    assert amount == Decimal(100)
    assert price == pytest.approx(Decimal(101 * (1 + 2 * sigma / 2 / 10_000)), abs=Decimal("1e-12"))


def test_without_history_futures_move_by_seven_and_a_half_basis_points() -> None:
    price, amount = VolatilityVolumeShare("0.1").process_order(
        Bar(FUTURE_BAR), order("-5", asset=CL)
    )
    assert (price, amount) == (Decimal(101) - Decimal("0.07575"), Decimal(-5))


@pytest.mark.parametrize(
    "past",
    [
        {**FLAT, "volume": [Decimal(0)] * 21},
        {**FLAT, "close": [None, *FLAT["close"][1:]]},
    ],
)
def test_no_volume_or_a_missing_close_is_no_history(past: dict[str, Any]) -> None:
    price, _ = VolatilityVolumeShare("0.1").process_order(
        Bar(FUTURE_BAR, past), order("5", asset=CL)
    )
    assert price == Decimal("101.07575")


def test_a_flat_market_has_no_impact() -> None:
    price, _ = VolatilityVolumeShare("0.1").process_order(
        Bar(FUTURE_BAR, FLAT), order("5", asset=CL)
    )
    assert price == Decimal(101)


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_session_without_trade_has_no_return(missing: Any) -> None:
    # A flat market with a gap is flat; the same without its first close cannot be measured.
    closes = [*FLAT["close"]]
    closes[7] = closes[8] = missing
    price, _ = VolatilityVolumeShare("0.1").process_order(
        Bar(FUTURE_BAR, {**FLAT, "close": closes}), order("5", asset=CL)
    )
    assert price == Decimal(101)


def test_the_volume_limit_of_futures_is_shared_unless_per_order() -> None:
    for per_order, size in ((False, 40), (True, 100)):
        model = VolatilityVolumeShare("0.1", per_order=per_order)
        model.volume_for_bar = Decimal(60)
        _, amount = model.process_order(Bar(FUTURE_BAR, FLAT), order("500", asset=CL))
        assert amount == Decimal(size)


def test_history_is_measured_once_per_session() -> None:
    model, past = VolatilityVolumeShare("0.1"), zigzag()
    market = Bar(FUTURE_BAR, past)
    first = model.process_order(market, order("5", asset=CL))
    market.past = FLAT
    assert model.process_order(market, order("5", asset=CL)) == first
    market.current_session = market.current_session.replace(day=2)
    assert model.process_order(market, order("5", asset=CL)) == (Decimal(101), Decimal(5))


def test_eta_by_root_symbol_goes_before_the_table() -> None:
    assert VolatilityVolumeShare("0.1").eta_of(CL) == Decimal("0.04852544628414196")
    assert VolatilityVolumeShare("0.1", eta={"CL": 1}).eta_of(CL) == Decimal(1)
    assert VolatilityVolumeShare("0.1", eta={"ES": 1}).eta_of(CL) == Decimal("0.04852544628414196")


# ------------------------------------------------------------------ zipline's answers


@pytest.mark.parametrize("kind", [float, lambda number: Decimal(repr(number))])
@pytest.mark.parametrize("case", RECORDED["slippage"], ids=lambda case: f"{case['model']}")
def test_zipline_answers_the_same(case: dict[str, Any], kind: Any) -> None:
    arguments = dict(case["arguments"])
    asset: Asset = AAA
    if case["model"] == "VolatilityVolumeShare":
        arguments["per_order"], asset = True, CL
    model = getattr(slippage, case["model"])(**arguments)
    for session, (recorded, answers) in enumerate(
        zip(RECORDED["bars"], case["fills"], strict=True), start=1
    ):
        market = Bar(
            {name: kind(recorded[name]) for name in ("close", "high", "low", "volume")},
            {name: [kind(v) for v in values] for name, values in recorded["history"].items()},
            current_session=Bar({}).current_session.replace(year=2000 + session),
        )
        model.volume_for_bar = kind(0)
        for placed, answer in zip(recorded["orders"], answers, strict=False):
            limit = None if placed["limit"] is None else kind(placed["limit"])
            one = Order(asset, kind(placed["amount"]), kind(0), limit=limit)
            if answer == "stop":
                with localcontext(KERNEL_CONTEXT), pytest.raises(LiquidityExceeded):
                    model.process_order(market, one)
                continue
            with localcontext(KERNEL_CONTEXT):
                price, amount = model.process_order(market, one)
            if answer is None:
                assert price is None
                continue
            assert amount == answer[1]
            assert float(price) == pytest.approx(answer[0], rel=1e-12)
            model.volume_for_bar += abs(amount)


# ------------------------------------------------------------------ arguments and classes


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: FixedSlippage(-0.1), InvalidArgument),
        (lambda: FixedSlippage(float("nan")), InvalidNumber),
        (lambda: FixedBasisPointsSlippage(basis_points=-1), InvalidArgument),
        (lambda: FixedBasisPointsSlippage(volume_limit=0), InvalidArgument),
        (lambda: VolumeShareSlippage(volume_limit=-0.1), InvalidArgument),
        (lambda: VolumeShareSlippage(price_impact="much"), InvalidNumber),
        (lambda: VolatilityVolumeShare(0.1, eta={"CL": -1}), InvalidArgument),
        (lambda: BidAskSpread(True), InvalidNumber),
    ],
)
def test_impossible_arguments_are_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_a_float_means_its_shortest_text() -> None:
    assert VolumeShareSlippage(0.1, "0.2").volume_limit == Decimal("0.1")
    assert repr(FixedSlippage(spread=0.3)) == "FixedSlippage(spread=0.3)"


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (NoSlippage(), "NoSlippage()"),
        (BidAskSpread(2), "BidAskSpread(basis_points=2)"),
        (
            FixedBasisPointsSlippage(),
            "FixedBasisPointsSlippage(basis_points=5.0, volume_limit=0.1)",
        ),
        (VolumeShareSlippage(), "VolumeShareSlippage(volume_limit=0.025, price_impact=0.1)"),
        (VolatilityVolumeShare(0.05), "VolatilityVolumeShare(volume_limit=0.05, eta=<varies>)"),
        (VolatilityVolumeShare(0.05, 2), "VolatilityVolumeShare(volume_limit=0.05, eta=2)"),
    ],
)
def test_a_model_shows_its_arguments(model: SlippageModel, text: str) -> None:
    assert repr(model) == text


def test_less_than_a_lot_of_an_order_fills_nothing() -> None:
    assert VolumeShareSlippage().process_order(bar("100"), order("0.5")) == (None, None)


def test_models_of_users_see_what_strategies_see_unless_they_say_exact() -> None:
    class Mine(VolumeShareSlippage):
        pass

    class Exact(SlippageModel, exact=True):
        def process_order(self, data: Any, order: Any) -> Any:
            return None, None

    assert VolumeShareSlippage.exact
    assert not Mine.exact
    assert Exact.exact


def test_a_model_of_two_kinds_of_asset_allows_both() -> None:
    class Both(EquitySlippageModel, FutureSlippageModel):
        def process_order(self, data: Any, order: Any) -> Any:
            return None, None

    class OnlyEquities(FixedSlippage, EquitySlippageModel):
        pass

    assert Both.allowed_asset_types == (Equity, Future)
    assert OnlyEquities.allowed_asset_types == (Equity,)
    assert SlippageModel.allowed_asset_types == (Asset,)


# ------------------------------------------------------------------ laws


@given(
    amounts=st.lists(st.integers(-5_000, 5_000).filter(bool), max_size=6),
    volume=st.integers(1, 100_000),
    close=st.decimals("0.01", "5000", places=2),
    limit=st.sampled_from(["0.025", "0.1", "0.5", "1"]),
    kind=st.sampled_from([FixedBasisPointsSlippage, VolumeShareSlippage, VolatilityVolumeShare]),
)
def test_all_fills_of_a_bar_stay_within_the_volume_limit(
    amounts: list[int], volume: int, close: Decimal, limit: str, kind: Any
) -> None:
    model = kind(volume_limit=limit)
    values = {"close": close, "high": close, "low": close, "volume": Decimal(volume)}
    for amount in amounts:
        one = Order(CL, Decimal(amount), Decimal(0))
        try:
            price, filled = model.process_order(Bar(values), one)
        except LiquidityExceeded:
            break
        if price is None:
            continue
        assert 0 < filled / amount <= 1
        assert (price - close) * one.direction >= 0
        model.volume_for_bar += abs(filled)
    assert model.volume_for_bar <= Decimal(limit) * volume
