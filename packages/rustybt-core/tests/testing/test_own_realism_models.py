"""RustyBT's own models of latency, fills, borrow and financing pass their suites."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rustybt.assets import Asset
from rustybt.finance.borrow import BorrowModel, BorrowRates, BorrowTerms
from rustybt.finance.fills import AlwaysFill, FillModel, PartialFill, PassiveFillProbability
from rustybt.finance.financing import Financing, FinancingModel, OvernightFinancing, SwapPoints
from rustybt.finance.latency import (
    EmpiricalLatency,
    FixedLatency,
    Latency,
    LatencyModel,
    LogNormalLatency,
    NormalLatency,
)
from rustybt.testing import (
    BorrowModelSuite,
    FillModelSuite,
    FinancingModelSuite,
    LatencyModelSuite,
)


class TestLatency(LatencyModelSuite):
    @pytest.fixture(
        params=[
            FixedLatency("1.5"),
            NormalLatency(2, 3),
            LogNormalLatency(5, "0.8"),
            EmpiricalLatency([1, "2.5", 40]),
            Latency(network=NormalLatency(2, 1), broker=1, exchange=LogNormalLatency(5, 1)),
        ],
        ids=repr,
    )
    def model(self, request: pytest.FixtureRequest) -> LatencyModel:
        model: LatencyModel = request.param
        return model


class TestFills(FillModelSuite):
    @pytest.fixture(
        params=[
            AlwaysFill(),
            PassiveFillProbability("0.3"),
            PassiveFillProbability("0.3", touch_only=True),
            PartialFill("0.4"),
            PartialFill(("0.1", "0.9")),
        ],
        ids=repr,
    )
    def model(self, request: pytest.FixtureRequest) -> FillModel:
        model: FillModel = request.param
        return model


class TestOrdersThatNeverFill(FillModelSuite):
    fills_in_the_end = False

    @pytest.fixture
    def model(self) -> FillModel:
        return PassiveFillProbability(0)


class OnlyARate(BorrowModel):
    def rate(self, asset: Asset, session: date) -> Decimal:
        return Decimal("0.01") * session.day


SPANS = [
    BorrowTerms(rate="0.1", end_date=date(2024, 3, 3), available=10_000),
    BorrowTerms(rate="0.7", start_date=date(2024, 3, 5), recalled=True),
]


class TestBorrow(BorrowModelSuite):
    @pytest.fixture(
        params=[
            BorrowRates(),
            BorrowRates(default="0.05", day_count=365),
            BorrowRates({"SHARE": SPANS, "COIN/USDT": [BorrowTerms(rate="0.2")]}),
            OnlyARate(),
        ],
        ids=["default", "one-rate", "table", "subclass"],
    )
    def model(self, request: pytest.FixtureRequest) -> BorrowModel:
        model: BorrowModel = request.param
        return model


DEBIT: dict[str, Any] = {
    "USD": {date(2024, 1, 1): "0.06", date(2024, 3, 4): "0.055"},
    "JPY": "0.01",
}
INTEREST = OvernightFinancing(DEBIT, {"USD": "0.02", "JPY": "-0.001"}, day_count=365)
POINTS = SwapPoints(
    {"EUR/USD": {date(2024, 1, 1): ("-0.7", "0.3"), date(2024, 3, 6): ("-1", "0.2")}}
)


class TestFinancing(FinancingModelSuite):
    currencies = ("USD", "JPY")

    @pytest.fixture(
        params=[INTEREST, POINTS, Financing(INTEREST, POINTS), Financing()],
        ids=["cash", "pairs", "both", "none"],
    )
    def model(self, request: pytest.FixtureRequest) -> FinancingModel:
        model: FinancingModel = request.param
        return model
