"""The other distribution that owns the import name ``rustybt``."""

import subprocess
import sys
from pathlib import Path

import pytest

from rustybt.plugins.clash import clash_message, clashing_distributions


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("rustybt-0.3.1.dist-info", ("rustybt 0.3.1",)),
        ("rustybt-0.3.1-py3.11.egg-info", ("rustybt 0.3.1",)),
        ("rustybt.egg-info", ("rustybt",)),
        ("rustybt_core-0.1.0.dist-info", ()),
        ("rustybt_data-0.1.0.dist-info", ()),
        ("rustybt", ()),
    ],
)
def test_only_the_distribution_of_that_name_clashes(
    tmp_path: Path, entry: str, found: tuple[str, ...]
) -> None:
    (tmp_path / entry).mkdir()
    assert clashing_distributions([str(tmp_path), str(tmp_path / "missing")]) == found


def test_the_message_says_how_to_get_out() -> None:
    message = clash_message(["rustybt 0.3.1"])
    assert "rustybt 0.3.1 is installed too and owns the same import name" in message
    assert "pip uninstall rustybt rustybt-core && pip install rustybt-core" in message


def test_the_first_import_warns(tmp_path: Path) -> None:
    (tmp_path / "rustybt-0.3.1.dist-info").mkdir()
    program = f"import sys; sys.path.append({str(tmp_path)!r}); import rustybt"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "RuntimeWarning: rustybt 0.3.1 is installed too" in done.stderr
    clean = subprocess.run(
        [sys.executable, "-c", "import rustybt"], capture_output=True, text=True, check=True
    )
    assert clean.stderr == ""
