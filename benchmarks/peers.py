"""The other engines, each in a virtual environment of its own, away from the project's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.folders import Folders
from tools import bootstrap, pythons

REQUIREMENTS = Path(__file__).parent / "requirements"
INSTALLED = "installed.txt"
NAMES = ("backtesting", "backtrader", "nautilus", "vectorbt", "zipline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """An engine that could be installed, or why it could not.

    Attributes:
        name: of the file in ``requirements``.
        python: its interpreter; None when it could not be installed.
        reason: why not.
    """

    name: str
    python: Path | None
    reason: str = ""


def prepare(name: str, folders: Folders) -> Peer:
    """Install a peer unless it is there; needs the network only the first time.

    It gets the Python that RustyBT runs on, and another one of this machine only if there is no
    way to install it on that one.
    """
    folder = folders.peers / name
    requirements = (REQUIREMENTS / f"{name}.txt").read_text("utf-8")
    if _is_installed(folder, requirements):
        return Peer(name=name, python=_python(folder))
    reason = "no Python was found"
    for interpreter in _interpreters():
        reason = _install(folder, name, interpreter)
        if not reason:
            (folder / INSTALLED).write_text(requirements, "utf-8")
            return Peer(name=name, python=_python(folder))
    return Peer(name=name, python=None, reason=reason)


def _is_installed(folder: Path, requirements: str) -> bool:
    installed = folder / INSTALLED
    return installed.exists() and installed.read_text("utf-8") == requirements


def _interpreters() -> Iterator[str]:
    yield sys.executable
    ours = sys.version_info[:2]
    yield from (each.path for each in pythons.find_all() if each.version[:2] != ours)


def _install(folder: Path, name: str, interpreter: str) -> str:
    """Make the environment; the reason why it failed, or nothing."""
    try:
        uv = bootstrap.find_uv()
    except pythons.BootstrapError as error:
        return str(error)
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    requirements = str(REQUIREMENTS / f"{name}.txt")
    commands = (
        [uv, "venv", "--quiet", "--clear", "--python", interpreter, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(_python(folder)), "-r", requirements],
    )
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"{command[1]} failed"]
            return lines[-1].strip()
    return ""


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"
