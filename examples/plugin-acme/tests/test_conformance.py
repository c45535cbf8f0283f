"""The plugin does what RustyBT asks of every plugin of its kinds."""

from pathlib import Path

import pytest

from rustybt.testing import (
    AdapterCase,
    DataAdapterSuite,
    MarginModelSuite,
    SlippageModelSuite,
)
from rustybt_acme import AcmeTape, Concentrated, HalfSpread

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
ROAD|20240102|5.00|5.10|4.90|5.05|8000
WILE|20240103|10.10|10.50|10.00|10.45|98000
WILE|20240105|10.45|10.60|10.30|10.40|101000
ROAD|20240104|5.15|5.30|5.10|5.25|9500
"""


class TestHalfSpread(SlippageModelSuite):
    @pytest.fixture
    def model(self) -> HalfSpread:
        return HalfSpread()


class TestConcentrated(MarginModelSuite):
    @pytest.fixture
    def model(self) -> Concentrated:
        return Concentrated()


class TestAcmeTape(DataAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> AdapterCase:
        tape = tmp_path / "prices.tape"
        tape.write_text(TAPE)
        return AdapterCase(adapter=AcmeTape, location=tape)
