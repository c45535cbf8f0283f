"""Recorded runs on the very bundles of Zipline's that they were recorded on.

Each is repeated on the bundle read where it is, and on what `rustybt bundle migrate` made of it.
"""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rustybt.data import bundles
from tests.recorded_runs import Case, cases, differences, run
from tests.test_recorded_runs import FLOAT_NOISE, FLOATS

ARCHIVE = Path(__file__).parents[1] / "packages/rustybt-data/tests/data/zipline/golden.tar.gz"
DECIMALS = {"profile": "zipline", "numeric": "decimal"}
NAMES = (
    "a01_buy_and_hold",
    "a03_sma_cross",
    "a04_order_types",
    "a06_cancel",
    "a09_splits_fractional",
    "a14_history_daily",
    "a17_minute_data",
)
ALL = [case for name in NAMES for case in cases(name)]


@pytest.fixture(scope="module", autouse=True)
def zipline_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Zipline's root, and a store of bundles of our own."""
    root = tmp_path_factory.mktemp("zipline")
    with tarfile.open(ARCHIVE) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.11.4 on
        archive.extractall(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZIPLINE_ROOT", str(root))
        patch.setenv("RUSTYBT_DATA_DIR", str(root / "ours"))
        for name in ("golden-daily", "golden-minute"):
            assert bundles.migrate(name).differences == ()
        yield root


def _label(case: Case) -> str:
    return case.name if case.variant is None else f"{case.name}-{case.variant}"


@pytest.mark.parametrize("options", [FLOATS, DECIMALS], ids=["floats", "decimals"])
@pytest.mark.parametrize("prefix", ["", "zipline:"], ids=["migrated", "direct"])
@pytest.mark.parametrize("case", ALL, ids=_label)
def test_a_recorded_run_is_repeated_on_its_own_bundle(
    case: Case, prefix: str, options: dict[str, str]
) -> None:
    noise = FLOAT_NOISE.get(case.name) if "numeric" in options else None
    found = differences(run(case, bundle=f"{prefix}{case.bundle}", **options), case.expected)
    assert [text for text in found if text != noise] == []
