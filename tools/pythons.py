"""Find the Pythons of this machine that are new enough for RustyBT.

Starts on Python 3.8: see `tools.bootstrap`.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Tuple

PYTHON_MIN = (3, 11)
NAMES = ("python3", *("python3.{}".format(minor) for minor in range(20, PYTHON_MIN[1] - 1, -1)))


class BootstrapError(Exception):
    """The machine lacks something; the message says what and what to do."""


class Python(NamedTuple):
    """An interpreter that was found and started once."""

    version: Tuple[int, int, int]
    path: str

    @property
    def minor(self) -> str:
        """The version as people say it: 3.12."""
        return "{}.{}".format(*self.version)


def commands() -> Iterator[str]:
    """Paths under which a Python may be found, the likeliest first."""
    yield sys.executable
    for name in (*NAMES, "python"):
        found = shutil.which(name)
        if found:
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [*sorted(pyenv.glob("versions/*/bin")), Path("/usr/local/bin"), Path("/usr/bin")]
    for folder in [*folders, Path("/opt/homebrew/bin")]:
        yield from (str(folder / name) for name in NAMES if (folder / name).exists())


def probe(command: str) -> Optional[Python]:
    """Start a Python and ask what it is; None when it does not start (an idle pyenv shim).

    A virtual environment answers with the Python that it was made from.
    """
    program = "getattr(sys, '_base_executable', None) or sys.executable"
    question = "import sys; print(*sys.version_info[:3], {})".format(program)
    try:
        answer = subprocess.run(
            [command, "-c", question],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=30,
        ).stdout.decode()
        major, minor, micro, path = answer.rstrip("\n").split(" ", 3)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Python((int(major), int(minor), int(micro)), path)


def find_all() -> Iterator[Python]:
    """Every Python that is new enough, each once, the running one first."""
    seen: List[str] = []
    for command in commands():
        real = os.path.realpath(command)
        if real in seen:
            continue
        seen.append(real)
        python = probe(command)
        if python and python.version >= PYTHON_MIN:
            yield python


def find() -> Python:
    """The first Python that is new enough.

    Raises:
        BootstrapError: there is none.
    """
    for python in find_all():
        return python
    raise BootstrapError(
        "RustyBT needs Python 3.11 or newer. The Python that was found is {}, and no newer one is "
        "on PATH or under ~/.pyenv/versions. Install one (Debian: apt-get install python3; pyenv: "
        "pyenv install 3.12) and try again.".format(platform.python_version())
    )
