"""Catalogs that have grown."""

from pathlib import Path

import pytest
from catalog_frames import FEBRUARY, frame

from rustybt_data import DataCatalog


@pytest.fixture
def data_catalog(data_dir: Path) -> DataCatalog:
    return DataCatalog(data_dir)


@pytest.fixture
def grown(data_catalog: DataCatalog) -> DataCatalog:
    """Three versions: two symbols, then a restated and a new bar, then a new symbol."""
    data_catalog.ingest("mine", frame((2, "A", "10.5"), (3, "A", "11"), (2, "B", "7")),
                   timestamp=FEBRUARY[0])  # fmt: skip
    data_catalog.ingest("mine", frame((3, "A", "11.25"), (4, "A", "12")), timestamp=FEBRUARY[1])
    data_catalog.ingest("mine", frame((3, "0", "1"), (4, "B", "8")), timestamp=FEBRUARY[2])
    return data_catalog
