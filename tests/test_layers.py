"""The arrows between packages and modules run downwards; pyproject.toml says which way is down."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.workspace import ACCELERATOR, ROOT, members

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a process of its own: it switches off all loggers of its process."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("contract", [contract["id"] for contract in SETTINGS["contracts"]])
def test_contract_is_kept(contract: str) -> None:
    done = lint(ROOT, "--contract", contract)
    assert done.returncode == 0, done.stdout


def test_every_package_of_the_workspace_is_analysed() -> None:
    packages = {member.import_name for member in members() if "packages" in member.folder.parts}
    assert set(SETTINGS["root_packages"]) == packages


def imported(path: Path) -> set[str]:
    """The packages that a module imports, at whatever place in it."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "path", sorted((ACCELERATOR / "python").rglob("*.py")), ids=lambda path: path.name
)
def test_the_accelerator_imports_nothing_of_ours(path: Path) -> None:
    ours = {member.import_name for member in members()}
    assert not imported(path) & ours


def test_an_arrow_that_runs_upwards_is_found(tmp_path: Path) -> None:
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
    done = lint(tmp_path, "--config", "linter.toml")
    assert done.returncode == 1
    assert "upside_down.ground is not allowed to import upside_down.roof" in done.stdout
