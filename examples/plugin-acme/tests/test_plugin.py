"""What RustyBT sees of the plugin once it is installed."""

from importlib.metadata import distribution
from pathlib import Path

from click.testing import CliRunner

from rustybt.plugins import groups, registry
from rustybt_acme import AcmeTape, Concentrated, HalfSpread, RatingsLoader
from rustybt_acme.cli import acme

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
ROAD|20240102|5.00|5.10|4.90|5.05|8000
WILE|20240103|10.10|10.50|10.00|10.45|98000
"""


def test_entry_points_are_installed() -> None:
    points = distribution("rustybt-plugin-acme").entry_points
    assert {(point.group, point.name) for point in points} == {
        ("rustybt.cli", "acme"),
        ("rustybt.data_adapters", "acme"),
        ("rustybt.margin", "concentrated"),
        ("rustybt.pipeline_loaders", "AcmeRatings"),
        ("rustybt.slippage", "half-spread"),
    }


def test_model_is_found_by_its_name() -> None:
    assert registry(groups.SLIPPAGE).load("half-spread") is HalfSpread


def test_margin_model_is_found_by_its_name() -> None:
    assert registry(groups.MARGIN).load("concentrated") is Concentrated


def test_loader_is_found_by_the_name_of_its_data_set() -> None:
    assert registry(groups.PIPELINE_LOADERS).load("AcmeRatings") is RatingsLoader


def test_adapter_is_found_by_its_name() -> None:
    assert registry(groups.DATA_ADAPTERS).load("acme") is AcmeTape


def test_command_is_found_by_its_name() -> None:
    assert registry(groups.CLI).load("acme") is acme


def test_command_lists_the_symbols(tmp_path: Path) -> None:
    tape = tmp_path / "prices.tape"
    tape.write_text(TAPE)
    result = CliRunner().invoke(acme, ["inspect", str(tape)])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "ROAD  2024-01-02 to 2024-01-02  1 bars",
        "WILE  2024-01-02 to 2024-01-03  2 bars",
    ]
