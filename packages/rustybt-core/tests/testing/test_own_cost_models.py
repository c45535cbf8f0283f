"""RustyBT's own cost models pass what it asks of those of others."""

from collections.abc import Callable

import pytest

from rustybt.finance.commission import (
    CommissionModel,
    MakerTaker,
    NoCommission,
    Percentage,
    PerContract,
    PerDollar,
    PerFutureTrade,
    PerShare,
    PerTrade,
    Tiered,
)
from rustybt.finance.slippage import (
    BidAskSpread,
    FixedBasisPointsSlippage,
    FixedSlippage,
    NoSlippage,
    SlippageModel,
    SquareRootImpact,
    VolatilityVolumeShare,
    VolumeShareSlippage,
)
from rustybt.testing import CommissionModelSuite, SlippageModelSuite

SHARES = [(0, "0.0035"), (40, "0.002"), (500_000, "0.0015")]
VALUES = [(0, "0.0002", "0.0005"), (5_000, "-0.0001", "0.0004")]


class TestNoSlippage(SlippageModelSuite):
    limits_volume = False

    @pytest.fixture
    def model(self) -> SlippageModel:
        return NoSlippage()


class TestFixedSlippage(SlippageModelSuite):
    limits_volume = False

    @pytest.fixture
    def model(self) -> SlippageModel:
        return FixedSlippage(spread="0.10")


class TestBidAskSpread(SlippageModelSuite):
    limits_volume = False

    @pytest.fixture
    def model(self) -> SlippageModel:
        return BidAskSpread()


class TestFixedBasisPoints(SlippageModelSuite):
    @pytest.fixture
    def model(self) -> SlippageModel:
        return FixedBasisPointsSlippage()


class TestVolumeShare(SlippageModelSuite):
    @pytest.fixture
    def model(self) -> SlippageModel:
        return VolumeShareSlippage()


class TestVolatilityVolumeShare(SlippageModelSuite):
    @pytest.fixture
    def model(self) -> SlippageModel:
        return VolatilityVolumeShare(volume_limit="0.05")


class TestSquareRootImpact(SlippageModelSuite):
    @pytest.fixture
    def model(self) -> SlippageModel:
        return SquareRootImpact("0.8", "0.05")


class TestCommissions(CommissionModelSuite):
    @pytest.fixture(
        params=[
            pytest.param(NoCommission, id="none"),
            pytest.param(lambda: PerShare("0.01", "1"), id="per-share"),
            pytest.param(lambda: PerTrade("4.95"), id="per-trade"),
            pytest.param(PerDollar, id="per-dollar"),
            pytest.param(lambda: PerContract("0.85", "1.5", "3"), id="per-contract"),
            pytest.param(lambda: PerFutureTrade({"CL": "2.5"}), id="per-future-trade"),
            pytest.param(lambda: MakerTaker("0.0002", "0.0005"), id="maker-taker"),
            pytest.param(lambda: MakerTaker("-0.0001", "0.0005"), id="rebates"),
            pytest.param(lambda: MakerTaker("0.0002", "0.0005", "2.5"), id="venue-minimum"),
            pytest.param(lambda: Percentage("0.001"), id="percentage"),
            pytest.param(lambda: Percentage("0.001", "4", "29"), id="percentage-bounds"),
            pytest.param(lambda: Tiered(SHARES), id="tiered"),
            pytest.param(lambda: Tiered(SHARES, mode="whole"), id="tiered-whole"),
            pytest.param(
                lambda: Tiered(VALUES, "notional", per_asset_class=True), id="tiered-notional"
            ),
            pytest.param(
                lambda: Tiered(SHARES, min_trade_cost="0.35", max_trade_cost=40), id="tiered-bounds"
            ),
        ]
    )
    def model(self, request: pytest.FixtureRequest) -> CommissionModel:
        make: Callable[[], CommissionModel] = request.param
        return make()
