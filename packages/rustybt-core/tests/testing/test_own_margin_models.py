"""RustyBT's own margin models pass what it asks of those of others."""

from collections.abc import Callable

import pytest

from rustybt.finance.margin import (
    BTCUSDT_TIERS,
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    MarginModel,
    PortfolioPercent,
    RegT,
    standard_margin,
)
from rustybt.testing import MarginModelSuite


class TestMarginModels(MarginModelSuite):
    @pytest.fixture(
        params=[
            pytest.param(RegT, id="reg-t"),
            pytest.param(lambda: RegT("0.2", "0.4", "1.5", minimum_equity=2000), id="house"),
            pytest.param(lambda: PortfolioPercent("0.15", "0.1"), id="one-share"),
            pytest.param(
                lambda: PortfolioPercent({"SHARE": "0.3", "forex": "0.02"}, {"crypto": 2}),
                id="shares",
            ),
            pytest.param(FutureMargins, id="futures-by-share"),
            pytest.param(
                lambda: FutureMargins({"CL": ("6600", "6000"), "SHARE": ("0.5", "0.25")}),
                id="futures",
            ),
            pytest.param(CryptoCross, id="cross"),
            pytest.param(lambda: CryptoCross("0.02", leverage=5), id="cross-one-rate"),
            pytest.param(lambda: CryptoIsolated(1), id="isolated-without-credit"),
            pytest.param(
                lambda: CryptoIsolated(100, BTCUSDT_TIERS, liquidation_fee="0.01"), id="isolated"
            ),
            pytest.param(
                lambda: ByAssetClass({"equity": RegT(), "crypto": CryptoIsolated(10)}),
                id="by-class",
            ),
            pytest.param(standard_margin, id="standard"),
        ]
    )
    def model(self, request: pytest.FixtureRequest) -> MarginModel:
        make: Callable[[], MarginModel] = request.param
        return make()
