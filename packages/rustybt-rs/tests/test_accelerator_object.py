"""What RustyBT gets when it asks for the accelerator."""

from datetime import date
from importlib import import_module
from importlib.metadata import entry_points, version

import polars as pl
import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs._accelerator import CAPABILITIES, RustAccelerator  # noqa: E402

from rustybt import accelerators, run_algorithm  # noqa: E402


def test_rustybt_finds_it() -> None:
    (point,) = entry_points(group="rustybt.accelerators")
    assert (point.name, point.value) == ("rust", "rustybt_rs:ACCELERATOR")
    assert accelerators.accelerator("require") is rustybt_rs.ACCELERATOR
    assert accelerators.accelerator("off") is None


def test_it_says_what_it_is() -> None:
    found: accelerators.Accelerator = rustybt_rs.ACCELERATOR
    assert (found.name, found.version) == ("rust", version("rustybt-rs"))
    assert found.protocol == accelerators.PROTOCOL


@pytest.mark.parametrize("name", accelerators.CAPABILITIES)
def test_a_capability_is_what_is_named_or_nothing(name: str) -> None:
    found = rustybt_rs.ACCELERATOR.capability(name)
    assert (found is None) == (name not in CAPABILITIES)


def test_a_run_names_it_where_its_kernel_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [date(2024, 1, 2), date(2024, 1, 3)]
    prices = {name: [10.0, 10.5] for name in ("open", "high", "low", "close")}
    market = {"timestamp": days, "symbol": ["AAA"] * 2, **prices, "volume": [1000.0] * 2}
    found = rustybt_rs.ACCELERATOR
    expected = f"rust {found.version}" if "kernel" in CAPABILITIES else "python"
    for choice, kernel in (("require", expected), ("off", "python")):
        monkeypatch.setenv("RUSTYBT_ACCEL", choice)
        result = run_algorithm("2024-01-02", "2024-01-03", data=pl.DataFrame(market))
        assert result.manifest.kernel == accelerators.kernel_name() == kernel


def test_every_part_is_one_that_rustybt_asks_for() -> None:
    assert set(CAPABILITIES) <= set(accelerators.CAPABILITIES)


def test_a_part_is_a_module_or_what_a_module_holds() -> None:
    found = RustAccelerator({"vectors": "fractions", "kernel": "fractions:Fraction"})
    fractions = import_module("fractions")
    assert found.capability("vectors") is fractions
    assert found.capability("kernel") is fractions.Fraction
    assert found.capability("sweep") is None
