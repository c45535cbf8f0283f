"""The source csvdir passes what is asked of every data adapter."""

from pathlib import Path

import pytest

from rustybt.testing import AdapterCase, DataAdapterSuite
from rustybt_data.csvdir import csvdir


class TestWholeFolder(DataAdapterSuite):
    @pytest.fixture
    def case(self, market: Path) -> AdapterCase:
        return AdapterCase(adapter=csvdir, location=market)


class TestDailyAlone(DataAdapterSuite):
    @pytest.fixture
    def case(self, market: Path) -> AdapterCase:
        return AdapterCase(adapter=csvdir, location=market, options={"folders": "daily"})
