"""Run uv with a Python that is new enough, on a machine that may have neither at hand.

``python3 -m tools.bootstrap ARGS`` is ``uv ARGS``. uv is taken from PATH or from ``.tools/``; if
it is in neither, the one that uv.lock pins is installed there. Needs only the standard library,
and starts on Python 3.8: the ``python3`` of a machine may be older than the one RustyBT needs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

from tools import pythons

ROOT = Path(__file__).resolve().parent.parent
UV_MIN = (0, 9)


def works(uv: str) -> bool:
    """Whether this is a uv that starts and is new enough."""
    try:
        answer = subprocess.run(
            [uv, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        ).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return False
    numbers = re.match(r"uv (\d+)\.(\d+)", answer)
    return numbers is not None and (int(numbers.group(1)), int(numbers.group(2))) >= UV_MIN


def find_uv() -> str:
    """Path of a uv that works; installs one into .tools/ where there is none.

    Raises:
        BootstrapError: it could not be installed.
    """
    on_path = shutil.which("uv")
    if on_path and works(on_path):
        return on_path
    from tools import uv_install

    release = uv_install.locked()
    if not works(str(release.program)):
        uv_install.install(release)
    return str(release.program)


def uv_environment() -> Dict[str, str]:
    """The environment for uv: no downloads of Python, and ours for a new virtual environment."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    environment.pop("VIRTUAL_ENV", None)
    folder = ROOT / environment.get("UV_PROJECT_ENVIRONMENT", ".venv")
    existing = pythons.probe(str(folder / "bin" / "python"))
    usable = existing is not None and existing.version >= pythons.PYTHON_MIN
    if "UV_PYTHON" not in environment and not usable:
        environment["UV_PYTHON"] = pythons.find().path
    return environment


def main(arguments: List[str]) -> None:
    """Become uv, or say why not and end."""
    try:
        environment, uv = uv_environment(), find_uv()
    except pythons.BootstrapError as error:
        sys.exit("bootstrap: {}".format(error))
    os.execve(uv, [uv, *arguments], environment)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
