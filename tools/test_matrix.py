"""Run the tests on every Python of this machine that is new enough, one of each minor version."""

from __future__ import annotations

import os
import subprocess
import sys

from tools import bootstrap, pythons

SYNC = ("sync", "--quiet", "--all-packages", "--all-extras", "--all-groups", "--frozen")
ACCELERATE = ("run", "--no-sync", "python", "-m", "tools.accelerator")
TEST = ("run", "--no-sync", "pytest", "-q", "-n", "2", "--dist", "loadgroup")


def one_of_each() -> list[pythons.Python]:
    """The newest Python of each minor version, in order."""
    newest: dict[str, pythons.Python] = {}
    for python in sorted(set(pythons.find_all())):
        newest[python.minor] = python
    return sorted(newest.values())


def run_on(uv: str, python: pythons.Python) -> bool:
    """Make an environment of its own for this Python and run the tests in it."""
    environment = {
        **os.environ,
        "UV_PROJECT_ENVIRONMENT": f".venv-{python.minor}",
        "UV_PYTHON": python.path,
        "UV_PYTHON_DOWNLOADS": "never",
    }
    environment.pop("VIRTUAL_ENV", None)
    return all(
        subprocess.run([uv, *command], cwd=bootstrap.ROOT, env=environment, check=False).returncode
        == 0
        for command in (SYNC, ACCELERATE, TEST)
    )


def main() -> int:
    """Run all, whatever fails, and say at the end what did."""
    uv = bootstrap.find_uv()
    passed: dict[str, bool] = {}
    for python in one_of_each():
        print(f"--- Python {python.minor}: {python.path}", flush=True)
        passed[python.minor] = run_on(uv, python)
    for minor, succeeded in passed.items():
        print(f"Python {minor}: {'passed' if succeeded else 'FAILED'}")
    return int(not all(passed.values()))


if __name__ == "__main__":
    sys.exit(main())
