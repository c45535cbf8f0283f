"""RustyBT's own cost models pass what it asks of those of others."""

from collections.abc import Callable

import pytest

from rustybt.finance.commission import (
    CommissionModel,
    MakerTaker,
    NoCommission,
    PerContract,
    PerDollar,
    PerFutureTrade,
    PerShare,
    PerTrade,
)
from rustybt.finance.slippage import (
    BidAskSpread,
    FixedBasisPointsSlippage,
    FixedSlippage,
    NoSlippage,
    SlippageModel,
    VolatilityVolumeShare,
    VolumeShareSlippage,
)
from rustybt.testing import CommissionModelSuite, SlippageModelSuite


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
        ]
    )
    def model(self, request: pytest.FixtureRequest) -> CommissionModel:
        make: Callable[[], CommissionModel] = request.param
        return make()
