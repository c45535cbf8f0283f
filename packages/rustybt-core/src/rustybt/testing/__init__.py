"""Conformance suites: what authors of plugins subclass to test theirs.

A suite is a class of pytest tests about one protocol. A subclass says with one fixture what is
tested, and pytest finds the rest::

    from rustybt.testing import SlippageModelSuite

    class TestMine(SlippageModelSuite):
        @pytest.fixture
        def model(self):
            return Mine()

The suites need pytest: ``pip install 'rustybt-core[testing]'``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt.testing._bar_reader import BarReaderSuite
    from rustybt.testing._commission import CommissionModelSuite
    from rustybt.testing._data_adapter import AdapterCase, DataAdapterSuite
    from rustybt.testing._fetching_adapter import FetchCase, FetchingAdapterSuite
    from rustybt.testing._fills import FillModelSuite
    from rustybt.testing._latency import LatencyModelSuite
    from rustybt.testing._margin import MarginModelSuite
    from rustybt.testing._overnight import BorrowModelSuite, FinancingModelSuite
    from rustybt.testing._pipeline_loader import LoaderCase, PipelineLoaderSuite
    from rustybt.testing._slippage import SlippageModelSuite
    from rustybt.testing._streams import DataStreamSuite, StreamCase
    from rustybt.testing._virtual_time import VirtualTime

__all__ = [
    "AdapterCase",
    "BarReaderSuite",
    "BorrowModelSuite",
    "CommissionModelSuite",
    "DataAdapterSuite",
    "DataStreamSuite",
    "FetchCase",
    "FetchingAdapterSuite",
    "FillModelSuite",
    "FinancingModelSuite",
    "LatencyModelSuite",
    "LoaderCase",
    "MarginModelSuite",
    "PipelineLoaderSuite",
    "SlippageModelSuite",
    "StreamCase",
    "VirtualTime",
]

_HOMES = {
    "AdapterCase": f"{__name__}._data_adapter",
    "BarReaderSuite": f"{__name__}._bar_reader",
    "BorrowModelSuite": f"{__name__}._overnight",
    "CommissionModelSuite": f"{__name__}._commission",
    "DataAdapterSuite": f"{__name__}._data_adapter",
    "DataStreamSuite": f"{__name__}._streams",
    "FetchCase": f"{__name__}._fetching_adapter",
    "FetchingAdapterSuite": f"{__name__}._fetching_adapter",
    "FillModelSuite": f"{__name__}._fills",
    "FinancingModelSuite": f"{__name__}._overnight",
    "LatencyModelSuite": f"{__name__}._latency",
    "LoaderCase": f"{__name__}._pipeline_loader",
    "MarginModelSuite": f"{__name__}._margin",
    "PipelineLoaderSuite": f"{__name__}._pipeline_loader",
    "SlippageModelSuite": f"{__name__}._slippage",
    "StreamCase": f"{__name__}._streams",
    "VirtualTime": f"{__name__}._virtual_time",
}


def __getattr__(name: str) -> object:
    """Import a suite on first use, so that its assertions explain themselves as a test's do."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _prepare_pytest()
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All exported names, imported or not."""
    return sorted({*globals(), *__all__})


def _prepare_pytest() -> None:
    """Have pytest rewrite the assertions of the suites that are not imported yet.

    Raises:
        MissingExtra: pytest is not installed.
    """
    import sys

    try:
        import pytest
    except ModuleNotFoundError as error:
        from rustybt.errors import MissingExtra

        raise MissingExtra(feature=__name__, install="rustybt-core[testing]") from error
    pytest.register_assert_rewrite(*(home for home in _HOMES.values() if home not in sys.modules))
