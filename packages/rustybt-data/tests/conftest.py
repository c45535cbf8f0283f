"""A home of its own for every test; calendars are computed once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSTYBT_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bundles of this test live."""
    folder = tmp_path / "data"
    monkeypatch.setenv("RUSTYBT_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def market() -> Path:
    """A folder of CSV files: a piece of a synthetic market with its splits and dividends."""
    return DATA / "market"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "prices"
    place.mkdir()
    return place
