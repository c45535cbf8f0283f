"""The arrows between packages and modules run downwards; pyproject.toml says which way is down."""

import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tools.workspace import ROOT, members

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]


@pytest.mark.parametrize("contract", [contract["id"] for contract in SETTINGS["contracts"]])
def test_contract_is_kept(
    contract: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = lint_imports(
        config_filename="pyproject.toml", limit_to_contracts=(contract,), no_cache=True
    )
    assert code == 0, capsys.readouterr().out


def test_every_package_of_the_workspace_is_analysed() -> None:
    packages = {member.import_name for member in members() if "packages" in member.folder.parts}
    assert set(SETTINGS["root_packages"]) == packages


def test_an_arrow_that_runs_upwards_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "upside_down"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "ground.py").write_text("from upside_down import roof\n")
    (package / "roof.py").touch()
    (tmp_path / "linter.toml").write_text(
        "[tool.importlinter]\n"
        'root_package = "upside_down"\n'
        "[[tool.importlinter.contracts]]\n"
        'name = "roof stands on ground"\n'
        'type = "layers"\n'
        'containers = ["upside_down"]\n'
        'layers = ["roof", "ground"]\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert lint_imports(config_filename="linter.toml", no_cache=True) == 1
