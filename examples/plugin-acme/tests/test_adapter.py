"""The adapter in use: a tape becomes a bundle, and a strategy trades it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rustybt import run_algorithm
from rustybt.api import order, set_commission, set_slippage, symbol
from rustybt.data.bundles import ingest_from, load
from rustybt.errors import InvalidArgument
from rustybt.finance.commission import NoCommission
from rustybt_acme import AcmeTape, HalfSpread

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
ROAD|20240102|5.00|5.10|4.90|5.05|8000
WILE|20240103|10.10|10.50|10.00|10.45|98000
WILE|20240104|10.45|10.60|10.30|10.40|101000
ROAD|20240103|5.05|5.20|5.00|5.15|9000
ROAD|20240104|5.15|5.30|5.10|5.25|9500
"""


@pytest.fixture
def tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path / "home"))
    path = tmp_path / "prices.tape"
    path.write_text(TAPE)
    return path


def test_bundle_has_the_equities_in_order_of_symbol(tape: Path) -> None:
    ingest_from("acme-prices", source="acme", location=tape)
    finder = load("acme-prices").finder
    assert [(asset.sid, asset.symbol) for asset in finder.retrieve_all(finder.sids)] == [
        (0, "ROAD"),
        (1, "WILE"),
    ]


def test_strategy_trades_the_bundle_with_the_model(tape: Path) -> None:
    def initialize(context: Any) -> None:
        set_slippage(HalfSpread())
        set_commission(NoCommission())
        context.ordered = False

    def handle_data(context: Any, data: Any) -> None:
        if not context.ordered:
            order(symbol("WILE"), 100)
            context.ordered = True

    ingest_from("acme-prices", source="acme", location=tape)
    result = run_algorithm(
        start=date(2024, 1, 2),
        end=date(2024, 1, 4),
        initialize=initialize,
        handle_data=handle_data,
        capital_base=Decimal(10000),
        bundle="acme-prices",
    )
    # the close of 3 January and half of a tenth of its range: 10.45 + 0.1 x 0.50 / 2
    assert result.transactions["price"].to_list() == [Decimal("10.475")]
    # 10,000 - 100 x 10.475 + 100 x 10.40
    assert result.performance["portfolio_value"].to_list()[-1] == Decimal("9992.50")


def test_options_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="options"):
        AcmeTape("prices.tape", {"speed": "fast"})
